//! A dialog: the browser's own, so that focus stays in it, Escape closes it and what is behind it rests.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// See [`Dialog`].
#[derive(PartialEq, Properties)]
pub struct DialogProps {
    /// What it is about.
    pub title: AttrValue,
    /// Called when somebody closes it; whoever shows it takes it away then.
    pub on_close: Callback<()>,
    /// How it looks beside the usual.
    #[prop_or_default]
    pub class: Classes,
    /// What is in it.
    pub children: Html,
}

/// A dialog that is open for as long as it is shown.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let place = use_node_ref();
    {
        let place = place.clone();
        use_effect_with((), move |()| {
            // Where the focus goes back to.
            let opener = web_sys::window().and_then(|window| window.document()).and_then(|page| page.active_element());
            if let Some(dialog) = place.cast::<HtmlDialogElement>() {
                // It fails when it is open already.
                drop(dialog.show_modal());
            }
            move || {
                use wasm_bindgen::JsCast as _;
                if let Some(opener) = opener.and_then(|opener| opener.dyn_into::<web_sys::HtmlElement>().ok()) {
                    // Whatever opened it may be gone.
                    drop(opener.focus());
                }
            }
        });
    }
    let close = props.on_close.reform(|_: MouseEvent| ());
    // Escape: the browser would close it and leave it in the page.
    let oncancel = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            on_close.emit(());
        })
    };
    html! {
        <dialog ref={place} class={classes!("dialog", props.class.clone())} aria-label={props.title.clone()} {oncancel}>
            <div class="dialog-head">
                <h2>{ &props.title }</h2>
                <button type="button" class="button quiet icon-button" aria-label="Close" onclick={close}>{ "✕" }</button>
            </div>
            { props.children.clone() }
        </dialog>
    }
}
