//! The code editor: CodeMirror, loaded when it is first shown, or a plain text field for those who prefer one. Both show a
//! file of the shared document, and keep no copy of it that could differ.
//!
//! CodeMirror owns what is inside its element; Yew never touches it.

mod codemirror;
mod plain;

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::Element;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::state::document::SharedDocument;
use plain::Plain;

/// What is highlighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Elixir.
    Elixir,
    /// Erlang.
    Erlang,
    /// Anything else.
    Text,
}

impl Language {
    /// The language of a file, by the end of its name.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        match path.rsplit_once('.').map(|(_, extension)| extension) {
            Some("ex" | "exs" | "eex") => Self::Elixir,
            Some("erl" | "hrl" | "escript") => Self::Erlang,
            _ => Self::Text,
        }
    }

    /// As the editor's script knows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Elixir => "elixir",
            Self::Erlang => "erlang",
            Self::Text => "text",
        }
    }
}

/// Which editor is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditorMode {
    /// CodeMirror.
    Full,
    /// The browser's own text field.
    Plain,
}

/// Something that a compiler says of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The line, the first being 1.
    pub line: u32,
    /// The column, the first being 1; 0 for the whole line.
    pub column: u32,
    /// `error`, `warning` or `info`.
    pub severity: &'static str,
    /// What it says.
    pub message: String,
}

/// What may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What is written.
    pub label: String,
    /// `namespace`, `function`, `keyword` or `text`; how it looks.
    pub kind: &'static str,
    /// Of a function its arguments.
    pub detail: String,
    /// A line about it.
    pub about: Option<String>,
}

/// What may be meant, and in place of what it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// UTF-16 code units before the caret that are replaced.
    pub replaces: u32,
    /// What by.
    pub items: Vec<Suggestion>,
}

/// See [`Editor`].
#[derive(Clone, PartialEq, Properties)]
pub struct EditorProps {
    /// The document.
    pub document: SharedDocument,
    /// The file. To show another one, show another editor with another key.
    pub path: AttrValue,
    /// Which editor is shown.
    pub mode: EditorMode,
    /// Whether it only shows.
    pub read_only: bool,
    /// What compilers say of the file.
    pub marks: Rc<Vec<Mark>>,
    /// A line and column to go to; goes there whenever it changes.
    #[prop_or_default]
    pub reveal: Option<(u32, u32, u64)>,
    /// Ctrl+Enter.
    pub on_run: Callback<()>,
    /// Shift+Alt+F.
    pub on_format: Callback<()>,
    /// A click beside a line, or F9 in it.
    pub on_breakpoint: Callback<u32>,
    /// What may be meant, by the line before the caret; the callback takes the answer.
    pub complete: Callback<(String, Callback<Suggestions>)>,
}

/// A file that can be edited.
#[component]
pub fn Editor(props: &EditorProps) -> Html {
    match props.mode {
        EditorMode::Full => html! { <Full ..props.clone() /> },
        EditorMode::Plain => {
            html! { <Plain document={props.document.clone()} path={props.path.clone()} read_only={props.read_only} /> }
        }
    }
}

/// How far the loading of CodeMirror is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loading {
    Waiting,
    Loaded,
    Failed,
}

type Shown = Rc<RefCell<Option<Rc<codemirror::Mounted>>>>;

/// CodeMirror in an element of its own.
#[component]
fn Full(props: &EditorProps) -> Html {
    let place = use_node_ref();
    let loading = use_state_eq(|| Loading::Waiting);
    let shown: Shown = (*use_memo((), |()| Shown::default())).clone();
    {
        let (place, loading, props, shown) = (place.clone(), loading.setter(), props.clone(), shown.clone());
        use_effect_with((), move |()| {
            let (document, path) = (props.document.clone(), props.path.clone());
            let is_wanted = Rc::new(std::cell::Cell::new(true));
            if let Some(parent) = place.cast::<Element>() {
                let (shown, is_wanted) = (shown.clone(), is_wanted.clone());
                spawn_local(async move {
                    let script = codemirror::loaded().await;
                    if is_wanted.get() {
                        let mounted = script.and_then(|script| script.mount(&parent, options(&props)));
                        loading.set(if mounted.is_ok() { Loading::Loaded } else { Loading::Failed });
                        if let Ok(mounted) = mounted {
                            let mounted = Rc::new(mounted);
                            shown.replace(Some(mounted.clone()));
                            props.document.show(&props.path, mounted);
                        }
                    }
                });
            }
            move || {
                is_wanted.set(false);
                document.hide(&path);
                shown.take();
            }
        });
    }
    let with_shown = |act: fn(&codemirror::Mounted, &EditorProps)| {
        let (shown, props) = (shown.clone(), props.clone());
        move || {
            if let Some(mounted) = &*shown.borrow() {
                act(mounted, &props);
            }
        }
    };
    {
        let act = with_shown(|mounted, props| mounted.set_read_only(props.read_only));
        use_effect_with((props.read_only, *loading), move |_| act());
    }
    {
        let act = with_shown(|mounted, props| mounted.set_marks(&props.marks));
        use_effect_with((props.marks.clone(), *loading), move |_| act());
    }
    {
        let act = with_shown(|mounted, props| {
            if let Some((line, column, _)) = props.reveal {
                mounted.reveal(line, column);
            }
        });
        use_effect_with((props.reveal, *loading), move |_| act());
    }
    html! {
        <>
            if *loading == Loading::Waiting {
                <p class="hint editor-hint" role="status">{ "Loading the editor…" }</p>
            }
            if *loading == Loading::Failed {
                <p class="editor-hint" role="alert">
                    { "The editor could not be loaded. The plain text field works without it." }
                </p>
            }
            <div class="editor" ref={place}></div>
        </>
    }
}

fn options(props: &EditorProps) -> codemirror::Options {
    let (document, path) = (props.document.clone(), props.path.to_string());
    let with = |act: fn(&SharedDocument, &str)| -> Box<dyn Fn()> {
        let (document, path) = (document.clone(), path.clone());
        Box::new(move || act(&document, &path))
    };
    let on_run = props.on_run.clone();
    let (on_format, on_breakpoint) = (props.on_format.clone(), props.on_breakpoint.clone());
    let complete = props.complete.clone();
    codemirror::Options {
        text: document.text(&path).unwrap_or_default(),
        language: Language::of_path(&path).name(),
        label: path.clone(),
        read_only: props.read_only,
        on_undo: with(|document, path| {
            document.undo(path);
        }),
        on_redo: with(|document, path| {
            document.redo(path);
        }),
        on_run: Box::new(move || on_run.emit(())),
        on_format: Box::new(move || on_format.emit(())),
        on_breakpoint: Box::new(move |line| on_breakpoint.emit(line)),
        complete: Box::new(move |before, answer| complete.emit((before, answer))),
        on_change: {
            let (document, path) = (document.clone(), path.clone());
            Box::new(move |changes| document.edit(&path, &changes))
        },
        on_select: Box::new(move |anchor, head| document.select(&path, anchor, head)),
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_end_of_a_name_says_the_language() {
        for (path, language) in [
            ("lib/a.ex", Language::Elixir),
            ("main.exs", Language::Elixir),
            ("src/a.erl", Language::Erlang),
            ("README.md", Language::Text),
            ("Makefile", Language::Text),
        ] {
            assert_eq!(Language::of_path(path), language, "{path}");
        }
    }
}
