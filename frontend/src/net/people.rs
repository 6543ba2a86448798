//! Who is signed in: `/api/session`, `/api/guests`, `/api/accounts`.

use gloo_net::http::Method;
use shared::api::people::{NewAccount, NewGuest, SignIn, SignInWays, SignedIn, User};

use super::{NetError, request};

/// Who is signed in, if anybody is.
///
/// # Errors
///
/// See [`NetError`]; the same for all others here.
pub async fn who() -> Result<Option<User>, NetError> {
    match request::get("/api/session").await {
        Ok(user) => Ok(Some(user)),
        Err(NetError::Refused(error)) if error.code == "unauthenticated" => Ok(None),
        Err(error) => Err(error),
    }
}

/// Comes in with a name only.
///
/// # Errors
///
/// See [`who`].
pub async fn come_as_guest(name: String) -> Result<SignedIn, NetError> {
    request::send(Method::POST, "/api/guests", &NewGuest { name }).await
}

/// Comes in with an account.
///
/// # Errors
///
/// See [`who`].
pub async fn sign_in(login: String, password: String) -> Result<SignedIn, NetError> {
    request::send(Method::POST, "/api/session", &SignIn { login, password }).await
}

/// Makes an account and comes in with it.
///
/// # Errors
///
/// See [`who`].
pub async fn register(new: NewAccount) -> Result<SignedIn, NetError> {
    request::send(Method::POST, "/api/accounts", &new).await
}

/// How one can sign in besides with a password.
///
/// # Errors
///
/// See [`who`].
pub async fn sign_in_ways() -> Result<SignInWays, NetError> {
    request::get("/api/sign-in").await
}

/// Goes out.
///
/// # Errors
///
/// See [`who`].
pub async fn sign_out() -> Result<(), NetError> {
    request::order(Method::DELETE, "/api/session").await
}
