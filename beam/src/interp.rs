//! The interpreter: runs the machine's own instructions until a turn is over.
//!
//! Most instructions are done by the loop of [`hot`], which calls nothing. It leaves those that it cannot do to [`step`], one
//! at a time: natives, what allocates where there is no room, what fails, and whatever is rare.

pub mod arithmetic;
pub mod calls;
pub mod exception;
mod hot;
pub mod slow;
pub mod stacktrace;
pub(crate) mod tracing;
pub mod turn;

use crate::fail::Fail;
use crate::instr::{Code, FIRST_SLOW, Operation};
use crate::term::{header, kind};
use crate::vm::Vm;
use hot::Left;
use slow::{control, values};
use turn::Turn;

/// What comes behind an instruction.
pub(crate) enum Next {
    /// The instruction at an address.
    Go(*const u64),
    /// A function: counts as a reduction.
    Enter(*const u64),
    /// Whatever is behind a native whose value is in the first X register, and nothing in the others. Counts as a reduction.
    Returned(*const u64),
    /// The end of the turn.
    End(Turn),
}

/// Runs the process until its reductions are used up, it waits, or it ends.
pub fn run(vm: &mut Vm) -> Turn {
    // In a guest, nobody else uses the image.
    if cfg!(not(target_arch = "wasm32")) {
        vm.renew_watch();
    }
    if vm.watches_all_calls() {
        return tracing::run(vm);
    }
    // Stress is for tests, which run natively; without it the loop is in a guest only once.
    if vm.heap.stress && cfg!(not(target_arch = "wasm32")) { alternate::<true>(vm) } else { alternate::<false>(vm) }
}

fn alternate<const STRESS: bool>(vm: &mut Vm) -> Turn {
    loop {
        match hot::run::<STRESS>(vm) {
            Left::Instruction => {}
            Left::Function => return turn::yielded(vm, vm.pc),
            Left::Receive => return turn::yielded_live(vm, vm.pc, 0),
        }
        let code = Code(vm.pc);
        // What is left most often.
        let done =
            if code.operation() == Operation::CallNative { control::call_native(vm, code) } else { step(vm, code) };
        match done {
            Ok(Next::Go(to)) => vm.pc = to,
            Ok(next) => {
                if let Some(turn) = go_on(vm, next) {
                    return turn;
                }
            }
            Err(fail) => match exception::raise(vm, fail, vm.pc) {
                Some(handler) => vm.pc = handler,
                None => return turn::exited(vm),
            },
        }
    }
}

/// Goes on behind an instruction, unless the turn ends there.
fn go_on(vm: &mut Vm, next: Next) -> Option<Turn> {
    match next {
        Next::Go(to) => vm.pc = to,
        Next::Enter(to) => {
            vm.pc = to;
            vm.reductions_left -= 1;
            if vm.reductions_left <= 0 {
                return Some(turn::yielded(vm, to));
            }
        }
        Next::Returned(to) => {
            vm.pc = to;
            if vm.heap.wants_collection() && !vm.collect(0, 1) {
                return Some(turn::out_of_memory(vm));
            }
            vm.reductions_left -= 1;
            if vm.reductions_left <= 0 {
                return Some(turn::yielded_live(vm, to, 1));
            }
        }
        Next::End(turn) => return Some(turn),
    }
    None
}

/// Does one instruction that the loop has left. `Vm::pc` is its address, or where it fails that of the failure.
fn step(vm: &mut Vm, code: Code) -> Result<Next, Fail> {
    use Operation as O;
    let operation = code.operation();
    match operation {
        O::CallNative => control::call_native(vm, code),
        O::Allocate => control::allocate(vm, code),
        O::AllocateMove => control::allocate_move(vm, code),
        O::TestHeap => control::test_heap(vm, code),
        O::NativeStub => control::native_stub(vm, code),
        O::Undefined => control::undefined(vm, code),
        O::CallFun => control::call_fun(vm, code, false),
        O::CallFun2 => control::call_fun(vm, code, true),
        O::CallFunLast => control::call_fun_last(vm, code, false),
        O::CallFun2Last => control::call_fun_last(vm, code, true),
        O::Apply => control::apply(vm, code),
        O::ApplyLast => control::apply_last(vm, code),
        O::FuncInfo => Err(exception::function_clause(vm, code.0)),
        O::Trap => Ok(Next::End(turn::trapped(vm))),
        O::NormalExit => Ok(Next::End(turn::finished(vm))),
        O::LoopRec => control::loop_rec(vm, code),
        O::Wait => Ok(Next::End(turn::waiting(vm, code.near(), None))),
        O::WaitTimeout => control::wait_timeout(vm, code),
        O::RemoveMessage => {
            vm.remove_message();
            Ok(Next::Go(code.next()))
        }
        O::Send => control::send(vm, code),
        O::TraceExport => tracing::export_called(vm, code),
        O::TraceReturn => tracing::returned(vm),
        O::Bif0 | O::Bif1 | O::Bif2 | O::Bif3 => {
            values::bif(vm, code, operation as usize - O::Bif0 as usize).map(Next::Go)
        }
        _ if (operation as u8) < FIRST_SLOW => values::step(vm, code, operation).map(Next::Go),
        _ => slow::call((operation as u8 - FIRST_SLOW) as usize, vm, code).map(Next::Go),
    }
}

/// The word that `IsTaggedTuple` and `TestArity` compare a header with.
pub fn tuple_header(size: usize) -> u64 {
    header(kind::TUPLE, size, 0)
}
