//! Packages of Debian, installed on the machine with apt-get.

use std::process::Command;

use anyhow::{Context as _, bail};

use crate::process::{command, read, run};
use crate::step;

/// Installs a package. `hint` says what somebody can do who may not install anything.
pub(crate) fn install(package: &str, why: &str, hint: &str) -> anyhow::Result<()> {
    let step = step::begin(&format!("Installing {package} with apt-get"), why);
    let Some(prefix) = becoming_root() else {
        bail!(
            "{package} is missing, and installing it takes root: run `apt-get install {package}` as root, or {hint}, then run \
             the same command again"
        );
    };
    if let Err(error) = apt_get(prefix, &["update"]) {
        // Some source that we do not need may be out of reach; the one that has the package may still be there.
        step.progress(&format!("going on although {error:#}"));
    }
    apt_get(prefix, &["install", "--yes", "--no-install-recommends", package])
        .with_context(|| format!("run `apt-get install {package}` by hand to see why, or {hint}"))?;
    step.done();
    Ok(())
}

/// A command that is not run as root, for programs that refuse to be: as this user if we are root, else as who we are.
pub(crate) fn unprivileged(user: &str, program: &str) -> Command {
    if is_root() {
        command("setpriv", ["--reuid", user, "--regid", user, "--clear-groups", program])
    } else {
        Command::new(program)
    }
}

/// Whether root runs us.
fn is_root() -> bool {
    read(&mut command("id", ["-u"])).is_ok_and(|id| id.trim() == "0")
}

/// What to put before a command so that root runs it without anyone being asked.
fn becoming_root() -> Option<&'static [&'static str]> {
    if is_root() {
        return Some(&[]);
    }
    read(&mut command("sudo", ["-n", "true"])).ok().map(|_| &["sudo", "-n"][..])
}

fn apt_get(prefix: &[&str], arguments: &[&str]) -> anyhow::Result<()> {
    let words: Vec<&str> = prefix.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]).collect();
    let (program, rest) = words.split_first().context("there is always a program")?;
    run(command(program, rest).args(["--quiet", "--quiet"]).args(arguments))
}
