//! Shared documents: Yjs documents that stock Yjs clients edit together.
//!
//! A document that somebody has open is a room: one task that owns the document, takes the frames of all clients one
//! after another, decides for each whether it may be, writes what changes to the log, and then tells the others.
//!
//! - `wire`: the encoding of frames and updates.
//! - `scan`: a look at every update before it comes near the document.
//! - `presence`: who is there and where their cursors are.
//! - `log`: writes updates of all rooms in groups.
//! - `room`: the task.
//! - `content`: files as a document, and back.

pub(crate) mod content;
mod log;
mod presence;
pub(crate) mod room;
mod scan;
mod wire;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use shared::api::sandboxes::Files;
use shared::document::DocumentName;
use tokio::sync::{OnceCell, mpsc, oneshot};

use self::log::Log;
use self::room::{Message, Room};
use crate::clock::{Clock, Millis};
use crate::error::ApiError;
use crate::state::AppState;
use crate::store::{Store, StoreError};

/// Messages that wait for a room. A client whose frame does not fit waits with reading.
const ROOM_QUEUE: usize = 256;

/// How often a room that is just closing is asked for again.
const ATTEMPTS: u32 = 5;

/// All documents of a server. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Documents(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Arc<Store>,
    clock: Clock,
    log: Log,
    /// How long every edit is kept.
    history_millis: Millis,
    /// The rooms that are open or opening.
    rooms: Mutex<HashMap<String, Arc<OnceCell<mpsc::Sender<Message>>>>>,
}

impl Documents {
    pub(crate) fn new(store: Arc<Store>, clock: Clock, history_days: u32) -> Self {
        let log = Log::start(store.clone());
        let history_millis = Millis::from(history_days) * 24 * 60 * 60 * 1000;
        Self(Arc::new(Inner { store, clock, log, history_millis, rooms: Mutex::default() }))
    }

    /// Makes the documents of a new sandbox.
    pub(crate) async fn create(&self, sandbox: &str, files: &Files) -> Result<(), StoreError> {
        self.import(sandbox, DocumentName::Code, &content::state_of(files)).await
    }

    /// Makes a document of a new sandbox from the state of another.
    pub(crate) async fn import(&self, sandbox: &str, name: DocumentName, state: &[u8]) -> Result<(), StoreError> {
        let now = self.0.clock.now();
        self.0.store.store_state(&key(sandbox, name), 0, state, now, now).await
    }

    /// The whole state of a document as a Yjs update.
    pub(crate) async fn state(&self, app: &AppState, sandbox: &str, name: DocumentName) -> Result<Vec<u8>, ApiError> {
        self.ask(app, sandbox, name, |reply| Message::State { reply }).await
    }

    /// The files of a sandbox as they are now.
    pub(crate) async fn files(&self, app: &AppState, sandbox: &str) -> Result<Files, ApiError> {
        let state = self.state(app, sandbox, DocumentName::Code).await?;
        content::files_of(&state).ok_or(ApiError::Internal)
    }

    /// Lets every open document of a sandbox look again what its clients may do. When this returns, they are held to it.
    pub(crate) async fn access_changed(&self, sandbox: &str) {
        for room in self.open_rooms(Some(sandbox)) {
            let (reply, done) = oneshot::channel();
            if room.send(Message::AccessChanged { reply }).await.is_ok() {
                // A room that closes meanwhile has no clients left.
                drop(done.await);
            }
        }
    }

    /// Closes the documents of a sandbox that is gone.
    pub(crate) async fn sandbox_deleted(&self, sandbox: &str) {
        self.close_rooms(Some(sandbox), shared::document::close::GONE).await;
    }

    /// Closes everything; what was written is on the disk then.
    pub(crate) async fn close(&self) {
        self.close_rooms(None, shared::document::close::RESTARTING).await;
        self.0.log.close().await;
    }

    async fn close_rooms(&self, sandbox: Option<&str>, code: u16) {
        let mut waiting = Vec::new();
        for room in self.open_rooms(sandbox) {
            let (reply, done) = oneshot::channel();
            if room.send(Message::Close { code, reply }).await.is_ok() {
                waiting.push(done);
            }
        }
        for done in waiting {
            // A room that ends without an answer has ended all the same.
            drop(done.await);
        }
    }

    fn open_rooms(&self, sandbox: Option<&str>) -> Vec<mpsc::Sender<Message>> {
        let rooms = self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open: Vec<_> = rooms
            .iter()
            .filter(|(key, _)| sandbox.is_none_or(|sandbox| key.split('/').next() == Some(sandbox)))
            .filter_map(|(key, room)| Some((key.clone(), room.get()?.clone())))
            .collect();
        open.sort_by(|(a, _), (b, _)| a.cmp(b));
        open.into_iter().map(|(_, room)| room).collect()
    }

    /// Sends a message with a reply to a room, opening it when it is not.
    pub(crate) async fn ask<T>(
        &self,
        app: &AppState,
        sandbox: &str,
        name: DocumentName,
        message: impl FnMut(oneshot::Sender<T>) -> Message,
    ) -> Result<T, ApiError> {
        self.enter(app, sandbox, name, message).await.map(|(_, answer)| answer)
    }

    /// The same, and gives the way to the room.
    pub(crate) async fn enter<T>(
        &self,
        app: &AppState,
        sandbox: &str,
        name: DocumentName,
        mut message: impl FnMut(oneshot::Sender<T>) -> Message,
    ) -> Result<(mpsc::Sender<Message>, T), ApiError> {
        for _ in 0..ATTEMPTS {
            let room = self.room(app, sandbox, name).await?;
            let (reply, answer) = oneshot::channel();
            if room.send(message(reply)).await.is_ok()
                && let Ok(answer) = answer.await
            {
                return Ok((room, answer));
            }
            // It was about to close; the next one begins with all that it has written.
            tokio::task::yield_now().await;
        }
        Err(ApiError::Unavailable)
    }

    async fn room(&self, app: &AppState, sandbox: &str, name: DocumentName) -> Result<mpsc::Sender<Message>, ApiError> {
        let key = key(sandbox, name);
        let cell = {
            let mut rooms = self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner);
            rooms.entry(key.clone()).or_default().clone()
        };
        let opened = cell
            .get_or_try_init(|| async {
                let loaded = self.0.store.load_document(&key).await?;
                let (sender, queue) = mpsc::channel(ROOM_QUEUE);
                let room = Room::open(self.clone(), app.clone(), sandbox.to_owned(), name, key.clone(), loaded)?;
                tokio::spawn(room.run(queue));
                Ok(sender)
            })
            .await;
        match opened {
            Ok(sender) => Ok(sender.clone()),
            Err(error) => {
                // Somebody else may try again.
                let mut rooms = self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner);
                if rooms.get(&key).is_some_and(|it| Arc::ptr_eq(it, &cell) && !it.initialized()) {
                    rooms.remove(&key);
                }
                Err(error)
            }
        }
    }

    /// A room closes: from now on another one may be opened.
    fn forget(&self, key: &str) {
        self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    fn log(&self) -> &Log {
        &self.0.log
    }

    fn store(&self) -> &Arc<Store> {
        &self.0.store
    }

    fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Since when every edit is kept.
    fn history_from(&self) -> Millis {
        self.0.clock.now() - self.0.history_millis
    }
}

/// The name of a document in the store.
pub(crate) fn key(sandbox: &str, name: DocumentName) -> String {
    format!("{sandbox}/{}", name.name())
}
