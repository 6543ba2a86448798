//! The run of a sandbox as this page knows it: how it is, what the compilers said, and the picture of its processes at
//! every moment that is still known.

use std::collections::VecDeque;

use shared::api::code::Diagnostic;
use shared::api::run::{EventBatch, Picture, RunSnapshot, RunStatus};
use shared::event::Event;
use shared::ids::EventSeq;
use shared::world::World;

/// Events that are kept; the picture before them is too.
const EVENTS_KEPT: usize = 100_000;

/// After so many events the picture is kept, to get from there to any later moment quickly.
const MARK_EVERY: usize = 8_192;

/// See the module.
#[derive(Debug, Default)]
pub struct Run {
    status: Option<RunStatus>,
    diagnostics: Vec<Diagnostic>,
    /// Before the first event that is kept.
    base: World,
    now: World,
    events: VecDeque<Event>,
    /// Pictures of moments in between, the earliest first.
    marks: VecDeque<World>,
    since_mark: usize,
    /// A moment that was looked at last.
    then: Option<(EventSeq, World)>,
    /// What was evaluated here, and what it gave.
    pub transcript: Vec<Evaluated>,
}

/// An expression and what it gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluated {
    /// The expression.
    pub code: String,
    /// What it gave; nothing when there is no answer yet.
    pub answer: Option<Result<String, String>>,
    /// After which event it was asked.
    pub after: EventSeq,
}

/// What is missing before a batch can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap;

impl Run {
    /// Begins anew with what the server knows.
    pub fn begin(&mut self, snapshot: Option<RunSnapshot>) {
        match snapshot {
            // Whoever was away for a moment keeps what they have of the same run.
            Some(snapshot) => {
                let goes_on = self.is(&snapshot.picture.run) && self.now.seq >= snapshot.picture.world.seq;
                self.status = Some(snapshot.status);
                self.diagnostics = snapshot.diagnostics;
                if !goes_on {
                    self.show(snapshot.picture);
                }
            }
            None => *self = Self::default(),
        }
    }

    /// A run began, ended, or is otherwise than it was.
    pub fn set_status(&mut self, status: RunStatus) {
        if !self.is(&status.run) {
            *self = Self { transcript: std::mem::take(&mut self.transcript), ..Self::default() };
        }
        self.status = Some(status);
    }

    /// The compilers have spoken.
    pub fn set_diagnostics(&mut self, run: &str, diagnostics: Vec<Diagnostic>) {
        if self.is(run) {
            self.diagnostics = diagnostics;
        }
    }

    /// Goes on from a picture; what happened before it is not known.
    pub fn show(&mut self, picture: Picture) {
        if !self.is(&picture.run) {
            return;
        }
        let mut world = picture.world;
        world.seq = world.seq.max(picture.through);
        self.base = world.clone();
        self.now = world;
        self.events.clear();
        self.marks.clear();
        self.since_mark = 0;
        self.then = None;
    }

    /// Adds what happened.
    ///
    /// # Errors
    ///
    /// When something before it is missing: then the picture has to be asked for.
    pub fn add(&mut self, batch: EventBatch) -> Result<(), Gap> {
        if !self.is(&batch.run) || batch.through <= self.now.seq {
            return Ok(());
        }
        if batch.after > self.now.seq {
            return Err(Gap);
        }
        for event in batch.events {
            if event.seq > self.now.seq {
                self.push(event);
            }
        }
        self.now.seq = self.now.seq.max(batch.through);
        self.now.at = self.now.at.max(batch.at);
        Ok(())
    }

    fn push(&mut self, event: Event) {
        self.now.apply(&event);
        self.events.push_back(event);
        self.since_mark += 1;
        if self.since_mark == MARK_EVERY {
            self.since_mark = 0;
            self.marks.push_back(self.now.clone());
        }
        while self.events.len() > EVENTS_KEPT {
            if let Some(oldest) = self.events.pop_front() {
                self.base.apply(&oldest);
            }
            while self.marks.front().is_some_and(|mark| mark.seq < self.base.seq) {
                self.marks.pop_front();
            }
        }
    }

    fn is(&self, run: &str) -> bool {
        self.status.as_ref().is_some_and(|status| status.run == run)
    }

    /// How it is.
    #[must_use]
    pub fn status(&self) -> Option<&RunStatus> {
        self.status.as_ref()
    }

    /// What the compilers said.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The picture of now.
    #[must_use]
    pub fn now(&self) -> &World {
        &self.now
    }

    /// The picture after this event; the earliest that is known when it lies further back, and now when there is none.
    pub fn at(&mut self, at: Option<EventSeq>) -> &World {
        let Some(at) = at.filter(|at| *at < self.now.seq) else { return &self.now };
        if self.then.as_ref().is_none_or(|(known, _)| *known != at) {
            let world = self.draw(at);
            self.then = Some((at, world));
        }
        self.then.as_ref().map_or(&self.now, |(_, world)| world)
    }

    fn draw(&self, at: EventSeq) -> World {
        let mark = self.marks.iter().rev().find(|mark| mark.seq <= at);
        let mut world = mark.unwrap_or(&self.base).clone();
        let first = self.events.partition_point(|event| event.seq <= world.seq);
        for event in self.events.iter().skip(first).take_while(|event| event.seq <= at) {
            world.apply(event);
        }
        world
    }

    /// The events that are kept, the earliest first.
    #[must_use]
    pub fn events(&self) -> &VecDeque<Event> {
        &self.events
    }

    /// One of them.
    #[must_use]
    pub fn event(&self, seq: EventSeq) -> Option<&Event> {
        let at = self.events.binary_search_by_key(&seq, |event| event.seq).ok()?;
        self.events.get(at)
    }
}

#[cfg(test)]
mod tests;
