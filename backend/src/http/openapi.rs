//! The description of the API for programs, and a page for people that shows it.

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, RefOr, Schema, SecurityRequirement, ServerBuilder,
};

use crate::state::AppState;

/// The page; what it shows it reads from the description.
const PAGE: &str = include_str!("openapi.html");

/// Only what stands in the page itself.
const PAGE_POLICY: &str = "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; \
                           style-src 'unsafe-inline'; frame-ancestors 'none'";

/// The description before the operations are known.
pub(super) fn document() -> OpenApi {
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("orrery_session")));
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Orrery")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Sandboxes of supervised processes: create, share, edit together, run. People sign in and send the \
                     cookie that they get, or its secret as a bearer token; programs send an API token. Every error has \
                     the same body: a stable code, a sentence, and the id of the request.",
                ))
                .build(),
        )
        .servers(Some([ServerBuilder::new().url("/api").build()]))
        .components(Some(
            ComponentsBuilder::new().security_scheme("bearer", bearer).security_scheme("cookie", cookie).build(),
        ))
        .security(Some([
            SecurityRequirement::new("bearer", Vec::<String>::new()),
            SecurityRequirement::new("cookie", Vec::<String>::new()),
        ]))
        .build()
}

/// `openapi.json` and the page.
pub(super) fn routes(mut document: OpenApi) -> Router<AppState> {
    close_variants(&mut document);
    let json: Arc<str> = document.to_json().expect("a description is plain data").into();
    let json = get(async move || ([(header::CONTENT_TYPE, "application/json")], json.to_string()));
    Router::new().route("/openapi.json", json).route("/docs", get(page))
}

/// A variant is an object with what belongs to it and nothing else, which the descriptions of enumerations do not say.
fn close_variants(document: &mut OpenApi) {
    let schemas = document.components.iter_mut().flat_map(|components| components.schemas.values_mut());
    let variants = schemas.filter_map(|schema| match schema {
        RefOr::T(Schema::OneOf(one)) => Some(&mut one.items),
        _ => None,
    });
    for variant in variants.flatten() {
        if let RefOr::T(Schema::Object(object)) = variant
            && !object.properties.is_empty()
            && object.additional_properties.is_none()
        {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

async fn page() -> impl IntoResponse {
    ([(header::CONTENT_SECURITY_POLICY, PAGE_POLICY)], Html(PAGE))
}
