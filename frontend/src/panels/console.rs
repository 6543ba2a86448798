//! What the program writes, with a filter; and what is typed to it.

pub(super) mod lines;

use std::rc::Rc;

use shared::access::Operation;
use shared::api::live::LiveCommand;
use shared::api::run::{RunEnd, RunState};
use shared::event::{Device, EventKind};
use shared::ids::EventSeq;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::panels::run_controls::tell;
use crate::state::history::History;
use crate::state::lab::{use_may, use_sandbox};
use crate::state::run::Run;
use crate::state::toasts::use_toasts;
use crate::state::topic::use_topic;
use lines::{Line, Lines, Link, Piece, links};

/// Lines that are shown at most, the last ones: to whoever looks back, and to whoever looks at the end, where they may come
/// by the thousand.
const LINES_SHOWN: usize = 1_000;
const LINES_AT_END: usize = 250;

/// The output, and the line to type in.
#[component]
pub fn ConsolePanel() -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().world);
    use_topic(&lab.live.topics().run);
    use_topic(lab.selected.topic());
    let listed = use_topic(lab.document.files_topic());
    let may_run = use_may(Operation::ChangeState);
    let filter = use_state_eq(String::new);
    let (list, at_end) = (use_node_ref(), use_state_eq(|| true));
    let written = use_mut_ref(Written::default);
    let at = lab.selected.get().at;
    let (cut, state) = lab.live.with_run_mut(|run| {
        let state = run.status().map(|status| status.state.clone());
        (written.borrow_mut().follow(run, at), state)
    });
    let is_alive = state.as_ref().is_some_and(RunState::is_alive);
    let written = written.borrow();
    let lines = &written.lines.lines;
    let wanted = filter.to_lowercase();
    let is_shown = |line: &&Rc<Line>| wanted.is_empty() || line.text.to_lowercase().contains(&wanted);
    let most = if *at_end { LINES_AT_END } else { LINES_SHOWN };
    let mut shown: Vec<Rc<Line>> = lines.iter().rev().filter(is_shown).take(most).cloned().collect();
    shown.reverse();
    {
        let (list, at_end) = (list.clone(), *at_end);
        use_effect_with(shown.last().map(|line| (line.key, line.text.len())), move |_| {
            if let Some(list) = list.cast::<Element>().filter(|_| at_end) {
                list.set_scroll_top(i32::MAX);
            }
        });
    }
    let onscroll = {
        let at_end = at_end.setter();
        Callback::from(move |event: Event| {
            if let Some(list) = event.target_dyn_into::<Element>() {
                at_end.set(list.scroll_height() - list.scroll_top() - list.client_height() < 24);
            }
        })
    };
    let on_filter = {
        let filter = filter.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                filter.set(input.value());
            }
        })
    };
    let files = use_memo(listed, |_| lab.document.paths());
    html! {
        <div class="console">
            <div class="panel-tools">
                <input type="search" aria-label="Show only lines with" placeholder="Filter" oninput={on_filter} value={(*filter).clone()} />
            </div>
            <div ref={list} class="output" role="log" aria-label="Output" tabindex="0" {onscroll}>
                if lines.is_empty() {
                    <NoOutput {state} />
                }
                if cut > 0 {
                    <p class="muted">{ format!("… {cut} bytes before this are not kept") }</p>
                }
                for line in shown {
                    <LineView key={format!("{}.{}", line.key.0, line.key.1)} line={line.clone()} files={files.clone()} />
                }
            </div>
            if may_run {
                <Prompt {is_alive} />
            }
        </div>
    }
}

/// See [`NoOutput`].
#[derive(PartialEq, Properties)]
struct NoOutputProps {
    state: Option<RunState>,
}

/// Why nothing stands here.
#[component]
fn NoOutput(props: &NoOutputProps) -> Html {
    let lab = use_sandbox();
    match &props.state {
        None => html! {
            <p class="empty">{ "Press Run, or Ctrl+Enter in the editor: what the program writes stands here." }</p>
        },
        Some(RunState::Ended { end: RunEnd::NotCompiled, .. }) => {
            let show =
                Callback::from(move |_: MouseEvent| lab.selected.change(|it| it.bottom = Some("problems".to_owned())));
            html! {
                <p class="empty">
                    { "Nothing ran. " }
                    <button type="button" class="place-link" onclick={show}>{ "What the compilers say" }</button>
                </p>
            }
        }
        Some(state) if state.is_alive() => html! { <p class="empty">{ "No output yet." }</p> },
        Some(_) => html! { <p class="empty">{ "It wrote nothing." }</p> },
    }
}

/// What was written until a moment, as far as it was looked at.
#[derive(Default)]
struct Written {
    run: String,
    at: Option<EventSeq>,
    last: EventSeq,
    lines: Lines,
}

impl Written {
    /// Adds what is new; gives how many bytes are not kept.
    fn follow(&mut self, run: &mut Run, at: Option<EventSeq>) -> u64 {
        let name = run.status().map(|status| status.run.clone()).unwrap_or_default();
        let output = &run.at(at).output;
        let first = output.pieces.front().map_or(EventSeq(0), |(seq, _)| *seq);
        let last = output.pieces.back().map_or(EventSeq(0), |(seq, _)| *seq);
        if self.run != name || self.at != at || last < self.last {
            *self = Self { run: name, at, ..Self::default() };
        }
        let known = output.pieces.partition_point(|(seq, _)| *seq <= self.last);
        let (new, cut): (Vec<_>, u64) = (output.pieces.iter().skip(known).cloned().collect(), output.cut);
        self.lines.forget_before(first.0);
        for (seq, bytes) in new {
            let event = run.event(seq);
            let is_error =
                event.is_some_and(|event| matches!(event.kind, EventKind::Output { device: Device::Stderr, .. }));
            let kind = if is_error { "stderr" } else { "stdout" };
            self.lines.push(&Piece { seq: seq.0, text: String::from_utf8_lossy(&bytes).into_owned(), kind });
            self.last = seq;
        }
        cut
    }
}

/// See [`LineView`].
#[derive(PartialEq, Properties)]
struct LineViewProps {
    line: Rc<Line>,
    files: Rc<Vec<String>>,
}

/// A line, in which places in files are links.
#[component]
fn LineView(props: &LineViewProps) -> Html {
    let lab = use_sandbox();
    let line = &props.line;
    let mut rest = 0;
    let mut parts = Vec::new();
    for Link { from, to, file, line: number } in links(&line.text, &props.files) {
        parts.push(html! { { &line.text[rest..from] } });
        let (selected, path) = (lab.selected.clone(), file.clone());
        let onclick = Callback::from(move |_: MouseEvent| selected.go_to(&path, number, 0));
        parts.push(html! { <button type="button" class="place-link" {onclick}>{ &line.text[from..to] }</button> });
        rest = to;
    }
    parts.push(html! { { &line.text[rest..] } });
    html! { <div class={classes!("output-line", line.kind)}>{ for parts }</div> }
}

/// See [`Prompt`].
#[derive(PartialEq, Properties)]
struct PromptProps {
    is_alive: bool,
}

/// A line for the program to read. The arrow keys bring back what was typed before.
#[component]
fn Prompt(props: &PromptProps) -> Html {
    let lab = use_sandbox();
    let toasts = use_toasts();
    use_topic(&lab.live.topics().run);
    let history = use_mut_ref(|| History::read("input"));
    let field = use_node_ref();
    let wants_input = lab.live.with_run(|run| run.status().is_some_and(|status| status.wants_input));
    let onsubmit = {
        let (lab, toasts, field, history) = (lab.clone(), toasts.clone(), field.clone(), history.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(field) = field.cast::<HtmlInputElement>() else { return };
            let text = field.value();
            field.set_value("");
            history.borrow_mut().add(&text);
            tell(&lab, &toasts, LiveCommand::Input { text: Some(format!("{text}\n")) });
        })
    };
    let onkeydown = {
        let field = field.clone();
        Callback::from(move |event: KeyboardEvent| {
            let Some(field) = field.cast::<HtmlInputElement>() else { return };
            match event.key().as_str() {
                "ArrowUp" => field.set_value(&history.borrow_mut().back(&field.value())),
                "ArrowDown" => field.set_value(&history.borrow_mut().forward()),
                _ => return,
            }
            event.prevent_default();
        })
    };
    let hint = match (props.is_alive, wants_input) {
        (true, true) => "The program waits for a line",
        (true, false) => "Input for the program; to call its functions, open IEx beside this",
        (false, _) => "Run the program to talk to it",
    };
    html! {
        <form class="prompt" {onsubmit}>
            <span class="prompt-mark" aria-hidden="true">{ "‹" }</span>
            <input
                ref={field}
                type="text"
                aria-label="Input"
                placeholder={hint}
                disabled={!props.is_alive}
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                {onkeydown}
            />
        </form>
    }
}
