//! The top of a sandbox: its name, how this page stands with the server, who is here, sharing.

use shared::access::Operation;
use shared::api::sandboxes::Sandbox;
use web_sys::HtmlInputElement;
use yew::platform::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::net::sandboxes;
use crate::panels::bounds::EndMark;
use crate::panels::commands::Commands;
use crate::panels::people::Faces;
use crate::panels::share::ShareDialog;
use crate::routes::Route;
use crate::state::document::{Connection, SharedDocument};
use crate::state::lab::{use_may, use_sandbox};
use crate::state::toasts::use_toasts;
use crate::state::topic::use_topic;

/// See [`TopBar`].
#[derive(PartialEq, Properties)]
pub struct TopBarProps {
    /// Whether it stands in a frame of another page, where little room is.
    #[prop_or_default]
    pub is_embedded: bool,
    /// What stands between the name and the people.
    #[prop_or_default]
    pub children: Html,
}

/// The bar.
#[component]
pub fn TopBar(props: &TopBarProps) -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().about);
    let is_sharing = use_state_eq(|| false);
    let about = lab.live.about();
    html! {
        <header class="top-bar lab-bar">
            if !props.is_embedded {
                <Link<Route> to={Route::Start} classes="brand">{ "Orrery" }</Link<Route>>
            }
            <Name about={about} />
            { props.children.clone() }
            <span class="spacer"></span>
            <EndMark />
            <ConnectionMark document={lab.document.clone()} />
            <Faces />
            if !props.is_embedded {
                <Commands />
                <button
                    type="button"
                    class="button quiet"
                    onclick={let it = is_sharing.setter(); Callback::from(move |_: MouseEvent| it.set(true))}
                >{ "Share" }</button>
            }
            if *is_sharing {
                <ShareDialog on_close={let it = is_sharing.setter(); Callback::from(move |()| it.set(false))} />
            }
        </header>
    }
}

/// See [`Name`].
#[derive(PartialEq, Properties)]
struct NameProps {
    about: Option<Sandbox>,
}

/// The name of the sandbox; those who may, change it in place.
#[component]
fn Name(props: &NameProps) -> Html {
    let may = use_may(Operation::Configure);
    let toasts = use_toasts();
    let Some(about) = &props.about else { return html! { <span class="lab-name skeleton" aria-busy="true"></span> } };
    if !may {
        return html! { <h1 class="lab-name">{ &about.name }</h1> };
    }
    let onchange = {
        let (id, old) = (about.id.clone(), about.name.clone());
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            let name = input.value().trim().to_owned();
            if name.is_empty() {
                return input.set_value(&old);
            }
            let (id, toasts) = (id.clone(), toasts.clone());
            spawn_local(async move {
                if let Err(error) = sandboxes::rename(&id, name).await {
                    toasts.error(error.to_string());
                }
            });
        })
    };
    html! {
        <h1 class="lab-name">
            <input
                type="text"
                aria-label="Name of the sandbox"
                value={about.name.clone()}
                maxlength="100"
                autocomplete="off"
                spellcheck="false"
                {onchange}
            />
        </h1>
    }
}

/// See [`ConnectionMark`].
#[derive(PartialEq, Properties)]
struct ConnectionMarkProps {
    document: SharedDocument,
}

/// How this page stands with the server, and whether everything is saved.
#[component]
fn ConnectionMark(props: &ConnectionMarkProps) -> Html {
    let document = &props.document;
    use_topic(document.connection_topic());
    let (mark, text) = match document.connection() {
        Connection::Connecting => ("asking", "Connecting…".to_owned()),
        Connection::Together if document.is_denied() => ("failed", "You may not change this".to_owned()),
        Connection::Together if document.is_saved() => ("up", "Saved".to_owned()),
        Connection::Together => ("asking", "Saving…".to_owned()),
        Connection::Lost if document.is_saved() => ("failed", "Offline".to_owned()),
        Connection::Lost => ("failed", "Offline: your edits are kept".to_owned()),
        Connection::Closed(reason) => ("failed", if reason.is_empty() { "Closed".to_owned() } else { reason }),
    };
    let is_lost = document.connection() == Connection::Lost;
    html! {
        <span class="connection">
            <span class={classes!("status", mark)} role="status">{ text }</span>
            if is_lost {
                <button
                    type="button"
                    class="button quiet"
                    onclick={let document = document.clone(); Callback::from(move |_: MouseEvent| document.retry())}
                >{ "Try now" }</button>
            }
        </span>
    }
}
