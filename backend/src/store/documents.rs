//! Logs and states of shared documents.
//!
//! A document is its newest state and the updates after it. The state before that is kept too, with the updates since,
//! so that a damaged one costs nothing.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use shared::document::DocumentName;

use super::db::args;
use super::{Store, StoreError};
use crate::clock::Millis;
use crate::documents::key;

/// States that are kept of a document.
const STATES_KEPT: i64 = 2;

/// A document as it was stored.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct LoadedDocument {
    /// The newest state that is whole.
    pub(crate) state: Option<Vec<u8>>,
    /// What came after it, in order.
    pub(crate) updates: Vec<Vec<u8>>,
    /// The number of the last update; 0 before the first.
    pub(crate) seq: i64,
    /// Whose client numbers these are.
    pub(crate) clients: HashMap<u64, String>,
}

/// An update to be written.
#[derive(Debug, Clone)]
pub(crate) struct Appended {
    pub(crate) document: String,
    pub(crate) seq: i64,
    pub(crate) at: Millis,
    pub(crate) author: Option<String>,
    pub(crate) body: Vec<u8>,
    /// Client numbers that occur for the first time; they are the author's.
    pub(crate) clients: Vec<u64>,
}

impl Store {
    /// Reads a document; an empty one when there is none.
    pub(crate) async fn load_document(&self, document: &str) -> Result<LoadedDocument, StoreError> {
        let sql = "SELECT seq, body, sha256 FROM document_states WHERE document = $1 ORDER BY seq DESC";
        let mut loaded = LoadedDocument::default();
        for row in self.documents.fetch(sql, args![document]).await? {
            let (seq, body) = (row.int(0)?, row.bytes(1)?);
            if Sha256::digest(&body).as_slice() == row.bytes(2)? {
                loaded.seq = seq;
                loaded.state = Some(body);
                break;
            }
            tracing::error!(document, seq, "a stored state is damaged; going back to the one before");
        }
        let sql = "SELECT seq, body FROM document_updates WHERE document = $1 AND seq > $2 ORDER BY seq";
        for row in self.documents.fetch(sql, args![document, loaded.seq]).await? {
            if row.int(0)? != loaded.seq + 1 {
                return Err(StoreError::Damaged { what: format!("{document} after update {}", loaded.seq) });
            }
            loaded.seq += 1;
            loaded.updates.push(row.bytes(1)?);
        }
        let sql = "SELECT client, owner FROM document_clients WHERE document = $1";
        for row in self.documents.fetch(sql, args![document]).await? {
            loaded.clients.insert(row.int(0)?.cast_unsigned(), row.text(1)?);
        }
        Ok(loaded)
    }

    /// Writes updates of any documents, all or none. With SQLite they survive this process from here on, and the
    /// machine after [`Self::synchronise_documents`].
    pub(crate) async fn append_updates(&self, updates: &[Appended]) -> Result<(), StoreError> {
        let mut tx = self.documents.begin().await?;
        for update in updates {
            tx.execute(
                "INSERT INTO document_updates (document, seq, at, author, body) VALUES ($1, $2, $3, $4, $5)",
                args![
                    update.document.as_str(),
                    update.seq,
                    update.at,
                    update.author.as_deref(),
                    update.body.as_slice()
                ],
            )
            .await?;
            for client in &update.clients {
                tx.execute(
                    "INSERT INTO document_clients (document, client, owner) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    args![update.document.as_str(), client.cast_signed(), update.author.as_deref().unwrap_or_default()],
                )
                .await?;
            }
        }
        tx.commit().await
    }

    /// Makes what was appended survive the machine.
    pub(crate) async fn synchronise_documents(&self) -> Result<(), StoreError> {
        let Some(log) = self.document_log.clone() else { return Ok(()) };
        let folder = |source| StoreError::Folder { data: log.clone(), source };
        let file = log.clone();
        // The database synchronises what it moves from the log into its file itself; this covers the log.
        let done = tokio::task::spawn_blocking(move || std::fs::File::open(&file)?.sync_data()).await;
        done.map_err(|failed| folder(std::io::Error::other(failed)))?.map_err(folder)
    }

    /// Stores the state of a document after its update `seq`, and forgets what is older than the state before that,
    /// except updates since `history_from`.
    pub(crate) async fn store_state(
        &self,
        document: &str,
        seq: i64,
        body: &[u8],
        now: Millis,
        history_from: Millis,
    ) -> Result<(), StoreError> {
        let sha256 = Sha256::digest(body).to_vec();
        let mut tx = self.documents.begin().await?;
        tx.execute(
            "INSERT INTO document_states (document, seq, at, body, sha256) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (document, seq) DO UPDATE SET at = $3, body = $4, sha256 = $5",
            args![document, seq, now, body, sha256],
        )
        .await?;
        let sql = "SELECT seq FROM document_states WHERE document = $1 ORDER BY seq DESC LIMIT $2";
        let kept = tx.fetch(sql, args![document, STATES_KEPT]).await?;
        if let Some(oldest) = kept.last() {
            let oldest = oldest.int(0)?;
            tx.execute("DELETE FROM document_states WHERE document = $1 AND seq < $2", args![document, oldest]).await?;
            if kept.len() as i64 == STATES_KEPT {
                tx.execute(
                    "DELETE FROM document_updates WHERE document = $1 AND seq <= $2 AND at < $3",
                    args![document, oldest, history_from],
                )
                .await?;
            }
        }
        tx.commit().await
    }

    /// Deletes every document of a sandbox.
    pub(crate) async fn delete_documents(&self, sandbox: &str) -> Result<(), StoreError> {
        let mut tx = self.documents.begin().await?;
        for name in DocumentName::ALL {
            let document = key(sandbox, name);
            for sql in [
                "DELETE FROM document_updates WHERE document = $1",
                "DELETE FROM document_states WHERE document = $1",
                "DELETE FROM document_clients WHERE document = $1",
            ] {
                tx.execute(sql, args![document.as_str()]).await?;
            }
        }
        tx.commit().await
    }
}
