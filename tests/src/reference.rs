//! The real Erlang and Elixir that ours are compared with, and the packed library that was made from them.
//!
//! `cargo xtask test` sets the environment variables that this reads. Under plain `cargo test` they are missing; then
//! the tests that need them say so and fail, since a comparison with nothing proves nothing.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// One of the programs `erl`, `erlc`, `elixir`, `elixirc` and `escript`, of the version that the library has.
///
/// # Errors
///
/// When the environment does not say where they are.
pub fn program(name: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(setting("ORRERY_REFERENCE")?.join(name));
    command.env("LC_ALL", "C.UTF-8");
    Ok(command)
}

/// The bytes of the packed library.
///
/// # Errors
///
/// When the environment does not say where it is, or it cannot be read.
pub fn library() -> anyhow::Result<Vec<u8>> {
    let file = setting("ORRERY_LIBRARY")?;
    std::fs::read(&file).with_context(|| format!("reading {}", file.display()))
}

/// What real Erlang prints when it evaluates this.
///
/// # Errors
///
/// When it cannot be started, or fails.
pub fn erl(program_text: &str, folder: &Path) -> anyhow::Result<String> {
    let text = format!("{program_text}, halt().");
    let output = program("erl")?.args(["-noshell", "-eval", &text]).current_dir(folder).output()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(printed);
    }
    bail!("erl failed: {printed}{}", String::from_utf8_lossy(&output.stderr))
}

/// The folder with Elixir's own modules, to be searched by a plain `erl`.
///
/// # Errors
///
/// When the environment does not say where it is.
pub fn elixir_ebin() -> anyhow::Result<PathBuf> {
    let roots = setting("ORRERY_REFERENCE_LIBRARY")?;
    let roots = roots.to_string_lossy().into_owned();
    let elixir = roots.split(':').next().context("ORRERY_REFERENCE_LIBRARY is empty")?;
    Ok(Path::new(elixir).join("lib/elixir/ebin"))
}

fn setting(name: &str) -> anyhow::Result<PathBuf> {
    let value =
        env::var_os(name).with_context(|| format!("{name} is not set; run `cargo xtask test --only conformance`"))?;
    Ok(PathBuf::from(value))
}
