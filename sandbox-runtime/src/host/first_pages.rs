//! Where every process of a template writes to in its first turn.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use super::pages::PAGE;

/// So many processes that wrote to few pages are learned from.
const LESSONS: u32 = 8;
/// First turns that are looked at for them. The system takes a microsecond to tell of one.
const LOOKS: u32 = 1_000;
/// Most bytes that a process which does little writes to in its first turn.
const MOST_BYTES: usize = 16 << 10;

/// The pages that all processes have written to in their first turns, of those that were learned from.
///
/// Nobody has them ahead before they are known: what is had ahead would count as written.
#[derive(Default)]
pub(super) struct FirstPages {
    looks: AtomicU32,
    learned: Mutex<Learned>,
}

#[derive(Default)]
struct Learned {
    lessons: u32,
    /// Where the pages begin, in order.
    pages: Vec<usize>,
}

impl FirstPages {
    /// Whether more first turns are to be looked at.
    pub(super) fn wants_more(&self) -> bool {
        self.looks.load(Ordering::Relaxed) < LOOKS
    }
    /// Learns what a process has written to in its first turn, which began with no page of its own.
    pub(super) fn learn(&self, written: &[Range<usize>]) {
        self.looks.fetch_add(1, Ordering::Relaxed);
        if written.iter().map(Range::len).sum::<usize>() > MOST_BYTES {
            return;
        }
        let written = || written.iter().flat_map(|range| range.clone().step_by(PAGE));
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        if learned.lessons == 0 {
            learned.pages = written().collect();
        } else {
            learned.pages.retain(|page| written().any(|other| other == *page));
        }
        learned.lessons += 1;
        if learned.lessons >= LESSONS {
            self.looks.fetch_max(LOOKS, Ordering::Relaxed);
        }
    }
    /// Hands over where each of them begins, once they are known.
    pub(super) fn each(&self, hand: impl FnMut(usize)) {
        if self.wants_more() {
            return;
        }
        self.learned.lock().unwrap_or_else(PoisonError::into_inner).pages.iter().copied().for_each(hand);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(pages: &FirstPages, ranges: &[(usize, usize)]) -> Vec<usize> {
        let ranges: Vec<_> = ranges.iter().map(|(start, end)| start * PAGE..end * PAGE).collect();
        pages.learn(&ranges);
        let mut known = Vec::new();
        pages.each(|page| known.push(page / PAGE));
        known
    }

    #[test]
    fn what_only_some_have_written_to_is_left_out() {
        let pages = FirstPages::default();
        assert!(learn(&pages, &[(2, 4), (7, 8)]).is_empty());
        for _ in 2..LESSONS {
            assert!(learn(&pages, &[(0, 4)]).is_empty() && pages.wants_more());
            // Who does much is no lesson.
            assert!(learn(&pages, &[(0, 9)]).is_empty() && pages.wants_more());
        }
        assert_eq!(learn(&pages, &[(2, 5)]), [2, 3]);
        assert!(!pages.wants_more());
    }

    #[test]
    fn there_is_an_end_to_looking() {
        let pages = FirstPages::default();
        for _ in 0..LOOKS {
            assert!(pages.wants_more());
            assert!(learn(&pages, &[(0, 9)]).is_empty());
        }
        assert!(!pages.wants_more());
        assert!(learn(&pages, &[(0, 9)]).is_empty());
    }
}
