//! Who sent what to whom: the last messages around the chosen process, or of all, as a sequence diagram. Time runs down.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use shared::Pid;
use shared::event::{Event, EventKind};
use shared::ids::EventSeq;
use yew::prelude::*;

use crate::elixir;
use crate::panels::tree::{name, system};
use crate::state::lab::use_sandbox;
use crate::state::run::Run;
use crate::state::topic::use_topic;

/// Steps that are drawn, and processes between which.
const STEPS_SHOWN: usize = 120;
const LANES_SHOWN: usize = 12;

/// How far back messages of a process that sends few are looked for.
const EVENTS_LOOKED_AT: usize = 20_000;

const LANE: usize = 150;
const STEP: usize = 26;
const HEAD: usize = 4;

/// A line of the diagram.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    seq: EventSeq,
    from: Option<Pid>,
    to: Pid,
    text: String,
    /// `message`, `spawn`, `exit`, or `crash`.
    kind: &'static str,
}

/// The diagram.
#[component]
pub fn MessagesPanel() -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().world);
    use_topic(lab.selected.topic());
    let selection = lab.selected.get();
    let (steps, lanes) = lab.live.with_run(|run| steps(run, selection.pid, selection.at));
    let place = use_node_ref();
    {
        // The last messages are those that are looked for.
        let place = place.clone();
        use_effect_with(steps.last().map(|step| step.seq), move |_| {
            if let Some(place) = place.cast::<web_sys::Element>() {
                place.set_scroll_top(place.scroll_height());
            }
        });
    }
    if steps.is_empty() {
        return html! { <p class="empty padded">{ "No messages yet. Choose a process to see only those that it sends and gets." }</p> };
    }
    let column: BTreeMap<Pid, usize> = lanes.iter().enumerate().map(|(at, (pid, _))| (*pid, at)).collect();
    let x = |pid: Pid| column.get(&pid).map_or(0, |at| LANE / 2 + at * LANE);
    let (width, height) = (lanes.len() * LANE, HEAD + steps.len() * STEP + 8);
    html! {
        <div ref={place} class="messages" tabindex="0" role="region" aria-label="Sequence of messages">
            <div class="lane-heads" style={format!("inline-size: {width}px")}>
                for (pid, name) in lanes.clone() {
                    <button
                        key={pid.0}
                        type="button"
                        class={classes!("lane-head", (selection.pid == Some(pid)).then_some("selected"))}
                        style={format!("inline-size: {LANE}px")}
                        onclick={
                            let selected = lab.selected.clone();
                            Callback::from(move |_: MouseEvent| selected.change(|it| it.pid = Some(pid)))
                        }
                    >{ short(&name, 20) }</button>
                }
            </div>
            <svg width={width.to_string()} height={height.to_string()} aria-hidden="true">
                for (pid, _) in lanes.clone() {
                    <g key={pid.0} class={classes!("lane", (selection.pid == Some(pid)).then_some("selected"))}>
                        <line x1={x(pid).to_string()} x2={x(pid).to_string()} y1={HEAD.to_string()} y2={height.to_string()} />
                    </g>
                }
                for (at, step) in steps.iter().enumerate() {
                    { draw(&lab.selected, step, HEAD + at * STEP + STEP / 2 + 6, &x, selection.event) }
                }
            </svg>
            // The same for those who cannot see it.
            <ol class="visually-hidden">
                for step in steps.clone() {
                    <li key={step.seq.0}>{ said(&step, &lanes) }</li>
                }
            </ol>
        </div>
    }
}

fn draw(
    selected: &crate::state::selection::Selected,
    step: &Step,
    y: usize,
    x: &impl Fn(Pid) -> usize,
    chosen: Option<EventSeq>,
) -> Html {
    let to = x(step.to);
    let from = step.from.map_or(to, x);
    let onclick = {
        let (selected, seq) = (selected.clone(), step.seq);
        Callback::from(move |_: MouseEvent| selected.change(|it| (it.event, it.at) = (Some(seq), Some(seq))))
    };
    let class = classes!("step", step.kind, (chosen == Some(step.seq)).then_some("selected"));
    let middle = (from + to) / 2;
    let body = if from == to {
        html! { <circle cx={to.to_string()} cy={y.to_string()} r="4" /> }
    } else {
        // The tip of the arrow, pointing to where the message goes.
        let back = if to > from { to - 7 } else { to + 7 };
        html! {
            <>
                <line x1={from.to_string()} x2={to.to_string()} y1={y.to_string()} y2={y.to_string()} />
                <polygon points={format!("{to},{y} {back},{} {back},{}", y - 4, y + 4)} />
            </>
        }
    };
    let (at, anchor) = if from == to { (to + 8, "start") } else { (middle, "middle") };
    let room = if from == to { 24 } else { from.abs_diff(to) / 7 };
    html! {
        <g key={step.seq.0} {class} {onclick}>
            { body }
            <text x={at.to_string()} y={if from == to { y + 4 } else { y - 4 }.to_string()} text-anchor={anchor}>{ short(&step.text, room) }</text>
            <title>{ &step.text }</title>
        </g>
    }
}

/// The steps until a moment, and the processes that take part, in the order in which they began.
fn steps(run: &Run, around: Option<Pid>, at: Option<EventSeq>) -> (Vec<Step>, Vec<(Pid, String)>) {
    let world = run.now();
    let system = system(world);
    let is_ours = |pid: Pid| !system.contains(&pid);
    let mut steps = Vec::new();
    let mut lanes: BTreeMap<Pid, String> = BTreeMap::new();
    let mut looked_at = 0;
    run.events().visit_back(at.unwrap_or(EventSeq(u64::MAX)), |event| {
        looked_at += 1;
        if looked_at > EVENTS_LOOKED_AT {
            return ControlFlow::Break(());
        }
        let Some(step) = step(event) else { return ControlFlow::Continue(()) };
        let both = [step.from, Some(step.to)];
        let concerns = |wanted: Pid| both.contains(&Some(wanted));
        let fits = around.map_or_else(|| both.into_iter().flatten().all(is_ours), concerns);
        let new = both.into_iter().flatten().filter(|pid| !lanes.contains_key(pid)).count();
        if !fits || lanes.len() + new > LANES_SHOWN {
            return ControlFlow::Continue(());
        }
        for pid in both.into_iter().flatten() {
            let name = || world.processes.get(&pid).map_or_else(|| elixir::pid_text(pid), name);
            lanes.entry(pid).or_insert_with(name);
        }
        steps.push(step);
        if steps.len() == STEPS_SHOWN { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    steps.reverse();
    (steps, lanes.into_iter().collect())
}

fn step(event: &Event) -> Option<Step> {
    let pid = event.pid;
    let (from, to, text, kind) = match &event.kind {
        EventKind::Sent { receiver: Some(to), message, .. } => (pid, *to, message_text(message), "message"),
        EventKind::Spawned { child, .. } => (pid, *child, "spawn".to_owned(), "spawn"),
        EventKind::Exited { reason, .. } => {
            let orderly = reason.is_atom("normal") || reason.is_atom("shutdown");
            (pid, pid?, format!("exit {}", elixir::line_of(reason)), if orderly { "exit" } else { "crash" })
        }
        EventKind::ExitSignal { to, reason, .. } => (pid, *to, format!("EXIT {}", elixir::line_of(reason)), "exit"),
        _ => return None,
    };
    Some(Step { seq: event.seq, from, to, text, kind })
}

/// A message without what the generic behaviours put around it (`gen`, Erlang/OTP).
fn message_text(message: &shared::Etf) -> String {
    let Ok(term) = message.decode() else { return "…".to_owned() };
    let parts = term.as_tuple().unwrap_or_default();
    match (parts.first().and_then(|first| first.as_atom()), parts) {
        (Some("$gen_call"), [_, _, request]) => format!("call {}", elixir::line(request)),
        (Some("$gen_cast"), [_, request]) => format!("cast {}", elixir::line(request)),
        (Some("DOWN"), [_, _, _, _, reason]) => format!("DOWN {}", elixir::line(reason)),
        (Some("EXIT"), [_, _, reason]) => format!("EXIT {}", elixir::line(reason)),
        (None, [tag, reply]) if is_tag(tag) => format!("reply {}", elixir::line(reply)),
        _ => elixir::line(&term),
    }
}

fn is_tag(term: &shared::Term) -> bool {
    use shared::Term;
    match term {
        Term::Ref(_) => true,
        Term::List(list) => list.elements().first().is_some_and(|first| first.is_atom("alias")),
        _ => false,
    }
}

fn short(text: &str, longest: usize) -> String {
    let longest = longest.max(4);
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}

fn said(step: &Step, lanes: &[(Pid, String)]) -> String {
    let name = |pid: Pid| lanes.iter().find(|(it, _)| *it == pid).map_or("", |(_, name)| name);
    match step.from.filter(|from| *from != step.to) {
        Some(from) => format!("{} to {}: {}", name(from), name(step.to), step.text),
        None => format!("{}: {}", name(step.to), step.text),
    }
}
