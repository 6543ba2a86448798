//! An address that nothing has.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::routes::Route;

/// Says so, and leads back.
#[component]
pub fn NotFoundPage() -> Html {
    html! {
        <>
            <h1>{ "There is nothing at this address" }</h1>
            <p><Link<Route> to={Route::Start}>{ "Go to the first page" }</Link<Route>></p>
        </>
    }
}
