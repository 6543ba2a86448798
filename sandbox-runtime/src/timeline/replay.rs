//! A recorded run again, from some moment to another, checked by its marks.

use std::fmt;

use shared::recording::{Input, Mark, Position, Recording};
use shared::{EventSeq, VirtualTime};

use super::ladder::{Ladder, Rung};
use super::{Target, TravelError, mark_of};
use crate::guest::GuestFactory;
use crate::machine::Machine;

/// A replay came to something else than what was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The last place at which it was still the same.
    pub since: Option<Mark>,
    /// What it has come to.
    pub found: Mark,
    /// What is wrong there.
    pub what: DivergenceKind,
}

/// What is wrong with a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DivergenceKind {
    /// Other events have happened until there than these.
    Events(Mark),
    /// Nothing can run, and something did.
    Idle,
    /// Something can run, and nothing could.
    Busy,
    /// The events were the same, and the state is not.
    State {
        /// See [`crate::snapshot::Snapshot::state_hash`].
        expected: u64,
        /// The same of the replay.
        found: u64,
    },
}

impl std::error::Error for Divergence {}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mark { position, seq, .. } = self.found;
        let since = self.since.map_or(0, |mark| mark.seq.0);
        write!(
            f,
            "the replay is not what was recorded: at turn {}, {seq} (the same until event {since}), ",
            position.turns
        )?;
        match self.what {
            DivergenceKind::Events(expected) if expected.seq != seq => write!(f, "where {} was", expected.seq),
            DivergenceKind::Events(_) => f.write_str("the events before it are others"),
            DivergenceKind::Idle => f.write_str("nothing can run"),
            DivergenceKind::Busy => f.write_str("something can run that could not"),
            DivergenceKind::State { expected, found } => {
                write!(f, "the state is {found:016x} instead of {expected:016x}")
            }
        }
    }
}

/// A machine on its way through a recording.
pub(super) struct Replay<'a, F: GuestFactory> {
    pub(super) machine: &'a mut Machine<F>,
    pub(super) position: &'a mut Position,
    pub(super) recording: &'a Recording,
}

impl<F: GuestFactory + Clone> Replay<'_, F> {
    fn end(&self) -> Position {
        self.recording.end.mark.position
    }

    fn next_input(&self) -> Option<&Input> {
        self.recording.inputs.get(usize::try_from(self.position.inputs).ok()?)
    }

    /// One turn or one input on. `false` at the end.
    pub(super) fn step(&mut self) -> Result<bool, TravelError> {
        let end = self.end();
        if *self.position >= end {
            return Ok(false);
        }
        if self.next_input().is_some_and(|input| input.turns == self.position.turns) {
            self.take_input()?;
        } else if self.position.turns < end.turns {
            self.give_turns(1)?;
        }
        if self.position.turns == end.turns && self.position.inputs == end.inputs {
            self.idle(end.idle_until)?;
        }
        self.check_here()?;
        Ok(true)
    }

    fn take_input(&mut self) -> Result<(), TravelError> {
        let Some(input) = self.next_input() else { return Ok(()) };
        let (idle_until, command) = (input.idle_until, input.command.clone());
        self.idle(idle_until)?;
        // It may have failed when it was recorded too; if not, the marks will tell.
        drop(self.machine.command(command));
        self.position.inputs += 1;
        self.position.idle_until = None;
        Ok(())
    }

    fn give_turns(&mut self, count: u64) -> Result<(), TravelError> {
        if count == 0 {
            return Ok(());
        }
        self.machine.run(count);
        // They are in the recording already.
        drop(self.machine.take_interruptions());
        let given = self.machine.turns() - self.position.turns;
        self.position.turns = self.machine.turns();
        self.position.idle_until = None;
        if given == count { Ok(()) } else { Err(self.diverged(DivergenceKind::Idle)) }
    }

    fn idle(&mut self, until: Option<VirtualTime>) -> Result<(), TravelError> {
        let Some(horizon) = until.filter(|_| until > self.position.idle_until) else { return Ok(()) };
        if !self.machine.idle(horizon) {
            return Err(self.diverged(DivergenceKind::Busy));
        }
        self.position.idle_until = until;
        Ok(())
    }

    /// Goes to a place ahead. Snapshots that are missing on the way are taken.
    pub(super) fn run_to(&mut self, place: Position, ladder: Option<&mut Ladder<F>>) -> Result<(), TravelError> {
        let place = self.reachable(place);
        let mut ladder = ladder;
        while *self.position < place {
            let marks = &self.recording.marks;
            let next = marks.partition_point(|mark| mark.position <= *self.position);
            let stop = marks.get(next).map_or(place, |mark| mark.position.min(place));
            let input = self.next_input().filter(|_| stop.inputs > self.position.inputs).map(|input| input.turns);
            self.give_turns(input.unwrap_or(stop.turns).saturating_sub(self.position.turns))?;
            if input.is_some() {
                self.take_input()?;
            } else {
                self.idle(stop.idle_until)?;
            }
            self.check_here()?;
            if let Some(ladder) = &mut ladder {
                ladder.grow(self.machine, *self.position);
            }
        }
        Ok(())
    }

    /// The nearest place, not after this one, that the run really had.
    fn reachable(&self, place: Position) -> Position {
        let place = place.min(self.end());
        let known = place == self.end() || self.recording.marks.iter().any(|mark| mark.position == place);
        let inputs = &self.recording.inputs;
        let least = inputs.partition_point(|input| input.turns < place.turns) as u64;
        let most = inputs.partition_point(|input| input.turns <= place.turns) as u64;
        let idle_until = place.idle_until.filter(|_| known);
        Position { inputs: place.inputs.clamp(least, most), idle_until, ..place }
    }

    /// Goes to a moment ahead.
    pub(super) fn go_to(&mut self, target: Target, ladder: &mut Ladder<F>) -> Result<(), TravelError> {
        let end = self.recording.end.mark;
        match target {
            Target::Position(place) => return self.run_to(place, Some(ladder)),
            _ if !is_after(target, end.seq, end.at) => return self.run_to(end.position, Some(ladder)),
            _ => {}
        }
        let marks = &self.recording.marks;
        let before = marks.partition_point(|mark| !is_after(target, mark.seq, mark.at));
        if let Some(mark) = before.checked_sub(1).and_then(|last| marks.get(last)) {
            self.run_to(mark.position, Some(ladder))?;
        }
        // Whether a step is too far shows only after it.
        let rung = Rung::take(self.machine, *self.position).ok_or(TravelError::Unsaved)?;
        let mut last = *self.position;
        while self.step()? {
            let kernel = self.machine.kernel();
            if is_after(target, kernel.last_seq(), kernel.now()) {
                *self.machine = rung.machine();
                *self.position = rung.position;
                self.run_to(last, None)?;
                break;
            }
            last = *self.position;
        }
        ladder.stay_near(rung);
        if self.position.idle_until.is_some() && *self.position != end.position {
            // Such a moment is one only where a mark or a snapshot happens to be.
            let place = Position { idle_until: None, ..*self.position };
            let rung = ladder.nearest(Target::Position(place));
            *self.machine = rung.machine();
            *self.position = rung.position;
            self.run_to(place, None)?;
        }
        Ok(())
    }

    pub(super) fn check_here(&self) -> Result<(), TravelError> {
        let marks = &self.recording.marks;
        let at = marks.partition_point(|mark| mark.position < *self.position);
        let found = mark_of(self.machine, *self.position);
        for expected in marks.get(at).into_iter().chain([&self.recording.end.mark]) {
            if expected.position == found.position && *expected != found {
                return Err(self.diverged(DivergenceKind::Events(*expected)));
            }
        }
        Ok(())
    }

    /// At the end: whether the state is what was recorded.
    pub(super) fn check_end(&mut self) -> Result<(), TravelError> {
        let expected = self.recording.end.state_hash;
        let found = self.machine.state_hash().ok_or(TravelError::Unsaved)?;
        if found == expected { Ok(()) } else { Err(self.diverged(DivergenceKind::State { expected, found })) }
    }

    fn diverged(&self, what: DivergenceKind) -> TravelError {
        let marks = &self.recording.marks;
        let before = marks.partition_point(|mark| mark.position < *self.position);
        let since = before.checked_sub(1).and_then(|last| marks.get(last)).copied();
        TravelError::Diverged(Box::new(Divergence { since, found: mark_of(self.machine, *self.position), what }))
    }
}

/// Whether a moment with this last event and this time comes after the target.
fn is_after(target: Target, seq: EventSeq, at: VirtualTime) -> bool {
    match target {
        Target::Event(wanted) => seq > wanted,
        Target::Time(wanted) => at > wanted,
        Target::Position(_) | Target::End => false,
    }
}

/// The place one step before, if the recording goes back so far.
pub(super) fn before(recording: &Recording, place: Position, first: Position) -> Option<Position> {
    let previous = place.inputs.checked_sub(1).and_then(|at| recording.inputs.get(usize::try_from(at).ok()?));
    let before = match previous {
        Some(input) if input.turns == place.turns => Position { inputs: place.inputs - 1, ..place },
        _ => Position { turns: place.turns.checked_sub(1)?, ..place },
    };
    let before = Position { idle_until: None, ..before };
    (before >= first).then_some(before)
}
