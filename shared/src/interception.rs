//! What the outside does to messages on their way.

use serde::{Deserialize, Serialize};

use crate::etf::Etf;
use crate::ids::{EventSeq, Pid};

/// A rule for messages that are sent from now on. The first rule that holds decides, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interception {
    /// By which the rule is taken back. A new rule with the number of another one takes its place.
    pub id: u64,
    /// Which messages it is about.
    #[serde(default)]
    pub of: MessageFilter,
    /// What happens to them.
    pub action: InterceptAction,
    /// For how many messages it holds; for all when nothing is said.
    #[serde(default)]
    pub times: Option<u64>,
}

/// Which messages are meant. All that is said must hold; where nothing is said, any message is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MessageFilter {
    /// The message whose sending is this event: in a run that is repeated, exactly that one.
    pub event: Option<EventSeq>,
    /// Who sends it.
    pub from: Option<Pid>,
    /// Who would get it.
    pub to: Option<Pid>,
    /// A match specification in the dialect of tables (`ets:select/2`) that matches the message.
    pub matching: Option<Etf>,
}

/// What happens to a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterceptAction {
    /// It gets lost.
    Drop,
    /// It arrives later than it would.
    Delay {
        /// By so many nanoseconds of virtual time.
        nanos: u64,
    },
    /// Another one arrives in its place.
    Replace {
        /// This one.
        message: Etf,
    },
    /// What the match specification gives for it arrives in its place.
    Transform,
}
