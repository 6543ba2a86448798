//! A machine at one moment, to go on from as often as one likes.
//!
//! What is kept of a process is what it has written to since its template; the kernel's structures are persistent. So a
//! snapshot shares what has not changed with the machine that it was taken of and with earlier snapshots of it, and a
//! machine that is made of one makes a process's guest only when the process runs again.

use std::collections::BTreeMap;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use shared::command::Interruption;
use xxhash_rust::xxh3::Xxh3;

use crate::guest::{GuestFactory, SavedGuest as _};
use crate::kernel::Kernel;
use crate::kernel::fs::base::BaseFiles;
use crate::peers::SavedGuests;

/// A machine at one moment.
pub struct Snapshot<F: GuestFactory> {
    pub(crate) kernel: Arc<Kernel>,
    pub(crate) factory: F,
    pub(crate) guests: Arc<SavedGuests<F::Guest>>,
    pub(crate) turns: u64,
    /// Turns to come that are known to be ended by the server.
    pub(crate) interruptions: BTreeMap<u64, Interruption>,
}

impl<F: GuestFactory + Clone> Clone for Snapshot<F> {
    fn clone(&self) -> Self {
        Self {
            kernel: Arc::clone(&self.kernel),
            factory: self.factory.clone(),
            guests: Arc::clone(&self.guests),
            turns: self.turns,
            interruptions: self.interruptions.clone(),
        }
    }
}

impl<F: GuestFactory> Snapshot<F> {
    /// Everything but the guests.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// With the files that lie under its own: a snapshot that was read does not hold them
    /// ([`Kernel::set_base_files`](crate::kernel::Kernel::set_base_files)).
    pub fn with_base_files(mut self, files: Arc<dyn BaseFiles>) -> Self
    where
        F: Clone,
    {
        Arc::make_mut(&mut self.kernel).set_base_files(files);
        self
    }

    /// Turns that the machine had given.
    pub fn turns(&self) -> u64 {
        self.turns
    }

    /// Processes of which it has more than the kernel's part.
    pub fn guest_count(&self) -> usize {
        self.guests.guests.len()
    }

    /// Bytes of guests that were copied for it, those apart that it shares with earlier snapshots of the same machine.
    pub fn own_bytes(&self) -> u64 {
        self.guests.own_bytes()
    }

    /// A number that two machines share exactly when they will behave in the same way, as far as 64 bits can tell:
    /// [`Kernel::state_hash`], the turns, and for each guest the changes of code that it has made and its
    /// [`digest`](crate::guest::SavedGuest::digest), in the order of the processes. What is kept of the events has no part in
    /// it.
    pub fn state_hash(&self) -> u64 {
        let mut hasher = Xxh3::new();
        (self.kernel.state_hash(), self.turns, self.guests.changes.len()).hash(&mut hasher);
        for (pid, saved, seen) in &self.guests.guests {
            (pid, seen, saved.digest()).hash(&mut hasher);
        }
        hasher.finish()
    }
}
