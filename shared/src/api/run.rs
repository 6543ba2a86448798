//! Runs: what the machine of a sandbox is told over the socket of [`super::live`], and what it tells.
//!
//! A run begins when somebody asks for it and ends when the machine stops; the sandbox keeps the last one. What happens in
//! it comes as batches of [`Event`]s that continue a [`World`]: a reader has a picture, adds the batches that follow it,
//! and so has the picture of every later moment.

use std::collections::BTreeMap;

use serde::de::{IntoDeserializer, value};
use serde::{Deserialize, Serialize};

use crate::etf::Etf;
use crate::event::Event;
use crate::filter::Filter;
use crate::ids::{EventSeq, Pid, Ref};
use crate::limits::{LimitKind, Limits};
use crate::schedule::{Schedule, TimeMode};
use crate::term::Atom;
use crate::time::VirtualTime;
use crate::world::World;

use super::code::{Completions, Diagnostic, Formatted};
use super::sandboxes::Files;

/// What is to be run.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum RunTarget {
    /// The modules of all files are compiled, then `main.exs` runs; where there is none, the only script outside `test`; where
    /// there is not exactly one, nothing more, and the machine stays so that one can talk to its processes.
    // With braces, for without them whatever else is said with it is taken.
    Main {},
    /// The modules of all files are compiled, then this script runs.
    File {
        /// Its path in the sandbox.
        path: String,
    },
    /// The modules of all files are compiled, then ExUnit runs the files `test/**/*_test.exs`.
    Tests {
        /// Only these files; all, when there are none.
        #[serde(default)]
        paths: Vec<String>,
    },
    /// The modules of all files are compiled, then `IEx` begins at the console.
    Shell {},
}

impl Default for RunTarget {
    fn default() -> Self {
        Self::Main {}
    }
}

/// How a run is to begin.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunOptions {
    /// What runs.
    pub target: RunTarget,
    /// What the program gets as its arguments (`System.argv/0`).
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub arguments: Vec<String>,
    /// Where its randomness comes from; chosen by the server when nothing is given. The same seed and files give the same
    /// run as long as time does not follow the clock and nobody interferes.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<super::described::Unsigned64>))]
    pub seed: Option<u64>,
    /// How the next process is chosen.
    pub schedule: Schedule,
    /// How virtual time passes.
    pub time: TimeMode,
    /// Whether the machine stays when the script has ended (`elixir --no-halt`).
    pub no_halt: bool,
    /// Whether to begin paused, before the program's first turn.
    pub paused: bool,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            target: RunTarget::default(),
            arguments: Vec::new(),
            seed: None,
            schedule: Schedule::default(),
            time: TimeMode::Live,
            no_halt: false,
            paused: false,
        }
    }
}

/// A run and how it is.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStatus {
    /// `run-…`, never used again. Numbers of events begin anew with each.
    pub run: String,
    /// How it is.
    pub state: RunState,
    /// Who started it.
    pub by: String,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub started_at: i64,
    /// How it began, with the seed that was taken.
    pub options: RunOptions,
    /// How time passes now.
    pub time: TimeMode,
    /// Whether the program waits for input at the console.
    pub wants_input: bool,
}

/// How a run is.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum RunState {
    /// It waits for room on the server, or its files are being compiled.
    Compiling,
    /// It runs, or waits for messages, time or input.
    Running,
    /// Somebody holds it: nobody takes a turn and time stands still.
    Paused,
    /// Nobody has looked for long: it lies on the disk, and goes on when somebody comes.
    Parked,
    /// It is over. Its last picture and its output stay until the next run.
    Ended {
        /// How it came to end.
        end: RunEnd,
        /// When, in milliseconds since 1970-01-01 UTC.
        at: i64,
    },
}

impl RunState {
    /// Whether there is a machine, or will be one.
    #[must_use]
    pub const fn is_alive(&self) -> bool {
        !matches!(self, Self::Ended { .. })
    }
}

/// How a run came to end.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum RunEnd {
    /// The system halted with this exit status; 0 is success.
    Exited {
        /// As the operating system would see it.
        status: i64,
    },
    /// The system halted with another reason.
    Halted {
        /// The reason.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        reason: Etf,
    },
    /// The files could not be compiled: the diagnostics say why.
    NotCompiled,
    /// The first process of the system ended.
    InitEnded,
    /// All processes wait for messages, and nothing is left that could send one.
    Stuck,
    /// Somebody stopped it.
    Stopped {
        /// Who; nobody when the sandbox was deleted or the server could not keep it.
        by: Option<String>,
    },
    /// A limit of the sandbox was reached.
    Limit {
        /// Which one.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        limit: LimitKind,
    },
    /// The server could not run it.
    Failed {
        /// Why, for people.
        message: String,
    },
}

/// Events of a run, without a gap.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventBatch {
    /// Of which run.
    pub run: String,
    /// The last number before the batch: what a reader has to have who adds it. (Not every number stands for an event that is
    /// sent: turns are counted, and are not sent.)
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub after: EventSeq,
    /// The last number that the batch reaches to.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub through: EventSeq,
    /// The virtual time that it reaches to.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub at: VirtualTime,
    /// The events in order.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub events: Vec<Event>,
}

/// The picture of a run at one moment.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Of which run.
    pub run: String,
    /// The number up to which it is drawn: the `after` of the batch that follows.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub through: EventSeq,
    /// The picture, with the end of the output.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub world: World,
}

/// The last run of a sandbox, for those who begin to look.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSnapshot {
    /// The run.
    pub status: RunStatus,
    /// Its picture.
    pub picture: Picture,
    /// What the compilers said of its files.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a command over the socket was answered with.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ReplyValue {
    /// The run that was begun, or changed.
    Run {
        /// How it is.
        status: Box<RunStatus>,
    },
    /// What a process was asked.
    Process {
        /// Items of `process_info/2`, and others that a guest can tell; those left out that it has not.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        items: BTreeMap<String, Etf>,
    },
    /// The ETS tables.
    Tables {
        /// The oldest first.
        tables: Vec<TableInfo>,
    },
    /// Objects of an ETS table.
    Rows {
        /// The tuples, in the order of the table.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        rows: Vec<Etf>,
        /// How many there are in all.
        size: u64,
    },
    /// What an expression gave.
    Evaluated {
        /// As `IEx` shows it: the inspected value, or the error.
        text: String,
        /// Whether it raised.
        failed: bool,
    },
    /// What came of the new code.
    Upgraded {
        /// What the compilers said of the files. With an error among it, nothing was changed.
        diagnostics: Vec<Diagnostic>,
        /// The modules that changed.
        modules: Vec<UpgradedModule>,
        /// The processes whose behaviour is one of them.
        processes: Vec<UpgradedProcess>,
    },
    /// The picture as it is now.
    Picture(Box<Picture>),
    /// One's own session.
    Session {
        /// The process that serves it.
        #[cfg_attr(feature = "openapi", schema(value_type = u64))]
        pid: Pid,
    },
    /// What the formatter made of a file.
    Formatted {
        /// It.
        formatted: Box<Formatted>,
    },
    /// What may be meant.
    Completions(Completions),
    /// The last states of a process.
    States {
        /// The earliest first.
        states: Vec<StateAt>,
    },
    /// How much of its limits the machine uses.
    Usage(Usage),
}

/// A module of which there is new code.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradedModule {
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub name: Atom,
    /// Why it was not loaded, if it was not.
    pub failure: Option<String>,
    /// Processes that ran in the code before the last one, and ended therefore.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<u64>))]
    pub ended: Vec<Pid>,
    /// Processes that still run in the old code. They end when the module is loaded once more.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<u64>))]
    pub in_old_code: Vec<Pid>,
}

/// A process that was told to change its state, or could not be.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradedProcess {
    /// Which.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub pid: Pid,
    /// Its module.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub module: Atom,
    /// Why it goes on with the state that it had, if it does.
    pub failure: Option<String>,
}

/// An ETS table.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableInfo {
    /// Names it in commands.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub id: Ref,
    /// Its name, whether processes find it by that or not.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub name: Atom,
    /// Whether they do.
    pub named: bool,
    /// `set`, `ordered_set`, `bag` or `duplicate_bag`.
    pub kind: String,
    /// `public`, `protected` or `private`.
    pub protection: String,
    /// Who owns it.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub owner: Pid,
    /// Which element of an object is the key, counted from 1.
    pub keypos: u64,
    /// How many objects it has.
    pub size: u64,
    /// About how many bytes it takes.
    pub bytes: u64,
}

/// `POST /api/runs`: run these files to the end, and tell what came of it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewRun {
    /// The files.
    #[cfg_attr(feature = "openapi", schema(value_type = super::described::TextFiles))]
    pub files: Files,
    /// How to run them. Time is fast unless something else is said: a program that sleeps takes no time.
    pub options: Option<RunOptions>,
    /// What is typed at the console; then its input has ended.
    pub input: String,
    /// What it may use. Those above what the server allows are refused.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<super::described::SandboxLimits>))]
    pub limits: Option<Limits>,
    /// How long it may take outside, in milliseconds; 10 seconds when nothing is said, and what the server allows at most.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<super::described::RunMillis>))]
    pub timeout_millis: Option<u64>,
    /// Which events are wanted, by their names (`spawned`, `exited`, …); all with `*`, and none when nothing is said and there
    /// is no filter.
    pub events: Vec<String>,
    /// Of these, or of all when no names are given, only what the filter wants.
    pub filter: Option<WantedEvents>,
}

/// Which events a run is to give, as a [`Filter`] says it. What is wrong with it is told among the diagnostics, as of the files.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WantedEvents {
    /// Of one of these processes.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<super::described::Unsigned64>))]
    pub pids: Vec<Pid>,
    /// Of one of these kinds.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<super::described::EventName>))]
    pub kinds: Vec<String>,
    /// A pattern of Elixir, perhaps with guards.
    pub pattern: Option<String>,
    /// A match specification in the external term format, as base64.
    pub matching: Option<String>,
}

impl WantedEvents {
    /// The filter.
    ///
    /// # Errors
    /// When the match specification is no term.
    pub fn filter(self) -> Result<Filter, String> {
        let Self { pids, kinds, pattern, matching } = self;
        let term = |text: String| {
            let term = Etf::deserialize(IntoDeserializer::<value::Error>::into_deserializer(text));
            term.map_err(|error| format!("the match specification: {error}"))
        };
        Ok(Filter { pids, kinds, pattern, matching: matching.map(term).transpose()? })
    }
}

/// What came of a run.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunResult {
    /// How it ended.
    pub end: RunEnd,
    /// What the compilers said.
    pub diagnostics: Vec<Diagnostic>,
    /// What was written to standard output; bytes that are no UTF-8 show as replacement characters.
    pub stdout: String,
    /// What was written to standard error.
    pub stderr: String,
    /// Whether output is missing because there was too much.
    pub truncated: bool,
    /// The events that were wanted, the first ones if there were too many.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub events: Vec<Event>,
    /// How many of them are missing.
    pub events_left_out: u64,
    /// Reductions of all processes.
    pub reductions: u64,
    /// Virtual time at the end, in nanoseconds.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub virtual_time: VirtualTime,
    /// Time outside, in milliseconds.
    pub took_millis: u64,
    /// The seed that was taken.
    pub seed: u64,
}

/// A state that a process had.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateAt {
    /// After which event.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub seq: EventSeq,
    /// When, in nanoseconds of virtual time.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub at: VirtualTime,
    /// As `sys:get_state/1` gives it; nothing when it was too large to be kept.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub state: Option<Etf>,
}

/// How much a machine uses.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Of what is limited, how much.
    pub used: Vec<Used>,
    /// The processes that use most memory, the largest first.
    pub largest: Vec<Large>,
    /// The processes with the longest mailboxes, the longest first; those with empty ones are left out.
    pub longest: Vec<Large>,
}

/// How much of something limited is used.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// Of what.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub limit: LimitKind,
    /// How much there is.
    pub now: u64,
    /// How much there may be; nothing when there is no limit.
    pub most: Option<u64>,
}

/// A process that uses much of something.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Large {
    /// The process.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub pid: Pid,
    /// Bytes, or messages.
    pub amount: u64,
}
