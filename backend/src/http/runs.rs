//! Running files without a sandbox, for programs: graders above all.

use axum::extract::State;
use shared::access::Scope;
use shared::api::ErrorBody;
use shared::api::run::{NewRun, RunResult};

use super::extract::Json;
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
