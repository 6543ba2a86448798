//! How the page is delivered.

use reqwest::{Client, Response};
use tests::server::TestServer;

/// What is smaller than this need not be compressed.
const SMALL: usize = 1_000;

/// The whole first load has to fit into this, compressed, without the editor.
const FIRST_LOAD_BYTES_MAX: usize = 1_000_000;

/// The editor with one language has to fit into this, compressed.
const EDITOR_BYTES_MAX: usize = 200_000;

async fn get(server: &TestServer, path: &str) -> Response {
    Client::new().get(server.url(path)).header("accept-encoding", "gzip, br").send().await.unwrap()
}

/// Addresses in the page that belong to this server, as they stand in its text.
fn links(html: &str) -> Vec<String> {
    let quoted = html.split(['"', '\'']).skip(1).step_by(2);
    let mut links: Vec<String> =
        quoted.filter(|text| text.starts_with('/') && text.contains('.')).map(str::to_owned).collect();
    links.sort();
    links.dedup();
    links
}

#[tokio::test]
async fn every_route_of_the_page_is_the_page() {
    let server = TestServer::start().await.unwrap();
    for path in ["/", "/lab", "/nowhere"] {
        let answer = reqwest::get(server.url(path)).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        assert_eq!(answer.headers()["cache-control"], "no-cache");
        assert!(answer.text().await.unwrap().contains("<noscript>"));
    }
}

#[tokio::test]
async fn all_that_the_page_loads_is_there_compressed_and_small() {
    let server = TestServer::start().await.unwrap();
    let html = reqwest::get(server.url("/")).await.unwrap().text().await.unwrap();
    let links = links(&html);
    assert!(links.iter().any(|link| link.ends_with(".wasm")), "{links:?}");
    let mut total = 0;
    for link in links {
        let answer = get(&server, &link).await;
        assert_eq!(answer.status(), 200, "{link}");
        let is_compressed = answer.headers().get("content-encoding").is_some_and(|encoding| encoding == "br");
        let is_code = link.ends_with(".wasm") || link.ends_with(".js");
        if is_code {
            assert!(
                answer.headers()["cache-control"].to_str().unwrap().contains("immutable") || link.contains("snippets")
            );
        }
        let size = answer.bytes().await.unwrap().len();
        assert!(is_compressed || !is_code || size < SMALL, "{link}");
        total += size;
    }
    assert!(total < FIRST_LOAD_BYTES_MAX, "the first load takes {total} bytes");
}

#[tokio::test]
async fn the_editor_is_small_and_asked_for_again_only_when_it_has_changed() {
    let server = TestServer::start().await.unwrap();
    let answer = get(&server, "/editor/editor.js").await;
    let etag = answer.headers()["etag"].clone();
    assert_eq!(answer.headers()["cache-control"], "no-cache");
    assert!(answer.bytes().await.unwrap().len() < EDITOR_BYTES_MAX);
    let again = Client::new().get(server.url("/editor/editor.js")).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    assert!(again.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_client_without_brotli_gets_the_file_as_it_is() {
    let server = TestServer::start().await.unwrap();
    let plain = reqwest::get(server.url("/editor/editor.js")).await.unwrap();
    assert!(!plain.headers().contains_key("content-encoding"));
    let text = plain.text().await.unwrap();
    assert!(text.contains("export"));
}

#[tokio::test]
async fn scripts_are_allowed_only_from_here() {
    let server = TestServer::start().await.unwrap();
    let answer = reqwest::get(server.url("/")).await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-") && !policy.contains("'unsafe-eval'"));
    let scripts = policy.split("script-src").nth(1).and_then(|rest| rest.split(';').next()).unwrap();
    assert!(!scripts.contains("unsafe-inline"));
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
}
