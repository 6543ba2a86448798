//! Who did what in a sandbox.

use axum::extract::State;
use shared::access::Operation;
use shared::api::sharing::AuditEntry;
use shared::api::{ErrorBody, Page};

use super::extract::{Json, NumberedPart, Path, Query};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::state::AppState;

/// List what was done, the newest first
#[utoipa::path(get, path = "/sandboxes/{sandbox}/audit", tag = "sharing", params(("sandbox" = String, Path), NumberedPart),
    responses((status = 200, body = Page<AuditEntry>), (status = "4XX", body = ErrorBody)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    Query(part): Query<NumberedPart>,
) -> Result<Json<Page<AuditEntry>>, ApiError> {
    caller.access(&state, &sandbox, Operation::Audit).await?;
    let limit = part.limit()?;
    let before = part.after()?;
    let items = state.store().audit_of(&sandbox, before, limit).await?;
    let full = i64::try_from(items.len()).is_ok_and(|count| count == limit);
    let next = items.last().filter(|_| full).map(|last| last.seq.to_string());
    Ok(Json(Page { items, next }))
}
