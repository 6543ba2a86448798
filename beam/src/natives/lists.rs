//! Lists (OTP: `lists:member/2`, `erlang:'++'/2` and their kin).

mod subtract;

use super::Native;
use crate::atoms;
use crate::compare;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Cells that are looked at or copied for one reduction (about as in OTP).
const CELLS_PER_REDUCTION: usize = 16;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "hd", 1, |_, a| Ok(a[0].cons().ok_or(Fail::BADARG)?.0)),
    Native::new("erlang", "tl", 1, |_, a| Ok(a[0].cons().ok_or(Fail::BADARG)?.1)),
    Native::new("erlang", "length", 1, |vm, a| {
        let len = length(vm, a[0])?;
        Ok(Term::small(len as i64))
    }),
    Native::new("erlang", "++", 2, |vm, a| append(vm, a[0], a[1])),
    Native::new("erlang", "append", 2, |vm, a| append(vm, a[0], a[1])),
    Native::new("erlang", "--", 2, |vm, a| subtract::subtract(vm, a[0], a[1])),
    Native::new("erlang", "subtract", 2, |vm, a| subtract::subtract(vm, a[0], a[1])),
    Native::new("lists", "member", 2, member),
    Native::new("lists", "reverse", 2, reverse),
    Native::new("lists", "keyfind", 3, |vm, a| Ok(key_find(vm, a)?.unwrap_or(atoms::FALSE))),
    Native::new("lists", "keymember", 3, |vm, a| {
        Ok(if key_find(vm, a)?.is_some() { atoms::TRUE } else { atoms::FALSE })
    }),
    Native::new("lists", "keysearch", 3, |vm, a| match key_find(vm, a)? {
        Some(tuple) => Ok(vm.heap.tuple(&[atoms::VALUE, tuple])),
        None => Ok(atoms::FALSE),
    }),
];

/// Number of cells of a proper list; `badarg` for anything else.
pub fn length(vm: &mut Vm, list: Term) -> Result<usize, Fail> {
    let mut cells = list.list();
    let len = cells.by_ref().count();
    vm.charge(len / (4 * CELLS_PER_REDUCTION));
    if cells.tail().is_nil() { Ok(len) } else { Err(Fail::BADARG) }
}

/// `Left ++ Right`. `Right` may be any term.
pub fn append(vm: &mut Vm, left: Term, right: Term) -> Outcome {
    let len = length(vm, left)?;
    vm.charge(len / CELLS_PER_REDUCTION);
    vm.heap.check(len * 2)?;
    Ok(vm.heap.list_of(len, left.list(), right))
}

fn member(vm: &mut Vm, args: &[Term]) -> Outcome {
    let wanted = args[0];
    let mut looked_at = 0;
    let mut items = args[1].list();
    let found = items.by_ref().any(|item| {
        looked_at += 1;
        item == wanted || !wanted.is_immediate() && compare::eq_exact(item, wanted)
    });
    vm.charge(looked_at / CELLS_PER_REDUCTION);
    match found {
        true => Ok(atoms::TRUE),
        false if items.tail().is_nil() => Ok(atoms::FALSE),
        false => Err(Fail::BADARG),
    }
}

fn reverse(vm: &mut Vm, args: &[Term]) -> Outcome {
    let len = length(vm, args[0])?;
    vm.charge(len / CELLS_PER_REDUCTION);
    vm.heap.check(len * 2)?;
    Ok(args[0].list().fold(args[1], |tail, item| vm.heap.cons(item, tail)))
}

/// The first tuple with a key at a place. Keys are compared as numbers (`==`); what is no tuple or too short is passed over.
fn key_find(vm: &mut Vm, args: &[Term]) -> Result<Option<Term>, Fail> {
    let key = args[0];
    let at = match args[1].small_value() {
        Some(n) if n >= 1 => n as usize - 1,
        _ => return Err(Fail::BADARG),
    };
    // Most keys are atoms: only numbers and compound terms equal others than themselves.
    let is_simple = key.is_immediate() && !key.is_small();
    let has_key = |item: &Term| {
        let element = item.tuple().and_then(|elements| elements.get(at).copied());
        element.is_some_and(|e| e == key || !is_simple && compare::eq(e, key))
    };
    let mut looked_at = 0;
    let mut items = args[2].list();
    let found = items.by_ref().inspect(|_| looked_at += 1).find(has_key);
    vm.charge(looked_at / CELLS_PER_REDUCTION);
    if found.is_none() && !items.tail().is_nil() {
        return Err(Fail::BADARG);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #[test]
    fn calls_give_what_otp_gives() {
        super::super::table::check(include_str!("../../tables/lists.txt"));
    }
}
