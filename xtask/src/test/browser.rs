//! The page of a real server in a real browser, driven by Playwright from `tests/browser`.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use anyhow::Context as _;

use super::{Context, FLAVOUR, Outcome};
use crate::process::{command, run as run_command};
use crate::setup;

pub(crate) fn run(context: &Context<'_>) -> anyhow::Result<Outcome> {
    let chromium = setup::chromium()?;
    run_command(&mut super::cargo_test::prepared(["build", "--locked", "--package", "backend"], context))?;
    let workspace = context.workspace;
    let mut node = command("node", ["--test", "--test-concurrency=1", "--test-reporter=tap", "."]);
    node.current_dir(workspace.root.join("tests/browser"))
        .env("ORRERY_SERVER", workspace.server(crate::workspace::Flavour::Dev))
        .env("ORRERY_CHROMIUM", chromium)
        .env("ORRERY_PAGE", workspace.assets(FLAVOUR).join("page"))
        .env("ORRERY_SCREENSHOTS", workspace.state().join("screenshots"));
    let mut child = node.stdout(Stdio::piped()).spawn().context("starting node")?;
    let stdout = child.stdout.take().context("its output is a pipe")?;
    let mut outcome = Outcome::default();
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        println!("{line}");
        let number = |name: &str| line.strip_prefix(name).and_then(|count| count.trim().parse().ok());
        outcome.passed = number("# pass ").unwrap_or(outcome.passed);
        outcome.failed = number("# fail ").unwrap_or(outcome.failed);
    }
    let status = child.wait()?;
    Ok(if !status.success() && outcome.failed == 0 { outcome.and(Outcome::one(false)) } else { outcome })
}
