//! The heap and the dispatch loop of `beam` under AddressSanitizer.
//!
//! Tests in safe code cannot see a read beyond the end of a heap, or of a heap that was collected. The sanitizer does: here
//! it watches the unit tests, and the programs that are compared with Erlang/OTP while garbage is collected at every allocation.
//!
//! Sanitizers are part of the toolchain, but their switch is for nightly compilers only unless `RUSTC_BOOTSTRAP` is set. What it builds
//! lies in a folder of its own, so that nothing else is built anew.

use super::cargo_test::{count, prepared};
use super::{Context, Outcome};

/// Named, so that build scripts and macros are not watched as well.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The comparison that moves every term as often as it can be.
const STRESS: &str = "programs_give_the_same_when_garbage_is_collected_at_every_allocation";

pub(crate) fn run(context: &Context<'_>) -> anyhow::Result<Outcome> {
    let units = watched(&["--package", "beam", "--lib"], context)?;
    let machine_left_out = ["--package", "tests", "--no-default-features"];
    let programs = watched(&[&machine_left_out[..], &["--test", "conformance", STRESS]].concat(), context)?;
    Ok(units.and(programs))
}

fn watched(arguments: &[&str], context: &Context<'_>) -> anyhow::Result<Outcome> {
    let folder = context.workspace.target.join("sanitizer");
    let mut command = prepared(["test", "--locked", "--target", TARGET].iter().chain(arguments), context);
    command.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Zsanitizer=address").env("CARGO_TARGET_DIR", folder);
    count(&mut command)
}
