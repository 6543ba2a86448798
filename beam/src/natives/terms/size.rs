//! Sizes of terms in words, as OTP on a 64-bit machine holds them.

use std::collections::HashSet;

use crate::fail::Outcome;
use crate::term::{Term, header_kind, kind};
use crate::vm::Vm;

/// Integers that OTP holds in a word.
const OTP_SMALL: std::ops::Range<i64> = -(1 << 59)..1 << 59;

/// Words of a term without the terms in it, which go to `parts`.
fn words(t: Term, parts: &mut Vec<Term>) -> usize {
    if let Some(value) = t.small_value() {
        return if OTP_SMALL.contains(&value) { 0 } else { 2 };
    }
    if let Some((head, tail)) = t.cons() {
        parts.extend([tail, head]);
        return 2;
    }
    if !t.is_boxed() {
        return 0;
    }
    let kind = header_kind(t.header());
    let elements = || t.elements();
    match kind {
        // The empty tuple is a literal of the runtime system.
        kind::TUPLE if elements().is_empty() => 0,
        kind::TUPLE | kind::HAMT_ROOT | kind::HAMT_NODE => {
            parts.extend(elements());
            1 + elements().len()
        }
        kind::FLATMAP => {
            parts.extend(elements());
            2 + elements().len()
        }
        kind::FUN => {
            parts.extend(&elements()[1..]);
            5 + elements().len()
        }
        kind::EXPORT => 2,
        kind::EXTERNAL_PID => 4,
        kind::PORT => {
            if crate::compare::is_local_port(t) {
                0
            } else {
                4
            }
        }
        kind::REF => 3,
        kind::EXTERNAL_REF => 3 + (elements().len() - 2 + 1).div_ceil(2),
        kind::HEAPBITS => 1 + t.words().len(),
        kind::SUBBITS | kind::MATCH => 8,
        _ => 1 + t.words().len(),
    }
}

/// Words of a term, where what is shared counts as often as it occurs.
pub(super) fn flat_size(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut left = vec![args[0]];
    let (mut sum, mut steps) = (0, 0);
    while let Some(t) = left.pop() {
        sum += words(t, &mut left);
        steps += 1;
    }
    vm.charge(steps / 32);
    Ok(Term::small(sum as i64))
}

/// Words of a term, where what is shared counts once and literals do not count.
pub(super) fn size_shared(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut left = vec![args[0]];
    let mut seen = HashSet::new();
    let mut sum = 0;
    while let Some(t) = left.pop() {
        if t.is_immediate() || vm.heap.holds(t) && seen.insert(t) {
            sum += words(t, &mut left);
        }
    }
    vm.charge(seen.len() / 16);
    Ok(Term::small(sum as i64))
}
