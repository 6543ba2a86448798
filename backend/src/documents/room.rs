//! The task of one open document.
//!
//! Everything that happens to the document passes through here, one thing after another, so there are no races to think
//! of. What clients are told of a change waits until the change is written; what the one who made it is told waits until
//! it is on the disk, so that getting one's own update back is an acknowledgement.

mod apply;
mod clients;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use shared::access::Operation;
use shared::document::{DocumentName, close};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior};
use yrs::{Doc, ReadTxn as _, StateVector, Transact as _};

use self::clients::Client;
use super::log::Progress;
use super::presence::{Connection, Presence};
use super::{Documents, wire};
use crate::auth::Caller;
use crate::error::{ApiError, chain};
use crate::state::AppState;
use crate::store::LoadedDocument;

/// What changed in presence is told at most this often.
const PRESENCE_INTERVAL: Duration = Duration::from_millis(33);

/// How often a room looks for clients that fell silent.
const TICK: Duration = Duration::from_secs(5);

/// A room without clients closes after so long.
const IDLE: Duration = Duration::from_secs(30);

/// That a sandbox was changed is noted in its record at most this often.
const NOTED_EVERY: Duration = Duration::from_mins(1);

/// After so many updates, or so many bytes of them, the whole state is stored.
const UPDATES_PER_STATE: usize = 500;
const UPDATE_BYTES_PER_STATE: usize = 1 << 20;

/// Clients in one room.
const CLIENTS_MAX: usize = 1_000;

/// What a room is told.
pub(crate) enum Message {
    /// Somebody comes.
    Join {
        /// Who.
        caller: Caller,
        /// The way to them.
        out: mpsc::Sender<Outgoing>,
        /// The number they are from now on; nothing when the room is full.
        reply: oneshot::Sender<Result<Connection, ApiError>>,
    },
    /// A frame came.
    Frame {
        /// From whom.
        from: Connection,
        /// As it came.
        frame: Bytes,
    },
    /// A client that had fallen behind has taken everything that was sent to it.
    CaughtUp {
        /// Who.
        connection: Connection,
    },
    /// Somebody is gone.
    Leave {
        /// Who.
        connection: Connection,
    },
    /// Roles or switches are others now.
    AccessChanged {
        /// Answered when everybody has been looked at.
        reply: oneshot::Sender<()>,
    },
    /// The whole state is wanted.
    State {
        /// A Yjs update.
        reply: oneshot::Sender<Vec<u8>>,
    },
    /// The room has to close.
    Close {
        /// What its clients are told; see [`shared::document::close`].
        code: u16,
        /// Answered when everything is written.
        reply: oneshot::Sender<()>,
    },
}

/// What goes to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outgoing {
    /// A binary frame.
    Frame(Bytes),
    /// The end, with a reason for people.
    Close(u16, String),
}

/// Something that waits until an update has got far enough.
enum Waiting {
    /// A frame for everybody but one.
    Broadcast(Option<Connection>, Bytes),
    /// A frame for one.
    To(Connection, Bytes),
}

/// The document, its clients, and what is under way.
pub(super) struct Room {
    documents: Documents,
    app: AppState,
    sandbox: String,
    name: DocumentName,
    key: String,
    doc: Doc,
    /// Up to which clock each client's edits are known: the state vector.
    known: HashMap<u64, u32>,
    /// Whose client numbers these are; empty for the server.
    owners: HashMap<u64, String>,
    /// Nested types that were ever made here.
    types: usize,
    /// About how many bytes the document takes.
    bytes: usize,
    /// The number of the last update.
    seq: i64,
    updates_since_state: usize,
    bytes_since_state: usize,
    /// Up to which update, and when, it was noted that the sandbox was changed.
    noted: (i64, Option<Instant>),
    progress: Arc<watch::Sender<Progress>>,
    until_written: VecDeque<(i64, Waiting)>,
    until_durable: VecDeque<(i64, Waiting)>,
    clients: BTreeMap<Connection, Client>,
    next_connection: Connection,
    presence: Presence,
    /// When presence is told next.
    presence_due: Option<Instant>,
    idle_since: Instant,
    /// Why the room cannot go on.
    broken: Option<&'static str>,
}

impl Room {
    /// Brings a stored document back.
    pub(super) fn open(
        documents: Documents,
        app: AppState,
        sandbox: String,
        name: DocumentName,
        key: String,
        loaded: LoadedDocument,
    ) -> Result<Self, ApiError> {
        let (doc, known, types, bytes) = apply::restore(&loaded).map_err(|error| {
            tracing::error!(document = key, %error, "a stored document cannot be read");
            ApiError::Internal
        })?;
        let seq = loaded.seq;
        let progress = Progress { written: seq, durable: seq, failed: false };
        metrics::gauge!("orrery_documents_open").increment(1.0);
        Ok(Self {
            documents,
            app,
            sandbox,
            name,
            key,
            doc,
            known,
            owners: loaded.clients,
            types,
            bytes,
            seq,
            updates_since_state: loaded.updates.len(),
            bytes_since_state: loaded.updates.iter().map(Vec::len).sum(),
            noted: (seq, None),
            progress: Arc::new(watch::Sender::new(progress)),
            until_written: VecDeque::new(),
            until_durable: VecDeque::new(),
            clients: BTreeMap::new(),
            next_connection: 1,
            presence: Presence::default(),
            presence_due: None,
            idle_since: Instant::now(),
            broken: None,
        })
    }

    /// Runs until nobody needs the room any more.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Message>) {
        let mut progress = self.progress.subscribe();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut closing = None;
        loop {
            let presence_due = self.presence_due;
            tokio::select! {
                message = queue.recv() => match message {
                    Some(Message::Close { code, reply }) => {
                        closing = Some((code, reply));
                        break;
                    }
                    Some(message) => self.handle(message).await,
                    None => break,
                },
                changed = progress.changed() => {
                    if changed.is_ok() {
                        self.progressed(*progress.borrow_and_update());
                    }
                }
                () = async {
                    match presence_due {
                        Some(due) => tokio::time::sleep_until(due).await,
                        None => std::future::pending().await,
                    }
                } => self.tell_presence(),
                _ = tick.tick() => {
                    self.presence.expire(self.documents.clock().now());
                    self.presence_changed();
                    if self.is_change_to_note() && self.noted.1.is_none_or(|at| at.elapsed() >= NOTED_EVERY) {
                        // Nobody here waits for it.
                        tokio::spawn(self.note_change());
                    }
                    if self.clients.is_empty() && self.idle_since.elapsed() >= IDLE && queue.is_empty() {
                        break;
                    }
                }
            }
            if self.broken.is_some() {
                break;
            }
            if self.is_due_for_storing() {
                self.store_state().await;
            }
        }
        self.end(queue, closing).await;
    }

    /// Sees to it that everything is written before another room may be opened for the document.
    async fn end(mut self, mut queue: mpsc::Receiver<Message>, closing: Option<(u16, oneshot::Sender<()>)>) {
        let code = match (&closing, self.broken) {
            (Some((code, _)), _) => *code,
            (None, Some(_)) => close::TRY_LATER,
            (None, None) => close::RESTARTING,
        };
        if let Some(why) = self.broken {
            tracing::error!(document = self.key, why, "a document is closed and will be read again");
        }
        let mut progress = self.progress.subscribe();
        let all = self.seq;
        // The log always says how it went, unless it is gone itself.
        drop(progress.wait_for(|it| it.failed || it.durable >= all).await);
        let reached = *progress.borrow();
        self.progressed(reached);
        let deleted = code == close::GONE;
        if !deleted {
            self.note_change().await;
        }
        if !deleted && self.broken.is_none() && !reached.failed && self.updates_since_state > 0 {
            self.store_state().await;
        }
        for client in self.clients.values_mut() {
            client.close(code, "This document is being closed");
        }
        queue.close();
        self.documents.forget(&self.key);
        metrics::gauge!("orrery_documents_open").decrement(1.0);
        if let Some((_, reply)) = closing {
            // Whoever wanted it may be gone.
            reply.send(()).ok();
        }
    }

    async fn handle(&mut self, message: Message) {
        match message {
            Message::Join { caller, out, reply } => {
                let joined = self.join(caller, out).await;
                if let Err(Ok(connection)) = reply.send(joined) {
                    self.leave(connection);
                }
            }
            Message::Frame { from, frame } => self.frame(from, &frame).await,
            Message::CaughtUp { connection } => self.caught_up(connection),
            Message::Leave { connection } => self.leave(connection),
            Message::AccessChanged { reply } => {
                let all: Vec<Connection> = self.clients.keys().copied().collect();
                for connection in all {
                    self.look_again(connection).await;
                }
                reply.send(()).ok();
            }
            Message::State { reply } => {
                drop(reply.send(self.doc.transact().encode_state_as_update_v1(&StateVector::default())));
            }
            // Handled where the queue is read.
            Message::Close { .. } => {}
        }
    }

    /// What may be told now.
    fn progressed(&mut self, progress: Progress) {
        while let Some((seq, _)) = self.until_written.front()
            && *seq <= progress.written
        {
            let Some((_, waiting)) = self.until_written.pop_front() else { break };
            self.tell(waiting);
        }
        while let Some((seq, _)) = self.until_durable.front()
            && *seq <= progress.durable
        {
            let Some((_, waiting)) = self.until_durable.pop_front() else { break };
            self.tell(waiting);
        }
        if progress.failed {
            self.broken = Some("an update could not be written");
        }
    }

    fn wait_until_written(&mut self, waiting: Waiting) {
        if self.progress.borrow().written >= self.seq && self.until_written.is_empty() {
            self.tell(waiting);
        } else {
            self.until_written.push_back((self.seq, waiting));
        }
    }

    fn tell(&mut self, waiting: Waiting) {
        match waiting {
            Waiting::Broadcast(except, frame) => {
                for (connection, client) in &mut self.clients {
                    if Some(*connection) != except {
                        client.send(&frame);
                    }
                }
            }
            Waiting::To(connection, frame) => {
                if let Some(client) = self.clients.get_mut(&connection) {
                    client.send(&frame);
                }
            }
        }
    }

    async fn join(&mut self, caller: Caller, out: mpsc::Sender<Outgoing>) -> Result<Connection, ApiError> {
        if self.clients.len() >= CLIENTS_MAX {
            return Err(ApiError::Conflict("This document has as many readers as it may have".to_owned()));
        }
        let access = caller.access(&self.app, &self.sandbox, Operation::View).await?;
        let connection = self.next_connection;
        self.next_connection += 1;
        self.clients.insert(connection, Client::new(caller, access, out));
        let state_vector = yrs::updates::encoder::Encode::encode_v1(&self.doc.transact().state_vector());
        self.tell(Waiting::To(connection, wire::step1(&state_vector).into()));
        if let Some(everybody) = self.presence.everybody() {
            self.tell(Waiting::To(connection, wire::awareness(&everybody).into()));
        }
        metrics::gauge!("orrery_document_clients").increment(1.0);
        Ok(connection)
    }

    fn leave(&mut self, connection: Connection) {
        if self.clients.remove(&connection).is_some() {
            metrics::gauge!("orrery_document_clients").decrement(1.0);
            self.presence.leave(connection);
            self.presence_changed();
            self.idle_since = Instant::now();
        }
    }

    /// Whether somebody may still be here, and as what.
    async fn look_again(&mut self, connection: Connection) {
        let Some(client) = self.clients.get_mut(&connection) else { return };
        match client.look_again(&self.app, &self.sandbox).await {
            Ok(()) => {
                self.presence.identity_changed(connection, &client.identity());
                self.presence_changed();
            }
            Err((code, why)) => {
                client.close(code, &why);
                self.leave(connection);
            }
        }
    }

    /// A client took everything that was sent to it: it gets the whole document, in which is all that it missed.
    fn caught_up(&mut self, connection: Connection) {
        if !self.clients.get_mut(&connection).is_some_and(Client::catch_up) {
            return;
        }
        let state = self.doc.transact().encode_state_as_update_v1(&StateVector::default());
        // The document may be ahead of the log.
        self.wait_until_written(Waiting::To(connection, wire::update(&state).into()));
        if let Some(everybody) = self.presence.everybody() {
            self.tell(Waiting::To(connection, wire::awareness(&everybody).into()));
        }
    }

    fn presence_changed(&mut self) {
        if self.presence.is_dirty() && self.presence_due.is_none() {
            self.presence_due = Some(Instant::now() + PRESENCE_INTERVAL);
        }
    }

    fn tell_presence(&mut self) {
        self.presence_due = None;
        if self.presence.is_dirty() {
            let frame = wire::awareness(&self.presence.take_changes());
            self.tell(Waiting::Broadcast(None, frame.into()));
        }
    }

    /// Whether there are changes of the files that the record of the sandbox does not know of.
    fn is_change_to_note(&self) -> bool {
        self.name == DocumentName::Code && self.noted.0 != self.seq
    }

    /// What lets the record of the sandbox say that its files were changed, if they were.
    fn note_change(&mut self) -> impl Future<Output = ()> + Send + 'static {
        let is_changed = self.is_change_to_note();
        if is_changed {
            self.noted = (self.seq, Some(Instant::now()));
        }
        let (store, now, sandbox) =
            (self.documents.store().clone(), self.documents.clock().now(), self.sandbox.clone());
        async move {
            if is_changed && let Err(error) = store.sandbox_changed(&sandbox, now).await {
                tracing::warn!(sandbox, error = %chain(&error), "it could not be noted that a sandbox was changed");
            }
        }
    }

    fn is_due_for_storing(&self) -> bool {
        (self.updates_since_state >= UPDATES_PER_STATE || self.bytes_since_state >= UPDATE_BYTES_PER_STATE)
            && self.progress.borrow().written >= self.seq
    }

    /// Stores the whole state, so that the log before it is not needed any more.
    async fn store_state(&mut self) {
        let state = self.doc.transact().encode_state_as_update_v1(&StateVector::default());
        self.bytes = state.len();
        self.updates_since_state = 0;
        self.bytes_since_state = 0;
        let now = self.documents.clock().now();
        let history_from = self.documents.history_from();
        let stored = self.documents.store().store_state(&self.key, self.seq, &state, now, history_from).await;
        if let Err(error) = stored {
            // Nothing is lost: the log is still there.
            tracing::error!(document = self.key, error = %chain(&error), "the state of a document could not be stored");
        }
    }
}
