//! The world outside a process, as it is asked for by the process' natives.
//!
//! `sandbox-runtime` implements it behind wasm imports, tests implement it in memory. Terms cross it in the external
//! term format. A call never blocks: a `receive` with nothing to take ends the turn instead.

use std::collections::VecDeque;

use crate::etf;
use crate::natives::hosted::hosted_number;

/// Something that a process does within itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// It took the message at this place out of its mailbox, counted from the oldest one.
    Received(usize),
    /// It collected garbage.
    Collected {
        /// Bytes in use before.
        before: usize,
        /// Bytes in use after.
        after: usize,
    },
    /// A behaviour goes on with another state than it had.
    StateChanged,
}

impl Note {
    /// The note as three numbers: which one, and what it says.
    pub const fn numbers(self) -> (u32, u64, u64) {
        match self {
            Note::Received(at) => (1, at as u64, 0),
            Note::Collected { before, after } => (2, before as u64, after as u64),
            Note::StateChanged => (3, 0, 0),
        }
    }
}

/// What the machine has for a process whose turn goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A message, as [`Host::receive`] gives it.
    Message(Vec<u8>),
    /// Nothing.
    Nothing,
    /// No message, and the process has to end now; see [`Host::must_stop`].
    Stop,
}

/// Services of the machine around one process. All of them answer at once.
pub trait Host {
    /// Sends a message. `to` and `message` are in the external term format; `to` is a pid, name, alias or `{Name, Node}`.
    /// Fails with a reason (external term format), as `badarg` for a name that is not registered.
    fn send(&mut self, to: &[u8], message: &[u8]) -> Result<(), Vec<u8>>;
    /// As [`Host::send`] to a process of this node, by its number.
    fn send_to(&mut self, pid: u64, message: &[u8]) -> Result<(), Vec<u8>> {
        self.send(&etf::local_pid(pid), message)
    }
    /// The next message that the machine holds for this process although its turn goes on: one that the process sent to
    /// itself, by whatever name, or that an act of its own brought about. Messages come in the order in which they would
    /// have been delivered before the next turn.
    fn receive(&mut self) -> Option<Vec<u8>> {
        None
    }
    /// Whether the process has to end now, by a signal to itself or a limit: its turn ends as soon as it can.
    fn must_stop(&self) -> bool {
        false
    }
    /// [`Host::receive`], and where there is nothing, [`Host::must_stop`].
    fn news(&mut self) -> News {
        match self.receive() {
            Some(message) => News::Message(message),
            None if self.must_stop() => News::Stop,
            None => News::Nothing,
        }
    }
    /// Performs a function of [`crate::natives::hosted`] with the list of its arguments (external term format). Gives its value, or
    /// the reason of the error that it raises, in the same format, or `{error, Reason, Cause}` (see [`crate::natives::hosted::call`]).
    fn call(&mut self, function: u16, arguments: &[u8]) -> Result<Vec<u8>, Vec<u8>>;
    /// As [`Host::call`], with arguments and answer in the same buffer. Whether the answer is a value.
    fn call_in(&mut self, function: u16, buffer: &mut Vec<u8>) -> bool {
        let answer = self.call(function, buffer);
        let is_value = answer.is_ok();
        *buffer = answer.unwrap_or_else(|reason| reason);
        is_value
    }
    /// Reductions of work that the last [`Host::call`] was for the host, for the process to be charged.
    fn work(&mut self) -> usize {
        0
    }
    /// How often a persistent term of the sandbox was replaced or erased; `None` where nobody counts. While it stays the same, what was
    /// read is as it was.
    fn persistent_changes(&mut self) -> Option<u64> {
        None
    }
    /// The next reference number of the sandbox.
    fn make_ref(&mut self) -> u64;
    /// The next unique integer of the sandbox (monotonic).
    fn unique_integer(&mut self) -> u64;
    /// Virtual monotonic time in nanoseconds.
    fn monotonic_time(&mut self) -> i64;
    /// Virtual system time in nanoseconds since 1970.
    fn system_time(&mut self) -> i64;
    /// Fills a buffer from the seeded random source.
    fn random(&mut self, buffer: &mut [u8]);
    /// The `.beam` file of a module that is not loaded, if the sandbox has one.
    fn module(&mut self, name: &str) -> Option<Vec<u8>>;
    /// Told that a module which the host gave cannot be loaded.
    fn load_failed(&mut self, name: &str, reason: &str);
    /// Told what the process does that only it knows of.
    fn note(&mut self, _note: Note) {}
    /// Told that a supervisor acts: how, and on whom (external term format).
    fn report(&mut self, _action: &str, _detail: &[u8]) {}
    /// Told when the process creates an atom that its template does not have. False: the sandbox has reached its limit.
    fn new_atom(&mut self, name: &str) -> bool;
    /// Whether another process of the sandbox has made an atom that this one does not have.
    fn knows_atom(&mut self, name: &str) -> bool {
        // The list of the name as a binary, in the external term format.
        let mut arguments = vec![131, 108, 0, 0, 0, 1, 109];
        arguments.extend((name.len() as u32).to_be_bytes());
        arguments.extend(name.as_bytes());
        arguments.push(106);
        self.call(hosted_number!("erlang", "list_to_existing_atom", 1), &arguments).is_ok()
    }
}

/// A host that offers nothing: for code that only computes. Its process is the only one, so what is sent to a pid is sent to
/// itself.
pub struct NoHost {
    refs: u64,
    inbox: VecDeque<Vec<u8>>,
}

/// How the external term format begins a pid (`NEW_PID_EXT` behind the version byte).
const PID: [u8; 2] = [131, 88];

impl NoHost {
    /// A host whose counters begin at one.
    pub fn new() -> NoHost {
        NoHost { refs: 0, inbox: VecDeque::new() }
    }
}

impl Default for NoHost {
    fn default() -> Self {
        Self::new()
    }
}

impl Host for NoHost {
    fn send(&mut self, to: &[u8], message: &[u8]) -> Result<(), Vec<u8>> {
        if to.starts_with(&PID) {
            self.inbox.push_back(message.to_vec());
        }
        Ok(())
    }
    fn receive(&mut self) -> Option<Vec<u8>> {
        self.inbox.pop_front()
    }
    fn call(&mut self, _function: u16, _arguments: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
        Err(b"\x83\x77\x06notsup".to_vec())
    }
    fn make_ref(&mut self) -> u64 {
        self.refs += 1;
        self.refs
    }
    fn unique_integer(&mut self) -> u64 {
        self.make_ref()
    }
    fn monotonic_time(&mut self) -> i64 {
        0
    }
    fn system_time(&mut self) -> i64 {
        0
    }
    fn random(&mut self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
    fn module(&mut self, _name: &str) -> Option<Vec<u8>> {
        None
    }
    fn load_failed(&mut self, _name: &str, _reason: &str) {}
    fn new_atom(&mut self, _name: &str) -> bool {
        true
    }
}
