//! Routes, one group a file.

mod accounts;
mod audit;
mod chat;
mod documents;
mod extract;
mod guard;
pub(crate) mod health;
mod idempotent;
mod links;
mod live;
mod members;
mod metrics;
mod openapi;
pub(crate) mod page;
mod runs;
mod sandboxes;
mod sessions;
mod sign_in;
mod templates;
mod tokens;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::rate::limit_address;
use crate::state::AppState;

pub(crate) use guard::{cors, security_headers};

/// Longest body of a request.
const BODY_BYTES_MAX: usize = 6 << 20;

/// Everything below `/api`.
pub(crate) fn api(state: &AppState) -> Router<AppState> {
    let (router, document) = OpenApiRouter::with_openapi(openapi::document())
        .routes(routes!(health::health))
        .routes(routes!(accounts::sign_up))
        .routes(routes!(accounts::come_as_guest))
        .routes(routes!(accounts::sign_in, accounts::who, accounts::change, accounts::sign_out))
        .routes(routes!(accounts::delete))
        .routes(routes!(sign_in::ways))
        .routes(routes!(sign_in::begin))
        .routes(routes!(sign_in::come_back))
        .routes(routes!(tokens::create, tokens::list))
        .routes(routes!(tokens::revoke))
        .routes(routes!(templates::list))
        .routes(routes!(templates::get))
        .routes(routes!(sandboxes::create, sandboxes::list))
        .routes(routes!(sandboxes::get, sandboxes::change, sandboxes::delete))
        .routes(routes!(sandboxes::copy))
        .routes(routes!(sandboxes::files))
        .routes(routes!(sessions::get, sessions::begin, sessions::bound, sessions::end))
        .routes(routes!(members::list))
        .routes(routes!(members::set, members::remove))
        .routes(routes!(members::approve))
        .routes(routes!(links::create, links::list))
        .routes(routes!(links::revoke))
        .routes(routes!(links::preview, links::open))
        .routes(routes!(audit::list))
        .routes(routes!(chat::list, chat::say))
        .routes(routes!(documents::socket))
        .routes(routes!(documents::state))
        .routes(routes!(live::socket))
        .routes(routes!(live::events))
        .routes(routes!(runs::run))
        .routes(routes!(runs::status, runs::start, runs::stop))
        .routes(routes!(runs::format))
        .split_for_parts();
    router
        .merge(openapi::routes(document))
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(state.clone(), limit_address))
}

/// What operators read, beside the API.
pub(crate) fn operations() -> Router<AppState> {
    Router::new().route("/metrics", axum::routing::get(metrics::metrics))
}
