//! Requests that can be repeated: with the header `Idempotency-Key`, the same request does its work once, and every
//! repetition within a day gets the first answer.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use shared::api::bounds::is_key;

use super::extract::Json;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::state::AppState;
use crate::store::Remembered;

/// How long an answer is remembered.
const KEPT_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Does the work, unless it was done before under the same key. `what` tells operations apart.
pub(super) async fn once<Q: Serialize, A: Serialize>(
    state: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    what: &str,
    question: &Q,
    work: impl AsyncFnOnce() -> Result<A, ApiError>,
) -> Result<Response, ApiError> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok((StatusCode::CREATED, Json(work().await?)).into_response());
    };
    let key = key.to_str().ok().filter(|key| is_key(key));
    let key = key.ok_or_else(|| ApiError::Invalid("`Idempotency-Key` has 1 to 200 visible characters".to_owned()))?;
    let user = caller.user.id.as_str();
    let mut request = Sha256::new();
    request.update(what.as_bytes());
    request.update([0]);
    request.update(serde_json::to_vec(question).ok().ok_or(ApiError::Internal)?);
    let now = state.clock().now();
    match state.store().take_key(user, key, &request.finalize(), now, now - KEPT_MILLIS).await? {
        Remembered::New => {}
        Remembered::UnderWay => {
            return Err(ApiError::Conflict("A request with this key is being answered: wait for it".to_owned()));
        }
        Remembered::Another => {
            return Err(ApiError::Conflict("This key was used for another request".to_owned()));
        }
        Remembered::Answered { status, body } => {
            let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
            let json = [(header::CONTENT_TYPE, "application/json")];
            return Ok((status.unwrap_or(StatusCode::CREATED), json, body).into_response());
        }
    }
    match work().await {
        Ok(answer) => {
            let body = serde_json::to_string(&answer).ok().ok_or(ApiError::Internal)?;
            state.store().keep_answer(user, key, i64::from(StatusCode::CREATED.as_u16()), &body).await?;
            Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], body).into_response())
        }
        Err(error) => {
            // It did not come to anything, so it may be tried again.
            state.store().release_key(user, key).await?;
            Err(error)
        }
    }
}
