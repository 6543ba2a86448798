//! What a machine in another OS process is asked and what it answers: one JSON object a line, each way.
//!
//! Every request gets one answer, in order. Nothing is sent without being asked for.

use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::etf::Etf;
use crate::event::Event;
use crate::ids::{EventSeq, Pid};
use crate::recording::{Position, Recording};
use crate::time::VirtualTime;

/// What a machine is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Tell it something.
    Command {
        /// What.
        command: Box<Command>,
    },
    /// Let it run.
    Run {
        /// For at most so many turns.
        turns: u64,
        /// Until the clock shows this; without it, as far as it can.
        #[serde(default)]
        until: Option<VirtualTime>,
    },
    /// What is known of a process.
    Inspect {
        /// Which.
        pid: Pid,
        /// An item of `process_info/2`.
        item: String,
    },
    /// Go to a moment of the past: the last one at which no later event had happened.
    Seek {
        /// The event; without it, the end.
        event: Option<EventSeq>,
    },
    /// Go on from here with something else; what came later is forgotten.
    Fork {
        /// What it is told first.
        changes: Vec<Command>,
    },
    /// What it is, as one number.
    StateHash,
    /// Everything that is needed to run it again.
    Recording,
}

/// What it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// The command was done.
    Done {
        /// The process that it made, if it made one.
        spawned: Option<Pid>,
        /// What happened since the last answer with events.
        events: Vec<Event>,
    },
    /// It has run.
    Ran {
        /// Why it runs no further.
        stopped: Stop,
        /// What happened since the last answer with events.
        events: Vec<Event>,
    },
    /// What is known of the process; nothing when it is not alive, or nobody knows.
    Inspected {
        /// The value.
        value: Option<Etf>,
    },
    /// Where it is now.
    Moved {
        /// Turns and inputs until then.
        position: Position,
        /// The last event until then.
        last_event: EventSeq,
    },
    /// What it is.
    StateHash {
        /// Sixteen hexadecimal digits.
        hash: String,
    },
    /// Everything that is needed to run it again.
    Recording {
        /// That.
        recording: Box<Recording>,
    },
    /// It could not be done.
    Failed {
        /// Why.
        reason: String,
    },
}

/// Why a machine runs no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// Nothing can run before this time, or before something comes from outside.
    Idle {
        /// When the next timer is due.
        until: Option<VirtualTime>,
    },
    /// The turns are used up.
    Turns,
    /// The time is reached.
    Time,
    /// It stopped for good.
    Halted,
}
