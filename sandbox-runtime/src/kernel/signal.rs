//! The signal queue of a process and what each signal does when it is taken.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use shared::etf::Part;
use shared::event::{DropReason, EventKind, ExitedBy};
use shared::term::Atom;
use shared::{Etf, EventSeq, Pid, Ref, Term};

use super::process::Process;
use super::scheduler::Scheduler;
use super::turn::Delivery;
use super::{Kernel, RunState};

/// What one process does to another.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub(crate) enum Signal {
    Message(Etf),
    /// A message through an alias, which counts only if the alias is active when this is taken.
    AliasMessage {
        alias: Ref,
        message: Etf,
    },
    /// `exit/2`, or the end of a linked process. `from` is `None` for the outside.
    Exit {
        from: Option<Pid>,
        reason: Etf,
        through_link: bool,
    },
    Link {
        from: Pid,
    },
    Unlink {
        from: Pid,
        id: u64,
    },
    UnlinkAck {
        from: Pid,
        id: u64,
    },
    Monitor {
        from: Pid,
        monitor: Ref,
    },
    Demonitor {
        monitor: Ref,
    },
    /// The monitored process ended.
    Down {
        monitor: Ref,
        reason: Etf,
    },
}

/// A signal and the event that sent it.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub(crate) struct Queued {
    pub(crate) signal: Signal,
    pub(crate) cause: EventSeq,
}

/// Puts a process into a run queue, unless it stands there or runs.
fn ready(process: &mut Process, pid: Pid, scheduler: &mut Scheduler) {
    if !process.queued && process.state != RunState::Running {
        process.queued = true;
        scheduler.push(pid, process.flags.priority);
    }
}

/// Why a process has to end.
pub(crate) type Death = (Etf, ExitedBy);

impl Kernel {
    /// Puts a signal at the end of a queue. Nothing happens when the process is not alive.
    pub(crate) fn enqueue(&mut self, to: Pid, signal: Signal, cause: EventSeq) {
        let Some(process) = self.processes.get_mut(&to).map(Arc::make_mut) else {
            return;
        };
        process.signals.push_back(Queued { signal, cause });
        ready(process, to, &mut self.scheduler);
    }

    /// Lets a process that has signals or work stand in a run queue.
    pub(crate) fn make_ready(&mut self, pid: Pid) {
        if let Some(process) = self.processes.get_mut(&pid).map(Arc::make_mut) {
            ready(process, pid, &mut self.scheduler);
        }
    }

    /// Takes all signals of a process that does not run, so that what is asked about it next is up to date. It may
    /// end by that.
    pub(crate) fn flush_signals(&mut self, pid: Pid) {
        if self.process(pid).is_none_or(|process| process.state == RunState::Running) {
            return;
        }
        if let Some((reason, by)) = self.take_signals(pid) {
            self.terminate(pid, reason, by);
        }
    }

    /// Takes signals in order until there are none or one of them ends the process. Messages wait as deliveries.
    pub(crate) fn take_signals(&mut self, pid: Pid) -> Option<Death> {
        loop {
            let Queued { signal, cause } = self.take_messages(pid)?;
            let death = self.take_signal(pid, signal, cause);
            if death.is_some() {
                return death;
            }
        }
    }

    /// Takes messages, as [`Kernel::take_signal`] would, and the first signal that is something else, or that somebody may have to
    /// be told of.
    fn take_messages(&mut self, pid: Pid) -> Option<Queued> {
        let is_told = self.traces();
        let process = Arc::make_mut(self.processes.get_mut(&pid)?);
        let now = self.clock.now();
        loop {
            let Queued { signal, cause } = process.signals.pop_front()?;
            if is_told {
                return Some(Queued { signal, cause });
            }
            let Signal::Message(message) = signal else { return Some(Queued { signal, cause }) };
            let kind = EventKind::Delivered { message: message.clone() };
            let seq = self.journal.add(now, Some(pid), process.reductions, Some(cause), kind);
            process.deliveries.push_back(Delivery { message, seq });
        }
    }

    fn take_signal(&mut self, pid: Pid, signal: Signal, cause: EventSeq) -> Option<Death> {
        match signal {
            Signal::Message(message) => self.deliver(pid, message, cause),
            Signal::AliasMessage { alias, message } => self.take_alias_message(pid, alias, message, cause),
            Signal::Exit { from, reason, through_link } => {
                return self.take_exit(pid, from, reason, through_link, cause);
            }
            Signal::Link { from } => self.take_link(pid, from),
            Signal::Unlink { from, id } => self.take_unlink(pid, from, id, cause),
            Signal::UnlinkAck { from, id } => self.take_unlink_ack(pid, from, id),
            Signal::Monitor { from, monitor } => {
                if let Some(process) = self.process_mut(pid) {
                    process.monitored_by.insert(monitor, from);
                }
            }
            Signal::Demonitor { monitor } => {
                if let Some(process) = self.process_mut(pid) {
                    process.monitored_by.remove(&monitor);
                }
            }
            Signal::Down { monitor, reason } => self.take_down(pid, monitor, &reason, cause),
        }
        None
    }

    /// The rules for exit signals (Erlang Reference Manual, "Processes", "Receiving Exit Signals").
    fn take_exit(
        &mut self,
        pid: Pid,
        from: Option<Pid>,
        reason: Etf,
        through_link: bool,
        cause: EventSeq,
    ) -> Option<Death> {
        if through_link && !from.is_some_and(|from| self.take_broken_link(pid, from)) {
            return None;
        }
        // Who ends by it is not told of.
        let peer = from.filter(|_| through_link);
        if !through_link && reason.is_atom("kill") {
            return Some((Etf::atom("killed"), ExitedBy::Signal { from }));
        }
        if self.process(pid)?.flags.trap_exit {
            // The outside has no pid; whoever traps it sees a signal from itself.
            let sender = Term::pid(from.unwrap_or(pid));
            let parts = [Part::Term(Term::atom("EXIT")), Part::Term(sender), Part::Etf(&reason)];
            self.deliver_own(pid, Etf::tuple(&parts), cause);
            self.trace_broken_link(pid, peer, cause);
            return None;
        }
        let ignored = reason.is_atom("normal") && (through_link || from != Some(pid));
        if ignored {
            self.trace_broken_link(pid, peer, cause);
        }
        (!ignored).then_some((reason, ExitedBy::Signal { from }))
    }

    fn take_down(&mut self, pid: Pid, monitor: Ref, reason: &Etf, cause: EventSeq) {
        // No entry: it was removed with demonitor while the signal was under way.
        let Some(entry) = self.process_mut(pid).and_then(|process| process.monitors.remove(&monitor)) else {
            return;
        };
        self.monitor_is_gone(pid, monitor);
        let object = match &entry.name {
            None => entry.target.map_or(Term::Nil, Term::pid),
            Some(name) => Term::tuple([Term::from(name.clone()), Term::from(Atom::new(shared::term::LOCAL_NODE))]),
        };
        let tag = entry.tag.unwrap_or_else(|| Etf::atom("DOWN"));
        let message = Etf::tuple(&[
            Part::Etf(&tag),
            Part::Term(Term::reference(monitor)),
            Part::Term(Term::atom("process")),
            Part::Term(object),
            Part::Etf(reason),
        ]);
        self.deliver_own(pid, message, cause);
    }

    /// A message that the kernel itself made of another signal.
    fn deliver_own(&mut self, pid: Pid, message: Etf, cause: EventSeq) {
        self.count_in_mailbox(pid, message.len() as u64);
        self.deliver(pid, message, cause);
    }

    /// A message that has arrived: it will be in the mailbox when the process next looks.
    pub(crate) fn deliver(&mut self, pid: Pid, message: Etf, cause: EventSeq) {
        let kind = EventKind::Delivered { message: message.clone() };
        let seq = self.record_caused(Some(pid), Some(cause), kind);
        if let Some(process) = self.process_mut(pid) {
            process.deliveries.push_back(Delivery { message, seq });
        }
    }

    pub(crate) fn drop_message(&mut self, pid: Option<Pid>, message: Etf, why: DropReason, cause: EventSeq) {
        self.record_caused(pid, Some(cause), EventKind::Dropped { message, why });
    }
}
