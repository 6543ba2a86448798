//! Who is signed in, and the way out.

use shared::api::people::UserKind;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::state::session::use_session;
use crate::state::toasts::use_toasts;

/// The name of the one who is signed in, with a button to go out; nothing when nobody is.
#[component]
pub fn Account() -> Html {
    let session = use_session();
    let toasts = use_toasts();
    let Some(user) = session.user().cloned() else { return Html::default() };
    let leave = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| {
            let (session, toasts) = (session.clone(), toasts.clone());
            spawn_local(async move {
                if let Err(error) = session.leave().await {
                    toasts.error(error.to_string());
                }
            });
        })
    };
    let kind = match user.kind {
        UserKind::Guest => " (guest)",
        UserKind::Account => "",
    };
    html! {
        <div class="account">
            <span class="account-name">{ user.name }{ kind }</span>
            <button type="button" class="button quiet" onclick={leave}>{ "Sign out" }</button>
        </div>
    }
}
