//! Sessions of sandboxes.

use shared::api::session::Session;

use super::db::args;
use super::{Store, StoreError};
use crate::clock::Millis;

/// What was done to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Another one began.
    Begun,
    /// It has other bounds.
    Bounded,
    /// It is over.
    Ended,
    /// Somebody was seen in it.
    Seen,
}

impl Change {
    /// As the audit log has it.
    fn action(self) -> Option<&'static str> {
        match self {
            Self::Begun => Some("session.begin"),
            Self::Bounded => Some("session.bound"),
            Self::Ended => Some("session.end"),
            Self::Seen => None,
        }
    }
}

impl Store {
    /// The session of a sandbox; nothing when there is no such sandbox.
    pub(crate) async fn sandbox_session(&self, sandbox: &str) -> Result<Option<Session>, StoreError> {
        let row = self.main.fetch_one("SELECT session FROM sandboxes WHERE id = $1", args![sandbox]).await?;
        row.map(|row| read(sandbox, &row.text(0)?)).transpose()
    }

    /// Changes a session as it is at that moment, and writes down who did what to it, if that is worth it; nobody for the server.
    /// Gives the session as it became; nothing when `change` finds nothing to be done, or there is no such sandbox any more.
    pub(crate) async fn change_session(
        &self,
        sandbox: &str,
        actor: Option<&str>,
        now: Millis,
        change: impl FnOnce(&mut Session) -> Option<Change>,
    ) -> Result<Option<Session>, StoreError> {
        let mut tx = self.main.begin().await?;
        let row = tx.fetch_one("SELECT session FROM sandboxes WHERE id = $1", args![sandbox]).await?;
        let Some(row) = row else { return Ok(None) };
        let mut session = read(sandbox, &row.text(0)?)?;
        let Some(change) = change(&mut session) else { return Ok(None) };
        let sql = "UPDATE sandboxes SET session = $2, session_bounded = $3 WHERE id = $1";
        tx.execute(sql, args![sandbox, json(&session), i64::from(session.is_bounded())]).await?;
        if let Some(action) = change.action() {
            self.audit(&mut tx, now, actor, action, sandbox, "").await?;
        }
        tx.commit().await?;
        Ok(Some(session))
    }

    /// The sandboxes whose sessions end by themselves.
    pub(crate) async fn bounded_sessions(&self) -> Result<Vec<String>, StoreError> {
        let rows = self.main.fetch("SELECT id FROM sandboxes WHERE session_bounded = 1 ORDER BY id", args![]).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }
}

/// A session as it is stored.
pub(super) fn read(sandbox: &str, text: &str) -> Result<Session, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged { what: sandbox.to_owned() })
}

fn json(session: &Session) -> String {
    serde_json::to_string(session).expect("numbers and texts become JSON")
}
