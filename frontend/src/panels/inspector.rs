//! One process: what is known of it, and what it tells when it is looked into.

mod calls;
mod states;

use std::collections::BTreeMap;

use shared::access::Operation;
use shared::api::live::LiveCommand;
use shared::api::run::ReplyValue;
use shared::world::{Process, Status};
use shared::{Etf, Pid};
use yew::prelude::*;

use crate::elixir;
use crate::panels::tree::exit;
use crate::state::lab::{Lab, use_may, use_sandbox};
use crate::state::live::Answer;
use crate::state::paced::use_paced;
use crate::state::toasts::use_toasts;
use crate::state::topic::use_topic;
use crate::widgets::term::{TermProp, TermView};
use states::States;

/// What a process is asked, with what it is called here, in the order in which it is shown.
const ITEMS: [(&str, &str); 9] = [
    ("current_function", "Current function"),
    ("current_stacktrace", "Stack trace"),
    ("messages", "Mailbox"),
    ("message_queue_len", "Messages waiting"),
    ("dictionary", "Dictionary"),
    ("monitors", "Monitors"),
    ("memory", "Memory (bytes)"),
    ("trap_exit", "Traps exits"),
    ("garbage_collection", "Garbage collection"),
];

/// A process that is busy is asked again at most so often.
const ASK_MILLIS: u32 = 300;

/// What a process answered, and when.
#[derive(Clone, PartialEq)]
struct Looked {
    pid: Pid,
    /// The messages that it had got, and its reductions: it is asked again when they have changed.
    version: u64,
    items: Result<BTreeMap<String, Etf>, String>,
}

/// The process that is selected.
#[component]
pub fn InspectorPanel() -> Html {
    let lab = use_sandbox();
    let toasts = use_toasts();
    use_topic(&lab.live.topics().world);
    use_topic(&lab.live.topics().run);
    use_topic(lab.selected.topic());
    let (may_kill, may_look) = (use_may(Operation::ChangeState), use_may(Operation::Debug));
    let looked = use_state(|| None::<Looked>);
    let selection = lab.selected.get();
    let (process, is_alive) = lab.live.with_run_mut(|run| {
        let is_alive = run.status().is_some_and(|status| status.state.is_alive());
        let world = run.at(selection.at);
        (selection.pid.and_then(|pid| world.processes.get(&pid)).cloned(), is_alive)
    });
    let is_now = selection.at.is_none();
    let asks = process.as_ref().filter(|process| process.is_alive() && is_alive && is_now && may_look);
    let asked = use_paced(asks.map(|process| (process.pid, process.reductions + process.received)), ASK_MILLIS);
    {
        let (lab, looked) = (lab.clone(), looked.clone());
        use_effect_with(asked, move |asked| {
            if let Some((pid, version)) = *asked {
                look(&lab, &looked, pid, version);
            }
        });
    }
    let Some(process) = process else {
        return html! { <p class="empty padded">{ "Choose a process in the tree, the table or the timeline to look into it." }</p> };
    };
    let name = elixir::process_name(process.name.as_ref(), process.pid);
    let answer = (*looked).clone().filter(|looked| looked.pid == process.pid && is_now);
    html! {
        <div class="inspector">
            <div class="panel-tools">
                <h3 class="inspector-name">{ &name }</h3>
                if may_kill && is_alive && is_now && process.is_alive() {
                    <button type="button" class="button quiet" onclick={exit(&lab, &toasts, process.pid, "kill")}>{ "Kill" }</button>
                    <button type="button" class="button quiet" onclick={exit(&lab, &toasts, process.pid, "shutdown")}>{ "Restart" }</button>
                }
            </div>
            <dl class="facts compact">
                { facts(&lab, &process) }
            </dl>
            <States pid={process.pid} version={asked.map_or(0, |(_, version)| version)} may_look={may_look && is_alive} />
            if !is_now {
                <p class="muted padded">{ "Go back to now to look further into it." }</p>
            } else if process.is_alive() && is_alive && may_look {
                { told(&lab, answer.as_ref()) }
            }
        </div>
    }
}

fn look(lab: &Lab, looked: &UseStateHandle<Option<Looked>>, pid: Pid, version: u64) {
    let setter = looked.setter();
    let answer = Callback::from(move |answer: Answer| {
        let items = match answer {
            Ok(Some(ReplyValue::Process { items })) => Ok(items),
            Ok(_) => Err("The server gave another answer than was asked for".to_owned()),
            Err(error) => Err(error.message),
        };
        setter.set(Some(Looked { pid, version, items }));
    });
    let items = ITEMS.iter().map(|(item, _)| (*item).to_owned()).collect();
    lab.live.tell(LiveCommand::Inspect { pid, items }, answer);
}

fn facts(lab: &Lab, process: &Process) -> Html {
    let status = match &process.status {
        Status::Alive => "alive".to_owned(),
        Status::Suspended => "suspended".to_owned(),
        Status::Ended(exit) => format!("ended: {}", elixir::line_of(&exit.reason)),
    };
    let link = |pid: Pid| {
        let selected = lab.selected.clone();
        let onclick = Callback::from(move |_: MouseEvent| selected.change(|it| it.pid = Some(pid)));
        html! { <button key={pid.0} type="button" class="place-link" {onclick}>{ elixir::pid_text(pid) }</button> }
    };
    html! {
        <>
            <dt>{ "Process" }</dt><dd><code>{ elixir::pid_text(process.pid) }</code></dd>
            <dt>{ "Runs" }</dt><dd><code>{ process.role.label() }</code></dd>
            <dt>{ "Is" }</dt><dd>{ status }</dd>
            if let Some(parent) = process.parent {
                <dt>{ "Started by" }</dt><dd>{ link(parent) }</dd>
            }
            if let Some(before) = process.predecessor {
                <dt>{ "In place of" }</dt><dd>{ link(before) }{ format!(" ({} restarts)", process.restarts) }</dd>
            }
            if !process.links.is_empty() {
                <dt>{ "Links" }</dt><dd class="links">{ for process.links.iter().take(50).map(|pid| link(*pid)) }</dd>
            }
            <dt>{ "Reductions" }</dt><dd>{ process.reductions }</dd>
            <dt>{ "Messages" }</dt><dd>{ format!("{} sent, {} received", process.sent, process.received) }</dd>
        </>
    }
}

fn told(lab: &Lab, looked: Option<&Looked>) -> Html {
    let items = match looked.map(|looked| &looked.items) {
        Some(Ok(items)) => items,
        Some(Err(error)) => return html! { <p class="muted padded">{ error }</p> },
        None => return html! { <div class="skeleton" aria-busy="true"></div> },
    };
    let shown = ITEMS.iter().filter_map(|(item, label)| Some((*item, *label, items.get(*item)?.decode().ok()?)));
    let view = |item: &str, term: shared::Term| {
        let special = match item {
            "current_function" => calls::function_view(&term),
            "current_stacktrace" => calls::stack_view(lab, &term),
            _ => None,
        };
        special.unwrap_or_else(|| html! { <TermView term={TermProp(term)} /> })
    };
    html! {
        <dl class="told">
            for (item, label, term) in shown {
                <dt>{ label }</dt>
                <dd key={item}>{ view(item, term) }</dd>
            }
        </dl>
    }
}
