//! The server, with guest, page and library inside.

use std::process::Command;

use anyhow::Context as _;

use crate::process::{cargo, command, run};
use crate::step;
use crate::workspace::{Flavour, Workspace};

/// Builds the server. The assets must be there.
pub(crate) fn build(workspace: &Workspace, flavour: Flavour) -> anyhow::Result<()> {
    let step = step::begin("Building the server", "it serves the page and runs the sandboxes");
    let mut command = cargo(["build", "--locked", "--package", "backend"]);
    if flavour == Flavour::Release {
        command.arg("--release");
    }
    run(with_assets(&mut command, workspace, flavour)).context("building the server")?;
    step.progress("preparing what its sandboxes start from");
    run(&mut prepare(workspace, flavour)).context("preparing the runtime of the sandboxes")?;
    step.done();
    Ok(())
}

/// Compiles the guest for this processor and loads the library into it, into a file beside the server; nothing when it is there.
fn prepare(workspace: &Workspace, flavour: Flavour) -> Command {
    command(workspace.server(flavour), ["prepare"])
}

/// Tells the server's build script which assets to take.
pub(crate) fn with_assets<'a>(command: &'a mut Command, workspace: &Workspace, flavour: Flavour) -> &'a mut Command {
    command.current_dir(&workspace.root).env("ORRERY_ASSETS", workspace.assets(flavour))
}
