//! The editor with the file that is selected.

use std::rc::Rc;

use shared::access::Operation;
use yew::prelude::*;

use crate::panels::problems::marks;
use crate::panels::run_controls::{Target, use_run};
use crate::state::document::Connection;
use crate::state::lab::{Lab, use_may, use_sandbox};
use crate::state::storage;
use crate::state::topic::use_topic;
use crate::widgets::editor::{Editor, EditorMode, Mark, Suggestion};

/// Where it is remembered who prefers the plain field.
const PLAIN_KEY: &str = "orrery.plain-editor";

/// The editor.
#[component]
pub fn CodePanel() -> Html {
    let lab = use_sandbox();
    use_topic(lab.document.files_topic());
    use_topic(lab.document.connection_topic());
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
        use_callback((), move |prefix: String, ()| suggestions(&lab, &prefix))
    };
    let gone = selection.file.clone().filter(|path| !paths.contains(path));
    let connection = lab.document.connection();
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
    let reveal = selection.line.filter(|_| selection.file.as_deref() == Some(path.as_str()));
    html! {
        <div class="code">
            <div class="panel-head">
                <h2 class="code-path">{ &path }</h2>
                if !may_edit {
                    <span class="badge">{ "Read only" }</span>
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
                {complete}
            />
        </div>
    }
}

/// Words that are suggested at most.
const SUGGESTED: usize = 60;

/// Modules of the sandbox and of the library that runs in it, and words of its own files.
fn suggestions(lab: &Lab, prefix: &str) -> Vec<Suggestion> {
    if prefix.chars().count() < 2 {
        return Vec::new();
    }
    let mut found: Vec<Suggestion> = Vec::new();
    lab.live.with_run(|run| {
        let modules = run.now().modules.keys().map(|module| crate::elixir::module(module.as_str()));
        let fits = modules.filter(|module| module.starts_with(prefix));
        found.extend(fits.map(|label| Suggestion { label, kind: "class", detail: "module".to_owned() }));
    });
    let mut words = std::collections::BTreeSet::new();
    for path in lab.document.paths() {
        let text = lab.document.text(&path).unwrap_or_default();
        let all = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '?' | '!'));
        let fits =
            all.filter(|word| word.starts_with(prefix) && *word != prefix).map(|word| word.trim_end_matches('.'));
        words.extend(fits.map(str::to_owned));
    }
    found.extend(words.into_iter().map(|label| Suggestion { label, kind: "text", detail: String::new() }));
    found.truncate(SUGGESTED);
    found
}
