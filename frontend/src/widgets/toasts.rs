//! Short messages at the edge of the page.

use yew::prelude::*;

use crate::state::toasts::Toasts;
use crate::state::topic::use_topic;

/// See [`ToastList`].
#[derive(PartialEq, Properties)]
pub struct ToastListProps {
    /// The messages.
    pub toasts: Toasts,
}

/// The messages that are shown; assistive technology reads new ones.
#[component]
pub fn ToastList(props: &ToastListProps) -> Html {
    use_topic(props.toasts.topic());
    let toasts = &props.toasts;
    html! {
        <div class="toasts" role="region" aria-label="Messages">
            <div aria-live="polite">
                for toast in toasts.shown() {
                    <div key={toast.id} class={classes!("toast", toast.is_error.then_some("error"))}>
                        <span class="toast-text">{ &toast.text }</span>
                        if toast.undo.is_some() {
                            <button type="button" class="button" onclick={act(toasts, toast.id, Toasts::undo)}>
                                { "Undo" }
                            </button>
                        }
                        <button
                            type="button"
                            class="button quiet icon-button"
                            aria-label="Close this message"
                            onclick={act(toasts, toast.id, Toasts::close)}
                        >{ "✕" }</button>
                    </div>
                }
            </div>
        </div>
    }
}

fn act(toasts: &Toasts, id: u64, what: fn(&Toasts, u64)) -> Callback<MouseEvent> {
    let toasts = toasts.clone();
    Callback::from(move |_| what(&toasts, id))
}
