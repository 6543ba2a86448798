//! Who asks. A [`Caller`] is an argument of every handler that is not open to all.
//!
//! People show a session (as a cookie, or as a bearer token where cookies cannot be had), programs an API token. With a
//! cookie alone, a request that changes something, or opens a socket, must come from this site: otherwise any page on
//! the web could act for whoever looks at it.

pub(crate) mod password;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use shared::access::{Operation, Role, Scope, Switches};
use shared::api::people::User;

use crate::clock::Millis;
use crate::error::ApiError;
use crate::secret::{self, Kind};
use crate::state::AppState;
use crate::store::Access;

/// The cookie that carries a session.
const COOKIE: &str = "orrery_session";

/// How long a session lasts.
pub(crate) const SESSION_MILLIS: Millis = 30 * 24 * 60 * 60 * 1000;

/// Whoever asks, and what they showed.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) user: User,
    shown: Shown,
}

#[derive(Debug, Clone)]
enum Shown {
    /// The hash of the session's secret.
    Session(Vec<u8>),
    /// What the token is good for.
    Token(Vec<Scope>),
}

impl Caller {
    /// # Errors
    ///
    /// When an API token was shown that is not good for this.
    pub(crate) fn require_scope(&self, scope: Scope) -> Result<(), ApiError> {
        match &self.shown {
            Shown::Session(_) => Ok(()),
            Shown::Token(scopes) if scopes.contains(&scope) => Ok(()),
            Shown::Token(_) => Err(ApiError::Forbidden(format!("This token lacks the scope {:?}", scope.name()))),
        }
    }

    /// The session, for what only people may do and not their programs.
    ///
    /// # Errors
    ///
    /// When an API token was shown.
    pub(crate) fn session(&self) -> Result<&[u8], ApiError> {
        match &self.shown {
            Shown::Session(hash) => Ok(hash),
            Shown::Token(_) => Err(ApiError::Forbidden("This cannot be done with an API token: sign in".to_owned())),
        }
    }

    /// What the caller is in a sandbox, when that allows this operation.
    ///
    /// # Errors
    ///
    /// `NotFound` for whoever is not in it, so that nobody learns which sandboxes exist; `SessionEnded` for those who do not
    /// lead, while the session is over.
    pub(crate) async fn access(
        &self,
        state: &AppState,
        sandbox: &str,
        operation: Operation,
    ) -> Result<Access, ApiError> {
        let now = state.clock().now();
        let Some(mut access) = state.store().access(sandbox, &self.user.id, now).await? else {
            let waits = state.store().is_pending(sandbox, &self.user.id).await?;
            return Err(if waits { ApiError::ApprovalPending } else { ApiError::NotFound });
        };
        if access.role < Role::Instructor {
            if access.session.is_over(now) {
                return Err(ApiError::SessionEnded);
            }
            access.until = access.until.into_iter().chain(access.session.ends_at()).min();
        }
        self.may(&access, operation)?;
        Ok(access)
    }

    /// # Errors
    ///
    /// When role, switches or token do not allow it.
    pub(crate) fn may(&self, access: &Access, operation: Operation) -> Result<(), ApiError> {
        self.require_scope(operation.scope())?;
        if shared::access::allowed(access.role, operation, &access.switches) {
            return Ok(());
        }
        let role = access.role.name();
        let switched_off = shared::access::allowed(access.role, operation, &Switches::default());
        let why = if switched_off { "this is switched off for editors" } else { "your role does not allow it" };
        Err(ApiError::Forbidden(format!("You are {role} here: {why}")))
    }

    /// Whether role, switches and token allow it.
    pub(crate) fn can(&self, access: &Access, operation: Operation) -> bool {
        self.may(access, operation).is_ok()
    }

    /// Looks again whether what was shown still holds; sockets live longer than sessions.
    pub(crate) async fn is_still_in(&self, state: &AppState) -> Result<bool, ApiError> {
        Ok(match &self.shown {
            Shown::Session(hash) => state.store().session(hash, state.clock().now()).await?.is_some(),
            Shown::Token(_) => state.store().user(&self.user.id).await?.is_some(),
        })
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let caller = identify(parts, state).await?.ok_or(ApiError::Unauthenticated)?;
        state.rates().check_user(&caller.user.id)?;
        Ok(caller)
    }
}

impl OptionalFromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Option<Self>, ApiError> {
        identify(parts, state).await
    }
}

async fn identify(parts: &Parts, state: &AppState) -> Result<Option<Caller>, ApiError> {
    let now = state.clock().now();
    let (secret, from_cookie) = match bearer(parts)? {
        Some(secret) => (secret, false),
        None => match CookieJar::from_headers(&parts.headers).get(COOKIE) {
            Some(cookie) => (cookie.value().to_owned(), true),
            None => return Ok(None),
        },
    };
    if from_cookie && changes_something(parts) && !is_from_this_site(&parts.headers, state) {
        return Err(ApiError::Forbidden("This request comes from another site".to_owned()));
    }
    if let Some(hash) = secret::hash(Kind::Session, &secret) {
        let user = state.store().session(&hash, now).await?;
        return match user {
            Some(user) => Ok(Some(Caller { user, shown: Shown::Session(hash) })),
            // A cookie that has ended is as good as none; a token that is shown on purpose is not.
            None if from_cookie => Ok(None),
            None => Err(ApiError::Unauthenticated),
        };
    }
    if from_cookie {
        return Ok(None);
    }
    let hash = secret::hash(Kind::Token, &secret).ok_or(ApiError::Unauthenticated)?;
    let (user, scopes) = state.store().token(&hash, now).await?.ok_or(ApiError::Unauthenticated)?;
    Ok(Some(Caller { user, shown: Shown::Token(scopes) }))
}

/// From the header; and from the query for sockets and event streams, where browsers cannot set headers.
fn bearer(parts: &Parts) -> Result<Option<String>, ApiError> {
    if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
        let value = value.to_str().ok().ok_or(ApiError::Unauthenticated)?;
        let (scheme, secret) = value.split_once(' ').ok_or(ApiError::Unauthenticated)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(ApiError::Unauthenticated);
        }
        return Ok(Some(secret.trim().to_owned()));
    }
    if parts.method != Method::GET || !(is_socket(&parts.headers) || wants_events(&parts.headers)) {
        return Ok(None);
    }
    // Secrets consist of characters that are not escaped in a query.
    let query = parts.uri.query().unwrap_or_default();
    Ok(query.split('&').find_map(|pair| pair.strip_prefix("access_token=")).map(str::to_owned))
}

fn is_socket(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

fn wants_events(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"))
}

fn changes_something(parts: &Parts) -> bool {
    !matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) || is_socket(&parts.headers)
}

/// Browsers say where a request comes from; what says nothing is no browser.
fn is_from_this_site(headers: &HeaderMap, state: &AppState) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), host) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            (authority.is_some() && authority == host) || state.config().public_origin.as_deref() == Some(origin)
        }
        (None, _) => {
            headers.get("sec-fetch-site").is_none_or(|site| matches!(site.as_bytes(), b"same-origin" | b"none"))
        }
    }
}

/// The cookie for a session; without a secret, the one that takes it away.
pub(crate) fn cookie(state: &AppState, secret: Option<String>) -> Cookie<'static> {
    let config = state.config();
    let secure = config.is_public_over_tls();
    let embedded = secure && !config.embed_origins.is_empty();
    let ended = secret.is_none();
    let mut cookie = Cookie::new(COOKIE, secret.unwrap_or_default());
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_secure(secure);
    // In a frame of another site the cookie is only sent when it may go anywhere; then it is kept apart for each site.
    cookie.set_same_site(if embedded { SameSite::None } else { SameSite::Lax });
    cookie.set_partitioned(embedded);
    let seconds = if ended { 0 } else { SESSION_MILLIS / 1000 };
    cookie.set_max_age(Some(time::Duration::seconds(seconds)));
    cookie
}
