//! A sandbox: its files, its program, and everybody in it.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::panels::chat::TogetherPanel;
use crate::panels::code::CodePanel;
use crate::panels::files::FilesPanel;
use crate::panels::top_bar::TopBar;
use crate::routes::Route;
use crate::state::activity::use_activity;
use crate::state::document::Connection;
use crate::state::lab::Lab;
use crate::state::session::{Who, use_session};
use crate::state::topic::use_topic;
use crate::widgets::entrance::Entrance;
use crate::widgets::frame::{Frame, SkipLink};
use crate::widgets::splitter::{Direction, Splitter};
use crate::widgets::tabs::{Tab, Tabs};

/// See [`LabPage`].
#[derive(PartialEq, Properties)]
pub struct LabPageProps {
    /// `sandbox-…`
    pub sandbox: AttrValue,
}

/// The page, for those who are signed in; the others come in first.
#[component]
pub fn LabPage(props: &LabPageProps) -> Html {
    let session = use_session();
    match session.who {
        Who::User(_) => html! { <LabView sandbox={props.sandbox.clone()} /> },
        Who::Asking => html! { <Frame><div class="skeleton skeleton-title" aria-busy="true"></div></Frame> },
        Who::Nobody => html! {
            <Frame>
                <h1>{ "Come in first" }</h1>
                <p>{ "This sandbox is for those who are in it. If somebody gave you a link, open that one." }</p>
                <section class="card narrow"><Entrance /></section>
            </Frame>
        },
    }
}

/// The panels that a narrow window shows one of.
const PLACES: [Tab; 3] = [Tab::new("files", "Files"), Tab::new("code", "Code"), Tab::new("side", "Together")];

/// See [`LabView`].
#[derive(PartialEq, Properties)]
pub struct LabViewProps {
    /// `sandbox-…`
    pub sandbox: AttrValue,
    /// Whether it stands in a frame of another page.
    #[prop_or_default]
    pub is_embedded: bool,
}

/// A sandbox that is open.
#[component]
pub fn LabView(props: &LabViewProps) -> Html {
    let lab = (*use_memo(props.sandbox.clone(), |sandbox| Lab::open(sandbox))).clone();
    use_activity(&lab.document);
    use_topic(lab.document.connection_topic());
    let place = use_state_eq(|| "code");
    if let Connection::Closed(reason) = lab.document.connection()
        && lab.live.about().is_none()
    {
        return closed(&reason);
    }
    let on_run = Callback::noop();
    html! {
        <ContextProvider<Lab> context={lab}>
            if !props.is_embedded {
                <SkipLink />
            }
            <div class={classes!("lab", props.is_embedded.then_some("embedded"))} data-place={*place}>
                <TopBar is_embedded={props.is_embedded} />
                <div class="places">
                    <Tabs label="Parts of the sandbox" prefix="place" tabs={PLACES.to_vec()} open={*place} on_open={
                        let place = place.setter();
                        Callback::from(move |id| place.set(id))
                    } />
                </div>
                <main id="main" class="lab-body" tabindex="-1">
                    <section class="pane pane-files" aria-label="Files"><FilesPanel /></section>
                    <Splitter label="Width of the files" property="--files" direction={Direction::Columns} sizes={(208, 120, 480)} />
                    <section class="pane pane-code" aria-label="Code"><CodePanel {on_run} /></section>
                    <Splitter label="Width of the side" property="--side" direction={Direction::Columns} is_behind=true sizes={(320, 200, 900)} />
                    <section class="pane pane-side" aria-label="Together"><TogetherPanel /></section>
                </main>
            </div>
        </ContextProvider<Lab>>
    }
}

fn closed(reason: &str) -> Html {
    html! {
        <Frame>
            <h1>{ "This sandbox cannot be opened" }</h1>
            <p>{ if reason.is_empty() { "There is none at this address, or you are not in it." } else { reason } }</p>
            <p>{ "If somebody gave you a link, open that one. If it was deleted, its copies are still there." }</p>
            <p><Link<Route> to={Route::Start}>{ "Go to the first page" }</Link<Route>></p>
        </Frame>
    }
}
