//! Errors of the API: a stable code, a sentence, and the id of the request.

use reqwest::Method;
use shared::api::ErrorBody;
use tests::server::TestServer;

async fn check(method: Method, path: &str, status: u16, code: &str) {
    let server = TestServer::start().await.unwrap();
    let request = reqwest::Client::new().request(method, server.url(path)).header("x-request-id", "mine-1");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers()["x-request-id"], "mine-1");
    assert_eq!(answer.headers()["content-type"], "application/json");
    let error: ErrorBody = answer.json().await.unwrap();
    assert_eq!((error.code.as_str(), error.request_id.as_str()), (code, "mine-1"));
    assert!(!error.message.is_empty());
}

#[tokio::test]
async fn an_unknown_path_of_the_api_is_not_found() {
    check(Method::GET, "/api/nothing", 404, "not_found").await;
}

#[tokio::test]
async fn a_wrong_method_is_not_allowed() {
    check(Method::POST, "/api/health", 405, "method_not_allowed").await;
    check(Method::DELETE, "/", 405, "method_not_allowed").await;
}

#[tokio::test]
async fn a_missing_file_is_not_found() {
    check(Method::GET, "/missing.js", 404, "not_found").await;
}

#[tokio::test]
async fn a_request_without_an_id_gets_one() {
    let server = TestServer::start().await.unwrap();
    let answers =
        [reqwest::get(server.url("/api/x")).await.unwrap(), reqwest::get(server.url("/api/x")).await.unwrap()];
    let mut ids = Vec::new();
    for answer in answers {
        let header = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        let error: ErrorBody = answer.json().await.unwrap();
        assert_eq!(error.request_id, header);
        ids.push(header);
    }
    assert_ne!(ids[0], ids[1]);
}
