//! Questions and answers of the HTTP API, as the server and the page both write and read them.
//!
//! Times are milliseconds since 1970-01-01 UTC.
//!
//! - [`bounds`]: which values the API takes.
//! - [`code`]: what compilers say about files.
//! - [`health`]: what the server is made of.
//! - [`live`]: what the second socket of a sandbox carries: events, commands, replies.
//! - [`run`]: what runs in a sandbox: how it begins, what it tells, how it ended.
//! - [`people`]: accounts, guests, sign-in, API tokens.
//! - [`sandboxes`]: sandboxes, their files and settings, templates.
//! - [`sharing`]: members and share links.

pub mod bounds;
pub mod code;
#[cfg(feature = "openapi")]
pub mod described;
pub mod health;
pub mod live;
pub mod people;
pub mod run;
pub mod sandboxes;
pub mod session;
pub mod sharing;

use serde::{Deserialize, Serialize};

pub use health::{GuestVersion, Health, HealthStatus, LibraryVersions, ProgramsStatus, ServerVersion};

/// The body of every answer of the API whose status is not a success.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// Stable and for programs: `not_found`, `unavailable`…
    pub code: String,
    /// For people: what went wrong and, where there is something, what to do.
    pub message: String,
    /// Names this request in the server's log.
    pub request_id: String,
}

/// A part of a list that may be long.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The part.
    pub items: Vec<T>,
    /// Give this as `after` to get the next part; nothing when this is the last one.
    pub next: Option<String>,
}
