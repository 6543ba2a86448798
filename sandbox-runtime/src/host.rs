//! What the machine offers to a running process: the imports of a guest.
//!
//! Arguments are numbers and encoded terms. A call that fails gives the error that the guest raises in the process.

pub mod admission;
mod allowance;
pub mod archive;
pub mod engine;
mod files;
mod first_pages;
mod foreign;
mod imports;
pub mod instance;
mod memory;
mod pages;
mod prepared;
pub mod saved;
mod spares;
mod tables;
pub mod template;
mod watch;

use std::collections::VecDeque;
use std::sync::Arc;

use shared::event::{Destination, Device, Entry, EventKind};
use shared::term::Atom;
use shared::{Etf, Pid, Ref, Term, VirtualTime};

use crate::kernel::alias::AliasMode;
use crate::kernel::atomics::{AtomicOp, AtomicResult};
use crate::kernel::code::Module;
use crate::kernel::info::Info;
use crate::kernel::monitor::MonitorOptions;
use crate::kernel::spawn::SpawnOptions;
use crate::kernel::timer::TimerForm;
use crate::kernel::turn::Allowance;
use crate::kernel::wasm;
use crate::kernel::{Delivery, Kernel, Raise};
use crate::peers::{CodeChange, CodeChangeKind, Peers};

pub use tables::EtsRaise;
pub use watch::processor_time;

/// The kernel on behalf of the process that has its turn.
pub struct Host {
    kernel: Box<Kernel>,
    pid: Pid,
    /// The guests of the other processes.
    peers: Box<dyn Peers>,
    /// Messages that were polled and not yet taken.
    arrived: VecDeque<Etf>,
    calls: Calls,
    /// Reductions of work that the guest is yet to be charged for.
    work: u64,
}

/// How often the guest has called its host in this turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Calls {
    pub(crate) done: u64,
    /// The turn ends when there were so many, because it did so in the run that is repeated.
    pub(crate) most: Option<u64>,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("pid", &self.pid).finish_non_exhaustive()
    }
}

impl Host {
    pub(crate) fn new(kernel: Box<Kernel>, pid: Pid, peers: Box<dyn Peers>, calls: Calls) -> Self {
        Self { kernel, pid, peers, arrived: VecDeque::new(), calls, work: 0 }
    }

    /// Notes that a call of the guest is done. False: the turn has to end here.
    pub(crate) fn call_is_done(&mut self) -> bool {
        self.calls.done += 1;
        self.calls.most != Some(self.calls.done)
    }

    /// Charges the process for work that is done for it here.
    pub(crate) fn charge(&mut self, reductions: u64) {
        self.work = self.work.saturating_add(reductions);
    }

    /// The reductions of what was done for the process since the last call, for its guest to count them.
    pub fn take_work(&mut self) -> u64 {
        std::mem::take(&mut self.work)
    }

    pub(crate) fn calls(&self) -> Calls {
        self.calls
    }

    /// How much memory the process may have until the turn ends.
    pub(crate) fn memory_allowance(&self) -> Allowance {
        self.kernel.memory_allowance(self.pid)
    }

    /// What it was made of, and the messages that the guest left behind.
    pub(crate) fn into_parts(self) -> (Box<Kernel>, Box<dyn Peers>, VecDeque<Etf>) {
        (self.kernel, self.peers, self.arrived)
    }

    pub(crate) fn kernel_mut(&mut self) -> &mut Kernel {
        &mut self.kernel
    }

    /// Asks the guest of another process; see [`crate::guest::Guest::ask`]. `None` when it does not know or has not
    /// begun.
    pub fn ask(&mut self, pid: Pid, question: &Term) -> Option<Etf> {
        self.peers.ask(pid, question)
    }

    /// A message from the machine to the process itself, as answer to what it asked for.
    pub fn send_to_self(&mut self, message: Etf) {
        let to = Destination::Pid(self.pid);
        self.kernel.transmit(Some(self.pid), None, &to, message);
    }

    /// Messages that were sent to another process and have not reached its guest, in order.
    pub fn messages_on_the_way(&self, target: Pid) -> Vec<Etf> {
        let process = self.kernel.process(target);
        process.map_or_else(Vec::new, |process| process.deliveries.iter().map(|d| d.message.clone()).collect())
    }

    /// Whether the process has suspended another one.
    pub fn is_suspending(&self, target: Pid) -> bool {
        self.kernel.process(self.pid).is_some_and(|process| process.suspending.contains_key(&target))
    }

    /// `erlang:delete_module/1`: whether there was such a module.
    pub fn delete_code(&mut self, module: &Atom) -> bool {
        let was_there = self.kernel.delete_code(Some(self.pid), module);
        self.peers.code_changed(CodeChange { module: module.clone(), kind: CodeChangeKind::Deleted });
        was_there
    }

    /// Lets the other guests forget the old code of a module. None of them may run in it any more.
    pub fn purge_code(&mut self, module: &Atom) {
        self.kernel.purge_code(module);
        self.peers.code_changed(CodeChange { module: module.clone(), kind: CodeChangeKind::Purged });
    }

    /// The kernel, for what has no call of its own here.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// `self/0`.
    pub fn self_pid(&self) -> Pid {
        self.pid
    }

    /// Whether the process has to end now: return from the turn at once.
    pub fn must_stop(&self) -> bool {
        self.kernel.is_doomed(self.pid)
    }

    /// Messages that came since the turn began, for the end of the mailbox.
    pub fn poll(&mut self) -> Vec<Delivery> {
        self.kernel.poll(self.pid)
    }

    /// As [`Host::poll`], one message at a time. What is not taken is delivered when the guest returns.
    pub fn receive(&mut self) -> Option<Etf> {
        if self.arrived.is_empty() {
            self.arrived = self.poll().into_iter().map(|delivery| delivery.message).collect();
        }
        self.arrived.pop_front()
    }

    /// Virtual time: Erlang's monotonic time in nanoseconds.
    pub fn now(&self) -> VirtualTime {
        self.kernel.now()
    }

    /// `erlang:system_time(nanosecond)`.
    pub fn system_time_nanos(&self) -> u64 {
        self.kernel.system_time_nanos()
    }

    /// 64 random bits.
    pub fn random(&mut self) -> u64 {
        self.kernel.random()
    }

    /// `make_ref/0`.
    pub fn make_ref(&mut self) -> Ref {
        self.kernel.make_ref()
    }

    /// A positive integer greater than all that this gave before.
    pub fn unique_integer(&mut self) -> u64 {
        self.kernel.unique_integer()
    }

    /// `erlang:send/2`.
    ///
    /// # Errors
    /// See [`Kernel::send`].
    pub fn send(&mut self, to: &Destination, message: Etf) -> Result<(), Raise> {
        self.kernel.send(self.pid, to, message)
    }

    /// `erlang:spawn_opt/4`.
    ///
    /// # Errors
    /// See [`Kernel::spawn`].
    pub fn spawn(&mut self, entry: Entry, options: SpawnOptions) -> Result<(Pid, Option<Ref>), Raise> {
        self.kernel.spawn(self.pid, entry, options)
    }

    /// `link/1`.
    ///
    /// # Errors
    /// See [`Kernel::link`].
    pub fn link(&mut self, peer: Pid) -> Result<(), Raise> {
        self.kernel.link(self.pid, peer)
    }

    /// `unlink/1`.
    pub fn unlink(&mut self, peer: Pid) {
        self.kernel.unlink(self.pid, peer);
    }

    /// `monitor/3` of a process.
    ///
    /// # Errors
    /// See [`Kernel::monitor`].
    pub fn monitor(&mut self, target: &Destination, options: MonitorOptions) -> Result<Ref, Raise> {
        self.kernel.monitor(self.pid, target, options)
    }

    /// `demonitor/1`: whether it was there. For `flush`, the guest looks through its mailbox itself.
    pub fn demonitor(&mut self, monitor: Ref) -> bool {
        self.kernel.demonitor(self.pid, monitor)
    }

    /// `alias/1`.
    ///
    /// # Errors
    /// See [`Kernel::alias`].
    pub fn alias(&mut self, mode: AliasMode) -> Result<Ref, Raise> {
        self.kernel.alias(self.pid, mode)
    }

    /// `unalias/1`.
    pub fn unalias(&mut self, alias: Ref) -> bool {
        self.kernel.unalias(self.pid, alias)
    }

    /// `exit/2`. Look at [`Host::must_stop`] after it.
    pub fn exit(&mut self, to: Pid, reason: Etf) {
        self.kernel.exit_signal(self.pid, to, reason);
    }

    /// `register/2`.
    ///
    /// # Errors
    /// See [`Kernel::register`].
    pub fn register(&mut self, name: &Atom, target: Pid) -> Result<(), Raise> {
        self.kernel.register(Some(self.pid), name, target)
    }

    /// `unregister/1`.
    ///
    /// # Errors
    /// See [`Kernel::unregister`].
    pub fn unregister(&mut self, name: &Atom) -> Result<(), Raise> {
        self.kernel.unregister(self.pid, name)
    }

    /// `whereis/1`.
    pub fn whereis(&self, name: &Atom) -> Option<Pid> {
        self.kernel.whereis(name)
    }

    /// `registered/0`.
    pub fn registered(&self) -> Vec<Atom> {
        self.kernel.registered().cloned().collect()
    }

    /// `processes/0`.
    pub fn processes(&self) -> Vec<Pid> {
        self.kernel.pids().collect()
    }

    /// `is_process_alive/1`.
    pub fn is_process_alive(&mut self, target: Pid) -> bool {
        self.kernel.is_process_alive(target)
    }

    /// One item of `process_info/2`, whoever knows it. [`Info::AskGuest`] remains for items of the caller itself, of a
    /// process that had no turn yet, and for those that nobody knows.
    pub fn process_info(&mut self, target: Pid, item: &str) -> Info {
        match self.kernel.process_info(target, item) {
            Info::AskGuest => {
                let answer = self.peers.inspect(target, item).and_then(|answer| answer.decode().ok());
                answer.map_or(Info::AskGuest, Info::Value)
            }
            known => known,
        }
    }

    /// `process_flag/2` for `trap_exit` and `priority`.
    ///
    /// # Errors
    /// See [`Kernel::process_flag`].
    pub fn process_flag(&mut self, flag: &str, value: &Term) -> Result<Term, Raise> {
        self.kernel.process_flag(self.pid, flag, value)
    }

    /// `group_leader/0`.
    pub fn group_leader(&self) -> Pid {
        self.kernel.group_leader(self.pid).unwrap_or(self.pid)
    }

    /// `group_leader/2`.
    ///
    /// # Errors
    /// See [`Kernel::set_group_leader`].
    pub fn set_group_leader(&mut self, leader: Pid, target: Pid) -> Result<(), Raise> {
        self.kernel.set_group_leader(self.pid, leader, target)
    }

    /// `erlang:suspend_process/1`.
    ///
    /// # Errors
    /// See [`Kernel::suspend_process`].
    pub fn suspend(&mut self, target: Pid) -> Result<(), Raise> {
        self.kernel.suspend_process(Some(self.pid), target)
    }

    /// `erlang:resume_process/1`.
    ///
    /// # Errors
    /// See [`Kernel::resume_process`].
    pub fn resume(&mut self, target: Pid) -> Result<(), Raise> {
        self.kernel.resume_process(Some(self.pid), target)
    }

    /// `erlang:start_timer` and `erlang:send_after`, with the time at which it is due.
    ///
    /// # Errors
    /// See [`Kernel::start_timer`].
    pub fn start_timer(
        &mut self,
        due: VirtualTime,
        to: Destination,
        message: &Etf,
        form: TimerForm,
    ) -> Result<Ref, Raise> {
        self.kernel.start_timer(self.pid, due, to, message, form)
    }

    /// `erlang:cancel_timer/1`: nanoseconds left.
    pub fn cancel_timer(&mut self, timer: Ref) -> Option<u64> {
        self.kernel.cancel_timer(Some(self.pid), timer)
    }

    /// `erlang:read_timer/1`: nanoseconds left.
    pub fn read_timer(&self, timer: Ref) -> Option<u64> {
        self.kernel.read_timer(timer)
    }

    /// Writes to the console.
    pub fn console_write(&mut self, device: Device, bytes: &[u8]) {
        self.kernel.console_write(self.pid, device, bytes);
    }

    /// Asks for console input.
    pub fn console_read(&mut self) {
        self.kernel.console_read(self.pid);
    }

    /// Becomes the process that gets console input.
    pub fn console_open(&mut self) {
        self.kernel.console_open(self.pid);
    }

    /// The newest version of a module of the BEAM.
    pub fn code(&self, module: &Atom) -> Option<&Module> {
        self.kernel.code().get(module).filter(|module| !wasm::is_wasm(&module.code))
    }

    /// Loads a module for all processes: its version.
    ///
    /// # Errors
    /// See [`Kernel::load_code`].
    pub fn load_code(&mut self, module: Atom, code: Arc<[u8]>) -> Result<u32, Raise> {
        let version = self.kernel.load_code(Some(self.pid), module.clone(), Arc::clone(&code))?;
        // Processes of other wasm modules keep the code that they began with.
        if !wasm::is_wasm(&code) {
            self.peers.code_changed(CodeChange { module, kind: CodeChangeKind::Loaded(code) });
        }
        Ok(version)
    }

    /// Notes an atom that the guest made, and gives its number.
    ///
    /// # Errors
    /// See [`Kernel::add_atom`].
    pub fn add_atom(&mut self, atom: Atom) -> Result<u32, Raise> {
        self.kernel.add_atom(self.pid, atom)
    }

    /// `persistent_term:get/1`.
    pub fn persistent_term_get(&self, key: &Term) -> Option<&Etf> {
        self.kernel.persistent_term_get(key)
    }

    /// `persistent_term:put/2`.
    ///
    /// # Errors
    /// See [`Kernel::persistent_term_put`].
    pub fn persistent_term_put(&mut self, key: Term, value: Etf) -> Result<(), Raise> {
        self.kernel.persistent_term_put(self.pid, key, value)
    }

    /// `persistent_term:erase/1`.
    pub fn persistent_term_erase(&mut self, key: &Term) -> bool {
        self.kernel.persistent_term_erase(self.pid, key)
    }

    /// `atomics:new/2`.
    ///
    /// # Errors
    /// See [`Kernel::atomics_new`].
    pub fn atomics_new(&mut self, arity: u64, signed: bool) -> Result<Ref, Raise> {
        self.kernel.atomics_new(self.pid, arity, signed)
    }

    /// The other functions of `atomics`, and those of `counters`.
    ///
    /// # Errors
    /// See [`Kernel::atomics_apply`].
    pub fn atomics_apply(&mut self, reference: Ref, index: u64, op: AtomicOp) -> Result<AtomicResult, Raise> {
        self.kernel.atomics_apply(reference, index, op)
    }

    /// Tells that the process took the message at this place out of its mailbox, counted from the oldest one.
    pub fn note_received(&mut self, at: u64) {
        self.kernel.note_received(self.pid, at);
    }

    /// Tells that the process collected garbage: bytes in use before and after.
    pub fn note_collected(&mut self, before: u64, after: u64) {
        self.kernel.note_collected(self.pid, before, after);
    }

    /// Tells that a behaviour goes on with another state than it had.
    pub fn note_state_changed(&mut self) {
        self.kernel.record(Some(self.pid), EventKind::StateChanged);
    }

    /// Tells that the process, a supervisor, acts: how, and on whom.
    pub fn supervises(&mut self, action: Atom, detail: Etf) {
        self.kernel.record(Some(self.pid), EventKind::Supervision { action, detail });
    }

    /// Reports something else that only the guest knows.
    pub fn report(&mut self, what: Atom, detail: Etf) {
        self.kernel.record(Some(self.pid), EventKind::Guest { what, detail });
    }

    /// Reports that the process tried what sandboxes do not offer.
    pub fn denied(&mut self, capability: Atom, detail: Etf) {
        self.kernel.record(Some(self.pid), EventKind::Denied { capability, detail });
    }

    /// Stops the sandbox (`erlang:halt/1`, `init:stop/1`).
    pub fn halt(&mut self, reason: Etf) {
        self.kernel.halt(Some(self.pid), reason);
    }
}
