//! What happened, one event a row, with a filter: words, or a pattern of Elixir.

mod found;
mod words;

use std::rc::Rc;

use gloo_render::request_animation_frame;
use shared::event::EventKind;
use shared::filter::{EventFilter, Filter, FilterError};
use shared::ids::EventSeq;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::elixir;
use crate::state::lab::{Lab, use_sandbox};
use crate::state::topic::use_topic;
use crate::state::watch::Watch;
use crate::widgets::rows::Rows;
use found::{Found, Group, Sought, Wanted};
pub use words::words;

const ROW_HEIGHT: usize = 24;

/// How long looking for events may take in one frame.
const LOOKING_MILLIS: f64 = 6.0;

/// An example, until somebody has written a pattern.
const EXAMPLE: &str = "%{event: :sent, message: {:work, n}} when n > 10";

/// The list.
#[component]
pub fn EventsPanel() -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().world);
    use_topic(lab.selected.topic());
    let group = use_state_eq(|| Group::All);
    let only_selected = use_state_eq(|| false);
    let is_pattern = use_state_eq(|| false);
    let text = use_state_eq(String::new);
    let found = use_mut_ref(Found::default);
    let with_system = use_state_eq(|| false);
    let selection = lab.selected.get();
    let pid = selection.pid.filter(|_| *only_selected);
    // A pattern that cannot be read shows what the last one found.
    let sought = use_mut_ref(Sought::default);
    let wrong = use_memo(((*text).clone(), *is_pattern), |(text, is_pattern)| match read(text, *is_pattern) {
        Ok(new) => {
            sought.replace(new);
            None
        }
        Err(error) => Some(error),
    });
    let (is_through, share) = {
        let wanted = Wanted { group: *group, sought: sought.borrow().clone(), pid, with_system: *with_system };
        let mut found = found.borrow_mut();
        let watch = Watch::start();
        lab.live.with_run(|run| {
            let is_through = found.follow(run, wanted, || watch.millis() > LOOKING_MILLIS);
            (is_through, found.share(run))
        })
    };
    {
        let again = use_force_update();
        use_effect(move || {
            let frame = (!is_through).then(|| request_animation_frame(move |_| again.force_update()));
            move || drop(frame)
        });
    }
    let (count, kept) = (found.borrow().seqs.len(), lab.live.with_run(|run| run.events().len()));
    let show = selection.event.or(selection.at).and_then(|seq| found.borrow().seqs.binary_search(&seq).ok());
    let draw = {
        let (lab, found) = (lab.clone(), found.clone());
        let (chosen, at) = (selection.event, selection.at);
        Callback::from(move |(first, last): (usize, usize)| {
            let seqs = &found.borrow().seqs;
            let (first, last) = (first.min(seqs.len()), last.min(seqs.len()));
            // Without keys: while all of them change, elements that are there take new words faster than others are made.
            html! { for seq in seqs[first..last].iter().copied() { { row(&lab, seq, chosen, at) } } }
        })
    };
    let onkeydown = {
        let (selected, found) = (lab.selected.clone(), found.clone());
        Callback::from(move |event: KeyboardEvent| {
            let to = {
                let seqs = &found.borrow().seqs;
                let now = selected.get().event.and_then(|seq| seqs.binary_search(&seq).ok());
                let to = match event.key().as_str() {
                    "ArrowDown" | "." => now.map_or(0, |at| at + 1),
                    "ArrowUp" | "," => now.map_or(0, |at| at.saturating_sub(1)),
                    _ => return,
                };
                seqs.get(to).copied()
            };
            if to.is_some() {
                event.prevent_default();
                selected.change(|it| (it.event, it.at) = (to, to));
            }
        })
    };
    let on_group = {
        let group = group.setter();
        Callback::from(move |event: Event| {
            group.set(chosen_of(&event).and_then(|at| Group::ALL.get(at).copied()).unwrap_or(Group::All));
        })
    };
    let on_kind = {
        let is_pattern = is_pattern.setter();
        Callback::from(move |event: Event| is_pattern.set(chosen_of(&event) == Some(1)))
    };
    let on_text = {
        let (text, is_pattern) = (text.setter(), is_pattern.setter());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                // Nobody looks for these words.
                if input.value().starts_with("%{") {
                    is_pattern.set(true);
                }
                text.set(input.value());
            }
        })
    };
    let on_only = {
        let only = only_selected.clone();
        Callback::from(move |_: Event| only.set(!*only))
    };
    let on_system = {
        let with_system = with_system.clone();
        Callback::from(move |_: Event| with_system.set(!*with_system))
    };
    let (label, placeholder, class) = match *is_pattern {
        true => ("Show only events that match", EXAMPLE, "pattern"),
        false => ("Show only events with", "Filter", ""),
    };
    html! {
        <div class="events">
            <div class="panel-tools">
                <select class="compact" aria-label="Kinds of events" onchange={on_group}>
                    { for Group::ALL.into_iter().map(|one| html! { <option selected={one == *group}>{ one.label() }</option> }) }
                </select>
                <select class="compact" aria-label="How to filter" onchange={on_kind}>
                    <option selected={!*is_pattern}>{ "Words" }</option>
                    <option selected={*is_pattern}>{ "Pattern" }</option>
                </select>
                <input
                    type="search"
                    {class}
                    aria-label={label}
                    {placeholder}
                    aria-invalid={wrong.is_some().then_some("true")}
                    aria-describedby={wrong.is_some().then_some("pattern-wrong")}
                    spellcheck="false"
                    autocomplete="off"
                    oninput={on_text}
                    value={(*text).clone()}
                />
                <label class="small-switch"><input type="checkbox" checked={*only_selected} onchange={on_only} />{ " Only the chosen process" }</label>
                <label class="small-switch"><input type="checkbox" checked={*with_system} onchange={on_system} />{ " System" }</label>
                <span class="muted" title={format!("{kept} events are kept")}>
                    { if is_through { format!("{count} events") } else { format!("{count} events, {:.0} % looked through", share * 100.0) } }
                </span>
            </div>
            if let Some(error) = &*wrong {
                <p id="pattern-wrong" class="pattern-wrong" role="alert">{ said(error) }</p>
            }
            if *is_pattern && text.is_empty() {
                <p class="muted padded">
                    { "A pattern as after " }<code>{ "case" }</code>{ ", perhaps with guards. An event is a map: " }
                    <code>{ "seq, at, pid, reductions, cause, event" }</code>{ " (" }<code>{ ":sent" }</code>{ ", " }<code>{ ":exited" }</code>
                    { " …) and what its kind has: " }<code>{ "message, to, receiver, reason, child, name" }</code>{ " …" }
                </p>
            }
            if count == 0 && is_through {
                <p class="empty padded">{ "Nothing that fits has happened. Everything that a running program does stands here: who starts, who sends what to whom, who crashes." }</p>
            }
            <Rows {count} height={ROW_HEIGHT} label="Events" role="grid" follows={selection.at.is_none()} {show} {draw} {onkeydown} />
        </div>
    }
}

fn chosen_of(event: &Event) -> Option<usize> {
    usize::try_from(event.target_dyn_into::<HtmlSelectElement>()?.selected_index()).ok()
}

/// What somebody looks for who writes this.
fn read(text: &str, is_pattern: bool) -> Result<Sought, FilterError> {
    match text.trim() {
        "" => Ok(Sought::Anything),
        pattern if is_pattern => {
            // As it was written, so that columns are right.
            let filter = EventFilter::new(&Filter { pattern: Some(text.to_owned()), ..Filter::default() })?;
            Ok(Sought::Pattern(pattern.to_owned(), Rc::new(filter)))
        }
        words => Ok(Sought::Words(words.to_lowercase())),
    }
}

fn said(error: &FilterError) -> String {
    match error {
        FilterError::Pattern { at, text } => format!("Column {}: {text}", at + 1),
        other => other.to_string(),
    }
}

fn row(lab: &Lab, seq: EventSeq, chosen: Option<EventSeq>, at: Option<EventSeq>) -> Html {
    let text = lab.live.with_run(|run| {
        let event = run.event(seq)?;
        let who = event.pid.map(|pid| {
            let name = run.now().processes.get(&pid).and_then(|process| process.name.as_ref());
            elixir::process_name(name, pid)
        });
        Some((event.at, who.unwrap_or_default(), words(&event, run.now()), class(&event.kind)))
    });
    let Some((when, who, what, class)) = text else { return Html::default() };
    let is_chosen = chosen == Some(seq);
    let onclick = {
        let selected = lab.selected.clone();
        Callback::from(move |_: MouseEvent| selected.change(|it| (it.event, it.at) = (Some(seq), Some(seq))))
    };
    html! {
        <div
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
