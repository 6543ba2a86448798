//! The description of the API, for programs and for people; and what browsers are told.

use std::collections::BTreeSet;

use backend::config::RawConfig;
use reqwest::{Client, Method};
use tests::client::Person;
use tests::server::TestServer;

#[tokio::test]
async fn every_operation_is_described_and_every_reference_leads_somewhere() {
    let server = TestServer::start().await.unwrap();
    let api = Person::nobody(&server).get("/api/openapi.json").await.unwrap().body;
    let paths = api["paths"].as_object().unwrap();
    assert!(paths.len() >= 20, "{}", paths.len());
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            assert!(operation["summary"].is_string() && operation["tags"].is_array(), "{method} {path}");
            assert!(operation["responses"].as_object().is_some_and(|it| !it.is_empty()), "{method} {path}");
        }
    }
    let text = api.to_string();
    let named: BTreeSet<&str> =
        text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for name in named {
        assert!(!api["components"]["schemas"][name].is_null(), "{name}");
    }
}

#[tokio::test]
async fn what_is_described_is_there() {
    let server = TestServer::start().await.unwrap();
    let nobody = Person::nobody(&server);
    let api = nobody.get("/api/openapi.json").await.unwrap().body;
    for (path, operations) in api["paths"].as_object().unwrap() {
        let path = format!("/api{}", path.replace('{', "").replace('}', ""));
        for method in operations.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let answer = nobody.ask(method.clone(), &path, None).await.unwrap();
            assert_ne!(answer.code(), "method_not_allowed", "{method} {path}");
            assert!(answer.status < 500, "{method} {path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn people_can_read_it_without_anything_from_elsewhere() {
    let server = TestServer::start().await.unwrap();
    let answer = reqwest::get(server.url("/api/docs")).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let page = answer.text().await.unwrap();
    assert!(page.contains("openapi.json") && !page.contains("://"));
}

#[tokio::test]
async fn operators_can_read_figures() {
    let server = TestServer::start().await.unwrap();
    Person::guest(&server, "Kim").await.unwrap().sandbox(serde_json::json!({})).await.unwrap();
    let text = reqwest::get(server.url("/metrics")).await.unwrap().text().await.unwrap();
    assert!(text.contains("orrery_sandboxes_created_total"), "{text}");
}

#[tokio::test]
async fn only_sites_on_the_list_may_use_the_api_and_show_the_page() {
    let given = RawConfig { embed_origins: Some(vec!["https://school.example".to_owned()]), ..RawConfig::default() };
    let server = TestServer::start_with(given).await.unwrap();
    let ask = async |origin: &'static str| {
        let request = Client::new().get(server.url("/api/health")).header("origin", origin);
        request.send().await.unwrap().headers().get("access-control-allow-origin").cloned()
    };
    assert_eq!(ask("https://school.example").await.unwrap(), "https://school.example");
    assert_eq!(ask("https://evil.example").await, None);
    let page = reqwest::get(server.url("/")).await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("frame-ancestors 'self' https://school.example"), "{policy}");
}
