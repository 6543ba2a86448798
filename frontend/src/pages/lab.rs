//! The editor, for trying it out.

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::widgets::editor::{Editor, EditorMode, Language};

/// A file in one of the two languages.
#[component]
pub fn LabPage() -> Html {
    let language = use_state_eq(|| Language::Elixir);
    let mode = use_state_eq(|| EditorMode::Full);
    let on_language = {
        let language = language.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok()) {
                language.set(Language::from_name(&select.value()));
            }
        })
    };
    let on_mode = {
        let mode = mode.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
                mode.set(if input.checked() { EditorMode::Plain } else { EditorMode::Full });
            }
        })
    };
    html! {
        <>
            <h1>{ "Editor" }</h1>
            <div class="toolbar">
                <label>
                    { "Language " }
                    <select onchange={on_language}>
                        for one in Language::ALL {
                            <option value={one.name()} selected={one == *language}>{ one.label() }</option>
                        }
                    </select>
                </label>
                <label>
                    <input type="checkbox" onchange={on_mode} checked={*mode == EditorMode::Plain} />
                    { " Plain text field" }
                </label>
            </div>
            <Editor key={language.name()} language={*language} mode={*mode} />
            <p class="hint">{ "In the editor, press Escape and then Tab to move on." }</p>
        </>
    }
}
