//! How the server is, and what it is made of.

use shared::api::Health;
use yew::prelude::*;

use crate::state::server::{ServerStatus, use_server_status};

/// A card with the server's answer to `/api/health`.
#[component]
pub fn ServerStatusCard() -> Html {
    let (status, ask) = use_server_status();
    let (mark, word) = match &status {
        ServerStatus::Asking => ("asking", "Asking…"),
        ServerStatus::Up(_) => ("up", "Up"),
        ServerStatus::Failed(_) => ("failed", "Not answering"),
    };
    let body = match status {
        ServerStatus::Asking => {
            html! { <><div class="skeleton"></div><div class="skeleton"></div></> }
        }
        ServerStatus::Up(health) => facts(&health),
        ServerStatus::Failed(error) => html! {
            <>
                <p>{ error.to_string() }</p>
                <button type="button" class="button" onclick={ask.reform(|_| ())}>{ "Ask again" }</button>
            </>
        },
    };
    html! {
        <section class="card" aria-labelledby="server-status">
            <div class="card-head">
                <h2 id="server-status">{ "This server" }</h2>
                <span class={classes!("status", mark)} role="status">{ word }</span>
            </div>
            { body }
        </section>
    }
}

fn facts(health: &Health) -> Html {
    let guest = health.guest.as_ref().map_or_else(
        || "not in this server".to_owned(),
        |guest| format!("{} ({} kB)", guest.sha256.get(..12).unwrap_or_default(), guest.bytes.div_ceil(1000)),
    );
    let library = health.library.as_ref();
    let or_missing = |fact: Option<String>| fact.unwrap_or_else(|| "not in this server".to_owned());
    html! {
        <dl class="facts">
            <dt>{ "Version" }</dt><dd>{ &health.server.version }</dd>
            <dt>{ "BEAM guest" }</dt><dd><code>{ guest }</code></dd>
            <dt>{ "Elixir" }</dt><dd>{ or_missing(library.map(|library| library.elixir.clone())) }</dd>
            <dt>{ "Erlang/OTP" }</dt><dd>{ or_missing(library.map(|library| library.otp.clone())) }</dd>
            <dt>{ "Modules" }</dt><dd>{ or_missing(library.map(|library| library.modules.to_string())) }</dd>
        </dl>
    }
}
