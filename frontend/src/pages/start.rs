//! Coming in, one's sandboxes, and what new ones can begin as.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::routes::{Route, secret_of_link};
use crate::state::sandboxes::use_sandboxes;
use crate::state::session::{Who, use_session};
use crate::widgets::dialog::Dialog;
use crate::widgets::entrance::Entrance;
use crate::widgets::field::Field;
use crate::widgets::sandbox_list::SandboxList;
use crate::widgets::server_status::ServerStatusCard;
use crate::widgets::template_list::TemplateList;

/// The first page.
#[component]
pub fn StartPage() -> Html {
    let session = use_session();
    let sandboxes = use_sandboxes(session.user().map(|user| user.id.clone()));
    // What somebody chose before they had a name.
    let chosen = use_state(|| None::<Option<String>>);
    let create = {
        let (chosen, is_in, create) = (chosen.setter(), session.user().is_some(), sandboxes.create.clone());
        Callback::from(
            move |template: Option<String>| {
                if is_in { create.emit(template) } else { chosen.set(Some(template)) }
            },
        )
    };
    {
        let (chosen, create) = (chosen.clone(), sandboxes.create.clone());
        use_effect_with((session.user().is_some(), chosen.is_some()), move |(is_in, _)| {
            if let Some(template) = chosen.as_ref().filter(|_| *is_in) {
                create.emit(template.clone());
                chosen.set(None);
            }
        });
    }
    html! {
        <div class="start">
            <section class="intro">
                <h1>{ "A clockwork for processes" }</h1>
                <p class="lead">
                    { "Write real Elixir and Erlang, run it, and watch every process, message and restart as it happens: " }
                    { "alone, or together with everybody who has the link." }
                </p>
            </section>
            if session.who == Who::Nobody {
                <section class="card" aria-labelledby="come-in">
                    <h2 id="come-in">{ "Come in" }</h2>
                    <Entrance />
                </section>
            } else {
                <section aria-labelledby="mine">
                    <div class="section-head">
                        <h2 id="mine">{ "Your sandboxes" }</h2>
                        <button type="button" class="button" onclick={create.reform(|_: MouseEvent| None)}>
                            { "New, empty" }
                        </button>
                    </div>
                    <SandboxList sandboxes={sandboxes.clone()} />
                </section>
            }
            <section aria-labelledby="templates">
                <h2 id="templates">{ "Begin with something that works" }</h2>
                <TemplateList on_choose={create.reform(Some)} />
            </section>
            <div class="start-foot">
                <OpenByLink />
                <ServerStatusCard />
            </div>
            if chosen.is_some() && session.user().is_none() {
                <Dialog title="First, a name" on_close={let chosen = chosen.setter(); Callback::from(move |()| chosen.set(None))}>
                    <Entrance />
                </Dialog>
            }
        </div>
    }
}

/// A field for a link that somebody gave.
#[component]
fn OpenByLink() -> Html {
    let text = use_state_eq(String::new);
    let is_wrong = use_state_eq(|| false);
    let navigator = use_navigator();
    let onsubmit = {
        let (text, is_wrong) = (text.clone(), is_wrong.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let secret = secret_of_link(&text);
            is_wrong.set(secret.is_none());
            if let Some((link, navigator)) = secret.zip(navigator.as_ref()) {
                navigator.push(&Route::Join { link });
            }
        })
    };
    html! {
        <section class="card" aria-labelledby="by-link">
            <h2 id="by-link">{ "Open by link" }</h2>
            <form class="row-form" {onsubmit}>
                <Field label="Link that somebody gave you" value={text} />
                <button type="submit" class="button">{ "Open" }</button>
            </form>
            if *is_wrong {
                <p class="form-error" role="alert">{ "This is no link: it looks like …/s/ and some letters." }</p>
            }
        </section>
    }
}
