//! The session of a sandbox: begun, bounded, ended.

use axum::extract::State;
use shared::access::Operation;
use shared::api::ErrorBody;
use shared::api::session::{Session, SessionEnd, SessionRules};

use super::extract::{Json, Path};
use crate::auth::Caller;
use crate::clock::Millis;
use crate::error::ApiError;
use crate::state::AppState;
use crate::store::Change;

/// See the session
#[utoipa::path(get, path = "/sandboxes/{sandbox}/session", tag = "sharing", params(("sandbox" = String, Path)),
    responses((status = 200, body = Session), (status = "4XX", body = ErrorBody)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
) -> Result<Json<Session>, ApiError> {
    caller.access(&state, &sandbox, Operation::View).await?;
    state.store().sandbox_session(&sandbox).await?.map(Json).ok_or(ApiError::NotFound)
}

/// Begin a session anew
///
/// The one before, if it goes on, ends with it; whoever is in stays in.
#[utoipa::path(post, path = "/sandboxes/{sandbox}/session", tag = "sharing", params(("sandbox" = String, Path)),
    request_body = SessionRules, responses((status = 200, body = Session), (status = "4XX", body = ErrorBody)))]
pub(super) async fn begin(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    Json(rules): Json<SessionRules>,
) -> Result<Json<Session>, ApiError> {
    check(&rules)?;
    change(&state, &caller, &sandbox, |session, now| {
        *session = Session::begin(rules, now);
        Some(Change::Begun)
    })
    .await
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
    check(&rules)?;
    change(&state, &caller, &sandbox, |session, now| {
        // The first one is there from the beginning; that it is bounded begins it.
        let begun_at = if session.begun_at == 0 { now } else { session.begun_at };
        *session = Session { rules, begun_at, seen_at: now, ended: session.ended.take() };
        Some(Change::Bounded)
    })
    .await
}

/// End the session: everybody is sent out but those who lead
#[utoipa::path(delete, path = "/sandboxes/{sandbox}/session", tag = "sharing", params(("sandbox" = String, Path)),
    responses((status = 200, body = Session), (status = "4XX", body = ErrorBody)))]
pub(super) async fn end(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
) -> Result<Json<Session>, ApiError> {
    let by = caller.user.id.clone();
    change(&state, &caller, &sandbox, |session, now| {
        let goes_on = !session.is_over(now);
        session.ended = Some(SessionEnd { at: now, by: Some(by) });
        goes_on.then_some(Change::Ended)
    })
    .await
}

/// Changes the session as somebody wants who may, and holds everybody to it.
async fn change(
    state: &AppState,
    caller: &Caller,
    sandbox: &str,
    change: impl FnOnce(&mut Session, Millis) -> Option<Change>,
) -> Result<Json<Session>, ApiError> {
    caller.access(state, sandbox, Operation::Configure).await?;
    let now = state.clock().now();
    let change = |session: &mut Session| change(session, now);
    let changed = state.store().change_session(sandbox, Some(&caller.user.id), now, change).await?;
    let over = || ApiError::Conflict("The session is over already".to_owned());
    let session = changed.ok_or_else(over)?;
    state.session_changed(sandbox).await;
    Ok(Json(session))
}

fn check(rules: &SessionRules) -> Result<(), ApiError> {
    if [rules.participants, rules.idle_minutes, rules.minutes].contains(&Some(0)) {
        return Err(ApiError::Invalid("A bound of a session is 1 at least; leave it out for none".to_owned()));
    }
    Ok(())
}
