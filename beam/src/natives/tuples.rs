//! Tuples (OTP: `erlang:element/2` and its kin).

use super::Native;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Elements of the largest tuple (OTP: Efficiency Guide, System Limits).
pub const MAX_ELEMENTS: usize = (1 << 24) - 1;
/// Elements that are copied for one reduction.
const ELEMENTS_PER_REDUCTION: usize = 64;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "element", 2, |_, a| {
        let elements = tuple(a[1])?;
        Ok(elements[position(a[0], elements.len())?])
    }),
    Native::new("erlang", "setelement", 3, |vm, a| {
        let elements = tuple(a[1])?;
        let at = position(a[0], elements.len())?;
        joined(vm, &[&elements[..at], &[a[2]], &elements[at + 1..]])
    }),
    Native::new("erlang", "append_element", 2, |vm, a| {
        let elements = tuple(a[0])?;
        if elements.len() >= MAX_ELEMENTS {
            return Err(Fail::BADARG);
        }
        joined(vm, &[elements, &[a[1]]])
    }),
    Native::new("erlang", "insert_element", 3, |vm, a| {
        let elements = tuple(a[1])?;
        let at = position(a[0], elements.len() + 1)?;
        joined(vm, &[&elements[..at], &[a[2]], &elements[at..]])
    }),
    Native::new("erlang", "delete_element", 2, |vm, a| {
        let elements = tuple(a[1])?;
        let at = position(a[0], elements.len())?;
        joined(vm, &[&elements[..at], &elements[at + 1..]])
    }),
    Native::new("erlang", "make_tuple", 2, |vm, a| make(vm, a[0], a[1], Term::NIL)),
    Native::new("erlang", "make_tuple", 3, |vm, a| make(vm, a[0], a[1], a[2])),
    Native::new("erlang", "tuple_size", 1, |_, a| Ok(Term::small(tuple(a[0])?.len() as i64))),
    Native::new("erlang", "size", 1, size),
    Native::new("erlang", "tuple_to_list", 1, |vm, a| {
        let elements = tuple(a[0])?;
        vm.charge(elements.len() / ELEMENTS_PER_REDUCTION);
        vm.heap.check(elements.len() * 2)?;
        Ok(vm.heap.list(elements))
    }),
    Native::new("erlang", "list_to_tuple", 1, |vm, a| {
        let elements = a[0].proper_list().filter(|e| e.len() <= MAX_ELEMENTS).ok_or(Fail::BADARG)?;
        joined(vm, &[&elements])
    }),
];

fn tuple<'a>(t: Term) -> Result<&'a [Term], Fail> {
    t.tuple().ok_or(Fail::BADARG)
}

/// Place of an element by its number, which counts from one.
fn position(number: Term, len: usize) -> Result<usize, Fail> {
    let number = number.small_value().and_then(|n| usize::try_from(n).ok());
    number.filter(|n| (1..=len).contains(n)).map(|n| n - 1).ok_or(Fail::BADARG)
}

fn joined(vm: &mut Vm, parts: &[&[Term]]) -> Outcome {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    vm.charge(len / ELEMENTS_PER_REDUCTION);
    vm.heap.check(len + 1)?;
    Ok(vm.heap.tuple(&parts.concat()))
}

/// `values`: pairs of a place and its value; of several for one place the last counts.
fn make(vm: &mut Vm, size: Term, default: Term, values: Term) -> Outcome {
    let size = size.small_value().and_then(|n| usize::try_from(n).ok());
    let size = size.filter(|n| *n <= MAX_ELEMENTS).ok_or(Fail::BADARG)?;
    vm.charge(size / ELEMENTS_PER_REDUCTION);
    vm.heap.check(size + 1)?;
    let mut elements = vec![default; size];
    let mut pairs = values.list();
    let mut count = 0;
    for pair in pairs.by_ref() {
        let [number, value] = pair.tuple_of().ok_or(Fail::BADARG)?;
        elements[position(*number, size)?] = *value;
        count += 1;
    }
    vm.charge(count / ELEMENTS_PER_REDUCTION);
    if !pairs.tail().is_nil() {
        return Err(Fail::BADARG);
    }
    Ok(vm.heap.tuple(&elements))
}

/// Number of elements of a tuple or of whole bytes of a bitstring.
fn size(_: &mut Vm, args: &[Term]) -> Outcome {
    let size = match (args[0].tuple(), args[0].bits()) {
        (Some(elements), _) => elements.len(),
        (_, Some(bits)) => bits.len / 8,
        _ => return Err(Fail::BADARG),
    };
    Ok(Term::small(size as i64))
}

#[cfg(test)]
mod tests {
    #[test]
    fn calls_give_what_otp_gives() {
        super::super::table::check(include_str!("../../tables/tuples.txt"));
    }
}
