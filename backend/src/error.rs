//! What a client sees when something fails: a stable code, a sentence for people, and the id of the request, under which
//! the whole chain of causes stands in the log, once.

use axum::Json;
use axum::extract::Request;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use shared::api::ErrorBody;
use shared::document::close;
use tower_http::request_id::RequestId;

use crate::store::StoreError;

/// Why a request of the API was not fulfilled.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ApiError {
    /// What was asked makes no sense; the text says what, and what would.
    #[error("{0}")]
    Invalid(String),
    /// Nobody is signed in, or what was shown does not hold.
    #[error("Sign in first")]
    Unauthenticated,
    /// Login or password is wrong.
    #[error("There is no account with this login and password")]
    WrongPassword,
    /// Whoever asks may not do this; the text says why.
    #[error("{0}")]
    Forbidden(String),
    /// Whoever asks waits to be let in.
    #[error("Somebody who leads this sandbox has to let you in first")]
    ApprovalPending,
    /// The session of the sandbox is over.
    #[error("This session is over: somebody who leads the sandbox can begin another")]
    SessionEnded,
    /// As many people are there as may be.
    #[error("As many people are in this sandbox as may be at the same time: try again later")]
    SessionFull,
    /// There is nothing at this path, or nothing for whoever asks.
    #[error("There is nothing here")]
    NotFound,
    /// The path is right, the method is not.
    #[error("This method is not allowed here")]
    MethodNotAllowed,
    /// It contradicts what is there already; the text says what.
    #[error("{0}")]
    Conflict(String),
    /// The link has ended or was revoked.
    #[error("This link has ended: ask for another")]
    LinkGone,
    /// The body is longer than it may be.
    #[error("This is more than the server takes at once")]
    TooLarge,
    /// The body is not of the kind that is expected here.
    #[error("{0}")]
    UnsupportedMediaType(String),
    /// Asked too often.
    #[error("Too many requests: try again in {retry_after_secs} s")]
    TooManyRequests {
        /// When asking again may help.
        retry_after_secs: u64,
    },
    /// A part that is needed does not answer; trying again may help.
    #[error("The server cannot do this now; try again in a moment")]
    Unavailable,
    /// A mistake of ours.
    #[error("The server made a mistake; the request's id helps to find it")]
    Internal,
}

impl ApiError {
    fn status(&self) -> StatusCode {
        self.status_and_code().0
    }

    /// Stable and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.status_and_code().1
    }

    /// How a socket is closed because of it.
    pub(crate) fn close_code(&self) -> u16 {
        match self {
            Self::NotFound | Self::Forbidden(_) | Self::ApprovalPending | Self::SessionEnded => close::FORBIDDEN,
            Self::Unauthenticated => close::SIGN_IN,
            _ => close::TRY_LATER,
        }
    }

    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Invalid(_) => (StatusCode::BAD_REQUEST, "invalid"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated"),
            Self::WrongPassword => (StatusCode::UNAUTHORIZED, "wrong_password"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
            Self::ApprovalPending => (StatusCode::FORBIDDEN, "approval_pending"),
            Self::SessionEnded => (StatusCode::FORBIDDEN, "session_ended"),
            Self::SessionFull => (StatusCode::CONFLICT, "session_full"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            Self::LinkGone => (StatusCode::GONE, "link_gone"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::UnsupportedMediaType(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::TooManyRequests { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

/// What axum cannot read, in the words of its own complaint.
macro_rules! rejections {
    ($($rejection:ty),*) => {
        $(impl From<$rejection> for ApiError {
            fn from(rejection: $rejection) -> Self {
                match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
                    StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType(rejection.body_text()),
                    StatusCode::INTERNAL_SERVER_ERROR => Self::Internal,
                    _ => Self::Invalid(rejection.body_text()),
                }
            }
        })*
    };
}
rejections!(JsonRejection, QueryRejection, PathRejection, WebSocketUpgradeRejection, BytesRejection);

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
        if let Self::TooManyRequests { retry_after_secs } = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_secs));
        }
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
            parts.headers.remove(header::CONTENT_LENGTH);
            parts.headers.remove(header::CONTENT_TYPE);
            answer.headers_mut().extend(parts.headers);
            answer
        }
    }
}

/// An error with everything that caused it.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
