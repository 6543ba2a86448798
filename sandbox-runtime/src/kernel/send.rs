//! Messages.

use shared::event::{Destination, DropReason, EventKind};
use shared::limits::LimitKind;
use shared::schedule::TimeMode;
use shared::{Etf, EventSeq, Pid, Ref};

use super::signal::Signal;
use super::{Kernel, Raise};

impl Kernel {
    /// `erlang:send/2` to a process, a name or an alias of this node. Who is not there gets nothing, and the sender
    /// does not learn that.
    ///
    /// # Errors
    /// `badarg` when nobody has the name; `system_limit` when the message is too large.
    pub fn send(&mut self, pid: Pid, to: &Destination, message: Etf) -> Result<(), Raise> {
        let allowed = self.limits.message_bytes;
        if message.len() as u64 > allowed {
            return Err(self.limit_reached(Some(pid), LimitKind::MessageBytes, allowed));
        }
        if let Destination::Name(name) = to
            && self.whereis(name).is_none()
        {
            self.trace_failed_send(pid, name, &message);
            return Err(Raise::Badarg);
        }
        self.count_message(pid);
        self.transmit(Some(pid), None, to, message);
        Ok(())
    }

    fn count_message(&mut self, pid: Pid) {
        let allowed = self.limits.messages_per_second;
        if self.clock.mode() == TimeMode::Frozen {
            return;
        }
        let now = self.now();
        if let Some(until) = self.message_rate.count(now, 1, allowed) {
            self.throttle(pid, until, LimitKind::MessagesPerSecond, allowed);
        }
    }

    /// Makes a process wait when its turn is over.
    pub(crate) fn throttle(&mut self, pid: Pid, until: shared::VirtualTime, limit: LimitKind, allowed: u64) {
        let Some(process) = self.process_mut(pid) else {
            return;
        };
        if process.throttled_until.replace(until).is_none() {
            self.limit_reached(Some(pid), limit, allowed);
        }
    }

    /// Sends without asking whether that is allowed. `from` is `None` for timers and the outside; `cause` then says
    /// what led to it.
    pub(crate) fn transmit(&mut self, from: Option<Pid>, cause: Option<EventSeq>, to: &Destination, message: Etf) {
        let receiver = match to {
            Destination::Pid(pid) => Some(*pid),
            Destination::Name(name) => self.whereis(name),
            Destination::Alias(alias) => self.aliases.get(alias).copied(),
        };
        let receiver = receiver.filter(|&pid| self.process(pid).is_some());
        let kind = EventKind::Sent { to: to.clone(), receiver, message: message.clone() };
        let seq = match from {
            Some(_) => self.record(from, kind),
            None => self.record_caused(None, cause, kind),
        };
        let Some(receiver) = receiver else {
            let why = match to {
                Destination::Alias(_) => DropReason::InactiveAlias,
                _ => DropReason::NoProcess,
            };
            self.drop_message(None, message, why, seq);
            return;
        };
        let alias = match to {
            Destination::Alias(alias) => Some(*alias),
            _ => None,
        };
        if let Some((message, seq)) = self.intercepted(from, receiver, message, seq, alias) {
            self.hand_over(receiver, message, seq, alias);
        }
    }

    /// Puts a message into the queue of a process.
    pub(crate) fn hand_over(&mut self, receiver: Pid, message: Etf, cause: EventSeq, through: Option<Ref>) {
        let size = message.len() as u64;
        let signal = match through {
            Some(alias) => Signal::AliasMessage { alias, message },
            None => Signal::Message(message),
        };
        self.enqueue(receiver, signal, cause);
        self.count_in_mailbox(receiver, size);
    }

    pub(crate) fn count_in_mailbox(&mut self, receiver: Pid, size: u64) {
        let (max_messages, max_bytes) = (self.limits.mailbox_messages, self.limits.mailbox_bytes);
        let Some(process) = self.process_mut(receiver) else {
            return;
        };
        process.mailbox.queued_messages += 1;
        process.mailbox.queued_bytes += size;
        let mailbox = process.mailbox;
        if mailbox.messages() > max_messages {
            self.doom_by_limit(receiver, LimitKind::MailboxMessages, max_messages);
        } else if mailbox.bytes() > max_bytes {
            self.doom_by_limit(receiver, LimitKind::MailboxBytes, max_bytes);
        }
    }

    /// A message is no longer on the way to a process.
    pub(crate) fn message_left_queue(&mut self, pid: Pid, size: usize) {
        if let Some(process) = self.process_mut(pid) {
            process.mailbox.queued_messages = process.mailbox.queued_messages.saturating_sub(1);
            process.mailbox.queued_bytes = process.mailbox.queued_bytes.saturating_sub(size as u64);
        }
    }
}
