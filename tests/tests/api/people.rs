//! Accounts, guests, sessions and tokens.

use std::num::NonZeroU32;

use backend::config::RawConfig;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tests::client::{Person, answer};
use tests::server::TestServer;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

fn ada() -> Value {
    json!({"login": "Ada@example.org", "name": " Ada ", "password": "a long password"})
}

#[tokio::test]
async fn an_account_can_sign_in_again_and_out() {
    let server = TestServer::start().await.unwrap();
    let nobody = Person::nobody(&server);
    let made = nobody.post("/api/accounts", ada()).await.unwrap();
    assert_eq!((made.status, made.body["user"]["name"].as_str()), (201, Some("Ada")));
    assert_eq!(made.body["user"]["login"], "ada@example.org");
    assert_eq!(nobody.post("/api/accounts", ada()).await.unwrap().code(), "conflict");

    let wrong = json!({"login": "ada@example.org", "password": "another password"});
    assert_eq!(nobody.post("/api/session", wrong).await.unwrap().code(), "wrong_password");
    let unknown = json!({"login": "nobody@example.org", "password": "a long password"});
    assert_eq!(nobody.post("/api/session", unknown).await.unwrap().code(), "wrong_password");
    let right = json!({"login": "ADA@example.org", "password": "a long password"});
    let signed_in = nobody.post("/api/session", right).await.unwrap();
    assert_eq!(signed_in.status, 201);
    assert_eq!(signed_in.body["user"]["id"], made.body["user"]["id"]);

    let ada = nobody.with_token(&signed_in.text("token"));
    assert_eq!(ada.get("/api/session").await.unwrap().text("name"), "Ada");
    assert_eq!(ada.ask(Method::DELETE, "/api/session", None).await.unwrap().status, 204);
    assert_eq!(ada.get("/api/session").await.unwrap().code(), "unauthenticated");
    // The other session is not touched.
    assert_eq!(nobody.with_token(&made.text("token")).get("/api/session").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let server = TestServer::start().await.unwrap();
    let nobody = Person::nobody(&server);
    let first = nobody.with_token(&nobody.post("/api/accounts", ada()).await.unwrap().text("token"));
    let again = json!({"login": "ada@example.org", "password": "a long password"});
    let second = nobody.with_token(&nobody.post("/api/session", again.clone()).await.unwrap().text("token"));
    let change = |old: &str| Some(json!({"password": {"old": old, "new": "a new password"}}));
    let refused = second.ask(Method::PATCH, "/api/session", change("not it")).await.unwrap();
    assert_eq!(refused.code(), "wrong_password");
    assert_eq!(second.ask(Method::PATCH, "/api/session", change("a long password")).await.unwrap().status, 200);
    assert_eq!(first.get("/api/session").await.unwrap().code(), "unauthenticated");
    assert_eq!(second.get("/api/session").await.unwrap().status, 200);
    assert_eq!(nobody.post("/api/session", again).await.unwrap().code(), "wrong_password");
}

#[tokio::test]
async fn sessions_end_after_a_month() {
    let server = TestServer::start().await.unwrap();
    let kim = Person::guest(&server, "Kim").await.unwrap();
    server.state().clock().advance(29 * DAY_MILLIS);
    assert_eq!(kim.get("/api/session").await.unwrap().status, 200);
    server.state().clock().advance(2 * DAY_MILLIS);
    assert_eq!(kim.get("/api/session").await.unwrap().code(), "unauthenticated");
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_until_it_is_revoked_or_ends() {
    let server = TestServer::start().await.unwrap();
    let kim = Person::guest(&server, "Kim").await.unwrap();
    let make = |scopes: Value, expires_at: Value| {
        let body = json!({"name": "ci", "scopes": scopes, "expires_at": expires_at});
        let kim = kim.clone();
        async move { kim.post("/api/tokens", body).await.unwrap() }
    };
    let reading = make(json!(["read"]), Value::Null).await;
    let reader = kim.with_token(&reading.text("secret"));
    assert_eq!(reader.get("/api/sandboxes").await.unwrap().status, 200);
    assert_eq!(reader.post("/api/sandboxes", json!({})).await.unwrap().code(), "forbidden");
    assert_eq!(reader.post("/api/tokens", json!({"name": "x", "scopes": []})).await.unwrap().code(), "forbidden");
    assert_eq!(reader.ask(Method::DELETE, "/api/account", None).await.unwrap().code(), "forbidden");

    let now = server.state().clock().now();
    assert_eq!(make(json!(["edit"]), json!(now - 1)).await.code(), "conflict");
    let editing = make(json!(["edit", "read"]), json!(now + DAY_MILLIS)).await;
    let editor = kim.with_token(&editing.text("secret"));
    assert_eq!(editor.post("/api/sandboxes", json!({})).await.unwrap().status, 201);
    server.state().clock().advance(2 * DAY_MILLIS);
    assert_eq!(editor.post("/api/sandboxes", json!({})).await.unwrap().code(), "unauthenticated");

    let path = format!("/api/tokens/{}", reading.body["token"]["id"].as_str().unwrap());
    let other = Person::guest(&server, "Eve").await.unwrap();
    assert_eq!(other.ask(Method::DELETE, &path, None).await.unwrap().code(), "not_found");
    assert_eq!(kim.ask(Method::DELETE, &path, None).await.unwrap().status, 204);
    assert_eq!(reader.get("/api/sandboxes").await.unwrap().code(), "unauthenticated");
}

#[tokio::test]
async fn with_a_cookie_only_this_site_can_change_anything() {
    let server = TestServer::start().await.unwrap();
    let kim = Person::guest(&server, "Kim").await.unwrap();
    let host = server.url("").trim_start_matches("http://").to_owned();
    let ask = |origin: Option<String>, site: Option<&'static str>| {
        let mut request = Client::new().post(server.url("/api/sandboxes")).json(&json!({}));
        request = request.header("cookie", format!("a=b; orrery_session={}", kim.token));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        async move { answer(request.send().await.unwrap()).await.unwrap().status }
    };
    assert_eq!(ask(Some(format!("http://{host}")), None).await, 201);
    assert_eq!(ask(None, Some("same-origin")).await, 201);
    assert_eq!(ask(None, None).await, 201);
    assert_eq!(ask(Some("https://evil.example".to_owned()), Some("cross-site")).await, 403);
    assert_eq!(ask(Some("null".to_owned()), None).await, 403);
    assert_eq!(ask(None, Some("cross-site")).await, 403);
    // The cookie cannot be read by scripts, nor sent along from elsewhere.
    let response = Client::new().post(server.url("/api/guests")).json(&json!({"name": "x"})).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=2592000"));
}

#[tokio::test]
async fn whoever_deletes_themselves_leaves_nothing_behind() {
    let server = TestServer::start().await.unwrap();
    let kim = Person::guest(&server, "Kim").await.unwrap();
    let eve = Person::guest(&server, "Eve").await.unwrap();
    let sandbox = kim.sandbox(json!({"template": "counter"})).await.unwrap();
    eve.open(&kim.link(&sandbox, "edit").await.unwrap()).await.unwrap();
    assert_eq!(eve.get(&format!("/api/sandboxes/{sandbox}")).await.unwrap().status, 200);
    assert_eq!(kim.ask(Method::DELETE, "/api/account", None).await.unwrap().status, 204);
    assert_eq!(kim.get("/api/session").await.unwrap().code(), "unauthenticated");
    assert_eq!(eve.get(&format!("/api/sandboxes/{sandbox}")).await.unwrap().code(), "not_found");
    assert_eq!(eve.get("/api/sandboxes").await.unwrap().body["items"], json!([]));
}

#[tokio::test]
async fn whoever_tries_passwords_has_to_wait() {
    let given = RawConfig { sign_ins_per_minute: NonZeroU32::new(3), ..RawConfig::default() };
    let server = TestServer::start_with(given).await.unwrap();
    let nobody = Person::nobody(&server);
    let guess = json!({"login": "ada", "password": "guess"});
    for _ in 0..3 {
        assert_eq!(nobody.post("/api/session", guess.clone()).await.unwrap().code(), "wrong_password");
    }
    let request = Client::new().post(server.url("/api/session")).json(&guess);
    let response = request.send().await.unwrap();
    assert!(response.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() <= 61);
    assert_eq!(answer(response).await.unwrap().code(), "too_many_requests");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_a_reason() {
    let server = TestServer::start().await.unwrap();
    let nobody = Person::nobody(&server);
    let long = "x".repeat(300);
    for (path, body) in [
        ("/api/guests", json!({})),
        ("/api/guests", json!({"name": ""})),
        ("/api/guests", json!({"name": " \t "})),
        ("/api/guests", json!({"name": "a\u{0}b"})),
        ("/api/guests", json!({"name": long})),
        ("/api/guests", json!({"name": "Kim", "admin": true})),
        ("/api/guests", json!([1])),
        ("/api/accounts", json!({"login": "ab", "name": "Ada", "password": "a long password"})),
        ("/api/accounts", json!({"login": "a b c", "name": "Ada", "password": "a long password"})),
        ("/api/accounts", json!({"login": "ada", "name": "Ada", "password": "short"})),
        ("/api/accounts", json!({"login": "ada", "name": "Ada", "password": long})),
    ] {
        let answer = nobody.post(path, body.clone()).await.unwrap();
        assert_eq!((answer.status, answer.code()), (400, "invalid"), "{body}");
        assert!(answer.text("message").len() > 10);
    }
    for secret in ["x", "orrery_s_x", "orrery_t_", "orrery_l_abc", &long, "ü"] {
        let request = Client::new().get(server.url("/api/session"));
        let sent = request.header("authorization", format!("Bearer {secret}").into_bytes()).send().await;
        assert_eq!(answer(sent.unwrap()).await.unwrap().code(), "unauthenticated", "{secret}");
    }
    for value in ["Basic YTpi", "Bearer", ""] {
        let request = Client::new().get(server.url("/api/session")).header("authorization", value);
        assert_eq!(answer(request.send().await.unwrap()).await.unwrap().code(), "unauthenticated", "{value}");
    }
}

#[tokio::test]
async fn guests_who_cannot_come_back_are_forgotten_where_that_is_wanted() {
    const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
    let given = RawConfig { lost_guests_days: NonZeroU32::new(90), ..RawConfig::default() };
    let server = TestServer::start_with(given).await.unwrap();
    let (lost, shares) =
        (Person::guest(&server, "Lost").await.unwrap(), Person::guest(&server, "Shares").await.unwrap());
    let new = json!({"login": "kim@example.org", "password": "a long password", "name": "Kim"});
    let kim = Person::nobody(&server).post("/api/accounts", new.clone()).await.unwrap();
    let kim = Person::nobody(&server).with_token(&kim.text("token"));
    lost.sandbox(json!({})).await.unwrap();
    let shared = shares.sandbox(json!({})).await.unwrap();
    kim.open(&shares.link(&shared, "edit").await.unwrap()).await.unwrap();
    let members = format!("/api/sandboxes/{}/members", kim.sandbox(json!({})).await.unwrap());
    for guest in [&lost, &shares] {
        let path = format!("{members}/{}", guest.id);
        kim.ask(Method::PUT, &path, Some(json!({"role": "viewer"}))).await.unwrap();
    }
    let known = async || {
        let sign_in = json!({"login": new["login"], "password": new["password"]});
        let kim = Person::nobody(&server).post("/api/session", sign_in).await.unwrap();
        let list = Person::nobody(&server).with_token(&kim.text("token")).get(&members).await.unwrap().body;
        list.as_array().unwrap().iter().map(|member| member["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    server.state().clock().advance(60 * DAY_MILLIS);
    server.state().look_after().await;
    assert_eq!(known().await, ["Kim", "Lost", "Shares"]);
    server.state().clock().advance(31 * DAY_MILLIS);
    server.state().look_after().await;
    assert_eq!(known().await, ["Kim", "Shares"]);
}
