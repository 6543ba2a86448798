//! Sandboxes.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use shared::access::{Operation, Scope, Switches};
use shared::api::bounds::SANDBOX_NAME_MAX;
use shared::api::described;
use shared::api::live::LiveEvent;
use shared::api::sandboxes::{
    ChangeSandbox, CloneSandbox, FILES_BYTES_MAX, FILES_MAX, Files, NewSandbox, Sandbox, check_path,
};
use shared::api::{ErrorBody, Page};
use shared::document::DocumentName;
use shared::limits::Limits;

use super::extract::{Json, Part, Path, Query, name};
use super::idempotent;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::secret::{self, Kind};
use crate::state::AppState;
use crate::store::NewSandboxRow;
use crate::templates;

/// Sandboxes that one person may have.
const SANDBOXES_MAX: usize = 1_000;

/// Make a sandbox: empty, or from a template, files or a link
#[utoipa::path(post, path = "/sandboxes", tag = "sandboxes", request_body = NewSandbox,
    params(("idempotency-key" = inline(Option<described::Key>), Header, description = "The same key does the same work once")),
    responses((status = 201, body = Sandbox), (status = "4XX", body = ErrorBody)))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Json(new): Json<NewSandbox>,
) -> Result<Response, ApiError> {
    caller.require_scope(Scope::Edit)?;
    idempotent::once(&state, &caller, &headers, "sandbox.create", &new, async || make(&state, &caller, &new).await)
        .await
}

async fn make(state: &AppState, caller: &Caller, new: &NewSandbox) -> Result<Sandbox, ApiError> {
    let given = [new.template.is_some(), new.files.is_some(), new.link.is_some()];
    if given.iter().filter(|given| **given).count() > 1 {
        return Err(ApiError::Conflict("Give one of `template`, `files` and `link`, not several".to_owned()));
    }
    if let Some(secret) = &new.link {
        let hash = secret::hash(Kind::Link, secret).ok_or(ApiError::NotFound)?;
        let preview = state.store().preview_link(&hash, state.clock().now()).await?.ok_or(ApiError::NotFound)?;
        let preview = preview.map_err(|()| ApiError::LinkGone)?;
        let from = From { id: &preview.sandbox, name: &preview.name, limits: Limits::default() };
        return copy_of(state, caller, from, new.name.as_deref()).await;
    }
    let template = new.template.as_deref().map(|id| templates::find(id).ok_or(ApiError::NotFound)).transpose()?;
    let empty = Files::new();
    let files = match (&template, &new.files) {
        (Some(template), _) => &template.files,
        (None, Some(files)) => files,
        (None, None) => &empty,
    };
    check_files(files)?;
    let title = template.as_ref().map_or("Untitled", |template| template.title.as_str());
    let name = name(new.name.as_deref().unwrap_or(title), SANDBOX_NAME_MAX)?;
    let id = secret::id("sandbox");
    state.documents().create(&id, files).await?;
    let row = NewSandboxRow {
        id: &id,
        name: &name,
        owner: &caller.user.id,
        template: new.template.as_deref(),
        forked_from: None,
        switches: Switches::default(),
        limits: &Limits::default(),
        now: state.clock().now(),
    };
    add(state, caller, row).await
}

/// The sandbox that a copy is made of.
struct From<'a> {
    id: &'a str,
    name: &'a str,
    limits: Limits,
}

async fn copy_of(
    state: &AppState,
    caller: &Caller,
    from: From<'_>,
    new_name: Option<&str>,
) -> Result<Sandbox, ApiError> {
    let name = name(new_name.unwrap_or(from.name), SANDBOX_NAME_MAX)?;
    let id = secret::id("sandbox");
    // What people said of the original, and what ran in it, stays there.
    let code = state.documents().state(state, from.id, DocumentName::Code).await?;
    state.documents().import(&id, DocumentName::Code, &code).await?;
    let row = NewSandboxRow {
        id: &id,
        name: &name,
        owner: &caller.user.id,
        template: None,
        forked_from: Some(from.id),
        switches: Switches::default(),
        limits: &from.limits,
        now: state.clock().now(),
    };
    add(state, caller, row).await
}

async fn add(state: &AppState, caller: &Caller, row: NewSandboxRow<'_>) -> Result<Sandbox, ApiError> {
    let id = row.id.to_owned();
    let now = row.now;
    let owned = state.store().count_owned(&caller.user.id).await?;
    if owned >= SANDBOXES_MAX {
        state.store().delete_documents(&id).await?;
        return Err(ApiError::Conflict(format!("You have {SANDBOXES_MAX} sandboxes already: delete one")));
    }
    state.store().add_sandbox(row).await?;
    metrics::counter!("orrery_sandboxes_created_total").increment(1);
    state.store().sandbox(&id, &caller.user.id, now).await?.ok_or(ApiError::Internal)
}

/// List the sandboxes that one is in
#[utoipa::path(get, path = "/sandboxes", tag = "sandboxes", params(Part),
    responses((status = 200, body = Page<Sandbox>), (status = "4XX", body = ErrorBody)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(part): Query<Part>,
) -> Result<Json<Page<Sandbox>>, ApiError> {
    caller.require_scope(Scope::Read)?;
    let limit = part.limit()?;
    let now = state.clock().now();
    let items = state.store().sandboxes(&caller.user.id, part.after.as_deref(), limit, now).await?;
    let full = i64::try_from(items.len()).is_ok_and(|count| count == limit);
    let next = items.last().filter(|_| full).map(|last| last.id.clone());
    Ok(Json(Page { items, next }))
}

/// See a sandbox
#[utoipa::path(get, path = "/sandboxes/{sandbox}", tag = "sandboxes", params(("sandbox" = String, Path)),
    responses((status = 200, body = Sandbox), (status = "4XX", body = ErrorBody)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
) -> Result<Json<Sandbox>, ApiError> {
    visible(&state, &caller, &sandbox, Operation::View).await.map(Json)
}

/// The sandbox as the caller sees it, who has to be allowed to do this.
async fn visible(state: &AppState, caller: &Caller, sandbox: &str, operation: Operation) -> Result<Sandbox, ApiError> {
    caller.access(state, sandbox, operation).await?;
    state.store().sandbox(sandbox, &caller.user.id, state.clock().now()).await?.ok_or(ApiError::NotFound)
}

/// Change name, switches or limits
#[utoipa::path(patch, path = "/sandboxes/{sandbox}", tag = "sandboxes", params(("sandbox" = String, Path)),
    request_body = ChangeSandbox,
    responses((status = 200, body = Sandbox), (status = "4XX", body = ErrorBody)))]
pub(super) async fn change(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    Json(change): Json<ChangeSandbox>,
) -> Result<Json<Sandbox>, ApiError> {
    let mut changed = visible(&state, &caller, &sandbox, Operation::Configure).await?;
    if let Some(new) = change.name {
        changed.name = name(&new, SANDBOX_NAME_MAX)?;
    }
    let limited = change.limits.is_some();
    if let Some(limits) = change.limits {
        check_limits(&limits)?;
        changed.limits = limits;
    }
    let switched = change.switches.is_some_and(|switches| switches != changed.switches);
    changed.switches = change.switches.unwrap_or(changed.switches);
    changed.updated_at = state.clock().now();
    state.store().change_sandbox(&changed, &caller.user.id, changed.updated_at).await?;
    if switched {
        state.access_changed(&sandbox).await;
    }
    if limited {
        state.runs().limits_changed(&sandbox, changed.limits.clone()).await;
    }
    state.live().publish(&sandbox, LiveEvent::Changed { updated_at: changed.updated_at });
    Ok(Json(changed))
}

/// Delete a sandbox and everything in it
#[utoipa::path(delete, path = "/sandboxes/{sandbox}", tag = "sandboxes", params(("sandbox" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
) -> Result<StatusCode, ApiError> {
    caller.access(&state, &sandbox, Operation::Delete).await?;
    let now = state.clock().now();
    // First nobody can come in any more.
    state.store().delete_sandbox(&sandbox, &caller.user.id, now).await?;
    state.sandbox_deleted(&sandbox).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make an own copy
#[utoipa::path(post, path = "/sandboxes/{sandbox}/clone", tag = "sandboxes", params(("sandbox" = String, Path),
    ("idempotency-key" = inline(Option<described::Key>), Header, description = "The same key does the same work once")),
    request_body = CloneSandbox,
    responses((status = 201, body = Sandbox), (status = "4XX", body = ErrorBody)))]
pub(super) async fn copy(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    headers: HeaderMap,
    Json(new): Json<CloneSandbox>,
) -> Result<Response, ApiError> {
    let original = visible(&state, &caller, &sandbox, Operation::Clone).await?;
    let what = format!("sandbox.clone {sandbox}");
    idempotent::once(&state, &caller, &headers, &what, &new, async || {
        let from = From { id: &original.id, name: &original.name, limits: original.limits.clone() };
        copy_of(&state, &caller, from, new.name.as_deref()).await
    })
    .await
}

/// See the files as they are now
#[utoipa::path(get, path = "/sandboxes/{sandbox}/files", tag = "sandboxes", params(("sandbox" = String, Path)),
    responses((status = 200, body = std::collections::BTreeMap<String, String>), (status = "4XX", body = ErrorBody)))]
pub(super) async fn files(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
) -> Result<Json<Files>, ApiError> {
    caller.access(&state, &sandbox, Operation::View).await?;
    state.documents().files(&state, &sandbox).await.map(Json)
}

/// # Errors
///
/// When there are too many files, they are too long, or their paths lead elsewhere.
pub(super) fn check_files(files: &Files) -> Result<(), ApiError> {
    if files.len() > FILES_MAX {
        return Err(ApiError::Invalid(format!("A sandbox begins with {FILES_MAX} files at most")));
    }
    if files.iter().map(|(path, text)| path.len() + text.len()).sum::<usize>() > FILES_BYTES_MAX {
        return Err(ApiError::Invalid(format!("A sandbox begins with {FILES_BYTES_MAX} bytes at most")));
    }
    files.keys().try_for_each(|path| check_path(path)).map_err(|error| ApiError::Invalid(error.to_string()))
}

/// People may lower limits; raising them above the defaults is for whoever runs the server.
pub(super) fn check_limits(limits: &Limits) -> Result<(), ApiError> {
    let given = serde_json::to_value(limits).ok().ok_or(ApiError::Internal)?;
    let most = serde_json::to_value(Limits::default()).ok().ok_or(ApiError::Internal)?;
    for (name, most) in most.as_object().into_iter().flatten() {
        let given = given.get(name).and_then(serde_json::Value::as_u64).unwrap_or(u64::MAX);
        if most.as_u64().is_some_and(|most| given > most) {
            return Err(ApiError::Invalid(format!("The limit `{name}` may be {most} at most")));
        }
    }
    Ok(())
}
