//! Signing in with a provider of OpenID Connect. A person goes there with their browser and comes back with it, so what goes wrong
//! is told by the page and not by an error of the API.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use shared::api::ErrorBody;
use shared::api::bounds::NAME_MAX;
use shared::api::people::{CameBack, SignInWays, User, UserKind};
use utoipa::IntoParams;

use super::accounts;
use super::extract::{Json, Query};
use crate::auth;
use crate::error::{ApiError, chain};
use crate::oidc::{Attempt, Person, Provider};
use crate::secret;
use crate::state::AppState;
use crate::store::Identity;

/// The cookie with what somebody has to bring back from the provider.
const COOKIE: &str = "orrery_sign_in";

/// Where that cookie is sent.
const COOKIE_PATH: &str = "/api/sign-in/oidc";

/// Where the provider sends people back to.
const CALLBACK: &str = "/api/sign-in/oidc/callback";

/// How long somebody may take at the provider.
const ATTEMPT: time::Duration = time::Duration::minutes(15);

/// Longest path of the page, in bytes.
const PATH_MAX: usize = 1024;

/// What somebody whose provider tells no name is called.
const NAMELESS: &str = "Somebody";

/// How people can sign in here
#[utoipa::path(get, path = "/sign-in", tag = "people", security(()), responses((status = 200, body = SignInWays)))]
pub(super) async fn ways(State(state): State<AppState>) -> Json<SignInWays> {
    Json(SignInWays { oidc: state.oidc().map(|provider| provider.name().to_owned()) })
}

/// See [`begin`].
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Begin {
    /// The path of the page to come back to; the start page, when nothing is said.
    to: Option<String>,
}

/// Go to the provider of OpenID Connect
///
/// For browsers: the provider asks the person who they are and sends them back to `/sign-in/oidc/callback`.
#[utoipa::path(get, path = "/sign-in/oidc", tag = "people", security(()), params(Begin),
    responses((status = 303), (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn begin(
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(Begin { to }): Query<Begin>,
) -> Result<Response, ApiError> {
    let provider = state.oidc().ok_or(ApiError::NotFound)?;
    let to = to.unwrap_or_else(|| "/".to_owned());
    if !is_path(&to) {
        return Err(ApiError::Invalid("`to` has to be the path of a page here".to_owned()));
    }
    let callback = callback(&state, &headers)?;
    match provider.begin(to.clone(), callback).await {
        Ok((url, attempt)) => {
            let kept = serde_json::to_vec(&attempt).ok().ok_or(ApiError::Internal)?;
            let jar = CookieJar::new().add(cookie(&state, Some(URL_SAFE_NO_PAD.encode(kept))));
            see_other(&url, jar)
        }
        Err(error) => {
            tracing::error!(error = chain(&error), "nobody can sign in with the provider");
            back(&to, CameBack::Failed, CookieJar::new())
        }
    }
}

/// What providers bring; they may bring more (RFC 6749, section 4.1.2).
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Callback {
    /// Names the attempt.
    state: Option<String>,
    /// To exchange for who it is.
    code: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// The provider (RFC 9207).
    iss: Option<String>,
}

/// Come back from the provider of OpenID Connect
///
/// For browsers: whoever comes with what they left with is signed in, and sent on to the page. How it went stands in the
/// fragment.
#[utoipa::path(get, path = "/sign-in/oidc/callback", tag = "people", security(()), params(Callback),
    responses((status = 303), (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn come_back(
    State(state): State<AppState>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    jar: CookieJar,
    Query(brought): Query<Callback>,
) -> Result<Response, ApiError> {
    let provider = state.oidc().ok_or(ApiError::NotFound)?;
    state.rates().check_sign_in(address.ip())?;
    // It is good for one time, however that ends.
    let cookies = CookieJar::new().add(cookie(&state, None));
    let attempt = jar.get(COOKIE).and_then(|cookie| URL_SAFE_NO_PAD.decode(cookie.value()).ok());
    let attempt = attempt.and_then(|kept| serde_json::from_slice::<Attempt>(&kept).ok());
    let is_answer = |attempt: &Attempt| brought.state.as_deref().is_some_and(|state| attempt.is_answered_by(state));
    let Some(attempt) = attempt.filter(|attempt| is_path(&attempt.to) && is_answer(attempt)) else {
        return back("/", CameBack::Late, cookies);
    };
    let to = attempt.to.clone();
    if let Some(error) = brought.error {
        tracing::info!(error, "the provider does not let somebody in");
        return back(&to, CameBack::Refused, cookies);
    }
    let is_other = brought.iss.is_some_and(|issuer| issuer != provider.issuer());
    let Some(code) = brought.code.filter(|_| !is_other) else { return back(&to, CameBack::Failed, cookies) };
    match provider.finish(code, attempt, callback(&state, &headers)?).await {
        Ok(person) => {
            let user = user(&state, provider, person).await?;
            let signed_in = accounts::begin_session(&state, user).await?;
            back(&to, CameBack::SignedIn, cookies.add(auth::cookie(&state, Some(signed_in.token))))
        }
        Err(error) => {
            tracing::warn!(error = chain(&error), "somebody who came back from the provider is not signed in");
            back(&to, CameBack::Failed, cookies)
        }
    }
}

async fn user(state: &AppState, provider: &Provider, person: Person) -> Result<User, ApiError> {
    let now = state.clock().now();
    let shown = person.name.unwrap_or_default().chars().filter(|c| !c.is_control()).take(NAME_MAX).collect::<String>();
    let name = if shown.trim().is_empty() { NAMELESS } else { shown.trim() }.to_owned();
    let new = User { id: secret::id("user"), kind: UserKind::Account, name, login: None, created_at: now };
    let identity = Identity { issuer: provider.issuer(), subject: &person.subject };
    Ok(state.store().user_by_identity(identity, &new, now).await?)
}

/// Where the provider sends people back to: at the public origin, else where they asked.
fn callback(state: &AppState, headers: &HeaderMap) -> Result<String, ApiError> {
    if let Some(origin) = &state.config().public_origin {
        return Ok(format!("{origin}{CALLBACK}"));
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.ok_or_else(|| ApiError::Invalid("The request does not say which host it is for".to_owned()))?;
    Ok(format!("http://{host}{CALLBACK}"))
}

/// A path of this site. Browsers take `//host` and `/\host` for another one.
fn is_path(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= PATH_MAX
        && bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
}

/// Back to the page, which tells how it went.
fn back(to: &str, how: CameBack, cookies: CookieJar) -> Result<Response, ApiError> {
    see_other(&format!("{to}#{}{}", CameBack::FRAGMENT, how.name()), cookies)
}

fn see_other(url: &str, cookies: CookieJar) -> Result<Response, ApiError> {
    let url = HeaderValue::try_from(url).ok().ok_or(ApiError::Internal)?;
    Ok((StatusCode::SEE_OTHER, cookies, [(header::LOCATION, url)]).into_response())
}

fn cookie(state: &AppState, kept: Option<String>) -> Cookie<'static> {
    let ended = kept.is_none();
    let mut cookie = Cookie::new(COOKIE, kept.unwrap_or_default());
    cookie.set_path(COOKIE_PATH);
    cookie.set_http_only(true);
    cookie.set_secure(state.config().is_public_over_tls());
    // It has to come along when the provider sends people here.
    cookie.set_same_site(SameSite::Lax);
    cookie.set_max_age(Some(if ended { time::Duration::ZERO } else { ATTEMPT }));
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_come_back_to() {
        for good in ["/", "/sandboxes/sandbox-a?file=a.ex", "/join/orrery_l_x"] {
            assert!(is_path(good), "{good}");
        }
        let long = format!("/{}", "a".repeat(PATH_MAX));
        for bad in [
            "",
            "sandboxes",
            "//evil.example",
            "/\\evil.example",
            "/a b",
            "/a\r\nb",
            "/a#b",
            "/ü",
            "https://evil.example",
            &long,
        ] {
            assert!(!is_path(bad), "{bad}");
        }
    }
}
