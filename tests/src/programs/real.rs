//! A program run by real Elixir. What it did is kept below `target`, since it takes longer than everything else here.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::Context as _;

use super::{Outcome, Program};
use crate::reference;

/// What the program did, now or when it was last run.
pub(super) fn run(program: &Program) -> anyhow::Result<Outcome> {
    let file = kept_in(program)?;
    if let Some(outcome) = fs::read(&file).ok().and_then(|kept| read(&kept)) {
        return Ok(outcome);
    }
    let outcome = run_now(program)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    // Another test may be reading it: it appears whole.
    let unfinished = file.with_extension("new");
    fs::write(&unfinished, written(&outcome))?;
    fs::rename(&unfinished, &file)?;
    Ok(outcome)
}

fn run_now(program: &Program) -> anyhow::Result<Outcome> {
    let compiled = tempfile::tempdir()?;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut elixir = reference::program("elixir")?;
    match program.erlang_module() {
        Some(module) => {
            let mut erlc = reference::program("erlc")?;
            erlc.arg("-o").arg(compiled.path()).arg(&program.main).current_dir(&program.folder);
            let output = erlc.output().context("starting erlc")?;
            stdout.extend(output.stdout);
            stderr.extend(output.stderr);
            elixir.arg("-pa").arg(compiled.path()).args(["-e", &format!(":{module}.main()")]);
        }
        None => {
            elixir.arg(&program.main);
        }
    }
    elixir.args(&program.arguments).current_dir(&program.folder);
    let output = fed(&mut elixir, &program.stdin)?;
    stdout.extend(output.stdout);
    stderr.extend(output.stderr);
    let status = output.status.code().context("it was ended by a signal")?;
    Ok(Outcome { stdout, stderr, status })
}

fn fed(command: &mut Command, stdin: &[u8]) -> anyhow::Result<Output> {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("starting elixir")?;
    // A program need not read what it is given.
    child.stdin.take().context("its input is a pipe")?.write_all(stdin).ok();
    Ok(child.wait_with_output()?)
}

/// The file for exactly this program and this Elixir.
fn kept_in(program: &Program) -> anyhow::Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    reference::elixir_ebin()?.hash(&mut hasher);
    (&program.folder, &program.main, &program.arguments, &program.stdin, &program.files).hash(&mut hasher);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/orrery/programs");
    Ok(folder.join(format!("{:016x}", hasher.finish())))
}

fn written(outcome: &Outcome) -> Vec<u8> {
    let head = format!("{} {}\n", outcome.status, outcome.stdout.len());
    [head.as_bytes(), &outcome.stdout, &outcome.stderr].concat()
}

fn read(kept: &[u8]) -> Option<Outcome> {
    let end = kept.iter().position(|byte| *byte == b'\n')?;
    let (status, length) = std::str::from_utf8(&kept[..end]).ok()?.split_once(' ')?;
    let (stdout, stderr) = kept[end + 1..].split_at_checked(length.parse().ok()?)?;
    Some(Outcome { stdout: stdout.to_vec(), stderr: stderr.to_vec(), status: status.parse().ok()? })
}
