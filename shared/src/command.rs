//! What a machine is told: the inputs that its recording keeps.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::etf::Etf;
use crate::event::{Destination, Entry};
use crate::ids::{Pid, Ref};
use crate::interception::Interception;
use crate::limits::{LimitKind, Limits};
use crate::schedule::{Schedule, TimeMode};
use crate::term::Atom;
use crate::time::VirtualTime;

/// One input of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Start a process without a parent.
    Spawn {
        /// What it runs.
        entry: Entry,
        /// Its group leader; itself when there is none.
        group_leader: Option<Pid>,
        /// A name to register it under.
        name: Option<Atom>,
    },
    /// Send a message from the outside.
    Send {
        /// To whom.
        to: Destination,
        /// What.
        message: Etf,
    },
    /// Send an exit signal from the outside.
    Exit {
        /// To whom.
        pid: Pid,
        /// With which reason; `kill` cannot be trapped.
        reason: Etf,
    },
    /// Let a process take no turns until it is resumed.
    Suspend {
        /// Which.
        pid: Pid,
    },
    /// Undo one suspension from the outside.
    Resume {
        /// Which.
        pid: Pid,
    },
    /// Load or replace a module. Running processes see it at their next turn.
    LoadCode {
        /// The module.
        module: Atom,
        /// Its compiled form.
        #[serde(with = "crate::bytes")]
        code: Arc<[u8]>,
    },
    /// Give the console input.
    ConsoleInput {
        /// The bytes; empty for end of file.
        #[serde(with = "crate::bytes")]
        bytes: Arc<[u8]>,
    },
    /// Tell the time outside, in nanoseconds since the sandbox was started.
    AdvanceTime {
        /// What the clock outside shows.
        wall: VirtualTime,
    },
    /// Change how time passes.
    SetTimeMode {
        /// The new mode.
        mode: TimeMode,
    },
    /// Change how processes are chosen.
    SetSchedule {
        /// The new rule.
        schedule: Schedule,
    },
    /// Change what the sandbox may use.
    SetLimits {
        /// The new limits.
        limits: Box<Limits>,
    },
    /// Cancel a timer from the outside.
    CancelTimer {
        /// Which.
        timer: Ref,
    },
    /// Do something to messages on their way.
    Intercept {
        /// To which, and what.
        rule: Interception,
    },
    /// Take a rule for messages back.
    StopIntercepting {
        /// Its number.
        id: u64,
    },
    /// Begin a new stream of randomness. What it has given so far stays as it was.
    Reseed {
        /// Where the new one comes from.
        seed: u64,
    },
    /// Stop for good.
    Halt {
        /// Why.
        reason: Etf,
    },
    /// End a turn to come, as the server ended it in the run that is repeated.
    Interrupt {
        /// Which one, and how.
        interruption: Interruption,
    },
}

/// A turn that its server ended: it took too long, or there was no room for what the process asked for. What a server can
/// bear is not decided by the sandbox, so this is an input of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Interruption {
    /// The number of the turn, the first one being 1.
    pub turn: u64,
    /// How often the guest had called its host in the turn. Nothing after that could be seen.
    pub calls: u64,
    /// What was reached.
    pub limit: LimitKind,
}
