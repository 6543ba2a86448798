//! Equality.

use crate::term::{Term, header_aux, header_kind, header_size, kind};

use super::{Mode, identity, number};

/// Pairs that are still to be compared.
#[derive(Clone, Copy)]
enum Pending<'a> {
    /// Two runs of terms of the same length.
    Terms(&'a [Term], &'a [Term]),
    /// Children of two nodes of large maps, as many on both sides.
    Children(&'a [Term], &'a [Term]),
}

/// What is known of two terms after a first look.
enum Look<'a> {
    Same,
    Different,
    /// Their parts decide.
    Into(Pending<'a>),
}

impl Look<'_> {
    fn from(same: bool) -> Self {
        if same { Look::Same } else { Look::Different }
    }
}

/// Whether two terms are exactly equal (`=:=`): `1 =:= 1.0` and `0.0 =:= -0.0` are false.
#[inline]
pub fn eq_exact(a: Term, b: Term) -> bool {
    if a == b {
        return true;
    }
    // All values of an immediate type that are equal are the same word.
    if a.is_immediate() || b.is_immediate() || a.tag() != b.tag() {
        return false;
    }
    equal(a, b, Mode::Exact)
}

/// Whether two terms are equal (`==`): numbers by value, keys of maps exactly.
#[inline]
pub fn eq(a: Term, b: Term) -> bool {
    if a == b {
        return true;
    }
    if a.is_immediate() && b.is_immediate() {
        return false;
    }
    equal(a, b, Mode::Value)
}

fn equal(a: Term, b: Term, mode: Mode) -> bool {
    let mut pending = Vec::new();
    let mut look = look(a, b, mode);
    loop {
        let next = match look {
            Look::Different => return false,
            Look::Into(next) => next,
            Look::Same => match pending.pop() {
                Some(next) => next,
                None => return true,
            },
        };
        look = match next {
            Pending::Terms(x, y) => terms(x, y, mode, &mut pending),
            Pending::Children(x, y) => children(x, y, mode, &mut pending),
        };
    }
}

/// Compares two runs up to the first pair whose parts decide; what is behind it goes to `pending`.
fn terms<'a>(mut x: &'a [Term], mut y: &'a [Term], mode: Mode, pending: &mut Vec<Pending<'a>>) -> Look<'a> {
    while let ([a, x_rest @ ..], [b, y_rest @ ..]) = (x, y) {
        (x, y) = (x_rest, y_rest);
        match look(*a, *b, mode) {
            Look::Same => {}
            Look::Different => return Look::Different,
            Look::Into(parts) => {
                if !x.is_empty() {
                    pending.push(Pending::Terms(x, y));
                }
                return Look::Into(parts);
            }
        }
    }
    Look::Same
}

/// As [`terms`] for the children of nodes.
fn children<'a>(mut x: &'a [Term], mut y: &'a [Term], mode: Mode, pending: &mut Vec<Pending<'a>>) -> Look<'a> {
    while let ([a, x_rest @ ..], [b, y_rest @ ..]) = (x, y) {
        (x, y) = (x_rest, y_rest);
        match look_at_child(*a, *b, mode) {
            Look::Same => {}
            Look::Different => return Look::Different,
            Look::Into(parts) => {
                if !x.is_empty() {
                    pending.push(Pending::Children(x, y));
                }
                return Look::Into(parts);
            }
        }
    }
    Look::Same
}

/// Head and tail of a cell as a run of two terms.
pub(super) fn cell<'a>(cons: Term) -> &'a [Term] {
    // SAFETY: a term tagged CONS points at two initialised words (invariant of `term`), and `Term` is transparent.
    unsafe { std::slice::from_raw_parts(cons.ptr().cast(), 2) }
}

#[inline]
fn look<'a>(a: Term, b: Term, mode: Mode) -> Look<'a> {
    if a == b {
        return Look::Same;
    }
    if a.is_cons() && b.is_cons() {
        return Look::Into(Pending::Terms(cell(a), cell(b)));
    }
    if mode == Mode::Value && number::is_number(a) {
        return Look::from(number::is_number(b) && number::compare(a, b, mode).is_eq());
    }
    if a.is_boxed() && b.is_boxed() { look_at_boxed(a, b, mode) } else { Look::Different }
}

fn look_at_boxed<'a>(a: Term, b: Term, mode: Mode) -> Look<'a> {
    let kind = header_kind(a.header());
    if kind != header_kind(b.header()) {
        // A part of a bitstring may equal one that lies in the heap.
        return Look::from(both_bits(a, b));
    }
    match kind {
        kind::TUPLE | kind::FUN | kind::EXPORT => same_size(a, b, Pending::Terms),
        kind::FLATMAP if header_size(a.header()) != header_size(b.header()) => Look::Different,
        kind::FLATMAP => pair(a.elements(), b.elements(), mode),
        kind::HAMT_ROOT | kind::HAMT_NODE => same_nodes(a, b),
        kind::EXTERNAL_PID | kind::PORT => {
            Look::from(a.elements().iter().zip(b.elements()).all(|(x, y)| eq_exact(*x, *y)))
        }
        kind::EXTERNAL_REF => Look::from(identity::same_ref(a, b)),
        kind::FLOAT | kind::BIG_POS | kind::BIG_NEG | kind::REF => Look::from(a.words() == b.words()),
        _ => Look::from(both_bits(a, b)),
    }
}

fn look_at_child<'a>(a: Term, b: Term, mode: Mode) -> Look<'a> {
    if a == b {
        return Look::Same;
    }
    if a.is_cons() && b.is_cons() {
        return pair(cell(a), cell(b), mode);
    }
    // Two sizes, a leaf and a node, or nodes of different kinds.
    if !a.is_boxed() || !b.is_boxed() || header_kind(a.header()) != header_kind(b.header()) {
        return Look::Different;
    }
    // Leaves whose whole hash is the same stand in a tuple, ordered by key.
    if a.is_kind(kind::TUPLE) { same_size(a, b, Pending::Children) } else { same_nodes(a, b) }
}

/// A key (or the tuple of all keys) that must be exactly equal, and values.
fn pair<'a>(x: &'a [Term], y: &'a [Term], mode: Mode) -> Look<'a> {
    if mode == Mode::Exact {
        return Look::Into(Pending::Terms(x, y));
    }
    // In exact mode the key needs no walk of its own, so walks nest no deeper than one within another.
    if eq_exact(x[0], y[0]) { Look::Into(Pending::Terms(&x[1..], &y[1..])) } else { Look::Different }
}

fn both_bits(a: Term, b: Term) -> bool {
    match (a.bits(), b.bits()) {
        (Some(x), Some(y)) => identity::same_bits(x, y),
        _ => false,
    }
}

fn same_size<'a>(a: Term, b: Term, wrap: fn(&'a [Term], &'a [Term]) -> Pending<'a>) -> Look<'a> {
    if header_size(a.header()) != header_size(b.header()) {
        return Look::Different;
    }
    Look::Into(wrap(a.elements(), b.elements()))
}

/// Nodes of large maps. The tree of a set of keys has one shape only, so equal maps are equal node by node.
fn same_nodes<'a>(a: Term, b: Term) -> Look<'a> {
    if header_aux(a.header()) != header_aux(b.header()) {
        return Look::Different;
    }
    same_size(a, b, Pending::Children)
}
