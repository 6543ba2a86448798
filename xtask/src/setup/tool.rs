//! Programs written in Rust that cargo installs for us, into our own folder, at exactly the version that we need.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::process::{all_on_path, cargo, command, read, run};
use crate::workspace::Workspace;
use crate::{stamp, step};

/// A program, and how cargo installs it.
#[derive(Debug)]
pub(crate) struct Tool {
    program: &'static str,
    package: &'static str,
    why: &'static str,
    /// Flags of `cargo install` besides the version.
    flags: &'static [&'static str],
}

/// The version of Trunk. Newer ones want a newer Rust than `rust-toolchain.toml` pins.
pub(crate) const TRUNK_VERSION: &str = "0.21.14";

/// Builds the page.
pub(crate) const TRUNK: Tool = Tool {
    program: "trunk",
    package: "trunk",
    why: "it builds the page",
    flags: &["--locked", "--no-default-features", "--features", "rustls"],
};

/// Makes what the Rust compiler emits loadable by a browser. Its lock file does not build with our Rust, so it is
/// installed without it.
pub(crate) const WASM_BINDGEN: Tool = Tool {
    program: "wasm-bindgen",
    package: "wasm-bindgen-cli",
    why: "it must have exactly the version of the library in Cargo.lock",
    flags: &[],
};

/// The program at this version: from `PATH` where it is there, else from our cache, else installed now.
pub(crate) fn ensure(workspace: &Workspace, tool: &Tool, version: &str) -> anyhow::Result<PathBuf> {
    let ours = workspace.tools().join("bin").join(tool.program);
    let fits = |program: &PathBuf| {
        read(&mut command(program, ["--version"])).is_ok_and(|says| says.split_whitespace().nth(1) == Some(version))
    };
    if let Some(program) = [ours.clone()].into_iter().chain(all_on_path(tool.program)).find(fits) {
        return Ok(program);
    }
    let step = step::begin(&format!("Installing {} {version}", tool.package), tool.why);
    step.progress("compiling it takes a few minutes the first time; interrupted, it goes on where it was");
    // Without optimisation it is built in a fraction of the time and still does its work in a second or two.
    let mut install = cargo(["install", tool.package, "--version", version, "--debug", "--force", "--root"]);
    install.arg(workspace.tools()).args(tool.flags);
    install.env("CARGO_TARGET_DIR", intermediate(workspace)).env("CARGO_PROFILE_DEV_DEBUG", "0");
    install.env("CARGO_PROFILE_DEV_INCREMENTAL", "false");
    run(&mut install).with_context(|| {
        format!(
            "{} {version} could not be installed: check that this machine reaches its crate registry, then run the \
             same command again, or install that version yourself and put it on PATH",
            tool.package
        )
    })?;
    step.done();
    Ok(ours)
}

/// The version of a package in `Cargo.lock`.
pub(crate) fn locked_version(workspace: &Workspace, package: &str) -> anyhow::Result<String> {
    let file = workspace.root.join("Cargo.lock");
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let lock: toml::Table = text.parse().with_context(|| format!("reading {}", file.display()))?;
    lock.get("package")
        .and_then(toml::Value::as_array)
        .and_then(|packages| {
            packages.iter().find(|entry| entry.get("name").and_then(toml::Value::as_str) == Some(package))
        })
        .and_then(|entry| entry.get("version"))
        .and_then(toml::Value::as_str)
        .map(str::to_owned)
        .with_context(|| format!("Cargo.lock has no package {package}"))
}

/// Once everything is installed, what cargo compiled on the way is only weight.
pub(crate) fn forget_intermediate_results(workspace: &Workspace) -> anyhow::Result<()> {
    stamp::remove_dir(&intermediate(workspace))
}

fn intermediate(workspace: &Workspace) -> PathBuf {
    workspace.cache.join("tools-build")
}
