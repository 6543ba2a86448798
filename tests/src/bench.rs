//! What the programs behind `cargo xtask bench` have in common: the programs of `tests/bench` with the whole library, for ours and for
//! real Erlang.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use sandbox_runtime::host::engine::GuestEngine;
use sandbox_runtime::host::template::Template;
use shared::bundle::{Bundle, Kind};

use crate::reference;

/// Prints a figure as one JSON object: what it is, its unit, ours, and theirs where there is one.
pub fn print(name: &str, unit: &str, ours: f64, theirs: Option<f64>) {
    println!("{}", serde_json::json!({ "name": name, "unit": unit, "ours": ours, "theirs": theirs }));
}

/// What this thread has had of a processor: a measure that others who use it at the same time do not change. From the clock of the
/// thread, since `schedstat` is as old as the last tick of the scheduler, which may be milliseconds.
///
/// # Errors
/// When the system does not tell.
pub fn processor_time() -> anyhow::Result<Duration> {
    sandbox_runtime::host::processor_time().context("the system does not tell the time of a thread")
}

/// Compiles files of `tests/bench` into a folder with the real compilers.
///
/// # Errors
/// When there are none, or they refuse.
pub fn compile(folder: &Path, files: &[&str]) -> anyhow::Result<()> {
    let sources: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench");
    for file in files {
        let program = if file.ends_with(".erl") { "erlc" } else { "elixirc" };
        let output = reference::program(program)?.arg("-o").arg(folder).arg(sources.join(file)).output()?;
        ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// The whole library and the modules in a folder.
///
/// # Errors
/// When the environment does not say where guest and library are, or a module cannot be loaded.
pub fn template(folder: &Path) -> anyhow::Result<Template> {
    let guest = std::env::var_os("ORRERY_GUEST").context("ORRERY_GUEST is not set; run `cargo xtask bench`")?;
    let engine = GuestEngine::new()?;
    let beam = engine.compile(&std::fs::read(guest)?)?;
    let bundle = reference::library()?;
    let library = Bundle::parse(&bundle)?.library()?;
    let modules = library.entries().iter().filter(|entry| entry.kind == Kind::Module);
    let mut files: Vec<Vec<u8>> = modules.map(|entry| library.content(entry).to_vec()).collect();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "beam") {
            files.push(std::fs::read(path)?);
        }
    }
    let (template, failures) = Template::new(&engine, &beam, files.iter().map(|file| &file[..]))?;
    if let Some(failure) = failures.first() {
        bail!("module {} of the library cannot be loaded: {}", failure.index, failure.reason);
    }
    Ok(template)
}

/// What real Erlang prints when it evaluates an expression among the modules of a folder.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn erl(expression: &str, folder: &Path) -> anyhow::Result<String> {
    let output = reference::program("erl")?
        .args(["-noshell", "-pa"])
        .arg(reference::elixir_ebin()?)
        .args(["-eval", &format!("{expression}, halt().")])
        .current_dir(folder)
        .output()?;
    let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    ensure!(output.status.success(), "erl: {printed}{}", String::from_utf8_lossy(&output.stderr));
    Ok(printed)
}
