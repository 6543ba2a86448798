//! The table of all processes.

use std::cmp::Reverse;

use shared::Pid;
use shared::world::{Process, Status, World};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::elixir;
use crate::panels::tree::system;
use crate::state::lab::use_sandbox;
use crate::state::topic::use_topic;
use crate::widgets::rows::Rows;

const ROW_HEIGHT: usize = 26;

/// What the table can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Pid,
    Name,
    Role,
    State,
    Reductions,
    Sent,
    Received,
}

impl Column {
    const ALL: [Self; 7] =
        [Self::Pid, Self::Name, Self::Role, Self::State, Self::Reductions, Self::Sent, Self::Received];

    fn label(self) -> &'static str {
        match self {
            Self::Pid => "Process",
            Self::Name => "Name",
            Self::Role => "Runs",
            Self::State => "State",
            Self::Reductions => "Reductions",
            Self::Sent => "Sent",
            Self::Received => "Received",
        }
    }

    /// Whether the largest come first.
    fn begins_large(self) -> bool {
        matches!(self, Self::Reductions | Self::Sent | Self::Received)
    }
}

/// What a row shows.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    pid: Pid,
    cells: [String; 7],
    state: &'static str,
}

/// The table.
#[component]
pub fn ProcessesPanel() -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().world);
    use_topic(&lab.live.topics().run);
    use_topic(lab.selected.topic());
    let sort = use_state_eq(|| (Column::Pid, false));
    let filter = use_state_eq(String::new);
    let with_system = use_state_eq(|| false);
    let with_ended = use_state_eq(|| false);
    let selection = lab.selected.get();
    let (pids, total) = lab.live.with_run_mut(|run| {
        let world = run.at(selection.at);
        let system = system(world);
        let shown = |process: &&Process| {
            (*with_ended || process.is_alive())
                && (*with_system || !system.contains(&process.pid))
                && (filter.is_empty() || fits(process, &filter.to_lowercase()))
        };
        let mut list: Vec<&Process> = world.processes.values().filter(shown).collect();
        order(&mut list, *sort);
        (list.iter().map(|process| process.pid).collect::<Vec<Pid>>(), world.alive().count())
    });
    let count = pids.len();
    let show = selection.pid.and_then(|pid| pids.iter().position(|it| *it == pid));
    let draw = {
        let (lab, pids, selected, at) = (lab.clone(), pids.clone(), selection.pid, selection.at);
        Callback::from(move |(first, last): (usize, usize)| {
            let rows: Vec<Row> = lab.live.with_run_mut(|run| {
                let world = run.at(at);
                pids[first..last.min(pids.len())].iter().filter_map(|pid| row(world, *pid)).collect()
            });
            html! { for row in rows.into_iter().enumerate() { { draw_row(&lab, first + row.0, row.1, selected) } } }
        })
    };
    let onkeydown = {
        let selected = lab.selected.clone();
        Callback::from(move |event: KeyboardEvent| {
            let at = selected.get().pid.and_then(|pid| pids.iter().position(|it| *it == pid));
            let to = match event.key().as_str() {
                "ArrowDown" => at.map_or(0, |at| at + 1),
                "ArrowUp" => at.map_or(0, |at| at.saturating_sub(1)),
                _ => return,
            };
            if let Some(pid) = pids.get(to) {
                event.prevent_default();
                selected.change(|selection| selection.pid = Some(*pid));
            }
        })
    };
    let switch = |state: &UseStateHandle<bool>| {
        let state = state.clone();
        Callback::from(move |_: Event| state.set(!*state))
    };
    let on_filter = {
        let filter = filter.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                filter.set(input.value());
            }
        })
    };
    html! {
        <div class="processes">
            <div class="panel-tools">
                <input type="search" aria-label="Show only processes with" placeholder="Filter" oninput={on_filter} value={(*filter).clone()} />
                <span class="muted">{ format!("{count} of {total} alive") }</span>
                <label class="small-switch"><input type="checkbox" checked={*with_system} onchange={switch(&with_system)} />{ " System" }</label>
                <label class="small-switch"><input type="checkbox" checked={*with_ended} onchange={switch(&with_ended)} />{ " Ended" }</label>
            </div>
            <Rows {count} height={ROW_HEIGHT} label="Processes" role="grid" {show} head={head(&sort)} {draw} {onkeydown} />
        </div>
    }
}

fn head(sort: &UseStateHandle<(Column, bool)>) -> Html {
    let (by, reversed) = **sort;
    let down = by.begins_large() != reversed;
    html! {
        <div role="row" class="row row-head" aria-rowindex="1">
            for column in Column::ALL {
                <span role="columnheader" aria-sort={(column == by).then_some(if down { "descending" } else { "ascending" })}>
                    <button type="button" onclick={
                        let sort = sort.clone();
                        Callback::from(move |_: MouseEvent| sort.set((column, sort.0 == column && !sort.1)))
                    }>
                        { column.label() }
                        if column == by {
                            <span aria-hidden="true">{ if down { " ▾" } else { " ▴" } }</span>
                        }
                    </button>
                </span>
            }
        </div>
    }
}

fn draw_row(lab: &crate::state::lab::Lab, index: usize, row: Row, selected: Option<Pid>) -> Html {
    let is_selected = selected == Some(row.pid);
    let onclick = {
        let (selection, pid) = (lab.selected.clone(), row.pid);
        Callback::from(move |_: MouseEvent| selection.change(|it| it.pid = Some(pid)))
    };
    html! {
        <div
            key={row.pid.0}
            role="row"
            class={classes!("row", row.state, is_selected.then_some("selected"))}
            aria-rowindex={(index + 2).to_string()}
            aria-selected={if is_selected { "true" } else { "false" }}
            {onclick}
        >
            for cell in row.cells {
                <span role="gridcell" title={cell.clone()}>{ &cell }</span>
            }
        </div>
    }
}

fn row(world: &World, pid: Pid) -> Option<Row> {
    let process = world.processes.get(&pid)?;
    let state = match &process.status {
        Status::Alive => ("alive", "alive".to_owned()),
        Status::Suspended => ("suspended", "suspended".to_owned()),
        Status::Ended(exit) => (if exit.is_crash() { "crashed" } else { "ended" }, elixir::line_of(&exit.reason)),
    };
    let name = process.name.as_ref().map(|name| elixir::module(name.as_str())).unwrap_or_default();
    Some(Row {
        pid,
        cells: [
            elixir::pid_text(pid),
            name,
            process.role.label(),
            state.1,
            process.reductions.to_string(),
            process.sent.to_string(),
            process.received.to_string(),
        ],
        state: state.0,
    })
}

fn fits(process: &Process, wanted: &str) -> bool {
    let name = process.name.as_ref().map(|name| name.as_str().to_lowercase()).unwrap_or_default();
    name.contains(wanted)
        || process.role.label().to_lowercase().contains(wanted)
        || elixir::pid_text(process.pid).contains(wanted)
}

fn order(list: &mut [&Process], (by, reversed): (Column, bool)) {
    let name = |process: &Process| process.name.as_ref().map(|name| name.as_str().to_lowercase());
    match by {
        Column::Pid => {}
        // Those without a name come last.
        Column::Name => list.sort_by_key(|process| (name(process).is_none(), name(process))),
        Column::Role => list.sort_by_cached_key(|process| process.role.label()),
        Column::State => list.sort_by_key(|process| match &process.status {
            Status::Alive => 0,
            Status::Suspended => 1,
            Status::Ended(_) => 2,
        }),
        Column::Reductions => list.sort_by_key(|process| Reverse(process.reductions)),
        Column::Sent => list.sort_by_key(|process| Reverse(process.sent)),
        Column::Received => list.sort_by_key(|process| Reverse(process.received)),
    }
    if reversed {
        list.reverse();
    }
}
