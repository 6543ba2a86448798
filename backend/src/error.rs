//! What a client sees when something fails: a stable code, a sentence for people, and the id of the request, under which
//! the whole chain of causes stands in the log, once.

use axum::Json;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use shared::api::ErrorBody;
use tower_http::request_id::RequestId;

use crate::store::StoreError;

/// Why a request of the API was not fulfilled.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ApiError {
    /// There is nothing at this path.
    #[error("There is nothing here")]
    NotFound,
    /// The path is right, the method is not.
    #[error("This method is not allowed here")]
    MethodNotAllowed,
    /// A part that is needed does not answer; trying again may help.
    #[error("The server cannot do this now; try again in a moment")]
    Unavailable,
    /// A mistake of ours.
    #[error("The server made a mistake; the request's id helps to find it")]
    Internal,
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        // Logged here, inside the request's span and so with its id; the client learns only that it may try again.
        tracing::error!(error = %chain(&error), "the store failed");
        Self::Unavailable
    }
}

impl IntoResponse for ApiError {
    /// Leaves the body to [`with_request_id`], which knows the id of the request.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of every [`ApiError`] that the inner services give.
pub(crate) async fn with_request_id(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    let request_id = id.unwrap_or_default().to_owned();
    let response = next.run(request).await;
    match response.extensions().get::<ApiError>().cloned() {
        None => response,
        Some(error) => {
            let body = ErrorBody { code: error.code().to_owned(), message: error.to_string(), request_id };
            let (mut parts, _) = response.into_parts();
            let mut answer = (parts.status, Json(body)).into_response();
            parts.headers.remove(axum::http::header::CONTENT_LENGTH);
            parts.headers.remove(axum::http::header::CONTENT_TYPE);
            answer.headers_mut().extend(parts.headers);
            answer
        }
    }
}

/// An error with everything that caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
