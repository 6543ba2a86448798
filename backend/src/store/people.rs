//! Accounts, guests, sessions, API tokens.

use shared::access::Scope;
use shared::api::people::{Token, User, UserKind};

use super::db::{Row, args};
use super::{Store, StoreError};
use crate::clock::Millis;

/// Lost guests that are looked for at once.
const GUESTS_AT_ONCE: i64 = 100;

/// An account with what its password is checked against.
#[derive(Debug)]
pub(crate) struct AccountRow {
    pub(crate) user: User,
    /// PHC string.
    pub(crate) password: String,
}

/// An API token to store.
#[derive(Debug)]
pub(crate) struct NewTokenRow<'a> {
    pub(crate) token: &'a Token,
    pub(crate) user: &'a str,
    pub(crate) hash: Vec<u8>,
}

impl Store {
    /// Adds an account or a guest. Gives `false` when the login is taken.
    pub(crate) async fn add_user(&self, user: &User, password: Option<&str>) -> Result<bool, StoreError> {
        let mut tx = self.main.begin().await?;
        let added = tx
            .execute(
                "INSERT INTO users (id, kind, name, login, password, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT DO NOTHING",
                args![
                    user.id.as_str(),
                    kind_name(user.kind),
                    user.name.as_str(),
                    user.login.as_deref(),
                    password,
                    user.created_at
                ],
            )
            .await?;
        if added == 1 {
            self.audit(&mut tx, user.created_at, Some(&user.id), "user.create", &user.id, kind_name(user.kind)).await?;
        }
        tx.commit().await?;
        Ok(added == 1)
    }

    pub(crate) async fn account_by_login(&self, login: &str) -> Result<Option<AccountRow>, StoreError> {
        let sql = "SELECT id, kind, name, login, created_at, password FROM users WHERE login = $1";
        let Some(row) = self.main.fetch_one(sql, args![login]).await? else { return Ok(None) };
        Ok(Some(AccountRow { user: user(&row)?, password: row.text(5)? }))
    }

    pub(crate) async fn user(&self, id: &str) -> Result<Option<User>, StoreError> {
        let sql = "SELECT id, kind, name, login, created_at FROM users WHERE id = $1";
        self.main.fetch_one(sql, args![id]).await?.map(|row| user(&row)).transpose()
    }

    pub(crate) async fn rename_user(&self, id: &str, name: &str, now: Millis) -> Result<(), StoreError> {
        let mut tx = self.main.begin().await?;
        tx.execute("UPDATE users SET name = $2 WHERE id = $1", args![id, name]).await?;
        self.audit(&mut tx, now, Some(id), "user.rename", id, name).await?;
        tx.commit().await
    }

    /// Sets a new password and ends all sessions but this one.
    pub(crate) async fn set_password(
        &self,
        id: &str,
        password: &str,
        keep_session: &[u8],
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut tx = self.main.begin().await?;
        tx.execute("UPDATE users SET password = $2 WHERE id = $1", args![id, password]).await?;
        tx.execute("DELETE FROM sessions WHERE user_id = $1 AND hash <> $2", args![id, keep_session]).await?;
        self.audit(&mut tx, now, Some(id), "user.password", id, "").await?;
        tx.commit().await
    }

    /// Deletes somebody and everything that is theirs; gives the sandboxes that are gone with them, whose documents and machines are
    /// still there.
    pub(crate) async fn delete_user(&self, id: &str, now: Millis) -> Result<Vec<String>, StoreError> {
        let mut tx = self.main.begin().await?;
        let rows = tx.fetch("SELECT id FROM sandboxes WHERE owner = $1 ORDER BY id", args![id]).await?;
        let sandboxes = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
        tx.execute("UPDATE chat SET user_id = '', name = '' WHERE user_id = $1", args![id]).await?;
        tx.execute("DELETE FROM users WHERE id = $1", args![id]).await?;
        self.audit(&mut tx, now, Some(id), "user.delete", id, "").await?;
        tx.commit().await?;
        Ok(sandboxes)
    }

    /// Guests who came before this, cannot come back because nothing shows any more who they are, and share nothing with anybody.
    pub(crate) async fn lost_guests(&self, came_before: Millis, now: Millis) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT u.id FROM users u WHERE u.kind = 'guest' AND u.created_at < $1 \
                   AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id AND s.expires_at > $2) \
                   AND NOT EXISTS (SELECT 1 FROM tokens t WHERE t.user_id = u.id AND (t.expires_at IS NULL OR t.expires_at > $2)) \
                   AND NOT EXISTS (SELECT 1 FROM sandboxes b JOIN members m ON m.sandbox = b.id \
                   WHERE b.owner = u.id AND m.user_id <> u.id AND m.state = 'active') ORDER BY u.id LIMIT $3";
        let rows = self.main.fetch(sql, args![came_before, now, GUESTS_AT_ONCE]).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    pub(crate) async fn add_session(
        &self,
        hash: &[u8],
        user: &str,
        now: Millis,
        expires_at: Millis,
    ) -> Result<(), StoreError> {
        let mut tx = self.main.begin().await?;
        tx.execute("DELETE FROM sessions WHERE expires_at <= $1", args![now]).await?;
        tx.execute(
            "INSERT INTO sessions (hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
            args![hash, user, now, expires_at],
        )
        .await?;
        tx.commit().await
    }

    /// Whose session this is, when it has not ended.
    pub(crate) async fn session(&self, hash: &[u8], now: Millis) -> Result<Option<User>, StoreError> {
        let sql = "SELECT u.id, u.kind, u.name, u.login, u.created_at FROM sessions s JOIN users u ON u.id = s.user_id \
                   WHERE s.hash = $1 AND s.expires_at > $2";
        self.main.fetch_one(sql, args![hash, now]).await?.map(|row| user(&row)).transpose()
    }

    pub(crate) async fn end_session(&self, hash: &[u8]) -> Result<(), StoreError> {
        self.main.execute("DELETE FROM sessions WHERE hash = $1", args![hash]).await.map(drop)
    }

    pub(crate) async fn add_token(&self, row: NewTokenRow<'_>) -> Result<(), StoreError> {
        let NewTokenRow { token, user, hash } = row;
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.name()).collect();
        let mut tx = self.main.begin().await?;
        tx.execute(
            "INSERT INTO tokens (id, hash, user_id, name, scopes, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![
                token.id.as_str(),
                hash,
                user,
                token.name.as_str(),
                scopes.join(" "),
                token.created_at,
                token.expires_at
            ],
        )
        .await?;
        self.audit(&mut tx, token.created_at, Some(user), "token.create", &token.id, &scopes.join(" ")).await?;
        tx.commit().await
    }

    pub(crate) async fn tokens(&self, user: &str) -> Result<Vec<Token>, StoreError> {
        let sql = "SELECT id, name, scopes, created_at, expires_at FROM tokens WHERE user_id = $1 \
                   ORDER BY created_at, id";
        self.main.fetch(sql, args![user]).await?.iter().map(token).collect()
    }

    /// Gives `false` when there is no such token of this person.
    pub(crate) async fn revoke_token(&self, user: &str, id: &str, now: Millis) -> Result<bool, StoreError> {
        let mut tx = self.main.begin().await?;
        let gone = tx.execute("DELETE FROM tokens WHERE id = $1 AND user_id = $2", args![id, user]).await? == 1;
        if gone {
            self.audit(&mut tx, now, Some(user), "token.revoke", id, "").await?;
        }
        tx.commit().await?;
        Ok(gone)
    }

    /// Whose token this is and what may be done with it, when it has not ended.
    pub(crate) async fn token(&self, hash: &[u8], now: Millis) -> Result<Option<(User, Vec<Scope>)>, StoreError> {
        let sql = "SELECT u.id, u.kind, u.name, u.login, u.created_at, t.scopes \
                   FROM tokens t JOIN users u ON u.id = t.user_id \
                   WHERE t.hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)";
        let Some(row) = self.main.fetch_one(sql, args![hash, now]).await? else { return Ok(None) };
        Ok(Some((user(&row)?, scopes(&row.text(5)?))))
    }
}

pub(super) fn user(row: &Row) -> Result<User, StoreError> {
    let kind = if row.text(1)? == kind_name(UserKind::Account) { UserKind::Account } else { UserKind::Guest };
    Ok(User { id: row.text(0)?, kind, name: row.text(2)?, login: row.opt_text(3)?, created_at: row.int(4)? })
}

fn token(row: &Row) -> Result<Token, StoreError> {
    Ok(Token {
        id: row.text(0)?,
        name: row.text(1)?,
        scopes: scopes(&row.text(2)?),
        created_at: row.int(3)?,
        expires_at: row.opt_int(4)?,
    })
}

fn scopes(names: &str) -> Vec<Scope> {
    names.split(' ').filter_map(Scope::from_name).collect()
}

pub(super) const fn kind_name(kind: UserKind) -> &'static str {
    match kind {
        UserKind::Account => "account",
        UserKind::Guest => "guest",
    }
}
