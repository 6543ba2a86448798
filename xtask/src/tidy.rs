//! `cargo xtask tidy`: the rules of the repository that compiler and linter do not know. Each rule is a file, and all
//! of them are a test, so that `cargo test` alone finds what breaks one.

mod colours;
mod commands;
mod crates;
mod length;
mod machine;
mod source;
mod unfinished;
mod wasmtime;

use std::process::ExitCode;

use crate::test::Outcome;
use crate::workspace::Workspace;

use self::source::Sources;

/// A rule: gives one line for each place that breaks it.
type Rule = fn(&Sources) -> anyhow::Result<Vec<String>>;

/// All rules, each with what it asks for.
const RULES: &[(&str, Rule)] = &[
    ("dependencies between crates point one way", crates::check),
    ("wasmtime is named only by the host and the driver", wasmtime::check),
    ("nothing is left unfinished or left over from debugging", unfinished::check),
    ("no file is longer than 600 lines, except tables", length::check),
    ("colours stand in the tokens file only", colours::check),
    ("the commands that the documentation names exist", commands::check),
    ("nothing belongs to one machine or names a package registry", machine::check),
];

pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<ExitCode> {
    let outcome = outcome(workspace)?;
    println!("{} passed, {} failed", outcome.passed, outcome.failed);
    Ok(if outcome.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Checks every rule and says what breaks it.
pub(crate) fn outcome(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let sources = Sources::read(&workspace.root)?;
    let mut outcome = Outcome::default();
    for (asks, rule) in RULES {
        let broken = rule(&sources)?;
        println!("{} {asks}", if broken.is_empty() { "ok    " } else { "BROKEN" });
        for place in &broken {
            println!("         {place}");
        }
        outcome = outcome.and(Outcome::one(broken.is_empty()));
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_keeps_its_rules() {
        let workspace = Workspace::locate().unwrap();
        let sources = Sources::read(&workspace.root).unwrap();
        let broken: Vec<String> = RULES.iter().flat_map(|(_, rule)| rule(&sources).unwrap()).collect();
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }
}
