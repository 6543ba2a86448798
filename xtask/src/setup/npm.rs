//! Packages from npm, at the versions of the lock files.

use anyhow::{Context as _, bail};

use crate::process::{command, on_path, run};
use crate::workspace::Workspace;
use crate::{stamp, step};

/// Node.js and npm are not ours to install.
pub(crate) fn ensure_programs() -> anyhow::Result<()> {
    for program in ["node", "npm"] {
        if on_path(program).is_none() {
            bail!("{program} is not on PATH: install Node.js 20 or later with npm, then run the same command again");
        }
    }
    Ok(())
}

/// The packages of the npm project in this folder of the repository.
pub(crate) fn ensure_packages(workspace: &Workspace, folder: &str, why: &str) -> anyhow::Result<()> {
    let dir = workspace.root.join(folder);
    let wanted = stamp::digest(&[dir.join("package.json"), dir.join("package-lock.json")])?;
    // It lies among the packages, so `npm ci`, which removes them first, removes it too.
    let mark = dir.join("node_modules/.complete");
    if stamp::is(&mark, &wanted) {
        return Ok(());
    }
    let step = step::begin(&format!("Installing the npm packages of {folder}"), why);
    run(command("npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"]).current_dir(&dir)).with_context(|| {
        format!("check that npm reaches its registry (`npm ping`), then run the same command again; the folder is {folder}")
    })?;
    stamp::set(&mark, &wanted)?;
    step.done();
    Ok(())
}
