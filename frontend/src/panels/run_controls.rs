//! Starting, stopping and holding the program, and how it is.

use shared::access::Operation;
use shared::api::live::LiveCommand;
use shared::api::run::{RunEnd, RunState, RunStatus, RunTarget};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::panels::upgrade::use_upgrade;
use crate::panels::ways::WaysButton;
use crate::state::lab::{Lab, use_may, use_sandbox};
use crate::state::live::Answer;
use crate::state::run::Upgrade;
use crate::state::toasts::{Toasts, use_toasts};
use crate::state::topic::use_topic;

/// What can be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The program.
    Main,
    /// The script in the editor.
    File,
    /// The tests.
    Tests,
    /// Nothing but the modules; one talks to them.
    Shell,
}

impl Target {
    const ALL: [Self; 4] = [Self::Main, Self::File, Self::Tests, Self::Shell];

    fn label(self) -> &'static str {
        match self {
            Self::Main => "Program",
            Self::File => "This file",
            Self::Tests => "Tests",
            Self::Shell => "IEx",
        }
    }
}

/// A callback that runs a target, with the files as they are now.
#[hook]
pub fn use_run() -> Callback<Target> {
    let lab = use_sandbox();
    let toasts = use_toasts();
    Callback::from(move |target: Target| {
        let target = match target {
            Target::Main => RunTarget::Main {},
            Target::File => match lab.shown_file().filter(|path| path.ends_with(".exs")) {
                Some(path) => RunTarget::File { path },
                None => return toasts.error("Only scripts can be run by themselves: their names end with .exs"),
            },
            Target::Tests => RunTarget::Tests { paths: Vec::new() },
            Target::Shell => RunTarget::Shell {},
        };
        let options = Box::new(lab.ways.next(target));
        lab.selected.change(|selection| selection.at = None);
        // What the server runs is what it has; the last key may be on its way still.
        let (asker, toasts) = (lab.clone(), toasts.clone());
        lab.document.once_saved(move || tell(&asker, &toasts, LiveCommand::Run { options }));
    })
}

/// Gives a command, and says so when it was refused.
pub fn tell(lab: &Lab, toasts: &Toasts, command: LiveCommand) {
    let toasts = toasts.clone();
    let answer = Callback::from(move |answer: Answer| {
        if let Err(error) = answer {
            toasts.error(error.message);
        }
    });
    lab.live.tell(command, answer);
}

/// The buttons, and how the program is.
#[component]
pub fn RunControls() -> Html {
    let lab = use_sandbox();
    let toasts = use_toasts();
    let may_run = use_may(Operation::ChangeState);
    let may_hold = use_may(Operation::Debug);
    use_topic(&lab.live.topics().run);
    let target = use_state_eq(|| Target::Main);
    let run = use_run();
    let upgrade = use_upgrade();
    let (status, is_upgrading) = lab.live.with_run(|run| (run.status().cloned(), *run.upgrade() == Upgrade::UnderWay));
    let is_alive = status.as_ref().is_some_and(|status| status.state.is_alive());
    let said = status.as_ref().map_or_else(String::new, said);
    let is_paused = status.as_ref().is_some_and(|status| status.state == RunState::Paused);
    let act = |command: LiveCommand| {
        let (lab, toasts) = (lab.clone(), toasts.clone());
        Callback::from(move |_: MouseEvent| tell(&lab, &toasts, command.clone()))
    };
    let choose = {
        let target = target.setter();
        Callback::from(move |event: Event| {
            let at = event.target_dyn_into::<HtmlSelectElement>().map_or(0, |select| select.selected_index());
            target.set(usize::try_from(at).ok().and_then(|at| Target::ALL.get(at).copied()).unwrap_or(Target::Main));
        })
    };
    let start = {
        let (run, target) = (run.clone(), *target);
        Callback::from(move |_: MouseEvent| run.emit(target))
    };
    html! {
        <div class="run-controls" role="group" aria-label="Program">
            if may_run {
                <select class="compact" aria-label="What runs" onchange={choose}>
                    { for Target::ALL.into_iter().map(|one| html! { <option selected={one == *target}>{ one.label() }</option> }) }
                </select>
                <button
                    type="button"
                    class="button run"
                    title={if is_alive { "Run it anew (Ctrl+Enter)" } else { "Run (Ctrl+Enter)" }}
                    onclick={start}
                ><span aria-hidden="true">{ "▶ " }</span>{ "Run" }</button>
                <WaysButton />
                if is_alive {
                    <button
                        type="button"
                        class="button quiet"
                        title="Bring changed modules into the program that runs (Ctrl+Shift+Enter)"
                        aria-disabled={is_upgrading.then_some("true")}
                        onclick={upgrade.reform(|_: MouseEvent| ())}
                    >
                        <span aria-hidden="true">{ "⇪ " }</span><span class="word">{ if is_upgrading { "Upgrading…" } else { "Upgrade" } }</span>
                    </button>
                    <button type="button" class="button quiet" onclick={act(LiveCommand::Stop)}>
                        <span aria-hidden="true">{ "■ " }</span><span class="word">{ "Stop" }</span>
                    </button>
                }
            }
            if may_hold && is_alive {
                if is_paused {
                    <button type="button" class="button quiet" onclick={act(LiveCommand::Continue)}>
                        <span aria-hidden="true">{ "▶ " }</span><span class="word">{ "Continue" }</span>
                    </button>
                    <button type="button" class="button quiet" onclick={act(LiveCommand::Step { turns: 1 })}>
                        <span aria-hidden="true">{ "↦ " }</span><span class="word">{ "Step" }</span>
                    </button>
                } else {
                    <button type="button" class="button quiet" onclick={act(LiveCommand::Pause)}>
                        <span aria-hidden="true">{ "‖ " }</span><span class="word">{ "Pause" }</span>
                    </button>
                }
            }
            <span class="run-state" role="status" title={said.clone()}>{ said }</span>
        </div>
    }
}

/// How a run is, in a few words.
#[must_use]
pub fn said(status: &RunStatus) -> String {
    match &status.state {
        RunState::Compiling => "Compiling…".to_owned(),
        RunState::Running if status.wants_input => "Waits for input".to_owned(),
        RunState::Running => "Running".to_owned(),
        RunState::Paused => "Paused".to_owned(),
        RunState::Parked => "Asleep: goes on when somebody looks".to_owned(),
        RunState::Ended { end, .. } => match end {
            RunEnd::Exited { status: 0 } => "Finished".to_owned(),
            RunEnd::Exited { status } => format!("Exited with status {status}"),
            RunEnd::Halted { reason } => format!("Halted: {}", crate::elixir::line_of(reason)),
            RunEnd::NotCompiled => "Did not compile".to_owned(),
            RunEnd::InitEnded => "Its first process ended".to_owned(),
            RunEnd::Stuck => "Everybody waits for everybody".to_owned(),
            RunEnd::Stopped { .. } => "Stopped".to_owned(),
            RunEnd::Limit { limit } => format!("Reached the limit of {}", limit.atom().replace('_', " ")),
            RunEnd::Failed { message } => message.clone(),
        },
    }
}
