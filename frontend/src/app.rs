//! What is around every page: the session, short messages, and which page an address shows.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::pages::embed::EmbedPage;
use crate::pages::join::JoinPage;
use crate::pages::lab::LabPage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::start::StartPage;
use crate::routes::Route;
use crate::state::provider;
use crate::state::session::{Session, use_new_session};
use crate::state::toasts::Toasts;
use crate::widgets::frame::Frame;
use crate::widgets::toasts::ToastList;

/// The whole page.
#[component]
pub fn App() -> Html {
    let session = use_new_session();
    let toasts = (*use_memo((), |()| Toasts::default())).clone();
    {
        let toasts = toasts.clone();
        use_effect_with(session.came_back, move |came_back| {
            if let Some(why) = came_back.and_then(provider::why_not) {
                toasts.error(why);
            }
        });
    }
    html! {
        <ContextProvider<Session> context={session}>
            <ContextProvider<Toasts> context={toasts.clone()}>
                <BrowserRouter>
                    <Switch<Route> render={show} />
                </BrowserRouter>
                <ToastList {toasts} />
            </ContextProvider<Toasts>>
        </ContextProvider<Session>>
    }
}

fn show(route: Route) -> Html {
    match route {
        Route::Start => html! { <Frame><StartPage /></Frame> },
        Route::Lab { id } => html! { <LabPage key={id.as_str()} sandbox={id.clone()} /> },
        Route::Join { link } | Route::JoinLong { link } => html! { <Frame><JoinPage {link} /></Frame> },
        Route::Embed { link } => html! { <EmbedPage {link} /> },
        Route::NotFound => html! { <Frame><NotFoundPage /></Frame> },
    }
}
