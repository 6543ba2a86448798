//! Tests compiled for wasm32.
//!
//! `beam` and `shared` are plain libraries there, with nothing to import: their test programs run in Node.js as they
//! are. The page needs the browser's interfaces, so its tests run under the test runner of wasm-bindgen.
//!
//! A test program in plain wasm32 cannot print and stops at the first failure. So the tests are counted natively, and
//! where one fails the stack trace names it.

use std::path::Path;

use anyhow::Context as _;

use super::cargo_test::{count, prepared};
use super::{Context, Outcome};
use crate::process::read;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Cargo starts test programs for the target with what this variable says.
const RUNNER: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER";

pub(crate) fn run(context: &Context<'_>) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    for (package, features) in [("beam", ""), ("shared", "bundle")] {
        outcome = outcome.and(plain(package, features, context)?);
    }
    let runner = context.tools.wasm_bindgen_dir.join("wasm-bindgen-test-runner");
    let mut page = prepared(["test", "--locked", "--package", "frontend", "--lib", "--target", TARGET], context);
    Ok(outcome.and(count(page.env(RUNNER, runner))?))
}

fn plain(package: &str, features: &str, context: &Context<'_>) -> anyhow::Result<Outcome> {
    let arguments = ["test", "--locked", "--quiet", "--package", package, "--features", features, "--lib"];
    let list = |extra: &[&str]| -> anyhow::Result<u32> {
        let arguments = arguments.iter().chain(&["--", "--list", "--format", "terse"]).chain(extra);
        let names =
            read(&mut prepared(arguments, context)).with_context(|| format!("listing the tests of {package}"))?;
        Ok(names.lines().filter(|line| line.ends_with(": test")).count().try_into()?)
    };
    let total = list(&[])?.saturating_sub(list(&["--ignored"])?);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/test/libtest.mjs");
    let mut command = prepared(arguments.iter().chain(&["--target", TARGET]), context);
    command.env(RUNNER, format!("node {}", script.display()));
    let works = command.status().context("starting cargo")?.success();
    println!("{package} for wasm32: {}", if works { format!("{total} tests passed") } else { "failed".to_owned() });
    Ok(if works { Outcome { passed: total, failed: 0 } } else { Outcome::one(false) })
}
