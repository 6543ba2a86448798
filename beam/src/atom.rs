//! The atom table: names and their numbers.

mod names;

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::hash::Hasher as _;

use hashbrown::HashTable;
use names::Names;
use rustc_hash::FxHasher;

use crate::copy;
use crate::term::Term;

/// Longest atom in characters (OTP: Efficiency Guide, System Limits).
pub const MAX_ATOM_CHARS: usize = 255;

/// Atoms known to an image. Numbers are given in the order of creation and never change.
pub struct AtomTable {
    names: Names,
    /// The numbers, by the hashes of the names. What looks one up reads few pages: it has no names of its own.
    index: HashTable<u32>,
    /// Number of atoms at which creation of another one fails.
    limit: usize,
}

/// Gives an atom of a sandbox its number; none where nobody knows.
pub type Numbering = fn(name: &str) -> Option<u32>;

// Atoms that are not of the library have other numbers in other processes of a sandbox. Where a number must be the same in all
// of them, it is the one that the sandbox gave the atom when it was made. A guest has one table, so this need not be reached
// through it.
thread_local! {
    /// The number of the first such atom.
    static FIRST: Cell<u32> = const { Cell::new(u32::MAX) };
    /// The number that the sandbox gave each, from the first one on. A number once given is never changed: maps are sorted by it.
    static GIVEN: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    /// Who knows the numbers.
    static NUMBERING: Cell<Option<Numbering>> = const { Cell::new(None) };
}

/// From now on atoms of a sandbox get their numbers from this function.
pub fn number_by(numbering: Numbering) {
    NUMBERING.set(Some(numbering));
}

/// A number of an atom that is the same in all processes of a sandbox. Atoms are in the order in which they were made.
pub(crate) fn common_number(atom: Term) -> u64 {
    let number = atom.atom_index();
    let Some(place) = number.checked_sub(FIRST.get()) else { return number.into() };
    // A borrow that is counted would write to what all processes share.
    // SAFETY: nothing that is called while the numbers are changed comes here.
    let given = GIVEN.with(|all| unsafe { all.try_borrow_unguarded() }.ok()?.get(place as usize).copied());
    given.map_or(number.into(), |given| 1 << 32 | u64::from(given))
}

/// The order of the atoms among the keys of a small map (OTP: by their numbers in the atom table).
#[inline]
pub(crate) fn order(a: Term, b: Term) -> Ordering {
    let (x, y) = (a.atom_index(), b.atom_index());
    if x.min(y) < FIRST.get() {
        return x.cmp(&y);
    }
    common_number(a).cmp(&common_number(b)).then(x.cmp(&y))
}

/// The number of a new atom of the sandbox. What nobody has numbered comes behind all others, in an order of its own.
fn number_of_new(name: &str) -> u32 {
    let given = NUMBERING.get().and_then(|numbering| numbering(name));
    given.unwrap_or_else(|| {
        let mut hasher = FxHasher::default();
        hasher.write(name.as_bytes());
        1 << 31 | hasher.finish() as u32
    })
}

/// Why an atom could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtomError {
    /// More than [`MAX_ATOM_CHARS`] characters.
    TooLong,
    /// The table is full.
    TableFull,
}

impl AtomTable {
    /// A table with the atoms of [`crate::atoms`].
    pub fn new() -> AtomTable {
        let mut table = AtomTable { names: Names::default(), index: HashTable::new(), limit: 1 << 20 };
        for name in crate::atoms::NAMES {
            table.push(name);
        }
        table
    }
    /// The atom of a name, made if it is new.
    pub fn intern(&mut self, name: &str) -> Result<Term, AtomError> {
        if let Some(atom) = self.existing(name) {
            return Ok(atom);
        }
        if name.len() > MAX_ATOM_CHARS && name.chars().count() > MAX_ATOM_CHARS {
            return Err(AtomError::TooLong);
        }
        if self.names.len() >= self.limit {
            return Err(AtomError::TableFull);
        }
        Ok(self.push(name))
    }
    /// The atom of a name, if it exists.
    pub fn existing(&self, name: &str) -> Option<Term> {
        self.existing_bytes(name.as_bytes())
    }
    /// As [`AtomTable::existing`], for what need not be text.
    pub(crate) fn existing_bytes(&self, name: &[u8]) -> Option<Term> {
        let number = self.index.find(hash(name), |number| copy::same(self.names.get(*number).as_bytes(), name));
        number.map(|number| Term::atom(*number))
    }
    /// Name of an atom; empty for a term that is none.
    pub fn name(&self, atom: Term) -> &str {
        if atom.is_atom() { self.names.get(atom.atom_index()) } else { "" }
    }
    /// Number of atoms.
    pub fn len(&self) -> usize {
        self.names.len()
    }
    /// Whether there is none; a new table is never empty.
    pub fn is_empty(&self) -> bool {
        self.names.len() == 0
    }
    /// The number of atoms at which creation of another one fails.
    pub fn limit(&self) -> usize {
        self.limit
    }
    /// Makes room for more atoms, with names of so many bytes.
    pub(crate) fn reserve(&mut self, more: usize, bytes: usize) {
        let names = &self.names;
        self.index.reserve(more, |number| hash(names.get(*number).as_bytes()));
        self.names.reserve(more, bytes);
    }
    /// Nothing is added any more where names are side by side: that is everybody's.
    pub(crate) fn seal(&mut self) {
        self.names.seal();
    }
    /// Atoms from this number on are of the sandbox, or of one process in it. Natively, where many guests share a thread, their
    /// numbers are left as they are.
    pub(crate) fn library_ends_at(&self, number: usize) {
        if cfg!(target_arch = "wasm32") && FIRST.get() == u32::MAX {
            FIRST.set(number as u32);
        }
    }
    /// Sets the number of atoms at which creation of another one fails.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    fn push(&mut self, name: &str) -> Term {
        let index = self.names.len() as u32;
        if index >= FIRST.get() {
            let number = number_of_new(name);
            GIVEN.with_borrow_mut(|all| all.push(number));
        }
        self.names.push(name);
        let names = &self.names;
        self.index.insert_unique(hash(name.as_bytes()), index, |number| hash(names.get(*number).as_bytes()));
        Term::atom(index)
    }
}

fn hash(name: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    hasher.finish()
}

impl Default for AtomTable {
    fn default() -> Self {
        Self::new()
    }
}
