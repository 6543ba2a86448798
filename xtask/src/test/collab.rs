//! Standard Yjs clients from npm against a real server, from `tests/collab`.

use super::{Context, Outcome, cargo_test, node};
use crate::process::command;
use crate::workspace::Flavour;

pub(crate) fn run(context: &Context<'_>) -> anyhow::Result<Outcome> {
    cargo_test::build_server(context)?;
    let workspace = context.workspace;
    let mut tests = command("node", ["--test", "--test-concurrency=1", "--test-reporter=tap", "."]);
    tests.current_dir(workspace.root.join("tests/collab")).env("ORRERY_SERVER", workspace.server(Flavour::Dev));
    node::count(&mut tests)
}
