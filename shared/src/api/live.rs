//! What the second socket of a sandbox carries: events, commands, replies. Everything is JSON, one message a frame.

use serde::{Deserialize, Serialize};

use super::ErrorBody;
use super::sandboxes::Sandbox;
use super::sharing::ChatMessage;
use crate::access::Role;

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
}

impl LiveEvent {
    /// The name of its kind, for filters.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Joined { .. } => "joined",
            Self::Left { .. } => "left",
            Self::Chat { .. } => "chat",
            Self::Changed { .. } => "changed",
            Self::MembersChanged => "members_changed",
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
    /// From now on only events of these kinds.
    Filter {
        /// Their names; all, when there is nothing.
        kinds: Option<Vec<String>>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_look_as_they_are_documented() {
        let left = NumberedEvent { seq: 7, at: 5, event: LiveEvent::Left { user: "user-a".to_owned() } };
        let text = serde_json::to_string(&ServerMessage::Event(left)).unwrap();
        assert_eq!(text, r#"{"type":"event","seq":7,"at":5,"event":{"kind":"left","user":"user-a"}}"#);
        let say: ClientMessage = serde_json::from_str(r#"{"id":1,"command":"say","text":"hi"}"#).unwrap();
        assert_eq!(say.command, LiveCommand::Say { text: "hi".to_owned() });
    }
}
