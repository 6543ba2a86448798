//! Process flags (`process_flag/2`).

use serde::{Deserialize, Serialize};
use shared::event::EventKind;
use shared::term::Atom;
use shared::{Etf, Pid, Term};

use super::{Kernel, Raise};

/// The flags that matter outside the guest. Others (`min_heap_size`, `save_calls`...) stay within it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Flags {
    /// Exit signals become messages.
    pub trap_exit: bool,
    /// Who goes first.
    pub priority: Priority,
}

/// Priorities (`process_flag(priority, Level)`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Priority {
    /// Runs less often than the others.
    Low,
    /// What processes have.
    #[default]
    Normal,
    /// Runs before normal and low ones.
    High,
    /// Runs before all others.
    Max,
}

impl Priority {
    /// Its atom.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Max => "max",
        }
    }

    /// The priority of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Low, Self::Normal, Self::High, Self::Max].into_iter().find(|level| level.name() == name)
    }
}

impl Kernel {
    /// `process_flag(trap_exit, Value)` and `process_flag(priority, Level)`: the old value.
    ///
    /// # Errors
    /// `badarg` for a value that the flag cannot have, or a flag that the kernel does not keep.
    pub fn process_flag(&mut self, pid: Pid, flag: &str, value: &Term) -> Result<Term, Raise> {
        let process = self.process_mut(pid).ok_or(Raise::Noproc)?;
        let old = match (flag, value.as_atom()) {
            ("trap_exit", Some(text @ ("true" | "false"))) => {
                Term::bool(std::mem::replace(&mut process.flags.trap_exit, text == "true"))
            }
            ("priority", Some(text)) => {
                let level = Priority::from_name(text).ok_or(Raise::Badarg)?;
                Term::atom(std::mem::replace(&mut process.flags.priority, level).name())
            }
            _ => return Err(Raise::Badarg),
        };
        self.record(Some(pid), EventKind::FlagSet { flag: Atom::new(flag), value: Etf::of(value) });
        Ok(old)
    }

    /// `group_leader/0`.
    pub fn group_leader(&self, pid: Pid) -> Option<Pid> {
        self.process(pid).map(|process| process.group_leader)
    }

    /// `group_leader/2`.
    ///
    /// # Errors
    /// `badarg` when `target` is not alive. The leader need not be, as in Erlang/OTP.
    pub fn set_group_leader(&mut self, pid: Pid, leader: Pid, target: Pid) -> Result<(), Raise> {
        // Signals that came before act before, as the request is one itself in OTP.
        self.flush_signals(target);
        self.process_mut(target).ok_or(Raise::Badarg)?.group_leader = leader;
        self.record(Some(pid), EventKind::GroupLeaderSet { target, leader });
        Ok(())
    }
}
