//! Exit signals and the end of a process.

use shared::event::{EventKind, ExitedBy};
use shared::limits::LimitKind;
use shared::term::Fun;
use shared::{Etf, EventSeq, Pid, Term};

use super::signal::Signal;
use super::{Kernel, Process, RunState};

impl Kernel {
    /// `exit/2`. A signal to oneself acts before this returns: see [`Kernel::is_doomed`].
    pub fn exit_signal(&mut self, pid: Pid, to: Pid, reason: Etf) {
        let kind = EventKind::ExitSignal { to, reason: reason.clone(), through_link: false };
        let seq = self.record(Some(pid), kind);
        self.enqueue(to, Signal::Exit { from: Some(pid), reason, through_link: false }, seq);
        if to == pid
            && let Some(death) = self.take_signals(pid)
        {
            self.doom(pid, death.0, death.1);
        }
    }

    /// Whether the running process must stop at once: something ended it during its turn.
    pub fn is_doomed(&self, pid: Pid) -> bool {
        self.process(pid).is_none_or(|process| process.doomed.is_some())
    }

    /// Ends a process, at the end of its turn when it has one.
    pub(crate) fn doom(&mut self, pid: Pid, reason: Etf, by: ExitedBy) {
        match self.process_mut(pid) {
            Some(process) if process.state == RunState::Running => {
                process.doomed.get_or_insert((reason, by));
            }
            Some(_) => self.terminate(pid, reason, by),
            None => {}
        }
    }

    /// Ends a process that reached a limit. The exit reason is `{system_limit, Limit}`.
    pub(crate) fn doom_by_limit(&mut self, pid: Pid, limit: LimitKind, allowed: u64) {
        self.limit_reached(Some(pid), limit, allowed);
        let reason = Etf::of(&Term::tuple([Term::atom("system_limit"), Term::atom(limit.atom())]));
        if let Some(waiting) = self.process(pid).and_then(waits_for_ever_without) {
            self.exit_signal(pid, waiting, reason.clone());
        }
        self.doom(pid, reason, ExitedBy::Limit(limit));
    }

    /// The end of a process, in the order of Erlang/OTP: timers, tables and the name first, so that whoever hears of
    /// the end finds them gone; then links, then monitors.
    pub(crate) fn terminate(&mut self, pid: Pid, reason: Etf, by: ExitedBy) {
        let seq = self.record(Some(pid), EventKind::Exited { reason: reason.clone(), by });
        self.cancel_timers_to(pid);
        self.ets_owner_ends(pid, seq);
        self.close_files_of(pid);
        if let Some(name) = self.process(pid).and_then(|process| process.name.clone()) {
            self.release_name(Some(pid), &name);
        }
        let Some(process) = self.processes.get(&pid).cloned() else {
            return;
        };
        if let RunState::Waiting { until: Some(until) } = process.state {
            self.timers.forget_wake(until, pid);
        }
        if let Some(until) = process.throttled_until {
            self.timers.forget_wake(until, pid);
        }
        for &alias in process.aliases.keys() {
            self.aliases.remove(&alias);
        }
        for &target in process.suspending.keys() {
            self.release_suspensions(Some(pid), target);
        }
        self.console.owner_ended(pid);
        // Where this side asked to remove the link, the request is on its way and does what is left to do.
        for (&peer, _) in process.links.iter().filter(|(_, link)| link.unlinking.is_none()) {
            self.send_exit_through_link(pid, peer, reason.clone(), seq);
        }
        for (&monitor, &watcher) in &process.monitored_by {
            self.enqueue(watcher, Signal::Down { monitor, reason: reason.clone() }, seq);
        }
        for (&monitor, entry) in &process.monitors {
            if let Some(target) = entry.target {
                self.enqueue(target, Signal::Demonitor { monitor }, seq);
            }
        }
        // What was asked of it too late is answered as if it had not been there.
        for queued in &process.signals {
            match queued.signal {
                Signal::Link { from } if !process.links.contains_key(&from) => {
                    self.send_exit_through_link(pid, from, Etf::atom("noproc"), seq);
                }
                Signal::Monitor { from, monitor } => {
                    self.enqueue(from, Signal::Down { monitor, reason: Etf::atom("noproc") }, seq);
                }
                _ => {}
            }
        }
        self.memory_in_use = self.memory_in_use.saturating_sub(process.memory);
        self.relations = self.relations.saturating_sub(process.counted_relations);
        self.processes.remove(&pid);
        self.scheduler.process_ended(pid, process.queued);
        self.tracing_ends(pid);
        self.ended.push(pid);
    }

    fn send_exit_through_link(&mut self, from: Pid, to: Pid, reason: Etf, cause: EventSeq) {
        if self.process(to).is_none() {
            return;
        }
        let kind = EventKind::ExitSignal { to, reason: reason.clone(), through_link: true };
        let seq = self.record_caused(Some(from), Some(cause), kind);
        self.enqueue(to, Signal::Exit { from: Some(from), reason, through_link: true }, seq);
    }
}

/// Who would never learn that this process has ended: the compiler of Elixir works on a module in a process of its own, and
/// understands nothing but what that one says at its end.
fn waits_for_ever_without(process: &Process) -> Option<Pid> {
    if process.entry.module != *"erlang" || process.entry.function != *"apply" {
        return None;
    }
    match process.entry.args.decode().ok()?.as_list()?.first()? {
        Term::Fun(Fun::Internal(fun)) if fun.module == *"elixir_erl_compiler" => process.parent,
        _ => None,
    }
}
