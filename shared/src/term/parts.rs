//! What terms consist of. Terms may be nested as deep as memory allows, so nothing here recurses over their depth.

use std::ops::Deref;
use std::slice::Iter;
use std::sync::Arc;
use std::{cell::RefCell, mem};

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{Fun, Term};

/// Terms in one block that is shared: the elements of a tuple, the cells of a list.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Terms(Arc<[Term]>);

impl Terms {
    /// Whether both are the same block.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The terms to be changed: copied first where others share them.
    pub fn make_mut(&mut self) -> &mut [Term] {
        Arc::make_mut(&mut self.0)
    }
}

impl Deref for Terms {
    type Target = [Term];

    fn deref(&self) -> &[Term] {
        &self.0
    }
}

impl<T: Into<Arc<[Term]>>> From<T> for Terms {
    fn from(terms: T) -> Self {
        Self(terms.into())
    }
}

impl FromIterator<Term> for Terms {
    fn from_iter<I: IntoIterator<Item = Term>>(terms: I) -> Self {
        Self(terms.into_iter().collect())
    }
}

impl std::fmt::Debug for Terms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Drop for Terms {
    fn drop(&mut self) {
        if Arc::strong_count(&self.0) == 1
            && self.0.iter().any(Term::is_nested)
            && let Some(terms) = Arc::get_mut(&mut self.0)
        {
            end_in_turn(terms.iter_mut());
        }
    }
}

/// Ends terms whose owner ends: one after the other, and not one within the other.
pub(super) fn end_in_turn<'a>(terms: impl Iterator<Item = &'a mut Term>) {
    thread_local! {
        static WAITING: RefCell<(bool, Vec<Term>)> = const { RefCell::new((false, Vec::new())) };
    }
    let taken = terms.filter(|term| term.is_nested()).map(|term| mem::replace(term, Term::Nil));
    let must_end = WAITING.try_with(|waiting| {
        let (is_ending, waiting) = &mut *waiting.borrow_mut();
        waiting.extend(taken);
        !mem::replace(is_ending, true)
    });
    // A thread that ends has no list any more: then they end within each other.
    if must_end != Ok(true) {
        return;
    }
    let next = || WAITING.with_borrow_mut(|(_, waiting)| waiting.pop());
    while let Some(term) = next() {
        drop(term);
    }
    WAITING.with_borrow_mut(|(is_ending, _)| *is_ending = false);
}

/// The terms that one consists of, in the order in which they are encoded.
pub(super) enum Parts<'a> {
    /// Those of a tuple or a list; the end of the list comes last.
    Terms(Iter<'a, Term>, Option<&'a Term>),
    /// Those of a map, and the value of the key that came last.
    Pairs(Iter<'a, (Term, Term)>, Option<&'a Term>),
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a Term;

    fn next(&mut self) -> Option<&'a Term> {
        match self {
            Self::Terms(terms, end) => terms.next().or_else(|| end.take()),
            Self::Pairs(pairs, value) => value.take().or_else(|| {
                let (key, of_key) = pairs.next()?;
                *value = Some(of_key);
                Some(key)
            }),
        }
    }
}

impl Term {
    /// Whether it has parts.
    pub(super) fn is_nested(&self) -> bool {
        matches!(self, Self::Tuple(_) | Self::List(_) | Self::Map(_) | Self::Fun(Fun::Internal(_)))
    }

    /// Its parts, if it is of a kind that has some.
    pub(super) fn parts(&self) -> Option<Parts<'_>> {
        match self {
            Self::Tuple(elements) => Some(Parts::Terms(elements.iter(), None)),
            Self::List(list) => Some(Parts::Terms(list.elements().iter(), Some(list.end()))),
            Self::Map(map) => Some(Parts::Pairs(map.pairs().iter(), None)),
            Self::Fun(Fun::Internal(fun)) => Some(Parts::Terms(fun.free.iter(), None)),
            _ => None,
        }
    }

    /// Visits this term and all in it until told to stop; whether it came to the end.
    pub(super) fn walk(&self, visit: &mut impl FnMut(&Term) -> bool) -> bool {
        if !visit(self) {
            return false;
        }
        let mut open: SmallVec<[Parts<'_>; 8]> = self.parts().into_iter().collect();
        while let Some(parts) = open.last_mut() {
            match parts.next() {
                Some(part) if !visit(part) => return false,
                Some(part) => open.extend(part.parts()),
                None => {
                    open.pop();
                }
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Deeper than the stack of a thread would bear if anything recursed.
    const DEPTH: usize = 300_000;

    fn deep(of: impl Fn(Term) -> Term) -> Term {
        (0..DEPTH).fold(Term::Int(7), |term, _| of(term))
    }

    #[test]
    fn terms_are_as_deep_as_they_like() {
        let kinds: [fn(Term) -> Term; 3] =
            [|t| Term::tuple([Term::Int(1), t]), |t| Term::list([t]), |t| Term::map([(Term::Int(1), t)])];
        for of in kinds {
            let term = deep(of);
            let encoded = term.encode();
            let decoded = Term::decode_any_depth(&encoded).expect("what was encoded");
            assert!(decoded == term && decoded.eq_arith(&term));
            assert!(of(decoded.clone()) != decoded && decoded.encode() == encoded);
            assert!(term.is_deeper_than(1_000) && term.heap_bytes() > DEPTH as u64);
            assert!(Term::decode(&encoded).is_err());
            let hash = |term: &Term| {
                let mut hasher = std::hash::DefaultHasher::new();
                std::hash::Hash::hash(term, &mut hasher);
                std::hash::Hasher::finish(&hasher)
            };
            assert_eq!(hash(&term), hash(&decoded));
            let other = (0..DEPTH).fold(Term::Int(8), |term, _| of(term));
            assert_ne!(hash(&term), hash(&other));
        }
    }
}
