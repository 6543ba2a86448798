//! What sandboxes can begin as.

use axum::Json as PlainJson;
use shared::api::ErrorBody;
use shared::api::sandboxes::Template;

use super::extract::{Json, Path};
use crate::error::ApiError;
use crate::templates;

/// List the templates
#[utoipa::path(get, path = "/templates", tag = "templates", security(()), responses((status = 200, body = [Template])))]
pub(super) async fn list() -> PlainJson<&'static [Template]> {
    PlainJson(templates::all())
}

/// See a template
#[utoipa::path(get, path = "/templates/{template}", tag = "templates", security(()), params(("template" = String, Path)),
    responses((status = 200, body = Template), (status = 404, body = ErrorBody)))]
pub(super) async fn get(Path(id): Path<String>) -> Result<Json<Template>, ApiError> {
    templates::find(&id).cloned().map(Json).ok_or(ApiError::NotFound)
}
