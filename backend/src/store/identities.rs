//! People who sign in with a provider of OpenID Connect.

use shared::api::people::User;

use super::db::args;
use super::people::{kind_name, user};
use super::{Store, StoreError};
use crate::clock::Millis;

/// Who somebody is at a provider. Only both together name a person (OpenID Connect Core 1.0, section 5.7).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) subject: &'a str,
}

impl Store {
    /// Whose identity this is: the person who came with it before, else this new one, who has it from now on.
    pub(crate) async fn user_by_identity(
        &self,
        identity: Identity<'_>,
        new: &User,
        now: Millis,
    ) -> Result<User, StoreError> {
        let Identity { issuer, subject } = identity;
        let known = "SELECT u.id, u.kind, u.name, u.login, u.created_at FROM identities i JOIN users u ON u.id = i.user_id \
                     WHERE i.issuer = $1 AND i.subject = $2";
        // There is one writer, so nobody comes between looking and adding.
        let mut tx = self.main.begin().await?;
        if let Some(row) = tx.fetch(known, args![issuer, subject]).await?.first() {
            return user(row);
        }
        tx.execute(
            "INSERT INTO users (id, kind, name, created_at) VALUES ($1, $2, $3, $4)",
            args![new.id.as_str(), kind_name(new.kind), new.name.as_str(), new.created_at],
        )
        .await?;
        tx.execute(
            "INSERT INTO identities (issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4)",
            args![issuer, subject, new.id.as_str(), now],
        )
        .await?;
        self.audit(&mut tx, now, Some(&new.id), "user.create", &new.id, issuer).await?;
        tx.commit().await?;
        Ok(new.clone())
    }
}
