//! Moves what was written from the write-ahead log of a SQLite database into its file, beside those who write.
//!
//! SQLite would do it within the commit that fills the log: that one then waits until the disk has two files, and everybody who
//! writes waits behind it (SQLite documentation, "Write-Ahead Logging", section 2.1).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::store::StoreError;

/// Transactions between two checkpoints.
const EVERY: u64 = 256;

/// Pages (4 kB) in the log from which on writers have to wait until it can begin again. While somebody always writes, it never could.
const MANY: i64 = 16_384;

/// What moves it. Ends when it is dropped.
#[derive(Debug)]
pub(in crate::store) struct Checkpoints {
    connection: SqlitePool,
    begun: AtomicU64,
    due: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Checkpoints {
    /// Begins with a connection of its own. Those that write must not do it themselves (`PRAGMA wal_autocheckpoint = 0`).
    pub(super) async fn start(options: SqliteConnectOptions) -> Result<Self, StoreError> {
        let connection = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        let connection = connection.map_err(StoreError::Database)?;
        let due = Arc::new(Notify::new());
        let task = tokio::spawn(work(connection.clone(), Arc::clone(&due)));
        Ok(Self { connection, begun: AtomicU64::new(0), due, task })
    }

    /// Somebody begins to write.
    pub(super) fn count(&self) {
        if self.begun.fetch_add(1, Ordering::Relaxed) % EVERY == EVERY - 1 {
            self.due.notify_one();
        }
    }

    /// Lets go of the file.
    pub(super) async fn stop(&self) {
        self.task.abort();
        self.connection.close().await;
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn work(connection: SqlitePool, due: Arc<Notify>) {
    loop {
        due.notified().await;
        let done = match checkpoint(&connection, "PRAGMA wal_checkpoint(PASSIVE)").await {
            Ok(pages) if pages > MANY => checkpoint(&connection, "PRAGMA wal_checkpoint(RESTART)").await,
            other => other,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "the log of a database cannot be moved into its file");
        }
    }
}

/// How many pages the log has.
async fn checkpoint(connection: &SqlitePool, statement: &'static str) -> Result<i64, sqlx::Error> {
    let (_busy, pages, _moved): (i64, i64, i64) = sqlx::query_as(statement).fetch_one(connection).await?;
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::store::db::{Db, Durability, Schema, args};

    #[tokio::test]
    async fn what_is_written_comes_into_the_file_while_others_go_on() {
        const PAGE: usize = 4 << 10;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("documents.db");
        let db = Db::sqlite(&file, Schema::Documents, Durability::Process).await.unwrap();
        db.execute("CREATE TABLE pages (content BLOB NOT NULL)", args![]).await.unwrap();
        let write = async || {
            db.execute("INSERT INTO pages (content) VALUES ($1)", args![vec![7_u8; PAGE]]).await.unwrap();
        };
        for _ in 0..super::EVERY {
            write().await;
        }
        let arrives = async {
            while std::fs::metadata(&file).unwrap().len() < super::EVERY / 2 * PAGE as u64 {
                write().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), arrives).await.expect("it comes into the file");
        db.close().await;
    }
}
