//! The guests of a machine besides the one that runs: what the running one may ask of them, and the code that they have yet to
//! learn of.
//!
//! A change of code reaches a guest before its next turn, and before it answers a question. Until then it would be a waste:
//! most processes wait, and many end before they run again.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use shared::term::Atom;
use shared::{Etf, Pid, Term};

use crate::guest::{Guest, GuestFault};

/// Something that happened to a module, for guests that have not heard of it.
#[derive(Clone, Debug)]
pub struct CodeChange {
    /// The module.
    pub module: Atom,
    /// What happened to it.
    pub kind: CodeChangeKind,
}

/// What happened to a module.
#[derive(Clone, Debug)]
pub enum CodeChangeKind {
    /// This code is its current code now, and what was is its old code.
    Loaded(Arc<[u8]>),
    /// Its current code became old code.
    Deleted,
    /// Its old code is gone.
    Purged,
}

/// The guests that do not run, for the questions of the one that does.
pub trait Peers: Send + Any {
    /// What [`Guest::inspect`] of that process says.
    fn inspect(&mut self, pid: Pid, item: &str) -> Option<Etf>;

    /// What [`Guest::ask`] of that process says.
    fn ask(&mut self, pid: Pid, question: &Term) -> Option<Etf>;

    /// All of them, to find out what they know together.
    fn pids(&self) -> Vec<Pid>;

    /// The running guest changed its code, and the others will have to.
    fn code_changed(&mut self, change: CodeChange);
}

/// Guests by process.
#[derive(Clone)]
pub(crate) struct Guests<G> {
    guests: BTreeMap<Pid, Held<G>>,
    /// All changes of code since the machine began.
    changes: Vec<CodeChange>,
    /// Changes that guests with common code have made.
    shared_seen: usize,
}

/// A guest and the number of changes that it has made.
#[derive(Clone)]
struct Held<G> {
    guest: G,
    seen: usize,
}

impl<G: Guest> Guests<G> {
    pub(crate) fn new() -> Self {
        Self { guests: BTreeMap::new(), changes: Vec::new(), shared_seen: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.guests.len()
    }

    pub(crate) fn get_mut(&mut self, pid: Pid) -> Option<&mut G> {
        self.guests.get_mut(&pid).map(|held| &mut held.guest)
    }

    /// Takes the guest of a process out for its turn; `make` gives it one at its first turn. It has all changes of code then.
    pub(crate) fn take(&mut self, pid: Pid, make: impl FnOnce() -> Result<G, GuestFault>) -> Result<G, GuestFault> {
        let mut held = match self.guests.remove(&pid) {
            Some(held) => held,
            None => Held { guest: make()?, seen: 0 },
        };
        self.bring_up_to_date(&mut held)?;
        Ok(held.guest)
    }

    /// Puts a guest back after its turn, in which it made its own changes.
    pub(crate) fn put(&mut self, pid: Pid, guest: G) {
        self.shared_seen = self.changes.len();
        self.guests.insert(pid, Held { guest, seen: self.changes.len() });
    }

    pub(crate) fn remove(&mut self, pid: Pid) {
        self.guests.remove(&pid);
    }

    fn bring_up_to_date(&mut self, held: &mut Held<G>) -> Result<(), GuestFault> {
        let seen = if G::shares_code() { &mut self.shared_seen } else { &mut held.seen };
        let missed = self.changes.get(*seen..).unwrap_or_default();
        *seen = self.changes.len();
        missed.iter().try_for_each(|change| apply(&mut held.guest, change))
    }

    fn up_to_date(&mut self, pid: Pid) -> Option<&mut G> {
        let mut held = self.guests.remove(&pid)?;
        // A guest that cannot have the code ends at its next turn; here it answers as it is.
        let outcome = self.bring_up_to_date(&mut held);
        held.seen -= usize::from(outcome.is_err());
        self.guests.insert(pid, held);
        self.get_mut(pid)
    }
}

fn apply<G: Guest>(guest: &mut G, change: &CodeChange) -> Result<(), GuestFault> {
    let about = |what: &str| Term::tuple([Term::atom(what), change.module.clone().into()]);
    match &change.kind {
        // A guest that has not loaded the module at all gets the newest code when it calls it.
        CodeChangeKind::Loaded(code) => {
            let is_there = guest.ask(&about("module_loaded")).is_none_or(|answer| answer.is_atom("true"));
            if is_there { guest.load_code(change.module.as_str(), code) } else { Ok(()) }
        }
        CodeChangeKind::Deleted => {
            guest.ask(&about("delete_module"));
            Ok(())
        }
        CodeChangeKind::Purged => {
            guest.ask(&about("purge_module"));
            Ok(())
        }
    }
}

impl<G: Guest> Peers for Guests<G> {
    fn inspect(&mut self, pid: Pid, item: &str) -> Option<Etf> {
        self.up_to_date(pid)?.inspect(item)
    }

    fn ask(&mut self, pid: Pid, question: &Term) -> Option<Etf> {
        self.up_to_date(pid)?.ask(question)
    }

    fn pids(&self) -> Vec<Pid> {
        self.guests.keys().copied().collect()
    }

    fn code_changed(&mut self, change: CodeChange) {
        self.changes.push(change);
    }
}
