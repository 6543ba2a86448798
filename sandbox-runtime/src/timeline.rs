//! A run that was recorded, or is being recorded: any moment of it can be visited, and run on differently from there.
//!
//! # Layout
//! - [`ladder`]: snapshots along the run, to begin a replay from.
//! - [`replay`]: the run again, from a snapshot to a place, checked on the way.
//! - [`diff`]: where two runs part.
//! - [`player`]: moving through a run with the time of a clock.
//! - [`parked`]: a timeline as bytes.
//!
//! Only inputs are recorded (design: a machine is its first state, its seed and its inputs). Snapshots and marks are taken
//! along the way by how much has happened, never by how long it took, and neither changes anything in the machine.

pub mod change;
pub mod diff;
mod ladder;
pub mod parked;
pub mod player;
mod replay;

use shared::command::Command;
use shared::config::Config;
use shared::event::Event;
use shared::recording::{End, Input, Mark, Position, Recording};
use shared::{EventSeq, VirtualTime};

use crate::guest::GuestFactory;
use crate::kernel::Raise;
use crate::kernel::journal::Interest;
use crate::kernel::outside::Outcome;
use crate::machine::{Machine, Stopped};
use ladder::{Ladder, Rung};
use replay::Replay;
pub use replay::{Divergence, DivergenceKind};

/// Turns between two looks at whether a mark or a snapshot is due.
const STRIDE: u64 = 64;
/// Events between two marks.
const MARK_EVENTS: u64 = 1024;

/// A machine with its past.
///
/// At the end of its recording it goes on like any machine, and what it is told is recorded. Anywhere else it shows what was:
/// to do something different there, [`fork`](Timeline::fork) it.
pub struct Timeline<F: GuestFactory + Clone> {
    machine: Machine<F>,
    /// Where the machine is.
    position: Position,
    /// Its end is brought up to date when the machine leaves it.
    recording: Recording,
    ladder: Ladder<F>,
}

/// What a machine was made of, for its recording.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The template of its processes, in hexadecimal digits; empty when there is none.
    pub image: String,
    /// Its configuration.
    pub config: Config,
    /// The snapshot that it began with; nothing when it began empty.
    pub start: Option<String>,
}

/// A moment to go to: the last one of those that are not after what is given, always between two turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// No later event has happened.
    Event(EventSeq),
    /// The clock shows no more.
    Time(VirtualTime),
    /// A moment that was visited before.
    Position(Position),
    /// How far the recording goes.
    End,
}

/// Why a timeline cannot do something.
#[derive(Debug, thiserror::Error)]
pub enum TravelError {
    /// Its processes cannot be saved.
    #[error("processes of this kind cannot be saved")]
    Unsaved,
    /// What is past cannot be told anything.
    #[error("the machine is in the past; fork it to do something else there")]
    Past,
    /// A replay came to something else than was recorded. The fault is in the machine, or the recording belongs to another.
    #[error(transparent)]
    Diverged(#[from] Box<Divergence>),
    /// A command failed as the call of the same name would in a process.
    #[error("the command failed: {0:?}")]
    Refused(Raise),
    /// It was made by another version of this program.
    #[error("the recording has format {found}, and this program reads format {expected}")]
    Format {
        /// Its format.
        found: u32,
        /// Ours.
        expected: u32,
    },
}

impl<F: GuestFactory + Clone> Timeline<F> {
    /// Records a machine from now on.
    ///
    /// # Errors
    /// When its processes cannot be saved.
    pub fn record(machine: Machine<F>, origin: Origin) -> Result<Self, TravelError> {
        let Origin { image, config, start } = origin;
        let mut machine = machine;
        machine.kernel_mut().journal_mut().start_digest();
        let position = Position { turns: machine.turns(), inputs: 0, idle_until: None };
        let mark = mark_of(&machine, position);
        let rung = Rung::take(&mut machine, position).ok_or(TravelError::Unsaved)?;
        let end = End { mark, state_hash: 0 };
        let format = Recording::FORMAT;
        let recording = Recording { format, image, config, start, inputs: Vec::new(), marks: vec![mark], end };
        Ok(Self { machine, position, recording, ladder: Ladder::new(rung) })
    }

    /// The timeline of a recording, at its beginning. `machine` is one as it was when the recording began: made of the same
    /// configuration, or of the same snapshot.
    ///
    /// # Errors
    /// When its processes cannot be saved, it is not as it was, or the recording is of another format.
    pub fn replay(machine: Machine<F>, recording: Recording) -> Result<Self, TravelError> {
        if recording.format != Recording::FORMAT {
            return Err(TravelError::Format { found: recording.format, expected: Recording::FORMAT });
        }
        let mut timeline = Self::record(machine, Origin::default())?;
        timeline.recording = recording;
        let replay =
            Replay { machine: &mut timeline.machine, position: &mut timeline.position, recording: &timeline.recording };
        replay.check_here()?;
        Ok(timeline)
    }

    /// The machine as it is where the timeline is.
    pub fn machine(&self) -> &Machine<F> {
        &self.machine
    }

    /// For looking at processes and setting what is kept of events. Whatever changes what the machine does has to be a command.
    pub fn machine_mut(&mut self) -> &mut Machine<F> {
        &mut self.machine
    }

    /// Where it is.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Whether it is where the recording ends.
    pub fn is_at_end(&self) -> bool {
        self.position >= self.recording.end.mark.position
    }

    /// The last event of the recording.
    pub fn last_seq(&self) -> EventSeq {
        self.recording.end.mark.seq.max(self.machine.kernel().last_seq())
    }

    /// Everything that is needed to run it again, up to now.
    ///
    /// # Errors
    /// When a process cannot be saved.
    pub fn recording(&mut self) -> Result<Recording, TravelError> {
        self.note_end()?;
        Ok(self.recording.clone())
    }

    /// The events since the last call. Moving to another moment forgets those that were not taken.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.machine.take_events()
    }

    /// Tells the machine something. A command that fails is recorded too, for that may have left a trace.
    ///
    /// # Errors
    /// When the timeline is not at its end, or the command fails.
    pub fn command(&mut self, command: Command) -> Result<Outcome, TravelError> {
        if !self.is_at_end() {
            return Err(TravelError::Past);
        }
        let Position { turns, idle_until, .. } = self.position;
        self.recording.inputs.push(Input { turns, idle_until, command: command.clone() });
        self.position.inputs += 1;
        self.position.idle_until = None;
        self.machine.command(command).map_err(TravelError::Refused)
    }

    /// As [`Machine::run_until`].
    ///
    /// # Errors
    /// When the timeline is not at its end.
    pub fn run_until(&mut self, horizon: VirtualTime, max_turns: u64) -> Result<Stopped, TravelError> {
        if !self.is_at_end() {
            return Err(TravelError::Past);
        }
        let end = self.machine.turns().saturating_add(max_turns);
        loop {
            let stopped = self.machine.run_until(horizon, STRIDE.min(end - self.machine.turns()));
            self.note_run(horizon, stopped);
            if stopped != Stopped::TurnLimit || self.machine.turns() >= end {
                return Ok(stopped);
            }
        }
    }

    /// As [`Machine::run`].
    ///
    /// # Errors
    /// When the timeline is not at its end.
    pub fn run(&mut self, max_turns: u64) -> Result<Stopped, TravelError> {
        self.run_until(VirtualTime::MAX, max_turns)
    }

    fn note_run(&mut self, horizon: VirtualTime, stopped: Stopped) {
        let turns = self.machine.turns();
        if self.position.turns != turns {
            self.position.idle_until = None;
        }
        self.position.turns = turns;
        if matches!(stopped, Stopped::Idle { .. } | Stopped::Halted) {
            self.position.idle_until = self.position.idle_until.max(Some(horizon));
        }
        for interruption in self.machine.take_interruptions() {
            // What a server could not bear is an input, told before the turn that it ended.
            let command = Command::Interrupt { interruption };
            self.recording.inputs.push(Input { turns: interruption.turn.saturating_sub(1), idle_until: None, command });
            self.position.inputs += 1;
        }
        let marked = self.recording.marks.last().map_or(0, |mark| mark.seq.0);
        if self.machine.kernel().last_seq().0 >= marked + MARK_EVENTS {
            self.recording.marks.push(mark_of(&self.machine, self.position));
        }
        self.ladder.grow(&mut self.machine, self.position);
    }

    /// Goes to a moment. Its events are not kept.
    ///
    /// # Errors
    /// When the replay diverges.
    pub fn seek(&mut self, target: Target) -> Result<Position, TravelError> {
        self.note_end()?;
        let interest = self.machine.kernel_mut().journal_mut().interest();
        let rung = self.ladder.nearest(target);
        let (mut machine, mut position) = (rung.machine(), rung.position);
        machine.kernel_mut().journal_mut().set_interest(Interest::Nothing);
        let mut replay = Replay { machine: &mut machine, position: &mut position, recording: &self.recording };
        replay.go_to(target, &mut self.ladder)?;
        machine.take_events();
        machine.kernel_mut().journal_mut().set_interest(interest);
        (self.machine, self.position) = (machine, position);
        Ok(self.position)
    }

    /// Goes on to the last moment at which the clock shows no more than `at`, and gives the events on the way that are kept.
    ///
    /// # Errors
    /// When the replay diverges.
    pub fn advance(&mut self, at: VirtualTime) -> Result<Vec<Event>, TravelError> {
        self.note_end()?;
        let mut machine = self.machine.fork().ok_or(TravelError::Unsaved)?;
        let mut position = self.position;
        machine.kernel_mut().journal_mut().set_interest(Interest::Nothing);
        let mut replay = Replay { machine: &mut machine, position: &mut position, recording: &self.recording };
        replay.go_to(Target::Time(at), &mut self.ladder)?;
        let Self { machine, position: here, recording, .. } = self;
        machine.take_events();
        Replay { machine, position: here, recording }.run_to(position, None)?;
        Ok(self.machine.take_events())
    }

    /// Brings the end of the recording up to date, if the machine is there.
    fn note_end(&mut self) -> Result<(), TravelError> {
        let mark = mark_of(&self.machine, self.position);
        if self.is_at_end() && (self.recording.end.mark != mark || self.recording.end.state_hash == 0) {
            let rung = Rung::take(&mut self.machine, self.position).ok_or(TravelError::Unsaved)?;
            self.recording.end = End { mark, state_hash: rung.snapshot.state_hash() };
            self.ladder.stay_at_end(rung);
        }
        Ok(())
    }

    /// Moves by so many steps, back when negative, and gives how many there were. A step is a turn or an input. Events of
    /// steps forward can be taken.
    ///
    /// # Errors
    /// When the replay diverges.
    pub fn step(&mut self, steps: i64) -> Result<u64, TravelError> {
        let mut done = 0;
        if steps < 0 {
            let mut to = self.position;
            while done < steps.unsigned_abs()
                && let Some(before) = replay::before(&self.recording, to, self.ladder.first().position)
            {
                to = before;
                done += 1;
            }
            self.seek(Target::Position(to))?;
            return Ok(done);
        }
        let Self { machine, position, recording, .. } = self;
        let mut replay = Replay { machine, position, recording };
        while done < steps.unsigned_abs() && replay.step()? {
            done += 1;
        }
        Ok(done)
    }

    /// A timeline of its own that has the same past as this one has here, and is then told something. A change of a message is
    /// a rule for it (`Command::Intercept`), a change of code, schedule or configuration is the command of that name, and
    /// [`change`] has what changes the state of a process.
    ///
    /// # Errors
    /// When a command fails, or a process cannot be saved.
    pub fn fork(&mut self, changes: impl IntoIterator<Item = Command>) -> Result<Self, TravelError> {
        let machine = self.machine.fork().ok_or(TravelError::Unsaved)?;
        let mut recording = self.recording.clone();
        let inputs = usize::try_from(self.position.inputs).unwrap_or(usize::MAX);
        recording.inputs.truncate(inputs);
        recording.marks.retain(|mark| mark.position <= self.position);
        recording.end = End { mark: mark_of(&machine, self.position), state_hash: 0 };
        let ladder = self.ladder.until(self.position);
        let mut fork = Self { machine, position: self.position, recording, ladder };
        for change in changes {
            fork.command(change)?;
        }
        Ok(fork)
    }

    /// A fork at another moment than this one, to which the timeline then goes.
    ///
    /// # Errors
    /// As [`Timeline::seek`] and [`Timeline::fork`].
    pub fn fork_at(&mut self, target: Target, changes: impl IntoIterator<Item = Command>) -> Result<Self, TravelError> {
        self.seek(target)?;
        self.fork(changes)
    }

    /// Runs the whole recording again from its beginning and compares what it comes to. The timeline stays where it is.
    ///
    /// # Errors
    /// When it comes to something else.
    pub fn verify(&mut self) -> Result<(), TravelError> {
        let expected = self.recording()?;
        let rung = self.ladder.first();
        let (mut machine, mut position) = (rung.machine(), rung.position);
        machine.kernel_mut().journal_mut().set_interest(Interest::Nothing);
        let mut replay = Replay { machine: &mut machine, position: &mut position, recording: &expected };
        replay.run_to(expected.end.mark.position, None)?;
        replay.check_end()
    }
}

/// What a machine has come to.
fn mark_of<F: GuestFactory>(machine: &Machine<F>, position: Position) -> Mark {
    let kernel = machine.kernel();
    let digest = kernel.events_digest().unwrap_or(0);
    Mark { position, seq: kernel.last_seq(), at: kernel.now(), digest }
}
