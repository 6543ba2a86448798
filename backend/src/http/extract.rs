//! What handlers take from a request, with our own errors where it cannot be read.

mod exact;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::api::bounds;

use crate::error::ApiError;

/// A JSON body.
#[derive(Debug)]
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let axum::Json(body) = axum::Json::<Value>::from_request(request, state).await?;
        let misfit = |error| ApiError::Invalid(format!("The body does not fit: {error}"));
        exact::from_value(body).map(Self).map_err(misfit)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The query.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub(super) struct Query<T>(pub(super) T);

/// Parts of the path.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(super) struct Path<T>(pub(super) T);

/// Which part of a list that goes by numbers.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberedPart {
    /// Where the part before ended: its `next`.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// How many, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

impl NumberedPart {
    /// Where the part before ended.
    pub(super) fn after(&self) -> Result<Option<i64>, ApiError> {
        match self.after {
            Some(..0) => Err(ApiError::Invalid("`after` is no number that was ever given".to_owned())),
            after => Ok(after),
        }
    }

    /// How many, within bounds.
    pub(super) fn limit(&self) -> Result<i64, ApiError> {
        within(self.limit)
    }
}

/// Which part of a list.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// Where the part before ended: its `next`.
    pub(super) after: Option<String>,
    /// How many, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

impl Part {
    /// How many, within bounds.
    pub(super) fn limit(&self) -> Result<i64, ApiError> {
        within(self.limit)
    }
}

fn within(limit: Option<i64>) -> Result<i64, ApiError> {
    match limit {
        None => Ok(50),
        Some(limit @ 1..=200) => Ok(limit),
        Some(_) => Err(ApiError::Invalid("`limit` has to be between 1 and 200".to_owned())),
    }
}

/// A name as people give it: without blanks around it, of some length, and nothing in it that does not show.
pub(super) fn name(text: &str, longest: usize) -> Result<String, ApiError> {
    if bounds::is_name(text, longest) {
        return Ok(text.trim().to_owned());
    }
    Err(ApiError::Invalid(format!("A name has 1 to {longest} characters, and none that does not show")))
}

/// An end that lies ahead.
pub(super) fn ahead(at: Option<i64>, now: i64) -> Result<Option<i64>, ApiError> {
    match at {
        Some(at) if at <= now => Err(ApiError::Conflict("`expires_at` lies in the past".to_owned())),
        at => Ok(at),
    }
}
