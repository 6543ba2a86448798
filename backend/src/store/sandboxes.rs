//! Sandboxes, and the chat in them.

use shared::access::{Role, Switches};
use shared::api::people::User;
use shared::api::sandboxes::Sandbox;
use shared::api::sharing::ChatMessage;
use shared::limits::Limits;

use super::db::{Row, args};
use super::{Store, StoreError, sessions};
use crate::clock::Millis;

/// A sandbox to store.
#[derive(Debug)]
pub(crate) struct NewSandboxRow<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) template: Option<&'a str>,
    pub(crate) forked_from: Option<&'a str>,
    pub(crate) switches: Switches,
    pub(crate) limits: &'a Limits,
    pub(crate) now: Millis,
}

/// The columns of a sandbox as one of its members sees it. The condition is that of [`Store::access`].
macro_rules! sandboxes_of_member {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.name, s.owner, m.role, s.template, s.forked_from, s.switches, s.limits, s.created_at, \
             s.updated_at, s.session FROM members m JOIN sandboxes s ON s.id = m.sandbox LEFT JOIN links l ON l.id = m.link \
             WHERE m.user_id = $1 AND m.state = 'active' \
             AND (m.link IS NULL OR (l.revoked_at IS NULL AND (l.expires_at IS NULL OR l.expires_at > $2))) ",
            $rest
        )
    };
}

impl Store {
    pub(crate) async fn add_sandbox(&self, row: NewSandboxRow<'_>) -> Result<(), StoreError> {
        let NewSandboxRow { id, name, owner, template, forked_from, switches, limits, now } = row;
        let mut tx = self.main.begin().await?;
        tx.execute(
            "INSERT INTO sandboxes (id, name, owner, template, forked_from, switches, limits, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
            args![id, name, owner, template, forked_from, json(&switches), json(limits), now],
        )
        .await?;
        tx.execute(
            "INSERT INTO members (sandbox, user_id, role, state, link, joined_at) \
             VALUES ($1, $2, 'owner', 'active', NULL, $3)",
            args![id, owner, now],
        )
        .await?;
        let origin = forked_from.or(template).unwrap_or_default();
        self.audit(&mut tx, now, Some(owner), "sandbox.create", id, origin).await?;
        tx.commit().await
    }

    /// The sandboxes that somebody is in, in the order of their ids, after this one.
    pub(crate) async fn sandboxes(
        &self,
        user: &str,
        after: Option<&str>,
        limit: i64,
        now: Millis,
    ) -> Result<Vec<Sandbox>, StoreError> {
        let sql = sandboxes_of_member!("AND s.id > $3 ORDER BY s.id LIMIT $4");
        let rows = self.main.fetch(sql, args![user, now, after.unwrap_or_default(), limit]).await?;
        rows.iter().map(sandbox).collect()
    }

    /// The sandbox as this member sees it; nothing when there is none, or they are not in it.
    pub(crate) async fn sandbox(&self, id: &str, user: &str, now: Millis) -> Result<Option<Sandbox>, StoreError> {
        let sql = sandboxes_of_member!("AND s.id = $3");
        self.main.fetch_one(sql, args![user, now, id]).await?.map(|row| sandbox(&row)).transpose()
    }

    /// What a sandbox may use; nothing when there is none.
    pub(crate) async fn limits(&self, id: &str) -> Result<Option<Limits>, StoreError> {
        let row = self.main.fetch_one("SELECT limits FROM sandboxes WHERE id = $1", args![id]).await?;
        let damaged = || StoreError::Damaged { what: id.to_owned() };
        row.map(|row| serde_json::from_str(&row.text(0)?).ok().ok_or_else(damaged)).transpose()
    }

    pub(crate) async fn count_owned(&self, owner: &str) -> Result<usize, StoreError> {
        let row = self.main.fetch_one("SELECT count(*) FROM sandboxes WHERE owner = $1", args![owner]).await?;
        Ok(usize::try_from(row.map_or(Ok(0), |row| row.int(0))?).unwrap_or_default())
    }

    /// Stores name, switches and limits as they are given.
    pub(crate) async fn change_sandbox(&self, changed: &Sandbox, actor: &str, now: Millis) -> Result<(), StoreError> {
        let mut tx = self.main.begin().await?;
        tx.execute(
            "UPDATE sandboxes SET name = $2, switches = $3, limits = $4, updated_at = $5 WHERE id = $1",
            args![changed.id.as_str(), changed.name.as_str(), json(&changed.switches), json(&changed.limits), now],
        )
        .await?;
        self.audit(&mut tx, now, Some(actor), "sandbox.change", &changed.id, &changed.name).await?;
        tx.commit().await
    }

    /// Notes that the files of a sandbox were changed.
    pub(crate) async fn sandbox_changed(&self, id: &str, now: Millis) -> Result<(), StoreError> {
        self.main.execute("UPDATE sandboxes SET updated_at = $2 WHERE id = $1", args![id, now]).await.map(drop)
    }

    pub(crate) async fn delete_sandbox(&self, id: &str, actor: &str, now: Millis) -> Result<(), StoreError> {
        let mut tx = self.main.begin().await?;
        tx.execute("DELETE FROM sandboxes WHERE id = $1", args![id]).await?;
        self.audit(&mut tx, now, Some(actor), "sandbox.delete", id, "").await?;
        tx.commit().await?;
        self.delete_documents(id).await
    }

    /// Writes down what somebody says.
    pub(crate) async fn add_chat(
        &self,
        sandbox: &str,
        user: &User,
        text: &str,
        now: Millis,
    ) -> Result<ChatMessage, StoreError> {
        let mut tx = self.main.begin().await?;
        let last = tx.fetch_one("SELECT coalesce(max(seq), 0) FROM chat WHERE sandbox = $1", args![sandbox]).await?;
        let seq = last.map_or(Ok(0), |row| row.int(0))? + 1;
        tx.execute(
            "INSERT INTO chat (sandbox, seq, at, user_id, name, body) VALUES ($1, $2, $3, $4, $5, $6)",
            args![sandbox, seq, now, user.id.as_str(), user.name.as_str(), text],
        )
        .await?;
        tx.commit().await?;
        let (user, name, text) = (user.id.clone(), user.name.clone(), text.to_owned());
        Ok(ChatMessage { seq, at: now, user, name, text })
    }

    /// What was said before the message with this number, the newest first.
    pub(crate) async fn chat(
        &self,
        sandbox: &str,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<ChatMessage>, StoreError> {
        let sql = "SELECT seq, at, user_id, name, body FROM chat WHERE sandbox = $1 AND seq < $2 \
                   ORDER BY seq DESC LIMIT $3";
        let message = |row: &Row| {
            Ok(ChatMessage {
                seq: row.int(0)?,
                at: row.int(1)?,
                user: row.text(2)?,
                name: row.text(3)?,
                text: row.text(4)?,
            })
        };
        let rows = self.main.fetch(sql, args![sandbox, before.unwrap_or(i64::MAX), limit]).await?;
        rows.iter().map(message).collect()
    }
}

fn sandbox(row: &Row) -> Result<Sandbox, StoreError> {
    let id = row.text(0)?;
    let damaged = || StoreError::Damaged { what: id.clone() };
    Ok(Sandbox {
        name: row.text(1)?,
        owner: row.text(2)?,
        role: Role::from_name(&row.text(3)?).ok_or_else(damaged)?,
        template: row.opt_text(4)?,
        forked_from: row.opt_text(5)?,
        switches: serde_json::from_str(&row.text(6)?).ok().ok_or_else(damaged)?,
        limits: serde_json::from_str(&row.text(7)?).ok().ok_or_else(damaged)?,
        created_at: row.int(8)?,
        updated_at: row.int(9)?,
        session: sessions::read(&id, &row.text(10)?)?,
        id,
    })
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain structs of numbers and booleans become JSON")
}
