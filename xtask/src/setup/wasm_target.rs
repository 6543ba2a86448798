//! The Rust target that guest and page are compiled for.

use std::path::Path;

use anyhow::Context as _;

use crate::process::{command, read, run};
use crate::step;

const TARGET: &str = "wasm32-unknown-unknown";

pub(crate) fn ensure() -> anyhow::Result<()> {
    let folder = read(&mut command("rustc", ["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    let step = step::begin("Adding the Rust target wasm32", "the BEAM and the page are compiled to WebAssembly");
    run(&mut command("rustup", ["target", "add", TARGET])).with_context(|| {
        format!("install rustup, or add the standard library of {TARGET} to your Rust, then run the same command again")
    })?;
    step.done();
    Ok(())
}
