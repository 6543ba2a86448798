//! How large terms are.
//!
//! Shared parts count each time they occur, as they would after copying. A small term can so stand for a huge one;
//! whoever measures what others made says how far to go.

use super::parts::Parts;
use super::{Fun, Term};

impl Term {
    /// About how many bytes of memory this term holds beside itself.
    pub fn heap_bytes(&self) -> u64 {
        self.heap_bytes_within(u64::MAX).unwrap_or(u64::MAX)
    }

    /// The same, or `None` when it is more than `most`; then only that much was walked.
    #[inline]
    pub fn heap_bytes_within(&self, most: u64) -> Option<u64> {
        match self {
            Self::Int(_) | Self::Float(_) | Self::Atom(_) | Self::Nil => Some(0),
            _ => self.bytes_walked(most),
        }
    }

    fn bytes_walked(&self, most: u64) -> Option<u64> {
        let mut bytes = 0_u64;
        let within = self.walk(&mut |term| {
            bytes = bytes.saturating_add(own_bytes(term));
            bytes <= most
        });
        within.then_some(bytes)
    }

    /// The number of terms in this one, itself included, counted up to `most`.
    pub fn node_count_within(&self, most: u64) -> u64 {
        let mut count = 0;
        self.walk(&mut |_| {
            count += 1;
            count < most
        });
        count
    }

    /// Whether terms are nested in this one deeper than `depth`. The tail of a list is not a level.
    pub fn is_deeper_than(&self, depth: u32) -> bool {
        let mut open: Vec<Parts<'_>> = self.parts().into_iter().collect();
        while let Some(parts) = open.last_mut() {
            match parts.next() {
                _ if open.len() > depth as usize => return true,
                Some(part) => open.extend(part.parts()),
                None => {
                    open.pop();
                }
            }
        }
        false
    }
}

/// What a term takes besides its parts' own.
fn own_bytes(term: &Term) -> u64 {
    let cells = |count: usize| (16 + count * size_of::<Term>()) as u64;
    match term {
        Term::Int(_) | Term::Float(_) | Term::Atom(_) | Term::Nil | Term::Port(_) | Term::Pid(_) => 0,
        Term::BigInt(big) => 16 + big.bits() / 8,
        Term::Ref(reference) => 16 + 4 * reference.words.len() as u64,
        Term::Fun(Fun::External(_)) => 48,
        Term::Fun(Fun::Internal(fun)) => 128 + cells(fun.free.len()),
        Term::Tuple(elements) => cells(elements.len()),
        Term::Map(map) => cells(2 * map.len()),
        Term::List(list) => 48 + cells(list.len()),
        Term::Bits(bits) => 16 + bits.padded_bytes().len() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_term_that_stands_for_a_huge_one_is_not_walked_to_its_end() {
        let mut term = Term::Nil;
        for _ in 0..100 {
            term = Term::tuple([term.clone(), term]);
        }
        assert_eq!(term.heap_bytes_within(10_000), None);
        assert_eq!(term.node_count_within(500), 500);
    }

    #[test]
    fn depth_counts_nesting_and_not_length() {
        let flat = Term::list((0..100).map(Term::Int));
        assert!(!flat.is_deeper_than(1) && flat.is_deeper_than(0) && !Term::Nil.is_deeper_than(0));
        let nested = Term::tuple([Term::list([Term::tuple([])])]);
        assert!(!nested.is_deeper_than(3) && nested.is_deeper_than(2));
        assert_eq!((flat.node_count_within(1_000), nested.node_count_within(1_000)), (102, 4));
        assert_eq!(Term::Int(1).heap_bytes(), 0);
    }
}
