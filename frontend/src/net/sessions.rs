//! The session of a sandbox: the time in which people are in it together.

use gloo_net::http::Method;
use shared::api::session::{Session, SessionRules};

use super::{NetError, request};

/// Begins one anew; the one before ends with it.
///
/// # Errors
///
/// See [`NetError`]; the same for all others here.
pub async fn begin(sandbox: &str, rules: &SessionRules) -> Result<Session, NetError> {
    request::send(Method::POST, &path(sandbox), rules).await
}

/// Bounds the one that goes on otherwise.
///
/// # Errors
///
/// See [`begin`].
pub async fn bound(sandbox: &str, rules: &SessionRules) -> Result<Session, NetError> {
    request::send(Method::PATCH, &path(sandbox), rules).await
}

/// Ends it: everybody is sent out but those who lead.
///
/// # Errors
///
/// See [`begin`].
pub async fn end(sandbox: &str) -> Result<(), NetError> {
    request::order(Method::DELETE, &path(sandbox)).await
}

fn path(sandbox: &str) -> String {
    format!("/api/sandboxes/{sandbox}/session")
}
