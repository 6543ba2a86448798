//! A process as the kernel knows it.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use shared::event::{Entry, ExitedBy};
use shared::term::Atom;
use shared::{Etf, EventSeq, Pid, Ref, VirtualTime};

use super::alias::AliasMode;
use super::flags::Flags;
use super::link::Link;
use super::monitor::Monitor;
use super::signal::Queued;
use super::turn::Delivery;

/// One process. What its guest holds (heap, mailbox, dictionary) is not here.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Process {
    /// Who made it; `None` when that came from outside.
    pub parent: Option<Pid>,
    /// What it runs.
    pub entry: Entry,
    /// Where its output goes.
    pub group_leader: Pid,
    /// The name that it is registered under.
    pub name: Option<Atom>,
    /// Its flags.
    pub flags: Flags,
    /// Whether it waits, and for what.
    pub state: RunState,
    /// Reductions of its finished turns.
    pub reductions: u64,
    /// The last thing that it learned: what it does next is because of that.
    pub cause: Option<EventSeq>,
    /// Whether it had its first turn.
    pub(crate) started: bool,
    /// Whether it stands in a run queue.
    pub(crate) queued: bool,
    pub(crate) signals: VecDeque<Queued>,
    /// Messages that were taken from the signal queue and not yet given to the guest.
    pub(crate) deliveries: VecDeque<Delivery>,
    pub(crate) links: BTreeMap<Pid, Link>,
    pub(crate) monitors: BTreeMap<Ref, Monitor>,
    pub(crate) monitored_by: BTreeMap<Ref, Pid>,
    pub(crate) aliases: BTreeMap<Ref, AliasMode>,
    /// Who suspended it, and how often; `None` is the outside.
    pub(crate) suspended_by: BTreeMap<Option<Pid>, u32>,
    /// Whom it suspended, and how often.
    pub(crate) suspending: BTreeMap<Pid, u32>,
    /// It must not go on before this time: it used up what a second allows.
    pub(crate) throttled_until: Option<VirtualTime>,
    /// Set while it runs, when it has to end: it does as soon as its turn is over.
    pub(crate) doomed: Option<(Etf, ExitedBy)>,
    /// Messages and bytes in its mailbox, as the guest last said, and what is on the way to it.
    pub(crate) mailbox: Mailbox,
    /// The arrival of each message in the guest's mailbox, oldest first.
    pub(crate) inbox: VecDeque<EventSeq>,
    /// Bytes of memory, as the guest last said.
    pub memory: u64,
    /// How many links, monitors and aliases were counted for it.
    pub(crate) counted_relations: u64,
}

/// How much waits for a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mailbox {
    /// Messages within the guest.
    pub guest_messages: u64,
    /// Their encoded size in bytes.
    pub guest_bytes: u64,
    /// Messages on the way.
    pub queued_messages: u64,
    /// Their encoded size in bytes.
    pub queued_bytes: u64,
}

impl Mailbox {
    /// All messages.
    pub const fn messages(&self) -> u64 {
        self.guest_messages + self.queued_messages
    }

    /// All bytes.
    pub const fn bytes(&self) -> u64 {
        self.guest_bytes + self.queued_bytes
    }
}

/// Whether a process can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RunState {
    /// It has something to do.
    Runnable,
    /// It has its turn.
    Running,
    /// It waits for a message, perhaps only until some time.
    Waiting {
        /// Until when.
        until: Option<VirtualTime>,
    },
}

impl Process {
    pub(crate) fn new(parent: Option<Pid>, entry: Entry, group_leader: Pid) -> Self {
        Self {
            parent,
            entry,
            group_leader,
            name: None,
            flags: Flags::default(),
            state: RunState::Runnable,
            reductions: 0,
            cause: None,
            started: false,
            queued: false,
            signals: VecDeque::new(),
            deliveries: VecDeque::new(),
            links: BTreeMap::new(),
            monitors: BTreeMap::new(),
            monitored_by: BTreeMap::new(),
            aliases: BTreeMap::new(),
            suspended_by: BTreeMap::new(),
            suspending: BTreeMap::new(),
            throttled_until: None,
            doomed: None,
            mailbox: Mailbox::default(),
            inbox: VecDeque::new(),
            memory: 0,
            counted_relations: 0,
        }
    }

    pub(crate) fn relations(&self) -> u64 {
        (self.links.len() + self.monitors.len() + self.monitored_by.len() + self.aliases.len()) as u64
    }

    /// Whether somebody suspended it.
    pub fn is_suspended(&self) -> bool {
        !self.suspended_by.is_empty()
    }

    /// How much waits for it.
    pub fn mailbox(&self) -> Mailbox {
        self.mailbox
    }
}
