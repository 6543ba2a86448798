//! `GET /api/health`.

use shared::api::Health;

use super::{NetError, request};

/// Asks the server how it is.
///
/// # Errors
///
/// See [`NetError`].
pub async fn fetch() -> Result<Health, NetError> {
    request::get("/api/health").await
}
