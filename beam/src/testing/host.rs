//! A host of which a test decides what it answers.

use crate::host::{Host, NoHost};
use crate::image::ImageRef;
use crate::term::Term;
use crate::vm::Vm;

type Answer = Result<Vec<u8>, Vec<u8>>;
type Call = Box<dyn FnMut(u16, &[u8]) -> Answer>;

/// Answers as [`NoHost`] does, but for what a test says.
pub(crate) struct Scripted {
    pub(crate) none: NoHost,
    /// [`Host::call`]
    pub(crate) call: Call,
    /// [`Host::persistent_changes`]
    pub(crate) persistent_changes: Box<dyn FnMut() -> Option<u64>>,
    /// [`Host::new_atom`]
    pub(crate) new_atom: Box<dyn FnMut() -> bool>,
}

impl Default for Scripted {
    fn default() -> Scripted {
        let mut none = NoHost::new();
        Scripted {
            none: NoHost::new(),
            call: Box::new(move |function, arguments| none.call(function, arguments)),
            persistent_changes: Box::new(|| None),
            new_atom: Box::new(|| true),
        }
    }
}

impl Scripted {
    /// A process without code on this host.
    pub(crate) fn process(self) -> Vm {
        Vm::new(ImageRef::new(), Box::new(self), Term::pid(1))
    }
}

impl Host for Scripted {
    fn send(&mut self, to: &[u8], message: &[u8]) -> Result<(), Vec<u8>> {
        self.none.send(to, message)
    }
    fn call(&mut self, function: u16, arguments: &[u8]) -> Answer {
        (self.call)(function, arguments)
    }
    fn persistent_changes(&mut self) -> Option<u64> {
        (self.persistent_changes)()
    }
    fn make_ref(&mut self) -> u64 {
        self.none.make_ref()
    }
    fn unique_integer(&mut self) -> u64 {
        self.none.unique_integer()
    }
    fn monotonic_time(&mut self) -> i64 {
        self.none.monotonic_time()
    }
    fn system_time(&mut self) -> i64 {
        self.none.system_time()
    }
    fn random(&mut self, buffer: &mut [u8]) {
        self.none.random(buffer);
    }
    fn module(&mut self, name: &str) -> Option<Vec<u8>> {
        self.none.module(name)
    }
    fn load_failed(&mut self, name: &str, reason: &str) {
        self.none.load_failed(name, reason);
    }
    fn new_atom(&mut self, _name: &str) -> bool {
        (self.new_atom)()
    }
}
