//! Stack traces: return addresses and their functions, files and lines.

use super::tracing;
use crate::atoms;
use crate::instr::Operation;
use crate::term::{Term, kind, tag};
use crate::vm::Vm;

/// Whether an address is that of a `FuncInfo`.
pub(super) fn is_func_info(pc: *const u64) -> bool {
    // SAFETY: `pc` is the address of an instruction.
    unsafe { *pc as u8 == Operation::FuncInfo as u8 }
}

/// The current address, if given, and the return addresses on the stack as a raw value.
pub(super) fn capture(vm: &mut Vm, pc: Option<*const u64>) -> Term {
    // A lowest bit tells a return address, which lies behind the call, from an address of an instruction.
    let mut addresses: Vec<u64> = pc.map(|pc| pc as usize as u64).into_iter().collect();
    for word in vm.heap.stack_terms() {
        if addresses.len() >= vm.flags.backtrace_depth {
            break;
        }
        let address = word.ptr() as usize as u64 | 1;
        // What is put between the frames of calls that are traced belongs to no function.
        if word.tag() == tag::RETURN && addresses.last() != Some(&address) && !tracing::is_end(*word) {
            addresses.push(address);
        }
    }
    vm.heap.boxed(kind::TRACE, 0, &addresses)
}

/// The list that a program sees for a raw stack trace.
pub(super) fn build(vm: &mut Vm, raw: Term) -> Term {
    let Some([top, addresses, _class]) = raw.tuple_of::<3>() else { return raw };
    if !addresses.is_kind(kind::TRACE) {
        return *top;
    }
    let mut items: Vec<Term> = if top.is_nil() { vec![] } else { vec![*top] };
    for address in addresses.words() {
        if items.len() >= vm.flags.backtrace_depth {
            break;
        }
        let pc = (address & !1) as usize as *const u64;
        items.extend(item(vm, pc, address & 1 == 0));
    }
    vm.heap.list(&items)
}

/// The raw trace of where the process is now, as the list that a program sees.
pub(crate) fn current(vm: &mut Vm) -> Term {
    let pc = (!vm.pc.is_null()).then_some(vm.pc);
    let raw = capture(vm, pc);
    let raw = vm.heap.tuple(&[Term::NIL, raw, atoms::ERROR]);
    build(vm, raw)
}

/// `{Module, Function, Arity, Location}` of an address; `exact`: of the instruction itself, not of a call before it.
pub(super) fn item(vm: &mut Vm, pc: *const u64, exact: bool) -> Option<Term> {
    // SAFETY: a return address lies behind the call that it belongs to, in the same function.
    let at = if exact { pc } else { unsafe { pc.sub(1) } };
    let place = vm.image.get().code.locate(at)?;
    let location = match place.line {
        Some((file, line)) => {
            let file = vm.heap.string(file);
            let file = vm.heap.tuple(&[atoms::FILE, file]);
            let line = vm.heap.tuple(&[atoms::LINE, Term::small(i64::from(line))]);
            vm.heap.list(&[file, line])
        }
        None => Term::NIL,
    };
    let (module, function, arity) = place.mfa;
    Some(vm.heap.tuple(&[module, function, Term::small(i64::from(arity)), location]))
}
