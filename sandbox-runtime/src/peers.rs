//! The guests of a machine besides the one that runs: what the running one may ask of them, and the code that they have yet to
//! learn of.
//!
//! A change of code reaches a guest before its next turn, and before it answers a question. Until then it would be a waste:
//! most processes wait, and many end before they run again.

mod held;

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::Vector;
use serde::{Deserialize, Serialize};
use shared::term::Atom;
use shared::{Etf, Pid, Term};

use crate::guest::{Guest, GuestFault, SavedGuest as _};
pub(crate) use held::Held;

/// Something that happened to a module, for guests that have not heard of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CodeChange {
    /// The module.
    pub module: Atom,
    /// What happened to it.
    pub kind: CodeChangeKind,
}

/// What happened to a module.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
pub(crate) struct Guests<G: Guest> {
    /// In boxes: a guest is large, and is taken out and put back for every turn.
    guests: BTreeMap<Pid, Box<Held<G>>>,
    /// All changes of code since the machine began.
    changes: Vector<CodeChange>,
    /// Changes that guests with common code have made.
    shared_seen: usize,
    /// Guests that were made since the last change.
    made: u64,
}

/// From so many guests on that were made since code last changed, the next ones get all of it from the beginning. Before that it
/// would be a waste: a program changes a lot of code while it is compiled, and few of the processes then run in it.
const PRELOAD_FROM: u64 = 32;

/// Guests as they were between two turns.
pub(crate) struct SavedGuests<G: Guest> {
    /// With the number of changes of code that each has made.
    pub(crate) guests: Vec<(Pid, G::Saved, usize)>,
    pub(crate) changes: Vector<CodeChange>,
    /// Guests that were made since the last change.
    pub(crate) made: u64,
}

impl<G: Guest> Guests<G> {
    pub(crate) fn new() -> Self {
        Self { guests: BTreeMap::new(), changes: Vector::new(), shared_seen: 0, made: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.guests.len()
    }

    pub(crate) fn get_mut(&mut self, pid: Pid) -> Option<&mut G> {
        self.guests.get_mut(&pid)?.guest(pid).ok()
    }

    /// Takes the guest of a process out for its turn; `make` gives it one at its first turn, and says how many changes of code
    /// that has made. It has all of them then.
    pub(crate) fn take(
        &mut self,
        pid: Pid,
        make: impl FnOnce(&Self) -> Result<(G, usize), GuestFault>,
    ) -> Result<Box<Held<G>>, GuestFault> {
        let mut held = match self.guests.remove(&pid) {
            Some(held) => held,
            None => {
                let (guest, seen) = make(self)?;
                self.made += 1;
                Box::new(Held::new(guest, seen))
            }
        };
        self.bring_up_to_date(pid, &mut held)?;
        Ok(held)
    }

    /// How many changes of code there were, when it is time for guests that have made them from the beginning.
    pub(crate) fn preloads(&self) -> Option<usize> {
        let worth_it = self.made >= PRELOAD_FROM && !self.changes.is_empty() && !G::shares_code();
        worth_it.then(|| self.changes.len())
    }

    /// The newest code of each module that was loaded since the machine began, in the order of their names.
    pub(crate) fn newest_code(&self) -> Vec<Arc<[u8]>> {
        let mut newest = BTreeMap::new();
        for change in &self.changes {
            match &change.kind {
                CodeChangeKind::Loaded(code) => newest.insert(&change.module, code.clone()),
                CodeChangeKind::Deleted => newest.remove(&change.module),
                CodeChangeKind::Purged => None,
            };
        }
        newest.into_values().collect()
    }

    /// Puts a guest back after its turn, in which it made its own changes.
    pub(crate) fn put(&mut self, pid: Pid, mut held: Box<Held<G>>) {
        self.shared_seen = self.changes.len();
        held.seen = self.changes.len();
        self.guests.insert(pid, held);
    }

    pub(crate) fn remove(&mut self, pid: Pid) {
        self.guests.remove(&pid);
    }

    /// All guests as they are now; `None` when one of them cannot be saved.
    pub(crate) fn save(&mut self) -> Option<SavedGuests<G>> {
        let saved = self.guests.iter_mut().map(|(pid, held)| Some((*pid, held.save()?, held.seen)));
        Some(SavedGuests { guests: saved.collect::<Option<_>>()?, changes: self.changes.clone(), made: self.made })
    }

    /// See [`SavedGuest::digest`](crate::guest::SavedGuest::digest).
    pub(crate) fn digest(&mut self, pid: Pid) -> Option<u64> {
        self.guests.get_mut(&pid)?.save().map(|saved| saved.digest())
    }

    /// Asks a guest something so that it does not change by that. A guest that cannot be saved is asked as it is.
    pub(crate) fn look<T>(&mut self, pid: Pid, question: impl FnOnce(&mut G) -> Option<T>) -> Option<T> {
        let held = self.guests.get_mut(&pid)?;
        let seen = held.seen;
        match held.save() {
            Some(saved) => {
                let mut copy = Held::of_saved(saved, seen);
                // A guest that cannot have the code answers as it is.
                let _is_up_to_date = self.bring_up_to_date(pid, &mut copy).is_ok();
                question(copy.guest(pid).ok()?)
            }
            None => question(self.up_to_date(pid)?),
        }
    }

    fn bring_up_to_date(&mut self, pid: Pid, held: &mut Held<G>) -> Result<(), GuestFault> {
        let seen = if G::shares_code() { &mut self.shared_seen } else { &mut held.seen };
        let from = std::mem::replace(seen, self.changes.len());
        if from == self.changes.len() {
            return Ok(());
        }
        let guest = held.guest(pid)?;
        self.changes.iter().skip(from).try_for_each(|change| apply(guest, change))
    }

    fn up_to_date(&mut self, pid: Pid) -> Option<&mut G> {
        let mut held = self.guests.remove(&pid)?;
        // A guest that cannot have the code ends at its next turn; here it answers as it is.
        let outcome = self.bring_up_to_date(pid, &mut held);
        held.seen -= usize::from(outcome.is_err());
        self.guests.insert(pid, held);
        self.get_mut(pid)
    }
}

impl<G: Guest> Clone for SavedGuests<G> {
    fn clone(&self) -> Self {
        Self { guests: self.guests.clone(), changes: self.changes.clone(), made: self.made }
    }
}

impl<G: Guest> SavedGuests<G> {
    /// Guests that go on from here. Each is only made when it is needed.
    pub(crate) fn restore(&self) -> Guests<G> {
        let held = |saved: &G::Saved, seen: usize| Box::new(Held::of_saved(saved.clone(), seen));
        let held = self.guests.iter().map(|(pid, saved, seen)| (*pid, held(saved, *seen)));
        let (changes, shared_seen) = (self.changes.clone(), self.changes.len());
        Guests { guests: held.collect(), changes, shared_seen, made: self.made }
    }

    /// Bytes that were copied for this, those apart that it shares with what was saved before.
    pub(crate) fn own_bytes(&self) -> u64 {
        self.guests.iter().map(|(_, saved, _)| saved.own_bytes()).sum()
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
        self.made = 0;
        self.changes.push_back(change);
    }
}
