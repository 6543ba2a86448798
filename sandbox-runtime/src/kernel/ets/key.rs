//! Where an object stands in its table.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use equivalent::{Comparable, Equivalent};
use serde::{Deserialize, Serialize};
use shared::Term;

use super::place;

/// The place of a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub(crate) enum Key {
    /// By [`place`], then by `=:=`: tables that are not ordered. The place goes first because it is cheap to compare.
    Hashed(u64, Term),
    /// In term order, where `1` and `1.0` are the same: `ordered_set`.
    Ordered(Term),
}

impl Key {
    pub(crate) fn hashed(term: Term) -> Self {
        Self::Hashed(place::of(&term), term)
    }

    pub(crate) fn term(&self) -> &Term {
        match self {
            Self::Hashed(_, term) | Self::Ordered(term) => term,
        }
    }
}

/// A key that is looked for among [`Key::Hashed`]. What comes first in most comparisons is all that they are, and stands by itself.
pub(super) struct Hashed<'a> {
    place: u64,
    term: &'a Term,
}

impl<'a> Hashed<'a> {
    pub(super) fn new(term: &'a Term) -> Self {
        Self { place: place::of(term), term }
    }
}

impl Equivalent<Key> for Hashed<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.compare(key).is_eq()
    }
}

impl Comparable<Key> for Hashed<'_> {
    #[inline]
    fn compare(&self, key: &Key) -> Ordering {
        match key {
            Key::Hashed(place, _) if self.place != *place => self.place.cmp(place),
            Key::Hashed(_, term) | Key::Ordered(term) => match (self.term, term) {
                (Term::Int(a), Term::Int(b)) => a.cmp(b),
                (a, b) => a.cmp(b),
            },
        }
    }
}

/// A key that is looked for among [`Key::Ordered`].
pub(super) struct Ordered<'a>(pub(super) &'a Term);

impl Equivalent<Key> for Ordered<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.compare(key).is_eq()
    }
}

impl Comparable<Key> for Ordered<'_> {
    #[inline]
    fn compare(&self, key: &Key) -> Ordering {
        self.0.cmp_arith(key.term())
    }
}

/// A key as it is stored. Its place may be that of an older version.
#[derive(Deserialize)]
enum Stored {
    Hashed((u64, Term)),
    Ordered(Term),
}

impl From<Stored> for Key {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Hashed((_, term)) => Self::hashed(term),
            Stored::Ordered(term) => Self::Ordered(term),
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Hashed(a_hash, a), Self::Hashed(b_hash, b)) => a_hash.cmp(b_hash).then_with(|| a.cmp(b)),
            // Keys of the two kinds never meet in one table.
            (a, b) => a.term().cmp_arith(b.term()),
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Hashed(_, term) => term.hash(state),
            Self::Ordered(term) => term.hash_arith(state),
        }
    }
}
