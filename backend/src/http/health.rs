//! `GET /api/health`: whether the server can work, and what it is made of.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use shared::api::{ErrorBody, Health, HealthStatus, ServerVersion};

use crate::error::ApiError;
use crate::runs;
use crate::state::AppState;

/// Whether the server can work, and what it is made of
///
/// Asks the database too: a server without it can do nothing.
#[utoipa::path(get, path = "/health", tag = "server", security(()),
    responses((status = 200, body = Health), (status = 503, body = ErrorBody)))]
pub(crate) async fn health(State(state): State<AppState>) -> Result<impl IntoResponse, ApiError> {
    let health = Health {
        status: HealthStatus::Ok,
        server: ServerVersion { version: env!("CARGO_PKG_VERSION").to_owned(), schema: state.store().schema().await? },
        guest: state.guest().cloned(),
        library: state.library().cloned(),
        programs: runs::status(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(health)))
}
