//! The machine: a kernel, its guests, and the loop that gives them turns.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use shared::command::{Command, Interruption};
use shared::event::{Event, ExitedBy};
use shared::limits::LimitKind;
use shared::term::Atom;
use shared::{Etf, Pid, Term, VirtualTime};

use crate::guest::{FaultCause, Guest, GuestFactory, GuestFault};
use crate::host::{Calls, Host};
use crate::kernel::info::Info;
use crate::kernel::outside::Outcome;
use crate::kernel::wasm;
use crate::kernel::{Config, Delivery, Kernel, Next, Raise, TurnReport, TurnResult, TurnStart};
use crate::peers::{CodeChange, CodeChangeKind, Guests, Peers};
use crate::snapshot::Snapshot;

/// A sandbox that can be told commands, run, and asked what happened.
///
/// It is driven by data alone: the same commands between the same turns give the same events.
pub struct Machine<F: GuestFactory> {
    /// `None` only while a guest has it.
    kernel: Option<Box<Kernel>>,
    factory: F,
    /// A factory with the code of so many changes, if one can be had. It follows from the changes, so it is no part of a snapshot.
    preloaded: Option<(usize, Option<F>)>,
    /// `None` only while a guest has them.
    guests: Option<Box<Guests<F::Guest>>>,
    turns: u64,
    /// Turns that will end as they did in the run that is repeated, by their number.
    interruptions: BTreeMap<u64, Interruption>,
    /// Turns that the server ended, until somebody asks.
    interrupted: Vec<Interruption>,
}

/// Why [`Machine::run`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Nothing can run before this time, or before something comes from outside.
    Idle {
        /// When the next timer is due.
        until: Option<VirtualTime>,
    },
    /// The given number of turns is used up.
    TurnLimit,
    /// The time is reached that was given.
    Horizon,
    /// The sandbox stopped for good.
    Halted,
}

impl<F: GuestFactory> Machine<F> {
    /// A machine without processes.
    pub fn new(config: Config, factory: F) -> Self {
        Self {
            kernel: Some(Box::new(Kernel::new(config))),
            factory,
            preloaded: None,
            guests: Some(Box::new(Guests::new())),
            turns: 0,
            interruptions: BTreeMap::new(),
            interrupted: Vec::new(),
        }
    }

    /// Everything but the guests.
    pub fn kernel(&self) -> &Kernel {
        self.kernel.as_deref().expect(KERNEL_IS_HOME)
    }

    /// Everything but the guests.
    pub fn kernel_mut(&mut self) -> &mut Kernel {
        self.kernel.as_deref_mut().expect(KERNEL_IS_HOME)
    }

    /// The guest of a process that has had a turn.
    pub fn guest_mut(&mut self, pid: Pid) -> Option<&mut F::Guest> {
        self.guests().get_mut(pid)
    }

    /// How many guests there are. Never more than processes alive.
    pub fn guest_count(&self) -> usize {
        self.guests.as_ref().map_or(0, |guests| guests.len())
    }

    fn guests(&mut self) -> &mut Guests<F::Guest> {
        self.guests.as_deref_mut().expect(KERNEL_IS_HOME)
    }

    /// How many turns were given.
    pub fn turns(&self) -> u64 {
        self.turns
    }

    /// Does what a command says.
    ///
    /// # Errors
    /// As the call of the same name raises them in a process.
    pub fn command(&mut self, command: Command) -> Result<Outcome, Raise> {
        if let Command::Interrupt { interruption } = command {
            self.interruptions.insert(interruption.turn, interruption);
            return Ok(Outcome::Done);
        }
        let code = match &command {
            // Processes of other wasm modules keep the code that they began with.
            Command::LoadCode { module, code } if !wasm::is_wasm(code) => Some((module.clone(), code.clone())),
            _ => None,
        };
        let outcome = self.kernel_mut().command(command)?;
        if let Some((module, code)) = code {
            self.purge(&module);
            let kind = CodeChangeKind::Loaded(code.to_vec().into());
            self.guests().code_changed(CodeChange { module, kind });
        }
        self.drop_ended();
        Ok(outcome)
    }

    /// As `code:purge/1`, which comes before loading: whoever still runs in the old code of a module is killed.
    fn purge(&mut self, module: &Atom) {
        let question = Term::tuple([Term::atom("check_process_code"), module.clone().into()]);
        let guests = self.guests();
        let mut users = guests.pids();
        users.retain(|pid| guests.ask(*pid, &question).is_some_and(|answer| answer.is_atom("true")));
        for pid in users {
            self.kernel_mut().doom(pid, Etf::atom("killed"), ExitedBy::Signal { from: None });
        }
        self.guests().code_changed(CodeChange { module: module.clone(), kind: CodeChangeKind::Purged });
    }

    /// Gives turns until nothing can run, the sandbox stops, or `max_turns` were given.
    pub fn run(&mut self, max_turns: u64) -> Stopped {
        self.run_until(VirtualTime::MAX, max_turns)
    }

    /// The same, but stops when the clock shows `horizon` or more, and does not let time jump beyond it.
    pub fn run_until(&mut self, horizon: VirtualTime, max_turns: u64) -> Stopped {
        for _ in 0..max_turns {
            if self.kernel().now() >= horizon {
                return Stopped::Horizon;
            }
            let next = self.kernel_mut().next_turn_until(horizon);
            self.drop_ended();
            match next {
                Next::Turn(turn) => self.give_turn(turn),
                Next::Idle { until } => return Stopped::Idle { until },
                Next::Halted => return Stopped::Halted,
            }
            self.drop_ended();
        }
        Stopped::TurnLimit
    }

    /// Makes ready what the next processes begin with, for a machine that has nothing to do until somebody or a timer wakes it up. No
    /// program and no event shows whether that was done.
    pub fn prepare(&mut self) {
        let changes = self.guests().preloads();
        match &mut self.preloaded {
            // Code that no process began with yet is not loaded for that: it numbers atoms.
            Some((made_of, factory)) if changes == Some(*made_of) => {
                factory.as_mut().unwrap_or(&mut self.factory).prepare()
            }
            _ if changes.is_none() => self.factory.prepare(),
            _ => {}
        }
    }

    /// The machine as it is now; `None` when its guests cannot be saved. Taking one changes nothing.
    pub fn snapshot(&mut self) -> Option<Snapshot<F>>
    where
        F: Clone,
    {
        let guests = self.guests().save()?;
        let kernel = Arc::new(self.kernel().clone());
        Some(Snapshot {
            kernel,
            factory: self.factory.clone(),
            guests: Arc::new(guests),
            turns: self.turns,
            interruptions: self.interruptions.clone(),
        })
    }

    /// A machine that goes on from a snapshot.
    pub fn restore(snapshot: &Snapshot<F>) -> Self
    where
        F: Clone,
    {
        Self {
            kernel: Some(Box::new(Kernel::clone(&snapshot.kernel))),
            factory: snapshot.factory.clone(),
            preloaded: None,
            guests: Some(Box::new(snapshot.guests.restore())),
            turns: snapshot.turns,
            interruptions: snapshot.interruptions.clone(),
            interrupted: Vec::new(),
        }
    }

    /// Lets the machine do what it does before a turn when nothing can run, and nothing else: `false` when something could
    /// run, which then has lost its place. For replays, which know that nothing can.
    pub(crate) fn idle(&mut self, horizon: VirtualTime) -> bool {
        let next = self.kernel_mut().next_turn_until(horizon);
        self.drop_ended();
        !matches!(next, Next::Turn(_))
    }

    /// A machine of its own that goes on from here; `None` when its guests cannot be saved. Both do the same until they are
    /// told different things.
    pub fn fork(&mut self) -> Option<Self>
    where
        F: Clone,
    {
        self.snapshot().map(|snapshot| Self::restore(&snapshot))
    }

    /// See [`Snapshot::state_hash`]; `None` when its guests cannot be saved.
    pub fn state_hash(&mut self) -> Option<u64>
    where
        F: Clone,
    {
        self.snapshot().map(|snapshot| snapshot.state_hash())
    }

    /// Stands for what the guest of a process is; `None` when there is none or it cannot be saved.
    pub fn guest_digest(&mut self, pid: Pid) -> Option<u64> {
        self.guests().digest(pid)
    }

    /// The turns that the server ended since the last call: inputs of the machine, as commands are.
    pub fn take_interruptions(&mut self) -> Vec<Interruption> {
        std::mem::take(&mut self.interrupted)
    }

    /// The events since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.kernel_mut().journal_mut().take()
    }

    /// One item of `process_info/2`, or whatever else the guest can tell. Looking changes nothing, if guests can be saved:
    /// the answer comes from a copy.
    pub fn inspect(&mut self, pid: Pid, item: &str) -> Option<Etf> {
        let mut kernel = self.kernel().clone();
        match kernel.process_info(pid, item) {
            Info::Dead => None,
            Info::Value(term) => Some(Etf::of(&term)),
            Info::AskGuest => self.guests().look(pid, |guest| guest.inspect(item)),
        }
    }

    fn drop_ended(&mut self) {
        for pid in self.kernel_mut().take_ended() {
            self.guests().remove(pid);
        }
    }

    fn give_turn(&mut self, turn: TurnStart) {
        self.turns += 1;
        let (pid, budget) = (turn.pid, turn.budget);
        let number = self.kernel().turns();
        let interruption = self.interruptions.remove(&number);
        let mut calls = Calls { done: 0, most: interruption.map(|interruption| interruption.calls) };
        let result = match interruption {
            Some(Interruption { calls: 0, limit, .. }) => Err(GuestFault::limit(FaultCause::Server(limit))),
            _ => self.run_turn(turn, &mut calls),
        };
        let result = result.map_err(|fault| match (interruption, fault.cause) {
            (Some(Interruption { limit, .. }), FaultCause::Server(_)) => GuestFault::limit(FaultCause::Server(limit)),
            _ => fault,
        });
        let report = result.unwrap_or_else(|fault| self.fault_report(pid, number, budget, fault, calls));
        self.kernel_mut().end_turn(pid, report);
    }

    /// What is to be said of a turn in which the guest failed.
    fn fault_report(&mut self, pid: Pid, turn: u64, budget: u32, fault: GuestFault, calls: Calls) -> TurnReport {
        let limits = self.kernel().limits();
        let reached = match fault.cause {
            FaultCause::Guest => None,
            FaultCause::Limit(limit @ LimitKind::TotalBytes) => Some((limit, limits.total_bytes)),
            FaultCause::Limit(limit) => Some((limit, limits.process_bytes)),
            FaultCause::Server(limit) => {
                self.interrupted.push(Interruption { turn, calls: calls.done, limit });
                Some((limit, 0))
            }
        };
        if let Some((limit, allowed)) = reached {
            self.kernel_mut().doom_by_limit(pid, limit, allowed);
        }
        TurnReport {
            result: TurnResult::Exited { reason: fault.reason },
            // What an interrupted turn had used by then differs from run to run.
            reductions: if matches!(fault.cause, FaultCause::Server(_)) { budget } else { fault.reductions },
            mailbox_messages: 0,
            mailbox_bytes: 0,
            memory: 0,
        }
    }

    fn run_turn(&mut self, turn: TurnStart, calls: &mut Calls) -> Result<TurnReport, GuestFault> {
        let pid = turn.pid;
        let mut guests = self.guests.take().expect(KERNEL_IS_HOME);
        let wasm = turn.start.as_ref().and_then(|entry| self.kernel().code().wasm(&entry.module).cloned());
        let taken = guests.take(pid, |guests| match &wasm {
            Some(wasm) => Ok((self.factory.instantiate_wasm(pid, wasm)?, 0)),
            None => self.make_guest(guests, pid),
        });
        self.guests = Some(guests);
        let mut held = taken?;
        let result = held.guest(pid).and_then(|guest| self.run_guest(guest, turn, calls));
        self.guests().put(pid, held);
        result
    }

    /// A guest for a process, and how many changes of code it has made.
    fn make_guest(&mut self, guests: &Guests<F::Guest>, pid: Pid) -> Result<(F::Guest, usize), GuestFault> {
        let Some(changes) = guests.preloads() else { return Ok((self.factory.instantiate(pid)?, 0)) };
        if self.preloaded.as_ref().is_none_or(|(made_of, _)| *made_of != changes) {
            let mut numbers = self.kernel().atom_numbers().clone();
            self.preloaded = Some((changes, self.factory.with_code(&guests.newest_code(), &mut numbers)));
            self.kernel_mut().set_atom_numbers(numbers);
        }
        match &mut self.preloaded {
            Some((_, Some(factory))) => Ok((factory.instantiate(pid)?, changes)),
            _ => Ok((self.factory.instantiate(pid)?, 0)),
        }
    }

    /// One turn: while the guest waits and its own doings have brought it messages, it goes on within its budget, as
    /// a process of Erlang/OTP does that sends to itself.
    fn run_guest(
        &mut self,
        guest: &mut F::Guest,
        turn: TurnStart,
        calls: &mut Calls,
    ) -> Result<TurnReport, GuestFault> {
        if let Some(entry) = &turn.start {
            guest.start(entry)?;
        }
        if let Some(watch) = self.kernel_mut().take_new_watch(turn.pid) {
            guest.watch(&watch);
        }
        let mut news = turn.deliveries;
        let mut used = 0_u32;
        loop {
            let kernel = self.kernel.take().expect(KERNEL_IS_HOME);
            let guests = self.guests.take().expect(KERNEL_IS_HOME);
            let host = Host::new(kernel, turn.pid, guests, *calls);
            let (host, result) = guest.turn(&news, host, turn.budget.saturating_sub(used).max(1));
            *calls = host.calls();
            let (kernel, peers, left) = host.into_parts();
            let peers: Box<dyn Any> = peers;
            self.guests = Some(peers.downcast().expect("they are what was handed over"));
            let kernel = self.kernel.insert(kernel);
            left.iter().try_for_each(|message| guest.deliver(message))?;
            let mut report = result.map_err(|fault| {
                let reductions = fault.reductions.saturating_add(used);
                GuestFault { reductions, ..fault }
            })?;
            count_in(&mut report, left.iter());
            // Even a turn that does nothing costs something, or a guest could run for ever without using anything.
            used = used.saturating_add(report.reductions.max(1));
            report.reductions = used;
            let TurnResult::Waiting { until } = report.result else {
                return Ok(report);
            };
            news = kernel.poll(turn.pid);
            let goes_on = !news.is_empty() || until.is_some_and(|until| until <= kernel.now());
            if goes_on && !kernel.is_doomed(turn.pid) && used < turn.budget {
                continue;
            }
            deliver(guest, &news)?;
            count_in(&mut report, news.iter().map(|delivery| &delivery.message));
            if goes_on && !kernel.is_doomed(turn.pid) {
                report.result = TurnResult::Yield;
            }
            return Ok(report);
        }
    }
}

/// A guest hands the host back by returning, and it cannot return without.
const KERNEL_IS_HOME: &str = "the kernel is away only within a turn";

/// Counts messages that came into the mailbox after the guest had said what it holds.
fn count_in<'a>(report: &mut TurnReport, messages: impl Iterator<Item = &'a Etf>) {
    for message in messages {
        report.mailbox_messages += 1;
        report.mailbox_bytes += message.len() as u64;
    }
}

fn deliver<G: Guest>(guest: &mut G, deliveries: &[Delivery]) -> Result<(), GuestFault> {
    deliveries.iter().try_for_each(|delivery| guest.deliver(&delivery.message))
}
