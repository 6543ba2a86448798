//! Running programs: those of sandboxes, and files without a sandbox for programs that ask, graders above all.

use axum::extract::State;
use axum::http::StatusCode;
use shared::access::{Operation, Scope};
use shared::api::ErrorBody;
use shared::api::code::{Formatted, ToFormat};
use shared::api::live::LiveCommand;
use shared::api::run::{NewRun, ReplyValue, RunOptions, RunResult, RunStatus};

use super::extract::{Json, Path};
use super::sandboxes::{check_files, check_limits};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::state::AppState;

/// Run files to the end, and see what came of it
///
/// The files run in a machine of their own that nobody else sees, and nothing of it is kept.
#[utoipa::path(post, path = "/runs", tag = "runs", request_body = NewRun,
    responses((status = 200, body = RunResult), (status = "4XX", body = ErrorBody)))]
pub(super) async fn run(
    State(state): State<AppState>,
    caller: Caller,
    Json(new): Json<NewRun>,
) -> Result<Json<RunResult>, ApiError> {
    caller.require_scope(Scope::Run)?;
    check_files(&new.files)?;
    if let Some(limits) = &new.limits {
        check_limits(limits)?;
    }
    state.runs().to_end(&caller.user.id, new).await.map(Json)
}

/// See how the last run of a sandbox is
///
/// What happens in it comes over the socket, or as server-sent events. Asking brings back nothing that is parked.
#[utoipa::path(get, path = "/sandboxes/{sandbox}/run", tag = "runs", params(("sandbox" = String, Path)),
    responses((status = 200, body = RunStatus), (status = "4XX", body = ErrorBody)))]
pub(super) async fn status(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
) -> Result<Json<RunStatus>, ApiError> {
    caller.access(&state, &sandbox, Operation::View).await?;
    state.runs().status(&state, &sandbox).await?.map(Json).ok_or(ApiError::NotFound)
}

/// Run a sandbox
///
/// With the files as they are now. When a run is under way it is stopped first; one that is just beginning is what everybody gets
/// who asks meanwhile.
#[utoipa::path(post, path = "/sandboxes/{sandbox}/run", tag = "runs", params(("sandbox" = String, Path)),
    request_body = RunOptions,
    responses((status = 202, body = RunStatus), (status = "4XX", body = ErrorBody)))]
pub(super) async fn start(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    Json(options): Json<RunOptions>,
) -> Result<(StatusCode, Json<RunStatus>), ApiError> {
    let command = LiveCommand::Run { options: Box::new(options) };
    caller.access(&state, &sandbox, command.needs()).await?;
    match state.runs().command(&state, &sandbox, &caller.user.id, command).await? {
        Some(ReplyValue::Run { status }) => Ok((StatusCode::ACCEPTED, Json(*status))),
        _ => Err(ApiError::Internal),
    }
}

/// Stop what runs in a sandbox
#[utoipa::path(delete, path = "/sandboxes/{sandbox}/run", tag = "runs", params(("sandbox" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub(super) async fn stop(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
) -> Result<StatusCode, ApiError> {
    caller.access(&state, &sandbox, LiveCommand::Stop.needs()).await?;
    state.runs().command(&state, &sandbox, &caller.user.id, LiveCommand::Stop).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Format a file
///
/// With Elixir's own formatter, and with the settings of `.formatter.exs` in the sandbox. Nothing is changed by it: the answer says
/// what to change.
#[utoipa::path(post, path = "/sandboxes/{sandbox}/format", tag = "runs", params(("sandbox" = String, Path)),
    request_body = ToFormat,
    responses((status = 200, body = Formatted), (status = "4XX", body = ErrorBody)))]
pub(super) async fn format(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    Json(file): Json<ToFormat>,
) -> Result<Json<Formatted>, ApiError> {
    caller.access(&state, &sandbox, Operation::EditCode).await?;
    state.runs().format(&state, &sandbox, file).await.map(Json)
}
