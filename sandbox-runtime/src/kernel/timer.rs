//! Timers (`erlang:start_timer/4`, `erlang:send_after/4`, `erlang:cancel_timer/2`, `erlang:read_timer/2`) and the
//! times until which processes wait.

use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use shared::etf::Part;
use shared::event::{Destination, DropReason, EventKind};
use shared::limits::LimitKind;
use shared::{Etf, EventSeq, Pid, Ref, Term, VirtualTime};

use super::{Kernel, Raise, RunState};

/// Everything that waits for a time. What is due at the same time happens in the order in which it was asked for.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct Timers {
    due: OrdMap<(VirtualTime, u64), Due>,
    timers: OrdMap<Ref, Timer>,
    /// Timers that end with the process that they send to.
    by_receiver: OrdSet<(Pid, Ref)>,
    wakes: OrdMap<(VirtualTime, Pid), u64>,
    next: u64,
    /// Bytes of the messages that they will send.
    bytes: u64,
}

#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
enum Due {
    Timer(Ref),
    Wake(Pid),
    /// A message that the outside holds back.
    Message(Box<HeldMessage>),
}

#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
struct HeldMessage {
    receiver: Pid,
    message: Etf,
    held_by: EventSeq,
    /// The alias that it was sent to.
    through: Option<Ref>,
}

#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
struct Timer {
    at: (VirtualTime, u64),
    to: Destination,
    message: Etf,
    started_by: EventSeq,
}

impl Timers {
    fn add(&mut self, at: VirtualTime, due: Due) -> (VirtualTime, u64) {
        let key = (at, self.next);
        self.next += 1;
        self.due.insert(key, due);
        key
    }

    fn remove(&mut self, timer: Ref) -> Option<Timer> {
        let entry = self.timers.remove(&timer)?;
        self.due.remove(&entry.at);
        self.bytes -= entry.message.len() as u64;
        if let Destination::Pid(pid) = entry.to {
            self.by_receiver.remove(&(pid, timer));
        }
        Some(entry)
    }

    pub(crate) fn wake_at(&mut self, at: VirtualTime, pid: Pid) {
        if at < VirtualTime::MAX && !self.wakes.contains_key(&(at, pid)) {
            let (_, number) = self.add(at, Due::Wake(pid));
            self.wakes.insert((at, pid), number);
        }
    }

    pub(crate) fn forget_wake(&mut self, at: VirtualTime, pid: Pid) {
        if let Some(number) = self.wakes.remove(&(at, pid)) {
            self.due.remove(&(at, number));
        }
    }

    /// When the next thing is due.
    pub fn next_due(&self) -> Option<VirtualTime> {
        self.due.get_min().map(|((at, _), _)| *at)
    }

    /// How many timers there are; waiting processes do not count.
    pub fn len(&self) -> usize {
        self.timers.len()
    }

    /// Whether there are no timers.
    pub fn is_empty(&self) -> bool {
        self.timers.is_empty()
    }
}

/// What a timer sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerForm {
    /// `{timeout, TimerRef, Message}`, as `start_timer` does.
    Timeout,
    /// The message itself, as `send_after` does.
    Plain,
}

impl Kernel {
    /// Starts a timer. One that sends to a process ends with that process; a name is looked up when it is due.
    ///
    /// # Errors
    /// `badarg` for an alias; `system_limit` when there are too many timers, or their messages are too large: all of
    /// them together may be as large as one mailbox.
    pub fn start_timer(
        &mut self,
        pid: Pid,
        due: VirtualTime,
        to: Destination,
        message: &Etf,
        form: TimerForm,
    ) -> Result<Ref, Raise> {
        let allowed = self.limits.timers;
        if matches!(to, Destination::Alias(_)) {
            return Err(Raise::Badarg);
        }
        let bytes = message.len() as u64;
        if bytes > self.limits.message_bytes {
            let allowed = self.limits.message_bytes;
            return Err(self.limit_reached(Some(pid), LimitKind::MessageBytes, allowed));
        }
        let full = self.timers.bytes + bytes > self.limits.mailbox_bytes;
        if full || self.timers.len() as u64 >= allowed {
            return Err(self.limit_reached(Some(pid), LimitKind::Timers, allowed));
        }
        let timer = self.make_ref();
        let message = match form {
            TimerForm::Plain => message.clone(),
            TimerForm::Timeout => {
                let timeout = Part::Term(Term::atom("timeout"));
                Etf::tuple(&[timeout, Part::Term(Term::reference(timer)), Part::Etf(message)])
            }
        };
        let started_by = self.record(Some(pid), EventKind::TimerStarted { timer, due, to: to.clone() });
        let receiver = match to {
            Destination::Pid(receiver) => Some(receiver),
            _ => None,
        };
        if receiver.is_some_and(|receiver| self.process(receiver).is_none()) {
            // As in Erlang/OTP: the reference is good, but such a timer is over already.
            return Ok(timer);
        }
        let at = self.timers.add(due.max(self.now()), Due::Timer(timer));
        self.timers.bytes += message.len() as u64;
        self.timers.timers.insert(timer, Timer { at, to, message, started_by });
        if let Some(receiver) = receiver {
            self.timers.by_receiver.insert((receiver, timer));
        }
        Ok(timer)
    }

    /// `erlang:cancel_timer/1`: nanoseconds that were left, or `None` when there is no such timer.
    pub fn cancel_timer(&mut self, pid: Option<Pid>, timer: Ref) -> Option<u64> {
        let left = self.read_timer(timer)?;
        self.timers.remove(timer);
        self.record(pid, EventKind::TimerCancelled { timer });
        Some(left)
    }

    /// `erlang:read_timer/1`: nanoseconds that are left, or `None` when there is no such timer.
    pub fn read_timer(&self, timer: Ref) -> Option<u64> {
        let entry = self.timers.timers.get(&timer)?;
        Some(entry.at.0.nanos().saturating_sub(self.now().nanos()))
    }

    /// When the next timer is due or the next waiting process wakes up.
    pub fn next_due(&self) -> Option<VirtualTime> {
        self.timers.next_due()
    }

    pub(crate) fn cancel_timers_to(&mut self, receiver: Pid) {
        let first = (receiver, Ref(0));
        let theirs: Vec<Ref> = self
            .timers
            .by_receiver
            .range(first..)
            .take_while(|(pid, _)| *pid == receiver)
            .map(|(_, timer)| *timer)
            .collect();
        for timer in theirs {
            self.timers.remove(timer);
        }
    }

    /// Hands a message over later.
    pub(crate) fn hold_message(
        &mut self,
        due: VirtualTime,
        receiver: Pid,
        message: Etf,
        held_by: EventSeq,
        through: Option<Ref>,
    ) {
        self.timers.add(due, Due::Message(Box::new(HeldMessage { receiver, message, held_by, through })));
    }

    /// Does everything that is due by now.
    pub(crate) fn fire_due(&mut self) {
        let now = self.now();
        while let Some(((at, number), due)) = self.timers.due.get_min().cloned()
            && at <= now
        {
            self.timers.due.remove(&(at, number));
            match due {
                Due::Wake(pid) => {
                    self.timers.wakes.remove(&(at, pid));
                    self.wake(pid);
                }
                Due::Message(held) => {
                    let HeldMessage { receiver, message, held_by, through } = *held;
                    if self.process(receiver).is_some() {
                        self.hand_over(receiver, message, held_by, through);
                    } else {
                        self.drop_message(None, message, DropReason::NoProcess, held_by);
                    }
                }
                Due::Timer(timer) => {
                    let Some(entry) = self.timers.remove(timer) else {
                        continue;
                    };
                    let fired = self.record_caused(None, Some(entry.started_by), EventKind::TimerFired { timer });
                    self.transmit(None, Some(fired), &entry.to, entry.message);
                }
            }
        }
    }

    fn wake(&mut self, pid: Pid) {
        if let Some(process) = self.process_mut(pid) {
            process.state = RunState::Runnable;
            process.throttled_until = None;
            self.make_ready(pid);
        }
    }
}
