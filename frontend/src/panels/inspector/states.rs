//! The states that a process had, one after another, and what became different each time.

use gloo_timers::callback::Interval;
use shared::api::live::LiveCommand;
use shared::api::run::{ReplyValue, StateAt};
use shared::ids::Pid;
use yew::prelude::*;

use crate::difference::{Difference, differences};
use crate::elixir;
use crate::state::lab::{Lab, use_sandbox};
use crate::state::live::Answer;
use crate::state::topic::use_topic;
use crate::widgets::term::{TermProp, TermView};

/// How often it is asked at least, so that the server keeps what nobody has seen yet.
const ASK_MILLIS: u32 = 5_000;

/// Differences that are shown.
const SHOWN: usize = 30;

const UNKNOWN: &str =
    "Its state at that moment is not known: states are remembered from when somebody looks at the process.";

/// See [`States`].
#[derive(Clone, PartialEq, Properties)]
pub(super) struct StatesProps {
    /// The process.
    pub pid: Pid,
    /// Changes whenever it has done something.
    pub version: u64,
    /// Whether it can be asked for.
    pub may_look: bool,
}

/// The state at the moment that is looked at, what changed it, and the way to the others.
#[component]
pub(super) fn States(props: &StatesProps) -> Html {
    let lab = use_sandbox();
    use_topic(lab.selected.topic());
    let states = use_state(|| (props.pid, Vec::<StateAt>::new()));
    {
        let (lab, states) = (lab.clone(), states.setter());
        use_effect_with((props.pid, props.may_look), move |(pid, may_look)| {
            let (pid, may_look) = (*pid, *may_look);
            let again = may_look.then(|| Interval::new(ASK_MILLIS, move || ask(&lab, pid, &states)));
            move || drop(again)
        });
    }
    {
        let (lab, states) = (lab.clone(), states.setter());
        use_effect_with((props.pid, props.version, props.may_look), move |(pid, _, may_look)| {
            if *may_look {
                ask(&lab, *pid, &states);
            }
        });
    }
    let states: &[StateAt] = if states.0 == props.pid { &states.1 } else { &[] };
    let at = lab.selected.get().at;
    let known = states.partition_point(|state| at.is_none_or(|at| state.seq <= at));
    let Some(shown) = known.checked_sub(1).and_then(|last| states.get(last)) else {
        return match at {
            Some(_) => html! { <p class="muted padded">{ UNKNOWN }</p> },
            None => Html::default(),
        };
    };
    let before = known.checked_sub(2).and_then(|before| states.get(before));
    let go = |to: Option<&StateAt>| {
        let (selected, seq) = (lab.selected.clone(), to.map(|state| state.seq));
        Callback::from(move |_: MouseEvent| {
            if let Some(seq) = seq {
                selected.change(|it| (it.at, it.event) = (Some(seq), Some(seq)));
            }
        })
    };
    let decode = |state: &StateAt| state.state.as_ref()?.decode().ok();
    let (new, old) = (decode(shown), before.and_then(decode));
    let changes = new.as_ref().zip(old.as_ref()).map(|(new, old)| differences(old, new));
    let time = shown.at.millis();
    html! {
        <section class="states" aria-label="State">
            <div class="panel-tools">
                <h4>{ "State" }</h4>
                <button type="button" class="button quiet" disabled={before.is_none()} onclick={go(before)}>{ "‹ Before" }</button>
                <button type="button" class="button quiet" disabled={known >= states.len()} onclick={go(states.get(known))}>{ "After ›" }</button>
                <span class="muted">{ format!("{known} of {} since {}.{:03} s", states.len(), time / 1000, time % 1000) }</span>
            </div>
            if let Some(changes) = changes {
                <ul class="differences" aria-label="What became different">
                    for (at, one) in changes.iter().take(SHOWN).enumerate() {
                        <li key={at}>{ difference(one) }</li>
                    }
                    if changes.len() > SHOWN {
                        <li class="muted">{ format!("… {} more", changes.len() - SHOWN) }</li>
                    }
                </ul>
            }
            if let Some(term) = new {
                <TermView term={TermProp(term)} />
            } else {
                <p class="muted">{ "It was too large to be kept." }</p>
            }
        </section>
    }
}

fn difference(one: &Difference) -> Html {
    html! {
        <>
            if !one.place.is_empty() {
                <code class="difference-place">{ &one.place }</code>
            }
            if let Some(before) = &one.before {
                <del><code>{ elixir::line(before) }</code></del>
            }
            if let Some(after) = &one.after {
                <ins><code>{ elixir::line(after) }</code></ins>
            }
        </>
    }
}

fn ask(lab: &Lab, pid: Pid, to: &UseStateSetter<(Pid, Vec<StateAt>)>) {
    let to = to.clone();
    let answer = Callback::from(move |answer: Answer| {
        // A process that has no state, or has ended unseen, has nothing to show.
        if let Ok(Some(ReplyValue::States { states })) = answer {
            to.set((pid, states));
        }
    });
    lab.live.tell(LiveCommand::States { pid }, answer);
}
