//! Commands from outside: the inputs of the machine.

use shared::command::Command;
use shared::event::EventKind;
use shared::limits::LimitKind;
use shared::term::Atom;
use shared::{Etf, Pid, Term};

use super::signal::Signal;
use super::{Kernel, Raise};

/// What a command gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It made this process.
    Spawned(Pid),
}

impl Kernel {
    /// Does what a command says.
    ///
    /// # Errors
    /// As the call of the same name raises them in a process.
    pub fn command(&mut self, command: Command) -> Result<Outcome, Raise> {
        match command {
            Command::Spawn { entry, group_leader, name } => {
                // Asked before, so that a command that fails leaves no process behind.
                match &name {
                    Some(name) if *name == "undefined" => return Err(Raise::BadargCause("none")),
                    Some(name) if self.whereis(name).is_some() => {
                        return Err(Raise::BadargCause("registered_name"));
                    }
                    _ => {}
                }
                let pid = self.spawn_root(entry, group_leader, None)?;
                if let Some(name) = name {
                    self.register(None, &name, pid)?;
                }
                return Ok(Outcome::Spawned(pid));
            }
            Command::Send { to, message } => self.transmit(None, None, &to, message),
            Command::Exit { pid, reason } => {
                let kind = EventKind::ExitSignal { to: pid, reason: reason.clone(), through_link: false };
                let seq = self.record_caused(None, None, kind);
                self.enqueue(pid, Signal::Exit { from: None, reason, through_link: false }, seq);
            }
            Command::Suspend { pid } => self.suspend_process(None, pid)?,
            Command::Resume { pid } => self.resume_process(None, pid)?,
            Command::LoadCode { module, code } => {
                self.load_code(None, module, code)?;
            }
            Command::ConsoleInput { bytes } => self.console_input(&bytes),
            Command::AdvanceTime { wall } => {
                self.clock.tell_wall(wall);
                let allowed = self.limits.wall_clock_millis;
                if wall.millis() >= allowed {
                    self.halt_by_limit(None, LimitKind::WallClock, allowed);
                }
            }
            Command::SetTimeMode { mode } => self.clock.set_mode(mode),
            Command::SetSchedule { schedule } => self.scheduler.set_schedule(schedule),
            Command::SetLimits { limits } => self.limits = *limits,
            Command::CancelTimer { timer } => {
                self.cancel_timer(None, timer).ok_or(Raise::Badarg)?;
            }
            Command::Intercept { rule } => self.intercept(rule)?,
            Command::StopIntercepting { id } => {
                self.stop_intercepting(id);
            }
            Command::Reseed { seed } => self.rng = super::rng::Rng::new(seed),
            Command::Halt { reason } => self.halt(None, reason),
            // For the machine, which knows when a turn ends.
            Command::Interrupt { .. } => {}
        }
        Ok(Outcome::Done)
    }

    /// Input goes to the process that opened the console, as `{console, Bytes}`; `{console, eof}` at the end.
    fn console_input(&mut self, bytes: &[u8]) {
        let Some(owner) = self.console.owner() else {
            return self.console.keep_input(bytes);
        };
        self.console.input_came();
        let data = if bytes.is_empty() { Term::atom("eof") } else { Term::binary(bytes) };
        let message = Etf::of(&Term::tuple([Term::Atom(Atom::new("console")), data]));
        self.transmit(None, None, &shared::event::Destination::Pid(owner), message);
    }
}
