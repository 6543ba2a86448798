//! Which events somebody wants: what they say ([`Filter`]), and the same ready to be asked ([`EventFilter`]). Machine, server and
//! page look at events with the same one.
//!
//! # Layout
//! - `scan`: a pattern's text as tokens
//! - `pattern`: tokens as guards
//! - `subject`: an event as a term
//! - `ready`: all of it together

mod pattern;
mod ready;
mod scan;
mod subject;

use serde::{Deserialize, Serialize};

use crate::etf::Etf;
use crate::ids::Pid;

pub use ready::{EventFilter, FilterError};

/// Which events are wanted. All that is said must hold; where nothing is said, any event is wanted.
///
/// Patterns and specifications see an event as a map: `seq`, `at`, `pid`, `reductions`, `cause`, `event` (the name of its kind as an
/// atom: `sent`, `exited`...) and the fields of its kind, messages and reasons decoded. What is not there is `nil`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// Of one of these processes.
    pub pids: Vec<Pid>,
    /// Of one of these kinds ([`EventKind::name`](crate::event::EventKind::name)).
    pub kinds: Vec<String>,
    /// A pattern of Elixir, perhaps with guards: `%{event: :sent, message: {:work, n}} when n > 10`.
    pub pattern: Option<String>,
    /// A match specification in the dialect of tables (`ets:select/2`) whose result for the event is `true`.
    pub matching: Option<Etf>,
}
