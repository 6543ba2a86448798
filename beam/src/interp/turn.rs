//! How a turn begins and ends.

use crate::atoms;
use crate::fail::Fail;
use crate::instr::{Operation, head};
use crate::natives::hosted::{self, hosted_number};
use crate::term::{Term, tag};
use crate::vm::Vm;

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Turn {
    /// The reductions are used up.
    Yield,
    /// No message matches; run again when one arrives or, where there is a time, at that virtual monotonic time in nanoseconds.
    Waiting(Option<i64>),
    /// The process has ended.
    Exited(Exit),
}

/// Why a process ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exit {
    /// The exit reason.
    pub reason: Term,
    /// An error or throw that nobody caught: OTP logs it where the process was not started by `proc_lib`.
    pub is_crash: bool,
}

/// What a `receive ... after` has to do.
pub(super) enum Deadline {
    /// The time is over.
    Passed,
    /// Wait until then, or for ever.
    Until(Option<i64>),
}

/// Longest timeout of a `receive` in milliseconds (OTP: Erlang Reference Manual, Receive).
const MAX_TIMEOUT_MILLIS: i64 = 0xffff_ffff;

/// The code that a process' first function returns to.
static NORMAL_EXIT: [u64; 3] = [0, 1, head(Operation::NormalExit, 1, 0, 0, 0)];

impl Vm {
    /// Prepares a call of `module:function(arguments...)` with an empty stack. Fails with `badarg` for arguments that are
    /// no proper list of at most 255 elements.
    pub fn start(&mut self, module: Term, function: Term, arguments: Term) -> Result<(), Fail> {
        let arguments = arguments.proper_list().filter(|list| list.len() <= 255).ok_or(Fail::BADARG)?;
        self.heap.stack = self.heap.block.end();
        let exit = NORMAL_EXIT[2..].as_ptr();
        // SAFETY: the block has room for one word; the stack was just emptied.
        unsafe {
            self.heap.stack = self.heap.stack.sub(1);
            *self.heap.stack = exit as usize as u64 | tag::RETURN;
        }
        self.x[..arguments.len()].copy_from_slice(&arguments);
        self.live = arguments.len();
        let export = self.image.get_mut().code.export((module, function, arguments.len() as u32));
        self.pc = self.export_code(export as usize);
        self.initial_call = (module, function, arguments.len() as u32);
        Ok(())
    }

    /// Runs for about a number of reductions.
    pub fn run(&mut self, reductions: i64) -> Turn {
        self.reductions_left = reductions;
        self.turn_reductions = reductions;
        self.persistent_terms.may_have_changed();
        if let Some((module, function, arguments)) = self.hibernating.take() {
            if self.mailbox.messages.is_empty() {
                self.hibernating = Some((module, function, arguments));
                return Turn::Waiting(None);
            }
            let initial = self.initial_call;
            if self.start(module, function, arguments).is_err() {
                return Turn::Exited(Exit { reason: atoms::BADARG, is_crash: true });
            }
            self.initial_call = initial;
        }
        let turn = super::run(self);
        if let Turn::Exited(Exit { reason, is_crash: true }) = turn {
            // Nobody is left to hear that it could not be told.
            hosted::call(self, hosted_number!("erts_internal", "log_crash", 1), &[reason]).ok();
        }
        self.reductions_used = self.reductions_so_far();
        (self.turn_reductions, self.reductions_left) = (0, 0);
        turn
    }
}

/// The turn ends in front of a function whose arity stands in the word before it.
pub(super) fn yielded(vm: &mut Vm, pc: *const u64) -> Turn {
    // SAFETY: every entry of a function and every stub has its arity in the word before it.
    let arity = unsafe { *pc.sub(1) } as usize;
    yielded_live(vm, pc, arity)
}

pub(super) fn yielded_live(vm: &mut Vm, pc: *const u64, live: usize) -> Turn {
    vm.pc = pc;
    vm.live = live;
    Turn::Yield
}

pub(super) fn waiting(vm: &mut Vm, pc: *const u64, until: Option<i64>) -> Turn {
    vm.pc = pc;
    vm.live = 0;
    Turn::Waiting(until)
}

/// The process dropped its stack in `erlang:hibernate/3`.
pub(super) fn hibernate(vm: &mut Vm) -> Turn {
    vm.live = 0;
    vm.pc = std::ptr::null();
    vm.heap.stack = vm.heap.block.end();
    if !vm.collect(0, 0) {
        return out_of_memory(vm);
    }
    if vm.mailbox.messages.is_empty() { Turn::Waiting(None) } else { Turn::Yield }
}

/// The first function returned.
pub(super) fn finished(_vm: &mut Vm) -> Turn {
    Turn::Exited(Exit { reason: atoms::NORMAL, is_crash: false })
}

/// Code was reached that its compiler took to be out of reach: the function before it returned although it never does.
pub(super) fn trapped(vm: &mut Vm) -> Turn {
    vm.live = 0;
    Turn::Exited(Exit { reason: atoms::KILLED, is_crash: true })
}

/// An exception was not caught; `exception::raise` left the reason.
pub(super) fn exited(vm: &mut Vm) -> Turn {
    vm.live = 0;
    Turn::Exited(vm.exit)
}

/// The process is over its hard memory limit.
pub(super) fn out_of_memory(vm: &mut Vm) -> Turn {
    vm.live = 0;
    Turn::Exited(Exit { reason: atoms::KILLED, is_crash: false })
}

/// Computes when a `receive` with this timeout in milliseconds ends. The first call fixes the time.
pub(super) fn deadline(vm: &mut Vm, timeout: Term) -> Result<Deadline, Fail> {
    if timeout == atoms::INFINITY {
        return Ok(Deadline::Until(None));
    }
    let at = match vm.deadline {
        Some(at) => at,
        None => {
            let millis = timeout.small_value().filter(|v| (0..=MAX_TIMEOUT_MILLIS).contains(v));
            let millis = millis.ok_or(Fail::Error(atoms::TIMEOUT_VALUE))?;
            if millis == 0 {
                return Ok(Deadline::Passed);
            }
            let at = vm.host.monotonic_time().saturating_add(millis * 1_000_000);
            vm.deadline = Some(at);
            return Ok(Deadline::Until(Some(at)));
        }
    };
    if vm.host.monotonic_time() >= at { Ok(Deadline::Passed) } else { Ok(Deadline::Until(Some(at))) }
}
