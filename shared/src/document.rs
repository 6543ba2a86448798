//! The shared documents of a sandbox: one for each right, so that a right can be enforced for the whole of it. Each is a
//! Yjs document; what its root types are stands here.

use serde::{Deserialize, Serialize};

use crate::access::Operation;

/// A document of a sandbox.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentName {
    /// The files: a map [`FILES`] from paths to texts.
    Code,
    /// Comments and suggestions: maps [`COMMENTS`] and [`SUGGESTIONS`] by their ids.
    Review,
    /// What the server writes and everybody reads: maps [`RUN`] and [`DEBUG`].
    Session,
}

/// In the document of the code: a map from paths to texts.
pub const FILES: &str = "files";
/// In the document of the code: a map of what the project remembers, breakpoints and watches for instance.
pub const SETTINGS: &str = "settings";
/// In the review: a map from ids to comments.
pub const COMMENTS: &str = "comments";
/// In the review: a map from ids to suggestions.
pub const SUGGESTIONS: &str = "suggestions";
/// In the session: a map that tells of the program that runs.
pub const RUN: &str = "run";
/// In the session: a map that tells of shared debugging.
pub const DEBUG: &str = "debug";

impl DocumentName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Code, Self::Review, Self::Session];

    /// As it stands in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Review => "review",
            Self::Session => "session",
        }
    }

    /// The document of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|document| document.name() == name)
    }

    /// What somebody has to be allowed to do who wants to change it; nothing for what only the server writes.
    #[must_use]
    pub const fn writing(self) -> Option<Operation> {
        match self {
            Self::Code => Some(Operation::EditCode),
            Self::Review => Some(Operation::Review),
            Self::Session => None,
        }
    }

    /// The root types that it may have.
    #[must_use]
    pub const fn roots(self) -> &'static [&'static str] {
        match self {
            Self::Code => &[FILES, SETTINGS],
            Self::Review => &[COMMENTS, SUGGESTIONS],
            Self::Session => &[RUN, DEBUG],
        }
    }
}

/// Why a socket of a document or of a sandbox was closed. Stock clients do not come back after one of 4400 to 4499.
pub mod close {
    /// The server is about to stop; come back.
    pub const RESTARTING: u16 = 1012;
    /// The server cannot now; come back.
    pub const TRY_LATER: u16 = 1013;
    /// What was sent cannot be read, or is nothing that a client of ours would send.
    pub const BAD_MESSAGE: u16 = 4400;
    /// Nobody is signed in with this token, or no longer.
    pub const SIGN_IN: u16 = 4401;
    /// No longer a member, or never was one.
    pub const FORBIDDEN: u16 = 4403;
    /// There is no such sandbox or document, or no longer.
    pub const GONE: u16 = 4404;
    /// The document is as large as it may be.
    pub const TOO_LARGE: u16 = 4413;
}
