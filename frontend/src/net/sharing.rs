//! Members and links.

use gloo_net::http::Method;
use shared::access::{Capability, Role};
use shared::api::sharing::{CreatedLink, Joined, Link, LinkPreview, Member, NewLink, SetMember};

use super::{NetError, request};

/// The links of a sandbox.
///
/// # Errors
///
/// See [`NetError`]; the same for all others here.
pub async fn links(sandbox: &str) -> Result<Vec<Link>, NetError> {
    request::get(&format!("/api/sandboxes/{sandbox}/links")).await
}

/// Makes a link.
///
/// # Errors
///
/// See [`links`].
pub async fn create_link(
    sandbox: &str,
    capability: Capability,
    expires_at: Option<i64>,
) -> Result<CreatedLink, NetError> {
    let new = NewLink { capability, expires_at };
    request::send(Method::POST, &format!("/api/sandboxes/{sandbox}/links"), &new).await
}

/// Ends a link, and the access of all who came by it.
///
/// # Errors
///
/// See [`links`].
pub async fn revoke_link(sandbox: &str, link: &str) -> Result<(), NetError> {
    request::order(Method::DELETE, &format!("/api/sandboxes/{sandbox}/links/{link}")).await
}

/// Where a link leads.
///
/// # Errors
///
/// See [`links`].
pub async fn preview(secret: &str) -> Result<LinkPreview, NetError> {
    request::get(&format!("/api/links/{secret}")).await
}

/// Comes in by a link.
///
/// # Errors
///
/// See [`links`].
pub async fn open(secret: &str) -> Result<Joined, NetError> {
    request::send(Method::POST, &format!("/api/links/{secret}"), &()).await
}

/// Who is in a sandbox.
///
/// # Errors
///
/// See [`links`].
pub async fn members(sandbox: &str) -> Result<Vec<Member>, NetError> {
    request::get(&format!("/api/sandboxes/{sandbox}/members")).await
}

/// Makes somebody something else.
///
/// # Errors
///
/// See [`links`].
pub async fn set_role(sandbox: &str, user: &str, role: Role) -> Result<Member, NetError> {
    request::send(Method::PUT, &format!("/api/sandboxes/{sandbox}/members/{user}"), &SetMember { role }).await
}

/// Lets somebody in who waits.
///
/// # Errors
///
/// See [`links`].
pub async fn approve(sandbox: &str, user: &str) -> Result<Member, NetError> {
    request::send(Method::POST, &format!("/api/sandboxes/{sandbox}/members/{user}/approve"), &()).await
}

/// Sends somebody away.
///
/// # Errors
///
/// See [`links`].
pub async fn send_away(sandbox: &str, user: &str) -> Result<(), NetError> {
    request::order(Method::DELETE, &format!("/api/sandboxes/{sandbox}/members/{user}")).await
}
