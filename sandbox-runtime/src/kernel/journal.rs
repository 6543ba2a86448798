//! The event log.

use std::collections::VecDeque;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};
use shared::event::{Event, EventKind};
use shared::filter::EventFilter;
use shared::{EventSeq, Pid, VirtualTime};

/// Numbers events and keeps those of them that somebody wants, until they are taken.
#[derive(Debug, Serialize, Deserialize)]
pub struct Journal {
    last: u64,
    /// See [`Journal::digest`].
    digest: Option<u64>,
    #[serde(skip)]
    kept: VecDeque<Event>,
    /// How many are kept at most; then the oldest go.
    capacity: usize,
    dropped: u64,
    interest: Interest,
    /// Of those that are of interest, which are kept.
    #[serde(skip)]
    filter: Option<Arc<EventFilter>>,
}

/// How many events are kept when nobody says otherwise.
const DEFAULT_CAPACITY: usize = 1 << 18;

impl Default for Journal {
    fn default() -> Self {
        Self {
            last: 0,
            digest: None,
            kept: VecDeque::new(),
            capacity: DEFAULT_CAPACITY,
            dropped: 0,
            interest: Interest::default(),
            filter: None,
        }
    }
}

/// Which events are kept. All of them are numbered, so this changes nothing but the memory that it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Interest {
    /// None.
    Nothing,
    /// All but the beginnings and ends of turns.
    #[default]
    Actions,
    /// All.
    Everything,
}

/// A copy goes on with the numbers but holds no events: those belong to whoever takes them from the original.
impl Clone for Journal {
    fn clone(&self) -> Self {
        Self { kept: VecDeque::new(), dropped: 0, filter: self.filter.clone(), ..*self }
    }
}

impl Journal {
    /// Says which events to keep from now on.
    pub fn set_interest(&mut self, interest: Interest) {
        self.interest = interest;
    }

    /// Keeps only those events that a filter wants from now on; with none, all that are of interest.
    pub fn set_filter(&mut self, filter: Option<Arc<EventFilter>>) {
        self.filter = filter;
    }

    /// Says how many events to keep at most until they are taken. When there are more, the oldest are dropped, and
    /// [`Journal::dropped`] counts them.
    pub fn set_capacity(&mut self, events: usize) {
        self.capacity = events;
        self.make_room(0);
    }

    /// How many events were dropped because nobody took them in time.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn make_room(&mut self, events: usize) {
        let excess = (self.kept.len() + events).saturating_sub(self.capacity).min(self.kept.len());
        self.kept.drain(..excess);
        self.dropped += excess as u64;
    }

    /// The number of the last event.
    pub fn last_seq(&self) -> EventSeq {
        EventSeq(self.last)
    }

    /// A number that stands for all events since [`Journal::start_digest`], kept or not: two machines that began alike have
    /// the same one as long as the same things happen in them.
    pub fn digest(&self) -> Option<u64> {
        self.digest
    }

    /// Begins to compute the digest, unless that has begun.
    pub fn start_digest(&mut self) {
        self.digest.get_or_insert(0);
    }

    /// Which events are kept.
    pub fn interest(&self) -> Interest {
        self.interest
    }

    /// Takes the events that were kept since the last call.
    pub fn take(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.kept).into()
    }

    /// Whether what events say makes a difference to anybody.
    pub(crate) fn listens(&self) -> bool {
        self.digest.is_some() || self.interest != Interest::Nothing
    }

    /// Numbers an event that nobody would see.
    pub(crate) fn pass(&mut self) -> EventSeq {
        self.last += 1;
        EventSeq(self.last)
    }

    pub(crate) fn add(
        &mut self,
        at: VirtualTime,
        pid: Option<Pid>,
        reductions: u64,
        cause: Option<EventSeq>,
        kind: EventKind,
    ) -> EventSeq {
        let seq = self.pass();
        if let Some(digest) = &mut self.digest {
            let mut hasher = FxHasher::default();
            (*digest, at, pid, reductions, cause, &kind).hash(&mut hasher);
            *digest = hasher.finish();
        }
        let wanted = match self.interest {
            Interest::Nothing => false,
            Interest::Actions => {
                let is_turn = matches!(
                    kind,
                    EventKind::TurnStarted { .. } | EventKind::TurnSkipped | EventKind::TurnEnded { .. }
                );
                !is_turn
            }
            Interest::Everything => true,
        };
        if wanted {
            let event = Event { seq, at, pid, reductions, cause, kind };
            if self.filter.as_ref().is_none_or(|filter| filter.wants(&event)) {
                self.make_room(1);
                self.kept.push_back(event);
            }
        }
        seq
    }
}
