//! Turns: what the driver does next, and what it says afterwards.

use serde::{Deserialize, Serialize};
use shared::event::{Entry, EventKind, ExitedBy, TurnOutcome};
use shared::limits::LimitKind;
use shared::schedule::TimeMode;
use shared::{Etf, EventSeq, Pid, VirtualTime};

use super::scheduler::Choice;
use super::{Kernel, Process, RunState};

/// What the driver does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Give this process a turn, then call [`Kernel::end_turn`].
    Turn(TurnStart),
    /// Nothing can run before the clock shows `until`, or before something comes from outside.
    Idle {
        /// When the next timer is due.
        until: Option<VirtualTime>,
    },
    /// The sandbox has stopped for good.
    Halted,
}

/// A turn to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnStart {
    /// Whose turn it is.
    pub pid: Pid,
    /// For at most how many reductions.
    pub budget: u32,
    /// What to call, at the first turn.
    pub start: Option<Entry>,
    /// Messages that go to the end of the mailbox before the turn, in order.
    pub deliveries: Vec<Delivery>,
}

/// A message for the mailbox of a guest.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Delivery {
    /// The message.
    pub message: Etf,
    /// The event of its arrival.
    pub seq: EventSeq,
}

/// What a guest says at the end of a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnReport {
    /// How the turn ended.
    pub result: TurnResult,
    /// Reductions that it took.
    pub reductions: u32,
    /// Messages in the guest's mailbox.
    pub mailbox_messages: u64,
    /// The size in bytes of these messages as they were delivered.
    pub mailbox_bytes: u64,
    /// Bytes of memory that are the process's own.
    pub memory: u64,
}

/// How much memory a process may have in its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) bytes: u64,
    /// What is reached when it asks for more.
    pub(crate) limit: LimitKind,
}

/// More than any guest can have; so sums of what guests say cannot overflow.
const PLAUSIBLE: u64 = 1 << 40;

impl TurnReport {
    /// What a guest says of itself, cut down to what can be.
    fn plausible(self) -> Self {
        Self {
            mailbox_messages: self.mailbox_messages.min(PLAUSIBLE),
            mailbox_bytes: self.mailbox_bytes.min(PLAUSIBLE),
            memory: self.memory.min(PLAUSIBLE),
            ..self
        }
    }
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TurnResult {
    /// The budget is used up.
    Yield,
    /// It waits for a message, perhaps only until some time. The guest knows that time and asks for the clock when it
    /// runs again.
    Waiting {
        /// Until when.
        until: Option<VirtualTime>,
    },
    /// The process is over.
    Exited {
        /// Why.
        reason: Etf,
    },
}

impl Kernel {
    /// What to do next. Timers that are due fire; when nothing can run and time may jump, it jumps.
    pub fn next_turn(&mut self) -> Next {
        self.next_turn_until(VirtualTime::MAX)
    }

    /// The same, but time does not jump beyond `horizon`.
    pub fn next_turn_until(&mut self, horizon: VirtualTime) -> Next {
        loop {
            if self.halted.is_some() {
                return Next::Halted;
            }
            self.fire_due();
            match self.scheduler.choose(self.limits.reductions_per_turn) {
                Choice::Run { pid, budget } => {
                    if let Some(turn) = self.begin_turn(pid, budget) {
                        return Next::Turn(turn);
                    }
                    self.record(Some(pid), EventKind::TurnSkipped);
                }
                Choice::Diverged { wanted } => {
                    self.record(None, EventKind::ScheduleDiverged { wanted });
                }
                Choice::Nobody => match self.next_due() {
                    Some(to) if self.clock.jumps() && !self.console.wants_input() && to <= horizon => {
                        self.clock.jump_to(to);
                        self.record(None, EventKind::TimeAdvanced { to });
                    }
                    until => return Next::Idle { until },
                },
            }
        }
    }

    /// Takes the signals of a process that was chosen; `None` when it does not run after that.
    fn begin_turn(&mut self, pid: Pid, budget: u32) -> Option<TurnStart> {
        let process = self.process_mut(pid)?;
        process.queued = false;
        if !process.signals.is_empty() {
            self.flush_signals(pid);
        }
        let now = self.now();
        let process = self.process_mut(pid)?;
        if process.is_suspended() || process.throttled_until.is_some_and(|until| until > now) {
            return None;
        }
        if process.state != RunState::Runnable && process.deliveries.is_empty() {
            return None;
        }
        let waited_until = match process.state {
            RunState::Waiting { until } => until,
            _ => None,
        };
        process.state = RunState::Running;
        let first = !std::mem::replace(&mut process.started, true);
        let start = first.then(|| process.entry.clone());
        if let Some(until) = waited_until {
            self.timers.forget_wake(until, pid);
        }
        let deliveries = self.take_deliveries(pid);
        self.turns += 1;
        self.record(Some(pid), EventKind::TurnStarted { budget });
        Some(TurnStart { pid, budget, start, deliveries })
    }

    /// Messages that have come for the running process since its turn began: from itself, for nobody else runs.
    pub fn poll(&mut self, pid: Pid) -> Vec<Delivery> {
        let has_news = |process: &Process| !process.signals.is_empty() || !process.deliveries.is_empty();
        if !self.process(pid).is_some_and(has_news) {
            return Vec::new();
        }
        if let Some((reason, by)) = self.take_signals(pid) {
            self.doom(pid, reason, by);
        }
        self.take_deliveries(pid)
    }

    fn take_deliveries(&mut self, pid: Pid) -> Vec<Delivery> {
        let Some(process) = self.process_mut(pid) else {
            return Vec::new();
        };
        let deliveries: Vec<Delivery> = process.deliveries.drain(..).collect();
        let bytes: u64 = deliveries.iter().map(|delivery| delivery.message.len() as u64).sum();
        let mailbox = &mut process.mailbox;
        mailbox.queued_messages = mailbox.queued_messages.saturating_sub(deliveries.len() as u64);
        mailbox.queued_bytes = mailbox.queued_bytes.saturating_sub(bytes);
        mailbox.guest_messages += deliveries.len() as u64;
        mailbox.guest_bytes += bytes;
        process.inbox.extend(deliveries.iter().map(|delivery| delivery.seq));
        if let Some(last) = deliveries.last() {
            process.cause = Some(last.seq);
        }
        deliveries
    }

    /// The end of the turn that [`Kernel::next_turn`] gave.
    pub fn end_turn(&mut self, pid: Pid, report: TurnReport) {
        let report = report.plausible();
        let Some(process) = self.process_mut(pid) else {
            return;
        };
        process.reductions += u64::from(report.reductions);
        process.mailbox.guest_messages = report.mailbox_messages;
        process.mailbox.guest_bytes = report.mailbox_bytes;
        let memory_before = std::mem::replace(&mut process.memory, report.memory);
        let has_more = process.inbox.len() as u64 > report.mailbox_messages;
        process.state = RunState::Runnable;
        let doomed = process.doomed.take();
        let relations_now = process.relations();
        let relations_before = std::mem::replace(&mut process.counted_relations, relations_now);
        self.relations = self.relations.saturating_sub(relations_before) + relations_now;
        self.total_reductions += u64::from(report.reductions);
        self.memory_in_use = self.memory_in_use.saturating_sub(memory_before) + report.memory;
        if has_more {
            self.settle_inbox(pid);
        }
        self.clock.spend(report.reductions);
        let outcome = match (&doomed, &report.result) {
            (Some(_), _) | (None, TurnResult::Exited { .. }) => TurnOutcome::Exited,
            (None, TurnResult::Yield) => TurnOutcome::Yielded,
            (None, TurnResult::Waiting { until }) => TurnOutcome::Waiting { until: *until },
        };
        self.record(Some(pid), EventKind::TurnEnded { used: report.reductions, outcome });
        let goes_on = match (doomed, report.result) {
            (Some((reason, by)), _) => {
                self.terminate(pid, reason, by);
                None
            }
            (None, TurnResult::Exited { reason }) => {
                self.terminate(pid, reason, ExitedBy::Itself);
                None
            }
            (None, TurnResult::Yield) => Some(None),
            (None, TurnResult::Waiting { until }) => Some(Some(until)),
        };
        // Before the process is put where it belongs: it may have to wait for the next second.
        self.check_limits_after_turn(pid, report.reductions);
        if let Some(waiting) = goes_on {
            self.pause(pid, waiting);
        }
    }

    /// Puts a process that is alive after its turn where it belongs: `waiting` is what it waits for, if it does.
    fn pause(&mut self, pid: Pid, waiting: Option<Option<VirtualTime>>) {
        let now = self.now();
        let Some(process) = self.process_mut(pid) else {
            return;
        };
        if let Some(until) = process.throttled_until {
            if until > now {
                // It goes on when the second is over, whether it waits or not: to wait is to look again.
                self.timers.wake_at(until, pid);
                return;
            }
            process.throttled_until = None;
        }
        let Some(until) = waiting else {
            return self.make_ready(pid);
        };
        let has_news = !process.signals.is_empty() || !process.deliveries.is_empty();
        if until.is_some_and(|until| until <= now) {
            return self.make_ready(pid);
        }
        process.state = RunState::Waiting { until };
        if let Some(until) = until {
            self.timers.wake_at(until, pid);
        }
        if has_news {
            self.make_ready(pid);
        }
    }

    fn check_limits_after_turn(&mut self, pid: Pid, used: u32) {
        let limits = &self.limits;
        let (total, per_process) = (limits.total_reductions, limits.process_bytes);
        let (all, per_second) = (limits.total_bytes, limits.reductions_per_second);
        let (max_messages, max_bytes) = (limits.mailbox_messages, limits.mailbox_bytes);
        if self.total_reductions >= total {
            self.halt_by_limit(Some(pid), LimitKind::TotalReductions, total);
            return;
        }
        if self.clock.mode() != TimeMode::Frozen
            && let Some(until) = self.reduction_rate.count(self.now(), used.into(), per_second)
        {
            self.throttle(pid, until, LimitKind::ReductionsPerSecond, per_second);
        }
        let Some(process) = self.process(pid) else {
            return;
        };
        let mailbox = process.mailbox;
        if process.memory > per_process {
            self.doom_by_limit(pid, LimitKind::ProcessBytes, per_process);
        } else if mailbox.messages() > max_messages {
            self.doom_by_limit(pid, LimitKind::MailboxMessages, max_messages);
        } else if mailbox.bytes() > max_bytes {
            self.doom_by_limit(pid, LimitKind::MailboxBytes, max_bytes);
        } else if self.total_memory() > all {
            self.doom_by_limit(pid, LimitKind::TotalBytes, all);
        }
    }

    /// Bytes of memory that a process may have in its turn: those of the sandbox that nobody else has, if that is less
    /// than what one process may have.
    pub(crate) fn memory_allowance(&self, pid: Pid) -> Allowance {
        let own = self.process(pid).map_or(0, |process| process.memory);
        let others = self.memory_in_use.saturating_sub(own);
        let left = self.limits.total_bytes.saturating_sub(others);
        if left < self.limits.process_bytes {
            Allowance { bytes: left, limit: LimitKind::TotalBytes }
        } else {
            Allowance { bytes: self.limits.process_bytes, limit: LimitKind::ProcessBytes }
        }
    }

    /// Bytes of memory of all processes, as they last said.
    pub fn total_memory(&self) -> u64 {
        self.memory_in_use
    }
}
