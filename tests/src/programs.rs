//! Programs as people write them, run in a sandbox and by real Elixir: what they print and how they end must be the same.
//!
//! They lie in `tests/programs`, a folder a subject. A program is a file, or a folder that `main.exs` starts. Its first line
//! says what it shows; a second line `# Arguments: …` gives it arguments; a file of the same name that ends in `.stdin` is
//! what it reads.
//!
//! # Layout
//! - [`find`]: which programs there are
//! - [`ours`], [`real`]: running one in a sandbox, and by real Elixir
//! - [`text`]: what may differ between two runs of one program

mod find;
mod ours;
mod real;
mod text;

use anyhow::Context as _;

pub use find::{Program, below};
pub use ours::Sandboxes;

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What it printed.
    pub stdout: Vec<u8>,
    /// What it complained about.
    pub stderr: Vec<u8>,
    /// Its exit status.
    pub status: i32,
}

/// Runs a program in both: how they differ, or nothing.
///
/// # Errors
/// When one of them cannot be started.
pub fn differences(program: &Program, sandboxes: &Sandboxes) -> anyhow::Result<Option<String>> {
    let expected = real::run(program).with_context(|| format!("{program} in real Elixir"))?;
    let found = sandboxes.run(program).with_context(|| format!("{program} in a sandbox"))?;
    let mut report = String::new();
    if expected.status != found.status {
        report.push_str(&format!("exit status: expected {}, found {}\n", expected.status, found.status));
    }
    for (name, expected, found) in
        [("stdout", &expected.stdout, &found.stdout), ("stderr", &expected.stderr, &found.stderr)]
    {
        if let Some(difference) = text::difference(expected, found) {
            report.push_str(&format!("{name}:\n{difference}"));
        }
    }
    Ok((!report.is_empty()).then_some(report))
}
