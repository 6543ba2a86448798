//! What the compilers said of the files.

use shared::api::code::{Diagnostic, Severity};
use yew::prelude::*;

use crate::panels::upgrade::UpgradeReport;
use crate::state::lab::use_sandbox;
use crate::state::topic::use_topic;
use crate::widgets::editor::Mark;

/// The list; a click leads to the line.
#[component]
pub fn ProblemsPanel() -> Html {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().run);
    let (list, has_run) = lab.live.with_run(|run| (run.diagnostics().to_vec(), run.status().is_some()));
    let report = html! { <UpgradeReport /> };
    if list.is_empty() {
        let text = if has_run {
            "The compilers have nothing to say."
        } else {
            "What the compilers say when you run stands here."
        };
        return html! { <>{ report }<p class="empty padded">{ text }</p></> };
    }
    html! {
        <>
        { report }
        <ul class="problems">
            for (at, one) in list.into_iter().enumerate() {
                <li key={at} class={classes!("problem", severity(one.severity))}>
                    if let Some(file) = one.file.clone() {
                        <button
                            type="button"
                            class="place-link"
                            onclick={
                                let (selected, file) = (lab.selected.clone(), file.clone());
                                let (line, column) = place(&one);
                                Callback::from(move |_: MouseEvent| selected.go_to(&file, line, column))
                            }
                        >{ where_is(&file, &one) }</button>
                    }
                    <span class="problem-kind">{ word(one.severity) }</span>
                    <pre class="problem-text">{ &one.message }</pre>
                </li>
            }
        </ul>
        </>
    }
}

/// What the editor marks in a file.
#[must_use]
pub fn marks(diagnostics: &[Diagnostic], path: &str) -> Vec<Mark> {
    let here = diagnostics.iter().filter(|one| one.file.as_deref() == Some(path));
    here.map(|one| {
        let (line, column) = place(one);
        Mark { line, column, severity: severity(one.severity), message: one.message.clone() }
    })
    .collect()
}

/// Line and column; the first line when it is about the whole file, column 0 when only the line is known.
fn place(one: &Diagnostic) -> (u32, u32) {
    one.start.map_or((1, 0), |start| (start.line, start.column.unwrap_or(0)))
}

fn where_is(file: &str, one: &Diagnostic) -> String {
    one.start.map_or_else(|| file.to_owned(), |start| format!("{file}:{}", start.line))
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information | Severity::Hint => "info",
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information => "note",
        Severity::Hint => "hint",
    }
}
