//! Signing in with a provider of OpenID Connect: the browser goes there and comes back, and the page begins anew.

use shared::api::people::CameBack;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::net::people;
use crate::state::session::is_framed;

/// How somebody has just come back from the provider, if they have. What told it is taken out of the address.
#[must_use]
pub fn take_came_back() -> Option<CameBack> {
    let window = web_sys::window()?;
    let location = window.location();
    let how = CameBack::from_fragment(&location.hash().ok()?)?;
    let address = format!("{}{}", location.pathname().ok()?, location.search().ok()?);
    // Where the address cannot be changed, it is told again when the page is loaded again.
    drop(window.history().and_then(|it| it.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address))));
    Some(how)
}

/// What to tell somebody who came back and is not signed in.
#[must_use]
pub fn why_not(how: CameBack) -> Option<&'static str> {
    match how {
        CameBack::SignedIn => None,
        CameBack::Refused => Some("You are not signed in: the sign-in was cancelled, or you are not let in there."),
        CameBack::Late => {
            Some("You are not signed in: it took too long, or you began again in another tab. Try once more.")
        }
        CameBack::Failed => {
            Some("You are not signed in: the sign-in service does not answer as it should. Try again later.")
        }
    }
}

/// What the provider is called with which people can sign in here; nothing where there is none. Providers let no other page
/// frame them, so there is none in a frame.
#[hook]
pub fn use_provider() -> Option<String> {
    let provider = use_state_eq(|| None);
    let set = provider.setter();
    use_effect_with((), move |()| {
        if !is_framed() {
            // Whoever cannot be told of it signs in in another way.
            spawn_local(async move { set.set(people::sign_in_ways().await.ok().and_then(|ways| ways.oidc)) });
        }
    });
    (*provider).clone()
}

/// Where to go for it; it leads back to where the page is now.
#[must_use]
pub fn link() -> String {
    let location = web_sys::window().map(|window| window.location());
    let part = |part: Option<Result<String, _>>| part.and_then(Result::ok).unwrap_or_default();
    let path = part(location.as_ref().map(web_sys::Location::pathname));
    let search = part(location.as_ref().map(web_sys::Location::search));
    let to = js_sys::encode_uri_component(&format!("{path}{search}"));
    format!("/api/sign-in/oidc?to={to}")
}
