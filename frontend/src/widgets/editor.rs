//! The code editor: CodeMirror, loaded when it is first shown, or a plain text field for those who prefer one.
//!
//! CodeMirror owns what is inside its element; Yew never touches it.

mod codemirror;

use web_sys::{Element, HtmlTextAreaElement};
use yew::platform::spawn_local;
use yew::prelude::*;

/// What is highlighted, and what a new file begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Elixir.
    Elixir,
    /// Erlang.
    Erlang,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Elixir, Self::Erlang];

    /// As the editor's script knows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Elixir => "elixir",
            Self::Erlang => "erlang",
        }
    }

    /// As people read it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Elixir => "Elixir",
            Self::Erlang => "Erlang",
        }
    }

    /// Elixir for anything that is not a name of ours.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|language| language.name() == name).unwrap_or(Self::Elixir)
    }

    fn first_text(self) -> &'static str {
        match self {
            Self::Elixir => include_str!("editor/first.ex"),
            Self::Erlang => include_str!("editor/first.erl"),
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

/// See [`Editor`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct EditorProps {
    /// What is highlighted. To change it, show another editor with another key.
    pub language: Language,
    /// Which editor is shown. The text stays when it changes.
    pub mode: EditorMode,
}

/// A file that can be edited.
#[component]
pub fn Editor(props: &EditorProps) -> Html {
    let text = use_mut_ref(|| props.language.first_text().to_owned());
    let label = format!("{} code", props.language.label());
    match props.mode {
        EditorMode::Full => html! { <Full language={props.language} {label} {text} /> },
        EditorMode::Plain => {
            let value = text.borrow().clone();
            let oninput = Callback::from(move |event: InputEvent| {
                if let Some(field) = event.target_dyn_into::<HtmlTextAreaElement>() {
                    text.replace(field.value());
                }
            });
            html! { <textarea class="editor plain" aria-label={label} spellcheck="false" {oninput} defaultvalue={value} /> }
        }
    }
}

/// See [`Full`].
#[derive(Debug, Clone, Properties)]
struct FullProps {
    language: Language,
    label: String,
    /// What is edited, kept up to date on every change.
    text: std::rc::Rc<std::cell::RefCell<String>>,
}

impl PartialEq for FullProps {
    /// The text changes with every key; that is no reason to draw anything again.
    fn eq(&self, other: &Self) -> bool {
        self.language == other.language && self.label == other.label
    }
}

/// How far the loading of CodeMirror is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loading {
    Waiting,
    Loaded,
    Failed,
}

/// CodeMirror in an element of its own.
#[component]
fn Full(props: &FullProps) -> Html {
    let place = use_node_ref();
    let loading = use_state_eq(|| Loading::Waiting);
    {
        let (place, loading, props) = (place.clone(), loading.clone(), props.clone());
        use_effect_with((), move |()| {
            let mounted = codemirror::Mounted::default();
            if let Some(parent) = place.cast::<Element>() {
                let mounted = mounted.clone();
                spawn_local(async move {
                    let result = mounted.mount(&parent, props.language.name(), &props.label, props.text).await;
                    loading.set(if result.is_ok() { Loading::Loaded } else { Loading::Failed });
                });
            }
            move || mounted.destroy()
        });
    }
    html! {
        <>
            if *loading == Loading::Waiting {
                <p class="hint" role="status">{ "Loading the editor…" }</p>
            }
            if *loading == Loading::Failed {
                <p role="alert">{ "The editor could not be loaded. The plain text field works without it." }</p>
            }
            <div class="editor" ref={place}></div>
        </>
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_language_is_found_by_its_name() {
        for language in Language::ALL {
            assert_eq!(Language::from_name(language.name()), language);
            assert!(!language.first_text().is_empty());
        }
        assert_eq!(Language::from_name("cobol"), Language::Elixir);
    }
}
