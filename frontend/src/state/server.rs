//! How the server is.

use shared::api::Health;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::net::NetError;
use crate::net::health;

/// What is known about the server.
#[derive(Debug, Clone, PartialEq)]
pub enum ServerStatus {
    /// It was asked and has not answered yet.
    Asking,
    /// Its answer.
    Up(Health),
    /// It did not answer as it should.
    Failed(NetError),
}

/// Asks the server once, and again whenever the callback is called.
#[hook]
pub fn use_server_status() -> (ServerStatus, Callback<()>) {
    let status = use_state(|| ServerStatus::Asking);
    let ask = {
        let status = status.clone();
        use_callback((), move |(), ()| {
            let status = status.clone();
            status.set(ServerStatus::Asking);
            spawn_local(async move {
                let answer = health::fetch().await;
                status.set(answer.map_or_else(ServerStatus::Failed, ServerStatus::Up));
            });
        })
    };
    {
        let ask = ask.clone();
        use_effect_with((), move |()| ask.emit(()));
    }
    ((*status).clone(), ask)
}
