//! The frame around every page: skip link, navigation, theme.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::pages::lab::LabPage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::start::StartPage;
use crate::routes::Route;
use crate::widgets::theme_switch::ThemeSwitch;

/// The whole page.
#[component]
pub fn App() -> Html {
    html! {
        <BrowserRouter>
            <a class="skip-link" href="#main" onclick={skip_to_main()}>{ "Skip to content" }</a>
            <header class="top-bar">
                <Link<Route> to={Route::Start} classes="brand">{ "Orrery" }</Link<Route>>
                <nav aria-label="Main">
                    <Link<Route> to={Route::Lab}>{ "Editor" }</Link<Route>>
                </nav>
                <ThemeSwitch />
            </header>
            <main id="main" class="page" tabindex="-1">
                <Switch<Route> render={show} />
            </main>
        </BrowserRouter>
    }
}

fn show(route: Route) -> Html {
    match route {
        Route::Start => html! { <StartPage /> },
        Route::Lab => html! { <LabPage /> },
        Route::NotFound => html! { <NotFoundPage /> },
    }
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
