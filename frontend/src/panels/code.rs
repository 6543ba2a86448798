//! The editor with the file that is selected.

mod meant;

use std::rc::Rc;

use shared::access::Operation;
use shared::api::code::{Diagnostic, Formatted, TextChange, ToFormat};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::net::sandboxes;
use crate::panels::problems::marks;
use crate::panels::run_controls::{Target, use_run};
use crate::state::code::Change;
use crate::state::document::Connection;
use crate::state::lab::{Lab, use_may, use_sandbox};
use crate::state::storage;
use crate::state::toasts::use_toasts;
use crate::state::topic::{use_seen, use_topic};
use crate::widgets::editor::{Editor, EditorMode, Language, Mark, Suggestions};

/// Where it is remembered who prefers the plain field.
const PLAIN_KEY: &str = "orrery.plain-editor";

/// How often formatting begins again because somebody writes meanwhile.
const FORMAT_TRIES: usize = 3;

/// The editor.
#[component]
pub fn CodePanel() -> Html {
    let lab = use_sandbox();
    use_topic(lab.document.files_topic());
    let connection = {
        let document = lab.document.clone();
        use_seen(lab.document.connection_topic(), move || document.connection())
    };
    let moved = use_topic(lab.selected.topic());
    let may_edit = use_may(Operation::EditCode);
    let mode = use_state_eq(|| if storage::get(PLAIN_KEY).is_some() { EditorMode::Plain } else { EditorMode::Full });
    let run = use_run();
    let ran = use_topic(&lab.live.topics().run);
    let selection = lab.selected.get();
    let paths = lab.document.paths();
    let path = lab.shown_file();
    let marks: Rc<Vec<Mark>> = {
        let lab = lab.clone();
        use_memo((ran, path.clone()), move |(_, path)| {
            let path = path.clone().unwrap_or_default();
            lab.live.with_run(|run| marks(run.diagnostics(), &path))
        })
    };
    let complete = {
        let lab = lab.clone();
        use_callback((), move |(before, answer): (String, Callback<Suggestions>), ()| meant::ask(&lab, &before, answer))
    };
    let format = use_format();
    let on_breakpoint = {
        let lab = lab.clone();
        use_callback((), move |line: u32, ()| {
            if let Some(path) = lab.shown_file().filter(|_| lab.may(Operation::EditCode)) {
                lab.document.toggle_breakpoint(&path, line);
            }
        })
    };
    let gone = selection.file.clone().filter(|path| !paths.contains(path));
    let on_plain = {
        let mode = mode.clone();
        Callback::from(move |_: Event| {
            let plain = *mode == EditorMode::Full;
            if plain {
                storage::set(PLAIN_KEY, "yes")
            } else {
                storage::remove(PLAIN_KEY)
            }
            mode.set(if plain { EditorMode::Plain } else { EditorMode::Full });
        })
    };
    let Some(path) = path else {
        return match connection {
            Connection::Connecting => html! { <div class="code" aria-busy="true"><div class="skeleton"></div></div> },
            _ => html! { <div class="code"><p class="empty">{ "Add a file to begin." }</p></div> },
        };
    };
    let read_only = !may_edit || matches!(connection, Connection::Closed(_));
    let is_plain = *mode == EditorMode::Plain;
    let breakpoints = lab.document.breakpoints(&path);
    let reveal = selection.line.filter(|_| selection.file.as_deref() == Some(path.as_str()));
    html! {
        <div class="code">
            <div class="panel-head">
                <h2 class="code-path">{ &path }</h2>
                if !may_edit {
                    <span class="badge">{ "Read only" }</span>
                }
                if !breakpoints.is_empty() {
                    <span class="hint" title="They are kept for everybody here. Programs do not stop at lines yet.">
                        { breakpoints_said(&breakpoints) }
                    </span>
                }
                if !read_only && Language::of_path(&path) == Language::Elixir {
                    <button type="button" class="button quiet format" title="Format (Shift+Alt+F)" onclick={format.reform(|_: MouseEvent| ())}>{ "Format" }</button>
                }
                <label class="plain-switch">
                    <input type="checkbox" checked={is_plain} onchange={on_plain} />
                    { " Plain text field" }
                </label>
            </div>
            if let Some(gone) = gone {
                <p class="notice" role="status">{ format!("{gone} is not there any more.") }</p>
            }
            <Editor
                key={format!("{path} {is_plain}")}
                document={lab.document.clone()}
                path={path.clone()}
                mode={*mode}
                {read_only}
                marks={Rc::clone(&marks)}
                reveal={reveal.map(|(line, column)| (line, column, moved))}
                on_run={run.reform(|()| Target::Main)}
                on_format={format}
                {on_breakpoint}
                {complete}
            />
        </div>
    }
}

/// A callback that formats the file that is shown: the server says what to change, and the document is changed as by an edit.
#[hook]
pub fn use_format() -> Callback<()> {
    let lab = use_sandbox();
    let toasts = use_toasts();
    Callback::from(move |()| {
        let Some(path) = lab.shown_file() else { return };
        if !lab.may(Operation::EditCode) {
            return toasts.error("Only those who may edit the code can format it");
        }
        let (lab, toasts) = (lab.clone(), toasts.clone());
        spawn_local(async move {
            if let Err(error) = format(&lab, &path).await {
                toasts.error(error);
            }
        });
    })
}

/// Formats a file; an error is a sentence for people.
async fn format(lab: &Lab, path: &str) -> Result<(), String> {
    for _ in 0..FORMAT_TRIES {
        let Some(text) = lab.document.text(path) else { return Ok(()) };
        let file = ToFormat { path: path.to_owned(), text: text.clone() };
        let formatted = sandboxes::format(&lab.sandbox, &file).await.map_err(|error| error.to_string())?;
        let changes = match formatted {
            Formatted::Done { changes, .. } => changes,
            Formatted::Refused { diagnostic } => return Err(refused(lab, path, &diagnostic)),
        };
        // Somebody may have written meanwhile; then the changes are of another text.
        if lab.document.text(path).as_ref() == Some(&text) {
            let change = |it: TextChange| Change { from: it.from, to: it.to, insert: it.insert };
            lab.document.rewrite(path, &changes.into_iter().map(change).collect::<Vec<_>>());
            return Ok(());
        }
    }
    Err("Somebody writes in this file: format it when they have come to an end".to_owned())
}

/// Goes to the place that cannot be read, and says why.
fn refused(lab: &Lab, path: &str, diagnostic: &Diagnostic) -> String {
    let file = diagnostic.file.as_deref().unwrap_or(path);
    let Some(place) = diagnostic.start else { return format!("{file} cannot be formatted: {}", diagnostic.message) };
    let column = place.column.unwrap_or(0);
    lab.selected.go_to(file, place.line, column);
    let column = if column > 0 { format!(":{column}") } else { String::new() };
    format!("{file}:{}{column} cannot be formatted: {}", place.line, diagnostic.message)
}

/// Where breakpoints are, and that nothing stops there yet.
fn breakpoints_said(lines: &[u32]) -> String {
    let first: Vec<String> = lines.iter().take(5).map(u32::to_string).collect();
    let more = if lines.len() > first.len() { "…" } else { "" };
    let word = if lines.len() == 1 { "Breakpoint at line" } else { "Breakpoints at lines" };
    format!("{word} {}{more} (programs do not stop yet)", first.join(", "))
}
