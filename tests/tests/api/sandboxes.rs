//! Sandboxes: made, listed, changed, copied, deleted.

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tests::client::{Person, answer};
use tests::server::TestServer;

#[tokio::test]
async fn a_sandbox_begins_with_what_it_is_made_from() {
    let server = TestServer::start().await.unwrap();
    let kim = Person::guest(&server, "Kim").await.unwrap();
    let files = async |id: &str| kim.get(&format!("/api/sandboxes/{id}/files")).await.unwrap().body;

    let empty = kim.sandbox(json!({"name": "Mine"})).await.unwrap();
    assert_eq!(files(&empty).await, json!({}));
    let given = json!({"lib/a.ex": "defmodule A do\nend\n", "über.erl": "% 👋"});
    let from_files = kim.sandbox(json!({"files": given})).await.unwrap();
    assert_eq!(files(&from_files).await, given);
    let template = kim.get("/api/templates/counter").await.unwrap().body;
    let from_template = kim.post("/api/sandboxes", json!({"template": "counter"})).await.unwrap();
    assert_eq!(from_template.body["name"], template["title"]);
    assert_eq!(files(&from_template.text("id")).await, template["files"]);

    let secret = kim.link(&from_files, "view").await.unwrap();
    let eve = Person::guest(&server, "Eve").await.unwrap();
    let fork = eve.post("/api/sandboxes", json!({"link": secret})).await.unwrap();
    assert_eq!((fork.status, fork.text("forked_from")), (201, from_files.clone()));
    let forked_files = eve.get(&format!("/api/sandboxes/{}/files", fork.text("id"))).await.unwrap().body;
    assert_eq!(forked_files, given);
    // A copy gives no access to the original.
    assert_eq!(eve.get(&format!("/api/sandboxes/{from_files}")).await.unwrap().code(), "not_found");

    let copy = kim.post(&format!("/api/sandboxes/{from_files}/clone"), json!({"name": "Copy"})).await.unwrap();
    assert_eq!((copy.status, copy.text("name").as_str()), (201, "Copy"));
    assert_eq!(files(&copy.text("id")).await, given);
}

#[tokio::test]
async fn lists_come_in_parts_and_hold_only_ones_own() {
    let server = TestServer::start().await.unwrap();
    let kim = Person::guest(&server, "Kim").await.unwrap();
    let eve = Person::guest(&server, "Eve").await.unwrap();
    eve.sandbox(json!({})).await.unwrap();
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(kim.sandbox(json!({})).await.unwrap());
    }
    made.sort();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let part = kim.get(&format!("/api/sandboxes?limit=2{after}")).await.unwrap().body;
        seen.extend(part["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match part["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, made);
    for query in ["limit=0", "limit=201", "limit=x", "page=2"] {
        assert_eq!(kim.get(&format!("/api/sandboxes?{query}")).await.unwrap().code(), "invalid", "{query}");
    }
}

#[tokio::test]
async fn names_switches_and_limits_can_be_changed_within_bounds() {
    let server = TestServer::start().await.unwrap();
    let kim = Person::guest(&server, "Kim").await.unwrap();
    let path = format!("/api/sandboxes/{}", kim.sandbox(json!({})).await.unwrap());
    let change = async |body: Value| kim.ask(Method::PATCH, &path, Some(body)).await.unwrap();
    assert_eq!(change(json!({"name": "Other"})).await.text("name"), "Other");
    let changed = change(json!({"switches": {"edit_code": false}, "limits": {"processes": 10}})).await;
    assert_eq!(changed.body["switches"]["edit_code"], false);
    assert_eq!(changed.body["limits"]["processes"], 10);
    assert_eq!(kim.get(&path).await.unwrap().body, changed.body);
    for bad in [
        json!({"limits": {"processes": 1_000_000_000}}),
        json!({"limits": {"wishes": 3}}),
        json!({"limits": {"processes": -1}}),
        json!({"name": ""}),
        json!({"owner": "user-x"}),
        json!({"switches": {"edit_code": "no"}}),
    ] {
        assert_eq!(change(bad.clone()).await.code(), "invalid", "{bad}");
    }
    assert_eq!(kim.get(&path).await.unwrap().body, changed.body);
}

#[tokio::test]
async fn a_deleted_sandbox_is_gone_for_everybody() {
    let server = TestServer::start().await.unwrap();
    let kim = Person::guest(&server, "Kim").await.unwrap();
    let sandbox = kim.sandbox(json!({"files": {"a.ex": "1"}})).await.unwrap();
    let secret = kim.link(&sandbox, "view").await.unwrap();
    let path = format!("/api/sandboxes/{sandbox}");
    assert_eq!(kim.ask(Method::DELETE, &path, None).await.unwrap().status, 204);
    for path in [path.clone(), format!("{path}/files"), format!("/api/links/{secret}")] {
        assert_eq!(kim.get(&path).await.unwrap().code(), "not_found", "{path}");
    }
    assert_eq!(kim.ask(Method::DELETE, &path, None).await.unwrap().code(), "not_found");
}

#[tokio::test]
async fn the_same_key_does_the_same_work_once() {
    let server = TestServer::start().await.unwrap();
    let kim = Person::guest(&server, "Kim").await.unwrap();
    let ask = async |key: &str, body: Value| {
        let request = Client::new().post(server.url("/api/sandboxes")).bearer_auth(&kim.token).json(&body);
        answer(request.header("idempotency-key", key).send().await.unwrap()).await.unwrap()
    };
    let first = ask("k1", json!({"name": "One"})).await;
    assert_eq!(first.status, 201);
    assert_eq!(ask("k1", json!({"name": "One"})).await, first);
    assert_eq!(ask("k1", json!({"name": "Two"})).await.code(), "conflict");
    assert_ne!(ask("k2", json!({"name": "One"})).await.text("id"), first.text("id"));
    // What failed may be tried again under the same key.
    assert_eq!(ask("k3", json!({"template": "nothing"})).await.code(), "not_found");
    assert_eq!(ask("k3", json!({"template": "counter"})).await.status, 201);
    assert_eq!(ask(&"k".repeat(201), json!({})).await.code(), "invalid");
    // The keys of others are theirs.
    let eve = Person::guest(&server, "Eve").await.unwrap();
    let request =
        Client::new().post(server.url("/api/sandboxes")).bearer_auth(&eve.token).json(&json!({"name": "One"}));
    let theirs = answer(request.header("idempotency-key", "k1").send().await.unwrap()).await.unwrap();
    assert_ne!(theirs.text("id"), first.text("id"));
}

#[tokio::test]
async fn hostile_files_and_bodies_are_refused() {
    let server = TestServer::start().await.unwrap();
    let kim = Person::guest(&server, "Kim").await.unwrap();
    for path in ["", "/etc/passwd", "../x", "a/../../b", "a//b", "c:\\x", "a\u{0}", "a\nb", "./x"] {
        let answer = kim.post("/api/sandboxes", json!({"files": {path: "x"}})).await.unwrap();
        assert_eq!(answer.code(), "invalid", "{path:?}");
    }
    let many: serde_json::Map<String, Value> = (0..501).map(|n| (format!("f{n}"), json!(""))).collect();
    assert_eq!(kim.post("/api/sandboxes", json!({"files": many})).await.unwrap().code(), "invalid");
    let long = "x".repeat(4 << 20);
    assert_eq!(kim.post("/api/sandboxes", json!({"files": {"a": long}})).await.unwrap().code(), "invalid");
    let huge = "x".repeat(7 << 20);
    assert_eq!(kim.post("/api/sandboxes", json!({"files": {"a": huge}})).await.unwrap().code(), "too_large");
    let both = json!({"template": "counter", "files": {}});
    assert_eq!(kim.post("/api/sandboxes", both).await.unwrap().code(), "conflict");
    let raw = async |body: &'static str, kind: &'static str| {
        let request = Client::new().post(server.url("/api/sandboxes")).bearer_auth(&kim.token);
        answer(request.header("content-type", kind).body(body).send().await.unwrap()).await.unwrap()
    };
    assert_eq!(raw("{", "application/json").await.code(), "invalid");
    assert_eq!(raw("", "application/json").await.code(), "invalid");
    assert_eq!(raw("{}", "text/plain").await.code(), "unsupported_media_type");
    let deep: &'static str = Box::leak(("[".repeat(100_000)).into_boxed_str());
    assert_eq!(raw(deep, "application/json").await.code(), "invalid");
    for id in ["sandbox-x", "a%2Fb", "%00", "'; DROP TABLE users; --"] {
        let id = id.replace(' ', "%20");
        let answer = kim.get(&format!("/api/sandboxes/{id}")).await.unwrap();
        assert_eq!(answer.code(), "not_found", "{id}");
    }
    assert_eq!(kim.get("/api/sandboxes/%ff").await.unwrap().code(), "invalid");
}
