//! A client of a room: who it is, what it may do, and the way to it.

use axum::body::Bytes;
use shared::access::Operation;
use shared::document::DocumentName;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::super::presence::Identity;
use super::Outgoing;
use crate::auth::Caller;
use crate::clock::Millis;
use crate::error::ApiError;
use crate::state::AppState;
use crate::store::Access;

/// Client numbers that one connection may bring that nobody had before. A page has one.
const NEW_NUMBERS_MAX: u32 = 16;

/// One connection.
pub(super) struct Client {
    caller: Caller,
    access: Access,
    out: mpsc::Sender<Outgoing>,
    /// It does not take what it is sent; since then it has been sent nothing.
    behind: bool,
    new_numbers: u32,
    /// Whether it has sent what it had before it came.
    pub(super) has_synced: bool,
    /// Whether it has been told that it may not write, since its access was last looked at.
    pub(super) told_denied: bool,
}

impl Client {
    pub(super) fn new(caller: Caller, access: Access, out: mpsc::Sender<Outgoing>) -> Self {
        Self { caller, access, out, behind: false, new_numbers: 0, has_synced: false, told_denied: false }
    }

    pub(super) fn user(&self) -> &str {
        &self.caller.user.id
    }

    pub(super) fn identity(&self) -> Identity {
        Identity {
            user: self.caller.user.id.clone(),
            name: self.caller.user.name.clone(),
            role: self.access.role.name(),
        }
    }

    /// Whether it may change this document. `None` when its access has ended meanwhile and has to be looked at.
    pub(super) fn may_write(&self, name: DocumentName, now: Millis) -> Option<bool> {
        if self.access.until.is_some_and(|until| until <= now) {
            return None;
        }
        Some(name.writing().is_some_and(|operation| self.caller.can(&self.access, operation)))
    }

    /// One more number that nobody had before. Gives `false` when there were too many.
    pub(super) fn count_new_number(&mut self) -> bool {
        self.new_numbers += 1;
        self.new_numbers <= NEW_NUMBERS_MAX
    }

    /// Looks again who it is and what it may do; an error when it may not be here any more.
    pub(super) async fn look_again(&mut self, app: &AppState, sandbox: &str) -> Result<(), (u16, String)> {
        let closed = |error: ApiError| (error.close_code(), error.to_string());
        if !self.caller.is_still_in(app).await.map_err(closed)? {
            return Err(closed(ApiError::Unauthenticated));
        }
        self.access = self.caller.access(app, sandbox, Operation::View).await.map_err(closed)?;
        self.told_denied = false;
        Ok(())
    }

    /// Sends a frame. A client that does not take what it is sent gets nothing more until it has, and then everything
    /// that it missed in one piece; single frames are never left out.
    pub(super) fn send(&mut self, frame: &Bytes) {
        if self.behind {
            return;
        }
        match self.out.try_send(Outgoing::Frame(frame.clone())) {
            // When it is gone, its reader says so.
            Ok(()) | Err(TrySendError::Closed(_)) => {}
            Err(TrySendError::Full(_)) => {
                metrics::counter!("orrery_document_clients_behind_total").increment(1);
                self.behind = true;
            }
        }
    }

    /// Whether it had fallen behind; from now on it is sent things again.
    pub(super) fn catch_up(&mut self) -> bool {
        std::mem::take(&mut self.behind)
    }

    pub(super) fn close(&mut self, code: u16, why: &str) {
        // When its queue is full, dropping the way to it ends it too.
        drop(self.out.try_send(Outgoing::Close(code, why.to_owned())));
    }
}
