//! The browser that the tests drive: Debian's Chromium.

use std::env;
use std::path::PathBuf;

use anyhow::Context as _;

use super::debian;
use crate::process::on_path;

/// Names under which distributions install it.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

pub(crate) fn ensure() -> anyhow::Result<PathBuf> {
    if let Some(program) = env::var_os("ORRERY_CHROMIUM").map(PathBuf::from) {
        return Ok(program);
    }
    if let Some(program) = NAMES.iter().find_map(|name| on_path(name)) {
        return Ok(program);
    }
    let hint = "set ORRERY_CHROMIUM to a Chromium that you have";
    debian::install("chromium", "the browser tests run in a real browser", hint)?;
    NAMES.iter().find_map(|name| on_path(name)).context("apt-get installed Chromium, but it is not on PATH")
}
