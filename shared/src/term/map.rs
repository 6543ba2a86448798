//! Maps.

use std::sync::Arc;

use super::Term;
use super::parts::end_in_turn;

/// A map: its pairs sorted by key in the order of `=:=`, no key twice.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Map(Arc<[(Term, Term)]>);

impl Map {
    /// The map with these pairs; of equal keys, the last one counts.
    pub fn new(mut pairs: Vec<(Term, Term)>) -> Self {
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        let mut unique: Vec<(Term, Term)> = Vec::with_capacity(pairs.len());
        for pair in pairs {
            match unique.last_mut() {
                Some(last) if last.0 == pair.0 => *last = pair,
                _ => unique.push(pair),
            }
        }
        Self(unique.into())
    }

    /// The map with these pairs, or `None` when a key stands there twice.
    pub fn from_unique(pairs: Vec<(Term, Term)>) -> Option<Self> {
        let count = pairs.len();
        let map = Self::new(pairs);
        (map.len() == count).then_some(map)
    }

    /// The value of `key`.
    pub fn get(&self, key: &Term) -> Option<&Term> {
        let at = self.0.binary_search_by(|pair| pair.0.cmp(key)).ok()?;
        self.0.get(at).map(|pair| &pair.1)
    }

    /// The pairs in key order.
    pub fn pairs(&self) -> &[(Term, Term)] {
        &self.0
    }

    /// The number of pairs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        if Arc::strong_count(&self.0) == 1
            && self.0.iter().any(|(key, value)| key.is_nested() || value.is_nested())
            && let Some(pairs) = Arc::get_mut(&mut self.0)
        {
            end_in_turn(pairs.iter_mut().flat_map(|(key, value)| [key, value]));
        }
    }
}
