//! Calls, frames and messages, where the loop cannot go on by itself.

use crate::fail::{Fail, Outcome};
use crate::instr::{APPLY_LIST, Code, OPERAND_Y};
use crate::interp::{Next, calls, tracing, turn};
use crate::term::{Term, tag};
use crate::vm::Vm;

type Step = Result<Next, Fail>;

fn push_return(vm: &mut Vm, address: *const u64) {
    // SAFETY: the heap keeps reserved words free below the stack, so one push always fits.
    unsafe {
        vm.heap.stack = vm.heap.stack.sub(1);
        *vm.heap.stack = address as usize as u64 | tag::RETURN;
    }
}

/// Takes the return address from the top of the stack.
fn pop_return(vm: &mut Vm) -> *const u64 {
    // SAFETY: where a function has no frame of its own, its return address is on top.
    unsafe {
        let address = (*vm.heap.stack & !tag::MASK) as usize as *const u64;
        vm.heap.stack = vm.heap.stack.add(1);
        address
    }
}

fn drop_frame(vm: &mut Vm, bytes: u16) {
    // SAFETY: the loader checked the size of the frame.
    vm.heap.stack = unsafe { vm.heap.stack.byte_add(usize::from(bytes)) };
}

#[inline]
fn called_native(vm: &mut Vm, number: u32) -> Outcome {
    if vm.watch.is_some() { tracing::native(vm, number) } else { calls::native(vm, number) }
}

#[inline]
pub(in crate::interp) fn call_native(vm: &mut Vm, code: Code) -> Step {
    match called_native(vm, code.bc()) {
        Ok(value) => {
            vm.x[0] = value;
            Ok(Next::Returned(code.next()))
        }
        Err(fail) => match calls::redirect(vm, fail, code.next())? {
            Some(target) => Ok(Next::Enter(target)),
            None => Ok(Next::End(turn::hibernate(vm))),
        },
    }
}

/// A native that was entered by a jump: its caller is on the stack.
pub(in crate::interp) fn native_stub(vm: &mut Vm, code: Code) -> Step {
    vm.pc = std::ptr::null();
    match called_native(vm, code.bc()) {
        Ok(value) => {
            vm.x[0] = value;
            Ok(Next::Returned(pop_return(vm)))
        }
        Err(fail) => match calls::redirect(vm, fail, std::ptr::null()) {
            Ok(Some(target)) => Ok(Next::Enter(target)),
            Ok(None) => Ok(Next::End(turn::hibernate(vm))),
            Err(fail) => {
                fail_in_caller(vm);
                Err(fail)
            }
        },
    }
}

/// What fails now does so in place of the caller, whose address is on the stack.
fn fail_in_caller(vm: &mut Vm) {
    // SAFETY: a return address lies behind the call that it belongs to.
    vm.pc = unsafe { pop_return(vm).sub(1) };
}

pub(in crate::interp) fn undefined(vm: &mut Vm, code: Code) -> Step {
    calls::undefined(vm, code.bc()).map(Next::Go)
}

fn the_fun(vm: &Vm, code: Code, is_operand: bool) -> Term {
    if is_operand { vm.source(code, code.b()) } else { vm.x[usize::from(code.a())] }
}

pub(in crate::interp) fn call_fun(vm: &mut Vm, code: Code, is_operand: bool) -> Step {
    let fun = the_fun(vm, code, is_operand);
    let target = calls::fun(vm, usize::from(code.a()), fun)?;
    push_return(vm, code.next());
    Ok(Next::Enter(target))
}

pub(in crate::interp) fn call_fun_last(vm: &mut Vm, code: Code, is_operand: bool) -> Step {
    let fun = the_fun(vm, code, is_operand);
    let target = calls::fun(vm, usize::from(code.a()), fun)?;
    drop_frame(vm, if is_operand { code.c() } else { code.b() });
    Ok(Next::Enter(target))
}

pub(in crate::interp) fn apply(vm: &mut Vm, code: Code) -> Step {
    let target = calls::apply(vm, usize::from(code.a()))?;
    push_return(vm, code.next());
    Ok(Next::Enter(target))
}

/// a: arity, or [`APPLY_LIST`]; b: size of the frame.
pub(in crate::interp) fn apply_last(vm: &mut Vm, code: Code) -> Step {
    let target = match usize::from(code.a()) {
        APPLY_LIST => calls::apply_list(vm),
        arity => calls::apply(vm, arity),
    };
    match target {
        Ok(target) => {
            // What raises does so in place of who applies it, whose frame is still there.
            if let Some(native) = calls::raising_native(vm, target) {
                calls::native(vm, native)?;
            }
            drop_frame(vm, code.b());
            Ok(Next::Enter(target))
        }
        Err(fail) => {
            // A function that is not there fails in place of its caller.
            if vm.fault.is_some_and(|fault| !fault.is_native) {
                drop_frame(vm, code.b());
                fail_in_caller(vm);
            }
            Err(fail)
        }
    }
}

/// a: size of the frame, b: live registers, c: words of heap.
pub(in crate::interp) fn allocate(vm: &mut Vm, code: Code) -> Step {
    let frame = usize::from(code.a());
    if !vm.collect(frame / 8 + usize::from(code.c()), usize::from(code.b())) {
        return Ok(Next::End(turn::out_of_memory(vm)));
    }
    // SAFETY: the collection made room for it.
    vm.heap.stack = unsafe { vm.heap.stack.byte_sub(frame) };
    Ok(Next::Go(code.next()))
}

/// As [`allocate`]; word 1: two pairs of an X and a Y register.
pub(in crate::interp) fn allocate_move(vm: &mut Vm, code: Code) -> Step {
    let next = allocate(vm, code)?;
    if matches!(next, Next::Go(_)) {
        for pair in 0..2 {
            let value = vm.source(code, code.operand(1, 2 * pair));
            vm.set(code.operand(1, 2 * pair + 1) | OPERAND_Y, value);
        }
    }
    Ok(next)
}

pub(in crate::interp) fn test_heap(vm: &mut Vm, code: Code) -> Step {
    if !vm.collect(code.bc() as usize, usize::from(code.a())) {
        return Ok(Next::End(turn::out_of_memory(vm)));
    }
    Ok(Next::Go(code.next()))
}

pub(in crate::interp) fn loop_rec(vm: &mut Vm, code: Code) -> Step {
    Ok(Next::Go(match vm.current_message()? {
        Some(message) => {
            vm.x[0] = message;
            code.next()
        }
        None => code.near(),
    }))
}

/// a: timeout; b, c: the `LoopRec`.
pub(in crate::interp) fn wait_timeout(vm: &mut Vm, code: Code) -> Step {
    let timeout = vm.source(code, code.a());
    Ok(match turn::deadline(vm, timeout)? {
        turn::Deadline::Passed => Next::Go(code.next()),
        turn::Deadline::Until(at) => Next::End(turn::waiting(vm, code.near(), at)),
    })
}

pub(in crate::interp) fn send(vm: &mut Vm, code: Code) -> Step {
    vm.x[0] = calls::send(vm, vm.x[0], vm.x[1])?;
    Ok(Next::Returned(code.next()))
}
