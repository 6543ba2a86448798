//! Tracing (`erlang:trace/3` and the module `trace`): who is told of what a process does.
//!
//! What is told follows from the events that the kernel records anyway ([`events`]), so nothing is asked of a guest.

pub mod calls;
pub mod counting;
pub mod events;
pub mod flags;

use std::collections::BTreeMap;

use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use shared::limits::LimitKind;
use shared::term::Atom;
use shared::{Pid, Ref};

use super::{Kernel, Raise};
use calls::Patterns;
use counting::Counting;
use events::Messages;
use flags::{Flags, ON_FIRST_LINK, ON_FIRST_SPAWN, ON_LINK, ON_SPAWN};

/// The session that always is: that of `erlang:trace/3`.
pub const LEGACY: u64 = 0;

/// Most sessions and patterns of a sandbox. They are not in the memory that is counted, so they count with the links.
const MAX_SESSIONS: usize = 100;
const MAX_PATTERNS: usize = 1_000;

/// Most bytes of the match specification of a pattern.
pub const MAX_SPEC_BYTES: usize = 16 << 10;

/// All that is traced.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Tracing {
    sessions: BTreeMap<u64, Session>,
    last: u64,
    /// Whether any process is traced, or would be if it were made now.
    is_on: bool,
    /// Processes whose guests do not know yet which calls they have to tell of.
    stale: OrdSet<Pid>,
}

/// A trace session (OTP 27: the module `trace`).
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Session {
    /// What it was called when it was made.
    pub name: Atom,
    /// What its owner knows it by; none for the one that always is.
    pub handle: Option<Ref>,
    /// Who is told; none where each traced process has a tracer of its own.
    pub tracer: Option<Pid>,
    processes: OrdMap<Pid, Traced>,
    new_processes: Option<Traced>,
    patterns: Patterns,
    counting: Counting,
    /// Which messages are told of processes whose messages are.
    pub sent: Messages,
    /// The same for those that come.
    pub received: Messages,
}

/// How a process is traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Traced {
    /// What is told, and how.
    pub flags: Flags,
    /// Who is told.
    pub tracer: Pid,
}

/// Whose tracing is switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// That of one process.
    Process(Pid),
    /// That of all processes that there are.
    Existing,
    /// That of processes that are made from now on.
    New,
    /// That of both.
    All,
}

impl Default for Tracing {
    fn default() -> Self {
        let legacy = Session::new(Atom::new("legacy"), None, None);
        Tracing { sessions: BTreeMap::from([(LEGACY, legacy)]), last: LEGACY, is_on: false, stale: OrdSet::new() }
    }
}

impl Session {
    fn new(name: Atom, handle: Option<Ref>, tracer: Option<Pid>) -> Session {
        let (patterns, counting) = (Patterns::default(), Counting::default());
        let (sent, received) = (Messages::All, Messages::All);
        let (processes, new_processes) = (OrdMap::new(), None);
        Session { name, handle, tracer, processes, new_processes, patterns, counting, sent, received }
    }

    /// How a process is traced, if it is.
    pub fn process(&self, pid: Pid) -> Option<Traced> {
        self.processes.get(&pid).copied()
    }

    /// How processes are traced that are made from now on, if they are.
    pub fn new_processes(&self) -> Option<Traced> {
        self.new_processes
    }

    /// The flags of something that was traced so, with some more, or without some.
    fn switched(&self, old: Option<Traced>, on: bool, flags: Flags, tracer: Pid) -> Option<Traced> {
        let before = old.map_or(Flags::default(), |old| old.flags);
        let flags = if on { before.with(flags) } else { before.without(flags) };
        let tracer = old.filter(|_| !before.is_empty()).map_or(tracer, |old| old.tracer);
        (!flags.is_empty()).then_some(Traced { flags, tracer })
    }

    fn set(&mut self, pid: Pid, traced: Option<Traced>) {
        match traced {
            Some(traced) => self.processes.insert(pid, traced),
            None => self.processes.remove(&pid),
        };
    }
}

impl Tracing {
    /// The session with a number.
    pub fn session(&self, number: u64) -> Option<&Session> {
        self.sessions.get(&number)
    }

    /// All sessions, the oldest first.
    pub fn sessions(&self) -> impl Iterator<Item = (u64, &Session)> {
        self.sessions.iter().map(|(number, session)| (*number, session))
    }

    /// How many patterns there are, in all sessions.
    pub fn patterns(&self) -> usize {
        self.sessions.values().map(|session| session.patterns.len() + session.counting.patterns()).sum()
    }

    /// How many processes are traced, once for each session.
    pub fn traced(&self) -> usize {
        self.sessions.values().map(|session| session.processes.len()).sum()
    }

    fn settle(&mut self) {
        let traces = |session: &Session| {
            session.new_processes.is_some() || !session.processes.is_empty() || session.counting.is_on()
        };
        self.is_on = self.sessions.values().any(traces);
    }
}

impl Kernel {
    /// What is traced.
    pub fn tracing(&self) -> &Tracing {
        &self.tracing
    }

    /// `trace:session_create/3`: the number of the new session, and what its owner knows it by.
    ///
    /// # Errors
    /// `system_limit` when there are too many.
    pub fn create_trace_session(&mut self, by: Pid, name: Atom, tracer: Option<Pid>) -> Result<(u64, Ref), Raise> {
        if self.tracing.sessions.len() >= MAX_SESSIONS {
            return Err(self.limit_reached(Some(by), LimitKind::Links, MAX_SESSIONS as u64));
        }
        let handle = self.make_ref();
        self.tracing.last += 1;
        let number = self.tracing.last;
        self.tracing.sessions.insert(number, Session::new(name, Some(handle), tracer));
        Ok((number, handle))
    }

    /// Says which messages are told in a session: of those that are sent, or of those that come.
    pub fn set_messages_told(&mut self, session: u64, are_sent: bool, messages: Messages) {
        if let Some(session) = self.tracing.sessions.get_mut(&session) {
            *if are_sent { &mut session.sent } else { &mut session.received } = messages;
        }
    }

    /// `trace:session_destroy/1`: whether it was there.
    pub fn destroy_trace_session(&mut self, number: u64) -> bool {
        self.all_watches_change();
        let was_there = self.tracing.sessions.remove(&number).is_some();
        self.tracing.settle();
        was_there
    }

    /// `erlang:trace/3`: for how many processes the flags were set or cleared. `tracer` is who is told where the session does not say.
    ///
    /// # Errors
    /// `badarg` for a process that is not alive or that somebody else traces, and for a tracer that is not alive.
    pub fn trace(&mut self, session: u64, whose: Whose, on: bool, flags: Flags, tracer: Pid) -> Result<u64, Raise> {
        let pids: Vec<Pid> = match whose {
            Whose::Process(pid) => {
                self.flush_signals(pid);
                self.process(pid).ok_or(Raise::Badarg)?;
                vec![pid]
            }
            Whose::New => Vec::new(),
            Whose::Existing | Whose::All => self.pids().collect(),
        };
        let is_alive = self.process(tracer).is_some();
        let session = self.tracing.sessions.get_mut(&session).ok_or(Raise::Badarg)?;
        let tracer = session.tracer.unwrap_or(tracer);
        if on && !is_alive {
            return Err(Raise::Badarg);
        }
        let mut count = 0;
        for &pid in &pids {
            let old = session.process(pid);
            let is_taken = old.is_some_and(|old| old.tracer != tracer);
            if on && (is_taken || pid == tracer && !matches!(whose, Whose::Process(_))) {
                if matches!(whose, Whose::Process(_)) {
                    return Err(Raise::Badarg);
                }
                continue;
            }
            let traced = session.switched(old, on, flags, tracer);
            session.set(pid, traced);
            self.tracing.stale.insert(pid);
            count += 1;
        }
        if matches!(whose, Whose::New | Whose::All) {
            session.new_processes = session.switched(session.new_processes, on, flags, tracer);
        }
        self.tracing.settle();
        Ok(count)
    }

    /// A process has ended: nothing is told of it any more, nor to it.
    pub(super) fn tracing_ends(&mut self, pid: Pid) {
        self.tracing.stale.remove(&pid);
        if !self.tracing.is_on {
            return;
        }
        for session in self.tracing.sessions.values_mut() {
            session.processes.remove(&pid);
            session.counting.forget(pid);
            // Guests find out the next time that they tell of a call.
            let told = |traced: &Traced| traced.tracer == pid;
            let orphans: Vec<Pid> = session.processes.iter().filter(|(_, t)| told(t)).map(|(pid, _)| *pid).collect();
            for orphan in orphans {
                session.processes.remove(&orphan);
            }
            session.new_processes = session.new_processes.filter(|traced| traced.tracer != pid);
        }
        self.tracing.settle();
    }

    /// What a new process inherits from the one that made it, and what every new one gets.
    fn inherit_by_spawn(&mut self, parent: Option<Pid>, child: Pid) {
        for session in self.tracing.sessions.values_mut() {
            if let Some(new) = session.new_processes {
                session.processes.insert(child, new);
            }
            if let Some(parent) = parent {
                session.inherit(parent, child, ON_SPAWN, ON_FIRST_SPAWN);
            }
        }
        self.tracing.stale.insert(child);
    }

    /// What a process inherits from the one that links to it.
    fn inherit_by_link(&mut self, from: Pid, to: Pid) {
        for session in self.tracing.sessions.values_mut() {
            session.inherit(from, to, ON_LINK, ON_FIRST_LINK);
        }
        self.tracing.stale.insert(to);
    }
}

impl Session {
    fn inherit(&mut self, from: Pid, to: Pid, always: Flags, once: Flags) {
        let Some(traced) = self.process(from) else { return };
        let both = always.with(once);
        if !traced.flags.has_any(both) || traced.tracer == to {
            return;
        }
        let mut passed_on = traced;
        if !traced.flags.has_any(always) {
            // Only the first one inherits, and it passes nothing on.
            passed_on.flags = traced.flags.without(once);
            self.processes.insert(from, passed_on);
        }
        let before = self.process(to).map_or(Flags::default(), |traced| traced.flags);
        self.processes.insert(to, Traced { flags: before.with(passed_on.flags), tracer: passed_on.tracer });
    }
}
