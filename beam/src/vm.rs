//! One process: its registers, heap, mailbox and dictionary, on top of a shared image.

use crate::atom::AtomTable;
use crate::atoms;
use crate::bitstring::builder::Builder;
use crate::dictionary::Dictionary;
use crate::etf;
use crate::fail::Fail;
use crate::flags::Flags;
use crate::heap::{Heap, MIN_BLOCK_WORDS};
use crate::host::{Host, Note};
use crate::image::{ImageRef, Mfa};
use crate::interp::tracing::Watch;
use crate::interp::turn::Exit;
use crate::load;
use crate::loader::LoadError;
use crate::mailbox::{Mailbox, Message};
use crate::natives::buffers::Buffers;
use crate::natives::debug::internal_state::InternalState;
use crate::natives::messages;
use crate::natives::zlib::stream::Streams;
use crate::persistent_terms::PersistentTerms;
use crate::regex::cache::Regexes;
use crate::registers::Registers;
use crate::term::Term;

/// One process.
pub struct Vm {
    /// Atoms, code and natives.
    pub image: ImageRef,
    /// Heap and stack.
    pub heap: Heap,
    /// X registers and floating-point registers.
    pub x: Registers,
    /// Binary that the old instructions for bitstrings are writing to. Its storage is a root.
    pub builder: Option<Builder>,
    /// Process dictionary.
    pub dictionary: Dictionary,
    /// Message queue.
    pub mailbox: Mailbox,
    /// The world outside.
    pub host: Box<dyn Host>,
    /// The process itself.
    pub pid: Term,
    /// Its group leader.
    pub group_leader: Term,
    /// Persistent terms that it has read.
    pub(crate) persistent_terms: PersistentTerms,
    /// Streams of `zlib`.
    pub zlib: Streams,
    /// Regular expressions that the process has compiled.
    pub regexes: Regexes,
    /// Reductions left in this turn; natives that do much work take from it with [`Vm::charge`].
    pub reductions_left: i64,
    /// Reductions of all turns before this one.
    pub reductions_used: u64,
    /// Reductions that this turn began with.
    pub(crate) turn_reductions: i64,
    /// Words of memory that collections have given back.
    words_collected: u64,
    /// Where the next turn begins.
    pub(crate) pc: *const u64,
    /// X registers that hold values between turns.
    pub(crate) live: usize,
    /// When the current `receive` ends (virtual monotonic time in nanoseconds).
    pub(crate) deadline: Option<i64>,
    /// The call that failed last, for the top of a stack trace.
    pub(crate) fault: Option<Fault>,
    /// Why the process ended.
    pub(crate) exit: Exit,
    /// What to call when a message arrives, after `erlang:hibernate/3`.
    pub(crate) hibernating: Option<(Term, Term, Term)>,
    /// Module that is asked about functions that are not defined (`process_flag(error_handler, ...)`).
    pub error_handler: Term,
    /// The function that the process began with.
    pub initial_call: Mfa,
    /// What the process set about itself.
    pub flags: Flags,
    /// Byte queues of `prim_buffer`.
    pub(crate) buffers: Buffers,
    /// The state that a behaviour went on with last; [`Term::NONE`] before that.
    pub(crate) state: Term,
    /// The calls that somebody is told of.
    pub(crate) watch: Option<Box<Watch>>,
    /// What OTP's own tests have turned.
    pub(crate) internal_state: InternalState,
    /// Memory for encoded terms on their way to the machine and back, used again and again. Holds nothing between two instructions.
    bytes: Vec<u8>,
}

/// Bytes of a message that count as a reduction when it is decoded.
const CHARGED_BYTES: usize = 256;

/// Bytes that are kept for encoded terms.
const KEPT_BYTES: usize = 2048;

/// A call that failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) module: Term,
    pub(crate) function: Term,
    /// List of its arguments.
    pub(crate) arguments: Term,
    /// A native: its stack item says where to find an explanation.
    pub(crate) is_native: bool,
}

impl Vm {
    /// A process with nothing to do.
    pub fn new(image: ImageRef, host: Box<dyn Host>, pid: Term) -> Vm {
        Vm {
            image,
            heap: Heap::new(MIN_BLOCK_WORDS),
            x: Registers::new(),
            dictionary: Dictionary::default(),
            mailbox: Mailbox::default(),
            host,
            pid,
            group_leader: pid,
            persistent_terms: PersistentTerms::default(),
            zlib: Streams::default(),
            regexes: Regexes::default(),
            reductions_left: 0,
            reductions_used: 0,
            turn_reductions: 0,
            words_collected: 0,
            pc: std::ptr::null(),
            live: 0,
            deadline: None,
            fault: None,
            exit: Exit { reason: atoms::NORMAL, is_crash: false },
            hibernating: None,
            error_handler: atoms::ERROR_HANDLER,
            initial_call: (Term::NIL, Term::NIL, 0),
            flags: Flags::default(),
            buffers: Buffers::new(),
            state: Term::NONE,
            watch: None,
            internal_state: InternalState::default(),
            builder: None,
            bytes: Vec::new(),
        }
    }
    /// The atom table, to compare terms.
    pub fn atoms(&self) -> &AtomTable {
        &self.image.get().atoms
    }
    /// Where a call of an export continues.
    pub(crate) fn export_code(&self, index: usize) -> *const u64 {
        self.image.get().code.exports[index].code
    }
    /// Collects garbage with the first `live` X registers in use, so that `need` words are free. False: over the hard limit.
    pub fn collect(&mut self, need: usize, live: usize) -> bool {
        let Vm { heap, x, dictionary, mailbox, group_leader, fault, exit, hibernating, builder, state, .. } = self;
        let before = heap.heap_words() + heap.fragment_words;
        let ok = heap.collect(need, &mut |visit| {
            x[..live].iter_mut().for_each(&mut *visit);
            dictionary.roots(visit);
            mailbox.roots(visit);
            visit(group_leader);
            visit(&mut exit.reason);
            visit(state);
            if let Some(builder) = builder {
                visit(&mut builder.storage);
            }
            if let Some(fault) = fault {
                visit(&mut fault.arguments);
            }
            if let Some((module, function, arguments)) = hibernating {
                visit(module);
                visit(function);
                visit(arguments);
            }
        });
        self.charge(before >> 6);
        let after = self.heap.heap_words();
        self.words_collected += (before as u64).saturating_sub(after as u64);
        self.host.note(Note::Collected { before: before * 8, after: after * 8 });
        ok
    }
    /// Collects garbage between two turns (`erlang:garbage_collect/0` by somebody else).
    pub fn collect_idle(&mut self) -> bool {
        self.collect(0, self.live)
    }
    /// Adds a message at the end of the mailbox. One that is looked at next, and so small that this is not charged for, is decoded at
    /// once, so that it is not copied before that.
    pub(crate) fn add_message(&mut self, message: &[u8]) {
        if self.mailbox.messages.is_empty()
            && message.len() < CHARGED_BYTES
            && let Ok((term, _)) = etf::decode(&mut self.heap, &self.image, message, false)
        {
            self.mailbox.messages.push_back(Message::Term(term));
        } else {
            self.mailbox.push(message);
        }
    }
    /// The message that the current `receive` looks at, decoded.
    pub(crate) fn current_message(&mut self) -> Result<Option<Term>, Fail> {
        let position = self.mailbox.position;
        if position >= self.mailbox.messages.len() {
            messages::fetch(self);
        }
        let bytes = match self.mailbox.messages.get(position) {
            None => return Ok(None),
            Some(Message::Term(term)) => return Ok(Some(*term)),
            Some(Message::Encoded(bytes)) => bytes,
        };
        let (term, size) = etf::decode(&mut self.heap, &self.image, bytes, false).map_err(|_| Fail::BADARG)?;
        self.mailbox.encoded_bytes = self.mailbox.encoded_bytes.saturating_sub(bytes.len());
        self.mailbox.messages[position] = Message::Term(term);
        self.charge(size / CHARGED_BYTES);
        Ok(Some(term))
    }
    /// Takes the message that the current `receive` has matched.
    pub(crate) fn remove_message(&mut self) {
        self.host.note(Note::Received(self.mailbox.position));
        self.mailbox.remove(self.mailbox.position);
        self.mailbox.position = 0;
        self.deadline = None;
    }
    /// Loads a module that the host has. False: it has none, or it is malformed.
    pub(crate) fn load_from_host(&mut self, module: Term) -> bool {
        let name = self.atom_name(module).to_owned();
        let Some(bytes) = self.host.module(&name) else { return false };
        let atoms = self.atoms().len();
        let loaded = self.load_module(&bytes);
        let is_admitted = self.tell_new_atoms(atoms);
        match loaded {
            Ok(loaded) => {
                self.renew_watch();
                is_admitted && loaded == module
            }
            Err(error) => {
                self.host.load_failed(&name, &error.to_string());
                false
            }
        }
    }
    /// Loads the code of a `.beam` file and makes it the current code of its module. Gives the module's name.
    pub fn load_module(&mut self, bytes: &[u8]) -> Result<Term, LoadError> {
        load::load(&self.image, bytes)
    }
    /// Takes reductions for work that a native does beyond a constant amount. The turn ends after the native if they are used up.
    pub fn charge(&mut self, reductions: usize) {
        self.reductions_left -= reductions as i64;
    }
    /// Reductions of all turns, as far as this one has come.
    pub fn reductions_so_far(&self) -> u64 {
        self.reductions_used + (self.turn_reductions - self.reductions_left).max(0) as u64
    }
    /// Words of memory that the process has taken, those included that it has given back.
    pub(crate) fn words_so_far(&self) -> u64 {
        self.words_collected + (self.heap.heap_words() + self.heap.fragment_words) as u64
    }
    /// Ends the turn behind the native that calls it: what it asked of the machine acts before the process goes on.
    pub fn end_turn(&mut self) {
        // What is given up was not used.
        self.turn_reductions -= self.reductions_left.max(0);
        self.reductions_left = self.reductions_left.min(0);
    }
    /// The atom of a name, made if it is new. Fails with `system_limit` where it is too long or there are too many.
    pub fn atom(&mut self, name: &str) -> Result<Term, Fail> {
        let atoms = &mut self.image.get_mut().atoms;
        if let Some(atom) = atoms.existing(name) {
            return Ok(atom);
        }
        let atom = atoms.intern(name).map_err(|_| Fail::SYSTEM_LIMIT)?;
        if self.host.new_atom(name) { Ok(atom) } else { Err(Fail::SYSTEM_LIMIT) }
    }
    /// Tells the host of the atoms that were made since there were so many. False: there are too many.
    pub(crate) fn tell_new_atoms(&mut self, from: usize) -> bool {
        let atoms = &self.image.get().atoms;
        (from..atoms.len()).all(|number| self.host.new_atom(atoms.name(Term::atom(number as u32))))
    }
    /// Name of an atom.
    pub fn atom_name(&self, atom: Term) -> &str {
        self.image.get().atoms.name(atom)
    }
    /// Empty memory for encoded terms; give it back with [`Vm::keep_bytes`].
    pub(crate) fn take_bytes(&mut self) -> Vec<u8> {
        const FIRST: usize = 256;
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        bytes.reserve(FIRST);
        bytes
    }
    /// Keeps memory for the next time, unless it is a lot.
    pub(crate) fn keep_bytes(&mut self, bytes: Vec<u8>) {
        if bytes.capacity() <= KEPT_BYTES {
            self.bytes = bytes;
        }
    }
    /// A new reference of this node.
    pub fn make_ref(&mut self) -> Term {
        let n = self.host.make_ref();
        self.heap.reference([(n & 0x3ffff) as u32, (n >> 18) as u32, (n >> 50) as u32])
    }
}
