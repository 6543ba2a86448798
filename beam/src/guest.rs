//! The process interface of a wasm guest: what the host can ask of it, and how it asks the host.
//!
//! Bytes go in through one buffer ([`Guest::buffer`]) and come out through another ([`Output`]). Terms are in the external
//! term format. `bin/guest.rs` exports these functions; `docs/process-interface.md` describes them for other guests.

use crate::etf::{self, EncodeOptions};
use crate::host::Host;
use crate::image::{ImageRef, Release};
use crate::interp::turn::Turn;
use crate::natives::processes;
use crate::term::Term;
use crate::vm::Vm;

/// Bytes that the host can hand over without the buffer being made larger.
const INPUT_BYTES: usize = 1024;

/// How a turn ended, for the host.
pub mod status {
    /// The reductions are used up.
    pub const YIELD: u32 = 0;
    /// Waiting for a message.
    pub const WAITING: u32 = 1;
    /// Waiting for a message until [`super::Output::deadline`].
    pub const WAITING_UNTIL: u32 = 2;
    /// Ended; the reason is in the output.
    pub const EXITED: u32 = 3;
    /// Ended by an error or throw that nobody caught; the reason is in the output.
    pub const CRASHED: u32 = 4;
    /// The request failed; the output holds a text.
    pub const FAILED: u32 = 5;
    /// The request succeeded.
    pub const OK: u32 = 0;
    /// The question is none that the guest knows.
    pub const UNKNOWN: u32 = 6;
}

/// What the host reads after a call.
#[repr(C)]
#[derive(Default)]
pub struct Output {
    /// Address of the bytes.
    pub address: u32,
    /// Number of bytes.
    pub length: u32,
    /// Virtual monotonic time in nanoseconds until which the process waits.
    pub deadline: i64,
    /// Reductions that the process has used in all.
    pub reductions: u64,
    /// Messages in the mailbox.
    pub mailbox_messages: u64,
    /// Bytes of those that have not been looked at.
    pub mailbox_bytes: u64,
    /// Bytes of heap and stack.
    pub memory: u64,
}

/// The state of a guest instance: an image, and after [`Guest::start`] a process.
pub struct Guest {
    image: ImageRef,
    vm: Option<Vm>,
    input: Vec<u8>,
    bytes: Vec<u8>,
    output: Output,
}

impl Guest {
    /// A guest with an empty image.
    pub fn new() -> Guest {
        let image = ImageRef::new();
        image.get_mut().expect_library();
        Guest { image, vm: None, input: Vec::new(), bytes: Vec::new(), output: Output::default() }
    }
    /// Room for a number of bytes from the host.
    pub fn buffer(&mut self, length: usize) -> *mut u8 {
        self.input.resize(length.max(self.input.len()), 0);
        self.input.as_mut_ptr()
    }
    /// What the last call left for the host.
    pub fn output(&mut self) -> *const Output {
        self.output.address = self.bytes.as_ptr() as usize as u32;
        self.output.length = self.bytes.len() as u32;
        &raw const self.output
    }
    /// Loads the `.beam` file in the buffer into the image.
    pub fn load(&mut self, length: usize) -> u32 {
        let input = std::mem::take(&mut self.input);
        let loaded = crate::load::load(&self.image, &input[..length]);
        self.input = input;
        match loaded {
            Ok(_) => {
                if let Some(vm) = &mut self.vm {
                    vm.renew_watch();
                }
                status::OK
            }
            Err(error) => self.failed(&error.to_string()),
        }
    }
    /// Says which release the library is of. The buffer holds that of OTP and the version of its runtime system: `27 15.2.7`.
    pub fn release(&mut self, length: usize) -> u32 {
        let text = String::from_utf8_lossy(&self.input[..length]).into_owned();
        let Some((otp, erts)) = text.split_once(' ') else { return self.failed("the release is malformed") };
        self.image.get_mut().release = Release::new(otp, erts);
        status::OK
    }
    /// Ends the loading of code: makes room in the image for what a process may add to it.
    pub fn complete(&mut self) {
        let image = self.image.get_mut();
        image.reserve();
        // An image that is extended by the code of a sandbox keeps the number: the sandbox counts those atoms.
        let library_atoms = *image.library_atoms.get_or_insert(image.atoms.len());
        image.atoms.library_ends_at(library_atoms);
        (self.input, self.bytes) = (Vec::new(), Vec::new());
    }
    /// Makes a process that is ready to start, so that this work is part of the image.
    pub fn prepare(&mut self, host: Box<dyn Host>) {
        // Whether a host asks for less than this or remembers the place makes no difference to what a process is.
        self.input = vec![0; INPUT_BYTES];
        self.vm = Some(Vm::new(self.image.clone(), host, Term::pid(0)));
    }
    /// Gives up the process that was prepared and all that was allocated for it.
    pub fn give_up(&mut self) {
        self.vm = None;
        (self.input, self.bytes) = (Vec::new(), Vec::new());
    }
    /// Starts the process. The buffer holds `{Pid, Module, Function, Arguments, Flags}`, where `Flags` is a list of
    /// `{Flag, Value}` as of `process_flag/2`.
    pub fn start(&mut self, length: usize) -> u32 {
        let Some(vm) = &mut self.vm else { return self.failed("the guest was not prepared") };
        let decoded = etf::decode(&mut vm.heap, &self.image, &self.input[..length], false);
        let parts = decoded.ok().and_then(|(term, _)| term.tuple_of::<5>().copied());
        let Some([pid, module, function, arguments, flags]) = parts else {
            return self.failed("the start request is malformed");
        };
        vm.pid = pid;
        vm.group_leader = pid;
        for flag in flags.list() {
            let known = flag.tuple_of::<2>().map(|[name, value]| processes::flag::set(vm, *name, *value));
            if !matches!(known, Some(Ok(_))) {
                return self.failed("a process flag is malformed");
            }
        }
        match vm.start(module, function, arguments) {
            Ok(()) => status::OK,
            Err(_) => self.failed("the arguments are no proper list"),
        }
    }
    /// Puts the message in the buffer into the mailbox.
    pub fn deliver(&mut self, length: usize) -> u32 {
        let Some(vm) = &mut self.vm else { return self.failed("there is no process") };
        vm.mailbox.push(&self.input[..length]);
        status::OK
    }
    /// Puts the messages in the buffer, each behind its length in four bytes (little-endian), into the mailbox and runs a turn. Gives
    /// its status, and in the upper half the address of what it left for the host.
    pub fn turn(&mut self, length: usize, reductions: i64) -> u64 {
        if let Some(vm) = &mut self.vm {
            let mut rest = &self.input[..length];
            while let Some((size, behind)) = rest.split_first_chunk() {
                let (message, behind) = behind.split_at(u32::from_le_bytes(*size) as usize);
                vm.add_message(message);
                rest = behind;
            }
        }
        let status = self.run(reductions);
        u64::from(status) | (self.output() as usize as u64) << 32
    }
    /// Runs a turn.
    pub fn run(&mut self, reductions: i64) -> u32 {
        let Some(vm) = &mut self.vm else { return self.failed("there is no process") };
        let turn = vm.run(reductions);
        self.output.reductions = vm.reductions_used;
        self.output.mailbox_messages = vm.mailbox.messages.len() as u64;
        self.output.mailbox_bytes = vm.mailbox.encoded_bytes as u64;
        self.output.memory = (vm.heap.block_words() as u64) * 8;
        match turn {
            Turn::Yield => status::YIELD,
            Turn::Waiting(None) => status::WAITING,
            Turn::Waiting(Some(deadline)) => {
                self.output.deadline = deadline;
                status::WAITING_UNTIL
            }
            Turn::Exited(exit) => {
                let bytes = etf::encode(self.image.get(), exit.reason, EncodeOptions::default());
                // A reason that is too large to send is not told.
                self.bytes = bytes.unwrap_or_else(|_| b"\x83\x77\x0csystem_limit".to_vec());
                if exit.is_crash { status::CRASHED } else { status::EXITED }
            }
        }
    }
    /// Answers the question in the buffer; the output holds the answer. See [`processes::info::answer`].
    pub fn ask(&mut self, length: usize) -> u32 {
        let Some(vm) = &mut self.vm else { return self.failed("there is no process") };
        let decoded = etf::decode(&mut vm.heap, &self.image, &self.input[..length], false);
        let answer = decoded.ok().and_then(|(question, _)| processes::info::answer(vm, question).ok().flatten());
        let encoded = answer.map(|answer| etf::encode(self.image.get(), answer, EncodeOptions::default()));
        match encoded {
            Some(Ok(bytes)) => {
                self.bytes = bytes;
                status::OK
            }
            _ => status::UNKNOWN,
        }
    }
    fn failed(&mut self, text: &str) -> u32 {
        self.bytes = text.as_bytes().to_vec();
        status::FAILED
    }
}

impl Default for Guest {
    fn default() -> Self {
        Self::new()
    }
}
