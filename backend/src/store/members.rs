//! Who is in a sandbox, and by which link.

use shared::access::{Capability, Role, Switches};
use shared::api::session::Session;
use shared::api::sharing::{Joined, Link, LinkPreview, Member, MemberState};

use super::db::{Row, args};
use super::{Store, StoreError, sessions};
use crate::clock::Millis;

/// What somebody is in a sandbox now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) role: Role,
    pub(crate) switches: Switches,
    /// The session of the sandbox.
    pub(crate) session: Session,
    /// When the link ends that they came by.
    pub(crate) until: Option<Millis>,
}

/// A link to store.
#[derive(Debug)]
pub(crate) struct NewLinkRow<'a> {
    pub(crate) link: &'a Link,
    pub(crate) sandbox: &'a str,
    pub(crate) hash: Vec<u8>,
}

/// What comes of opening a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Opened {
    /// In, or waiting.
    Joined(Joined),
    /// There is no such link.
    Unknown,
    /// It has ended, or was revoked.
    Gone,
    /// They were sent away before.
    Banned,
    /// The sandbox has as many members as it may have.
    Full,
}

impl Store {
    /// What this person is in this sandbox; nothing when they are not in it.
    pub(crate) async fn access(&self, sandbox: &str, user: &str, now: Millis) -> Result<Option<Access>, StoreError> {
        let sql = "SELECT m.role, s.switches, l.expires_at, s.session FROM members m JOIN sandboxes s ON s.id = m.sandbox \
                   LEFT JOIN links l ON l.id = m.link \
                   WHERE m.sandbox = $1 AND m.user_id = $2 AND m.state = 'active' AND (m.link IS NULL \
                   OR (l.revoked_at IS NULL AND (l.expires_at IS NULL OR l.expires_at > $3)))";
        let Some(row) = self.main.fetch_one(sql, args![sandbox, user, now]).await? else { return Ok(None) };
        let damaged = || StoreError::Damaged { what: sandbox.to_owned() };
        Ok(Some(Access {
            role: Role::from_name(&row.text(0)?).ok_or_else(damaged)?,
            switches: serde_json::from_str(&row.text(1)?).ok().ok_or_else(damaged)?,
            session: sessions::read(sandbox, &row.text(3)?)?,
            until: row.opt_int(2)?,
        }))
    }

    /// Whether somebody waits to be let in.
    pub(crate) async fn is_pending(&self, sandbox: &str, user: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM members WHERE sandbox = $1 AND user_id = $2 AND state = 'pending'";
        Ok(self.main.fetch_one(sql, args![sandbox, user]).await?.is_some())
    }

    pub(crate) async fn members(&self, sandbox: &str) -> Result<Vec<Member>, StoreError> {
        let sql = "SELECT m.user_id, u.name, m.role, m.state, m.link, m.joined_at \
                   FROM members m JOIN users u ON u.id = m.user_id WHERE m.sandbox = $1 ORDER BY m.joined_at, m.user_id";
        self.main.fetch(sql, args![sandbox]).await?.iter().map(|row| member(sandbox, row)).collect()
    }

    pub(crate) async fn member(&self, sandbox: &str, user: &str) -> Result<Option<Member>, StoreError> {
        let sql = "SELECT m.user_id, u.name, m.role, m.state, m.link, m.joined_at \
                   FROM members m JOIN users u ON u.id = m.user_id WHERE m.sandbox = $1 AND m.user_id = $2";
        self.main.fetch_one(sql, args![sandbox, user]).await?.map(|row| member(sandbox, &row)).transpose()
    }

    /// Puts somebody in by name, lets them in, or changes what they are. From then on they do not depend on a link.
    pub(crate) async fn set_member(
        &self,
        sandbox: &str,
        user: &str,
        role: Role,
        actor: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut tx = self.main.begin().await?;
        tx.execute(
            "INSERT INTO members (sandbox, user_id, role, state, link, joined_at) \
             VALUES ($1, $2, $3, 'active', NULL, $4) \
             ON CONFLICT (sandbox, user_id) DO UPDATE SET role = $3, state = 'active', link = NULL",
            args![sandbox, user, role.name(), now],
        )
        .await?;
        self.audit(&mut tx, now, Some(actor), "member.set", sandbox, &format!("{user} {}", role.name())).await?;
        tx.commit().await
    }

    /// Lets somebody in who waits. What they are, and the link they came by, stay.
    pub(crate) async fn approve_member(
        &self,
        sandbox: &str,
        user: &str,
        actor: &str,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let mut tx = self.main.begin().await?;
        let sql = "UPDATE members SET state = 'active' WHERE sandbox = $1 AND user_id = $2 AND state = 'pending'";
        let done = tx.execute(sql, args![sandbox, user]).await? == 1;
        if done {
            self.audit(&mut tx, now, Some(actor), "member.approve", sandbox, user).await?;
        }
        tx.commit().await?;
        Ok(done)
    }

    /// Sends somebody away: they are out, and links do not bring them back.
    pub(crate) async fn ban_member(
        &self,
        sandbox: &str,
        user: &str,
        actor: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut tx = self.main.begin().await?;
        tx.execute(
            "UPDATE members SET state = 'banned', role = 'viewer', link = NULL WHERE sandbox = $1 AND user_id = $2",
            args![sandbox, user],
        )
        .await?;
        self.audit(&mut tx, now, Some(actor), "member.kick", sandbox, user).await?;
        tx.commit().await
    }

    /// Somebody leaves, and may come back.
    pub(crate) async fn remove_member(&self, sandbox: &str, user: &str, now: Millis) -> Result<(), StoreError> {
        let mut tx = self.main.begin().await?;
        tx.execute("DELETE FROM members WHERE sandbox = $1 AND user_id = $2", args![sandbox, user]).await?;
        self.audit(&mut tx, now, Some(user), "member.leave", sandbox, user).await?;
        tx.commit().await
    }

    pub(crate) async fn add_link(&self, row: NewLinkRow<'_>) -> Result<(), StoreError> {
        let NewLinkRow { link, sandbox, hash } = row;
        let mut tx = self.main.begin().await?;
        tx.execute(
            "INSERT INTO links (id, hash, sandbox, capability, created_by, created_at, expires_at, revoked_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)",
            args![
                link.id.as_str(),
                hash,
                sandbox,
                link.capability.name(),
                link.created_by.as_str(),
                link.created_at,
                link.expires_at
            ],
        )
        .await?;
        let detail = format!("{} {}", link.id, link.capability.name());
        self.audit(&mut tx, link.created_at, Some(&link.created_by), "link.create", sandbox, &detail).await?;
        tx.commit().await
    }

    pub(crate) async fn links(&self, sandbox: &str) -> Result<Vec<Link>, StoreError> {
        let sql = "SELECT id, capability, created_by, created_at, expires_at, revoked_at FROM links \
                   WHERE sandbox = $1 ORDER BY created_at, id";
        let link = |row: &Row| {
            Ok(Link {
                id: row.text(0)?,
                capability: capability(sandbox, &row.text(1)?)?,
                created_by: row.text(2)?,
                created_at: row.int(3)?,
                expires_at: row.opt_int(4)?,
                revoked_at: row.opt_int(5)?,
            })
        };
        self.main.fetch(sql, args![sandbox]).await?.iter().map(link).collect()
    }

    /// Ends a link, and with it the access of all who came by it. Gives `false` when there is none that is alive.
    pub(crate) async fn revoke_link(
        &self,
        sandbox: &str,
        link: &str,
        actor: &str,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let mut tx = self.main.begin().await?;
        let sql = "UPDATE links SET revoked_at = $3 WHERE id = $1 AND sandbox = $2 AND revoked_at IS NULL";
        let done = tx.execute(sql, args![link, sandbox, now]).await? == 1;
        if done {
            self.audit(&mut tx, now, Some(actor), "link.revoke", sandbox, link).await?;
        }
        tx.commit().await?;
        Ok(done)
    }

    /// Where a link leads; `Err` when it has ended, nothing when there is none.
    pub(crate) async fn preview_link(
        &self,
        hash: &[u8],
        now: Millis,
    ) -> Result<Option<Result<LinkPreview, ()>>, StoreError> {
        let sql = "SELECT s.id, s.name, l.capability, l.expires_at, l.revoked_at \
                   FROM links l JOIN sandboxes s ON s.id = l.sandbox WHERE l.hash = $1";
        let Some(row) = self.main.fetch_one(sql, args![hash]).await? else { return Ok(None) };
        let expires_at = row.opt_int(3)?;
        if row.opt_int(4)?.is_some() || expires_at.is_some_and(|at| at <= now) {
            return Ok(Some(Err(())));
        }
        let sandbox = row.text(0)?;
        let capability = capability(&sandbox, &row.text(2)?)?;
        Ok(Some(Ok(LinkPreview { sandbox, name: row.text(1)?, capability, expires_at })))
    }

    /// Somebody comes by a link. Who is in already by name, or by a link that gives more, stays what they are.
    pub(crate) async fn open_link(
        &self,
        hash: &[u8],
        user: &str,
        members_max: i64,
        now: Millis,
    ) -> Result<Opened, StoreError> {
        let mut tx = self.main.begin().await?;
        let sql = "SELECT l.id, l.sandbox, l.capability, l.expires_at, l.revoked_at, s.switches \
                   FROM links l JOIN sandboxes s ON s.id = l.sandbox WHERE l.hash = $1";
        let Some(row) = tx.fetch_one(sql, args![hash]).await? else { return Ok(Opened::Unknown) };
        let (link, sandbox) = (row.text(0)?, row.text(1)?);
        if row.opt_int(4)?.is_some() || row.opt_int(3)?.is_some_and(|at| at <= now) {
            return Ok(Opened::Gone);
        }
        let damaged = || StoreError::Damaged { what: sandbox.clone() };
        let switches: Switches = serde_json::from_str(&row.text(5)?).ok().ok_or_else(damaged)?;
        let offered = capability(&sandbox, &row.text(2)?)?.role();
        let sql = "SELECT m.role, m.state, m.link, l.expires_at, l.revoked_at FROM members m \
                   LEFT JOIN links l ON l.id = m.link WHERE m.sandbox = $1 AND m.user_id = $2";
        let before = tx.fetch_one(sql, args![sandbox.as_str(), user]).await?;
        let mut state = if switches.approve_joins { MemberState::Pending } else { MemberState::Active };
        if let Some(row) = before {
            let role = Role::from_name(&row.text(0)?).ok_or_else(damaged)?;
            let by_link = row.opt_text(2)?.is_some();
            let live = !by_link || (row.opt_int(4)?.is_none() && row.opt_int(3)?.is_none_or(|at| at > now));
            match MemberState::from_name(&row.text(1)?).ok_or_else(damaged)? {
                MemberState::Banned => return Ok(Opened::Banned),
                was @ MemberState::Active if live && (!by_link || role >= offered) => {
                    return Ok(Opened::Joined(Joined { sandbox, role, state: was }));
                }
                // Approved once is approved, as long as it is not for more.
                MemberState::Active if role >= offered => state = MemberState::Active,
                MemberState::Active | MemberState::Pending => {}
            }
        } else {
            let count = tx
                .fetch_one(
                    "SELECT count(*) FROM members WHERE sandbox = $1 AND state <> 'banned'",
                    args![sandbox.as_str()],
                )
                .await?;
            if count.map_or(Ok(0), |row| row.int(0))? >= members_max {
                return Ok(Opened::Full);
            }
        }
        tx.execute(
            "INSERT INTO members (sandbox, user_id, role, state, link, joined_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (sandbox, user_id) DO UPDATE SET role = $3, state = $4, link = $5",
            args![sandbox.as_str(), user, offered.name(), state.name(), link.as_str(), now],
        )
        .await?;
        self.audit(&mut tx, now, Some(user), "member.join", &sandbox, &link).await?;
        tx.commit().await?;
        Ok(Opened::Joined(Joined { sandbox, role: offered, state }))
    }
}

fn member(sandbox: &str, row: &Row) -> Result<Member, StoreError> {
    let damaged = || StoreError::Damaged { what: sandbox.to_owned() };
    Ok(Member {
        user: row.text(0)?,
        name: row.text(1)?,
        role: Role::from_name(&row.text(2)?).ok_or_else(damaged)?,
        state: MemberState::from_name(&row.text(3)?).ok_or_else(damaged)?,
        link: row.opt_text(4)?,
        joined_at: row.int(5)?,
    })
}

fn capability(sandbox: &str, name: &str) -> Result<Capability, StoreError> {
    Capability::from_name(name).ok_or_else(|| StoreError::Damaged { what: sandbox.to_owned() })
}
