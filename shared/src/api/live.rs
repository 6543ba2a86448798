//! What the second socket of a sandbox carries: events, commands, replies. Everything is JSON, one message a frame.

use serde::{Deserialize, Serialize};

use super::ErrorBody;
use super::code::{Diagnostic, ToFormat};
use super::run::{EventBatch, Picture, ReplyValue, RunOptions, RunSnapshot, RunStatus};
use super::sandboxes::Sandbox;
use super::sharing::ChatMessage;
use crate::access::{Operation, Role};
use crate::command::Command;
use crate::filter::Filter;
use crate::ids::{Pid, Ref};

/// A place in the stream of events of a sandbox. Numbers are consecutive within an epoch; a new epoch begins when the
/// server has forgotten the one before.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Which numbering.
    pub epoch: String,
    /// The last event that is known.
    pub seq: u64,
}

/// Somebody who is connected.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// `user-…`
    pub user: String,
    /// Their name.
    pub name: String,
    /// What they are.
    pub role: Role,
}

/// Something that happened in a sandbox, beside what happens in its documents.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LiveEvent {
    /// Somebody connected; with several tabs only once.
    Joined {
        /// Who.
        participant: Participant,
    },
    /// Somebody closed their last tab, or lost the connection.
    Left {
        /// Who.
        user: String,
    },
    /// Somebody said something.
    Chat {
        /// What.
        message: ChatMessage,
    },
    /// Name, switches or limits are others now.
    Changed {
        /// When.
        updated_at: i64,
    },
    /// Members, roles or links are others now.
    MembersChanged,
    /// A run began, ended, or is otherwise than it was.
    Run {
        /// How it is now.
        status: Box<RunStatus>,
    },
    /// The compilers have looked at the files of a run; the list takes the place of the one before.
    Diagnostics {
        /// Of which run.
        run: String,
        /// What they said.
        diagnostics: Vec<Diagnostic>,
    },
    /// Something happened in the machine.
    Events(EventBatch),
    /// So much happened in the machine that its events are not sent one by one: readers go on from this picture.
    Picture(Box<Picture>),
}

impl LiveEvent {
    /// The kind of [`LiveEvent::Events`].
    pub const EVENTS: &str = "events";

    /// The name of its kind, for filters.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Joined { .. } => "joined",
            Self::Left { .. } => "left",
            Self::Chat { .. } => "chat",
            Self::Changed { .. } => "changed",
            Self::MembersChanged => "members_changed",
            Self::Run { .. } => "run",
            Self::Diagnostics { .. } => "diagnostics",
            Self::Events(_) => Self::EVENTS,
            Self::Picture(_) => "picture",
        }
    }
}

/// An event with its place.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberedEvent {
    /// Its number in the epoch.
    pub seq: u64,
    /// When.
    pub at: i64,
    /// What happened.
    pub event: LiveEvent,
}

/// How a sandbox is now, for those who cannot go on from what they know.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveSnapshot {
    /// The sandbox, as the one who asks sees it.
    pub sandbox: Sandbox,
    /// Who is connected.
    pub participants: Vec<Participant>,
    /// What was said last, the oldest first.
    pub chat: Vec<ChatMessage>,
    /// The last run; nothing when there was none.
    pub run: Option<Box<RunSnapshot>>,
}

/// What the server says.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Begin from here: the first message, unless the stream goes on from where the client was; and again whenever a
    /// client has fallen too far behind.
    Snapshot {
        /// The last event that is in it.
        position: Position,
        /// How things are.
        snapshot: Box<LiveSnapshot>,
    },
    /// The stream goes on from where the client was.
    Resumed {
        /// Where.
        position: Position,
    },
    /// Something happened.
    Event(NumberedEvent),
    /// A command was carried out, or not.
    Reply {
        /// The number that the client gave it.
        id: u64,
        /// Why not; nothing when it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<ErrorBody>,
        /// What was asked for, for commands that ask for something.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Box<ReplyValue>>,
    },
}

/// What a client says.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientMessage {
    /// A number for the reply.
    pub id: u64,
    /// What is to be done.
    #[serde(flatten)]
    pub command: LiveCommand,
}

/// What can be asked for over the socket.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum LiveCommand {
    /// Nothing; to see whether the server is there.
    Ping,
    /// Say something in the chat.
    Say {
        /// What.
        text: String,
    },
    /// From now on only events of these kinds, and of what happens in the machine only what a filter wants.
    Filter {
        /// Their names; all, when there is nothing.
        kinds: Option<Vec<String>>,
        /// What is wanted of what happens in the machine; everything, when there is nothing.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
        events: Option<Box<Filter>>,
    },
    /// Run the files as they are now. When a run is under way it is stopped first; of several people who ask within the time
    /// that it takes to begin, the first one begins the run and the others are answered with that same run.
    Run {
        /// How.
        #[serde(default)]
        options: Box<RunOptions>,
    },
    /// End the run.
    Stop,
    /// Begin the last run again, with the files as they are now.
    Restart,
    /// Hold the machine: nobody takes a turn and time stands still.
    Pause,
    /// Let it go on.
    Continue,
    /// Give so many turns to a machine that is held.
    Step {
        /// How many; 1 to 10,000.
        turns: u32,
    },
    /// Tell the machine something: send a message or an exit signal, suspend or resume a process, cancel a timer, intercept
    /// messages, set time mode or schedule. What only the server may decide (time, limits, code, processes) is refused.
    Tell {
        /// What.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        input: Box<Command>,
    },
    /// Type at the console.
    Input {
        /// What, with the line break; nothing for the end of the input.
        text: Option<String>,
    },
    /// Look into a process. Looking changes nothing.
    Inspect {
        /// Which.
        #[cfg_attr(feature = "openapi", schema(value_type = u64))]
        pid: Pid,
        /// Items of `process_info/2` (`messages`, `dictionary`, `current_stacktrace`, …), and `state` for the state of a
        /// generic process.
        items: Vec<String>,
    },
    /// List the ETS tables.
    Tables,
    /// Look into an ETS table.
    Rows {
        /// Which.
        #[cfg_attr(feature = "openapi", schema(value_type = u64))]
        table: Ref,
        /// How many objects to pass over.
        #[serde(default)]
        from: u64,
        /// How many objects to give; 1,000 at most.
        count: u32,
    },
    /// Evaluate an Elixir expression in a process of its own in the machine.
    Evaluate {
        /// The expression.
        code: String,
    },
    /// Compile what has changed in the files, and bring it into the program that runs, as an upgrade does: processes whose
    /// behaviour has changed change their state with `code_change`.
    Upgrade,
    /// Type into one's own session with `IEx` in the machine; it begins when there is none, and its bindings last as long as it
    /// does. What it prints are events of the process that serves it.
    Session {
        /// What is typed; nothing to only begin it.
        text: Option<String>,
    },
    /// End one's own session, also when it computes.
    EndSession,
    /// Format a file of Elixir with Elixir's own formatter. Nothing is changed by it.
    Format {
        /// The file.
        file: ToFormat,
    },
    /// Say what may be meant: modules of the sandbox and of the library, and what they offer.
    Complete {
        /// The file that is written in: its path says the language.
        path: String,
        /// What stands in the line before the caret, names in it being whole (aliases taken out).
        before: String,
    },
    /// The last states of a generic process, and from now on all that it has.
    States {
        /// Which.
        #[cfg_attr(feature = "openapi", schema(value_type = u64))]
        pid: Pid,
    },
    /// How much of its limits the machine uses.
    Usage,
    /// Give the picture of the machine as it is now, for a reader that has found a gap.
    Picture,
}

impl LiveCommand {
    /// What somebody has to be allowed to do for it.
    #[must_use]
    pub fn needs(&self) -> Operation {
        match self {
            Self::Ping | Self::Filter { .. } | Self::Picture | Self::Usage => Operation::View,
            Self::Format { .. } | Self::Complete { .. } => Operation::EditCode,
            Self::Say { .. } => Operation::Chat,
            Self::Run { .. }
            | Self::Stop
            | Self::Restart
            | Self::Input { .. }
            | Self::Evaluate { .. }
            | Self::Upgrade
            | Self::Session { .. }
            | Self::EndSession => Operation::ChangeState,
            Self::Pause
            | Self::Continue
            | Self::Step { .. }
            | Self::Inspect { .. }
            | Self::States { .. }
            | Self::Tables
            | Self::Rows { .. } => Operation::Debug,
            Self::Tell { input } => match **input {
                Command::Send { .. } | Command::Exit { .. } | Command::CancelTimer { .. } => Operation::ChangeState,
                _ => Operation::Debug,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::run::RunTarget;
    use crate::event::{Device, Entry, Event, EventKind, ExitedBy};
    use crate::ids::EventSeq;
    use crate::limits::LimitKind;
    use crate::term::Atom;
    use crate::time::VirtualTime;
    use crate::world::World;
    use crate::{Etf, Term};

    #[test]
    fn messages_look_as_they_are_documented() {
        let left = NumberedEvent { seq: 7, at: 5, event: LiveEvent::Left { user: "user-a".to_owned() } };
        let text = serde_json::to_string(&ServerMessage::Event(left)).unwrap();
        assert_eq!(text, r#"{"type":"event","seq":7,"at":5,"event":{"kind":"left","user":"user-a"}}"#);
        let say: ClientMessage = serde_json::from_str(r#"{"id":1,"command":"say","text":"hi"}"#).unwrap();
        assert_eq!(say.command, LiveCommand::Say { text: "hi".to_owned() });
        let run: ClientMessage = serde_json::from_str(r#"{"id":1,"command":"run"}"#).unwrap();
        assert_eq!(run.command, LiveCommand::Run { options: Box::default() });
        let tell = r#"{"id":1,"command":"tell","input":{"command":"exit","pid":7,"reason":"g3cEa2lsbA=="}}"#;
        let tell: ClientMessage = serde_json::from_str(tell).unwrap();
        let kill = Command::Exit { pid: Pid(7), reason: Etf::atom("kill") };
        assert_eq!(tell.command, LiveCommand::Tell { input: Box::new(kill) });
        let test = r#"{"id":1,"command":"run","options":{"target":{"what":"tests"},"time":{"fast":{"nanos_per_reduction":20}}}}"#;
        let test: ClientMessage = serde_json::from_str(test).unwrap();
        let LiveCommand::Run { options } = test.command else { panic!("it is a run") };
        assert_eq!(options.target, RunTarget::Tests { paths: Vec::new() });
    }

    #[test]
    fn pictures_and_events_survive_the_way_over_the_wire() {
        let entry = Entry::new("lists", "seq", Etf::of(&Term::list([Term::from(1_u64)])));
        let kinds = [
            EventKind::Spawned { child: Pid(1), entry: entry.clone(), linked: false, monitor: None },
            EventKind::Spawned { child: Pid(2), entry, linked: true, monitor: Some(Ref(9)) },
            EventKind::Registered { name: Atom::new("counter"), target: Pid(2) },
            EventKind::Output { device: Device::Stdout, bytes: b"hi\xff".as_slice().into() },
            EventKind::LimitReached { limit: LimitKind::Processes, allowed: 3 },
            EventKind::Exited { reason: Etf::atom("normal"), by: ExitedBy::Itself },
        ];
        let mut world = World::default();
        let mut events = Vec::new();
        for (seq, kind) in (1..).zip(kinds) {
            let event = Event {
                seq: EventSeq(seq),
                at: VirtualTime(seq),
                pid: Some(Pid(1)),
                reductions: seq,
                cause: None,
                kind,
            };
            world.apply(&event);
            events.push(event);
        }
        let run = "run-a".to_owned();
        let through = world.seq;
        let batch = EventBatch { run: run.clone(), after: EventSeq(0), through, at: world.at, events };
        let picture = Picture { run, through, world };
        for event in [LiveEvent::Events(batch), LiveEvent::Picture(Box::new(picture))] {
            let message = ServerMessage::Event(NumberedEvent { seq: 1, at: 2, event });
            let text = serde_json::to_string(&message).unwrap();
            assert_eq!(serde_json::from_str::<ServerMessage>(&text).unwrap(), message);
        }
    }
}
