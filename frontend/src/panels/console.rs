//! What the program writes, with a filter; what is typed to it, or evaluated in it.

mod lines;

use shared::access::Operation;
use shared::api::live::LiveCommand;
use shared::api::run::ReplyValue;
use shared::event::{Device, EventKind};
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::panels::run_controls::tell;
use crate::state::lab::{Lab, use_may, use_sandbox};
use crate::state::run::{Evaluated, Run};
use crate::state::toasts::use_toasts;
use crate::state::topic::use_topic;
use lines::{Line, Link, Piece, lines_of, links};

/// Lines that are shown at most; the last ones.
const LINES_SHOWN: usize = 2_000;

/// The output, and the line to type in.
#[component]
pub fn ConsolePanel() -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().world);
    use_topic(&lab.live.topics().run);
    use_topic(lab.selected.topic());
    let may_run = use_may(Operation::ChangeState);
    let filter = use_state_eq(String::new);
    let (list, at_end) = (use_node_ref(), use_mut_ref(|| true));
    let at = lab.selected.get().at;
    let (lines, cut, has_run, is_alive) = lab.live.with_run_mut(|run| {
        let has_run = run.status().is_some();
        let is_alive = run.status().is_some_and(|status| status.state.is_alive());
        let (pieces, cut) = pieces(run, at);
        (lines_of(&pieces), cut, has_run, is_alive)
    });
    let wanted = filter.to_lowercase();
    let shown: Vec<&Line> =
        lines.iter().filter(|line| wanted.is_empty() || line.text.to_lowercase().contains(&wanted)).collect();
    let hidden = shown.len().saturating_sub(LINES_SHOWN);
    {
        let (list, at_end) = (list.clone(), at_end.clone());
        use_effect(move || {
            if let Some(list) = list.cast::<Element>().filter(|_| *at_end.borrow()) {
                list.set_scroll_top(list.scroll_height());
            }
        });
    }
    let onscroll = Callback::from(move |event: Event| {
        if let Some(list) = event.target_dyn_into::<Element>() {
            at_end.replace(list.scroll_height() - list.scroll_top() - list.client_height() < 24);
        }
    });
    let on_filter = {
        let filter = filter.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                filter.set(input.value());
            }
        })
    };
    let files = lab.document.paths();
    html! {
        <div class="console">
            <div class="panel-tools">
                <input type="search" aria-label="Show only lines with" placeholder="Filter" oninput={on_filter} value={(*filter).clone()} />
            </div>
            <div ref={list} class="output" role="log" aria-label="Output" tabindex="0" {onscroll}>
                if lines.is_empty() {
                    <p class="empty">{ if has_run { "No output yet." } else { "Press Run, or Ctrl+Enter in the editor: what the program writes stands here." } }</p>
                }
                if cut > 0 {
                    <p class="muted">{ format!("… {cut} bytes before this are not kept") }</p>
                }
                { for shown.into_iter().skip(hidden).map(|line| show(&lab, line, &files)) }
            </div>
            if may_run {
                <Prompt {is_alive} />
            }
        </div>
    }
}

/// What was written, and what was evaluated here, in their order.
fn pieces(run: &mut Run, at: Option<shared::ids::EventSeq>) -> (Vec<Piece>, u64) {
    let (written, cut) = {
        let output = &run.at(at).output;
        (output.pieces.iter().cloned().collect::<Vec<_>>(), output.cut)
    };
    let mut said = run.transcript.iter().filter(|one| at.is_none_or(|at| one.after <= at)).peekable();
    let mut pieces = Vec::new();
    for (seq, bytes) in written {
        while let Some(one) = said.next_if(|one| one.after < seq) {
            pieces.push(evaluated(one));
        }
        let device = run.event(seq).map(|event| &event.kind);
        let is_error = matches!(device, Some(EventKind::Output { device: Device::Stderr, .. }));
        pieces.push(Piece {
            text: String::from_utf8_lossy(&bytes).into_owned(),
            kind: if is_error { "stderr" } else { "stdout" },
        });
    }
    pieces.extend(said.map(evaluated));
    (pieces, cut)
}

fn evaluated(one: &Evaluated) -> Piece {
    let (answer, kind) = match &one.answer {
        None => ("…", "evaluated"),
        Some(Ok(answer)) => (answer.as_str(), "evaluated"),
        Some(Err(error)) => (error.as_str(), "stderr"),
    };
    Piece { text: format!("\n> {}\n{answer}\n", one.code), kind }
}

fn show(lab: &Lab, line: &Line, files: &[String]) -> Html {
    let mut rest = 0;
    let mut parts = Vec::new();
    for Link { from, to, file, line: number } in links(&line.text, files) {
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

/// A line to type in: input when the program waits for some, otherwise an expression. The arrow keys bring back what was
/// typed before.
#[component]
fn Prompt(props: &PromptProps) -> Html {
    let lab = use_sandbox();
    let toasts = use_toasts();
    use_topic(&lab.live.topics().run);
    let history = use_mut_ref(Vec::<String>::new);
    let back = use_mut_ref(|| 0_usize);
    let field = use_node_ref();
    let wants_input = lab.live.with_run(|run| run.status().is_some_and(|status| status.wants_input));
    let onsubmit = {
        let (lab, toasts, field, history, back) =
            (lab.clone(), toasts.clone(), field.clone(), history.clone(), back.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(field) = field.cast::<HtmlInputElement>() else { return };
            let text = field.value();
            field.set_value("");
            back.replace(0);
            if !text.is_empty() {
                history.borrow_mut().push(text.clone());
            }
            if wants_input {
                tell(&lab, &toasts, LiveCommand::Input { text: Some(format!("{text}\n")) });
            } else if !text.trim().is_empty() {
                evaluate(&lab, text);
            }
        })
    };
    let onkeydown = {
        let field = field.clone();
        Callback::from(move |event: KeyboardEvent| {
            let (history, mut back) = (history.borrow(), back.borrow_mut());
            *back = match event.key().as_str() {
                "ArrowUp" => (*back + 1).min(history.len()),
                "ArrowDown" => back.saturating_sub(1),
                _ => return,
            };
            event.prevent_default();
            if let Some(field) = field.cast::<HtmlInputElement>() {
                let text = history.len().checked_sub(*back).and_then(|at| history.get(at));
                field.set_value(text.map_or("", String::as_str));
            }
        })
    };
    let (label, hint) = match (props.is_alive, wants_input) {
        (true, true) => ("Input", "The program waits for a line"),
        (true, false) => ("Evaluate", "Evaluate Elixir in the running program"),
        (false, _) => ("Evaluate", "Run the program to talk to it"),
    };
    html! {
        <form class="prompt" {onsubmit}>
            <span class="prompt-mark" aria-hidden="true">{ if wants_input { "‹" } else { "›" } }</span>
            <input
                ref={field}
                type="text"
                aria-label={label}
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

fn evaluate(lab: &Lab, code: String) {
    let at = lab.live.with_run_mut(|run| {
        run.transcript.push(Evaluated { code: code.clone(), answer: None, after: run.now().seq });
        run.transcript.len() - 1
    });
    lab.live.topics().world.notify();
    let live = lab.live.clone();
    let answer = Callback::from(move |answer: crate::state::live::Answer| {
        let given = match answer {
            Ok(Some(ReplyValue::Evaluated { text, failed: false })) => Ok(text),
            Ok(Some(ReplyValue::Evaluated { text, failed: true })) => Err(text),
            Ok(_) => Ok(String::new()),
            Err(error) => Err(error.message),
        };
        live.with_run_mut(|run| {
            if let Some(one) = run.transcript.get_mut(at) {
                one.answer = Some(given);
            }
        });
        live.topics().world.notify();
    });
    lab.live.tell(LiveCommand::Evaluate { code }, answer);
}
