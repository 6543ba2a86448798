//! What a running process tells of what it does within itself.

use shared::Pid;
use shared::event::EventKind;

use super::Kernel;

impl Kernel {
    /// The process took the message at this place out of its mailbox, counted from the oldest one. What it does next is because
    /// of that. A place where there is none is not believed.
    pub(crate) fn note_received(&mut self, pid: Pid, at: u64) {
        let (Some(process), Ok(at)) = (self.process_mut(pid), usize::try_from(at)) else { return };
        let Some(delivered) = process.inbox.remove(at) else { return };
        process.cause = Some(delivered);
        self.record_caused(Some(pid), Some(delivered), EventKind::Received);
    }

    /// The process collected garbage: bytes in use before and after.
    pub(crate) fn note_collected(&mut self, pid: Pid, before: u64, after: u64) {
        self.collected.0 += 1;
        self.collected.1 = self.collected.1.saturating_add(before.saturating_sub(after));
        self.record(Some(pid), EventKind::Collected { before, after });
    }

    /// Keeps what is known of a mailbox in step with a guest that does not tell what it takes: then it took the oldest.
    pub(super) fn settle_inbox(&mut self, pid: Pid) {
        if let Some(process) = self.process_mut(pid) {
            let messages = usize::try_from(process.mailbox.guest_messages).unwrap_or(usize::MAX);
            let taken = process.inbox.len().saturating_sub(messages);
            process.inbox.drain(..taken);
        }
    }
}
