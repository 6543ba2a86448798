//! The kernel: everything about processes that does not need to run their code.
//!
//! A state machine over plain data. Whoever drives it tells it what happened (a command from outside, a call of the
//! running process, the end of a turn) and asks what is next. It never asks for the time, for randomness or for
//! anything else: the same calls give the same answers and the same events.
//!
//! # Signals
//! As in Erlang/OTP (Erlang Reference Manual, "Processes", sections "Signals" and "Delivery of Signals"), everything
//! that one process does to another is a signal. A signal goes to the end of the receiver's queue when it is sent and
//! acts when the receiver takes it: at its next turn, or earlier when somebody asks something about the receiver that
//! the signal may change. So signals between two processes keep their order, whatever their kind.

pub mod alias;
pub mod atomics;
pub mod clock;
pub mod code;
pub mod console;
pub mod counters;
pub mod error;
pub mod ets;
pub mod exit;
pub mod flags;
pub mod fs;
pub mod info;
pub mod intercept;
pub mod journal;
pub mod link;
pub mod monitor;
mod notes;
pub mod open_files;
pub mod outside;
pub mod persistent_term;
pub mod process;
pub mod rate;
pub mod registry;
pub mod rng;
pub mod scheduler;
pub mod send;
pub mod settings;
pub mod signal;
pub mod spawn;
pub mod suspend;
pub mod timer;
pub mod trace;
pub mod turn;
pub mod usage;
pub mod wasm;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use code::AtomNumbers;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use shared::event::EventKind;
use shared::limits::{LimitKind, Limits};
use shared::schedule::TimeMode;
use shared::term::Atom;
use shared::{Etf, EventSeq, Pid, Ref, Term, VirtualTime};

pub use error::Raise;
pub use process::{Process, RunState};
pub use shared::config::Config;
pub use turn::{Delivery, Next, TurnReport, TurnResult, TurnStart};

/// Bytes of a word of OTP's, in which it tells sizes.
pub(crate) const WORD_BYTES: u64 = 8;

/// The state of one sandbox, save for the memories of its guests.
///
/// Cloning is cheap: large parts are shared until one of the two changes them. That is what a snapshot keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kernel {
    limits: Limits,
    epoch_nanos: u64,
    clock: clock::Clock,
    processes: OrdMap<Pid, Arc<Process>>,
    names: OrdMap<Atom, Pid>,
    /// Who gets what is sent to an alias.
    aliases: OrdMap<Ref, Pid>,
    timers: timer::Timers,
    scheduler: scheduler::Scheduler,
    counters: counters::Counters,
    rng: rng::Rng,
    ets: ets::Tables,
    persistent_terms: persistent_term::PersistentTerms,
    atomics: atomics::AtomicArrays,
    files: fs::FileSystem,
    open_files: open_files::OpenFiles,
    code: code::CodeStore,
    console: console::Console,
    settings: settings::Settings,
    /// Turns that were given.
    turns: u64,
    message_rate: rate::Rate,
    spawn_rate: rate::Rate,
    reduction_rate: rate::Rate,
    total_reductions: u64,
    /// Collections of garbage in processes that have been, and the bytes that they gave back.
    collected: (u64, u64),
    /// The sum of what all processes have.
    memory_in_use: u64,
    /// Links, monitors and aliases of all processes at the end of their last turns.
    relations: u64,
    /// Atoms that guests made, besides those that they all begin with, and the number of each: they are counted from 1 on.
    atoms: AtomNumbers,
    /// Rules of the outside for messages.
    interceptions: intercept::Interceptions,
    /// What processes are told of each other.
    tracing: trace::Tracing,
    halted: Option<Etf>,
    journal: journal::Journal,
    /// Processes that ended since the driver last asked: their guests are to be dropped.
    ended: Vec<Pid>,
}

impl Kernel {
    /// A sandbox without processes.
    pub fn new(config: Config) -> Self {
        Self {
            clock: clock::Clock::new(config.time_mode),
            scheduler: scheduler::Scheduler::new(config.schedule),
            rng: rng::Rng::new(config.seed),
            limits: config.limits,
            epoch_nanos: config.epoch_nanos,
            processes: OrdMap::new(),
            names: OrdMap::new(),
            aliases: OrdMap::new(),
            timers: timer::Timers::default(),
            counters: counters::Counters::default(),
            ets: ets::Tables::default(),
            persistent_terms: persistent_term::PersistentTerms::default(),
            atomics: atomics::AtomicArrays::default(),
            files: fs::FileSystem::default(),
            open_files: open_files::OpenFiles::default(),
            code: code::CodeStore::default(),
            console: console::Console::default(),
            settings: settings::Settings::default(),
            turns: 0,
            message_rate: rate::Rate::default(),
            spawn_rate: rate::Rate::default(),
            reduction_rate: rate::Rate::default(),
            total_reductions: 0,
            collected: (0, 0),
            memory_in_use: 0,
            relations: 0,
            atoms: AtomNumbers::default(),
            interceptions: intercept::Interceptions::default(),
            tracing: trace::Tracing::default(),
            halted: None,
            journal: journal::Journal::default(),
            ended: Vec::new(),
        }
    }

    /// Goes on as one that was made of this configuration. What has happened stays: the clock goes on from what it shows, and
    /// what has been used counts.
    pub fn configure(&mut self, config: Config) {
        self.limits = config.limits;
        self.epoch_nanos = config.epoch_nanos;
        self.rng = rng::Rng::new(config.seed);
        self.clock.set_mode(config.time_mode);
        self.scheduler.set_schedule(config.schedule);
    }

    /// What the sandbox may use.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The virtual time.
    pub fn now(&self) -> VirtualTime {
        self.clock.now()
    }

    /// How time passes.
    pub fn time_mode(&self) -> TimeMode {
        self.clock.mode()
    }

    /// What the calendar of the sandbox shows: nanoseconds since 1970-01-01T00:00:00Z.
    pub fn system_time_nanos(&self) -> u64 {
        self.epoch_nanos.saturating_add(self.now().nanos())
    }

    /// Reductions of all processes since the start.
    pub fn total_reductions(&self) -> u64 {
        self.total_reductions
    }

    /// How often processes have collected garbage, and how many bytes that gave back.
    pub fn collected(&self) -> (u64, u64) {
        self.collected
    }

    /// Why the sandbox does not run on, if it does not.
    pub fn halted(&self) -> Option<&Etf> {
        self.halted.as_ref()
    }

    /// Stops the sandbox for good.
    pub fn halt(&mut self, pid: Option<Pid>, reason: Etf) {
        if self.halted.is_none() {
            self.record(pid, EventKind::Halted { reason: reason.clone() });
            self.halted = Some(reason);
        }
    }

    /// Stops the sandbox because it reached a limit that has no single process to blame.
    pub(crate) fn halt_by_limit(&mut self, pid: Option<Pid>, limit: LimitKind, allowed: u64) {
        if self.halted.is_none() {
            self.limit_reached(pid, limit, allowed);
            self.halt(pid, Etf::of(&Term::tuple([Term::atom("system_limit"), Term::atom(limit.atom())])));
        }
    }

    /// The process, when it is alive.
    pub fn process(&self, pid: Pid) -> Option<&Process> {
        self.processes.get(&pid).map(|process| &**process)
    }

    pub(crate) fn process_mut(&mut self, pid: Pid) -> Option<&mut Process> {
        self.processes.get_mut(&pid).map(Arc::make_mut)
    }

    /// All processes alive, in the order in which they were made: `processes/0`.
    pub fn pids(&self) -> impl Iterator<Item = Pid> + '_ {
        self.processes.keys().copied()
    }

    /// The number of processes alive.
    pub fn process_count(&self) -> usize {
        self.processes.len()
    }

    /// The processes that ended since the last call, in the order of their end. Their guests can be dropped.
    pub fn take_ended(&mut self) -> Vec<Pid> {
        std::mem::take(&mut self.ended)
    }

    /// How many processes are in a state, besides suspended ones.
    pub fn count_in_state(&self, state: RunState) -> usize {
        self.processes.values().filter(|process| process.state == state && !process.is_suspended()).count()
    }

    /// Turns that were given since the start.
    pub fn turns(&self) -> u64 {
        self.turns
    }

    /// Number of the atoms that guests made, besides those that they all begin with.
    pub fn atom_count(&self) -> u64 {
        self.atoms.len() as u64
    }

    /// About how many bytes ETS tables and persistent terms hold.
    pub fn shared_bytes(&self) -> u64 {
        self.ets.bytes() + self.persistent_terms.bytes()
    }

    /// The console of the sandbox.
    pub fn console(&self) -> &console::Console {
        &self.console
    }

    /// The modules of the sandbox.
    pub fn code(&self) -> &code::CodeStore {
        &self.code
    }

    /// The files of the sandbox.
    pub fn files(&self) -> &fs::FileSystem {
        &self.files
    }

    /// The ETS tables of the sandbox.
    pub fn ets(&self) -> &ets::Tables {
        &self.ets
    }

    /// The number of the last event.
    pub fn last_seq(&self) -> EventSeq {
        self.journal.last_seq()
    }

    /// What the events so far come to; see [`journal::Journal::digest`].
    pub fn events_digest(&self) -> Option<u64> {
        self.journal.digest()
    }

    /// The event log: what is kept of it, and taking it out.
    pub fn journal_mut(&mut self) -> &mut journal::Journal {
        &mut self.journal
    }

    /// Adds an event that `pid` did because of what it last learned.
    pub(crate) fn record(&mut self, pid: Option<Pid>, kind: EventKind) -> EventSeq {
        let process = pid.and_then(|pid| self.processes.get(&pid));
        let (cause, reductions) = process.map_or((None, 0), |process| (process.cause, process.reductions));
        self.add_event(pid, reductions, cause, kind)
    }

    fn add_event(&mut self, pid: Option<Pid>, reductions: u64, cause: Option<EventSeq>, kind: EventKind) -> EventSeq {
        let told = self.traces().then(|| kind.clone());
        let seq = self.journal.add(self.clock.now(), pid, reductions, cause, kind);
        if let Some(kind) = told {
            self.trace_event(pid, seq, &kind);
        }
        seq
    }

    /// As [`Kernel::record`], for an event that takes work to make: it is only numbered where nobody would see it.
    pub(crate) fn record_with(&mut self, pid: Option<Pid>, kind: impl FnOnce() -> EventKind) -> EventSeq {
        if self.journal.listens() || self.traces() { self.record(pid, kind()) } else { self.journal.pass() }
    }

    /// Adds an event with a cause of its own.
    pub(crate) fn record_caused(&mut self, pid: Option<Pid>, cause: Option<EventSeq>, kind: EventKind) -> EventSeq {
        let reductions = pid.and_then(|pid| self.processes.get(&pid)).map_or(0, |process| process.reductions);
        self.add_event(pid, reductions, cause, kind)
    }

    /// Refuses one more link, monitor or alias when there are too many.
    pub(crate) fn check_relations(&mut self, pid: Pid) -> Result<(), Raise> {
        let allowed = self.limits.links;
        if self.relations >= allowed { Err(self.limit_reached(Some(pid), LimitKind::Links, allowed)) } else { Ok(()) }
    }

    pub(crate) fn limit_reached(&mut self, pid: Option<Pid>, limit: LimitKind, allowed: u64) -> Raise {
        self.record(pid, EventKind::LimitReached { limit, allowed });
        Raise::SystemLimit(limit)
    }

    /// A number that two kernels share exactly when they will behave in the same way, as far as 64 bits can tell.
    /// What is kept of the events has no part in it.
    pub fn state_hash(&self) -> u64 {
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        self.limits.hash(&mut hasher);
        self.clock.hash(&mut hasher);
        self.processes.hash(&mut hasher);
        self.names.hash(&mut hasher);
        self.aliases.hash(&mut hasher);
        self.timers.hash(&mut hasher);
        self.scheduler.hash(&mut hasher);
        self.counters.hash(&mut hasher);
        self.rng.hash(&mut hasher);
        self.ets.hash(&mut hasher);
        self.persistent_terms.hash(&mut hasher);
        self.atomics.hash(&mut hasher);
        self.files.hash(&mut hasher);
        self.open_files.hash(&mut hasher);
        self.code.hash(&mut hasher);
        self.console.hash(&mut hasher);
        self.settings.hash(&mut hasher);
        self.interceptions.hash(&mut hasher);
        self.tracing.hash(&mut hasher);
        self.message_rate.hash(&mut hasher);
        self.spawn_rate.hash(&mut hasher);
        self.reduction_rate.hash(&mut hasher);
        self.atoms.hash(&mut hasher);
        (self.total_reductions, self.collected, self.relations, self.turns, &self.halted, self.journal.last_seq())
            .hash(&mut hasher);
        hasher.finish()
    }
}
