//! The editor with the file that is selected.

use std::rc::Rc;

use shared::access::Operation;
use yew::prelude::*;

use crate::state::document::Connection;
use crate::state::lab::{use_may, use_sandbox};
use crate::state::storage;
use crate::state::topic::use_topic;
use crate::widgets::editor::{Editor, EditorMode, Mark, Suggestion};

/// Where it is remembered who prefers the plain field.
const PLAIN_KEY: &str = "orrery.plain-editor";

/// See [`CodePanel`].
#[derive(PartialEq, Properties)]
pub struct CodePanelProps {
    /// Ctrl+Enter.
    pub on_run: Callback<()>,
}

/// The editor.
#[component]
pub fn CodePanel(props: &CodePanelProps) -> Html {
    let lab = use_sandbox();
    use_topic(lab.document.files_topic());
    use_topic(lab.document.connection_topic());
    let moved = use_topic(lab.selected.topic());
    let may_edit = use_may(Operation::EditCode);
    let mode = use_state_eq(|| if storage::get(PLAIN_KEY).is_some() { EditorMode::Plain } else { EditorMode::Full });
    let marks = use_memo((), |()| Vec::<Mark>::new());
    let complete = use_callback((), |_prefix: String, ()| Vec::<Suggestion>::new());
    let selection = lab.selected.get();
    let paths = lab.document.paths();
    let path = lab.shown_file();
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
                on_run={props.on_run.clone()}
                {complete}
            />
        </div>
    }
}
