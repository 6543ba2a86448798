//! The database server that the store is tested with besides SQLite: Debian's PostgreSQL.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Context as _;

use super::debian;
use crate::process::on_path;

/// Where Debian puts a folder for each version; its programs are not on `PATH`.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The folder with `initdb` and `postgres`.
pub(crate) fn ensure() -> anyhow::Result<PathBuf> {
    if let Some(folder) = env::var_os("ORRERY_POSTGRES").map(PathBuf::from) {
        return Ok(folder);
    }
    if let Some(folder) = found() {
        return Ok(folder);
    }
    let hint = "set ORRERY_POSTGRES to the folder of an `initdb` that you have";
    debian::install("postgresql", "the store is tested with PostgreSQL too", hint)?;
    found().with_context(|| format!("apt-get installed PostgreSQL, but {VERSIONS} has no initdb"))
}

fn found() -> Option<PathBuf> {
    // What is on `PATH` may be a link to where all of its programs are.
    let program = on_path("initdb").and_then(|program| program.canonicalize().ok());
    let beside = program.and_then(|program| program.parent().map(Path::to_owned));
    let mut versions: Vec<PathBuf> = fs::read_dir(VERSIONS)
        .ok()
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    versions.sort();
    beside.or_else(|| versions.into_iter().rev().find(|folder| folder.join("initdb").is_file()))
}
