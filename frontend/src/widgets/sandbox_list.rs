//! One's sandboxes: open, rename, delete.

use shared::access::{Operation, allowed};
use shared::api::sandboxes::Sandbox;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::routes::Route;
use crate::state::sandboxes::Sandboxes;
use crate::widgets::ago::ago;
use crate::widgets::field::Field;

/// See [`SandboxList`].
#[derive(PartialEq, Properties)]
pub struct SandboxListProps {
    /// What is known of them.
    pub sandboxes: Sandboxes,
}

/// The list.
#[component]
pub fn SandboxList(props: &SandboxListProps) -> Html {
    let renaming = use_state_eq(|| None::<String>);
    match &props.sandboxes.list {
        None => html! { <div aria-busy="true"><div class="skeleton"></div><div class="skeleton"></div></div> },
        Some(Err(error)) => html! {
            <div role="alert">
                <p>{ error.to_string() }</p>
                <button type="button" class="button" onclick={props.sandboxes.refresh.reform(|_: MouseEvent| ())}>
                    { "Ask again" }
                </button>
            </div>
        },
        Some(Ok(list)) if list.is_empty() => html! {
            <p class="empty">{ "You have none yet. Choose one of the beginnings below, or start with an empty one." }</p>
        },
        Some(Ok(list)) => html! {
            <ul class="sandboxes">
                for sandbox in list.clone() {
                    <li key={sandbox.id.clone()} class="sandbox-row">
                        if renaming.as_deref() == Some(sandbox.id.as_str()) {
                            <Rename
                                sandbox={sandbox.clone()}
                                on_done={done(&renaming, &props.sandboxes.rename, &sandbox.id)}
                            />
                        } else {
                            { row(&sandbox, &props.sandboxes, &renaming) }
                        }
                    </li>
                }
            </ul>
        },
    }
}

fn row(sandbox: &Sandbox, sandboxes: &Sandboxes, renaming: &UseStateHandle<Option<String>>) -> Html {
    let may = |operation| allowed(sandbox.role, operation, &sandbox.switches);
    let rename = {
        let (renaming, id) = (renaming.setter(), sandbox.id.clone());
        Callback::from(move |_: MouseEvent| renaming.set(Some(id.clone())))
    };
    let delete = {
        let (delete, sandbox) = (sandboxes.delete.clone(), sandbox.clone());
        Callback::from(move |_: MouseEvent| delete.emit(sandbox.clone()))
    };
    html! {
        <>
            <Link<Route> to={Route::Lab { id: sandbox.id.clone() }} classes="sandbox-name">{ &sandbox.name }</Link<Route>>
            <span class="sandbox-facts">{ format!("{}, changed {}", sandbox.role.name(), ago(sandbox.updated_at)) }</span>
            if may(Operation::Configure) {
                <button type="button" class="button quiet" aria-label={format!("Rename {}", sandbox.name)} onclick={rename}>
                    { "Rename" }
                </button>
            }
            if may(Operation::Delete) {
                <button type="button" class="button quiet" aria-label={format!("Delete {}", sandbox.name)} onclick={delete}>
                    { "Delete" }
                </button>
            }
        </>
    }
}

fn done(
    renaming: &UseStateHandle<Option<String>>,
    rename: &Callback<(String, String)>,
    id: &str,
) -> Callback<Option<String>> {
    let (renaming, rename, id) = (renaming.setter(), rename.clone(), id.to_owned());
    Callback::from(move |name: Option<String>| {
        renaming.set(None);
        if let Some(name) = name {
            rename.emit((id.clone(), name));
        }
    })
}

/// See [`Rename`].
#[derive(PartialEq, Properties)]
struct RenameProps {
    sandbox: Sandbox,
    /// With the new name, or nothing when it stays.
    on_done: Callback<Option<String>>,
}

/// A field for a new name.
#[component]
fn Rename(props: &RenameProps) -> Html {
    let name = use_state_eq(|| props.sandbox.name.clone());
    let onsubmit = {
        let (name, on_done, old) = (name.clone(), props.on_done.clone(), props.sandbox.name.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let changed = !name.trim().is_empty() && **name != *old;
            on_done.emit(changed.then(|| (*name).clone()));
        })
    };
    html! {
        <form class="row-form" {onsubmit}>
            <Field label="New name" value={name} longest=100 />
            <button type="submit" class="button">{ "Rename" }</button>
            <button type="button" class="button quiet" onclick={props.on_done.reform(|_: MouseEvent| None)}>{ "Cancel" }</button>
        </form>
    }
}
