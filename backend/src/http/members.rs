//! Who is in a sandbox.

use axum::extract::State;
use axum::http::StatusCode;
use shared::access::{Operation, Role};
use shared::api::ErrorBody;
use shared::api::sharing::{Member, MemberState, SetMember};

use super::extract::{Json, Path};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::state::AppState;

/// List the members; those who wait or were sent away only to those who lead
#[utoipa::path(get, path = "/sandboxes/{sandbox}/members", tag = "sharing", params(("sandbox" = String, Path)),
    responses((status = 200, body = [Member]), (status = "4XX", body = ErrorBody)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
) -> Result<Json<Vec<Member>>, ApiError> {
    let access = caller.access(&state, &sandbox, Operation::View).await?;
    let mut members = state.store().members(&sandbox).await?;
    if access.role < Role::Instructor {
        members.retain(|member| member.state == MemberState::Active);
        members.iter_mut().for_each(|member| member.link = None);
    }
    Ok(Json(members))
}

/// Add somebody, or change what they are
#[utoipa::path(put, path = "/sandboxes/{sandbox}/members/{user}", tag = "sharing", request_body = SetMember,
    params(("sandbox" = String, Path), ("user" = String, Path)),
    responses((status = 200, body = Member), (status = "4XX", body = ErrorBody)))]
pub(super) async fn set(
    State(state): State<AppState>,
    caller: Caller,
    Path((sandbox, user)): Path<(String, String)>,
    Json(set): Json<SetMember>,
) -> Result<Json<Member>, ApiError> {
    let access = caller.access(&state, &sandbox, Operation::Share).await?;
    if set.role == Role::Owner || set.role > access.role {
        return Err(ApiError::Forbidden("Nobody gives away more than they have".to_owned()));
    }
    if state.store().user(&user).await?.is_none() {
        return Err(ApiError::NotFound);
    }
    let before = state.store().member(&sandbox, &user).await?;
    may_change(&caller, access.role, before.as_ref())?;
    state.store().set_member(&sandbox, &user, set.role, &caller.user.id, state.clock().now()).await?;
    state.access_changed(&sandbox).await;
    state.store().member(&sandbox, &user).await?.map(Json).ok_or(ApiError::NotFound)
}

/// Let somebody in who waits
#[utoipa::path(post, path = "/sandboxes/{sandbox}/members/{user}/approve", tag = "sharing",
    params(("sandbox" = String, Path), ("user" = String, Path)),
    responses((status = 200, body = Member), (status = "4XX", body = ErrorBody)))]
pub(super) async fn approve(
    State(state): State<AppState>,
    caller: Caller,
    Path((sandbox, user)): Path<(String, String)>,
) -> Result<Json<Member>, ApiError> {
    caller.access(&state, &sandbox, Operation::Approve).await?;
    if !state.store().approve_member(&sandbox, &user, &caller.user.id, state.clock().now()).await? {
        return Err(ApiError::NotFound);
    }
    state.access_changed(&sandbox).await;
    state.store().member(&sandbox, &user).await?.map(Json).ok_or(ApiError::NotFound)
}

/// Send somebody away, or leave
#[utoipa::path(delete, path = "/sandboxes/{sandbox}/members/{user}", tag = "sharing",
    params(("sandbox" = String, Path), ("user" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub(super) async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Path((sandbox, user)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let now = state.clock().now();
    if user == caller.user.id {
        match caller.access(&state, &sandbox, Operation::View).await {
            Ok(access) if access.role == Role::Owner => {
                return Err(ApiError::Conflict("The owner cannot leave: delete the sandbox instead".to_owned()));
            }
            // When the session is over, one can leave all the same.
            Ok(_) | Err(ApiError::SessionEnded) => {}
            Err(error) => return Err(error),
        }
        state.store().remove_member(&sandbox, &user, now).await?;
    } else {
        let access = caller.access(&state, &sandbox, Operation::Kick).await?;
        let before = state.store().member(&sandbox, &user).await?.ok_or(ApiError::NotFound)?;
        may_change(&caller, access.role, Some(&before))?;
        state.store().ban_member(&sandbox, &user, &caller.user.id, now).await?;
    }
    state.access_changed(&sandbox).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Nobody changes the owner, themselves, or somebody who is as much as they are; except the owner, who can.
fn may_change(caller: &Caller, role: Role, before: Option<&Member>) -> Result<(), ApiError> {
    let Some(before) = before else { return Ok(()) };
    let is_weaker = before.role < role || before.state != MemberState::Active;
    if before.user != caller.user.id && before.role != Role::Owner && is_weaker {
        return Ok(());
    }
    Err(ApiError::Forbidden("Only somebody who is more than they are can do this".to_owned()))
}
