//! Module `erts_debug`: sizes and identity of terms, and what OTP's own tests ask about the inside of the machine.

pub(crate) mod internal_state;

use std::collections::HashSet;

use super::Native;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::{Term, header_kind, header_size, kind};
use crate::vm::Vm;

/// Natives for debugging.
pub const NATIVES: &[Native] = &[
    Native::new("erts_debug", "flat_size", 1, flat_size),
    Native::new("erts_debug", "size_shared", 1, size_shared),
    Native::new("erts_debug", "copy_shared", 1, copy_shared),
    Native::new("erts_debug", "copy_shared", 2, copy_shared),
    Native::new("erts_debug", "same", 2, same),
    Native::new("erts_debug", "get_internal_state", 1, internal_state::get),
    Native::new("erts_debug", "set_internal_state", 2, internal_state::set),
    Native::new("erts_debug", "disassemble", 1, no),
    Native::new("erts_debug", "breakpoint", 2, no_breakpoint),
    Native::new("erts_debug", "instructions", 0, no_list),
    Native::new("erts_debug", "interpreter_size", 0, zero),
    Native::new("erts_debug", "lcnt_clear", 0, badarg),
    Native::new("erts_debug", "lcnt_collect", 0, badarg),
    Native::new("erts_debug", "lcnt_control", 1, badarg),
    Native::new("erts_debug", "lcnt_control", 2, badarg),
];

/// Words of a binary outside the heap: the reference and the part.
const OFF_HEAP_WORDS: usize = 8;

/// Words that a value takes on its own, without what it points at.
fn own_words(term: Term) -> usize {
    if term.is_cons() {
        return 2;
    }
    if !term.is_boxed() {
        return 0;
    }
    match header_kind(term.header()) {
        kind::SUBBITS => OFF_HEAP_WORDS,
        // The module knows a function value; OTP counts the same two words for one.
        kind::EXPORT => 2,
        _ => 1 + header_size(term.header()),
    }
}

/// Pushes the terms that a value points at.
fn push_parts(term: Term, parts: &mut Vec<Term>) {
    if let Some((head, tail)) = term.cons() {
        parts.extend([tail, head]);
    } else if term.is_boxed() && header_kind(term.header()) < kind::RAW && !term.is_bits() {
        parts.extend(term.elements());
    }
}

/// Words of all values; a value that several point at counts each time unless it is in `seen`.
fn count(vm: &mut Vm, term: Term, mut seen: Option<&mut HashSet<Term>>) -> usize {
    let (mut words, mut visits) = (0_usize, 0);
    let mut left = vec![term];
    while let Some(term) = left.pop() {
        if term.is_immediate() || seen.as_mut().is_some_and(|seen| !seen.insert(term)) {
            continue;
        }
        visits += 1;
        words = words.saturating_add(own_words(term));
        push_parts(term, &mut left);
    }
    vm.charge(visits / 32);
    words
}

fn flat_size(vm: &mut Vm, args: &[Term]) -> Outcome {
    Ok(Term::small(count(vm, args[0], None) as i64))
}

fn size_shared(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut seen = HashSet::new();
    Ok(Term::small(count(vm, args[0], Some(&mut seen)) as i64))
}

/// Terms are never changed, so a copy cannot be told from the original.
fn copy_shared(_: &mut Vm, args: &[Term]) -> Outcome {
    Ok(args[0])
}

fn same(_: &mut Vm, args: &[Term]) -> Outcome {
    Ok(super::boolean(args[0] == args[1]))
}

fn no(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(atoms::FALSE)
}

fn zero(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(Term::small(0))
}

fn no_list(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(Term::NIL)
}

fn no_breakpoint(_: &mut Vm, args: &[Term]) -> Outcome {
    if args[0].tuple_of::<3>().is_some() { Ok(Term::small(0)) } else { Err(Fail::BADARG) }
}

fn badarg(_: &mut Vm, _: &[Term]) -> Outcome {
    Err(Fail::BADARG)
}

#[cfg(test)]
mod tests {
    use crate::natives::table::check;

    #[test]
    fn sizes_are_those_of_otp() {
        check(
            "\
erts_debug:flat_size(a) => 0
erts_debug:flat_size([1,2]) => 4
erts_debug:flat_size({a,[97,98,99]}) => 9
erts_debug:flat_size(1267650600228229401496703205376) => 3
erts_debug:flat_size(1.0) => 2
erts_debug:flat_size('$export') => 2
erts_debug:flat_size('$ref') => 3
erts_debug:same(1,1) => true
erts_debug:same({a},{a}) => false
",
        );
    }
}
