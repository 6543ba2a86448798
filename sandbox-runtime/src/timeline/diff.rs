//! Where two runs part.

mod states;

use std::collections::VecDeque;

use shared::event::Event;
use shared::recording::{Difference, Position};

use super::replay::Replay;
use super::{Target, Timeline, TravelError};
use crate::guest::GuestFactory;
use crate::kernel::journal::Interest;
use crate::machine::Machine;
pub use states::state_differences;

/// A run that is gone through step by step.
struct Walk<'a, F: GuestFactory + Clone> {
    machine: Machine<F>,
    position: Position,
    timeline: &'a Timeline<F>,
    events: VecDeque<Event>,
}

impl<'a, F: GuestFactory + Clone> Walk<'a, F> {
    fn from(timeline: &'a Timeline<F>, begin: Position) -> Self {
        let rung = timeline.ladder.nearest(Target::Position(begin));
        let mut machine = rung.machine();
        machine.kernel_mut().journal_mut().set_interest(Interest::Everything);
        Self { machine, position: rung.position, timeline, events: VecDeque::new() }
    }

    /// The next event; nothing at the end.
    fn peek(&mut self) -> Result<Option<&Event>, TravelError> {
        while self.events.is_empty() {
            let Self { machine, position, timeline, .. } = self;
            let mut replay = Replay { machine, position, recording: &timeline.recording };
            if !replay.step()? {
                break;
            }
            self.events.extend(self.machine.take_events());
        }
        Ok(self.events.front())
    }

    /// Goes on to the first event after another one.
    fn skip_until(&mut self, last: u64) -> Result<(), TravelError> {
        while self.peek()?.is_some_and(|event| event.seq.0 <= last) {
            self.events.pop_front();
        }
        Ok(())
    }
}

/// Where two runs part: their first events that are not the same, and in what the two machines differ after the steps that
/// these belong to. `None` when all events are the same.
///
/// # Errors
/// When a replay diverges.
pub fn difference<F: GuestFactory + Clone>(
    left: &mut Timeline<F>,
    right: &mut Timeline<F>,
) -> Result<Option<Difference>, TravelError> {
    left.note_end()?;
    right.note_end()?;
    let begin = common(left, right);
    let (mut left, mut right) = (Walk::from(left, begin), Walk::from(right, begin));
    let last = left.machine.kernel().last_seq().max(right.machine.kernel().last_seq()).0;
    left.skip_until(last)?;
    right.skip_until(last)?;
    loop {
        let (one, other) = (left.peek()?, right.peek()?);
        if one.is_none() && other.is_none() {
            return Ok(None);
        }
        if one != other {
            let (one, other) = (one.cloned(), other.cloned());
            let states = state_differences(&mut left.machine, &mut right.machine);
            let (left_position, right_position) = (left.position, right.position);
            return Ok(Some(Difference { left: one, right: other, left_position, right_position, states }));
        }
        left.events.pop_front();
        right.events.pop_front();
    }
}

/// A moment until which both are the same because they were told the same.
fn common<F: GuestFactory + Clone>(left: &Timeline<F>, right: &Timeline<F>) -> Position {
    let begin = left.ladder.first().position;
    let (one, other) = (&left.recording, &right.recording);
    let same_origin = one.config == other.config
        && one.image == other.image
        && one.start == other.start
        && begin == right.ladder.first().position
        && one.marks.first() == other.marks.first();
    if !same_origin {
        return begin;
    }
    let told = one.inputs.iter().zip(&other.inputs).take_while(|(one, other)| one == other).count();
    let next = [&one.inputs, &other.inputs].into_iter().filter_map(|inputs| inputs.get(told)).map(|input| input.turns);
    let ends = [one.end.mark.position.turns, other.end.mark.position.turns];
    let turns = next.chain(ends).min().unwrap_or(0);
    Position { turns, inputs: told as u64, idle_until: None }.max(begin)
}
