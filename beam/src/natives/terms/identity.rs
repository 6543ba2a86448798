//! Pids, ports, references and funs to text and back.

use crate::atoms::NONODE;
use crate::fail::{Fail, Outcome};
use crate::print;
use crate::term::{Term, kind};
use crate::vm::Vm;

fn text(vm: &mut Vm, is_one: bool, text: impl FnOnce(&Vm) -> String) -> Outcome {
    if !is_one {
        return Err(Fail::BADARG);
    }
    let text = text(vm);
    Ok(vm.heap.string(&text))
}

pub(super) fn pid_to_list(vm: &mut Vm, args: &[Term]) -> Outcome {
    text(vm, args[0].is_pid(), |_| print::pid(args[0]))
}
pub(super) fn port_to_list(vm: &mut Vm, args: &[Term]) -> Outcome {
    text(vm, args[0].is_kind(kind::PORT), |_| print::port(args[0]))
}
pub(super) fn ref_to_list(vm: &mut Vm, args: &[Term]) -> Outcome {
    text(vm, args[0].is_ref(), |_| print::reference(args[0]))
}
pub(super) fn fun_to_list(vm: &mut Vm, args: &[Term]) -> Outcome {
    text(vm, args[0].is_fun(), |vm| print::fun(args[0], vm.image.get()))
}

/// The numbers of an identifier of this node: behind the prefix a zero, then `N` numbers, each after a point.
fn numbers<const N: usize>(list: Term, prefix: &str) -> Option<[u64; N]> {
    let bytes: Option<Vec<u8>> = list.proper_list()?.iter().map(|c| u8::try_from(c.small_value()?).ok()).collect();
    let text = String::from_utf8(bytes?).ok()?;
    let mut numbers = text.strip_prefix(prefix)?.strip_suffix('>')?.split('.').map(|number| {
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        if digits { number.parse::<u64>().ok() } else { None }
    });
    if numbers.next()? != Some(0) {
        return None;
    }
    let mut found = [0; N];
    for number in &mut found {
        *number = numbers.next()??;
    }
    numbers.next().is_none().then_some(found)
}

pub(super) fn list_to_pid(_vm: &mut Vm, args: &[Term]) -> Outcome {
    match numbers(args[0], "<") {
        Some([id, serial]) if id < 1 << 28 && serial < 1 << 32 => Ok(Term::pid(serial << 28 | id)),
        _ => Err(Fail::BADARG),
    }
}
pub(super) fn list_to_port(vm: &mut Vm, args: &[Term]) -> Outcome {
    match numbers(args[0], "#Port<") {
        Some([id]) if id < 1 << 60 => {
            let id = vm.heap.uint(id);
            Ok(vm.heap.boxed_terms(kind::PORT, 0, &[NONODE, id, Term::small(0)]))
        }
        _ => Err(Fail::BADARG),
    }
}
pub(super) fn list_to_ref(vm: &mut Vm, args: &[Term]) -> Outcome {
    match numbers(args[0], "#Ref<") {
        Some([high, middle, low]) if high < 1 << 32 && middle < 1 << 32 && low < 1 << 18 => {
            Ok(vm.heap.reference([low as u32, middle as u32, high as u32]))
        }
        _ => Err(Fail::BADARG),
    }
}

/// The node of a pid, port or reference.
pub(super) fn node(_vm: &mut Vm, args: &[Term]) -> Outcome {
    let t = args[0];
    if t.is_local_pid() || t.is_kind(kind::REF) {
        Ok(NONODE)
    } else if t.is_pid() || t.is_ref() || t.is_kind(kind::PORT) {
        Ok(t.elements()[0])
    } else {
        Err(Fail::BADARG)
    }
}
