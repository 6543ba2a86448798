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
    match &*joined {
        None => html! { <main class="page" aria-busy="true"><div class="skeleton skeleton-title"></div></main> },
        Some(Ok(joined)) if joined.state == MemberState::Active => {
            html! { <LabView sandbox={joined.sandbox.clone()} is_embedded=true /> }
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
