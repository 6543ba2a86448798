//! What a sandbox may use.

use serde::{Deserialize, Serialize};

/// The limits of one sandbox. Reaching one is data in the sandbox (an exit reason or an error), never an error of the
/// server. The defaults suit a lesson: far above what honest programs need, far below what hurts the server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Processes alive at once. One more: `spawn` raises `system_limit`.
    pub processes: u64,
    /// Messages that wait in one mailbox. One more: the process is killed.
    pub mailbox_messages: u64,
    /// Bytes of the encoded messages that wait in one mailbox. Exceeded: the process is killed.
    pub mailbox_bytes: u64,
    /// Bytes of one encoded message. Exceeded: the send raises `system_limit`.
    pub message_bytes: u64,
    /// Messages sent within one second of virtual time, by all processes. Above it, senders wait for the next second.
    pub messages_per_second: u64,
    /// Timers at once. One more: starting it raises `system_limit`.
    pub timers: u64,
    /// ETS tables at once. One more: `ets:new` raises `system_limit`.
    pub ets_tables: u64,
    /// About how many bytes all ETS tables and persistent terms hold. Exceeded: the insert raises `system_limit`.
    pub ets_bytes: u64,
    /// Atoms that all processes together make, besides those of the library. One more: making it raises `system_limit`.
    pub atoms: u64,
    /// Bytes of memory of one process: what its linear memory has grown by, garbage included. Exceeded: the process is
    /// killed at once, within its turn.
    pub process_bytes: u64,
    /// The same of all processes together. Exceeded: the process that asked for more is killed.
    pub total_bytes: u64,
    /// Reductions in one turn of a process.
    pub reductions_per_turn: u32,
    /// Reductions of the whole sandbox in its life. Reached: the machine halts.
    pub total_reductions: u64,
    /// Bytes of console output that are kept; older ones are dropped and the drop is marked.
    pub output_bytes: u64,
    /// Bytes of loaded code.
    pub code_bytes: u64,
    /// Bytes of all files.
    pub file_bytes: u64,
    /// Links, monitors and aliases of all processes, counted at the end of each turn, the two sides of a link or monitor
    /// apart. Above it, making one raises `system_limit`.
    pub links: u64,
    /// Spawns within one second of virtual time. Above it, spawning processes wait: a restart storm is slowed down.
    pub spawns_per_second: u64,
    /// Reductions within one second of virtual time, of all processes. Above it, they wait for the next second.
    pub reductions_per_second: u64,
    /// Time outside, in milliseconds since the sandbox was started, that it may take in its life. Reached: the machine
    /// halts.
    pub wall_clock_millis: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            processes: 10_000,
            mailbox_messages: 100_000,
            mailbox_bytes: 64 << 20,
            message_bytes: 16 << 20,
            messages_per_second: 1_000_000,
            timers: 100_000,
            ets_tables: 1_400,
            ets_bytes: 128 << 20,
            atoms: 200_000,
            process_bytes: 256 << 20,
            total_bytes: 1 << 30,
            reductions_per_turn: 4_000,
            total_reductions: u64::MAX,
            output_bytes: 1 << 20,
            code_bytes: 64 << 20,
            file_bytes: 16 << 20,
            links: 1_000_000,
            spawns_per_second: 100_000,
            reductions_per_second: u64::MAX,
            wall_clock_millis: u64::MAX,
        }
    }
}

/// Names one of the [`Limits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// [`Limits::processes`]
    Processes,
    /// [`Limits::mailbox_messages`]
    MailboxMessages,
    /// [`Limits::mailbox_bytes`]
    MailboxBytes,
    /// [`Limits::message_bytes`]
    MessageBytes,
    /// [`Limits::messages_per_second`]
    MessagesPerSecond,
    /// [`Limits::timers`]
    Timers,
    /// [`Limits::ets_tables`]
    EtsTables,
    /// [`Limits::ets_bytes`]
    EtsBytes,
    /// [`Limits::atoms`]
    Atoms,
    /// [`Limits::process_bytes`]
    ProcessBytes,
    /// [`Limits::total_bytes`]
    TotalBytes,
    /// [`Limits::total_reductions`]
    TotalReductions,
    /// [`Limits::output_bytes`]
    OutputBytes,
    /// [`Limits::code_bytes`]
    CodeBytes,
    /// [`Limits::file_bytes`]
    FileBytes,
    /// [`Limits::links`]
    Links,
    /// [`Limits::spawns_per_second`]
    SpawnsPerSecond,
    /// [`Limits::reductions_per_second`]
    ReductionsPerSecond,
    /// [`Limits::wall_clock_millis`]
    WallClock,
    /// A turn took longer than the server allows; see [`crate::command::Interruption`].
    TurnTime,
    /// What the server as a whole has room for: memory and memory mappings.
    Server,
}

impl LimitKind {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Processes,
        Self::MailboxMessages,
        Self::MailboxBytes,
        Self::MessageBytes,
        Self::MessagesPerSecond,
        Self::Timers,
        Self::EtsTables,
        Self::EtsBytes,
        Self::Atoms,
        Self::ProcessBytes,
        Self::TotalBytes,
        Self::TotalReductions,
        Self::OutputBytes,
        Self::CodeBytes,
        Self::FileBytes,
        Self::Links,
        Self::SpawnsPerSecond,
        Self::ReductionsPerSecond,
        Self::WallClock,
        Self::TurnTime,
        Self::Server,
    ];

    /// The limit of this atom.
    pub fn from_atom(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| limit.atom() == text)
    }

    /// The atom that names the limit in an exit reason: `{system_limit, mailbox_messages}`.
    pub const fn atom(self) -> &'static str {
        match self {
            Self::Processes => "processes",
            Self::MailboxMessages => "mailbox_messages",
            Self::MailboxBytes => "mailbox_bytes",
            Self::MessageBytes => "message_bytes",
            Self::MessagesPerSecond => "messages_per_second",
            Self::Timers => "timers",
            Self::EtsTables => "ets_tables",
            Self::EtsBytes => "ets_bytes",
            Self::Atoms => "atoms",
            Self::ProcessBytes => "process_bytes",
            Self::TotalBytes => "total_bytes",
            Self::TotalReductions => "total_reductions",
            Self::OutputBytes => "output_bytes",
            Self::CodeBytes => "code_bytes",
            Self::FileBytes => "file_bytes",
            Self::Links => "links",
            Self::SpawnsPerSecond => "spawns_per_second",
            Self::ReductionsPerSecond => "reductions_per_second",
            Self::WallClock => "wall_clock",
            Self::TurnTime => "turn_time",
            Self::Server => "server",
        }
    }
}
