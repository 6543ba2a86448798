//! Accounts, guests, signing in and out.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum_extra::extract::CookieJar;
use shared::access::Scope;
use shared::api::ErrorBody;
use shared::api::bounds::{self, NAME_MAX};
use shared::api::people::{ChangeUser, NewAccount, NewGuest, SignIn, SignedIn, User, UserKind};

use super::extract::{Json, name};
use crate::auth::{self, Caller, SESSION_MILLIS, password};
use crate::error::ApiError;
use crate::secret::{self, Kind};
use crate::state::AppState;

/// Make an account, and sign in
#[utoipa::path(post, path = "/accounts", tag = "people", security(()), request_body = NewAccount,
    responses((status = 201, body = SignedIn), (status = 409, body = ErrorBody), (status = "4XX", body = ErrorBody)))]
pub(super) async fn sign_up(
    State(state): State<AppState>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Json(new): Json<NewAccount>,
) -> Result<impl IntoResponse, ApiError> {
    state.rates().check_sign_in(address.ip())?;
    let login = login(&new.login)?;
    check_password(&new.password)?;
    let user = User {
        id: secret::id("user"),
        kind: UserKind::Account,
        name: name(&new.name, NAME_MAX)?,
        login: Some(login),
        created_at: state.clock().now(),
    };
    let stored = password::hash(new.password).await?;
    if !state.store().add_user(&user, Some(&stored)).await? {
        return Err(ApiError::Conflict("There is an account with this login".to_owned()));
    }
    let_in(&state, user).await
}

/// Come without an account
#[utoipa::path(post, path = "/guests", tag = "people", security(()), request_body = NewGuest,
    responses((status = 201, body = SignedIn), (status = "4XX", body = ErrorBody)))]
pub(super) async fn come_as_guest(
    State(state): State<AppState>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Json(new): Json<NewGuest>,
) -> Result<impl IntoResponse, ApiError> {
    state.rates().check_sign_in(address.ip())?;
    let user = User {
        id: secret::id("user"),
        kind: UserKind::Guest,
        name: name(&new.name, NAME_MAX)?,
        login: None,
        created_at: state.clock().now(),
    };
    state.store().add_user(&user, None).await?;
    let_in(&state, user).await
}

/// Sign in
#[utoipa::path(post, path = "/session", tag = "people", security(()), request_body = SignIn,
    responses((status = 201, body = SignedIn), (status = 401, body = ErrorBody), (status = "4XX", body = ErrorBody)))]
pub(super) async fn sign_in(
    State(state): State<AppState>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Json(who): Json<SignIn>,
) -> Result<impl IntoResponse, ApiError> {
    state.rates().check_sign_in(address.ip())?;
    // Whoever types it may leave a blank behind it.
    let account = match login(who.login.trim()) {
        Ok(login) => state.store().account_by_login(&login).await?,
        Err(_) => None,
    };
    let (user, stored) = account.map(|account| (account.user, account.password)).unzip();
    if !password::verify(who.password, stored).await? {
        return Err(ApiError::WrongPassword);
    }
    let_in(&state, user.ok_or(ApiError::WrongPassword)?).await
}

/// Who is signed in
#[utoipa::path(get, path = "/session", tag = "people",
    responses((status = 200, body = User), (status = 401, body = ErrorBody)))]
pub(super) async fn who(caller: Caller) -> Json<User> {
    Json(caller.user)
}

/// Change name or password
#[utoipa::path(patch, path = "/session", tag = "people", request_body = ChangeUser,
    responses((status = 200, body = User), (status = "4XX", body = ErrorBody)))]
pub(super) async fn change(
    State(state): State<AppState>,
    caller: Caller,
    Json(change): Json<ChangeUser>,
) -> Result<Json<User>, ApiError> {
    caller.require_scope(Scope::Account)?;
    let now = state.clock().now();
    let new_name = change.name.map(|new| name(&new, NAME_MAX)).transpose()?;
    if let Some(change) = change.password {
        let session = caller.session()?.to_owned();
        let login = caller.user.login.as_deref().ok_or(ApiError::WrongPassword)?;
        let account = state.store().account_by_login(login).await?.ok_or(ApiError::WrongPassword)?;
        check_password(&change.new)?;
        if !password::verify(change.old, Some(account.password)).await? {
            return Err(ApiError::WrongPassword);
        }
        let stored = password::hash(change.new).await?;
        state.store().set_password(&caller.user.id, &stored, &session, now).await?;
    }
    if let Some(new) = new_name {
        state.store().rename_user(&caller.user.id, &new, now).await?;
    }
    state.store().user(&caller.user.id).await?.map(Json).ok_or(ApiError::Unauthenticated)
}

/// Sign out
#[utoipa::path(delete, path = "/session", tag = "people",
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub(super) async fn sign_out(State(state): State<AppState>, caller: Caller) -> Result<impl IntoResponse, ApiError> {
    state.store().end_session(caller.session()?).await?;
    Ok((StatusCode::NO_CONTENT, CookieJar::new().add(auth::cookie(&state, None))))
}

/// Delete oneself, and everything that is one's own
#[utoipa::path(delete, path = "/account", tag = "people",
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub(super) async fn delete(State(state): State<AppState>, caller: Caller) -> Result<impl IntoResponse, ApiError> {
    caller.session()?;
    state.delete_person(&caller.user.id).await?;
    Ok((StatusCode::NO_CONTENT, CookieJar::new().add(auth::cookie(&state, None))))
}

async fn let_in(state: &AppState, user: User) -> Result<impl IntoResponse + use<>, ApiError> {
    let signed_in = begin_session(state, user).await?;
    let cookies = CookieJar::new().add(auth::cookie(state, Some(signed_in.token.clone())));
    Ok((StatusCode::CREATED, cookies, Json(signed_in)))
}

/// Begins a session of somebody who has shown who they are.
pub(super) async fn begin_session(state: &AppState, user: User) -> Result<SignedIn, ApiError> {
    let (token, hash) = secret::new(Kind::Session);
    let now = state.clock().now();
    let expires_at = now + SESSION_MILLIS;
    state.store().add_session(&hash, &user.id, now, expires_at).await?;
    Ok(SignedIn { user, token, expires_at })
}

fn login(text: &str) -> Result<String, ApiError> {
    if bounds::is_login(text) {
        return Ok(text.to_lowercase());
    }
    Err(ApiError::Invalid("A login has 3 to 64 letters, digits and `.@_+-`".to_owned()))
}

fn check_password(password: &str) -> Result<(), ApiError> {
    if bounds::is_password(password) {
        return Ok(());
    }
    Err(ApiError::Invalid("A password has 8 to 256 characters".to_owned()))
}
