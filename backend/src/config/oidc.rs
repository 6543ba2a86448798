//! A provider of OpenID Connect with which people can sign in instead of with a password.

use openidconnect::url::{Host, Url};

use super::{ConfigError, Secret};

/// What the provider is called when nothing is said.
const NAME: &str = "single sign-on";

/// A provider, and who this server is for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oidc {
    /// The provider's address; what it says of itself lies below it (OpenID Connect Discovery 1.0, section 4).
    pub issuer: String,
    /// What the provider knows this server by.
    pub client_id: String,
    /// With what this server shows that it is that client; nothing for a public client.
    pub client_secret: Option<Secret>,
    /// What people call the provider.
    pub name: String,
}

/// What was given, before it is checked.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) issuer: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<String>,
    pub(super) name: Option<String>,
}

impl Given {
    /// The provider; nothing when nothing was given.
    pub(super) fn resolve(self) -> Result<Option<Oidc>, ConfigError> {
        let Self { issuer, client_id, client_secret, name } = self;
        match (issuer, client_id) {
            (Some(issuer), Some(client_id)) => {
                if !is_issuer(&issuer) {
                    return Err(ConfigError::Issuer { issuer });
                }
                let name = name.unwrap_or_else(|| NAME.to_owned());
                Ok(Some(Oidc { issuer, client_id, client_secret: client_secret.map(Secret), name }))
            }
            (None, None) if client_secret.is_none() && name.is_none() => Ok(None),
            (None, _) => Err(ConfigError::OidcLacks { key: "oidc_issuer" }),
            (Some(_), None) => Err(ConfigError::OidcLacks { key: "oidc_client_id" }),
        }
    }
}

/// An address without query and fragment (OpenID Connect Core 1.0, section 2), with a connection that nobody else can read.
fn is_issuer(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    (url.scheme() == "https" || (url.scheme() == "http" && is_here))
        && url.query().is_none()
        && url.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_given_whole_or_not_at_all() {
        let issuer = Some("https://login.example.org/school".to_owned());
        let client_id = Some("orrery".to_owned());
        assert_eq!(Given::default().resolve().unwrap(), None);
        let given = Given { issuer: issuer.clone(), client_id: client_id.clone(), ..Given::default() };
        assert_eq!(given.resolve().unwrap().unwrap().name, NAME);
        for lacking in [
            Given { issuer, ..Given::default() },
            Given { client_id, ..Given::default() },
            Given { client_secret: Some("s".to_owned()), ..Given::default() },
            Given { name: Some("School".to_owned()), ..Given::default() },
        ] {
            assert!(matches!(lacking.resolve(), Err(ConfigError::OidcLacks { .. })));
        }
    }

    #[test]
    fn what_others_can_read_or_is_no_address_is_refused() {
        for good in
            ["https://a.example", "https://a.example/b/", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost"]
        {
            assert!(is_issuer(good), "{good}");
        }
        for bad in
            ["http://a.example", "a.example", "https://a.example?b", "https://a.example#b", "ftp://localhost", ""]
        {
            assert!(!is_issuer(bad), "{bad}");
        }
    }
}
