//! The page of a real server in a real browser, driven by Playwright from `tests/browser`.

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
    super::node::count(&mut node)
}
