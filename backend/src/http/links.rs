//! Share links.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use shared::access::{Operation, Scope};
use shared::api::ErrorBody;
use shared::api::sharing::{CreatedLink, Joined, Link, LinkPreview, NewLink};

use super::extract::{Json, Path, ahead};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::secret::{self, Kind};
use crate::state::AppState;
use crate::store::{NewLinkRow, Opened};

/// Members of one sandbox.
const MEMBERS_MAX: i64 = 1_000;

/// Links of one sandbox.
const LINKS_MAX: usize = 200;

/// Make a link to share
#[utoipa::path(post, path = "/sandboxes/{sandbox}/links", tag = "sharing", request_body = NewLink,
    params(("sandbox" = String, Path)),
    responses((status = 201, body = CreatedLink), (status = "4XX", body = ErrorBody)))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
    Json(new): Json<NewLink>,
) -> Result<impl IntoResponse, ApiError> {
    let access = caller.access(&state, &sandbox, Operation::Share).await?;
    if new.capability.role() > access.role {
        return Err(ApiError::Forbidden("Nobody gives away more than they have".to_owned()));
    }
    if state.store().links(&sandbox).await?.len() >= LINKS_MAX {
        return Err(ApiError::Conflict(format!("This sandbox has had {LINKS_MAX} links already")));
    }
    let now = state.clock().now();
    let link = Link {
        id: secret::id("link"),
        capability: new.capability,
        created_by: caller.user.id.clone(),
        created_at: now,
        expires_at: ahead(new.expires_at, now)?,
        revoked_at: None,
    };
    let (secret, hash) = secret::new(Kind::Link);
    state.store().add_link(NewLinkRow { link: &link, sandbox: &sandbox, hash }).await?;
    Ok((StatusCode::CREATED, Json(CreatedLink { link, secret })))
}

/// List the links of a sandbox
#[utoipa::path(get, path = "/sandboxes/{sandbox}/links", tag = "sharing", params(("sandbox" = String, Path)),
    responses((status = 200, body = [Link]), (status = "4XX", body = ErrorBody)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(sandbox): Path<String>,
) -> Result<Json<Vec<Link>>, ApiError> {
    caller.access(&state, &sandbox, Operation::Share).await?;
    Ok(Json(state.store().links(&sandbox).await?))
}

/// End a link, and the access of all who came by it
#[utoipa::path(delete, path = "/sandboxes/{sandbox}/links/{link}", tag = "sharing",
    params(("sandbox" = String, Path), ("link" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub(super) async fn revoke(
    State(state): State<AppState>,
    caller: Caller,
    Path((sandbox, link)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    caller.access(&state, &sandbox, Operation::Share).await?;
    if !state.store().revoke_link(&sandbox, &link, &caller.user.id, state.clock().now()).await? {
        return Err(ApiError::NotFound);
    }
    state.access_changed(&sandbox).await;
    Ok(StatusCode::NO_CONTENT)
}

/// See where a link leads
#[utoipa::path(get, path = "/links/{secret}", tag = "sharing", security(()), params(("secret" = String, Path)),
    responses((status = 200, body = LinkPreview), (status = 410, body = ErrorBody), (status = "4XX", body = ErrorBody)))]
pub(super) async fn preview(
    State(state): State<AppState>,
    Path(secret): Path<String>,
) -> Result<Json<LinkPreview>, ApiError> {
    let hash = secret::hash(Kind::Link, &secret).ok_or(ApiError::NotFound)?;
    let found = state.store().preview_link(&hash, state.clock().now()).await?.ok_or(ApiError::NotFound)?;
    found.map(Json).map_err(|()| ApiError::LinkGone)
}

/// Come in by a link
#[utoipa::path(post, path = "/links/{secret}", tag = "sharing", params(("secret" = String, Path)),
    responses((status = 200, body = Joined), (status = 410, body = ErrorBody), (status = "4XX", body = ErrorBody)))]
pub(super) async fn open(
    State(state): State<AppState>,
    caller: Caller,
    Path(secret): Path<String>,
) -> Result<Json<Joined>, ApiError> {
    caller.require_scope(Scope::Edit)?;
    let hash = secret::hash(Kind::Link, &secret).ok_or(ApiError::NotFound)?;
    match state.store().open_link(&hash, &caller.user.id, MEMBERS_MAX, state.clock().now()).await? {
        Opened::Joined(joined) => {
            state.access_changed(&joined.sandbox).await;
            Ok(Json(joined))
        }
        Opened::Unknown => Err(ApiError::NotFound),
        Opened::Gone => Err(ApiError::LinkGone),
        Opened::Banned => Err(ApiError::Forbidden("You were sent away from this sandbox".to_owned())),
        Opened::Full => Err(ApiError::Conflict("This sandbox has as many members as it may have".to_owned())),
    }
}
