//! The BEAM as a wasm32 guest.

use std::fs;

use anyhow::Context as _;

use crate::process::{cargo, run};
use crate::stamp;
use crate::workspace::{Flavour, Workspace};

/// The program of the crate `beam` that is the guest.
const PROGRAM: &str = "guest";

/// Builds the guest and puts it beside the other assets. It is always optimised: what people write runs in it.
pub(crate) fn build(workspace: &Workspace, flavour: Flavour) -> anyhow::Result<()> {
    let common =
        ["--quiet", "--locked", "--package", "beam", "--profile", "guest", "--target", "wasm32-unknown-unknown"];
    let mut command = cargo(["build", "--bin", PROGRAM]);
    run(command.args(common).current_dir(&workspace.root)).context("building the guest")?;
    let built = workspace.target.join("wasm32-unknown-unknown/guest").join(PROGRAM).with_extension("wasm");
    let bytes = fs::read(&built).with_context(|| format!("reading {}", built.display()))?;
    stamp::write_if_changed(&workspace.assets(flavour).join("guest.wasm"), &bytes)
}
