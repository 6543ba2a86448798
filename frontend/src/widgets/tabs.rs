//! Tabs over a place where one of several panels is open (ARIA Authoring Practices, "Tabs").

use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;
use yew::prelude::*;

/// A tab.
#[derive(Debug, Clone, PartialEq)]
pub struct Tab {
    /// Names it in the address.
    pub id: &'static str,
    /// As people read it.
    pub label: &'static str,
    /// How much there is to see, where that is worth knowing.
    pub count: Option<usize>,
}

impl Tab {
    /// A tab without a number.
    #[must_use]
    pub const fn new(id: &'static str, label: &'static str) -> Self {
        Self { id, label, count: None }
    }
}

/// See [`Tabs`].
#[derive(Clone, PartialEq, Properties)]
pub struct TabsProps {
    /// What they choose between.
    pub label: AttrValue,
    /// Begins the names of the elements.
    pub prefix: AttrValue,
    /// The id of the panel; `{prefix}-panel` when nothing is given.
    #[prop_or_default]
    pub panel: Option<AttrValue>,
    /// All of them.
    pub tabs: Vec<Tab>,
    /// The one whose panel is open.
    pub open: AttrValue,
    /// Called with another one.
    pub on_open: Callback<&'static str>,
}

/// The tabs.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let onkeydown = {
        let props = props.clone();
        Callback::from(move |event: KeyboardEvent| {
            let count = props.tabs.len();
            let at = props.tabs.iter().position(|tab| tab.id == props.open).unwrap_or(0);
            let to = match event.key().as_str() {
                "ArrowRight" => (at + 1) % count,
                "ArrowLeft" => (at + count - 1) % count,
                "Home" => 0,
                "End" => count - 1,
                _ => return,
            };
            event.prevent_default();
            let id = props.tabs[to].id;
            props.on_open.emit(id);
            let page = web_sys::window().and_then(|window| window.document());
            let tab = page.and_then(|page| page.get_element_by_id(&format!("{}-{id}", props.prefix)));
            if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
                // It is shown, so it can have the focus.
                drop(tab.focus());
            }
        })
    };
    let panel = props.panel.clone().unwrap_or_else(|| format!("{}-panel", props.prefix).into());
    html! {
        <div class="tabs" role="tablist" aria-label={props.label.clone()} {onkeydown}>
            for tab in props.tabs.clone() {
                <button
                    key={tab.id}
                    type="button"
                    role="tab"
                    id={format!("{}-{}", props.prefix, tab.id)}
                    aria-selected={if tab.id == props.open { "true" } else { "false" }}
                    aria-controls={panel.clone()}
                    tabindex={if tab.id == props.open { "0" } else { "-1" }}
                    onclick={props.on_open.reform(move |_: MouseEvent| tab.id)}
                >
                    { tab.label }
                    if let Some(count) = tab.count {
                        <span class="count">{ count }</span>
                    }
                </button>
            }
        </div>
    }
}
