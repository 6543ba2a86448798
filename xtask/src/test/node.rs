//! Running the tests of Node.js and counting.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::Context as _;

use super::Outcome;

/// Runs a command whose output is that of `node --test` in TAP, shows it, and reads the results.
pub(crate) fn count(command: &mut Command) -> anyhow::Result<Outcome> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("starting node")?;
    let stdout = child.stdout.take().context("its output is a pipe")?;
    let mut outcome = Outcome::default();
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        println!("{line}");
        let number = |name: &str| line.strip_prefix(name).and_then(|count| count.trim().parse().ok());
        outcome.passed = number("# pass ").unwrap_or(outcome.passed);
        outcome.failed = number("# fail ").unwrap_or(outcome.failed);
    }
    let status = child.wait()?;
    Ok(if !status.success() && outcome.failed == 0 { outcome.and(Outcome::one(false)) } else { outcome })
}
