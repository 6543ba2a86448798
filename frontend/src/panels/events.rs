//! What happened, one event a row, with a filter.

mod words;

use std::collections::BTreeSet;
use std::rc::Rc;

use shared::Pid;
use shared::event::{Event, EventKind};
use shared::ids::EventSeq;
use shared::world::World;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::elixir;
use crate::panels::tree::system;
use crate::state::lab::{Lab, use_sandbox};
use crate::state::run::Run;
use crate::state::topic::use_topic;
use crate::widgets::rows::Rows;
pub use words::words;

const ROW_HEIGHT: usize = 24;

/// Kinds of events that are shown together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    All,
    Lives,
    Messages,
    Crashes,
    Output,
    Ets,
}

impl Group {
    const ALL: [Self; 6] = [Self::All, Self::Lives, Self::Messages, Self::Crashes, Self::Output, Self::Ets];

    fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Lives => "Lives",
            Self::Messages => "Messages",
            Self::Crashes => "Crashes",
            Self::Output => "Output",
            Self::Ets => "ETS",
        }
    }

    fn has(self, event: &Event) -> bool {
        let kind = &event.kind;
        match self {
            Self::All => {
                !matches!(kind, EventKind::TurnStarted { .. } | EventKind::TurnEnded { .. } | EventKind::TurnSkipped)
            }
            Self::Lives => matches!(
                kind,
                EventKind::Spawned { .. }
                    | EventKind::Exited { .. }
                    | EventKind::Registered { .. }
                    | EventKind::ExitSignal { .. }
            ),
            Self::Messages => {
                matches!(kind, EventKind::Sent { .. } | EventKind::Delivered { .. } | EventKind::Dropped { .. })
            }
            Self::Crashes => match kind {
                EventKind::Exited { reason, .. } => !reason.is_atom("normal") && !reason.is_atom("shutdown"),
                EventKind::LimitReached { .. } | EventKind::Denied { .. } => true,
                _ => false,
            },
            Self::Output => matches!(kind, EventKind::Output { .. }),
            Self::Ets => matches!(kind, EventKind::Ets { .. }),
        }
    }
}

/// The list.
#[component]
pub fn EventsPanel() -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().world);
    use_topic(lab.selected.topic());
    let group = use_state_eq(|| Group::All);
    let only_selected = use_state_eq(|| false);
    let text = use_state_eq(String::new);
    let found = use_mut_ref(Found::default);
    let selection = lab.selected.get();
    let pid = selection.pid.filter(|_| *only_selected);
    let with_system = use_state_eq(|| false);
    let found = {
        let wanted = Wanted { group: *group, text: text.to_lowercase(), pid, with_system: *with_system };
        let mut found = found.borrow_mut();
        lab.live.with_run(|run| found.follow(run, wanted));
        Rc::clone(&found.seqs)
    };
    let count = found.len();
    let show = selection.event.or(selection.at).and_then(|seq| found.binary_search(&seq).ok());
    let draw = {
        let (lab, found) = (lab.clone(), found.clone());
        let (chosen, at) = (selection.event, selection.at);
        Callback::from(move |(first, last): (usize, usize)| {
            let (first, last) = (first.min(found.len()), last.min(found.len()));
            html! { for seq in found[first..last].iter().copied() { { row(&lab, seq, chosen, at) } } }
        })
    };
    let onkeydown = {
        let (selected, found) = (lab.selected.clone(), found.clone());
        Callback::from(move |event: KeyboardEvent| {
            let now = selected.get().event.and_then(|seq| found.binary_search(&seq).ok());
            let to = match event.key().as_str() {
                "ArrowDown" | "." => now.map_or(0, |at| at + 1),
                "ArrowUp" | "," => now.map_or(0, |at| at.saturating_sub(1)),
                _ => return,
            };
            if let Some(seq) = found.get(to) {
                event.prevent_default();
                selected.change(|it| (it.event, it.at) = (Some(*seq), Some(*seq)));
            }
        })
    };
    let on_group = {
        let group = group.setter();
        Callback::from(move |event: Event_| {
            let at = event.target_dyn_into::<HtmlSelectElement>().map_or(0, |select| select.selected_index());
            group.set(usize::try_from(at).ok().and_then(|at| Group::ALL.get(at).copied()).unwrap_or(Group::All));
        })
    };
    let on_text = {
        let text = text.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                text.set(input.value());
            }
        })
    };
    let on_only = {
        let only = only_selected.clone();
        Callback::from(move |_: Event_| only.set(!*only))
    };
    let on_system = {
        let with_system = with_system.clone();
        Callback::from(move |_: Event_| with_system.set(!*with_system))
    };
    html! {
        <div class="events">
            <div class="panel-tools">
                <select class="compact" aria-label="Kinds of events" onchange={on_group}>
                    { for Group::ALL.into_iter().map(|one| html! { <option selected={one == *group}>{ one.label() }</option> }) }
                </select>
                <input type="search" aria-label="Show only events with" placeholder="Filter" oninput={on_text} value={(*text).clone()} />
                <label class="small-switch"><input type="checkbox" checked={*only_selected} onchange={on_only} />{ " Only the chosen process" }</label>
                <label class="small-switch"><input type="checkbox" checked={*with_system} onchange={on_system} />{ " System" }</label>
                <span class="muted">{ format!("{count} events") }</span>
            </div>
            if count == 0 {
                <p class="empty padded">{ "Nothing that fits has happened. Everything that a running program does stands here: who starts, who sends what to whom, who crashes." }</p>
            }
            <Rows {count} height={ROW_HEIGHT} label="Events" role="grid" follows=true {show} {draw} {onkeydown} />
        </div>
    }
}

/// The event of the browser; ours has the same name.
type Event_ = web_sys::Event;

/// Which events are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    group: Group,
    text: String,
    pid: Option<Pid>,
    with_system: bool,
}

/// Those that were found. Only what is new is looked at again.
#[derive(Default)]
struct Found {
    wanted: Option<Wanted>,
    run: String,
    through: EventSeq,
    seqs: Rc<Vec<EventSeq>>,
}

impl Found {
    fn follow(&mut self, run: &Run, wanted: Wanted) {
        let name = run.status().map(|status| status.run.clone()).unwrap_or_default();
        let seqs = Rc::make_mut(&mut self.seqs);
        if self.wanted.as_ref() != Some(&wanted) || self.run != name || run.now().seq < self.through {
            seqs.clear();
            self.through = EventSeq(0);
            self.run = name;
        }
        let first = run.events().front().map_or(EventSeq(u64::MAX), |event| event.seq);
        seqs.drain(..seqs.partition_point(|seq| *seq < first));
        let system = system(run.now());
        let new = run.events().partition_point(|event| event.seq <= self.through);
        let events = run.events().iter().skip(new);
        seqs.extend(events.filter(|event| fits(event, run.now(), &wanted, &system)).map(|event| event.seq));
        self.through = run.now().seq;
        self.wanted = Some(wanted);
    }
}

fn fits(event: &Event, world: &World, wanted: &Wanted, system: &BTreeSet<Pid>) -> bool {
    let concerns = |pid: Pid| {
        event.pid == Some(pid) || matches!(event.kind, EventKind::Sent { receiver: Some(it), .. } if it == pid)
    };
    wanted.group.has(event)
        && (wanted.with_system || event.pid.is_none_or(|pid| !system.contains(&pid)))
        && wanted.pid.is_none_or(concerns)
        && (wanted.text.is_empty() || words(event, world).to_lowercase().contains(&wanted.text))
}

fn row(lab: &Lab, seq: EventSeq, chosen: Option<EventSeq>, at: Option<EventSeq>) -> Html {
    let text = lab.live.with_run(|run| {
        let event = run.event(seq)?;
        let who = event.pid.map(|pid| {
            let name = run.now().processes.get(&pid).and_then(|process| process.name.as_ref());
            elixir::process_name(name, pid)
        });
        Some((event.at, who.unwrap_or_default(), words(event, run.now()), class(&event.kind)))
    });
    let Some((when, who, what, class)) = text else { return Html::default() };
    let is_chosen = chosen == Some(seq);
    let onclick = {
        let selected = lab.selected.clone();
        Callback::from(move |_: MouseEvent| selected.change(|it| (it.event, it.at) = (Some(seq), Some(seq))))
    };
    html! {
        <div
            key={seq.0}
            role="row"
            class={classes!("row", "event", class, is_chosen.then_some("selected"), at.is_some_and(|at| seq > at).then_some("later"))}
            aria-selected={if is_chosen { "true" } else { "false" }}
            {onclick}
        >
            <span role="gridcell" class="event-time">{ format!("{}.{:03}", when.millis() / 1000, when.millis() % 1000) }</span>
            <span role="gridcell" class="event-who">{ who }</span>
            <span role="gridcell" class="event-what" title={what.clone()}>{ &what }</span>
        </div>
    }
}

fn class(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Spawned { .. } => "born",
        EventKind::Exited { reason, .. } if reason.is_atom("normal") || reason.is_atom("shutdown") => "gone",
        EventKind::Exited { .. } | EventKind::LimitReached { .. } | EventKind::Denied { .. } => "crash",
        _ => "",
    }
}
