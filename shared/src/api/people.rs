//! Accounts, guests, sign-in, API tokens.

use serde::{Deserialize, Serialize};

use crate::access::Scope;

/// Whether somebody can sign in again.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserKind {
    /// Has a password.
    Account,
    /// Came with a name only, and is gone with the session.
    Guest,
}

/// A person, as everybody may see them.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// `user-…`
    pub id: String,
    /// Account or guest.
    pub kind: UserKind,
    /// As they want to be called.
    pub name: String,
    /// What they sign in with; only in answers to themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// When they came.
    pub created_at: i64,
}

/// `POST /api/accounts`: somebody wants an account.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// To sign in with: 3 to 64 of letters, digits and `.@_+-`; case does not matter.
    #[cfg_attr(feature = "openapi", schema(value_type = super::described::Login))]
    pub login: String,
    /// To be called by, 1 to 64 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = super::described::Name))]
    pub name: String,
    /// 8 to 256 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = super::described::Password))]
    pub password: String,
}

/// `POST /api/session`: somebody signs in.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Of the account.
    pub login: String,
    /// Of the account.
    pub password: String,
}

/// `POST /api/guests`: somebody comes without an account.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewGuest {
    /// To be called by, 1 to 64 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = super::described::Name))]
    pub name: String,
}

/// Who was let in, and with what they show it from now on. Browsers get the same as a cookie.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// For `Authorization: Bearer …`, where cookies cannot be had.
    pub token: String,
    /// Until when it holds.
    pub expires_at: i64,
}

/// `GET /api/sign-in`: how people can sign in besides with a password.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInWays {
    /// What people call the provider of OpenID Connect to which `GET /api/sign-in/oidc` leads; nothing where there is none.
    pub oidc: Option<String>,
}

/// How somebody came back from a provider of OpenID Connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameBack {
    /// Signed in.
    SignedIn,
    /// The provider did not let them in, or they did not want to any more.
    Refused,
    /// With what does not belong together: it took too long, or another attempt was begun meanwhile.
    Late,
    /// The provider does not answer, or what it says does not hold.
    Failed,
}

impl CameBack {
    /// What stands before the name in the fragment of the page's address.
    pub const FRAGMENT: &str = "sign-in=";

    const ALL: [Self; 4] = [Self::SignedIn, Self::Refused, Self::Late, Self::Failed];

    /// As it stands in the address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "done",
            Self::Refused => "refused",
            Self::Late => "late",
            Self::Failed => "failed",
        }
    }

    /// What a fragment tells, with or without its `#`.
    #[must_use]
    pub fn from_fragment(fragment: &str) -> Option<Self> {
        let name = fragment.trim_start_matches('#').strip_prefix(Self::FRAGMENT)?;
        Self::ALL.into_iter().find(|how| how.name() == name)
    }
}

/// `PATCH /api/session`: what people can change about themselves.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeUser {
    /// A new name.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<super::described::Name>))]
    pub name: Option<String>,
    /// A new password; needs the old one. All other sessions end.
    pub password: Option<ChangePassword>,
}

/// A new password.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The one until now.
    pub old: String,
    /// The one from now on.
    #[cfg_attr(feature = "openapi", schema(value_type = super::described::Password))]
    pub new: String,
}

/// `POST /api/tokens`: a token for a program.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    #[cfg_attr(feature = "openapi", schema(value_type = super::described::Name))]
    pub name: String,
    /// What may be done with it.
    pub scopes: Vec<Scope>,
    /// When it ends; never, when there is nothing.
    #[serde(default)]
    pub expires_at: Option<i64>,
}

/// A token, without its secret.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// `token-…`
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What may be done with it.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: Option<i64>,
}

/// A token with its secret, which is shown this once.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreatedToken {
    /// The token.
    pub token: Token,
    /// For `Authorization: Bearer …`.
    pub secret: String,
}
