//! The server, with guest, page and library inside.

use std::process::Command;

use anyhow::Context as _;

use crate::process::{cargo, run};
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
    step.done();
    Ok(())
}

/// Tells the server's build script which assets to take.
pub(crate) fn with_assets<'a>(command: &'a mut Command, workspace: &Workspace, flavour: Flavour) -> &'a mut Command {
    command.current_dir(&workspace.root).env("ORRERY_ASSETS", workspace.assets(flavour))
}
