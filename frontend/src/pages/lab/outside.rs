//! What is shown to those who cannot be in the sandbox: why, and that they come in by themselves when they can.

use gloo_timers::callback::Interval;
use shared::api::ErrorBody;
use yew::platform::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::net::{NetError, sandboxes};
use crate::routes::Route;
use crate::state::lab::Lab;
use crate::state::topic::use_seen;
use crate::widgets::frame::Frame;

/// How often it is looked whether another session has begun.
const LOOK_MILLIS: u32 = 4_000;

/// Why somebody cannot be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// The session is over.
    Over,
    /// As many are in as may be.
    Full(String),
    /// There is no such sandbox, or not for them.
    Closed(String),
}

/// Why one cannot be in, as soon as that is known; nothing while one is in, or on the way.
#[hook]
pub(super) fn use_why(lab: &Lab) -> Option<Why> {
    let why = use_state_eq(|| None::<Why>);
    let refused = {
        let document = lab.document.clone();
        use_seen(lab.document.connection_topic(), move || document.refused())
    };
    {
        let (lab, setter) = (lab.clone(), why.setter());
        use_effect_with((lab.sandbox.clone(), lab.document.clone(), refused.clone()), move |(_, _, refused)| {
            match refused.clone() {
                None => setter.set(None),
                // A socket cannot say why it was not opened.
                Some(said) => spawn_local(async move {
                    let answer = sandboxes::get(&lab.sandbox).await;
                    let has_been_in = lab.live.about().is_some();
                    // Whoever has come in meanwhile is in.
                    if lab.document.refused().is_some() {
                        setter.set(read(answer.map(drop), has_been_in, said));
                    }
                }),
            }
        });
    }
    refused.and((*why).clone())
}

/// Why somebody cannot be in, by what the server says of the sandbox and by what it said when it closed the connection.
fn read(answer: Result<(), NetError>, has_been_in: bool, said: String) -> Option<Why> {
    match answer {
        Err(NetError::Refused(ErrorBody { code, .. })) if code == "session_ended" => Some(Why::Over),
        // Whoever was in keeps what they see; how it stands is said at the top.
        _ if has_been_in => None,
        Err(NetError::Refused(ErrorBody { code, .. })) if code == "not_found" => Some(Why::Closed(String::new())),
        Err(NetError::Refused(error)) => Some(Why::Closed(error.message)),
        Ok(()) if !said.is_empty() => Some(Why::Full(said)),
        Ok(()) | Err(_) => None,
    }
}

/// See [`Outside`].
#[derive(PartialEq, Properties)]
pub(super) struct OutsideProps {
    pub(super) lab: Lab,
    pub(super) why: Why,
    /// Whether it stands in a frame of another page.
    pub(super) is_embedded: bool,
    /// Called when another session has begun.
    pub(super) on_again: Callback<()>,
}

/// See the module.
#[component]
pub(super) fn Outside(props: &OutsideProps) -> Html {
    {
        let (sandbox, on_again) = (props.lab.sandbox.clone(), props.on_again.clone());
        let is_over = props.why == Why::Over;
        use_effect_with(is_over, move |is_over| {
            let look = is_over.then(|| {
                Interval::new(LOOK_MILLIS, move || {
                    let (sandbox, on_again) = (sandbox.clone(), on_again.clone());
                    spawn_local(async move {
                        if sandboxes::get(&sandbox).await.is_ok() {
                            on_again.emit(());
                        }
                    });
                })
            });
            move || drop(look)
        });
    }
    let retry = {
        let document = props.lab.document.clone();
        Callback::from(move |_: MouseEvent| document.retry())
    };
    let text = match &props.why {
        Why::Over => html! {
            <>
                <h1>{ "This session is over" }</h1>
                <p role="status">{ "Everything that was written is kept. When somebody who leads the sandbox begins another session, it opens here by itself." }</p>
            </>
        },
        Why::Full(said) => html! {
            <>
                <h1>{ "This sandbox is full" }</h1>
                <p role="status">{ format!("{said}. It is tried again every few seconds: when there is room, the sandbox opens here by itself.") }</p>
                <p><button type="button" class="button" onclick={retry}>{ "Try now" }</button></p>
            </>
        },
        Why::Closed(said) => html! {
            <>
                <h1>{ "This sandbox cannot be opened" }</h1>
                <p>{ if said.is_empty() { "There is none at this address, or you are not in it." } else { said } }</p>
                <p>{ "If somebody gave you a link, open that one. If it was deleted, its copies are still there." }</p>
            </>
        },
    };
    if props.is_embedded {
        return html! { <main class="page">{ text }</main> };
    }
    html! {
        <Frame>
            { text }
            <p><Link<Route> to={Route::Start}>{ "Go to the first page" }</Link<Route>></p>
        </Frame>
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_the_server_says_tells_why_one_is_outside() {
        let refused = |code: &str| {
            let body = ErrorBody { code: code.to_owned(), message: "no".to_owned(), request_id: String::new() };
            Err(NetError::Refused(body))
        };
        assert_eq!(read(refused("session_ended"), true, String::new()), Some(Why::Over));
        assert_eq!(read(refused("not_found"), true, "Your link was revoked".to_owned()), None);
        assert_eq!(read(refused("not_found"), false, String::new()), Some(Why::Closed(String::new())));
        assert_eq!(read(refused("approval_pending"), false, String::new()), Some(Why::Closed("no".to_owned())));
        assert_eq!(read(Ok(()), false, "As many".to_owned()), Some(Why::Full("As many".to_owned())));
        assert_eq!(read(Ok(()), false, String::new()), None);
        assert_eq!(read(Err(NetError::Unreachable), false, "x".to_owned()), None);
    }
}
