//! The supervision tree, as it is at the moment that is looked at: who supervises whom, what was restarted, what crashed;
//! with buttons to make it happen.
//!
//! It is a tree to assistive technology too (ARIA Authoring Practices, "Tree View"): the arrow keys lead through it.

mod shape;

use shared::access::Operation;
use shared::api::live::LiveCommand;
use shared::command::Command;
use shared::{Etf, Pid};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::panels::run_controls::tell;
use crate::state::lab::{Lab, use_may, use_sandbox};
use crate::state::storage;
use crate::state::toasts::{Toasts, use_toasts};
use crate::state::topic::use_topic;
use shape::{Row, restarts_and_crashes, rows};
pub use shape::{name, system};

/// Where it is remembered who wants to see the processes of the system, too.
const SYSTEM_KEY: &str = "orrery.system-processes";

/// The tree.
#[component]
pub fn TreePanel() -> Html {
    let lab = use_sandbox();
    let toasts = use_toasts();
    use_topic(&lab.live.topics().world);
    use_topic(&lab.live.topics().run);
    use_topic(lab.selected.topic());
    let may_kill = use_may(Operation::ChangeState);
    let with_system = use_state_eq(|| storage::get(SYSTEM_KEY).is_some());
    let closed = use_state_eq(std::collections::BTreeSet::<Pid>::new);
    let selection = lab.selected.get();
    let (rows, totals, has_run, is_alive) = lab.live.with_run_mut(|run| {
        let has_run = run.status().is_some();
        let is_alive = run.status().is_some_and(|status| status.state.is_alive());
        let world = run.at(selection.at);
        (rows(world, *with_system, &closed), restarts_and_crashes(world, &system(world)), has_run, is_alive)
    });
    let on_system = {
        let with_system = with_system.clone();
        Callback::from(move |_: Event| {
            if *with_system {
                storage::remove(SYSTEM_KEY)
            } else {
                storage::set(SYSTEM_KEY, "yes")
            }
            with_system.set(!*with_system);
        })
    };
    let toggle = use_callback(closed.clone(), |pid: Pid, closed| {
        let mut changed = (**closed).clone();
        if !changed.remove(&pid) {
            changed.insert(pid);
        }
        closed.set(changed);
    });
    let selected = selection.pid.filter(|pid| rows.iter().any(|row| row.pid == *pid));
    let focusable = selected.or_else(|| rows.first().map(|row| row.pid));
    let may_act = may_kill && is_alive && selection.at.is_none();
    let chosen = rows.iter().find(|row| may_act && selected == Some(row.pid) && row.reason.is_none());
    let chosen = chosen.map(|row| (row.pid, row.name.clone()));
    html! {
        <div class="tree-panel">
            <div class="panel-tools">
                <span class="muted">{ format!("{}, {}", counted(totals.0, "restart"), counted(totals.1, "crash")) }</span>
                <label class="small-switch"><input type="checkbox" checked={*with_system} onchange={on_system} />{ " System" }</label>
                <span class="spacer"></span>
                if let Some((pid, name)) = chosen {
                    <button
                        type="button"
                        class="button quiet"
                        aria-label={format!("Kill {name}")}
                        title="It ends at once (exit reason :kill)"
                        onclick={exit(&lab, &toasts, pid, "kill")}
                    >{ "Kill" }</button>
                    <button
                        type="button"
                        class="button quiet"
                        aria-label={format!("Restart {name}")}
                        title="It is asked to end (exit reason :shutdown); its supervisor then does what its strategy says"
                        onclick={exit(&lab, &toasts, pid, "shutdown")}
                    >{ "Restart" }</button>
                }
            </div>
            if rows.is_empty() {
                <p class="empty padded">
                    { if has_run { "No process of the program is alive." } else { "Run the program: its processes stand here, under those who supervise them." } }
                </p>
            } else {
                <Rows {rows} {selected} {focusable} {toggle} />
            }
        </div>
    }
}

/// See [`Rows`].
#[derive(PartialEq, Properties)]
struct RowsProps {
    rows: Vec<Row>,
    selected: Option<Pid>,
    /// The row that the Tab key leads to.
    focusable: Option<Pid>,
    toggle: Callback<Pid>,
}

/// The rows: a part of its own, so that nothing is done for them while they stay as they are.
#[component]
fn Rows(props: &RowsProps) -> Html {
    let lab = use_sandbox();
    let RowsProps { rows, selected, focusable, toggle } = props;
    let onkeydown = keys(&lab, rows, toggle);
    html! {
        <ul class="tree" role="tree" aria-label="Supervision tree" {onkeydown}>
            for row in rows.iter() {
                <li
                    key={row.pid.0}
                    id={format!("tree-{}", row.pid.0)}
                    role="treeitem"
                    class={classes!("tree-row", row.state, (*selected == Some(row.pid)).then_some("selected"))}
                    style={format!("--depth: {}", row.depth)}
                    aria-level={(row.depth + 1).to_string()}
                    aria-expanded={row.is_open.map(|open| if open { "true" } else { "false" })}
                    aria-selected={if *selected == Some(row.pid) { "true" } else { "false" }}
                    tabindex={if *focusable == Some(row.pid) { "0" } else { "-1" }}
                    onclick={select(&lab, row.pid)}
                >
                    <span
                        class={classes!("twist", row.is_open.map(|open| if open { "open" } else { "shut" }))}
                        aria-hidden="true"
                        onclick={let pid = row.pid; toggle.reform(move |_: MouseEvent| pid)}
                    ></span>
                    <span class={classes!("shape", row.shape)} aria-hidden="true"></span>
                    <span class="tree-name">{ &row.name }</span>
                    <span class="tree-role">{ &row.role }</span>
                    if row.restarts > 0 {
                        <span class="restarts" aria-hidden="true" title="How often it was restarted">{ format!("↻ {}", row.restarts) }</span>
                    }
                    if let Some(reason) = &row.reason {
                        <span class="tree-reason">{ reason }</span>
                    }
                    <span class="visually-hidden">{ row.said.clone() }</span>
                </li>
            }
        </ul>
    }
}

/// Sends an exit signal from outside.
pub fn exit(lab: &Lab, toasts: &Toasts, pid: Pid, reason: &'static str) -> Callback<MouseEvent> {
    let (lab, toasts) = (lab.clone(), toasts.clone());
    Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        let input = Box::new(Command::Exit { pid, reason: Etf::atom(reason) });
        tell(&lab, &toasts, LiveCommand::Tell { input });
    })
}

fn select(lab: &Lab, pid: Pid) -> Callback<MouseEvent> {
    let selected = lab.selected.clone();
    Callback::from(move |_| selected.change(|selection| selection.pid = Some(pid)))
}

fn keys(lab: &Lab, rows: &[Row], toggle: &Callback<Pid>) -> Callback<KeyboardEvent> {
    let (selected, toggle) = (lab.selected.clone(), toggle.clone());
    let rows: Vec<(Pid, usize, Option<bool>)> = rows.iter().map(|row| (row.pid, row.depth, row.is_open)).collect();
    Callback::from(move |event: KeyboardEvent| {
        let is_row = event.target_dyn_into::<HtmlElement>().is_some_and(|it| it.get_attribute("role").is_some());
        if !is_row {
            return;
        }
        let now = selected.get().pid;
        let at = rows.iter().position(|(pid, ..)| Some(*pid) == now).unwrap_or(0);
        let (pid, depth, is_open) = rows[at];
        let to = match event.key().as_str() {
            "ArrowDown" => (at + 1).min(rows.len() - 1),
            "ArrowUp" => at.saturating_sub(1),
            "Home" => 0,
            "End" => rows.len() - 1,
            "ArrowRight" if is_open == Some(false) => {
                toggle.emit(pid);
                at
            }
            "ArrowRight" if is_open == Some(true) => (at + 1).min(rows.len() - 1),
            "ArrowLeft" if is_open == Some(true) => {
                toggle.emit(pid);
                at
            }
            "ArrowLeft" => rows[..at].iter().rposition(|(_, other, _)| *other < depth).unwrap_or(at),
            "Enter" | " " => at,
            _ => return,
        };
        event.prevent_default();
        let pid = rows[to].0;
        selected.change(|selection| selection.pid = Some(pid));
        let page = web_sys::window().and_then(|window| window.document());
        let row = page.and_then(|page| page.get_element_by_id(&format!("tree-{}", pid.0)));
        if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
            // It is shown, so it can have the focus.
            drop(row.focus());
        }
    })
}

fn counted(count: usize, what: &str) -> String {
    let end = match (count, what.ends_with("sh")) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{count} {what}{end}")
}
