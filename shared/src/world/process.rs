//! One process of the picture.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::role::Role;
use crate::etf::Etf;
use crate::event::{Event, ExitedBy};
use crate::ids::{EventSeq, Pid};
use crate::term::{Atom, Term};
use crate::time::VirtualTime;

/// A process, alive or ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Its pid.
    pub pid: Pid,
    /// Who spawned it; `None` for the outside.
    pub parent: Option<Pid>,
    /// The name that it has, or had when it ended.
    pub name: Option<Atom>,
    /// What it runs.
    pub role: Role,
    /// Whether it is alive.
    pub status: Status,
    /// Processes that it is linked to.
    pub links: BTreeSet<Pid>,
    /// When it was spawned.
    pub born: VirtualTime,
    /// The event that spawned it.
    pub born_seq: EventSeq,
    /// The last event that it caused.
    pub last_event: EventSeq,
    /// Its reductions as of its last event.
    pub reductions: u64,
    /// Messages that it sent.
    pub sent: u64,
    /// Messages that were sent to it.
    pub received: u64,
    /// The process that its supervisor replaced by it.
    pub predecessor: Option<Pid>,
    /// How many predecessors there were.
    pub restarts: u32,
}

/// Whether a process is alive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Status {
    /// It runs or waits.
    Alive,
    /// It gets no turns until somebody resumes it.
    Suspended,
    /// It is over.
    Ended(Exit),
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// Its exit reason.
    pub reason: Etf,
    /// Who ended it.
    pub by: ExitedBy,
    /// When.
    pub at: VirtualTime,
    /// The event.
    pub seq: EventSeq,
}

impl Exit {
    /// Whether it was for another reason than those of an orderly end: `normal`, `shutdown`, `{shutdown, Term}`, `noproc`
    /// not among them (OTP Design Principles, "Supervisor Behaviour": when a `transient` child is restarted).
    pub fn is_crash(&self) -> bool {
        if self.reason.is_atom("normal") || self.reason.is_atom("shutdown") {
            return false;
        }
        let reason = self.reason.decode().ok();
        let first = reason.as_ref().and_then(Term::as_tuple).and_then(|parts| parts.first());
        !first.is_some_and(|first| first.is_atom("shutdown"))
    }
}

impl Process {
    pub(super) fn new(event: &Event, pid: Pid, role: Role) -> Self {
        Self {
            pid,
            parent: event.pid,
            name: None,
            role,
            status: Status::Alive,
            links: BTreeSet::new(),
            born: event.at,
            born_seq: event.seq,
            last_event: event.seq,
            reductions: 0,
            sent: 0,
            received: 0,
            predecessor: None,
            restarts: 0,
        }
    }

    /// Whether it has not ended.
    pub fn is_alive(&self) -> bool {
        !matches!(self.status, Status::Ended(_))
    }

    /// How it ended.
    pub fn exit(&self) -> Option<&Exit> {
        match &self.status {
            Status::Ended(exit) => Some(exit),
            _ => None,
        }
    }
}
