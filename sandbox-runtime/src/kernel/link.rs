//! Links (Erlang Reference Manual, "Processes", "Links").
//!
//! Each of the two processes holds its half. The first half is there at once, the other when the signal is taken.
//! Removing goes by a request and its acknowledgement, so a link that is made again in between is not lost: the
//! protocol of Erlang/OTP (ERTS User's Guide, "Distribution Protocol", "Link Protocol") used within one node.

use serde::{Deserialize, Serialize};
use shared::event::EventKind;
use shared::{Etf, EventSeq, Pid};

use super::signal::Signal;
use super::{Kernel, Raise};

/// One half of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Link {
    /// The request to remove it that was not yet acknowledged. Such a link is there no more, but what the other side
    /// sent before it knew must be told apart.
    pub(crate) unlinking: Option<u64>,
}

impl Kernel {
    /// `link/1`.
    ///
    /// # Errors
    /// `noproc` when there is no such process and the caller does not trap exits; `system_limit` when there are too
    /// many links.
    pub fn link(&mut self, pid: Pid, peer: Pid) -> Result<(), Raise> {
        if pid == peer {
            return Ok(());
        }
        let peer_lives = self.process(peer).is_some();
        let process = self.process_mut(pid).ok_or(Raise::Noproc)?;
        if !peer_lives {
            if !process.flags.trap_exit {
                return Err(Raise::Noproc);
            }
            let seq = self.record(Some(pid), EventKind::Linked { peer });
            self.no_such_link(pid, peer, seq);
            return Ok(());
        }
        self.check_relations(pid)?;
        let process = self.process_mut(pid).ok_or(Raise::Noproc)?;
        if process.links.get(&peer).is_some_and(|link| link.unlinking.is_none()) {
            return Ok(());
        }
        process.links.insert(peer, Link::default());
        let seq = self.record(Some(pid), EventKind::Linked { peer });
        self.enqueue(peer, Signal::Link { from: pid }, seq);
        Ok(())
    }

    /// A link with a process that is not there: an exit signal with reason `noproc`, through the link.
    fn no_such_link(&mut self, pid: Pid, peer: Pid, cause: EventSeq) {
        if let Some(process) = self.process_mut(pid) {
            process.links.insert(peer, Link::default());
        }
        let reason = Etf::atom("noproc");
        self.enqueue(pid, Signal::Exit { from: Some(peer), reason, through_link: true }, cause);
    }

    /// `unlink/1`. After it, no exit signal comes through the link.
    pub fn unlink(&mut self, pid: Pid, peer: Pid) {
        let id = self.counters.unlink_id();
        let peer_lives = self.process(peer).is_some();
        let Some(process) = self.process_mut(pid) else {
            return;
        };
        match process.links.get_mut(&peer) {
            Some(link) if link.unlinking.is_none() => link.unlinking = Some(id),
            _ => return,
        }
        if !peer_lives {
            // Its exit signal may be on the way; without an entry it is ignored.
            process.links.remove(&peer);
        }
        let seq = self.record(Some(pid), EventKind::Unlinked { peer });
        self.enqueue(peer, Signal::Unlink { from: pid, id }, seq);
    }

    pub(crate) fn take_link(&mut self, pid: Pid, from: Pid) {
        if let Some(process) = self.process_mut(pid) {
            // An entry that is there stays: either both asked for the link, or this side has asked to remove it
            // and waits for the other's word.
            process.links.entry(from).or_default();
        }
    }

    pub(crate) fn take_unlink(&mut self, pid: Pid, from: Pid, id: u64, cause: EventSeq) {
        if let Some(process) = self.process_mut(pid)
            && process.links.get(&from).is_some_and(|link| link.unlinking.is_none())
        {
            process.links.remove(&from);
        }
        self.enqueue(from, Signal::UnlinkAck { from: pid, id }, cause);
    }

    pub(crate) fn take_unlink_ack(&mut self, pid: Pid, from: Pid, id: u64) {
        if let Some(process) = self.process_mut(pid)
            && process.links.get(&from).is_some_and(|link| link.unlinking == Some(id))
        {
            process.links.remove(&from);
        }
    }

    /// Removes this side of a link whose other side ended; says whether the link was active.
    pub(crate) fn take_broken_link(&mut self, pid: Pid, from: Pid) -> bool {
        let link = self.process_mut(pid).and_then(|process| process.links.remove(&from));
        link.is_some_and(|link| link.unlinking.is_none())
    }
}
