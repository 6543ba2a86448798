//! The sandboxes of the one who is signed in.

use std::collections::BTreeSet;

use shared::api::sandboxes::{NewSandbox, Sandbox};
use yew::platform::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::net::{NetError, sandboxes as net};
use crate::routes::Route;
use crate::state::toasts::{Toasts, use_toasts};

/// What is known of them.
#[derive(Clone, PartialEq)]
pub struct Sandboxes {
    /// All of them but those that are being deleted; nothing while the server is asked.
    pub list: Option<Result<Vec<Sandbox>, NetError>>,
    /// Makes one, from a template or empty, and opens it.
    pub create: Callback<Option<String>>,
    /// Gives one another name.
    pub rename: Callback<(String, String)>,
    /// Deletes one; it can be taken back for a while.
    pub delete: Callback<Sandbox>,
    /// Asks again.
    pub refresh: Callback<()>,
}

/// Asks for the sandboxes of this user, and changes them.
#[hook]
pub fn use_sandboxes(user: Option<String>) -> Sandboxes {
    let toasts = use_toasts();
    let navigator = use_navigator();
    let list = use_state(|| None::<Result<Vec<Sandbox>, NetError>>);
    let going = use_state_eq(BTreeSet::<String>::new);
    let refresh = {
        let setter = list.setter();
        use_callback(user.clone(), move |(), user| {
            let setter = setter.clone();
            if user.is_some() {
                spawn_local(async move { setter.set(Some(net::list().await)) });
            } else {
                setter.set(None);
            }
        })
    };
    use_effect_with((user, refresh.clone()), |(_, refresh)| refresh.emit(()));
    {
        // Whatever was deleted and not taken back is deleted when the page is left.
        let toasts = toasts.clone();
        use_effect_with((), move |()| move || toasts.settle());
    }
    let create = {
        let toasts = toasts.clone();
        Callback::from(move |template: Option<String>| {
            let (toasts, navigator) = (toasts.clone(), navigator.clone());
            spawn_local(async move {
                match net::create(&NewSandbox { template, ..NewSandbox::default() }).await {
                    Ok(sandbox) => {
                        if let Some(navigator) = navigator {
                            navigator.push(&Route::Lab { id: sandbox.id });
                        }
                    }
                    Err(error) => toasts.error(error.to_string()),
                }
            });
        })
    };
    let rename = {
        let (toasts, refresh) = (toasts.clone(), refresh.clone());
        Callback::from(move |(id, name): (String, String)| {
            let (toasts, refresh) = (toasts.clone(), refresh.clone());
            spawn_local(async move {
                if let Err(error) = net::rename(&id, name).await {
                    toasts.error(error.to_string());
                }
                refresh.emit(());
            });
        })
    };
    let delete = {
        let (going, refresh) = (going.clone(), refresh.clone());
        Callback::from(move |sandbox: Sandbox| {
            let mut gone = (*going).clone();
            gone.insert(sandbox.id.clone());
            let mut back = gone.clone();
            back.remove(&sandbox.id);
            going.set(gone);
            let undo = {
                let going = going.setter();
                Callback::from(move |()| going.set(back.clone()))
            };
            toasts.undoable(format!("Deleted “{}”", sandbox.name), undo, really(sandbox.id, &toasts, &refresh));
        })
    };
    let list = (*list).clone().map(|list| list.map(|list| without(list, &going)));
    Sandboxes { list, create, rename, delete, refresh }
}

fn without(list: Vec<Sandbox>, going: &BTreeSet<String>) -> Vec<Sandbox> {
    list.into_iter().filter(|sandbox| !going.contains(&sandbox.id)).collect()
}

fn really(id: String, toasts: &Toasts, refresh: &Callback<()>) -> Callback<()> {
    let (toasts, refresh) = (toasts.clone(), refresh.clone());
    Callback::from(move |()| {
        let (id, toasts, refresh) = (id.clone(), toasts.clone(), refresh.clone());
        spawn_local(async move {
            if let Err(error) = net::delete(&id).await {
                toasts.error(error.to_string());
            }
            refresh.emit(());
        });
    })
}
