//! One's own session with `IEx` in the program that runs: what was typed and printed, and a field to type in. What was typed before
//! comes back with the arrow keys, also another day.

use shared::access::Operation;
use shared::api::live::LiveCommand;
use shared::api::run::ReplyValue;
use shared::world::Session;
use web_sys::{Element, HtmlTextAreaElement};
use yew::prelude::*;

use crate::panels::console::lines::plain;
use crate::state::history::History;
use crate::state::lab::{Lab, use_may, use_sandbox};
use crate::state::live::Answer;
use crate::state::toasts::{Toasts, use_toasts};
use crate::state::topic::use_topic;

/// What stands before the field as long as nobody has asked for anything.
const PROMPT: &str = "iex> ";

/// The session.
#[component]
pub fn SessionPanel() -> Html {
    let lab = use_sandbox();
    let toasts = use_toasts();
    use_topic(&lab.live.topics().world);
    use_topic(&lab.live.topics().run);
    let may = use_may(Operation::ChangeState);
    let history = use_mut_ref(|| History::read("session"));
    let (list, field) = (use_node_ref(), use_node_ref());
    let (is_alive, session) = lab.live.with_run(|run| {
        let session = run.session.and_then(|pid| run.now().sessions.get(&pid)).cloned();
        (run.status().is_some_and(|status| status.state.is_alive()), session)
    });
    {
        let list = list.clone();
        use_effect_with(session.as_ref().and_then(|session| session.pieces.back().map(|piece| piece.seq)), move |_| {
            if let Some(list) = list.cast::<Element>() {
                list.set_scroll_top(list.scroll_height());
            }
        });
    }
    let (text, prompt) = session.as_ref().map_or_else(|| (String::new(), PROMPT.to_owned()), said);
    let is_busy = session.as_ref().is_some_and(|session| !session.wants_input && !session.is_over);
    let submit = {
        let (lab, toasts, field, history) = (lab.clone(), toasts.clone(), field.clone(), history.clone());
        Callback::from(move |()| {
            let Some(field) = field.cast::<HtmlTextAreaElement>() else { return };
            let text = field.value();
            field.set_value("");
            field.set_rows(1);
            history.borrow_mut().add(&text);
            say(&lab, &toasts, text);
        })
    };
    let onkeydown = {
        let (field, history, submit) = (field.clone(), history.clone(), submit.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(field) = field.cast::<HtmlTextAreaElement>() else { return };
            let has_lines = field.value().contains('\n');
            match event.key().as_str() {
                "Enter" if !event.shift_key() && !event.is_composing() => submit.emit(()),
                "ArrowUp" if !has_lines => field.set_value(&history.borrow_mut().back(&field.value())),
                "ArrowDown" if !has_lines => field.set_value(&history.borrow_mut().forward()),
                _ => return,
            }
            event.prevent_default();
        })
    };
    let oninput = Callback::from(|event: InputEvent| {
        if let Some(field) = event.target_dyn_into::<HtmlTextAreaElement>() {
            field.set_rows((field.value().matches('\n').count() as u32 + 1).min(8));
        }
    });
    let end = {
        let (lab, toasts) = (lab.clone(), toasts.clone());
        Callback::from(move |_: MouseEvent| crate::panels::run_controls::tell(&lab, &toasts, LiveCommand::EndSession))
    };
    html! {
        <div class="session">
            <pre ref={list} class="output" role="log" aria-label="Session" tabindex="0">
                if text.is_empty() {
                    <span class="muted">{ hint(may.then_some(is_alive)) }</span>
                }
                { text }
            </pre>
            if may {
                <form class="prompt" onsubmit={let submit = submit.clone(); Callback::from(move |event: SubmitEvent| { event.prevent_default(); submit.emit(()); })}>
                    <label class="session-prompt" for="session-field">{ if is_busy { "…".to_owned() } else { prompt } }</label>
                    <textarea
                        id="session-field"
                        ref={field}
                        rows="1"
                        aria-label="Elixir"
                        placeholder={if is_alive { "" } else { "Run the program to talk to it" }}
                        disabled={!is_alive}
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        {onkeydown}
                        {oninput}
                    />
                    if session.as_ref().is_some_and(|session| !session.is_over) && is_alive {
                        <button type="button" class="button quiet" onclick={end} title="Ends it also when it computes; the next line begins another one">{ "End session" }</button>
                    }
                </form>
            }
        </div>
    }
}

/// What an empty session says to somebody who may talk to a program that runs or not, or may not.
fn hint(is_alive: Option<bool>) -> &'static str {
    match is_alive {
        None => "Only those who may change the state of the program can talk to it.",
        Some(false) => {
            "Run the program: then you can call its functions, look into its processes and send them messages here."
        }
        Some(true) => {
            "This is IEx in the running program: variables stay from line to line, h Enum.map shows help. Shift+Enter begins another line."
        }
    }
}

/// What was said so far, and the prompt. It is printed like everything else, and stands before the field instead.
fn said(session: &Session) -> (String, String) {
    let mut text = String::new();
    if session.cut > 0 {
        text.push_str(&format!("… {} bytes before this are not kept\n", session.cut));
    }
    let (last, before) = match session.pieces.back().filter(|_| session.wants_input) {
        Some(last) => (Some(last), session.pieces.len() - 1),
        None => (None, session.pieces.len()),
    };
    // What was typed to begin the session comes before IEx has said anything: it stands behind the first prompt.
    let mut early = String::new();
    let mut is_begun = session.cut > 0;
    for piece in session.pieces.iter().take(before) {
        let said = plain(&String::from_utf8_lossy(&piece.bytes));
        if piece.typed && !is_begun {
            early.push_str(&said);
            continue;
        }
        text.push_str(&said);
        if said.ends_with("> ") {
            is_begun = true;
            text.push_str(&std::mem::take(&mut early));
        }
    }
    text.push_str(&early);
    let last = last.map_or_else(String::new, |last| plain(&String::from_utf8_lossy(&last.bytes)));
    let (more, prompt) = last.rsplit_once('\n').map_or(("", last.as_str()), |(more, prompt)| (more, prompt));
    text.push_str(more);
    if session.is_over {
        text.push_str("\n(the session is over; the next line begins another one)\n");
    }
    (text, if prompt.is_empty() { PROMPT.to_owned() } else { prompt.to_owned() })
}

fn say(lab: &Lab, toasts: &Toasts, text: String) {
    let (live, toasts) = (lab.live.clone(), toasts.clone());
    let answer = Callback::from(move |answer: Answer| match answer {
        Ok(Some(ReplyValue::Session { pid })) => {
            live.with_run_mut(|run| run.session = Some(pid));
            live.topics().world.notify();
        }
        Ok(_) => {}
        Err(error) => toasts.error(error.message),
    });
    lab.live.tell(LiveCommand::Session { text: Some(text) }, answer);
}

#[cfg(test)]
mod tests {
    use shared::ids::EventSeq;
    use shared::world::Piece;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_prompt_stands_before_the_field_and_not_in_the_text() {
        let mut session = Session::default();
        let say = |session: &mut Session, text: &str, typed| {
            let seq = EventSeq(session.pieces.len() as u64 + 1);
            session.pieces.push_back(Piece { seq, typed, bytes: text.as_bytes().into() });
        };
        say(&mut session, "Interactive Elixir\n", false);
        say(&mut session, "iex(1)> ", false);
        session.wants_input = true;
        assert_eq!(said(&session), ("Interactive Elixir\n".to_owned(), "iex(1)> ".to_owned()));
        session.wants_input = false;
        say(&mut session, "1 + 1\n", true);
        assert_eq!(said(&session).0, "Interactive Elixir\niex(1)> 1 + 1\n");
        say(&mut session, "\u{1b}[33m2\u{1b}[0m\n", false);
        session.is_over = true;
        assert!(said(&session).0.contains("1 + 1\n2\n") && said(&session).0.contains("is over"));
        assert_eq!(said(&session).1, PROMPT);
        let mut early = Session::default();
        for (text, typed) in [("6 * 7\n", true), ("Interactive Elixir\n", false), ("iex(1)> ", false), ("42\n", false)]
        {
            say(&mut early, text, typed);
        }
        assert_eq!(said(&early).0, "Interactive Elixir\niex(1)> 6 * 7\n42\n");
    }
}
