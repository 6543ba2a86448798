//! What people say to each other.

use shared::api::live::LiveCommand;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::panels::bounds::BoundsPanel;
use crate::panels::people::PeoplePanel;
use crate::state::lab::use_sandbox;
use crate::state::toasts::use_toasts;
use crate::state::topic::use_topic;
use crate::widgets::ago::ago;

/// Who is here, and the chat.
#[component]
pub fn TogetherPanel() -> Html {
    html! {
        <div class="together">
            <h3>{ "Here now" }</h3>
            <PeoplePanel />
            <BoundsPanel />
            <h3>{ "Chat" }</h3>
            <Chat />
        </div>
    }
}

/// The messages, and a field for one more.
#[component]
fn Chat() -> Html {
    let lab = use_sandbox();
    let version = use_topic(&lab.live.topics().chat);
    let toasts = use_toasts();
    let (list, field) = (use_node_ref(), use_node_ref());
    {
        let list = list.clone();
        use_effect_with(version, move |_| {
            if let Some(list) = list.cast::<Element>() {
                list.set_scroll_top(list.scroll_height());
            }
        });
    }
    let onsubmit = {
        let (lab, field) = (lab.clone(), field.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(field) = field.cast::<HtmlInputElement>() else { return };
            let text = field.value().trim().to_owned();
            if text.is_empty() {
                return;
            }
            let (said, toasts, again) = (text.clone(), toasts.clone(), field.clone());
            let answer = Callback::from(move |answer: crate::state::live::Answer| {
                if let Err(error) = answer {
                    toasts.error(error.message);
                    // What could not be said is not lost.
                    if again.value().is_empty() {
                        again.set_value(&said);
                    }
                }
            });
            field.set_value("");
            lab.live.tell(LiveCommand::Say { text }, answer);
        })
    };
    let messages = lab.live.chat();
    html! {
        <div class="chat">
            <div ref={list} class="chat-list" role="log" aria-label="Chat" tabindex="0">
                if messages.is_empty() {
                    <p class="empty">{ "Nobody has said anything yet." }</p>
                }
                for message in messages {
                    <p key={message.seq} class="chat-message">
                        <span class="chat-who">{ &message.name }</span>
                        <span class="chat-when">{ ago(message.at) }</span>
                        <span class="chat-text">{ &message.text }</span>
                    </p>
                }
            </div>
            <form class="row-form" {onsubmit}>
                <input ref={field} type="text" aria-label="Message" placeholder="Say something" maxlength="4000" autocomplete="off" />
                <button type="submit" class="button">{ "Send" }</button>
            </form>
        </div>
    }
}
