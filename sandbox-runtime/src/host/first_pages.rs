//! Where every process of a template writes to in its first turn.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use super::pages::PAGE;

/// First turns that are looked at. The system takes a microsecond to tell.
const LOOKS: u32 = 16;
/// Most bytes that a process which does little writes to in its first turn.
const MOST_BYTES: usize = 16 << 10;

/// The pages that all processes have written to in their first turns, of those that were looked at and wrote to few.
///
/// Nobody has them ahead before they are known: what is had ahead would count as written.
#[derive(Default)]
pub(super) struct FirstPages {
    looks: AtomicU32,
    /// Where they begin, in order; `None` before the first one.
    pages: Mutex<Option<Vec<usize>>>,
}

impl FirstPages {
    /// Whether more first turns are to be looked at.
    pub(super) fn wants_more(&self) -> bool {
        self.looks.load(Ordering::Relaxed) < LOOKS
    }
    /// Learns what a process has written to in its first turn.
    pub(super) fn learn(&self, written: &[Range<usize>]) {
        self.looks.fetch_add(1, Ordering::Relaxed);
        if written.iter().map(Range::len).sum::<usize>() > MOST_BYTES {
            return;
        }
        let written = || written.iter().flat_map(|range| range.clone().step_by(PAGE));
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *pages {
            Some(pages) => pages.retain(|page| written().any(|other| other == *page)),
            None => *pages = Some(written().collect()),
        }
    }
    /// Hands over where each of them begins, once they are known.
    pub(super) fn each(&self, hand: impl FnMut(usize)) {
        if self.wants_more() {
            return;
        }
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).iter().flatten().copied().for_each(hand);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_some_have_written_to_is_left_out() {
        let pages = FirstPages::default();
        let learned = |ranges: &[(usize, usize)]| {
            let ranges: Vec<_> = ranges.iter().map(|(start, end)| start * PAGE..end * PAGE).collect();
            pages.learn(&ranges);
            let mut known = Vec::new();
            pages.each(|page| known.push(page / PAGE));
            known
        };
        for _ in 3..LOOKS {
            assert!(learned(&[(0, 9)]).is_empty() && pages.wants_more());
        }
        assert!(learned(&[(2, 4), (7, 8)]).is_empty());
        assert!(learned(&[(0, 4)]).is_empty());
        assert_eq!(learned(&[(0, 9)]), [2, 3]);
        assert!(!pages.wants_more());
    }
}
