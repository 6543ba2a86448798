//! Signing in with a provider of OpenID Connect: the authorization code flow (OpenID Connect Core 1.0, section 3.1) with PKCE
//! (RFC 7636). What the provider says of itself is asked for when the first person comes, and again from time to time.

mod http;

use std::sync::Arc;

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdTokenClaims, CoreProviderMetadata,
    CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EndUserName,
    EndUserUsername, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, LocalizedClaim, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError,
    SubjectIdentifier, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::clock::{Clock, Millis};
use crate::config::Oidc;
use crate::error::chain;
use http::Http;

/// For how long we believe what a provider says of itself.
const BELIEVED_MILLIS: Millis = 60 * 60 * 1000;

/// For how long we believe it when a key is not among those that it told, or when it did not answer: that may have changed since, and
/// nobody shall make us ask it all the time.
const DOUBTED_AFTER_MILLIS: Millis = 10 * 1000;

/// The provider.
#[derive(Debug)]
pub(crate) struct Provider {
    config: Oidc,
    clock: Clock,
    http: Http,
    known: Mutex<Known>,
}

/// A client that knows of a provider where people are sent, and perhaps where codes are exchanged and people asked after.
type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What it says of itself, and when it was asked.
#[derive(Debug, Default)]
struct Known {
    metadata: Option<(Arc<CoreProviderMetadata>, Millis)>,
    /// When it did not answer, if that was the last time.
    failed_at: Option<Millis>,
}

/// What the browser keeps while somebody is at the provider. Who comes back with it is who went.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Attempt {
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    /// The path of the page to come back to.
    pub(crate) to: String,
}

impl Attempt {
    /// Whether the provider answers this attempt and not another.
    pub(crate) fn is_answered_by(&self, state: &str) -> bool {
        self.state.secret() == state
    }
}

/// Who the provider says that somebody is.
#[derive(Debug)]
pub(crate) struct Person {
    /// What it calls them for ever.
    pub(crate) subject: String,
    /// What they want to be called, where the provider tells.
    pub(crate) name: Option<String>,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    #[error("the provider does not say what it is: {0}")]
    Discovery(String),
    #[error("the provider did not say what it is a moment ago")]
    Away,
    #[error("the provider has no place where codes are exchanged")]
    NoTokenEndpoint,
    #[error("the provider does not take the code: {0}")]
    Exchange(String),
    #[error("the provider gives no ID token")]
    NoIdToken,
    #[error("the ID token does not hold")]
    IdToken(#[from] ClaimsVerificationError),
    #[error("there is no address to come back to")]
    Redirect(#[from] openidconnect::url::ParseError),
}

impl Provider {
    pub(crate) fn new(config: Oidc, clock: Clock) -> Self {
        Self { config, clock, http: Http::default(), known: Mutex::default() }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.config.issuer
    }

    /// What people call it.
    pub(crate) fn name(&self) -> &str {
        &self.config.name
    }

    /// Where to send somebody, and what their browser has to keep meanwhile.
    pub(crate) async fn begin(&self, to: String, callback: String) -> Result<(String, Attempt), OidcError> {
        let metadata = self.metadata(BELIEVED_MILLIS).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(&metadata).set_redirect_uri(RedirectUrl::new(callback)?);
        let (url, state, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok((url.into(), Attempt { state, nonce, verifier, to }))
    }

    /// Who came back, as the provider tells it for the code that they brought.
    pub(crate) async fn finish(&self, code: String, attempt: Attempt, callback: String) -> Result<Person, OidcError> {
        let metadata = self.metadata(BELIEVED_MILLIS).await?;
        let client =
            self.client(&metadata).set_redirect_uri(RedirectUrl::new(callback)?).set_auth_type(auth_type(&metadata));
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|_| OidcError::NoTokenEndpoint)?;
        let tokens = request.set_pkce_verifier(attempt.verifier).request_async(&self.http).await;
        let tokens = tokens.map_err(|error| OidcError::Exchange(chain(&error)))?;
        let token = tokens.id_token().ok_or(OidcError::NoIdToken)?;
        let claims = match token.claims(&client.id_token_verifier(), &attempt.nonce) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                // It may sign with another key by now.
                let metadata = self.metadata(DOUBTED_AFTER_MILLIS).await?;
                let client = self.client(&metadata);
                token.claims(&client.id_token_verifier(), &attempt.nonce)?.clone()
            }
            claims => claims?.clone(),
        };
        let name = match called(claims.name(), claims.preferred_username()) {
            Some(name) => Some(name),
            None => self.ask_name(&metadata, tokens.access_token().clone(), &claims).await,
        };
        Ok(Person { subject: claims.subject().as_str().to_owned(), name })
    }

    /// Most providers tell names only when they are asked for them (OpenID Connect Core 1.0, section 5.4).
    async fn ask_name(
        &self,
        metadata: &CoreProviderMetadata,
        token: AccessToken,
        claims: &CoreIdTokenClaims,
    ) -> Option<String> {
        let client = self.client(metadata);
        let subject: SubjectIdentifier = claims.subject().clone();
        let request = client.user_info(token, Some(subject)).ok()?;
        match request.request_async::<_, _, openidconnect::core::CoreGenderClaim>(&self.http).await {
            Ok(info) => {
                let info: CoreUserInfoClaims = info;
                called(info.name(), info.preferred_username())
            }
            Err(error) => {
                tracing::warn!(error = chain(&error), "the provider does not tell what somebody is called");
                None
            }
        }
    }

    /// What it says of itself, and said not longer ago than this.
    async fn metadata(&self, believed: Millis) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        // Whoever comes meanwhile waits for the one answer.
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if let Some((metadata, _)) = known.metadata.as_ref().filter(|(_, at)| now - at < believed) {
            return Ok(metadata.clone());
        }
        if known.failed_at.is_some_and(|at| now - at < DOUBTED_AFTER_MILLIS) {
            return Err(OidcError::Away);
        }
        let issuer = IssuerUrl::new(self.config.issuer.clone())?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http).await;
        let metadata = Arc::new(metadata.map_err(|error| {
            known.failed_at = Some(now);
            OidcError::Discovery(chain(&error))
        })?);
        *known = Known { metadata: Some((metadata.clone(), now)), failed_at: None };
        Ok(metadata)
    }

    /// Who this server is for the provider, with what the provider says of itself.
    fn client(&self, metadata: &CoreProviderMetadata) -> Client {
        let Oidc { client_id, client_secret, .. } = &self.config;
        let secret = client_secret.as_ref().map(|secret| ClientSecret::new(secret.0.clone()));
        CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(client_id.clone()), secret)
    }
}

/// How the provider wants the secret; in a header, when it does not say (OpenID Connect Discovery 1.0, section 3).
fn auth_type(metadata: &CoreProviderMetadata) -> AuthType {
    match metadata.token_endpoint_auth_methods_supported() {
        Some(ways) if !ways.contains(&CoreClientAuthMethod::ClientSecretBasic) => AuthType::RequestBody,
        _ => AuthType::BasicAuth,
    }
}

/// The name in full, else the one that they sign in with there.
fn called(name: Option<&LocalizedClaim<EndUserName>>, username: Option<&EndUserUsername>) -> Option<String> {
    let whole = name.and_then(|name| name.get(None)).map(|name| name.as_str());
    whole.or(username.map(|name| name.as_str())).filter(|name| !name.trim().is_empty()).map(str::to_owned)
}
