//! What a program does that nobody looks at, kept until it has ended.

use std::collections::HashSet;
use std::time::Instant;

use shared::api::run::{Picture, RunEnd};
use shared::event::{Device, Event, EventKind};
use shared::filter::EventFilter;
use shared::{EventSeq, VirtualTime};
use tokio::sync::oneshot;

use super::machine::{Reached, Screen, Status};

/// Most events of an answer.
const EVENTS_MAX: usize = 10_000;

/// Most bytes of standard output, and of standard error.
const OUTPUT_BYTES_MAX: usize = 1 << 20;

/// What came of a run.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    pub(super) truncated: bool,
    pub(super) events: Vec<Event>,
    pub(super) left_out: u64,
    pub(super) reached: Reached,
}

impl Default for Reached {
    fn default() -> Self {
        Self { seq: EventSeq(0), at: VirtualTime::ZERO, reductions: 0 }
    }
}

/// Collects until the end, and then hands everything over.
pub(super) struct Collector {
    collected: Collected,
    wanted: HashSet<String>,
    filter: Option<EventFilter>,
    to: Option<oneshot::Sender<(RunEnd, Collected)>>,
}

/// Every event.
const ALL: &str = "*";

impl Collector {
    /// Keeps the events of these names, as far as a filter wants them.
    pub(super) fn new(
        wanted: Vec<String>,
        filter: Option<EventFilter>,
        to: oneshot::Sender<(RunEnd, Collected)>,
    ) -> Self {
        let mut wanted: HashSet<String> = wanted.into_iter().collect();
        if wanted.is_empty() && filter.is_some() {
            wanted.insert(ALL.to_owned());
        }
        Self { collected: Collected::default(), wanted, filter, to: Some(to) }
    }
}

impl Screen for Collector {
    fn events(&mut self, events: Vec<Event>, reached: Reached) {
        let collected = &mut self.collected;
        collected.reached = reached;
        let all = self.wanted.contains(ALL);
        for event in events {
            if let EventKind::Output { device, bytes } = &event.kind {
                let to = match device {
                    Device::Stdout => &mut collected.stdout,
                    Device::Stderr => &mut collected.stderr,
                };
                let room = OUTPUT_BYTES_MAX - to.len();
                collected.truncated |= bytes.len() > room;
                to.extend(bytes.iter().take(room));
            }
            let is_named = all || (!self.wanted.is_empty() && self.wanted.contains(event.kind.name()));
            if is_named && self.filter.as_ref().is_none_or(|filter| filter.wants(&event)) {
                if collected.events.len() < EVENTS_MAX {
                    collected.events.push(event);
                } else {
                    collected.left_out += 1;
                }
            }
        }
    }

    fn status(&mut self, _status: Status) {}

    fn refresh(&mut self, _now: Instant) -> Option<Instant> {
        None
    }

    fn ended(&mut self, end: RunEnd) {
        if let Some(to) = self.to.take() {
            // Whoever asked may have gone.
            drop(to.send((end, std::mem::take(&mut self.collected))));
        }
    }

    fn picture(&mut self) -> Option<Picture> {
        None
    }

    fn parked(&mut self) {}
}
