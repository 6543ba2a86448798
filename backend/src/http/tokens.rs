//! API tokens.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use shared::access::Scope;
use shared::api::ErrorBody;
use shared::api::bounds::NAME_MAX;
use shared::api::people::{CreatedToken, NewToken, Token};

use super::extract::{Json, Path, ahead, name};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::secret::{self, Kind};
use crate::state::AppState;
use crate::store::NewTokenRow;

/// Tokens of one person.
const TOKENS_MAX: usize = 100;

/// Make a token for a program
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = NewToken,
    responses((status = 201, body = CreatedToken), (status = "4XX", body = ErrorBody)))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Json(new): Json<NewToken>,
) -> Result<impl IntoResponse, ApiError> {
    // A token that could make tokens could give itself more than it has.
    caller.session()?;
    let now = state.clock().now();
    if state.store().tokens(&caller.user.id).await?.len() >= TOKENS_MAX {
        return Err(ApiError::Conflict(format!("There are {TOKENS_MAX} tokens already: revoke one")));
    }
    let mut scopes = new.scopes;
    scopes.sort();
    scopes.dedup();
    let token = Token {
        id: secret::id("token"),
        name: name(&new.name, NAME_MAX)?,
        scopes,
        created_at: now,
        expires_at: ahead(new.expires_at, now)?,
    };
    let (secret, hash) = secret::new(Kind::Token);
    state.store().add_token(NewTokenRow { token: &token, user: &caller.user.id, hash }).await?;
    Ok((StatusCode::CREATED, Json(CreatedToken { token, secret })))
}

/// List one's tokens
#[utoipa::path(get, path = "/tokens", tag = "tokens",
    responses((status = 200, body = [Token]), (status = "4XX", body = ErrorBody)))]
pub(super) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<Token>>, ApiError> {
    caller.require_scope(Scope::Account)?;
    Ok(Json(state.store().tokens(&caller.user.id).await?))
}

/// Revoke a token
#[utoipa::path(delete, path = "/tokens/{token}", tag = "tokens", params(("token" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub(super) async fn revoke(
    State(state): State<AppState>,
    caller: Caller,
    Path(token): Path<String>,
) -> Result<StatusCode, ApiError> {
    caller.require_scope(Scope::Account)?;
    let gone = state.store().revoke_token(&caller.user.id, &token, state.clock().now()).await?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound) }
}
