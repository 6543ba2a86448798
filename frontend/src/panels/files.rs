//! The files of a sandbox: open, add, rename, put elsewhere in the list, delete.

use gloo_timers::callback::Timeout;
use shared::access::Operation;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::state::code::FileError;
use crate::state::document::Connection;
use crate::state::lab::{Lab, use_may, use_sandbox};
use crate::state::toasts::use_toasts;
use crate::state::topic::use_topic;

/// What is being typed into the list.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Typing {
    New,
    Rename(String),
}

/// The list.
#[component]
pub fn FilesPanel() -> Html {
    let lab = use_sandbox();
    use_topic(lab.document.files_topic());
    use_topic(lab.selected.topic());
    use_topic(lab.document.people_topic());
    let may_edit = use_may(Operation::EditCode);
    let toasts = use_toasts();
    let typing = use_state_eq(|| None::<Typing>);
    let paths = lab.document.paths();
    let open = lab.shown_file();
    let others = lab.document.others();
    let is_coming = lab.document.connection() == Connection::Connecting && paths.is_empty();
    let finish = |act: fn(&Lab, &Typing, &str) -> Result<(), FileError>| {
        let (lab, typing, toasts) = (lab.clone(), typing.clone(), toasts.clone());
        Callback::from(move |path: Option<String>| {
            let what = (*typing).clone();
            let result = what.zip(path).map_or(Ok(()), |(what, path)| act(&lab, &what, path.trim()));
            match result {
                Ok(()) => typing.set(None),
                Err(error) => toasts.error(error.to_string()),
            }
        })
    };
    let on_name = finish(|lab, typing, path| {
        match typing {
            Typing::New => lab.document.add(path, "")?,
            Typing::Rename(from) if from == path => return Ok(()),
            Typing::Rename(from) => lab.document.rename(from, path)?,
        }
        lab.selected.change(|selection| (selection.file, selection.line) = (Some(path.to_owned()), None));
        Ok(())
    });
    let delete = {
        let (lab, toasts) = (lab.clone(), toasts.clone());
        Callback::from(move |path: String| match lab.document.remove(&path) {
            Ok(text) => {
                let (document, toasts_again, gone) = (lab.document.clone(), toasts.clone(), path.clone());
                let undo = Callback::from(move |()| {
                    if let Err(error) = document.add(&gone, &text) {
                        toasts_again.error(error.to_string());
                    }
                });
                toasts.undoable(format!("Deleted {path}"), undo, Callback::noop());
            }
            Err(error) => toasts.error(error.to_string()),
        })
    };
    html! {
        <div class="files">
            <div class="panel-head">
                <h2>{ "Files" }</h2>
                if may_edit {
                    <button
                        type="button"
                        class="button quiet"
                        onclick={let typing = typing.setter(); Callback::from(move |_: MouseEvent| typing.set(Some(Typing::New)))}
                    >{ "New file" }</button>
                }
            </div>
            if is_coming {
                <div aria-busy="true"><div class="skeleton"></div><div class="skeleton"></div></div>
            } else if paths.is_empty() && typing.is_none() {
                <p class="empty">{ "No files yet. A script called main.exs runs when you press Run; modules go into lib/ or src/." }</p>
            }
            <ul class="file-list">
                for path in paths {
                    <li key={path.clone()} class={classes!("file-row", (open.as_deref() == Some(path.as_str())).then_some("open"))}>
                        if *typing == Some(Typing::Rename(path.clone())) {
                            <NameField label="New path" first={path.clone()} on_done={on_name.clone()} />
                        } else {
                            <button
                                type="button"
                                class="file-name"
                                aria-current={(open.as_deref() == Some(path.as_str())).then_some("true")}
                                onclick={choose(&lab, &path)}
                                onkeydown={may_edit.then(|| move_by_key(&lab, &path))}
                            >
                                <span class="file-path">{ name(&path) }</span>
                                for (client, person) in others.iter().filter(|(_, it)| it.at.file.as_deref() == Some(path.as_str())) {
                                    <span
                                        key={*client}
                                        class="dot"
                                        aria-hidden="true"
                                        style={format!("--person: {}", person.user.color)}
                                        title={person.user.name.clone()}
                                    ></span>
                                }
                            </button>
                            if may_edit {
                                <span class="file-tools">
                                    <button
                                        type="button"
                                        class="button quiet icon-button"
                                        aria-label={format!("Move {path} up")}
                                        title="Move up (Alt+↑)"
                                        onclick={
                                            let (document, path) = (lab.document.clone(), path.clone());
                                            Callback::from(move |_: MouseEvent| document.move_file(&path, true))
                                        }
                                    >{ "↑" }</button>
                                    <button
                                        type="button"
                                        class="button quiet icon-button"
                                        aria-label={format!("Rename {path}")}
                                        title="Rename"
                                        onclick={
                                            let (typing, path) = (typing.setter(), path.clone());
                                            Callback::from(move |_: MouseEvent| typing.set(Some(Typing::Rename(path.clone()))))
                                        }
                                    >{ "✎" }</button>
                                    <button
                                        type="button"
                                        class="button quiet icon-button"
                                        aria-label={format!("Delete {path}")}
                                        title="Delete"
                                        onclick={let path = path.clone(); delete.reform(move |_: MouseEvent| path.clone())}
                                    >{ "✕" }</button>
                                </span>
                            }
                        }
                    </li>
                }
                if *typing == Some(Typing::New) {
                    <li class="file-row"><NameField label="Path of the new file" first="" on_done={on_name.clone()} /></li>
                }
            </ul>
        </div>
    }
}

/// The folders of a path are said more quietly than its name.
fn name(path: &str) -> Html {
    match path.rsplit_once('/') {
        Some((folders, name)) => html! { <><span class="folders">{ folders }{ "/" }</span>{ name }</> },
        None => html! { path },
    }
}

fn choose(lab: &Lab, path: &str) -> Callback<MouseEvent> {
    let (selected, path) = (lab.selected.clone(), path.to_owned());
    Callback::from(move |_| selected.change(|it| (it.file, it.line) = (Some(path.clone()), None)))
}

/// Alt and an arrow put a file elsewhere. It keeps the focus.
fn move_by_key(lab: &Lab, path: &str) -> Callback<KeyboardEvent> {
    let (document, path) = (lab.document.clone(), path.to_owned());
    Callback::from(move |event: KeyboardEvent| {
        let is_up = match event.key().as_str() {
            "ArrowUp" if event.alt_key() => true,
            "ArrowDown" if event.alt_key() => false,
            _ => return,
        };
        event.prevent_default();
        let button = event.target_dyn_into::<HtmlElement>();
        document.move_file(&path, is_up);
        // What is moved in the page loses it.
        let again = move || button.iter().for_each(|button| drop(button.focus()));
        Timeout::new(0, again).forget();
    })
}

/// See [`NameField`].
#[derive(PartialEq, Properties)]
struct NameFieldProps {
    label: AttrValue,
    first: AttrValue,
    /// With what was typed, or nothing when it was given up.
    on_done: Callback<Option<String>>,
}

/// A field for a path: Enter takes it, Escape gives it up.
#[component]
fn NameField(props: &NameFieldProps) -> Html {
    let place = use_node_ref();
    {
        let place = place.clone();
        use_effect_with((), move |()| {
            if let Some(input) = place.cast::<HtmlInputElement>() {
                // It was just put there, so it can have the focus.
                drop(input.focus());
                input.select();
            }
        });
    }
    let onkeydown = {
        let on_done = props.on_done.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                on_done.emit(None);
            }
        })
    };
    let onsubmit = {
        let (place, on_done) = (place.clone(), props.on_done.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            on_done.emit(place.cast::<HtmlInputElement>().map(|input| input.value()));
        })
    };
    html! {
        <form class="name-form" {onsubmit}>
            <input
                ref={place}
                type="text"
                aria-label={props.label.clone()}
                defaultvalue={props.first.clone()}
                maxlength="255"
                autocomplete="off"
                spellcheck="false"
                {onkeydown}
            />
        </form>
    }
}
