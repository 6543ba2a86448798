//! The run of a sandbox as this page knows it: how it is, what the compilers said, and the picture of its processes at
//! every moment that is still known.

mod log;
mod tracks;

use std::collections::VecDeque;
use std::ops::ControlFlow;

use shared::api::code::Diagnostic;
use shared::api::run::{EventBatch, Picture, RunSnapshot, RunStatus, UpgradedModule, UpgradedProcess};
use shared::event::Event;
use shared::ids::{EventSeq, Pid};
use shared::world::World;

pub use log::Log;
pub use tracks::Tracks;

/// About how many events are kept; the picture before them is too.
const EVENTS_KEPT: usize = 1 << 20;

/// After so many events the picture is kept, to get from there to any later moment quickly.
const MARK_EVERY: usize = 8_192;

/// After so many forgotten events what the timeline knows of them is forgotten too: it moves everything that is kept.
const TIDY_EVERY: usize = 1 << 16;

/// Pictures that are kept at most. When there are more, every second one goes, and from then on there are half as many.
const MARKS_KEPT: usize = 64;

/// See the module.
#[derive(Debug)]
pub struct Run {
    status: Option<RunStatus>,
    diagnostics: Vec<Diagnostic>,
    /// Before the first event that is kept.
    base: World,
    now: World,
    events: Log,
    tracks: Tracks,
    /// Pictures of moments in between, the earliest first.
    marks: VecDeque<World>,
    mark_every: usize,
    since_mark: usize,
    /// Events that were forgotten since the tracks have forgotten theirs.
    since_tidy: usize,
    /// A moment that was looked at last.
    then: Option<(EventSeq, World)>,
    upgrade: Upgrade,
    /// The process that serves the session with `IEx` of this person, if one was begun.
    pub session: Option<Pid>,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            status: None,
            diagnostics: Vec::new(),
            base: World::default(),
            now: World::default(),
            events: Log::new(EVENTS_KEPT),
            tracks: Tracks::default(),
            marks: VecDeque::new(),
            mark_every: MARK_EVERY,
            since_mark: 0,
            since_tidy: 0,
            then: None,
            upgrade: Upgrade::None,
            session: None,
        }
    }
}

/// New code for the program that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upgrade {
    /// There was none, or nothing came of it.
    None,
    /// It is compiled and loaded.
    UnderWay,
    /// It was brought in.
    Done {
        /// What became of its modules.
        modules: Vec<UpgradedModule>,
        /// What became of the processes whose behaviour is one of them.
        processes: Vec<UpgradedProcess>,
    },
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
                // The answer went with the connection.
                if self.upgrade == Upgrade::UnderWay {
                    self.upgrade = Upgrade::None;
                }
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
            *self = Self::default();
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
        self.mark_every = MARK_EVERY;
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
        self.tracks.push(&event);
        if let Some(forgotten) = self.events.push(event) {
            forgotten.iter().for_each(|event| self.base.apply(event));
            self.since_tidy += forgotten.len();
            if self.since_tidy >= TIDY_EVERY {
                self.since_tidy = 0;
                self.tracks.forget_before(self.base.at.nanos());
            }
            while self.marks.front().is_some_and(|mark| mark.seq < self.base.seq) {
                self.marks.pop_front();
            }
        }
        self.since_mark += 1;
        if self.since_mark >= self.mark_every {
            self.since_mark = 0;
            self.marks.push_back(self.now.clone());
        }
        if self.marks.len() > MARKS_KEPT {
            let mut at = 0;
            self.marks.retain(|_| {
                at += 1;
                at % 2 == 0
            });
            self.mark_every *= 2;
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

    /// The last upgrade from this page.
    #[must_use]
    pub fn upgrade(&self) -> &Upgrade {
        &self.upgrade
    }

    /// An upgrade began, or has come to something.
    pub fn set_upgrade(&mut self, upgrade: Upgrade) {
        self.upgrade = upgrade;
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
        self.events.visit(world.seq, |event| {
            if event.seq > at {
                return ControlFlow::Break(());
            }
            world.apply(event);
            ControlFlow::Continue(())
        });
        world
    }

    /// The events that are kept.
    #[must_use]
    pub fn events(&self) -> &Log {
        &self.events
    }

    /// When processes did something that a timeline shows.
    #[must_use]
    pub fn tracks(&self) -> &Tracks {
        &self.tracks
    }

    /// One of the events.
    #[must_use]
    pub fn event(&self, seq: EventSeq) -> Option<Event> {
        self.events.get(seq)
    }
}

#[cfg(test)]
mod tests;
