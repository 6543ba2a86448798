//! Sharing a sandbox: links, members, an own copy.

use shared::access::{Capability, Operation, Role};
use shared::api::sharing::{Link, Member, MemberState};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlSelectElement;
use yew::platform::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::net::{NetError, sandboxes, sharing};
use crate::routes::Route;
use crate::state::lab::{use_may, use_sandbox};
use crate::state::session::use_session;
use crate::state::toasts::{Toasts, use_toasts};
use crate::state::topic::use_topic;
use crate::widgets::ago::ago;
use crate::widgets::dialog::Dialog;

/// See [`ShareDialog`].
#[derive(PartialEq, Properties)]
pub struct ShareDialogProps {
    /// Called when it is closed.
    pub on_close: Callback<()>,
}

/// What a link may give, and for how long, in hours.
const GIVES: [(Capability, &str); 3] =
    [(Capability::Edit, "can edit and run"), (Capability::View, "can look"), (Capability::Instruct, "can lead")];
const HOURS: [(Option<i64>, &str); 4] =
    [(None, "without end"), (Some(2), "for two hours"), (Some(24), "for a day"), (Some(24 * 7), "for a week")];

/// The dialog.
#[component]
pub fn ShareDialog(props: &ShareDialogProps) -> Html {
    let lab = use_sandbox();
    let may_share = use_may(Operation::Share);
    let toasts = use_toasts();
    let navigator = use_navigator();
    let fork = {
        let (sandbox, toasts) = (lab.sandbox.clone(), toasts.clone());
        Callback::from(move |_: MouseEvent| {
            let (sandbox, toasts, navigator) = (sandbox.clone(), toasts.clone(), navigator.clone());
            spawn_local(async move {
                match sandboxes::copy(&sandbox).await {
                    Ok(copy) => {
                        toasts.say("This is your own copy");
                        if let Some(navigator) = navigator {
                            navigator.push(&Route::Lab { id: copy.id });
                        }
                    }
                    Err(error) => toasts.error(error.to_string()),
                }
            });
        })
    };
    html! {
        <Dialog title="Share" class="share" on_close={props.on_close.clone()}>
            if may_share {
                <Links />
            } else {
                <p>{ "Only those who lead this sandbox make links to it." }</p>
            }
            <Members {may_share} />
            <h3>{ "An own copy" }</h3>
            <p>{ "Takes the files as they are now. What you change in the copy stays there." }</p>
            <button type="button" class="button" onclick={fork}>{ "Make an own copy" }</button>
        </Dialog>
    }
}

/// Links that were made, and a new one.
#[component]
fn Links() -> Html {
    let lab = use_sandbox();
    let toasts = use_toasts();
    let version = use_topic(&lab.live.topics().members);
    let links = use_state(|| None::<Result<Vec<Link>, NetError>>);
    let made = use_state(|| None::<String>);
    let (gives, hours) = (use_state_eq(|| 0_usize), use_state_eq(|| 0_usize));
    let refresh = {
        let (setter, sandbox) = (links.setter(), lab.sandbox.clone());
        use_callback((), move |(), ()| {
            let (setter, sandbox) = (setter.clone(), sandbox.clone());
            spawn_local(async move { setter.set(Some(sharing::links(&sandbox).await)) });
        })
    };
    use_effect_with((version, refresh.clone()), |(_, refresh)| refresh.emit(()));
    let choose = |state: &UseStateHandle<usize>| {
        let state = state.setter();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                state.set(usize::try_from(select.selected_index()).unwrap_or(0));
            }
        })
    };
    let create = {
        let (sandbox, toasts, made, refresh) = (lab.sandbox.clone(), toasts.clone(), made.setter(), refresh.clone());
        let (capability, hours) = (GIVES[*gives].0, HOURS[*hours].0);
        Callback::from(move |_: MouseEvent| {
            let (sandbox, toasts, made, refresh) = (sandbox.clone(), toasts.clone(), made.clone(), refresh.clone());
            spawn_local(async move {
                let end = hours.map(|hours| js_sys::Date::now() as i64 + hours * 3_600_000);
                match sharing::create_link(&sandbox, capability, end).await {
                    Ok(link) => {
                        let origin = web_sys::window().and_then(|it| it.location().origin().ok()).unwrap_or_default();
                        made.set(Some(format!("{origin}/s/{}", link.secret)));
                        refresh.emit(());
                    }
                    Err(error) => toasts.error(error.to_string()),
                }
            });
        })
    };
    let revoke = {
        let (sandbox, toasts, refresh) = (lab.sandbox.clone(), toasts.clone(), refresh.clone());
        Callback::from(move |link: String| {
            let (sandbox, toasts, refresh) = (sandbox.clone(), toasts.clone(), refresh.clone());
            spawn_local(async move {
                if let Err(error) = sharing::revoke_link(&sandbox, &link).await {
                    toasts.error(error.to_string());
                }
                refresh.emit(());
            });
        })
    };
    html! {
        <>
            <div class="row-form">
                <label class="field">
                    <span class="field-label">{ "Whoever opens the link" }</span>
                    <select onchange={choose(&gives)}>
                        { for GIVES.iter().enumerate().map(|(at, (_, label))| html! { <option selected={at == *gives}>{ *label }</option> }) }
                    </select>
                </label>
                <label class="field">
                    <span class="field-label">{ "It holds" }</span>
                    <select onchange={choose(&hours)}>
                        { for HOURS.iter().enumerate().map(|(at, (_, label))| html! { <option selected={at == *hours}>{ *label }</option> }) }
                    </select>
                </label>
                <button type="button" class="button" onclick={create}>{ "Make a link" }</button>
            </div>
            if let Some(link) = &*made {
                <div class="made-link" role="status">
                    <label class="field">
                        <span class="field-label">{ "Shown this once: copy it now" }</span>
                        <input type="text" readonly=true value={link.clone()} onfocus={Callback::from(select_all)} />
                    </label>
                    <button type="button" class="button quiet" onclick={copy(link, &toasts)}>{ "Copy" }</button>
                </div>
            }
            <h3>{ "Links" }</h3>
            { list(&links, &revoke) }
        </>
    }
}

fn list(links: &Option<Result<Vec<Link>, NetError>>, revoke: &Callback<String>) -> Html {
    let links = match links {
        None => return html! { <div class="skeleton" aria-busy="true"></div> },
        Some(Err(error)) => return html! { <p class="form-error" role="alert">{ error.to_string() }</p> },
        Some(Ok(links)) => links,
    };
    let now = js_sys::Date::now() as i64;
    let holds = |link: &&Link| link.revoked_at.is_none() && link.expires_at.is_none_or(|end| end > now);
    let holding: Vec<Link> = links.iter().filter(holds).cloned().collect();
    if holding.is_empty() {
        return html! { <p class="empty">{ "There is no link to this sandbox." }</p> };
    }
    html! {
        <ul class="plain-list">
            for link in holding {
                <li key={link.id.clone()} class="list-row">
                    <span class="grow">{ GIVES.iter().find(|(it, _)| *it == link.capability).map_or("", |(_, label)| *label) }</span>
                    <span class="muted">{ format!("made {}", ago(link.created_at)) }</span>
                    <button type="button" class="button quiet" onclick={let id = link.id.clone(); revoke.reform(move |_: MouseEvent| id.clone())}>
                        { "Revoke" }
                    </button>
                </li>
            }
        </ul>
    }
}

fn select_all(event: FocusEvent) {
    if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
        input.select();
    }
}

fn copy(text: &str, toasts: &Toasts) -> Callback<MouseEvent> {
    let (text, toasts) = (text.to_owned(), toasts.clone());
    Callback::from(move |_| {
        let (text, toasts) = (text.clone(), toasts.clone());
        spawn_local(async move {
            let Some(window) = web_sys::window() else { return };
            match JsFuture::from(window.navigator().clipboard().write_text(&text)).await {
                Ok(_) => toasts.say("The link is copied"),
                Err(_) => toasts.error("The browser does not let this page copy: copy the link from the field"),
            }
        });
    })
}

/// See [`Members`].
#[derive(PartialEq, Properties)]
struct MembersProps {
    may_share: bool,
}

/// Who is in, with what they are.
#[component]
fn Members(props: &MembersProps) -> Html {
    let lab = use_sandbox();
    let session = use_session();
    let toasts = use_toasts();
    let version = use_topic(&lab.live.topics().members);
    let members = use_state(|| None::<Result<Vec<Member>, NetError>>);
    let refresh = {
        let (setter, sandbox) = (members.setter(), lab.sandbox.clone());
        use_callback((), move |(), ()| {
            let (setter, sandbox) = (setter.clone(), sandbox.clone());
            spawn_local(async move { setter.set(Some(sharing::members(&sandbox).await)) });
        })
    };
    use_effect_with((version, refresh.clone()), |(_, refresh)| refresh.emit(()));
    let after = {
        let (toasts, refresh) = (toasts.clone(), refresh.clone());
        Callback::from(move |result: Result<(), NetError>| {
            if let Err(error) = result {
                toasts.error(error.to_string());
            }
            refresh.emit(());
        })
    };
    let list = match &*members {
        None => return html! { <div class="skeleton" aria-busy="true"></div> },
        Some(Err(error)) => return html! { <p class="form-error" role="alert">{ error.to_string() }</p> },
        Some(Ok(list)) => list.clone(),
    };
    let me = session.user().map(|user| user.id.clone()).unwrap_or_default();
    let mine = lab.live.about().map_or(Role::Viewer, |about| about.role);
    html! {
        <>
            <h3>{ "Members" }</h3>
            <ul class="plain-list">
                for member in list.into_iter().filter(|it| it.state != MemberState::Banned) {
                    <li key={member.user.clone()} class="list-row">
                        <span class="grow">{ &member.name }{ if member.user == me { " (you)" } else { "" } }</span>
                        if member.state == MemberState::Pending {
                            <button type="button" class="button" onclick={approve(&lab.sandbox, &member, &after)}>{ "Let in" }</button>
                        }
                        if props.may_share && member.user != me && member.role < mine {
                            <select aria-label={format!("What {} is", member.name)} onchange={set_role(&lab.sandbox, &member, &after)}>
                                for role in Role::ALL.into_iter().filter(|role| *role < Role::Owner && *role <= mine) {
                                    <option value={role.name()} selected={role == member.role}>{ role.name() }</option>
                                }
                            </select>
                            <button type="button" class="button quiet" onclick={send_away(&lab.sandbox, &member, &after)}>
                                { "Send away" }
                            </button>
                        } else {
                            <span class="muted">{ member.role.name() }</span>
                        }
                    </li>
                }
            </ul>
        </>
    }
}

type After = Callback<Result<(), NetError>>;

fn approve(sandbox: &str, member: &Member, after: &After) -> Callback<MouseEvent> {
    let (sandbox, user, after) = (sandbox.to_owned(), member.user.clone(), after.clone());
    Callback::from(move |_| {
        let (sandbox, user, after) = (sandbox.clone(), user.clone(), after.clone());
        spawn_local(async move { after.emit(sharing::approve(&sandbox, &user).await.map(drop)) });
    })
}

fn send_away(sandbox: &str, member: &Member, after: &After) -> Callback<MouseEvent> {
    let (sandbox, user, after) = (sandbox.to_owned(), member.user.clone(), after.clone());
    Callback::from(move |_| {
        let (sandbox, user, after) = (sandbox.clone(), user.clone(), after.clone());
        spawn_local(async move { after.emit(sharing::send_away(&sandbox, &user).await) });
    })
}

fn set_role(sandbox: &str, member: &Member, after: &After) -> Callback<Event> {
    let (sandbox, user, after) = (sandbox.to_owned(), member.user.clone(), after.clone());
    Callback::from(move |event: Event| {
        let role = event.target_dyn_into::<HtmlSelectElement>().and_then(|select| Role::from_name(&select.value()));
        let Some(role) = role else { return };
        let (sandbox, user, after) = (sandbox.clone(), user.clone(), after.clone());
        spawn_local(async move { after.emit(sharing::set_role(&sandbox, &user, role).await.map(drop)) });
    })
}
