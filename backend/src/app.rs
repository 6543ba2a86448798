//! The router, without a socket so that tests can drive it, and the loop that serves it.

use std::any::Any;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::http::{Request, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::serve::ListenerExt as _;
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
        .nest("/api", http::api(&state))
        .merge(http::operations())
        .fallback(http::page::serve)
        .with_state(state.clone())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .layer(CatchPanicLayer::custom(|panic: Box<dyn Any + Send>| -> Response {
            let what =
                panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            tracing::error!(panic = what.unwrap_or("of unknown kind"), "a request panicked");
            ApiError::Internal.into_response()
        }))
        .layer(middleware::from_fn(with_request_id))
        .layer(http::cors(state.config()))
        .layer(middleware::from_fn_with_state(state.clone(), http::security_headers))
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
    let router = app(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
    // Many messages are small, and one that follows another would otherwise wait until that is acknowledged: 40 ms with many clients.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "messages of a connection may be sent late");
        }
    });
    let housekeeping = tokio::spawn({
        let state = state.clone();
        async move { state.housekeeping().await }
    });
    let stopping = state.clone();
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        stop.await;
        tracing::info!("stopping: finishing requests that are under way");
        stopping.stop();
        // Their clients are told to come back, and what they sent is written.
        stopping.documents().close().await;
    });
    let grace = async {
        state.stopping().await;
        tokio::time::sleep(SHUTDOWN_GRACE).await;
    };
    tokio::select! {
        result = server => result.context("serving")?,
        () = grace => tracing::warn!("giving up requests that take too long"),
    }
    state.stop();
    housekeeping.await.context("looking after what grows")?;
    state.runs().close(&state).await;
    state.documents().close().await;
    state.store().close().await;
    tracing::info!("stopped");
    Ok(())
}
