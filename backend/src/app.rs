//! The router, without a socket so that tests can drive it, and the loop that serves it.

use std::any::Any;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::http::{Request, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::error::{ApiError, with_request_id};
use crate::http;
use crate::state::AppState;

/// A request of the API that takes longer than this is given up.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How long requests that are under way may take when the server is told to stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);

/// Everything that the server answers.
pub fn app(state: AppState) -> Router {
    Router::new()
        .nest("/api", http::api())
        .fallback(http::page::serve)
        .with_state(state)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .layer(CatchPanicLayer::custom(|panic: Box<dyn Any + Send>| -> Response {
            let what =
                panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            tracing::error!(panic = what.unwrap_or("of unknown kind"), "a request panicked");
            ApiError::Internal.into_response()
        }))
        .layer(middleware::from_fn(with_request_id))
        .layer(middleware::from_fn(http::security_headers))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request<_>| {
            let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
            tracing::info_span!("request", id, method = %request.method(), path = request.uri().path())
        }))
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

/// Serves on this socket until `stop` ends. Then no new connection is taken, requests that are under way are finished,
/// and the store is closed.
///
/// # Errors
///
/// When the socket fails.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    let server = axum::serve(listener, app(state.clone())).with_graceful_shutdown(async move {
        stop.await;
        tracing::info!("stopping: finishing requests that are under way");
        // Nobody listens any more when the server has already failed.
        stopping.send_replace(true);
    });
    let grace = async move {
        if stopped.wait_for(|stopped| *stopped).await.is_ok() {
            tokio::time::sleep(SHUTDOWN_GRACE).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        result = server => result.context("serving")?,
        () = grace => tracing::warn!("giving up requests that take too long"),
    }
    state.store().close().await;
    tracing::info!("stopped");
    Ok(())
}
