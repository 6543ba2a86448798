//! The chat of a sandbox.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use shared::access::Operation;
use shared::api::sharing::{ChatMessage, Say};
use shared::api::{ErrorBody, Page};

use super::extract::{Json, NumberedPart, Path, Query};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::live;
use crate::state::AppState;

/// See what was said, the newest first
#[utoipa::path(get, path = "/sandboxes/{sandbox}/chat", tag = "chat", params(("sandbox" = String, Path), NumberedPart),
    responses((status = 200, body = Page<ChatMessage>), (status = "4XX", body = ErrorBody)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    Query(part): Query<NumberedPart>,
) -> Result<Json<Page<ChatMessage>>, ApiError> {
    caller.access(&state, &sandbox, Operation::View).await?;
    let limit = part.limit()?;
    let before = part.after()?;
    let items = state.store().chat(&sandbox, before, limit).await?;
    let full = i64::try_from(items.len()).is_ok_and(|count| count == limit);
    let next = items.last().filter(|_| full).map(|last| last.seq.to_string());
    Ok(Json(Page { items, next }))
}

/// Say something
#[utoipa::path(post, path = "/sandboxes/{sandbox}/chat", tag = "chat", params(("sandbox" = String, Path)),
    request_body = Say, responses((status = 201, body = ChatMessage), (status = "4XX", body = ErrorBody)))]
pub(super) async fn say(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    Json(say): Json<Say>,
) -> Result<impl IntoResponse, ApiError> {
    let message = live::say(&state, &caller, &sandbox, &say.text).await?;
    Ok((StatusCode::CREATED, Json(message)))
}
