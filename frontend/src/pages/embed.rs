//! A sandbox in a frame of another page. Whoever looks needs no account and no cookie: the session is this page's own.

use shared::api::sharing::{Joined, MemberState};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::net::{NetError, sharing};
use crate::pages::lab::LabView;
use crate::state::session::{Entry, Session, Who, use_session};

/// What those are called who only look.
const NAME: &str = "Visitor";

/// See [`EmbedPage`].
#[derive(PartialEq, Properties)]
pub struct EmbedPageProps {
    /// The secret of the link.
    pub link: AttrValue,
}

/// The parts that can be chosen with `panels` in the address.
const PARTS: [&str; 4] = ["files", "code", "output", "processes"];

/// What the page around it wants: `?theme=dark&panels=code,output`.
fn wishes() -> (Option<String>, Vec<&'static str>) {
    let search = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    let Ok(wishes) = web_sys::UrlSearchParams::new_with_str(&search) else { return (None, Vec::new()) };
    let theme = wishes.get("theme").filter(|theme| theme == "light" || theme == "dark");
    (theme, hidden(wishes.get("panels").as_deref()))
}

/// Those that are not among the wanted ones; none when nothing that there is is wanted.
fn hidden(wanted: Option<&str>) -> Vec<&'static str> {
    let wanted: Vec<&str> = wanted.unwrap_or_default().split(',').map(str::trim).collect();
    let is_wanted = |part: &&&str| wanted.contains(*part);
    if !PARTS.iter().any(|part| is_wanted(&part)) {
        return Vec::new();
    }
    PARTS.iter().filter(|part| !is_wanted(part)).copied().collect()
}

/// The sandbox behind the link.
#[component]
pub fn EmbedPage(props: &EmbedPageProps) -> Html {
    let session = use_session();
    let joined = use_state(|| None::<Result<Joined, NetError>>);
    {
        let (setter, session) = (joined.setter(), session.clone());
        let is_known = session.who != Who::Asking;
        use_effect_with((props.link.clone(), is_known), move |(link, is_known)| {
            if *is_known {
                let link = link.clone();
                spawn_local(async move { setter.set(Some(enter(&session, &link).await)) });
            }
        });
    }
    use_effect_with((), |()| {
        use wasm_bindgen::JsCast as _;
        let root = web_sys::window().and_then(|window| window.document()).and_then(|page| page.document_element());
        let root = root.and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some((root, theme)) = root.zip(wishes().0) {
            // A name of two is always one that can be set.
            drop(root.dataset().set("theme", &theme));
        }
    });
    match &*joined {
        None => html! { <main class="page" aria-busy="true"><div class="skeleton skeleton-title"></div></main> },
        Some(Ok(joined)) if joined.state == MemberState::Active => {
            html! { <LabView sandbox={joined.sandbox.clone()} is_embedded=true hidden={wishes().1} /> }
        }
        Some(Ok(_)) => html! {
            <main class="page"><h1>{ "Please wait" }</h1><p>{ "Somebody who leads this sandbox has to let you in." }</p></main>
        },
        Some(Err(error)) => html! {
            <main class="page"><h1>{ "This sandbox cannot be shown" }</h1><p role="alert">{ error.to_string() }</p></main>
        },
    }
}

async fn enter(session: &Session, link: &str) -> Result<Joined, NetError> {
    // Before anybody is made: whether the link leads anywhere.
    sharing::preview(link).await?;
    if session.user().is_none() {
        session.enter(Entry::Guest { name: NAME.to_owned() }).await?;
    }
    sharing::open(link).await
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn only_the_parts_that_are_wanted_are_shown() {
        assert_eq!(hidden(Some("code, output")), ["files", "processes"]);
        assert!(hidden(None).is_empty() && hidden(Some("")).is_empty() && hidden(Some("nonsense")).is_empty());
    }
}
