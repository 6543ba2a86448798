//! A session with IEx in a sandbox that runs: the real one, with its bindings, its helpers and its prompt.
//!
//! What is typed is a command, and what is printed are events, so a session is recorded like everything else.

use std::sync::Arc;

use shared::command::Command;
use shared::event::{Destination, Entry, Event, EventKind};
use shared::{Etf, Pid, Term};

/// A session.
#[derive(Clone, Debug)]
pub struct Repl {
    server: Pid,
    /// What was printed last: the prompt, if input is waited for next.
    last: Option<Arc<[u8]>>,
}

/// What a session says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Something was printed: a value, an error, or what the code prints itself.
    Printed(Arc<[u8]>),
    /// It waits for a line.
    Ready {
        /// What stands before the line, and is to be shown in place of what was printed last.
        prompt: String,
        /// Whether what was typed so far is only the beginning of an expression.
        is_incomplete: bool,
    },
    /// It is over.
    Ended,
}

impl Repl {
    /// The command that begins a session. Its outcome is the process for [`Repl::new`].
    pub fn open() -> Command {
        let pair = |name: &str, value: Term| Term::tuple([Term::atom(name), value]);
        let options = Term::list([pair("register", Term::bool(true)), pair("on_eof", Term::atom("stop_evaluator"))]);
        let entry = Entry::new("orrery_user", "session", Etf::of(&Term::list([options])));
        Command::Spawn { entry, group_leader: None, name: None }
    }

    /// The session that a process serves.
    pub fn new(server: Pid) -> Repl {
        Repl { server, last: None }
    }

    /// The process that serves it.
    pub fn server(&self) -> Pid {
        self.server
    }

    /// The command that types a line, or several.
    pub fn input(&self, text: &str) -> Command {
        let mut text = text.to_owned();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        self.send(Term::binary(text.into_bytes()))
    }

    /// The command that ends the session.
    pub fn close(&self) -> Command {
        self.send(Term::atom("eof"))
    }

    fn send(&self, data: Term) -> Command {
        let message = Etf::of(&Term::tuple([Term::atom("console"), data]));
        Command::Send { to: Destination::Pid(self.server), message }
    }

    /// What an event means for the session, if it does.
    pub fn said(&mut self, event: &Event) -> Option<Said> {
        if event.pid != Some(self.server) {
            return None;
        }
        match &event.kind {
            EventKind::Output { bytes, .. } => {
                self.last = Some(bytes.clone());
                Some(Said::Printed(bytes.clone()))
            }
            EventKind::InputWanted => {
                let prompt = self.last.take().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                let prompt = prompt.unwrap_or_default();
                let is_incomplete = prompt.starts_with("...");
                Some(Said::Ready { prompt, is_incomplete })
            }
            EventKind::Exited { .. } => Some(Said::Ended),
            _ => None,
        }
    }
}
