//! `GET /api/health`.

use shared::api::{Health, HealthStatus};
use shared::bundle::Bundle;
use tests::reference;
use tests::server::TestServer;

#[tokio::test]
async fn health_names_the_versions_of_everything_inside() {
    let server = TestServer::start().await.unwrap();
    let answer = reqwest::get(server.url("/api/health")).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let health: Health = answer.json().await.unwrap();
    assert_eq!(health.status, HealthStatus::Ok);
    assert_eq!(health.server.schema, 6);
    assert!(health.guest.expect("the server carries a guest").bytes > 0);
    let library = reference::library().unwrap();
    assert_eq!(health.library, Some(Bundle::parse(&library).unwrap().header().versions.clone()));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_finishes_and_takes_no_more_requests() {
    let server = TestServer::start().await.unwrap();
    let url = server.url("/api/health");
    assert_eq!(reqwest::get(&url).await.unwrap().status(), 200);
    server.stop().await.unwrap();
    assert!(reqwest::get(&url).await.is_err());
}
