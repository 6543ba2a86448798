//! A field of a form with its label.

use web_sys::HtmlInputElement;
use yew::prelude::*;

/// See [`Field`].
#[derive(PartialEq, Properties)]
pub struct FieldProps {
    /// What it asks for.
    pub label: AttrValue,
    /// What is in it.
    pub value: UseStateHandle<String>,
    /// `text` or `password`.
    #[prop_or(AttrValue::Static("text"))]
    pub kind: AttrValue,
    /// What the browser may fill in.
    #[prop_or(AttrValue::Static("off"))]
    pub autocomplete: AttrValue,
    /// What has to be kept to.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// Longest text.
    #[prop_or(256)]
    pub longest: u32,
}

/// A text field.
#[component]
pub fn Field(props: &FieldProps) -> Html {
    let value = props.value.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            value.set(input.value());
        }
    });
    html! {
        <label class="field">
            <span class="field-label">{ &props.label }</span>
            <input
                type={props.kind.clone()}
                value={(*props.value).clone()}
                autocomplete={props.autocomplete.clone()}
                maxlength={props.longest.to_string()}
                spellcheck="false"
                {oninput}
            />
            if let Some(hint) = &props.hint {
                <span class="field-hint">{ hint }</span>
            }
        </label>
    }
}
