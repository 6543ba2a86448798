//! The session of a sandbox: begun, bounded, ended.

use axum::extract::State;
use shared::access::Operation;
use shared::api::ErrorBody;
use shared::api::live::LiveEvent;
use shared::api::session::{Session, SessionEnd, SessionRules};

use super::extract::{Json, Path};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::state::AppState;

/// See the session
#[utoipa::path(get, path = "/sandboxes/{sandbox}/session", tag = "sharing", params(("sandbox" = String, Path)),
    responses((status = 200, body = Session), (status = "4XX", body = ErrorBody)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
) -> Result<Json<Session>, ApiError> {
    caller.access(&state, &sandbox, Operation::View).await?;
    session(&state, &sandbox).await.map(Json)
}

/// Begin a session anew
///
/// The one before, if it goes on, ends with it; whoever is in stays in, as far as the new bounds let them.
#[utoipa::path(post, path = "/sandboxes/{sandbox}/session", tag = "sharing", params(("sandbox" = String, Path)),
    request_body = SessionRules, responses((status = 200, body = Session), (status = "4XX", body = ErrorBody)))]
pub(super) async fn begin(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    Json(rules): Json<SessionRules>,
) -> Result<Json<Session>, ApiError> {
    caller.access(&state, &sandbox, Operation::Configure).await?;
    check(&rules)?;
    let session = Session::begin(rules, state.clock().now());
    changed(&state, &sandbox, session, "session.begin", &caller).await
}

/// Bound the session otherwise
#[utoipa::path(patch, path = "/sandboxes/{sandbox}/session", tag = "sharing", params(("sandbox" = String, Path)),
    request_body = SessionRules, responses((status = 200, body = Session), (status = "4XX", body = ErrorBody)))]
pub(super) async fn bound(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    Json(rules): Json<SessionRules>,
) -> Result<Json<Session>, ApiError> {
    caller.access(&state, &sandbox, Operation::Configure).await?;
    check(&rules)?;
    let session = Session { rules, ..session(&state, &sandbox).await? };
    changed(&state, &sandbox, session, "session.bound", &caller).await
}

/// End the session: everybody is sent out but those who lead
#[utoipa::path(delete, path = "/sandboxes/{sandbox}/session", tag = "sharing", params(("sandbox" = String, Path)),
    responses((status = 200, body = Session), (status = "4XX", body = ErrorBody)))]
pub(super) async fn end(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
) -> Result<Json<Session>, ApiError> {
    caller.access(&state, &sandbox, Operation::Configure).await?;
    let session = session(&state, &sandbox).await?;
    let now = state.clock().now();
    if session.is_over(now) {
        return Err(ApiError::Conflict("The session is over already".to_owned()));
    }
    let ended = Some(SessionEnd { at: now, by: Some(caller.user.id.clone()) });
    changed(&state, &sandbox, Session { ended, ..session }, "session.end", &caller).await
}

async fn session(state: &AppState, sandbox: &str) -> Result<Session, ApiError> {
    state.store().sandbox_session(sandbox).await?.ok_or(ApiError::NotFound)
}

async fn changed(
    state: &AppState,
    sandbox: &str,
    session: Session,
    what: &str,
    caller: &Caller,
) -> Result<Json<Session>, ApiError> {
    let now = state.clock().now();
    state.store().keep_session(sandbox, &session, what, Some(&caller.user.id), now).await?;
    state.access_changed(sandbox).await;
    state.live().publish(sandbox, LiveEvent::Changed { updated_at: now });
    Ok(Json(session))
}

fn check(rules: &SessionRules) -> Result<(), ApiError> {
    if [rules.participants, rules.idle_minutes, rules.minutes].contains(&Some(0)) {
        return Err(ApiError::Invalid("A bound of a session is 1 at least; leave it out for none".to_owned()));
    }
    Ok(())
}
