//! The browser that the tests drive: Debian's Chromium.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use crate::process::{command, on_path, read, run};
use crate::step;

/// Names under which distributions install it.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

pub(crate) fn ensure() -> anyhow::Result<PathBuf> {
    if let Some(program) = env::var_os("ORRERY_CHROMIUM").map(PathBuf::from) {
        return Ok(program);
    }
    if let Some(program) = NAMES.iter().find_map(|name| on_path(name)) {
        return Ok(program);
    }
    let step = step::begin("Installing Chromium with apt-get", "the browser tests run in a real browser");
    let Some(prefix) = becoming_root() else {
        bail!(
            "Chromium is missing, and installing it takes root: run `apt-get install chromium` as root, or set \
             ORRERY_CHROMIUM to a Chromium that you have, then run the same command again"
        );
    };
    if let Err(error) = apt_get(prefix, &["update"]) {
        // Some source that we do not need may be out of reach; the one that has Chromium may still be there.
        step.progress(&format!("going on although {error:#}"));
    }
    apt_get(prefix, &["install", "--yes", "--no-install-recommends", "chromium"])
        .context("run `apt-get install chromium` by hand to see why, or set ORRERY_CHROMIUM")?;
    step.done();
    NAMES.iter().find_map(|name| on_path(name)).context("apt-get installed Chromium, but it is not on PATH")
}

/// What to put before a command so that root runs it without anyone being asked.
fn becoming_root() -> Option<&'static [&'static str]> {
    if read(&mut command("id", ["-u"])).is_ok_and(|id| id.trim() == "0") {
        return Some(&[]);
    }
    read(&mut command("sudo", ["-n", "true"])).ok().map(|_| &["sudo", "-n"][..])
}

fn apt_get(prefix: &[&str], arguments: &[&str]) -> anyhow::Result<()> {
    let words: Vec<&str> = prefix.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]).collect();
    let (program, rest) = words.split_first().context("there is always a program")?;
    run(command(program, rest).args(["--quiet", "--quiet"]).args(arguments))
}
