//! Sessions of sandboxes.

use shared::api::session::Session;

use super::db::args;
use super::{Store, StoreError};
use crate::clock::Millis;

impl Store {
    /// The session of a sandbox; nothing when there is no such sandbox.
    pub(crate) async fn sandbox_session(&self, sandbox: &str) -> Result<Option<Session>, StoreError> {
        let row = self.main.fetch_one("SELECT session FROM sandboxes WHERE id = $1", args![sandbox]).await?;
        row.map(|row| read(sandbox, &row.text(0)?)).transpose()
    }

    /// Keeps a session, and who did what to it; nobody for the server.
    pub(crate) async fn keep_session(
        &self,
        sandbox: &str,
        session: &Session,
        what: &str,
        actor: Option<&str>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut tx = self.main.begin().await?;
        let sql = "UPDATE sandboxes SET session = $2, session_bounded = $3 WHERE id = $1";
        tx.execute(sql, args![sandbox, json(session), i64::from(session.is_bounded())]).await?;
        self.audit(&mut tx, now, actor, what, sandbox, "").await?;
        tx.commit().await
    }

    /// Writes down that somebody is there.
    pub(crate) async fn session_seen(&self, sandbox: &str, session: &Session) -> Result<(), StoreError> {
        self.main.execute("UPDATE sandboxes SET session = $2 WHERE id = $1", args![sandbox, json(session)]).await?;
        Ok(())
    }

    /// The sessions that end by themselves.
    pub(crate) async fn bounded_sessions(&self) -> Result<Vec<(String, Session)>, StoreError> {
        let sql = "SELECT id, session FROM sandboxes WHERE session_bounded = 1 ORDER BY id";
        let rows = self.main.fetch(sql, args![]).await?;
        let session = |row: &super::db::Row| {
            let id = row.text(0)?;
            let session = read(&id, &row.text(1)?)?;
            Ok((id, session))
        };
        rows.iter().map(session).collect()
    }
}

/// A session as it is stored.
pub(super) fn read(sandbox: &str, text: &str) -> Result<Session, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged { what: sandbox.to_owned() })
}

fn json(session: &Session) -> String {
    serde_json::to_string(session).expect("numbers and texts become JSON")
}
