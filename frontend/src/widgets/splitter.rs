//! A bar between two panes that can be dragged, or moved with the arrow keys (ARIA Authoring Practices, "Window
//! Splitter"). Where it stands is remembered in this browser.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, PointerEvent};
use yew::prelude::*;

use crate::state::storage;

/// Which way the panes lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Beside each other.
    Columns,
    /// Above each other.
    Rows,
}

/// See [`Splitter`].
#[derive(Clone, PartialEq, Properties)]
pub struct SplitterProps {
    /// What the pane is called.
    pub label: AttrValue,
    /// The property of the style that says how large the pane is, in pixels; and the key under which it is remembered.
    pub property: AttrValue,
    /// Which way the panes lie.
    pub direction: Direction,
    /// Whether the pane lies behind the bar: then it grows when the bar moves towards the beginning.
    #[prop_or_default]
    pub is_behind: bool,
    /// How large it is at first, at least, and at most.
    pub sizes: (i32, i32, i32),
}

/// How far one press of an arrow key moves it, in pixels.
const STEP: i32 = 24;

/// The bar.
#[component]
pub fn Splitter(props: &SplitterProps) -> Html {
    let (first, least, most) = props.sizes;
    let key = format!("orrery.size.{}", props.property);
    let size = {
        let key = key.clone();
        use_state_eq(move || {
            storage::get(&key).and_then(|text| text.parse::<i32>().ok()).unwrap_or(first).clamp(least, most)
        })
    };
    let place = use_node_ref();
    let drag = use_mut_ref(|| None::<(i32, i32)>);
    {
        let (place, property) = (place.clone(), props.property.clone());
        use_effect_with(*size, move |size| {
            let parent = place.cast::<Element>().and_then(|bar| bar.parent_element());
            if let Some(parent) = parent.and_then(|parent| parent.dyn_into::<HtmlElement>().ok()) {
                // Only a property without a name would fail.
                drop(parent.style().set_property(&property, &format!("{size}px")));
            }
        });
    }
    let set = {
        let size = size.setter();
        move |value: i32| {
            let value = value.clamp(least, most);
            size.set(value);
            storage::set(&key, &value.to_string());
        }
    };
    let is_row = props.direction == Direction::Rows;
    let along = move |event: &PointerEvent| if is_row { event.client_y() } else { event.client_x() };
    let sign = if props.is_behind { -1 } else { 1 };
    let onpointerdown = {
        let (drag, size) = (drag.clone(), *size);
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            drag.replace(Some((along(&event), size)));
            if let Some(bar) = event.target_dyn_into::<Element>() {
                // The pointer may have gone already.
                drop(bar.set_pointer_capture(event.pointer_id()));
            }
        })
    };
    let onpointermove = {
        let (drag, set) = (drag.clone(), set.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some((from, size)) = *drag.borrow() {
                set(size + sign * (along(&event) - from));
            }
        })
    };
    let onpointerup = Callback::from(move |_: PointerEvent| {
        drag.take();
    });
    let onkeydown = {
        let size = *size;
        Callback::from(move |event: KeyboardEvent| {
            let (back, on) = if is_row { ("ArrowUp", "ArrowDown") } else { ("ArrowLeft", "ArrowRight") };
            let wanted = match event.key() {
                key if key == back => size - sign * STEP,
                key if key == on => size + sign * STEP,
                key if key == "Home" => least,
                key if key == "End" => most,
                key if key == "Enter" => {
                    if size == least {
                        first
                    } else {
                        least
                    }
                }
                _ => return,
            };
            event.prevent_default();
            set(wanted);
        })
    };
    html! {
        <div
            ref={place}
            class={classes!("splitter", if is_row { "rows" } else { "columns" })}
            role="separator"
            tabindex="0"
            aria-label={props.label.clone()}
            aria-orientation={if is_row { "horizontal" } else { "vertical" }}
            aria-valuenow={size.to_string()}
            aria-valuemin={least.to_string()}
            aria-valuemax={most.to_string()}
            {onpointerdown}
            {onpointermove}
            onpointerup={onpointerup.clone()}
            onpointercancel={onpointerup}
            {onkeydown}
        ></div>
    }
}
