//! Where an object stands in its table.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

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
