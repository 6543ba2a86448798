//! How much of its limits a sandbox uses.

use shared::limits::LimitKind;

use super::Kernel;

impl Kernel {
    /// Of what is limited and kept count of: which limit, how much there is, and how much there may be. Of what each process
    /// may have, that of the one which has most.
    pub fn usage(&self) -> Vec<(LimitKind, u64, u64)> {
        let limits = &self.limits;
        let processes = || self.processes.values();
        let largest = processes().map(|process| process.memory).max().unwrap_or(0);
        let messages = processes().map(|process| process.mailbox().messages()).max().unwrap_or(0);
        let bytes = processes().map(|process| process.mailbox().bytes()).max().unwrap_or(0);
        vec![
            (LimitKind::TotalBytes, self.memory_in_use, limits.total_bytes),
            (LimitKind::ProcessBytes, largest, limits.process_bytes),
            (LimitKind::Processes, self.processes.len() as u64, limits.processes),
            (LimitKind::MailboxMessages, messages, limits.mailbox_messages),
            (LimitKind::MailboxBytes, bytes, limits.mailbox_bytes),
            (LimitKind::TotalReductions, self.total_reductions, limits.total_reductions),
            (LimitKind::Atoms, self.atom_count(), limits.atoms),
            (LimitKind::EtsTables, self.ets.iter().count() as u64, limits.ets_tables),
            (LimitKind::EtsBytes, self.shared_bytes(), limits.ets_bytes),
            (LimitKind::Timers, self.timers.len() as u64, limits.timers),
            (LimitKind::Links, self.relations, limits.links),
            (LimitKind::CodeBytes, self.code.bytes(), limits.code_bytes),
            (LimitKind::FileBytes, self.files.bytes(), limits.file_bytes),
        ]
    }
}
