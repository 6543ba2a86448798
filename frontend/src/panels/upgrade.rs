//! Bringing changed files into the program that runs, as an upgrade does, and what came of it.

use shared::api::code::{Diagnostic, Severity};
use shared::api::live::LiveCommand;
use shared::api::run::{ReplyValue, UpgradedModule, UpgradedProcess};
use yew::prelude::*;

use crate::elixir;
use crate::state::lab::{Lab, use_sandbox};
use crate::state::live::Answer;
use crate::state::run::Upgrade;
use crate::state::toasts::{Toasts, use_toasts};
use crate::state::topic::use_topic;

/// A callback that compiles what has changed in the files, and brings it into the program that runs.
#[hook]
pub fn use_upgrade() -> Callback<()> {
    let lab = use_sandbox();
    let toasts = use_toasts();
    Callback::from(move |()| {
        let (is_alive, is_under_way) = lab.live.with_run(|run| {
            (run.status().is_some_and(|status| status.state.is_alive()), run.upgrade() == &Upgrade::UnderWay)
        });
        if !is_alive {
            return toasts.error("Run the program first: an upgrade brings new code into one that runs");
        }
        if is_under_way {
            return;
        }
        lab.live.set_upgrade(Upgrade::UnderWay);
        let answer = {
            let (lab, toasts) = (lab.clone(), toasts.clone());
            Callback::from(move |answer: Answer| done(&lab, &toasts, answer))
        };
        let live = lab.live.clone();
        lab.document.once_saved(move || live.tell(LiveCommand::Upgrade, answer));
    })
}

fn done(lab: &Lab, toasts: &Toasts, answer: Answer) {
    let (diagnostics, modules, processes) = match answer {
        Ok(Some(ReplyValue::Upgraded { diagnostics, modules, processes })) => (diagnostics, modules, processes),
        Ok(_) => return lab.live.set_upgrade(Upgrade::None),
        Err(error) => {
            toasts.error(error.message);
            return lab.live.set_upgrade(Upgrade::None);
        }
    };
    let (text, is_well) = summary(&diagnostics, &modules, &processes);
    lab.live.set_upgrade(if modules.is_empty() { Upgrade::None } else { Upgrade::Done { modules, processes } });
    if is_well {
        toasts.say(text);
    } else {
        lab.selected.change(|it| it.bottom = Some("problems".to_owned()));
        toasts.error(text);
    }
}

/// What came of an upgrade in a sentence, and whether all went well.
fn summary(diagnostics: &[Diagnostic], modules: &[UpgradedModule], processes: &[UpgradedProcess]) -> (String, bool) {
    if diagnostics.iter().any(|one| one.severity == Severity::Error) {
        return ("The files do not compile: the program runs on as it was".to_owned(), false);
    }
    if modules.is_empty() {
        let text = "No module has changed. A script is run once: run again for what has changed in one";
        return (text.to_owned(), true);
    }
    let failed = modules.iter().filter(|module| module.failure.is_some()).count()
        + processes.iter().filter(|process| process.failure.is_some()).count();
    if failed > 0 {
        return ("Not all of the new code could be brought in: see what came of it".to_owned(), false);
    }
    let names: Vec<String> = modules.iter().map(|module| elixir::module(module.name.as_str())).collect();
    let changed = match processes.len() {
        0 => "no process had to change its state".to_owned(),
        1 => "1 process changed its state".to_owned(),
        count => format!("{count} processes changed their state"),
    };
    (format!("New code of {}: {changed}", names.join(", ")), true)
}

/// What came of the last upgrade of the run.
#[component]
pub fn UpgradeReport() -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().run);
    let done = lab.live.with_run(|run| match run.upgrade() {
        Upgrade::Done { modules, processes } => Some((modules.clone(), processes.clone())),
        Upgrade::None | Upgrade::UnderWay => None,
    });
    let Some((modules, processes)) = done else { return Html::default() };
    html! {
        <section class="upgrade" aria-label="New code in the program">
            <h3>{ "New code in the program" }</h3>
            <ul class="plain-list">
                for module in modules {
                    <li key={module.name.as_str()} class={classes!("list-row", module.failure.is_some().then_some("failed"))}>
                        <span class="grow"><code>{ elixir::module(module.name.as_str()) }</code>{ " " }{ of_module(&module) }</span>
                    </li>
                }
                for process in processes {
                    <li key={process.pid.0} class={classes!("list-row", process.failure.is_some().then_some("failed"))}>
                        <button
                            type="button"
                            class="place-link"
                            onclick={
                                let (selected, pid) = (lab.selected.clone(), process.pid);
                                Callback::from(move |_: MouseEvent| {
                                    selected.change(|it| (it.pid, it.side) = (Some(pid), Some("inspect".to_owned())));
                                })
                            }
                        >{ lab.live.with_run(|run| {
                            let name = run.now().processes.get(&process.pid).and_then(|it| it.name.as_ref());
                            elixir::process_name(name, process.pid)
                        }) }</button>
                        <span class="grow">{ of_process(&process) }</span>
                    </li>
                }
            </ul>
        </section>
    }
}

fn of_module(module: &UpgradedModule) -> String {
    if let Some(failure) = &module.failure {
        return format!("was not loaded: {failure}");
    }
    let mut said = "has new code".to_owned();
    if !module.ended.is_empty() {
        said.push_str(&format!(
            "; {} that still ran in the code before the last one ended",
            counted(module.ended.len())
        ));
    }
    if !module.in_old_code.is_empty() {
        let (count, verb) =
            (counted(module.in_old_code.len()), if module.in_old_code.len() == 1 { "runs" } else { "run" });
        said.push_str(&format!(
            "; {count} still {verb} in the old code, until the next call by the name of the module"
        ));
    }
    said
}

fn of_process(process: &UpgradedProcess) -> String {
    let module = elixir::module(process.module.as_str());
    match &process.failure {
        None => format!("changed its state with {module}.code_change/3"),
        Some(failure) => format!("keeps the state that it had: {failure}"),
    }
}

fn counted(count: usize) -> String {
    if count == 1 { "1 process".to_owned() } else { format!("{count} processes") }
}

#[cfg(test)]
mod tests {
    use shared::ids::Pid;
    use shared::term::Atom;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_came_of_an_upgrade_is_said_in_a_sentence() {
        let module = UpgradedModule {
            name: Atom::new("Elixir.Counter"),
            failure: None,
            ended: Vec::new(),
            in_old_code: vec![Pid(1), Pid(2)],
        };
        let process = UpgradedProcess { pid: Pid(3), module: Atom::new("Elixir.Counter"), failure: None };
        let (text, is_well) = summary(&[], std::slice::from_ref(&module), std::slice::from_ref(&process));
        assert_eq!((text.as_str(), is_well), ("New code of Counter: 1 process changed its state", true));
        assert!(
            of_module(&module)
                .ends_with("2 processes still run in the old code, until the next call by the name of the module")
        );
        let failed = UpgradedProcess { failure: Some("it crashed".to_owned()), ..process };
        assert!(!summary(&[], &[module], &[failed]).1);
        assert!(summary(&[], &[], &[]).0.starts_with("No module has changed"));
    }
}
