//! The picture that the events of a sandbox draw: its processes, who supervises whom, names, tables and output.
//!
//! [`World::apply`] is a fold over the event stream. Server and page run the same function, so that a page needs only
//! events, a late one a [`World`] and the events after it, and a moment of the past the events until then.

mod pairs;
mod pieces;
mod process;
mod role;
mod session;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::etf::Etf;
use crate::event::{Event, EventKind};
use crate::ids::{EventSeq, Pid};
use crate::limits::LimitKind;
use crate::term::Atom;
use crate::time::VirtualTime;

pub use process::{Exit, Process, Status};
pub use role::{Behaviour, Role};
pub use session::{Piece, Session};

/// How many processes that have ended are remembered.
const ENDED_KEPT: usize = 2_000;
/// How many children of one kind that ended wait for a successor.
const VACANCIES_KEPT: usize = 100;
/// How many bytes of console output are remembered.
const OUTPUT_KEPT: usize = 256 << 10;

/// What is known of a sandbox after some event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct World {
    /// The last event that is part of the picture.
    pub seq: EventSeq,
    /// The virtual time of that event.
    pub at: VirtualTime,
    /// Processes by pid: those alive, and the last ones that ended.
    #[serde(with = "pairs")]
    pub processes: BTreeMap<Pid, Process>,
    /// Registered names.
    pub names: BTreeMap<Atom, Pid>,
    /// How many times each module was loaded.
    pub modules: BTreeMap<Atom, u32>,
    /// What was counted.
    pub totals: Totals,
    /// The last bytes that were written to the console.
    pub output: Output,
    /// Sessions with `IEx`, by the process that serves each.
    #[serde(default, with = "pairs")]
    pub sessions: BTreeMap<Pid, Session>,
    /// Limits that were reached, with how often.
    pub limits: BTreeMap<LimitKind, u64>,
    /// Why the machine stopped for good, if it did.
    pub halted: Option<Etf>,
    /// Those that ended, the earliest first.
    ended: VecDeque<Pid>,
    /// Children that ended and have no successor yet, by supervisor and by what they ran: whoever comes next under the same
    /// supervisor and runs the same is the successor of the first one.
    #[serde(with = "pairs")]
    vacancies: BTreeMap<Pid, BTreeMap<String, VecDeque<Pid>>>,
}

/// What was counted since the sandbox began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Processes that were made.
    pub spawned: u64,
    /// Processes that ended.
    pub exited: u64,
    /// Of those, the ones that ended for another reason than `normal`, `shutdown` or `{shutdown, Term}`.
    pub crashed: u64,
    /// Children that supervisors started again.
    pub restarted: u64,
    /// Messages sent.
    pub sent: u64,
    /// Messages that reached nobody.
    pub dropped: u64,
    /// Calls of ETS functions.
    pub ets: u64,
}

/// The end of what was written to the console.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Pieces as they were written, each with its event.
    #[serde(with = "pieces")]
    pub pieces: VecDeque<(EventSeq, Arc<[u8]>)>,
    /// How many bytes there were before them.
    pub cut: u64,
    kept: usize,
}

impl Output {
    fn push(&mut self, seq: EventSeq, bytes: &Arc<[u8]>) {
        self.kept += bytes.len();
        self.pieces.push_back((seq, Arc::clone(bytes)));
        while self.kept > OUTPUT_KEPT && self.pieces.len() > 1 {
            let Some((_, oldest)) = self.pieces.pop_front() else { break };
            self.kept -= oldest.len();
            self.cut += oldest.len() as u64;
        }
    }

    /// The text of all pieces; bytes that are no UTF-8 show as replacement characters.
    pub fn text(&self) -> String {
        let bytes: Vec<u8> = self.pieces.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl World {
    /// Adds one event to the picture. Events that are part of it already change nothing, so that the seam between a
    /// picture and a stream need not be exact.
    pub fn apply(&mut self, event: &Event) {
        if event.seq <= self.seq {
            return;
        }
        self.seq = event.seq;
        self.at = event.at;
        let actor = event.pid;
        let is_said = session::apply(&mut self.sessions, event);
        if let Some(process) = actor.and_then(|pid| self.processes.get_mut(&pid)) {
            process.reductions = process.reductions.max(event.reductions);
            process.last_event = event.seq;
        }
        match &event.kind {
            EventKind::Spawned { child, entry, linked, .. } => {
                self.totals.spawned += 1;
                let mut process = Process::new(event, *child, Role::of(entry));
                self.fill_vacancy(&mut process);
                self.processes.insert(*child, process);
                if let (true, Some(parent)) = (*linked, actor) {
                    self.link(parent, *child);
                }
            }
            EventKind::Exited { reason, by } => {
                if let Some(pid) = actor {
                    self.exited(event, pid, Exit { reason: reason.clone(), by: *by, at: event.at, seq: event.seq });
                }
            }
            EventKind::Linked { peer } => {
                if let Some(pid) = actor {
                    self.link(pid, *peer);
                }
            }
            EventKind::Unlinked { peer } => {
                if let Some(pid) = actor {
                    self.unlink(pid, *peer);
                }
            }
            EventKind::Registered { name, target } => {
                self.names.insert(name.clone(), *target);
                if let Some(process) = self.processes.get_mut(target) {
                    process.name = Some(name.clone());
                }
            }
            EventKind::Unregistered { name, target } => {
                self.names.remove(name);
                if let Some(process) = self.processes.get_mut(target).filter(|process| process.is_alive()) {
                    process.name = None;
                }
            }
            EventKind::Sent { receiver, .. } => {
                self.totals.sent += 1;
                if let Some(process) = actor.and_then(|pid| self.processes.get_mut(&pid)) {
                    process.sent += 1;
                }
                if let Some(process) = receiver.and_then(|pid| self.processes.get_mut(&pid)) {
                    process.received += 1;
                }
            }
            EventKind::Dropped { .. } => self.totals.dropped += 1,
            EventKind::Suspended { target } => self.set_suspended(*target, true),
            EventKind::Resumed { target } => self.set_suspended(*target, false),
            EventKind::Ets { .. } => self.totals.ets += 1,
            EventKind::CodeLoaded { module, version } => {
                self.modules.insert(module.clone(), *version);
            }
            EventKind::CodeDeleted { module } => {
                self.modules.remove(module);
            }
            EventKind::Output { bytes, .. } if !is_said => self.output.push(event.seq, bytes),
            EventKind::LimitReached { limit, .. } => *self.limits.entry(*limit).or_default() += 1,
            EventKind::Halted { reason } => self.halted = Some(reason.clone()),
            _ => {}
        }
    }

    /// The processes that have not ended.
    pub fn alive(&self) -> impl Iterator<Item = &Process> {
        self.processes.values().filter(|process| process.is_alive())
    }

    /// The processes that `supervisor` started and that stand below it in a supervision tree, in the order of their
    /// start.
    pub fn children(&self, supervisor: Pid) -> impl Iterator<Item = &Process> {
        self.alive().filter(move |process| process.parent == Some(supervisor))
    }

    /// The supervisors that stand below no other one.
    pub fn roots(&self) -> impl Iterator<Item = &Process> {
        self.alive().filter(|process| process.role.is_supervisor() && !self.is_supervised(process))
    }

    /// Whether the parent of a process is a supervisor that is alive.
    pub fn is_supervised(&self, process: &Process) -> bool {
        let parent = process.parent.and_then(|parent| self.processes.get(&parent));
        parent.is_some_and(|parent| parent.is_alive() && parent.role.is_supervisor())
    }

    fn fill_vacancy(&mut self, process: &mut Process) {
        let vacancies = process.parent.and_then(|parent| self.vacancies.get_mut(&parent));
        let vacancies = vacancies.and_then(|vacancies| vacancies.get_mut(&process.role.label()));
        let Some(predecessor) = vacancies.and_then(VecDeque::pop_front) else { return };
        process.predecessor = Some(predecessor);
        process.restarts = self.processes.get(&predecessor).map_or(0, |before| before.restarts) + 1;
        self.totals.restarted += 1;
    }

    fn exited(&mut self, event: &Event, pid: Pid, exit: Exit) {
        self.totals.exited += 1;
        self.totals.crashed += u64::from(exit.is_crash());
        let Some(process) = self.processes.get_mut(&pid) else { return };
        process.reductions = process.reductions.max(event.reductions);
        process.status = Status::Ended(exit);
        let links = std::mem::take(&mut process.links);
        let (parent, label) = (process.parent, process.role.label());
        for peer in links {
            if let Some(peer) = self.processes.get_mut(&peer) {
                peer.links.remove(&pid);
            }
        }
        let by = parent.filter(|parent| self.processes.get(parent).is_some_and(|it| it.role.is_supervisor()));
        if let Some(supervisor) = by {
            let vacancies = self.vacancies.entry(supervisor).or_default().entry(label).or_default();
            vacancies.push_back(pid);
            // A supervisor of temporary children never fills them.
            vacancies.truncate(VACANCIES_KEPT);
        }
        self.vacancies.remove(&pid);
        self.ended.push_back(pid);
        while self.ended.len() > ENDED_KEPT {
            let oldest = self.ended.pop_front();
            oldest.map(|pid| self.processes.remove(&pid));
        }
    }

    fn link(&mut self, a: Pid, b: Pid) {
        for (from, to) in [(a, b), (b, a)] {
            if let Some(process) = self.processes.get_mut(&from) {
                process.links.insert(to);
            }
        }
    }

    fn unlink(&mut self, a: Pid, b: Pid) {
        for (from, to) in [(a, b), (b, a)] {
            if let Some(process) = self.processes.get_mut(&from) {
                process.links.remove(&to);
            }
        }
    }

    fn set_suspended(&mut self, target: Pid, suspended: bool) {
        if let Some(process) = self.processes.get_mut(&target).filter(|process| process.is_alive()) {
            process.status = if suspended { Status::Suspended } else { Status::Alive };
        }
    }
}

#[cfg(test)]
mod tests;
