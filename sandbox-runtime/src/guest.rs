//! What a process is to the machine, whatever it runs on: a wasm instance, or Rust in a test.
//!
//! A guest is called, runs a bounded turn and returns; it never waits within the host. Everything that crosses is
//! plain: encoded terms and numbers.

use std::sync::Arc;

use shared::event::Entry;
use shared::limits::LimitKind;
use shared::{Etf, Pid, Term};

use crate::host::Host;
use crate::kernel::code::AtomNumbers;
use crate::kernel::{Delivery, TurnReport};

/// One process's own part: its code, heap, stack, mailbox and dictionary.
pub trait Guest: Send + 'static {
    /// The guest as it is between two turns, apart from it.
    type Saved: SavedGuest;

    /// What this guest is now. `before` is what it was when it was saved last: what is the same may be shared with that.
    /// `None` for a guest that cannot be saved.
    fn save(&mut self, before: Option<&Self::Saved>) -> Option<Self::Saved>;

    /// A guest that goes on as the saved one would have.
    ///
    /// # Errors
    /// When there is no room for it; the process ends with that reason.
    fn restore(saved: &Self::Saved, pid: Pid) -> Result<Self, GuestFault>
    where
        Self: Sized;

    /// Replaces or adds a module. Called between turns.
    ///
    /// # Errors
    /// When the code is not acceptable; the process ends with that reason.
    fn load_code(&mut self, module: &str, code: &[u8]) -> Result<(), GuestFault>;

    /// Makes the first call of the process ready. Called once, before the first turn.
    ///
    /// # Errors
    /// When that is not possible; the process ends with that reason.
    fn start(&mut self, entry: &Entry) -> Result<(), GuestFault>;

    /// Puts a message at the end of the mailbox.
    ///
    /// # Errors
    /// When it does not fit; the process ends with that reason.
    fn deliver(&mut self, message: &Etf) -> Result<(), GuestFault>;

    /// Runs for about `reductions` reductions, less when it waits, ends or [`Host::must_stop`]. Before a wait times
    /// out, a guest asks [`Host::poll`] for what it sent to itself. The host is handed over for that time, so that a guest can keep it
    /// where its imports find it.
    fn run(&mut self, host: Host, reductions: u32) -> (Host, Result<TurnReport, GuestFault>);

    /// Puts messages at the end of the mailbox, as [`Guest::deliver`] does, and runs.
    fn turn(&mut self, messages: &[Delivery], host: Host, reductions: u32) -> (Host, Result<TurnReport, GuestFault>) {
        match messages.iter().try_for_each(|delivery| self.deliver(&delivery.message)) {
            Ok(()) => self.run(host, reductions),
            Err(fault) => (host, Err(fault)),
        }
    }

    /// Answers a question about the process without running it: `state`, `current_stacktrace`, `dictionary`,
    /// `messages`... `None` when it does not know the item.
    fn inspect(&mut self, item: &str) -> Option<Etf>;

    /// Does or tells what is asked for while the process does not run: an item of `process_info/2` (an atom or
    /// `{dictionary, Key}`), `garbage_collect`, or one of these about a module: `{module_loaded, Module}`,
    /// `{check_process_code, Module}`, `{delete_module, Module}`, `{purge_module, Module}`. `None` when it does not know
    /// how.
    fn ask(&mut self, question: &Term) -> Option<Etf> {
        question.as_atom().and_then(|item| self.inspect(item))
    }

    /// Tells which calls the process has to tell of from its next turn on: see [`crate::kernel::Kernel::watch`].
    fn watch(&mut self, watch: &Term) {
        self.ask(&Term::tuple([Term::atom("watch"), watch.clone()]));
    }

    /// Whether all guests of a machine have their code in common, so that one of them changes it for all.
    fn shares_code() -> bool
    where
        Self: Sized,
    {
        false
    }
}

/// A guest as it was between two turns. A copy costs next to nothing.
pub trait SavedGuest: Clone + Send + Sync + 'static {
    /// Stands for everything that decides what the guest will do.
    fn digest(&self) -> u64;

    /// Bytes that were copied for it, those apart that it shares with what the guest was before.
    fn own_bytes(&self) -> u64;
}

/// [`Guest::Saved`] of guests that cannot be saved.
#[derive(Clone, Copy, Debug)]
pub enum NeverSaved {}

impl SavedGuest for NeverSaved {
    fn digest(&self) -> u64 {
        match *self {}
    }

    fn own_bytes(&self) -> u64 {
        match *self {}
    }
}

/// Makes guests.
pub trait GuestFactory {
    /// What it makes.
    type Guest: Guest;

    /// A guest with the code of the sandbox, that has not started.
    ///
    /// # Errors
    /// When there is no room for one more; the process ends with that reason.
    fn instantiate(&mut self, pid: Pid) -> Result<Self::Guest, GuestFault>;

    /// Makes ready what the next guests begin with, while there is nothing else to do. They are the same as without that.
    fn prepare(&mut self) {}

    /// A guest that runs this wasm module, which [`crate::kernel::wasm::scan`] accepted, in place of the BEAM.
    ///
    /// # Errors
    /// As [`GuestFactory::instantiate`], and when this factory makes none of that kind.
    fn instantiate_wasm(&mut self, pid: Pid, wasm: &Arc<[u8]>) -> Result<Self::Guest, GuestFault> {
        let (_, _) = (pid, wasm);
        Err(GuestFault::new(Etf::atom("notsup")))
    }

    /// A factory of guests that have these modules loaded from the beginning, so that none of them has to do it; `None` where
    /// that is not possible. It must make the same guests each time for the same modules.
    /// Atoms that only these modules have get numbers.
    fn with_code(&self, _code: &[Arc<[u8]>], _numbers: &mut AtomNumbers) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }
}

/// A guest failed as a whole: it trapped, broke the interface, or was stopped. That ends its process and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestFault {
    /// The exit reason of the process.
    pub reason: Etf,
    /// Reductions that the turn took until then.
    pub reductions: u32,
    /// Who is to blame.
    pub cause: FaultCause,
}

/// Why a guest failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultCause {
    /// Something that it did. It will do it again when the run is repeated.
    Guest,
    /// It reached a limit of its sandbox, as it will when the run is repeated.
    Limit(LimitKind),
    /// Its server stopped it. What the server can bear is not a matter of the sandbox, so this is an input of the machine:
    /// see [`shared::command::Interruption`].
    Server(LimitKind),
}

impl GuestFault {
    /// A fault of the guest's own, at the beginning of a turn.
    pub fn new(reason: Etf) -> GuestFault {
        GuestFault { reason, reductions: 0, cause: FaultCause::Guest }
    }

    /// Something was reached that the sandbox or its server does not allow.
    pub fn limit(cause: FaultCause) -> GuestFault {
        let limit = match cause {
            FaultCause::Limit(limit) | FaultCause::Server(limit) => limit.atom(),
            FaultCause::Guest => "guest",
        };
        let reason = Term::tuple([Term::atom("system_limit"), Term::atom(limit)]);
        GuestFault { reason: Etf::of(&reason), reductions: 0, cause }
    }
}
