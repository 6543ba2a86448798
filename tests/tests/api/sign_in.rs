//! Signing in with a provider of OpenID Connect, as a browser does it.

use std::collections::BTreeMap;

use backend::config::RawConfig;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tests::client::{Person, answer};
use tests::openid::{CLIENT_ID, CLIENT_SECRET, Lie, OpenIdProvider};
use tests::server::TestServer;

const BEGIN: &str = "/api/sign-in/oidc?to=/sandboxes/sandbox-a%3Ffile=a.ex";
const BACK: &str = "/sandboxes/sandbox-a?file=a.ex";

async fn server_with(provider: &OpenIdProvider) -> TestServer {
    let given = RawConfig {
        oidc_issuer: Some(provider.issuer.clone()),
        oidc_client_id: Some(CLIENT_ID.to_owned()),
        oidc_client_secret: Some(CLIENT_SECRET.to_owned()),
        oidc_name: Some("School".to_owned()),
        ..RawConfig::default()
    };
    TestServer::start_with(given).await.unwrap()
}

/// Keeps cookies, and goes where it is sent only when it is told to.
struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new() -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { client, cookies: BTreeMap::new() }
    }

    async fn get(&mut self, url: &str) -> Response {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = self.client.get(url).header("cookie", cookies.join("; ")).send().await.unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"), "{attributes}");
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }

    /// Where it is sent.
    async fn sent(&mut self, url: &str) -> String {
        let response = self.get(url).await;
        assert_eq!(response.status(), 303, "{url}");
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn who(&mut self, server: &TestServer) -> Value {
        answer(self.get(&server.url("/api/session")).await).await.unwrap().body
    }

    /// Goes to the provider and back: where the page is.
    async fn sign_in(&mut self, server: &TestServer, provider: &OpenIdProvider, subject: &str) -> String {
        let there = self.sent(&server.url(BEGIN)).await;
        let back = provider.let_in(&there, subject).unwrap();
        self.sent(back.as_str()).await
    }
}

#[tokio::test]
async fn people_come_in_with_the_provider_and_are_known_when_they_come_again() {
    let provider = OpenIdProvider::start().await.unwrap();
    let server = server_with(&provider).await;
    let ways = Person::nobody(&server).get("/api/sign-in").await.unwrap();
    assert_eq!(ways.body, json!({"oidc": "School"}));
    let (mut here, mut there, mut other) = (Browser::new(), Browser::new(), Browser::new());
    assert_eq!(here.sign_in(&server, &provider, "ada").await, format!("{BACK}#sign-in=done"));
    let ada = here.who(&server).await;
    assert_eq!((&ada["name"], &ada["kind"]), (&json!("The ada"), &json!("account")));
    assert_eq!(here.cookies.keys().collect::<Vec<_>>(), ["orrery_session"]);
    there.sign_in(&server, &provider, "ada").await;
    assert_eq!(there.who(&server).await, ada);
    other.sign_in(&server, &provider, "Ada").await;
    assert_ne!(other.who(&server).await["id"], ada["id"]);
    // Whoever deletes themselves comes as somebody new.
    let token = here.cookies["orrery_session"].clone();
    let deleted = Person::nobody(&server).with_token(&token).ask(reqwest::Method::DELETE, "/api/account", None).await;
    assert_eq!(deleted.unwrap().status, 204);
    assert_eq!(there.who(&server).await["code"], "unauthenticated");
    there.sign_in(&server, &provider, "ada").await;
    assert_ne!(there.who(&server).await["id"], ada["id"]);
}

#[tokio::test]
async fn nothing_that_does_not_hold_lets_anybody_in() {
    let provider = OpenIdProvider::start().await.unwrap();
    let server = server_with(&provider).await;
    for lie in [
        Lie::Nonce,
        Lie::Audience,
        Lie::Issuer,
        Lie::Expired,
        Lie::Key,
        Lie::NoSignature,
        Lie::Forged,
        Lie::NoToken,
        Lie::TooLong,
        Lie::Fails,
    ] {
        provider.tell(lie);
        let mut browser = Browser::new();
        assert_eq!(browser.sign_in(&server, &provider, "eve").await, format!("{BACK}#sign-in=failed"), "{lie:?}");
        assert!(browser.cookies.is_empty(), "{lie:?}");
    }
    provider.tell(Lie::None);
    let mut browser = Browser::new();
    assert_eq!(browser.sign_in(&server, &provider, "eve").await, format!("{BACK}#sign-in=done"));
}

#[tokio::test]
async fn whoever_comes_back_must_be_who_went() {
    let provider = OpenIdProvider::start().await.unwrap();
    let server = server_with(&provider).await;
    let (mut here, mut elsewhere) = (Browser::new(), Browser::new());
    let there = here.sent(&server.url(BEGIN)).await;
    let back = provider.let_in(&there, "ada").unwrap();
    // Somebody else is given the address: they would be signed in as somebody whom they do not know.
    assert_eq!(elsewhere.sent(back.as_str()).await, "/#sign-in=late");
    elsewhere.sent(&server.url(BEGIN)).await;
    assert_eq!(elsewhere.sent(back.as_str()).await, "/#sign-in=late");
    assert!(elsewhere.cookies.is_empty());
    assert_eq!(here.sent(back.as_str()).await, format!("{BACK}#sign-in=done"));
    // An address that was used is good for nothing.
    assert_eq!(here.sent(back.as_str()).await, "/#sign-in=late");

    let mut again = Browser::new();
    let there = again.sent(&server.url(BEGIN)).await;
    let mut refused = provider.let_in(&there, "ada").unwrap();
    let state = refused.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    refused.query_pairs_mut().clear().append_pair("state", &state).append_pair("error", "access_denied");
    assert_eq!(again.sent(refused.as_str()).await, format!("{BACK}#sign-in=refused"));

    let there = again.sent(&server.url(BEGIN)).await;
    let back =
        provider.let_in(&there, "ada").unwrap().as_str().replace("&iss=", "&iss=https%3A%2F%2Fother.example&was=");
    assert_eq!(again.sent(&back).await, format!("{BACK}#sign-in=failed"));
    for kept in ["", "e30", "%%%", "bnVsbA", &"A".repeat(4000)] {
        again.cookies.insert("orrery_sign_in".to_owned(), kept.to_owned());
        assert_eq!(again.sent(&back).await, "/#sign-in=late", "{kept}");
    }
    assert!(again.cookies.is_empty());
}

#[tokio::test]
async fn a_provider_may_change_its_keys_and_may_be_away() {
    let provider = OpenIdProvider::start().await.unwrap();
    let server = server_with(&provider).await;
    let mut browser = Browser::new();
    browser.sign_in(&server, &provider, "ada").await;
    provider.change_key();
    assert_eq!(browser.sign_in(&server, &provider, "ada").await, format!("{BACK}#sign-in=failed"), "asked too often");
    server.state().clock().advance(11_000);
    assert_eq!(browser.sign_in(&server, &provider, "ada").await, format!("{BACK}#sign-in=done"));

    let away = OpenIdProvider::away().await.unwrap();
    let server = server_with(&away).await;
    assert_eq!(Browser::new().sent(&server.url(BEGIN)).await, format!("{BACK}#sign-in=failed"));
}

#[tokio::test]
async fn nobody_is_sent_to_other_sites_or_where_there_is_no_provider() {
    let provider = OpenIdProvider::start().await.unwrap();
    let server = server_with(&provider).await;
    let nobody = Person::nobody(&server);
    for to in [
        "//evil.example",
        "/%5Cevil.example",
        "https://evil.example",
        "sandboxes",
        "",
        "/%0D%0Aset-cookie:a=b",
        "/a%23b",
    ] {
        let answer = nobody.get(&format!("/api/sign-in/oidc?to={to}")).await.unwrap();
        assert_eq!((answer.status, answer.code()), (400, "invalid"), "{to}");
    }
    let public = RawConfig {
        public_origin: Some("https://orrery.example.org".to_owned()),
        oidc_issuer: Some(provider.issuer.clone()),
        oidc_client_id: Some(CLIENT_ID.to_owned()),
        ..RawConfig::default()
    };
    let public = TestServer::start_with(public).await.unwrap();
    let mut browser = Browser::new();
    let response = browser.get(&public.url("/api/sign-in/oidc")).await;
    let back = "redirect_uri=https%3A%2F%2Forrery.example.org%2Fapi%2Fsign-in%2Foidc%2Fcallback";
    assert!(response.headers()["location"].to_str().unwrap().contains(back));
    assert!(response.headers()["set-cookie"].to_str().unwrap().contains("Secure"));
    let without = TestServer::start().await.unwrap();
    let nobody = Person::nobody(&without);
    assert_eq!(nobody.get("/api/sign-in").await.unwrap().body, json!({"oidc": null}));
    for path in ["/api/sign-in/oidc", "/api/sign-in/oidc/callback?code=a&state=b"] {
        assert_eq!(nobody.get(path).await.unwrap().code(), "not_found", "{path}");
    }
}
