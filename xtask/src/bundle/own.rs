//! What the packed library has besides the installed one: the boot script, and our own modules for what a sandbox does in
//! its own way. They are part of the application `kernel`, and one with the name of a module of OTP stands in its place.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use shared::bundle::{Item, Kind};

use super::chunks::{self, Language};
use crate::elixir::Installation;
use crate::process::{command, run_quiet};
use crate::stamp;
use crate::workspace::Workspace;

/// The release whose boot script starts a sandbox: kernel and stdlib, as `erl` does.
const RELEASE: &str = "start_clean";

/// The application that our modules belong to.
const APP: &str = "kernel";

/// Our modules in Erlang.
pub(super) fn sources(workspace: &Workspace) -> anyhow::Result<Vec<PathBuf>> {
    let files = stamp::files_below(&workspace.root.join("sandbox-runtime/library"), &[])?;
    Ok(files.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "erl")).collect())
}

/// The boot script of the installation, and our modules, compiled by its compiler.
pub(super) fn items(workspace: &Workspace, installation: &Installation) -> anyhow::Result<Vec<Item>> {
    let build = tempfile::tempdir().context("making a folder for compiled modules")?;
    let sources = sources(workspace)?;
    let mut erlc = command(installation.program("erlc"), ["+deterministic", "-Werror", "-o"]);
    run_quiet(erlc.arg(build.path()).args(&sources)).context("compiling the modules of the sandbox")?;
    let mut items = vec![boot_script(installation)?];
    for source in &sources {
        let name = source.file_stem().and_then(|stem| stem.to_str()).context("file names of modules are UTF-8")?;
        let file = build.path().join(name).with_extension("beam");
        let bytes = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        let code = chunks::split(&bytes, Language::Erlang).with_context(|| format!("reading {}", file.display()))?.code;
        items.push(Item { kind: Kind::Module, app: APP.to_owned(), name: name.to_owned(), bytes: code });
    }
    Ok(items)
}

fn boot_script(installation: &Installation) -> anyhow::Result<Item> {
    let file = installation.erlang_root.join("bin").join(RELEASE).with_extension("boot");
    let bytes = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    Ok(Item { kind: Kind::Boot, app: "erts".to_owned(), name: RELEASE.to_owned(), bytes })
}
