//! What a machine reports.
//!
//! Events are derived data: the inputs of a recording give the same events again. Every event counts, kept or not, so
//! that looking closely changes nothing in the numbering.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::etf::Etf;
use crate::ids::{EventSeq, Pid, Ref};
use crate::limits::LimitKind;
use crate::term::Atom;
use crate::time::VirtualTime;

/// One thing that happened in a sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number; consecutive within a sandbox.
    pub seq: EventSeq,
    /// When it happened.
    pub at: VirtualTime,
    /// The process that did it; `None` for the machine or the outside.
    pub pid: Option<Pid>,
    /// Reductions of that process until its current turn.
    pub reductions: u64,
    /// The event that led to it; `None` when it came from outside.
    pub cause: Option<EventSeq>,
    /// What it was.
    pub kind: EventKind,
}

/// The two streams of a console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// What programs print.
    Stdout,
    /// Warnings and errors.
    Stderr,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// A process was made.
    Spawned {
        /// The new process.
        child: Pid,
        /// What it runs.
        entry: Entry,
        /// Whether it is linked to its parent.
        linked: bool,
        /// The monitor that its parent has on it.
        monitor: Option<Ref>,
    },
    /// A process ended.
    Exited {
        /// Why.
        reason: Etf,
        /// How it came to end.
        by: ExitedBy,
    },
    /// A link was made with `peer`.
    Linked {
        /// The other process.
        peer: Pid,
    },
    /// A link with `peer` was removed.
    Unlinked {
        /// The other process.
        peer: Pid,
    },
    /// A monitor was made.
    Monitored {
        /// The monitor.
        monitor: Ref,
        /// Whom it watches.
        target: Destination,
    },
    /// A monitor was removed before it fired.
    Demonitored {
        /// The monitor.
        monitor: Ref,
    },
    /// An alias was made.
    Aliased {
        /// The alias.
        alias: Ref,
    },
    /// An alias was made inactive.
    Unaliased {
        /// The alias.
        alias: Ref,
    },
    /// A name was registered.
    Registered {
        /// The name.
        name: Atom,
        /// Who has it now.
        target: Pid,
    },
    /// A name was given up.
    Unregistered {
        /// The name.
        name: Atom,
        /// Who had it.
        target: Pid,
    },
    /// A message was sent.
    Sent {
        /// To whom, as the sender said it.
        to: Destination,
        /// Who gets it; `None` when there is nobody.
        receiver: Option<Pid>,
        /// The message.
        message: Etf,
    },
    /// A message reached the mailbox of a process. Its cause is the event that sent it.
    Delivered {
        /// The message.
        message: Etf,
    },
    /// A process took a message out of its mailbox. Its cause is the event of the message's arrival.
    Received,
    /// A message was thrown away before it reached a mailbox.
    Dropped {
        /// The message.
        message: Etf,
        /// Why.
        why: DropReason,
    },
    /// A message on its way became another one, as the outside wants it. Its cause is the event that sent it.
    Rewritten {
        /// What it is now.
        message: Etf,
    },
    /// A message on its way is held back, as the outside wants it. Its cause is the event that sent it.
    Delayed {
        /// When it goes on.
        due: VirtualTime,
    },
    /// An exit signal was sent.
    ExitSignal {
        /// To whom.
        to: Pid,
        /// With which reason.
        reason: Etf,
        /// Whether a broken link sent it.
        through_link: bool,
    },
    /// A timer was started.
    TimerStarted {
        /// The timer.
        timer: Ref,
        /// When it is due.
        due: VirtualTime,
        /// Whom it will send to.
        to: Destination,
    },
    /// A timer sent its message.
    TimerFired {
        /// The timer.
        timer: Ref,
    },
    /// A timer was cancelled.
    TimerCancelled {
        /// The timer.
        timer: Ref,
    },
    /// A process flag was set.
    FlagSet {
        /// Its name.
        flag: Atom,
        /// Its new value.
        value: Etf,
    },
    /// The group leader of `target` was set.
    GroupLeaderSet {
        /// Whose.
        target: Pid,
        /// Who it is now.
        leader: Pid,
    },
    /// `target` was suspended.
    Suspended {
        /// Who.
        target: Pid,
    },
    /// `target` was resumed.
    Resumed {
        /// Who.
        target: Pid,
    },
    /// A function of the module `ets` was called.
    Ets {
        /// Which one.
        operation: Atom,
        /// The list of its arguments, of which the first is the table.
        arguments: Etf,
    },
    /// A module was loaded.
    CodeLoaded {
        /// The module.
        module: Atom,
        /// How many times it was loaded, this one included.
        version: u32,
    },
    /// A module was deleted: nobody calls it any more.
    CodeDeleted {
        /// The module.
        module: Atom,
    },
    /// A persistent term was put or erased.
    PersistentTerm {
        /// Its key.
        key: Etf,
        /// Whether it was erased.
        erased: bool,
    },
    /// Something was written to the console.
    Output {
        /// Where to.
        device: Device,
        /// What was written.
        #[serde(with = "crate::bytes")]
        bytes: Arc<[u8]>,
    },
    /// A process waits for input: the io server of the console, or that of a session.
    InputWanted,
    /// A process collected garbage.
    Collected {
        /// Bytes of heap in use before.
        before: u64,
        /// Bytes of heap in use after.
        after: u64,
    },
    /// A behaviour of the library goes on with another state than it had.
    StateChanged,
    /// A supervisor acts on its children.
    Supervision {
        /// `start_child`, `child_ended`, `restart_child` or `terminate_child`.
        action: Atom,
        /// On whom: for `start_child` module and function that start it; else the process, or the strategy of a restart, and the
        /// name of the child, as far as the supervisor has both.
        detail: Etf,
    },
    /// Something else that a guest reports of itself.
    Guest {
        /// What kind of thing.
        what: Atom,
        /// What there is to say of it.
        detail: Etf,
    },
    /// Something that sandboxes do not offer was tried.
    Denied {
        /// Which capability: `file`, `network`, `os`...
        capability: Atom,
        /// What was tried.
        detail: Etf,
    },
    /// A limit was reached.
    LimitReached {
        /// Which one.
        limit: LimitKind,
        /// Its value.
        allowed: u64,
    },
    /// A turn began.
    TurnStarted {
        /// For at most how many reductions.
        budget: u32,
    },
    /// A turn ended.
    TurnEnded {
        /// How many reductions it took.
        used: u32,
        /// How it ended.
        outcome: TurnOutcome,
    },
    /// A process was chosen and took its signals, but none of them was for its program: there was no turn.
    TurnSkipped,
    /// The clock went on without a process running.
    TimeAdvanced {
        /// What it shows now.
        to: VirtualTime,
    },
    /// A schedule named a process that could not run.
    ScheduleDiverged {
        /// The process it named.
        wanted: Pid,
    },
    /// The machine will not run on.
    Halted {
        /// Why.
        reason: Etf,
    },
}

impl EventKind {
    /// The names of all kinds.
    pub const NAMES: [&str; 42] = [
        "spawned",
        "exited",
        "linked",
        "unlinked",
        "monitored",
        "demonitored",
        "aliased",
        "unaliased",
        "registered",
        "unregistered",
        "sent",
        "delivered",
        "received",
        "dropped",
        "rewritten",
        "delayed",
        "exit_signal",
        "timer_started",
        "timer_fired",
        "timer_cancelled",
        "flag_set",
        "group_leader_set",
        "suspended",
        "resumed",
        "ets",
        "code_loaded",
        "code_deleted",
        "persistent_term",
        "output",
        "input_wanted",
        "collected",
        "state_changed",
        "supervision",
        "guest",
        "denied",
        "limit_reached",
        "turn_started",
        "turn_ended",
        "turn_skipped",
        "time_advanced",
        "schedule_diverged",
        "halted",
    ];

    /// Bytes of the terms and outputs in it.
    pub fn payload_bytes(&self) -> usize {
        match self {
            Self::Sent { message, .. }
            | Self::Delivered { message }
            | Self::Dropped { message, .. }
            | Self::Rewritten { message } => message.len(),
            Self::Spawned { entry, .. } => entry.args.len(),
            Self::Exited { reason, .. } | Self::ExitSignal { reason, .. } => reason.len(),
            Self::Ets { arguments, .. } => arguments.len(),
            Self::PersistentTerm { key, .. } => key.len(),
            Self::Output { bytes, .. } => bytes.len(),
            Self::Guest { detail, .. } | Self::Denied { detail, .. } | Self::Supervision { detail, .. } => detail.len(),
            Self::FlagSet { value, .. } => value.len(),
            _ => 0,
        }
    }

    /// The name of the kind, as it is written down.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Spawned { .. } => "spawned",
            Self::Exited { .. } => "exited",
            Self::Linked { .. } => "linked",
            Self::Unlinked { .. } => "unlinked",
            Self::Monitored { .. } => "monitored",
            Self::Demonitored { .. } => "demonitored",
            Self::Aliased { .. } => "aliased",
            Self::Unaliased { .. } => "unaliased",
            Self::Registered { .. } => "registered",
            Self::Unregistered { .. } => "unregistered",
            Self::Sent { .. } => "sent",
            Self::Delivered { .. } => "delivered",
            Self::Received => "received",
            Self::Dropped { .. } => "dropped",
            Self::Rewritten { .. } => "rewritten",
            Self::Delayed { .. } => "delayed",
            Self::ExitSignal { .. } => "exit_signal",
            Self::TimerStarted { .. } => "timer_started",
            Self::TimerFired { .. } => "timer_fired",
            Self::TimerCancelled { .. } => "timer_cancelled",
            Self::FlagSet { .. } => "flag_set",
            Self::GroupLeaderSet { .. } => "group_leader_set",
            Self::Suspended { .. } => "suspended",
            Self::Resumed { .. } => "resumed",
            Self::Ets { .. } => "ets",
            Self::CodeLoaded { .. } => "code_loaded",
            Self::CodeDeleted { .. } => "code_deleted",
            Self::PersistentTerm { .. } => "persistent_term",
            Self::Output { .. } => "output",
            Self::InputWanted => "input_wanted",
            Self::Collected { .. } => "collected",
            Self::StateChanged => "state_changed",
            Self::Supervision { .. } => "supervision",
            Self::Guest { .. } => "guest",
            Self::Denied { .. } => "denied",
            Self::LimitReached { .. } => "limit_reached",
            Self::TurnStarted { .. } => "turn_started",
            Self::TurnEnded { .. } => "turn_ended",
            Self::TurnSkipped => "turn_skipped",
            Self::TimeAdvanced { .. } => "time_advanced",
            Self::ScheduleDiverged { .. } => "schedule_diverged",
            Self::Halted { .. } => "halted",
        }
    }
}

/// What a process runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// The module.
    pub module: Atom,
    /// The function. `spawn(Fun)` is `erlang:apply(Fun, [])`.
    pub function: Atom,
    /// The list of arguments.
    pub args: Etf,
    /// Process flags that the guest keeps itself, from the options of `spawn_opt`: a list of `{Flag, Value}`.
    #[serde(default)]
    pub flags: Option<Etf>,
}

impl Entry {
    /// `module:function(args...)` with `args` an encoded list.
    pub fn new(module: &str, function: &str, args: Etf) -> Self {
        Self { module: Atom::new(module), function: Atom::new(function), args, flags: None }
    }
}

/// Whom something is sent to, as it was said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// A process.
    Pid(Pid),
    /// A registered name.
    Name(Atom),
    /// An alias.
    Alias(Ref),
}

/// How a process came to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitedBy {
    /// Its function returned, or raised.
    Itself,
    /// An exit signal.
    Signal {
        /// Who sent it; `None` for the outside.
        from: Option<Pid>,
    },
    /// It reached a limit.
    Limit(LimitKind),
}

/// Why a message was thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// There is no such process.
    NoProcess,
    /// The alias is not active.
    InactiveAlias,
    /// Somebody outside asked for it.
    Intercepted,
}

impl DropReason {
    /// The name, as it is written down.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoProcess => "no_process",
            Self::InactiveAlias => "inactive_alias",
            Self::Intercepted => "intercepted",
        }
    }
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnOutcome {
    /// It used its budget up.
    Yielded,
    /// It waits for a message, perhaps only until some time.
    Waiting {
        /// Until when.
        until: Option<VirtualTime>,
    },
    /// The process is over.
    Exited,
}
