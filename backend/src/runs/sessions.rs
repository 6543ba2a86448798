//! Sessions with `IEx` in a machine, one a person: bindings last from line to line.

use std::collections::HashMap;

use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::kernel::outside::Outcome;
use sandbox_runtime::machine::Machine;
use sandbox_runtime::repl::Repl;
use shared::api::run::ReplyValue;
use shared::command::Command;
use shared::{Etf, Pid};

use crate::error::ApiError;

/// Sessions of one machine.
const SESSIONS_MAX: usize = 16;

/// Longest piece that is typed at once.
const TEXT_BYTES_MAX: usize = 64 << 10;

/// The sessions of a machine, by the id of the person.
#[derive(Debug, Default)]
pub(super) struct Sessions(HashMap<String, Repl>);

impl Sessions {
    /// The session of a person, which begins when there is none; types into it.
    pub(super) fn say(
        &mut self,
        machine: &mut Machine<WasmFactory>,
        user: String,
        text: Option<&str>,
    ) -> Result<ReplyValue, ApiError> {
        if text.is_some_and(|text| text.len() > TEXT_BYTES_MAX) {
            return Err(ApiError::TooLarge);
        }
        self.0.retain(|_, session| machine.kernel().process(session.server()).is_some());
        let session = match self.0.get(&user) {
            Some(session) => session.clone(),
            None if self.0.len() >= SESSIONS_MAX => {
                return Err(ApiError::Conflict(format!("A program has {SESSIONS_MAX} sessions at most")));
            }
            None => {
                let session = Repl::new(spawned(machine)?);
                self.0.insert(user, session.clone());
                session
            }
        };
        if let Some(text) = text {
            tell(machine, session.input(text))?;
        }
        Ok(ReplyValue::Session { pid: session.server() })
    }

    /// Ends the session of a person, whatever it is doing.
    pub(super) fn end(&mut self, machine: &mut Machine<WasmFactory>, user: &str) {
        let Some(session) = self.0.remove(user) else { return };
        let server = session.server();
        let parent = |pid: Pid| machine.kernel().process(pid).and_then(|process| process.parent);
        // Server and evaluator of `IEx`; what else was started in it stays.
        let is_of_it = |pid: &Pid| {
            let parent_of = parent(*pid);
            parent_of == Some(server) || parent_of.and_then(parent) == Some(server)
        };
        let mut pids: Vec<Pid> = machine.kernel().pids().filter(is_of_it).collect();
        pids.push(server);
        for pid in pids {
            // One may have ended with another.
            machine.command(Command::Exit { pid, reason: Etf::atom("kill") }).ok();
        }
    }
}

fn spawned(machine: &mut Machine<WasmFactory>) -> Result<Pid, ApiError> {
    match tell(machine, Repl::open())? {
        Outcome::Spawned(pid) => Ok(pid),
        Outcome::Done => Err(ApiError::Internal),
    }
}

fn tell(machine: &mut Machine<WasmFactory>, command: Command) -> Result<Outcome, ApiError> {
    machine
        .command(command)
        .map_err(|raise| ApiError::Conflict(format!("The machine refuses this: {}", raise.reason())))
}
