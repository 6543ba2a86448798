//! A sandbox: its files, its program, and everybody in it.

mod outside;

use yew::prelude::*;

use crate::panels::chat::TogetherPanel;
use crate::panels::code::CodePanel;
use crate::panels::console::ConsolePanel;
use crate::panels::events::EventsPanel;
use crate::panels::files::FilesPanel;
use crate::panels::inspector::InspectorPanel;
use crate::panels::messages::MessagesPanel;
use crate::panels::problems::ProblemsPanel;
use crate::panels::processes::ProcessesPanel;
use crate::panels::resources::ResourcesPanel;
use crate::panels::run_controls::RunControls;
use crate::panels::session::SessionPanel;
use crate::panels::tables::TablesPanel;
use crate::panels::timeline::TimelinePanel;
use crate::panels::top_bar::TopBar;
use crate::panels::tree::TreePanel;
use crate::state::activity::use_activity;
use crate::state::lab::{Lab, use_sandbox};
use crate::state::session::{Who, use_session};
use crate::state::topic::use_topic;
use crate::widgets::entrance::Entrance;
use crate::widgets::frame::{Frame, SkipLink};
use crate::widgets::splitter::{Direction, Splitter};
use crate::widgets::tabs::{Tab, Tabs};
use outside::{Outside, use_why};

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

/// The parts that a narrow window shows one of.
const PLACES: [Tab; 4] =
    [Tab::new("files", "Files"), Tab::new("code", "Code"), Tab::new("bottom", "Output"), Tab::new("side", "Processes")];

/// See [`LabView`].
#[derive(PartialEq, Properties)]
pub struct LabViewProps {
    /// `sandbox-…`
    pub sandbox: AttrValue,
    /// Whether it stands in a frame of another page.
    #[prop_or_default]
    pub is_embedded: bool,
    /// Parts that are not shown: of `files`, `code`, `output`, `processes`.
    #[prop_or_default]
    pub hidden: Vec<&'static str>,
}

/// A sandbox that is open.
#[component]
pub fn LabView(props: &LabViewProps) -> Html {
    let attempt = use_state_eq(|| 0_u32);
    let lab = (*use_memo((props.sandbox.clone(), *attempt), |(sandbox, _)| Lab::open(sandbox))).clone();
    use_activity(&lab.document);
    let place = use_state_eq(|| "code");
    if let Some(why) = use_why(&lab) {
        let on_again = Callback::from(move |()| attempt.set(*attempt + 1));
        return html! { <Outside {lab} {why} is_embedded={props.is_embedded} {on_again} /> };
    }
    html! {
        <ContextProvider<Lab> context={lab}>
            if !props.is_embedded {
                <SkipLink />
            }
            <div class={classes!("lab", props.is_embedded.then_some("embedded"))} data-place={*place} data-without={props.hidden.join(" ")}>
                <TopBar is_embedded={props.is_embedded}><RunControls /></TopBar>
                <Moment />
                <nav class="places" aria-label="Parts">
                    <Tabs label="Parts of the sandbox" prefix="place" panel="main" tabs={PLACES.to_vec()} open={*place} on_open={
                        let place = place.setter();
                        Callback::from(move |id| place.set(id))
                    } />
                </nav>
                <main id="main" class="lab-body" tabindex="-1">
                    <section class="pane pane-files" aria-label="Files"><FilesPanel /></section>
                    <Splitter label="Width of the files" property="--files" direction={Direction::Columns} sizes={(200, 120, 480)} />
                    <div class="lab-middle">
                        <section class="pane pane-code" aria-label="Code"><CodePanel /></section>
                        <Splitter label="Height of the output" property="--bottom" direction={Direction::Rows} is_behind=true sizes={(260, 80, 800)} />
                        <section class="pane pane-bottom" aria-label="Output"><Bottom /></section>
                    </div>
                    <Splitter label="Width of the processes" property="--side" direction={Direction::Columns} is_behind=true sizes={(400, 200, 1000)} />
                    <section class="pane pane-side" aria-label="Processes"><Side /></section>
                </main>
            </div>
        </ContextProvider<Lab>>
    }
}

/// Says that the panels show the past, and leads back.
#[component]
fn Moment() -> Html {
    let lab = use_sandbox();
    use_topic(lab.selected.topic());
    let Some(at) = lab.selected.get().at else { return Html::default() };
    let when = lab.live.with_run(|run| run.event(at).map(|event| event.at));
    let when = when.map_or_else(String::new, |at| format!(" at {}.{:03} s", at.millis() / 1000, at.millis() % 1000));
    let back = {
        let selected = lab.selected.clone();
        Callback::from(move |_: MouseEvent| selected.change(|it| it.at = None))
    };
    html! {
        <div class="moment" role="status">
            <span>{ format!("You look at the past: after event {}{when}", at.0) }</span>
            <button type="button" class="button quiet" onclick={back}>{ "Back to now" }</button>
        </div>
    }
}

/// What lies at the bottom.
#[component]
fn Bottom() -> Html {
    let lab = use_sandbox();
    use_topic(lab.selected.topic());
    use_topic(&lab.live.topics().run);
    let problems = lab.live.with_run(|run| run.diagnostics().len());
    let tabs = vec![
        Tab::new("console", "Console"),
        Tab { count: (problems > 0).then_some(problems), ..Tab::new("problems", "Problems") },
        Tab::new("session", "IEx"),
        Tab::new("events", "Events"),
        Tab::new("messages", "Messages"),
        Tab::new("timeline", "Timeline"),
        Tab::new("tables", "Tables"),
        Tab::new("resources", "Resources"),
    ];
    let open = open_of(&tabs, lab.selected.get().bottom.as_deref());
    let on_open = {
        let selected = lab.selected.clone();
        Callback::from(move |id: &'static str| selected.change(|it| it.bottom = Some(id.to_owned())))
    };
    let panel = match open {
        "problems" => html! { <ProblemsPanel /> },
        "events" => html! { <EventsPanel /> },
        "messages" => html! { <MessagesPanel /> },
        "timeline" => html! { <TimelinePanel /> },
        "tables" => html! { <TablesPanel /> },
        "session" => html! { <SessionPanel /> },
        "resources" => html! { <ResourcesPanel /> },
        _ => html! { <ConsolePanel /> },
    };
    html! {
        <>
            <Tabs label="Output" prefix="bottom" tabs={tabs.clone()} {open} {on_open} />
            <div id="bottom-panel" class="panel" role="tabpanel" aria-labelledby={format!("bottom-{open}")}>
                <h2 class="visually-hidden">{ label_of(&tabs, open) }</h2>
                { panel }
            </div>
        </>
    }
}

/// What lies at the side.
#[component]
fn Side() -> Html {
    let lab = use_sandbox();
    use_topic(lab.selected.topic());
    let tabs = vec![
        Tab::new("tree", "Tree"),
        Tab::new("processes", "Processes"),
        Tab::new("inspect", "Inspect"),
        Tab::new("together", "Together"),
    ];
    let open = open_of(&tabs, lab.selected.get().side.as_deref());
    let on_open = {
        let selected = lab.selected.clone();
        Callback::from(move |id: &'static str| selected.change(|it| it.side = Some(id.to_owned())))
    };
    let panel = match open {
        "processes" => html! { <ProcessesPanel /> },
        "inspect" => html! { <InspectorPanel /> },
        "together" => html! { <TogetherPanel /> },
        _ => html! { <TreePanel /> },
    };
    html! {
        <>
            <Tabs label="Processes" prefix="side" tabs={tabs.clone()} {open} {on_open} />
            <div id="side-panel" class="panel" role="tabpanel" aria-labelledby={format!("side-{open}")}>
                <h2 class="visually-hidden">{ label_of(&tabs, open) }</h2>
                { panel }
            </div>
        </>
    }
}

/// What an open tab is called.
fn label_of(tabs: &[Tab], open: &str) -> &'static str {
    tabs.iter().find(|tab| tab.id == open).map_or("", |tab| tab.label)
}

/// The tab of this name; the first one when there is none.
fn open_of(tabs: &[Tab], wanted: Option<&str>) -> &'static str {
    tabs.iter().find(|tab| Some(tab.id) == wanted).map_or(tabs[0].id, |tab| tab.id)
}
