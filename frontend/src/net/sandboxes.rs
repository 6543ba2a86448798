//! Sandboxes and templates.

use gloo_net::http::Method;
use shared::api::Page;
use shared::api::code::{Formatted, ToFormat};
use shared::api::sandboxes::{ChangeSandbox, CloneSandbox, NewSandbox, Sandbox, Template};

use super::{NetError, request};

/// Sandboxes on one page of the list; the most that the server gives at once.
const AT_ONCE: usize = 200;

/// The sandboxes that one is in, the last two hundred of them.
///
/// # Errors
///
/// See [`NetError`]; the same for all others here.
pub async fn list() -> Result<Vec<Sandbox>, NetError> {
    let page: Page<Sandbox> = request::get(&format!("/api/sandboxes?limit={AT_ONCE}")).await?;
    Ok(page.items)
}

/// One of them.
///
/// # Errors
///
/// See [`list`].
pub async fn get(sandbox: &str) -> Result<Sandbox, NetError> {
    request::get(&format!("/api/sandboxes/{sandbox}")).await
}

/// What sandboxes can begin as.
///
/// # Errors
///
/// See [`list`].
pub async fn templates() -> Result<Vec<Template>, NetError> {
    request::get("/api/templates").await
}

/// Makes one.
///
/// # Errors
///
/// See [`list`].
pub async fn create(new: &NewSandbox) -> Result<Sandbox, NetError> {
    request::send(Method::POST, "/api/sandboxes", new).await
}

/// Gives one another name.
///
/// # Errors
///
/// See [`list`].
pub async fn rename(sandbox: &str, name: String) -> Result<Sandbox, NetError> {
    let change = ChangeSandbox { name: Some(name), ..ChangeSandbox::default() };
    request::send(Method::PATCH, &format!("/api/sandboxes/{sandbox}"), &change).await
}

/// Makes an own copy.
///
/// # Errors
///
/// See [`list`].
pub async fn copy(sandbox: &str) -> Result<Sandbox, NetError> {
    request::send(Method::POST, &format!("/api/sandboxes/{sandbox}/clone"), &CloneSandbox::default()).await
}

/// Deletes one for good.
///
/// # Errors
///
/// See [`list`].
pub async fn delete(sandbox: &str) -> Result<(), NetError> {
    request::order(Method::DELETE, &format!("/api/sandboxes/{sandbox}")).await
}

/// Formats a file of a sandbox; nothing is changed by it.
///
/// # Errors
///
/// See [`list`].
pub async fn format(sandbox: &str, file: &ToFormat) -> Result<Formatted, NetError> {
    request::send(Method::POST, &format!("/api/sandboxes/{sandbox}/format"), file).await
}
