//! The session of the sandbox, the time in which people are in it together: how it is bounded and when it ends, for everybody;
//! and for those who lead the means to begin, bound and end it.

use gloo_timers::callback::Interval;
use shared::access::Operation;
use shared::api::session::{Session, SessionRules};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::net::{NetError, sessions};
use crate::state::lab::{use_may, use_sandbox};
use crate::state::toasts::use_toasts;
use crate::state::topic::use_topic;
use crate::widgets::field::Field;

/// How often it is looked how much time is left.
const LOOK_MILLIS: u32 = 5_000;

/// How many minutes before the end everybody is told.
const TOLD_MINUTES: [i64; 2] = [5, 1];

const MINUTE_MILLIS: i64 = 60_000;

/// Now, in milliseconds since 1970; looked at again every few seconds.
#[hook]
fn use_now() -> i64 {
    let now = use_state_eq(clock);
    let setter = now.setter();
    use_effect_with((), move |()| {
        let look = Interval::new(LOOK_MILLIS, move || setter.set(clock()));
        move || drop(look)
    });
    // What is drawn for another reason is of now, too.
    clock().max(*now)
}

fn clock() -> i64 {
    js_sys::Date::now() as i64
}

/// Minutes until then, begun ones counted.
fn minutes_left(until: i64, now: i64) -> i64 {
    ((until - now).max(0) + MINUTE_MILLIS - 1) / MINUTE_MILLIS
}

fn minutes(count: i64) -> String {
    if count == 1 { "1 minute".to_owned() } else { format!("{count} minutes") }
}

/// At the top of the sandbox: when the session ends, where that is known.
#[component]
pub fn EndMark() -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().about);
    let toasts = use_toasts();
    let now = use_now();
    let session = lab.live.about().map(|about| about.session).unwrap_or_default();
    let is_over = session.is_over(now);
    let left = session.ends_at().filter(|_| !is_over).map(|until| minutes_left(until, now));
    let told = left.and_then(|left| TOLD_MINUTES.into_iter().filter(|at| left <= *at).min());
    use_effect_with((told, session.begun_at), move |(told, _)| {
        if let Some(left) = left.filter(|_| told.is_some()) {
            toasts.say(format!("This session ends in {}", minutes(left)));
        }
    });
    if is_over {
        return html! { <span class="end-mark soon">{ "The session is over" }</span> };
    }
    let Some(left) = left else { return Html::default() };
    html! {
        <span class={classes!("end-mark", told.map(|_| "soon"))} role="timer">{ format!("Ends in {}", minutes(left)) }</span>
    }
}

/// How the session is, with a form for those who may change it.
#[component]
pub fn BoundsPanel() -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().about);
    let may_change = use_may(Operation::Configure);
    let now = use_now();
    let Some(about) = lab.live.about() else { return Html::default() };
    let session = about.session;
    let is_over = session.is_over(now);
    html! {
        <>
            <h3>{ "Session" }</h3>
            <p class="bounds-said">{ said(&session, now) }</p>
            if may_change {
                // Another session or other bounds: a form that begins with them.
                <BoundsForm key={format!("{} {:?}", session.begun_at, session.rules)} rules={session.rules} {is_over} />
            }
        </>
    }
}

/// See [`BoundsForm`].
#[derive(PartialEq, Properties)]
struct BoundsFormProps {
    rules: SessionRules,
    is_over: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Begin,
    Bound,
    End,
}

/// The bounds, and what can be done with them.
#[component]
fn BoundsForm(props: &BoundsFormProps) -> Html {
    let lab = use_sandbox();
    let toasts = use_toasts();
    let text = |bound: Option<u32>| bound.map(|it| it.to_string()).unwrap_or_default();
    let lasts = use_state_eq(|| text(props.rules.minutes));
    let people = use_state_eq(|| text(props.rules.participants));
    let alone = use_state_eq(|| text(props.rules.idle_minutes));
    let is_busy = use_state_eq(|| false);
    let act = {
        let (sandbox, toasts, is_busy) = (lab.sandbox.clone(), toasts.clone(), is_busy.setter());
        let (lasts, people, alone, before) = (lasts.clone(), people.clone(), alone.clone(), props.rules);
        Callback::from(move |what: Act| {
            let Some(rules) = rules(&lasts, &people, &alone) else {
                return toasts.error("A bound is a whole number from 1 on; leave a field empty for no bound");
            };
            let (sandbox, toasts, is_busy) = (sandbox.clone(), toasts.clone(), is_busy.clone());
            is_busy.set(true);
            spawn_local(async move {
                let done = match what {
                    Act::Begin => sessions::begin(&sandbox, &rules).await.map(drop),
                    Act::Bound => sessions::bound(&sandbox, &rules).await.map(drop),
                    Act::End => sessions::end(&sandbox).await,
                };
                is_busy.set(false);
                match (done, what) {
                    (Err(error), _) => toasts.error(error.to_string()),
                    (Ok(()), Act::End) => {
                        let again = again(&sandbox, before, &toasts);
                        toasts.undoable("The session is over", again, Callback::noop());
                    }
                    (Ok(()), Act::Begin) => toasts.say("A session begins"),
                    (Ok(()), Act::Bound) => toasts.say("The session is bounded so from now on"),
                }
            });
        })
    };
    let button = |what: Act, label: &'static str, class: &'static str| {
        let onclick = act.reform(move |_: MouseEvent| what);
        html! { <button type="button" class={classes!("button", class)} disabled={*is_busy} {onclick}>{ label }</button> }
    };
    let onsubmit = {
        let (act, is_over) = (act.clone(), props.is_over);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            act.emit(if is_over { Act::Begin } else { Act::Bound });
        })
    };
    html! {
        <details class="bounds" open={props.is_over}>
        <summary>{ if props.is_over { "Begin another" } else { "Bound or end it" } }</summary>
        <form aria-label="Session" {onsubmit}>
            <div class="bounds-fields">
                <Field label="Minutes it lasts" kind="number" value={lasts} longest=6 />
                <Field label="People at most" kind="number" value={people} longest=6 />
                <Field label="Minutes with nobody in" kind="number" value={alone} longest=6 />
            </div>
            <p class="field-hint">{ "An empty field is no bound. Those who lead are not counted, and can always be in." }</p>
            <p class="buttons">
                if props.is_over {
                    <button type="submit" class="button" disabled={*is_busy}>{ "Begin a session" }</button>
                } else {
                    <button type="submit" class="button" disabled={*is_busy}>{ "Set the bounds" }</button>
                    { button(Act::Begin, "Begin anew", "quiet") }
                    { button(Act::End, "End the session", "quiet") }
                }
            </p>
        </form>
        </details>
    }
}

/// Takes back that a session was ended: another begins with the same bounds.
fn again(sandbox: &str, rules: SessionRules, toasts: &crate::state::toasts::Toasts) -> Callback<()> {
    let (sandbox, toasts) = (sandbox.to_owned(), toasts.clone());
    Callback::from(move |()| {
        let (sandbox, toasts) = (sandbox.clone(), toasts.clone());
        spawn_local(async move {
            let begun: Result<Session, NetError> = sessions::begin(&sandbox, &rules).await;
            if let Err(error) = begun {
                toasts.error(error.to_string());
            }
        });
    })
}

/// What the fields say; nothing when one of them is no number that can be a bound.
fn rules(lasts: &str, people: &str, alone: &str) -> Option<SessionRules> {
    let bound = |text: &str| match text.trim() {
        "" => Some(None),
        text => text.parse::<u32>().ok().filter(|it| *it > 0).map(Some),
    };
    Some(SessionRules { minutes: bound(lasts)?, participants: bound(people)?, idle_minutes: bound(alone)? })
}

/// How a session is, in sentences.
fn said(session: &Session, now: i64) -> String {
    if session.is_over(now) {
        return "It is over: until another begins, only those who lead are in.".to_owned();
    }
    let rules = &session.rules;
    let mut said = match session.ends_at() {
        Some(until) => format!("It ends in {}.", minutes(minutes_left(until, now))),
        None => "It goes on until somebody who leads ends it.".to_owned(),
    };
    if let Some(most) = rules.participants {
        let people = if most == 1 { "person".to_owned() } else { "people".to_owned() };
        said.push_str(&format!(" No more than {most} {people} can be in at the same time, beside those who lead."));
    }
    if let Some(alone) = rules.idle_minutes {
        said.push_str(&format!(" It ends when nobody was in for {}.", minutes(i64::from(alone))));
    }
    said
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_session_says_how_it_is_bounded() {
        let rules = SessionRules { minutes: Some(10), participants: Some(1), idle_minutes: Some(2) };
        let session = Session::begin(rules, 0);
        let expected = "It ends in 10 minutes. No more than 1 person can be in at the same time, beside those who lead. \
            It ends when nobody was in for 2 minutes.";
        assert_eq!(said(&session, 1), expected);
        assert!(said(&session, 9 * MINUTE_MILLIS).starts_with("It ends in 1 minute."));
        assert!(said(&session, 10 * MINUTE_MILLIS).starts_with("It is over"));
        assert!(said(&Session::default(), 5).starts_with("It goes on until"));
    }

    #[test]
    fn bounds_are_read_from_fields() {
        let read = rules(" 45 ", "", "1").unwrap();
        assert_eq!((read.minutes, read.participants, read.idle_minutes), (Some(45), None, Some(1)));
        assert_eq!(rules("", "", ""), Some(SessionRules::default()));
        for wrong in ["0", "-1", "1.5", "many"] {
            assert_eq!(rules(wrong, "", ""), None);
        }
    }
}
