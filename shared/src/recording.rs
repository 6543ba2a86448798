//! What is kept of a run so that it can be run again: its inputs, and marks to check it by.
//!
//! Everything else follows from the inputs. A mark says what the run had come to at some point; a replay that comes to
//! something else there is not the same run.

use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::config::Config;
use crate::etf::Etf;
use crate::event::Event;
use crate::ids::EventSeq;
use crate::time::VirtualTime;

/// A moment in the life of a machine, always between two turns.
///
/// A machine that is asked for its next turn when nothing can run still fires timers and takes signals, so the moments before
/// and after that are two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Turns that were given before it, since the machine was made.
    pub turns: u64,
    /// Inputs of the recording that were told before it.
    pub inputs: u64,
    /// Set when the machine has run after all that until nothing could: up to which time it might have jumped.
    pub idle_until: Option<VirtualTime>,
}

/// A command and when it was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Turns that were given before it, since the machine was made.
    pub turns: u64,
    /// As [`Position::idle_until`].
    pub idle_until: Option<VirtualTime>,
    /// What it was told. Also a command that failed, for that can be an event.
    pub command: Command,
}

/// What a run had come to at some point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When.
    pub position: Position,
    /// The last event until then.
    pub seq: EventSeq,
    /// What the clock showed.
    pub at: VirtualTime,
    /// Stands for all events until then, kept or not.
    pub digest: u64,
}

/// How a recording ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// What it had come to.
    pub mark: Mark,
    /// Stands for the whole state of the machine, the memory of its processes included.
    pub state_hash: u64,
}

/// Everything that is needed to run a machine again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The format: [`Recording::FORMAT`].
    pub format: u32,
    /// What its processes run on: the template that they start from, in hexadecimal digits; empty when there is none.
    pub image: String,
    /// What the machine was made of.
    pub config: Config,
    /// The snapshot that it began with, in hexadecimal digits; nothing when it began empty.
    pub start: Option<String>,
    /// What it was told.
    pub inputs: Vec<Input>,
    /// What it had come to on the way, in order.
    pub marks: Vec<Mark>,
    /// How far it goes.
    pub end: End,
}

impl Recording {
    /// The version of this format and of what digests are made of.
    pub const FORMAT: u32 = 3;
}

/// Something in which two machines differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateDifference {
    /// What it is about: `process <0.5.0>`, `table counters`, `console`...
    pub subject: String,
    /// Which part of it: an item of `process_info/2`, `objects`...
    pub field: String,
    /// What it is on the left; nothing where it is not there.
    pub left: Option<Etf>,
    /// What it is on the right.
    pub right: Option<Etf>,
}

/// Where two runs part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The first event that is not the same on the left; nothing when that run has ended.
    pub left: Option<Event>,
    /// The first event that is not the same on the right.
    pub right: Option<Event>,
    /// Where the left machine is after the step that the event belongs to.
    pub left_position: Position,
    /// The same on the right.
    pub right_position: Position,
    /// In what the two machines differ there.
    pub states: Vec<StateDifference>,
}
