//! Talking to the server. Widgets never do it themselves.

pub mod health;
pub mod message;
pub mod people;
pub mod request;
pub mod sandboxes;
pub mod sessions;
pub mod sharing;
pub mod socket;

use shared::api::ErrorBody;

/// Why an answer of the server is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// There is no answer at all.
    #[error("The server cannot be reached")]
    Unreachable,
    /// The server answered with an error.
    #[error("{} (request {})", .0.message, .0.request_id)]
    Refused(ErrorBody),
    /// The answer is none that this page understands; the server may have been updated.
    #[error("The server gave an answer that this page does not understand; load the page again")]
    Unreadable,
}
