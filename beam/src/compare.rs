//! Equality and order of terms (OTP: Erlang Reference Manual, Term Comparisons).
//!
//! number < atom < reference < fun < port < pid < tuple < map < `[]` < list < bitstring. What remains to be compared is kept in
//! vectors, so a deep term cannot exhaust the native stack.

use std::cmp::Ordering;

use crate::atom::{self, AtomTable};
use crate::code::CodeStore;
use crate::image::Image;
use crate::term::Term;

mod equal;
mod identity;
mod maps;
mod number;
mod order;
#[cfg(test)]
mod tests;
mod unsorted;

pub use equal::{eq, eq_exact};
pub(crate) use identity::{field, is_local_port, ref_words};
pub(crate) use maps::size as map_size;

/// How numbers of different types compare.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// By value: `1 == 1.0`, `0.0 == -0.0`.
    Value,
    /// Integers before floats, `-0.0` before `0.0`.
    Exact,
}

/// Where an order finds what is not in the terms themselves.
#[derive(Clone, Copy)]
struct Tables<'a> {
    atoms: &'a AtomTable,
    code: &'a CodeStore,
    /// Comparisons within which this one sorts the keys of a map.
    nesting: u32,
}

impl<'a> Tables<'a> {
    fn new(image: &'a Image) -> Tables<'a> {
        Tables { atoms: &image.atoms, code: &image.code, nesting: 0 }
    }
}

/// Term order as `<` and `lists:sort/1` have it: numbers by value.
pub fn cmp(a: Term, b: Term, image: &Image) -> Ordering {
    order::compare(a, b, Mode::Value, Tables::new(image))
}

/// Term order as `erts_internal:cmp_term/2` and the keys of maps have it: any integer sorts before any float.
/// Equal exactly where `=:=` holds.
pub fn cmp_exact(a: Term, b: Term, image: &Image) -> Ordering {
    order::compare(a, b, Mode::Exact, Tables::new(image))
}

/// Order of the keys within a small map: atoms by their number unless the release is older than that, anything else as
/// [`cmp_exact`].
pub fn cmp_key(a: Term, b: Term, image: &Image) -> Ordering {
    if a.is_atom() && b.is_atom() && image.release.keys_by_number() {
        return atom::order(a, b);
    }
    cmp_exact(a, b, image)
}
