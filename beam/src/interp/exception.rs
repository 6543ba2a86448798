//! Exceptions: from a failure to the handler that catches it.
//!
//! A handler finds the class, the reason and a raw stack trace in X1 to X3 and no value in X0. A raw stack trace is a tuple
//! `{Top, Addresses, Class}`: the stack item of a failed native or of a function that no clause matched (or `[]`, or a
//! complete stack trace where `Addresses` is `[]`), the return addresses as they were, and the class. It becomes a list only
//! where a program looks at it.

use crate::atoms;
use crate::fail::{Class, Fail};
use crate::instr::Code;
use crate::interp::turn::Exit;
use crate::interp::{stacktrace, tracing};
use crate::term::{Term, tag};
use crate::vm::{Fault, Vm};

impl Class {
    /// The atom that a program sees.
    pub fn atom(self) -> Term {
        match self {
            Class::Error => atoms::ERROR,
            Class::Exit => atoms::LC_EXIT,
            Class::Throw => atoms::THROW,
        }
    }
    /// The class of an atom.
    pub fn of(atom: Term) -> Option<Class> {
        [Class::Error, Class::Exit, Class::Throw].into_iter().find(|class| class.atom() == atom)
    }
}

/// No clause of the function at a `FuncInfo` matched the arguments in the X registers.
pub(super) fn function_clause(vm: &mut Vm, pc: *const u64) -> Fail {
    let code = Code(pc);
    let arity = code.word(3) as usize;
    let arguments = vm.x[..arity].to_vec();
    super::calls::remember(vm, code.term(1), code.term(2), &arguments, false);
    Fail::Error(atoms::FUNCTION_CLAUSE)
}

/// Finds the handler of a failure at `pc` and prepares its registers. Where there is none, leaves the exit reason in the
/// process and gives nothing.
pub(super) fn raise(vm: &mut Vm, fail: Fail, pc: *const u64) -> Option<*const u64> {
    let fault = vm.fault.take();
    if fail == Fail::OutOfMemory {
        vm.exit = Exit { reason: atoms::KILLED, is_crash: false };
        return None;
    }
    let (class, reason, trace) = match fail {
        Fail::Error(reason) => (Class::Error, reason, raw_trace(vm, Class::Error, pc, fault, None)),
        Fail::ErrorCause(reason, cause) => (Class::Error, reason, raw_trace(vm, Class::Error, pc, fault, Some(cause))),
        Fail::CallerError { reason, args, info } => (Class::Error, reason, caller_trace(vm, pc, args, info)),
        Fail::Exit(reason) => (Class::Exit, reason, raw_trace(vm, Class::Exit, pc, None, None)),
        Fail::Throw(reason) => (Class::Throw, reason, raw_trace(vm, Class::Throw, pc, None, None)),
        Fail::Raise(class, reason, trace) => (class, reason, wrap(vm, class, trace)),
        Fail::Call { .. } | Fail::Enter(_) | Fail::Hibernate { .. } | Fail::OutOfMemory => {
            (Class::Error, atoms::BADARG, raw_trace(vm, Class::Error, pc, fault, None))
        }
    };
    vm.deadline = None;
    vm.mailbox.position = 0;
    match unwind(vm, class, reason) {
        Some(handler) => {
            vm.x[..4].copy_from_slice(&[Term::NONE, class.atom(), reason, trace]);
            Some(handler)
        }
        None => {
            vm.exit = Exit { reason: exit_reason(vm, class, reason, trace), is_crash: class != Class::Exit };
            None
        }
    }
}

/// A stack trace that a program made, or a raw one that is raised again.
fn wrap(vm: &mut Vm, class: Class, trace: Term) -> Term {
    match trace.tuple_of::<3>() {
        Some([.., known]) if *known == class.atom() => trace,
        // `erlang:raise/3` with another class than that of the trace.
        Some([top, addresses, _]) => vm.heap.tuple(&[*top, *addresses, class.atom()]),
        None => vm.heap.tuple(&[trace, Term::NIL, class.atom()]),
    }
}

fn raw_trace(vm: &mut Vm, class: Class, pc: *const u64, fault: Option<Fault>, cause: Option<Term>) -> Term {
    // The item of a function that no clause matched stands for its own address.
    let skip_own = fault.is_some_and(|fault| !fault.is_native && stacktrace::is_func_info(pc));
    let top = match fault {
        Some(fault) => {
            let location = if fault.is_native {
                native_info(vm, fault.module, cause)
            } else if skip_own {
                stacktrace::item(vm, pc, true)
                    .and_then(|item| item.tuple_of::<4>().map(|item| item[3]))
                    .unwrap_or(Term::NIL)
            } else {
                Term::NIL
            };
            vm.heap.tuple(&[fault.module, fault.function, fault.arguments, location])
        }
        None => Term::NIL,
    };
    let addresses = stacktrace::capture(vm, (!skip_own).then_some(pc));
    vm.heap.tuple(&[top, addresses, class.atom()])
}

/// The trace of `erlang:error/1,2,3`: arguments and information go into the item of the caller.
fn caller_trace(vm: &mut Vm, pc: *const u64, args: Term, info: Term) -> Term {
    if args == Term::NONE && info == Term::NONE {
        return raw_trace(vm, Class::Error, pc, None, None);
    }
    let own = stacktrace::item(vm, pc, true);
    let Some([module, function, arity, location]) = own.and_then(|item| item.tuple_of::<4>()).copied() else {
        return raw_trace(vm, Class::Error, pc, None, None);
    };
    let args = if args == Term::NONE { arity } else { args };
    let location = if info == Term::NONE {
        location
    } else {
        let pair = vm.heap.tuple(&[atoms::ERROR_INFO, info]);
        let mut items: Vec<Term> = location.list().collect();
        items.push(pair);
        vm.heap.list(&items)
    };
    let top = vm.heap.tuple(&[module, function, args, location]);
    let addresses = stacktrace::capture(vm, None);
    vm.heap.tuple(&[top, addresses, Class::Error.atom()])
}

/// `[{error_info, #{module => ...}}]` of a native, which leads `erl_error` to the module that explains it.
fn native_info(vm: &mut Vm, module: Term, cause: Option<Term>) -> Term {
    let explainer = match vm.atom_name(module) {
        "lists" | "maps" | "binary" | "ets" | "re" | "unicode" | "math" | "io" | "string" => atoms::ERL_STDLIB_ERRORS,
        "os" | "code" | "net_kernel" => atoms::ERL_KERNEL_ERRORS,
        _ => atoms::ERL_ERTS_ERRORS,
    };
    // Functions of these modules are in libraries that OTP loads, and nothing explains them.
    if matches!(vm.atom_name(module), "prim_file" | "prim_buffer" | "zlib" | "crypto") {
        return Term::NIL;
    }
    let mut pairs = vec![(atoms::MODULE, explainer)];
    pairs.extend(cause.map(|cause| (atoms::CAUSE, cause)));
    let map = crate::map::from_pairs(&mut vm.heap, vm.image.get(), &mut pairs);
    let pair = vm.heap.tuple(&[atoms::ERROR_INFO, map]);
    vm.heap.list(&[pair])
}

/// Drops stack frames down to the nearest catch and gives its handler.
fn unwind(vm: &mut Vm, class: Class, reason: Term) -> Option<*const u64> {
    let (mut frame, mut handler) = (0, None);
    for (i, word) in vm.heap.stack_terms().iter().enumerate() {
        match word.tag() {
            tag::RETURN => frame = i + 1,
            tag::HEADER => {
                handler = Some(word.ptr().cast_const());
                break;
            }
            _ => {}
        }
    }
    tracing::left_by_exception(vm, frame, class.atom(), reason);
    let handler = handler?;
    // SAFETY: `frame` is within the stack.
    vm.heap.stack = unsafe { vm.heap.stack.add(frame) };
    Some(handler)
}

/// Reason with which a process ends that does not catch an exception (OTP: Erlang Reference Manual, Errors).
fn exit_reason(vm: &mut Vm, class: Class, reason: Term, trace: Term) -> Term {
    let reason = match class {
        Class::Exit => return reason,
        Class::Error => reason,
        Class::Throw => vm.heap.tuple(&[atoms::NOCATCH, reason]),
    };
    let trace = stacktrace::build(vm, trace);
    vm.heap.tuple(&[reason, trace])
}
