//! Writes updates of all rooms in groups: while one group is being written, the next one gathers. A second task
//! synchronises what was written with the disk, as often as the disk can.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;

use crate::error::chain;
use crate::store::{Appended, Store};

/// Updates that wait. A room whose update does not fit waits.
const QUEUE: usize = 4_096;

/// How far the updates of a room have got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Up to which they survive this process.
    pub(super) written: i64,
    /// Up to which they survive the machine.
    pub(super) durable: i64,
    /// Something could not be written; nothing that comes after is.
    pub(super) failed: bool,
}

/// An update on its way.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) update: Appended,
    /// Where the room looks.
    pub(super) progress: Arc<watch::Sender<Progress>>,
}

/// The way to the log.
#[derive(Debug)]
pub(super) struct Log {
    queue: Mutex<Option<mpsc::Sender<Entry>>>,
    sender: mpsc::WeakSender<Entry>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Log {
    pub(super) fn start(store: Arc<Store>) -> Self {
        let (sender, queue) = mpsc::channel(QUEUE);
        let (written, to_synchronise) = mpsc::channel(QUEUE);
        let writing = tokio::spawn(write(store.clone(), queue, written));
        let synchronising = tokio::spawn(synchronise(store, to_synchronise));
        let weak = sender.downgrade();
        Self { queue: Mutex::new(Some(sender)), sender: weak, tasks: Mutex::new(vec![writing, synchronising]) }
    }

    /// Gives `false` when the log is closed.
    pub(super) async fn append(&self, entry: Entry) -> bool {
        match self.sender.upgrade() {
            Some(sender) => sender.send(entry).await.is_ok(),
            None => false,
        }
    }

    /// Writes and synchronises what is under way, and ends.
    pub(super) async fn close(&self) {
        drop(self.queue.lock().await.take());
        for task in self.tasks.lock().await.drain(..) {
            if task.await.is_err() {
                tracing::error!("the log of documents panicked");
            }
        }
    }
}

async fn write(store: Arc<Store>, mut queue: mpsc::Receiver<Entry>, written: mpsc::Sender<Vec<Entry>>) {
    let mut group = Vec::new();
    while queue.recv_many(&mut group, QUEUE).await > 0 {
        metrics::counter!("orrery_document_updates_total").increment(group.len() as u64);
        let (updates, rooms): (Vec<_>, Vec<_>) = group.drain(..).map(|entry| (entry.update, entry.progress)).unzip();
        let result = store.append_updates(&updates).await;
        if let Err(error) = &result {
            tracing::error!(error = %chain(error), "updates of documents could not be written");
        }
        let entries = updates.into_iter().zip(rooms).map(|(update, progress)| Entry { update, progress });
        let entries: Vec<Entry> = entries.collect();
        for Entry { update, progress } in &entries {
            progress.send_modify(|it| match &result {
                Ok(()) if !it.failed => it.written = update.seq,
                _ => it.failed = true,
            });
        }
        if written.send(entries).await.is_err() {
            return;
        }
    }
}

async fn synchronise(store: Arc<Store>, mut written: mpsc::Receiver<Vec<Entry>>) {
    let mut groups = Vec::new();
    while written.recv_many(&mut groups, QUEUE).await > 0 {
        let result = store.synchronise_documents().await;
        if let Err(error) = &result {
            tracing::error!(error = %chain(error), "updates of documents could not be brought to the disk");
        }
        for Entry { update, progress } in groups.drain(..).flatten() {
            progress.send_modify(|it| match &result {
                Ok(()) if !it.failed => it.durable = update.seq,
                _ => it.failed = true,
            });
        }
    }
}
