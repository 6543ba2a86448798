//! Coming in by a link that somebody gave.

use shared::api::sharing::{LinkPreview, MemberState};
use yew::platform::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::net::{NetError, sandboxes, sharing};
use crate::routes::Route;
use crate::state::session::{Who, use_session};
use crate::widgets::entrance::Entrance;

/// See [`JoinPage`].
#[derive(PartialEq, Properties)]
pub struct JoinPageProps {
    /// The secret of the link.
    pub link: AttrValue,
}

/// Where the link leads; whoever has a name goes there at once.
#[component]
pub fn JoinPage(props: &JoinPageProps) -> Html {
    let session = use_session();
    let navigator = use_navigator();
    let preview = use_state(|| None::<Result<LinkPreview, NetError>>);
    let waits = use_state_eq(|| false);
    let error = use_state_eq(|| None::<String>);
    {
        let setter = preview.setter();
        use_effect_with(props.link.clone(), move |link| {
            let link = link.clone();
            spawn_local(async move { setter.set(Some(sharing::preview(&link).await)) });
        });
    }
    let join = {
        let (waits, error, navigator) = (waits.setter(), error.setter(), navigator.clone());
        use_callback(props.link.clone(), move |(), link| {
            let (waits, error, navigator, link) = (waits.clone(), error.clone(), navigator.clone(), link.clone());
            spawn_local(async move {
                match sharing::open(&link).await {
                    Ok(joined) if joined.state == MemberState::Active => {
                        if let Some(navigator) = navigator {
                            navigator.replace(&Route::Lab { id: joined.sandbox });
                        }
                    }
                    Ok(_) => waits.set(true),
                    Err(why) => error.set(Some(why.to_string())),
                }
            });
        })
    };
    let copy = {
        let (error, link) = (error.setter(), props.link.clone());
        Callback::from(move |_: MouseEvent| {
            let (error, link, navigator) = (error.clone(), link.to_string(), navigator.clone());
            spawn_local(async move {
                let new = shared::api::sandboxes::NewSandbox { link: Some(link), ..Default::default() };
                match sandboxes::create(&new).await {
                    Ok(sandbox) => {
                        if let Some(navigator) = navigator {
                            navigator.push(&Route::Lab { id: sandbox.id });
                        }
                    }
                    Err(why) => error.set(Some(why.to_string())),
                }
            });
        })
    };
    let body = match &*preview {
        None => {
            html! { <div aria-busy="true"><div class="skeleton skeleton-title"></div><div class="skeleton"></div></div> }
        }
        Some(Err(why)) => html! {
            <>
                <h1>{ "This link leads nowhere" }</h1>
                <p>{ why.to_string() }</p>
                <p>{ "It may have ended or been revoked: ask whoever gave it for a new one." }</p>
                <p><Link<Route> to={Route::Start}>{ "Go to the first page" }</Link<Route>></p>
            </>
        },
        Some(Ok(found)) => html! {
            <>
                <h1>{ &found.name }</h1>
                <p>{ format!("You were given a link {}.", meaning(found.capability)) }</p>
                if *waits {
                    <p role="status">
                        { "Somebody who leads this sandbox has to let you in. " }
                        <button type="button" class="button" onclick={join.reform(|_: MouseEvent| ())}>{ "Look again" }</button>
                    </p>
                } else if session.user().is_some() {
                    <p class="buttons">
                        <button type="button" class="button" onclick={join.reform(|_: MouseEvent| ())}>{ "Open it" }</button>
                        <button type="button" class="button quiet" onclick={copy}>{ "Make an own copy" }</button>
                    </p>
                } else if session.who == Who::Nobody {
                    <section class="card narrow"><Entrance on_entered={join.clone()} /></section>
                }
                if let Some(error) = &*error {
                    <p class="form-error" role="alert">{ error }</p>
                }
            </>
        },
    };
    html! { <div class="join">{ body }</div> }
}

fn meaning(capability: shared::access::Capability) -> &'static str {
    use shared::access::Capability;
    match capability {
        Capability::View => "to look at this sandbox",
        Capability::Edit => "to edit and run this sandbox",
        Capability::Instruct => "to lead this sandbox",
    }
}
