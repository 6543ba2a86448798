//! What the host keeps of an instance.

use std::collections::VecDeque;
use std::sync::Arc;

use shared::Etf;
use wasmtime::Memory;

use crate::calls::{self, Outcome};
use crate::host::Host;
use crate::host::allowance::Allowance;
use crate::kernel::code::AtomNumbers;

/// What imports of a guest reach.
pub(in crate::host) struct State {
    /// The machine, while the process has its turn.
    pub(super) host: Option<Host>,
    /// The answer that the guest is about to fetch.
    pub(in crate::host) reply: Vec<u8>,
    /// Messages that the machine gave during the turn and the guest has not fetched yet.
    pub(super) polled: VecDeque<Etf>,
    /// Modules that may be loaded on demand.
    pub(super) library: Option<Library>,
    pub(super) allowance: Allowance,
    /// The memory of the guest, once there is one.
    pub(in crate::host) memory: Option<Memory>,
    /// What numbers atoms where there is no machine: code is being loaded into a template.
    pub(super) numbers: Option<AtomNumbers>,
    /// Not the BEAM: nothing that it gives is taken for a term before it was looked at, and its instructions are counted.
    pub(in crate::host) is_foreign: bool,
}

/// Gives the `.beam` file of a module, if there is one.
pub type Library = Arc<dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync>;

impl State {
    pub(in crate::host) fn new(allowance: Allowance) -> State {
        State {
            host: None,
            reply: Vec::new(),
            polled: VecDeque::new(),
            library: None,
            allowance,
            memory: None,
            numbers: None,
            is_foreign: false,
        }
    }
    pub(in crate::host) fn with_host<T>(&mut self, body: impl FnOnce(&mut Host) -> T) -> Option<T> {
        self.host.as_mut().map(body)
    }
    /// An answer that was announced and not fetched is not there any more. What memory it took is kept, unless that is a lot.
    pub(super) fn forget_reply(&mut self) {
        const KEPT: usize = 256;
        if self.reply.capacity() > KEPT {
            self.reply = Vec::new();
        }
        self.reply.clear();
    }
    /// Performs a function of the host. The answer waits to be fetched; what it took is in reductions.
    pub(in crate::host) fn call(&mut self, number: u16, arguments: &[u8]) -> (Outcome, u64) {
        self.reply.clear();
        match &mut self.host {
            Some(host) => (calls::call_into(host, number, arguments, &mut self.reply), host.take_work()),
            None => {
                self.reply.extend_from_slice(Etf::atom("notsup").bytes());
                (Outcome::Failure, 0)
            }
        }
    }
    /// The next message that the machine holds for the process.
    pub(in crate::host) fn receive(&mut self) -> Option<Etf> {
        if self.polled.is_empty() {
            let news = self.with_host(Host::poll).unwrap_or_default();
            self.polled.extend(news.into_iter().map(|delivery| delivery.message));
        }
        self.polled.pop_front()
    }
    pub(in crate::host) fn library(&self, name: &str) -> Option<Vec<u8>> {
        self.library.as_ref().and_then(|library| library(name))
    }
}
