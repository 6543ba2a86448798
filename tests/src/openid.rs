//! A provider of OpenID Connect on a free port, which says what a test wants: the truth, or something that does not hold.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey as _};
use reqwest::Url;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What the server is known by at the provider.
pub const CLIENT_ID: &str = "orrery";

/// With what the server shows that.
pub const CLIENT_SECRET: &str = "a secret & more";

/// An Ed25519 key in PKCS #8 (RFC 8410) begins with this; the key itself follows.
const KEY_PREFIX: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// A provider; ends with the test.
#[derive(Debug, Clone)]
pub struct OpenIdProvider {
    /// `http://127.0.0.1:…`
    pub issuer: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    key: [u8; 32],
    key_id: String,
    codes: HashMap<String, Grant>,
    /// What it says instead of the truth.
    lie: Lie,
}

/// Somebody who was let in, until their code is exchanged.
#[derive(Debug, Clone)]
struct Grant {
    asked: HashMap<String, String>,
    subject: String,
}

/// What does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Everything holds.
    None,
    /// The token is for another attempt.
    Nonce,
    /// The token is for another client.
    Audience,
    /// The token is of another provider.
    Issuer,
    /// The token has ended.
    Expired,
    /// The token is signed with a key that is not the provider's.
    Key,
    /// The token is not signed.
    NoSignature,
    /// The token's content was changed after it was signed.
    Forged,
    /// The answer has no token.
    NoToken,
    /// The answer is longer than anybody should read.
    TooLong,
    /// The provider fails.
    Fails,
}

impl OpenIdProvider {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// When there is no port.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let issuer = format!("http://{}", listener.local_addr()?);
        let inner = Inner { key: rand::random(), key_id: "1".to_owned(), codes: HashMap::new(), lie: Lie::None };
        let provider = Self { issuer, inner: Arc::new(Mutex::new(inner)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(exchange))
            .route("/person", get(person))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(provider)
    }

    /// One that nobody reaches.
    ///
    /// # Errors
    ///
    /// When there is no port.
    pub async fn away() -> anyhow::Result<Self> {
        // The port was free a moment ago.
        let issuer = format!("http://{}", TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?);
        Ok(Self { issuer, ..Self::start().await? })
    }

    /// From now on it says this.
    pub fn tell(&self, lie: Lie) {
        self.lock().lie = lie;
    }

    /// Signs with another key from now on.
    pub fn change_key(&self) {
        let mut inner = self.lock();
        inner.key = rand::random();
        inner.key_id.push('1');
    }

    /// Lets somebody in who was sent to this address: where they are sent back to.
    ///
    /// # Errors
    ///
    /// When it is not an address of this provider that a client may send people to.
    pub fn let_in(&self, url: &str, subject: &str) -> anyhow::Result<Url> {
        let url: Url = url.parse()?;
        anyhow::ensure!(url.as_str().starts_with(&format!("{}/authorize?", self.issuer)), "{url}");
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        anyhow::ensure!(asked["response_type"] == "code" && asked["client_id"] == CLIENT_ID, "{asked:?}");
        anyhow::ensure!(asked["code_challenge_method"] == "S256" && asked["scope"].contains("openid"), "{asked:?}");
        let mut back: Url = asked["redirect_uri"].parse()?;
        let code = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>());
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &asked["state"])
            .append_pair("iss", &self.issuer)
            .append_pair("session_state", "whatever");
        self.lock().codes.insert(code, Grant { asked, subject: subject.to_owned() });
        Ok(back)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no test fails while it holds it")
    }

    fn id_token(&self, grant: &Grant) -> anyhow::Result<String> {
        let inner = self.lock();
        let lie = inner.lie;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let or = |lied, lie: &str, truth: &str| if lied { lie.to_owned() } else { truth.to_owned() };
        let claims = json!({
            "iss": or(lie == Lie::Issuer, "https://other.example", &self.issuer),
            "aud": or(lie == Lie::Audience, "other", CLIENT_ID),
            "nonce": or(lie == Lie::Nonce, "other", &grant.asked["nonce"]),
            "sub": grant.subject,
            "iat": now - 1000,
            "exp": if lie == Lie::Expired { now - 500 } else { now + 300 },
        });
        let algorithm = or(lie == Lie::NoSignature, "none", "EdDSA");
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = encode(&json!({"alg": algorithm, "kid": inner.key_id}));
        let signed = format!("{head}.{}", encode(&claims));
        let with = if lie == Lie::Key { rand::random() } else { inner.key };
        let signature = key(&with, &inner.key_id)?.sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes())?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Ok(match lie {
            Lie::NoSignature => format!("{signed}."),
            Lie::Forged => {
                let mut other = claims;
                other["sub"] = "admin".into();
                format!("{head}.{}.{signature}", encode(&other))
            }
            _ => format!("{signed}.{signature}"),
        })
    }
}

fn key(bytes: &[u8; 32], id: &str) -> anyhow::Result<CoreEdDsaPrivateSigningKey> {
    let text = STANDARD.encode([&KEY_PREFIX[..], bytes].concat());
    let label = "PRIVATE KEY";
    let pem = format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(id.to_owned())))
        .map_err(anyhow::Error::msg)
}

/// OpenID Connect Discovery 1.0, section 3.
async fn describe(State(provider): State<OpenIdProvider>) -> Json<Value> {
    let issuer = &provider.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/person"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn keys(State(provider): State<OpenIdProvider>) -> Json<Value> {
    let inner = provider.lock();
    let key = key(&inner.key, &inner.key_id).expect("32 bytes are a key");
    Json(json!({"keys": [key.as_verification_key()]}))
}

async fn exchange(
    State(provider): State<OpenIdProvider>,
    headers: HeaderMap,
    Form(brought): Form<HashMap<String, String>>,
) -> Response {
    let lie = provider.lock().lie;
    match lie {
        Lie::Fails => return (StatusCode::INTERNAL_SERVER_ERROR, "out of order").into_response(),
        Lie::TooLong => return [vec![b' '; 3 << 20], b"{}".to_vec()].concat().into_response(),
        _ => {}
    }
    match granted(&provider, &headers, &brought).and_then(|grant| Ok((provider.id_token(&grant)?, grant))) {
        Ok((token, grant)) => {
            let mut answer = json!({"access_token": grant.subject, "token_type": "Bearer", "expires_in": 60});
            if lie != Lie::NoToken {
                answer["id_token"] = token.into();
            }
            Json(answer).into_response()
        }
        Err(error) => {
            let body = json!({"error": "invalid_grant", "error_description": error.to_string()});
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
    }
}

/// Whom a code is for, when it is its client who brings it (RFC 6749, section 4.1.3, and RFC 7636, section 4.6).
fn granted(provider: &OpenIdProvider, headers: &HeaderMap, brought: &HashMap<String, String>) -> anyhow::Result<Grant> {
    let value = |name: &str| brought.get(name).with_context(|| format!("{name} is missing"));
    // Both are encoded as in a form before they are put together (RFC 6749, section 2.3.1).
    let expected = format!(
        "Basic {}",
        STANDARD.encode(format!("{CLIENT_ID}:{}", CLIENT_SECRET.replace(' ', "+").replace('&', "%26")))
    );
    let shown = headers.get(header::AUTHORIZATION).context("no authorization")?;
    anyhow::ensure!(shown.to_str()? == expected, "another client");
    let grant = provider.lock().codes.remove(value("code")?).context("no such code")?;
    anyhow::ensure!(value("grant_type")? == "authorization_code", "another kind of grant");
    anyhow::ensure!(value("redirect_uri")? == &grant.asked["redirect_uri"], "another address to come back to");
    let challenge =
        PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(value("code_verifier")?.clone()));
    anyhow::ensure!(challenge.as_str() == grant.asked["code_challenge"], "another verifier");
    Ok(grant)
}

/// OpenID Connect Core 1.0, section 5.3. People's names are made of what they are known by.
async fn person(State(_): State<OpenIdProvider>, headers: HeaderMap) -> Response {
    let shown = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok()?.strip_prefix("Bearer "));
    match shown {
        Some(subject) => Json(json!({"sub": subject, "name": format!("The {subject}")})).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}
