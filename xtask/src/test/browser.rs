//! The page of a real server in a real browser, driven by Playwright from `tests/browser`.

use super::{Context, FLAVOUR, Outcome, cargo_test, node};
use crate::process::command;
use crate::setup;

pub(crate) fn run(context: &Context<'_>) -> anyhow::Result<Outcome> {
    let chromium = setup::chromium()?;
    cargo_test::build_server(context)?;
    let workspace = context.workspace;
    let mut tests = command("node", ["--test", "--test-concurrency=1", "--test-reporter=tap", "."]);
    tests
        .current_dir(workspace.root.join("tests/browser"))
        .env("ORRERY_SERVER", workspace.server(crate::workspace::Flavour::Dev))
        .env("ORRERY_CHROMIUM", chromium)
        .env("ORRERY_PAGE", workspace.assets(FLAVOUR).join("page"))
        .env("ORRERY_SCREENSHOTS", workspace.state().join("screenshots"));
    node::count(&mut tests)
}
