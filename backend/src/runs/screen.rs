//! What people see of a machine: events folded into a picture, and sent to all who look, many at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use shared::EventSeq;
use shared::api::live::LiveEvent;
use shared::api::run::{EventBatch, Picture, RunEnd};
use shared::event::Event;

use super::machine::{Reached, Screen, Status};
use super::run::Run;

/// How long events are collected before they are sent together.
const TICK: Duration = Duration::from_millis(30);

/// When there are more, or larger ones, in that time, a picture is sent in their place.
const BATCH_EVENTS: usize = 4_000;
const BATCH_BYTES: usize = 1 << 20;

/// How much of the time may be spent on showing: one part in so many.
const SHARE: u32 = 5;

/// How much each reader is sent in a microsecond at most: a page has to read it, and to stay usable meanwhile.
const BYTES_PER_MICRO: u64 = 8;

/// The screen of a run.
pub(super) struct LiveScreen {
    run: Arc<Run>,
    events: Vec<Event>,
    bytes: usize,
    /// Whether there were too many, so that those that are missing are in the picture already.
    overflowed: bool,
    reached: Reached,
    /// When to show what there is.
    due: Instant,
}

impl LiveScreen {
    pub(super) fn new(run: Arc<Run>) -> Self {
        Self { run, events: Vec::new(), bytes: 0, overflowed: false, reached: Reached::default(), due: Instant::now() }
    }

    fn is_clear(&self) -> bool {
        self.events.is_empty() && !self.overflowed
    }

    /// Adds what there is to the picture.
    fn fold(&mut self) -> EventSeq {
        let mut shown = self.run.shown();
        for event in &self.events {
            shown.world.apply(event);
        }
        std::mem::replace(&mut shown.through, self.reached.seq)
    }

    fn show(&mut self) {
        if self.is_clear() {
            return;
        }
        let begun = Instant::now();
        // First into the picture and then to the readers: whoever comes in between sees it twice, which hurts nobody.
        let after = self.fold();
        let events = std::mem::take(&mut self.events);
        self.bytes = 0;
        let overflowed = std::mem::take(&mut self.overflowed);
        let mut sent = 0;
        if self.run.is_watched() {
            let event = if overflowed {
                LiveEvent::Picture(Box::new(self.run.picture()))
            } else {
                let run = self.run.id();
                LiveEvent::Events(EventBatch { run, after, through: self.reached.seq, at: self.reached.at, events })
            };
            sent = self.run.publish(event);
        }
        let now = Instant::now();
        let rest = Duration::from_micros(sent as u64 / BYTES_PER_MICRO);
        self.due = now + TICK.max(rest).max((now - begun) * (SHARE - 1));
    }
}

impl Screen for LiveScreen {
    fn events(&mut self, events: Vec<Event>, reached: Reached) {
        self.reached = reached;
        self.bytes += events.iter().map(size).sum::<usize>();
        if self.events.is_empty() {
            self.events = events;
        } else {
            self.events.extend(events);
        }
        if self.events.len() > BATCH_EVENTS || self.bytes > BATCH_BYTES {
            self.fold();
            self.events.clear();
            self.bytes = 0;
            self.overflowed = true;
        }
    }

    fn status(&mut self, status: Status) {
        self.show();
        self.run.changed(|shown| {
            shown.state = status.state;
            shown.time = status.time;
            shown.wants_input = status.wants_input;
        });
    }

    fn refresh(&mut self, now: Instant) -> Option<Instant> {
        if self.is_clear() {
            return None;
        }
        if now < self.due {
            return Some(self.due);
        }
        self.show();
        None
    }

    fn ended(&mut self, end: RunEnd) {
        self.show();
        self.run.end(end);
    }

    fn parked(&mut self) {
        self.show();
        self.run.parked();
    }

    fn picture(&mut self) -> Option<Picture> {
        self.show();
        Some(self.run.picture())
    }
}

/// About how many bytes it takes on the wire.
fn size(event: &Event) -> usize {
    150 + event.kind.payload_bytes() / 3 * 4
}
