//! The page: its files as they were compressed when the server was built.
//!
//! Names of hashed files change with their content, so browsers may keep those for ever; everything else is asked for
//! again and answered with "not modified" when it is the same. Paths that are no file are the page's own routes.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::assets::{self, File};
use crate::config::Config;
use crate::error::ApiError;
use crate::state::AppState;

const INDEX: &str = "index.html";

/// Scripts come from this server, and the few that stand in the page are named by their hashes. Styles may stand in the
/// page because the editor writes its own at run time. Sites on the list may show the page in a frame.
fn content_security_policy(config: &Config) -> HeaderValue {
    let scripts: String = assets::INLINE_SCRIPTS.iter().map(|hash| format!(" '{hash}'")).collect();
    let frames: String = config.embed_origins.iter().map(|origin| format!(" {origin}")).collect();
    let policy = format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'{frames}"
    );
    HeaderValue::try_from(policy).expect("base64, checked origins and the text above are visible ASCII")
}

/// Answers everything that is not the API.
pub(crate) async fn serve(State(state): State<AppState>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return ApiError::MethodNotAllowed.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let route = || {
        if is_route(path) { assets::page_file(INDEX) } else { None }
    };
    match assets::page_file(path).or_else(route) {
        Some(file) => answer(file, &headers, state.config()),
        None => ApiError::NotFound.into_response(),
    }
}

/// A route of the page has no dot in its last part; a file has.
fn is_route(path: &str) -> bool {
    !path.rsplit('/').next().unwrap_or_default().contains('.')
}

fn answer(file: &'static File, request: &HeaderMap, config: &Config) -> Response {
    let etag = format!("\"{}\"", &file.sha256[..32]);
    let caching = if is_hashed(file.path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(file.path)));
    headers.insert(header::CONTENT_SECURITY_POLICY, content_security_policy(config));
    headers.extend(HeaderValue::try_from(&etag).map(|etag| (header::ETAG, etag)));
    let known = request.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    match file.brotli.filter(|_| accepts_brotli(request)) {
        Some(compressed) => {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
            (headers, compressed).into_response()
        }
        None => (headers, file.bytes).into_response(),
    }
}

/// Whether `Accept-Encoding` (RFC 9110, section 12.5.3) names Brotli and does not rule it out.
fn accepts_brotli(request: &HeaderMap) -> bool {
    let accepted = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        named && !parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0)))
    })
}

/// Trunk puts a hash of up to 16 hexadecimal digits into the name: `page-0123456789abcdef.css`, `…_bg.wasm`.
fn is_hashed(path: &str) -> bool {
    path.split(['-', '_', '.', '/']).any(|part| part.len() >= 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_taken_only_where_it_is_accepted() {
        let check = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            accepts_brotli(&headers)
        };
        assert!(check("gzip, br") && check("BR;q=0.5, gzip"));
        assert!(!check("gzip") && !check("br;q=0") && !check("") && !accepts_brotli(&HeaderMap::new()));
    }

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(is_hashed("frontend-0f3c5e0d9a1b2c3d.js") && is_hashed("frontend-0f3c5e0d9a1b2c3d_bg.wasm"));
        assert!(!is_hashed("index.html") && !is_hashed("editor/editor.js"));
    }

    #[test]
    fn routes_and_files_are_told_apart() {
        assert!(is_route("") && is_route("lab") && is_route("run/1.0/x"));
        assert!(!is_route("missing.js") && !is_route("favicon.ico"));
    }
}
