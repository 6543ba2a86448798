//! Who did what. Entries are written together with what they tell of, and each holds the hash of itself and the one
//! before it, so that a change of the past shows.

use sha2::{Digest as _, Sha256};
use shared::api::sharing::AuditEntry;

use super::db::{Row, Tx, args};
use super::{Store, StoreError};
use crate::clock::Millis;

impl Store {
    /// Writes an entry as part of the change that it tells of.
    pub(super) async fn audit(
        &self,
        tx: &mut Tx,
        at: Millis,
        actor: Option<&str>,
        action: &str,
        object: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        let last = tx.fetch_one("SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1", args![]).await?;
        let (seq, before) = match last {
            Some(row) => (row.int(0)? + 1, row.bytes(1)?),
            None => (1, Vec::new()),
        };
        let entry = AuditEntry {
            seq,
            at,
            actor: actor.map(str::to_owned),
            action: action.to_owned(),
            object: object.to_owned(),
            detail: detail.to_owned(),
        };
        let chain = link(&before, &entry);
        tx.execute(
            "INSERT INTO audit (seq, at, actor, action, object, detail, chain) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![seq, at, actor, action, object, detail, chain],
        )
        .await?;
        Ok(())
    }

    /// Entries about something, the newest first, before the one with this number.
    pub(crate) async fn audit_of(
        &self,
        object: &str,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let sql = "SELECT seq, at, actor, action, object, detail FROM audit WHERE object = $1 AND seq < $2 \
                   ORDER BY seq DESC LIMIT $3";
        self.main.fetch(sql, args![object, before.unwrap_or(i64::MAX), limit]).await?.iter().map(entry).collect()
    }

    /// The number of the first entry that was changed after it was written, or that follows one that is gone.
    pub(crate) async fn first_forged_audit_entry(&self) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT seq, at, actor, action, object, detail, chain FROM audit ORDER BY seq";
        let mut before = Vec::new();
        for row in self.main.fetch(sql, args![]).await? {
            let entry = entry(&row)?;
            let chain = row.bytes(6)?;
            if link(&before, &entry) != chain {
                return Ok(Some(entry.seq));
            }
            before = chain;
        }
        Ok(None)
    }
}

fn entry(row: &Row) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        seq: row.int(0)?,
        at: row.int(1)?,
        actor: row.opt_text(2)?,
        action: row.text(3)?,
        object: row.text(4)?,
        detail: row.text(5)?,
    })
}

fn link(before: &[u8], entry: &AuditEntry) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(before);
    let actor = entry.actor.as_deref().unwrap_or_default();
    for text in [&entry.seq.to_string(), &entry.at.to_string(), actor, &entry.action, &entry.object, &entry.detail] {
        // With the length before it, no two entries are the same bytes.
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().to_vec()
}
