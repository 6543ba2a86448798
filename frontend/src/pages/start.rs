//! What Orrery is, and how this server is.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::routes::Route;
use crate::widgets::server_status::ServerStatusCard;

/// The first page.
#[component]
pub fn StartPage() -> Html {
    html! {
        <div class="start">
            <section class="intro">
                <h1>{ "A clockwork for processes" }</h1>
                <p class="lead">
                    { "An orrery is a clockwork model of the planets that can be cranked forward and backward. " }
                    { "This one is being built for Elixir and Erlang: supervised processes, each isolated in WebAssembly, " }
                    { "in a machine whose every run can be repeated." }
                </p>
                <p>
                    { "So far there are a server, its database, the library of real Elixir and " }
                    { "Erlang/OTP that it carries, and an editor. Programs do not run here yet." }
                </p>
                <p><Link<Route> to={Route::Lab} classes="button">{ "Open the editor" }</Link<Route>></p>
            </section>
            <ServerStatusCard />
        </div>
    }
}
