//! Running `cargo test` and counting.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::Context as _;

use super::{Context, FLAVOUR, Outcome};
use crate::process::{cargo, run as run_command};

/// A cargo command with the variables that tests and build scripts read:
///
/// - `ORRERY_ASSETS`: what the server carries inside.
/// - `ORRERY_GUEST`: the BEAM as a wasm module.
/// - `ORRERY_LIBRARY`: the packed library.
/// - `ORRERY_REFERENCE`: a folder with a real `erl`, `erlc`, `elixir`, `elixirc` and `escript`, of the same version.
/// - `ORRERY_REFERENCE_LIBRARY`: the roots of Elixir and Erlang that the library was packed from, joined by a colon.
pub(crate) fn prepared<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>, context: &Context<'_>) -> Command {
    let assets = context.workspace.assets(FLAVOUR);
    let installation = &context.packed.installation;
    let roots = [&installation.elixir_root, &installation.erlang_root].map(|root| root.display().to_string());
    let mut command = cargo(arguments);
    command
        .current_dir(&context.workspace.root)
        .env("ORRERY_GUEST", assets.join("guest.wasm"))
        .env("ORRERY_LIBRARY", &context.packed.file)
        .env("ORRERY_REFERENCE", &installation.programs)
        .env("ORRERY_REFERENCE_LIBRARY", roots.join(":"))
        .env("ORRERY_ASSETS", assets);
    command
}

/// Builds the server as the tests of the workspace do, who need it too: asked for by itself it would have other features, and
/// the compiler of the guest would be built once more for it.
pub(crate) fn build_server(context: &Context<'_>) -> anyhow::Result<()> {
    // The test of the binary has it built; the other one is named for what its package asks of others.
    let tests = ["--test", "binary", "--test", "api"];
    run_command(&mut prepared(["test", "--locked", "--workspace", "--no-run"].iter().chain(&tests), context))
}

/// Runs `cargo test` with these arguments and counts what it reports.
pub(crate) fn run(arguments: &[&str], context: &Context<'_>) -> anyhow::Result<Outcome> {
    run_with(arguments, &[], context)
}

/// The same with variables of its own.
pub(crate) fn run_with(
    arguments: &[&str],
    variables: &[(&str, &str)],
    context: &Context<'_>,
) -> anyhow::Result<Outcome> {
    let mut command = prepared(["test", "--locked", "--no-fail-fast"].iter().chain(arguments), context);
    count(command.envs(variables.iter().copied()))
}

/// Runs a command whose output is that of Rust's test harness, shows it, and adds up the results.
pub(crate) fn count(command: &mut Command) -> anyhow::Result<Outcome> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("starting cargo")?;
    let stdout = child.stdout.take().context("its output is a pipe")?;
    let mut outcome = Outcome::default();
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        println!("{line}");
        outcome = outcome.and(result_line(&line).unwrap_or_default());
    }
    let status = child.wait()?;
    // It may not even have compiled.
    Ok(if !status.success() && outcome.failed == 0 { outcome.and(Outcome::one(false)) } else { outcome })
}

/// Reads `test result: ok. 12 passed; 0 failed; …`.
fn result_line(line: &str) -> Option<Outcome> {
    let rest = line.strip_prefix("test result: ")?;
    let (_, counts) = rest.split_once(". ")?;
    let number = |unit: &str| counts.split("; ").find_map(|count| count.strip_suffix(unit)?.trim().parse::<u32>().ok());
    Some(Outcome { passed: number("passed")?, failed: number("failed")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_the_test_harness_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(result_line(line), Some(Outcome { passed: 12, failed: 3 }));
        assert_eq!(result_line("test result of mine ... ok"), None);
    }
}
