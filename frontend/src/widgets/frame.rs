//! The frame around the pages that are read from top to bottom: skip link, name, who is signed in, theme.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::routes::Route;
use crate::widgets::account::Account;
use crate::widgets::theme_switch::ThemeSwitch;

/// See [`Frame`].
#[derive(PartialEq, Properties)]
pub struct FrameProps {
    /// The page.
    pub children: Html,
}

/// The frame.
#[component]
pub fn Frame(props: &FrameProps) -> Html {
    html! {
        <>
            <SkipLink />
            <header class="top-bar">
                <Link<Route> to={Route::Start} classes="brand">{ "Orrery" }</Link<Route>>
                <span class="spacer"></span>
                <Account />
                <ThemeSwitch />
            </header>
            <main id="main" class="page" tabindex="-1">{ props.children.clone() }</main>
        </>
    }
}

/// Leads past what is on every page.
#[component]
pub fn SkipLink() -> Html {
    html! { <a class="skip-link" href="#main" onclick={skip_to_main()}>{ "Skip to content" }</a> }
}

/// Moves the focus. The link alone would also change the address, relative to `<base>` and not to the page.
fn skip_to_main() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| {
        event.prevent_default();
        use wasm_bindgen::JsCast as _;
        let page = web_sys::window().and_then(|window| window.document());
        let main = page.and_then(|page| page.get_element_by_id("main"));
        if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Focus fails only for elements that are not shown, and this one is.
            drop(main.focus());
        }
    })
}
