//! Answers to requests that carried an idempotency key: asking again gives the same answer and does nothing twice.

use super::db::args;
use super::{Store, StoreError};
use crate::clock::Millis;

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remembered {
    /// Nothing: the request may go on, and the key is taken now.
    New,
    /// The same request is being answered.
    UnderWay,
    /// The key was used for another request.
    Another,
    /// It was answered with this.
    Answered {
        /// HTTP status.
        status: i64,
        /// JSON.
        body: String,
    },
}

impl Store {
    /// Takes a key for a request, or says what became of the one that took it before. Keys from before `oldest` are
    /// forgotten.
    pub(crate) async fn take_key(
        &self,
        user: &str,
        key: &str,
        request: &[u8],
        now: Millis,
        oldest: Millis,
    ) -> Result<Remembered, StoreError> {
        let mut tx = self.main.begin().await?;
        tx.execute("DELETE FROM idempotency WHERE at < $1", args![oldest]).await?;
        let sql = "SELECT request, status, body FROM idempotency WHERE user_id = $1 AND key = $2";
        if let Some(row) = tx.fetch_one(sql, args![user, key]).await? {
            if row.bytes(0)? != request {
                return Ok(Remembered::Another);
            }
            return Ok(match row.opt_int(1)? {
                None => Remembered::UnderWay,
                Some(status) => Remembered::Answered { status, body: row.opt_text(2)?.unwrap_or_default() },
            });
        }
        tx.execute(
            "INSERT INTO idempotency (user_id, key, request, status, body, at) VALUES ($1, $2, $3, NULL, NULL, $4)",
            args![user, key, request, now],
        )
        .await?;
        tx.commit().await?;
        Ok(Remembered::New)
    }

    /// Remembers the answer.
    pub(crate) async fn keep_answer(&self, user: &str, key: &str, status: i64, body: &str) -> Result<(), StoreError> {
        let sql = "UPDATE idempotency SET status = $3, body = $4 WHERE user_id = $1 AND key = $2";
        self.main.execute(sql, args![user, key, status, body]).await.map(drop)
    }

    /// Gives a key free whose request did not get anywhere.
    pub(crate) async fn release_key(&self, user: &str, key: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM idempotency WHERE user_id = $1 AND key = $2 AND status IS NULL";
        self.main.execute(sql, args![user, key]).await.map(drop)
    }

    /// Gives free what a server left under way that was killed.
    pub(crate) async fn release_all_keys(&self) -> Result<(), StoreError> {
        self.main.execute("DELETE FROM idempotency WHERE status IS NULL", args![]).await.map(drop)
    }
}
