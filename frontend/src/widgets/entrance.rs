//! Coming in: with a name only, with an account, or with a new one.

use shared::api::people::NewAccount;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::state::provider::{self, use_provider};
use crate::state::session::{Entry, use_session};
use crate::widgets::field::Field;

/// See [`Entrance`].
#[derive(PartialEq, Properties)]
pub struct EntranceProps {
    /// Called when somebody has come in.
    #[prop_or_default]
    pub on_entered: Callback<()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Guest,
    SignIn,
    Register,
}

impl Way {
    const ALL: [Self; 3] = [Self::Guest, Self::SignIn, Self::Register];

    fn label(self) -> &'static str {
        match self {
            Self::Guest => "As a guest",
            Self::SignIn => "Sign in",
            Self::Register => "New account",
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::Guest => "Continue as a guest",
            Self::SignIn => "Sign in",
            Self::Register => "Create the account",
        }
    }
}

/// The form.
#[component]
pub fn Entrance(props: &EntranceProps) -> Html {
    let session = use_session();
    let provider = use_provider();
    let way = use_state_eq(|| Way::Guest);
    let name = use_state_eq(String::new);
    let login = use_state_eq(String::new);
    let password = use_state_eq(String::new);
    let error = use_state_eq(|| None::<String>);
    let is_busy = use_state_eq(|| false);
    let onsubmit = {
        let (way, name, login, password) = (*way, (*name).clone(), (*login).clone(), (*password).clone());
        let (error, is_busy, on_entered) = (error.setter(), is_busy.clone(), props.on_entered.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            let entry = match way {
                Way::Guest => Entry::Guest { name: name.clone() },
                Way::SignIn => Entry::SignIn { login: login.clone(), password: password.clone() },
                Way::Register => Entry::Register(NewAccount {
                    login: login.trim().to_owned(),
                    name: name.clone(),
                    password: password.clone(),
                }),
            };
            let (session, error, is_busy) = (session.clone(), error.clone(), is_busy.setter());
            let on_entered = on_entered.clone();
            is_busy.set(true);
            spawn_local(async move {
                let entered = session.enter(entry).await;
                is_busy.set(false);
                match entered {
                    Ok(_) => {
                        error.set(None);
                        on_entered.emit(());
                    }
                    Err(why) => error.set(Some(why.to_string())),
                }
            });
        })
    };
    let needs_account = *way != Way::Guest;
    html! {
        <form class="entrance" {onsubmit}>
            <fieldset class="segments">
                <legend class="visually-hidden">{ "How to come in" }</legend>
                for one in Way::ALL {
                    <label>
                        <input
                            type="radio"
                            name="way"
                            checked={one == *way}
                            onchange={let way = way.setter(); Callback::from(move |_| way.set(one))}
                        />
                        <span>{ one.label() }</span>
                    </label>
                }
            </fieldset>
            if *way != Way::SignIn {
                <Field
                    label="Your name"
                    value={name}
                    longest=64
                    autocomplete="name"
                    hint={(*way == Way::Guest).then_some(AttrValue::Static("Others see it beside your cursor"))}
                />
            }
            if needs_account {
                <Field label="Login" value={login} longest=64 autocomplete="username" />
                <Field
                    label="Password"
                    value={password}
                    kind="password"
                    autocomplete={if *way == Way::SignIn { "current-password" } else { "new-password" }}
                    hint={(*way == Way::Register).then_some(AttrValue::Static("8 characters or more"))}
                />
            }
            if let Some(error) = &*error {
                <p class="form-error" role="alert">{ error }</p>
            }
            <button type="submit" class="button" disabled={*is_busy}>{ way.action() }</button>
            if let Some(name) = provider {
                <p class="entrance-or">{ "or" }</p>
                <a class="button quiet entrance-other" href={provider::link()}>{ format!("Sign in with {name}") }</a>
            }
        </form>
    }
}
