//! Processes of `beam` under the machine without wasm between them, so that a failing program can be debugged as Rust.
//!
//! All processes of an OS thread that come from one [`NativeFactory`] share an image, so code that one of them loads is there
//! for all of them at once. Processes live in the thread that made them: a guest only holds the number of its process.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use beam::etf::{self, EncodeOptions};
use beam::host::Note;
use beam::image::ImageRef;
use beam::interp::turn::Turn;
use beam::natives::processes::{flag, info};
use beam::term::Term;
use beam::vm::Vm;
use sandbox_runtime::calls;
use sandbox_runtime::guest::{Guest, GuestFactory, GuestFault, NeverSaved};
use sandbox_runtime::host::Host;
use sandbox_runtime::kernel::{TurnReport, TurnResult};
use shared::event::Entry;
use shared::term::Atom;
use shared::{Etf, Pid, VirtualTime};

/// Gives the `.beam` file of a module.
pub type Library = Rc<dyn Fn(&str) -> Option<Vec<u8>>>;

/// Makes processes on one image.
pub struct NativeFactory {
    image: ImageRef,
    library: Library,
    /// Collect garbage at every allocation.
    pub stress: bool,
}

impl NativeFactory {
    /// Processes on an image; modules that are not in it come from a library when they are first called.
    pub fn new(image: ImageRef, library: Library) -> NativeFactory {
        NativeFactory { image, library, stress: false }
    }
}

impl GuestFactory for NativeFactory {
    type Guest = NativeGuest;

    fn instantiate(&mut self, pid: Pid) -> Result<NativeGuest, GuestFault> {
        let slot = Slot::default();
        let host = VmHost { slot: slot.clone(), library: self.library.clone() };
        let mut vm = Vm::new(self.image.clone(), Box::new(host), Term::pid(pid.0));
        vm.heap.stress = self.stress;
        let number = PROCESSES.with_borrow_mut(|processes| processes.add(Native { vm, slot }));
        Ok(NativeGuest { number })
    }
}

/// Where the machine's host is while the process has its turn.
type Slot = Rc<RefCell<Option<Host>>>;

struct Native {
    vm: Vm,
    slot: Slot,
}

#[derive(Default)]
struct Processes {
    alive: HashMap<u64, Native>,
    next: u64,
}

impl Processes {
    fn add(&mut self, process: Native) -> u64 {
        self.next += 1;
        self.alive.insert(self.next, process);
        self.next
    }
}

thread_local! {
    static PROCESSES: RefCell<Processes> = RefCell::default();
}

/// A process of this OS thread.
pub struct NativeGuest {
    number: u64,
}

impl Drop for NativeGuest {
    fn drop(&mut self) {
        let process = PROCESSES.with_borrow_mut(|processes| processes.alive.remove(&self.number));
        drop(process);
    }
}

impl NativeGuest {
    /// Runs something with the process. It is not in the table meanwhile: its natives may ask other processes there.
    fn with<T>(&mut self, body: impl FnOnce(&mut Native) -> T) -> T {
        let taken = PROCESSES.with_borrow_mut(|processes| processes.alive.remove(&self.number));
        let mut process = taken.expect("a guest stays in the thread that made it");
        let result = body(&mut process);
        PROCESSES.with_borrow_mut(|processes| processes.alive.insert(self.number, process));
        result
    }
}

fn fault(reason: &str) -> GuestFault {
    GuestFault::new(Etf::atom(reason))
}

fn encode(vm: &Vm, term: Term) -> Option<Etf> {
    let bytes = etf::encode(vm.image.get(), term, EncodeOptions::default()).ok()?;
    Some(Etf::from_trusted(bytes))
}

fn decode(vm: &mut Vm, etf: &Etf) -> Result<Term, GuestFault> {
    let decoded = etf::decode(&mut vm.heap, &vm.image, etf.bytes(), false);
    decoded.map(|(term, _)| term).map_err(|_| fault("badarg"))
}

impl Guest for NativeGuest {
    type Saved = NeverSaved;

    fn save(&mut self, _before: Option<&NeverSaved>) -> Option<NeverSaved> {
        None
    }

    fn restore(saved: &NeverSaved, _pid: Pid) -> Result<NativeGuest, GuestFault> {
        match *saved {}
    }

    fn load_code(&mut self, _module: &str, code: &[u8]) -> Result<(), GuestFault> {
        self.with(|process| {
            // The image is everybody's, and every guest is told.
            let image = process.vm.image.clone();
            let is_there = image.get().modules.values().any(|module| md5(code).is_some_and(|md5| module.md5 == md5));
            if is_there { Ok(()) } else { process.vm.load_module(code).map(drop).map_err(|_| fault("badfile")) }
        })
    }

    fn start(&mut self, entry: &Entry) -> Result<(), GuestFault> {
        self.with(|Native { vm, .. }| {
            let module = vm.atom(entry.module.as_str()).map_err(|_| fault("system_limit"))?;
            let function = vm.atom(entry.function.as_str()).map_err(|_| fault("system_limit"))?;
            if let Some(flags) = &entry.flags {
                for pair in decode(vm, flags)?.list() {
                    let [name, value] = *pair.tuple_of::<2>().ok_or_else(|| fault("badarg"))?;
                    flag::set(vm, name, value).map_err(|_| fault("badarg"))?;
                }
            }
            let arguments = decode(vm, &entry.args)?;
            vm.start(module, function, arguments).map_err(|_| fault("badarg"))
        })
    }

    fn deliver(&mut self, message: &Etf) -> Result<(), GuestFault> {
        self.with(|process| process.vm.mailbox.push(message.bytes()));
        Ok(())
    }

    fn run(&mut self, host: Host, reductions: u32) -> (Host, Result<TurnReport, GuestFault>) {
        self.with(|process| {
            process.slot.replace(Some(host));
            let before = process.vm.reductions_used;
            let turn = process.vm.run(i64::from(reductions));
            let host = process.slot.take().expect("nobody but this function takes the host away");
            let vm = &mut process.vm;
            let result = match turn {
                Turn::Yield => TurnResult::Yield,
                Turn::Waiting(until) => {
                    TurnResult::Waiting { until: until.map(|nanos| VirtualTime(u64::try_from(nanos).unwrap_or(0))) }
                }
                Turn::Exited(exit) => {
                    TurnResult::Exited { reason: encode(vm, exit.reason).unwrap_or_else(|| Etf::atom("system_limit")) }
                }
            };
            let report = TurnReport {
                result,
                reductions: u32::try_from(vm.reductions_used - before).unwrap_or(u32::MAX),
                mailbox_messages: vm.mailbox.messages.len() as u64,
                mailbox_bytes: vm.mailbox.encoded_bytes as u64,
                memory: vm.heap.block_words() as u64 * 8,
            };
            (host, Ok(report))
        })
    }

    fn shares_code() -> bool {
        true
    }

    fn inspect(&mut self, item: &str) -> Option<Etf> {
        self.ask(&shared::Term::atom(item))
    }

    fn ask(&mut self, question: &shared::Term) -> Option<Etf> {
        self.with(|Native { vm, .. }| {
            let question = decode(vm, &Etf::of(question)).ok()?;
            let answer = info::answer(vm, question).ok()??;
            encode(vm, answer)
        })
    }
}

fn md5(code: &[u8]) -> Option<[u8; 16]> {
    beam::loader::parse(code, &beam::loader::Limits::default()).ok().map(|file| file.md5)
}

/// What a process reaches of the machine. Outside a turn there is nothing.
struct VmHost {
    slot: Slot,
    library: Library,
}

impl VmHost {
    fn with<T>(&self, body: impl FnOnce(&mut Host) -> T) -> Option<T> {
        self.slot.borrow_mut().as_mut().map(body)
    }
}

impl beam::host::Host for VmHost {
    fn send(&mut self, to: &[u8], message: &[u8]) -> Result<(), Vec<u8>> {
        self.with(|host| calls::send(host, to, Etf::from_trusted(message))).unwrap_or(Ok(()))
    }
    fn receive(&mut self) -> Option<Vec<u8>> {
        self.with(Host::receive).flatten().map(|message| message.bytes().to_vec())
    }
    fn must_stop(&self) -> bool {
        self.with(|host| host.must_stop()).unwrap_or(false)
    }
    fn call(&mut self, function: u16, arguments: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
        let answer = self.with(|host| calls::call(host, function, arguments));
        answer.unwrap_or_else(|| Err(Etf::atom("notsup").bytes().to_vec()))
    }
    fn work(&mut self) -> usize {
        self.with(|host| usize::try_from(host.take_work()).unwrap_or(usize::MAX)).unwrap_or(0)
    }
    fn persistent_changes(&mut self) -> Option<u64> {
        self.with(|host| host.kernel().persistent_terms().changes())
    }
    fn make_ref(&mut self) -> u64 {
        self.with(|host| host.make_ref().0).unwrap_or(0)
    }
    fn unique_integer(&mut self) -> u64 {
        self.with(Host::unique_integer).unwrap_or(0)
    }
    fn monotonic_time(&mut self) -> i64 {
        self.with(|host| host.now().nanos().cast_signed()).unwrap_or(0)
    }
    fn system_time(&mut self) -> i64 {
        self.with(|host| host.system_time_nanos().cast_signed()).unwrap_or(0)
    }
    fn random(&mut self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let word = self.with(Host::random).unwrap_or(0).to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
    fn module(&mut self, name: &str) -> Option<Vec<u8>> {
        let loaded = self.with(|host| host.code(&Atom::new(name)).map(|module| module.code.to_vec()));
        loaded.flatten().or_else(|| (self.library)(name))
    }
    fn load_failed(&mut self, name: &str, reason: &str) {
        let detail = shared::Term::tuple([shared::Term::atom(name), shared::Term::binary(reason.as_bytes())]);
        self.with(|host| host.report(Atom::new("load_failed"), Etf::of(&detail)));
    }
    fn note(&mut self, note: Note) {
        self.with(|host| match note {
            Note::Received(at) => host.note_received(at as u64),
            Note::Collected { before, after } => host.note_collected(before as u64, after as u64),
            Note::StateChanged => host.note_state_changed(),
        });
    }
    fn report(&mut self, action: &str, detail: &[u8]) {
        self.with(|host| host.supervises(Atom::new(action), Etf::from_trusted(detail)));
    }
    fn new_atom(&mut self, name: &str) -> bool {
        self.with(|host| host.add_atom(Atom::new(name)).is_ok()).unwrap_or(true)
    }
}
