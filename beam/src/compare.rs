//! Equality and order of terms (OTP: Erlang Reference Manual, Term Comparisons).
//!
//! number < atom < reference < fun < port < pid < tuple < map < `[]` < list < bitstring. What remains to be compared is kept in
//! vectors, so a deep term cannot exhaust the native stack.

use std::cmp::Ordering;

use crate::atom::AtomTable;
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

/// Where the order of terms finds what is not in the terms themselves.
///
/// With an [`Image`] the order is that of OTP for all terms. With an [`AtomTable`] alone it is the same, save that
/// local funs, and external ones, are ordered among themselves by the number of their entry.
pub trait Names {
    /// Names of atoms.
    fn atoms(&self) -> &AtomTable;
    /// Entries of funs and exports, where they are at hand.
    fn code(&self) -> Option<&CodeStore>;
}

impl Names for AtomTable {
    fn atoms(&self) -> &AtomTable {
        self
    }
    fn code(&self) -> Option<&CodeStore> {
        None
    }
}

impl Names for Image {
    fn atoms(&self) -> &AtomTable {
        &self.atoms
    }
    fn code(&self) -> Option<&CodeStore> {
        Some(&self.code)
    }
}

/// How numbers of different types compare.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// By value: `1 == 1.0`, `0.0 == -0.0`.
    Value,
    /// Integers before floats, `-0.0` before `0.0`.
    Exact,
}

/// The tables an order needs, with the generic part resolved.
#[derive(Clone, Copy)]
struct Tables<'a> {
    atoms: &'a AtomTable,
    code: Option<&'a CodeStore>,
    /// Comparisons within which this one sorts the keys of a map.
    nesting: u32,
}

impl<'a> Tables<'a> {
    fn new(names: &'a impl Names) -> Tables<'a> {
        Tables { atoms: names.atoms(), code: names.code(), nesting: 0 }
    }
}

/// Term order as `<` and `lists:sort/1` have it: numbers by value.
pub fn cmp(a: Term, b: Term, names: &impl Names) -> Ordering {
    order::compare(a, b, Mode::Value, Tables::new(names))
}

/// Term order as `erts_internal:cmp_term/2` and the keys of maps have it: any integer sorts before any float.
/// Equal exactly where `=:=` holds.
pub fn cmp_exact(a: Term, b: Term, names: &impl Names) -> Ordering {
    order::compare(a, b, Mode::Exact, Tables::new(names))
}

/// Order of the keys within a small map: atoms by their number, anything else as [`cmp_exact`].
pub fn cmp_key(a: Term, b: Term, names: &impl Names) -> Ordering {
    if a.is_atom() && b.is_atom() {
        return a.atom_index().cmp(&b.atom_index());
    }
    cmp_exact(a, b, names)
}
