//! Members and share links.

use serde::{Deserialize, Serialize};

use crate::access::{Capability, Role};

/// Whether somebody is in.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// In.
    Active,
    /// Waits for approval.
    Pending,
    /// Was sent away, and does not come back by a link.
    Banned,
}

impl MemberState {
    /// As it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Banned => "banned",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Pending, Self::Banned].into_iter().find(|state| state.name() == name)
    }
}

/// Somebody in a sandbox.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// `user-…`
    pub user: String,
    /// Their name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Whether they are in.
    pub state: MemberState,
    /// The link they came by and whose life their being here shares; nothing for those who were put in by name.
    pub link: Option<String>,
    /// Since when.
    pub joined_at: i64,
}

/// `PUT /api/sandboxes/{id}/members/{user}`: adds somebody, lets them in, or changes what they are.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetMember {
    /// What they are from now on. Nobody gives away more than they have; `owner` cannot be given.
    pub role: Role,
}

/// `POST /api/sandboxes/{id}/links`: a link to share.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// What it gives. Nobody gives away more than they have.
    pub capability: Capability,
    /// When it ends, and with it the access of all who came by it; never, when there is nothing.
    #[serde(default)]
    pub expires_at: Option<i64>,
}

/// A link, without its secret.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// `link-…`
    pub id: String,
    /// What it gives.
    pub capability: Capability,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
}

/// A link with its secret, which is shown this once.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreatedLink {
    /// The link.
    pub link: Link,
    /// Whoever has it can open it: `/api/links/{secret}`, and `/s/{secret}` in the page.
    pub secret: String,
}

/// `GET /api/links/{secret}`: what a link leads to, before it is opened.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPreview {
    /// The sandbox.
    pub sandbox: String,
    /// Its name.
    pub name: String,
    /// What the link gives.
    pub capability: Capability,
    /// When it ends.
    pub expires_at: Option<i64>,
}

/// `POST /api/links/{secret}`: somebody came by a link.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The sandbox.
    pub sandbox: String,
    /// What they are there.
    pub role: Role,
    /// Whether they are in, or wait.
    pub state: MemberState,
}

/// One entry of the audit log.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its place in the log of this server.
    pub seq: i64,
    /// When.
    pub at: i64,
    /// Who; nobody for the server itself.
    pub actor: Option<String>,
    /// What: `sandbox.create`, `member.set`…
    pub action: String,
    /// To what.
    pub object: String,
    /// Whatever else there is to say of it.
    pub detail: String,
}

/// Something that somebody said in the chat of a sandbox.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    /// Its number in this sandbox.
    pub seq: i64,
    /// When.
    pub at: i64,
    /// Who; nothing for somebody who is gone for good.
    pub user: String,
    /// What they were called.
    pub name: String,
    /// What they said.
    pub text: String,
}

/// `POST /api/sandboxes/{id}/chat`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    /// 1 to 4,000 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = super::described::Message))]
    pub text: String,
}
