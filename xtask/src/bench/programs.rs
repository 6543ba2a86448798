//! Programs from the command line, beside real Elixir: how long `orrery exec` takes to start, and to compile when warm.

use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

use super::{Context, Figure};
use crate::process::command;
use crate::workspace::Flavour;

/// How often each command is run; the median counts.
const RUNS: usize = 5;
/// A command that has not ended after so long never will.
const PATIENCE: Duration = Duration::from_secs(300);
/// Between how many compilations the difference is taken.
const COMPILATIONS: [u32; 2] = [2, 22];

pub(crate) fn measure(context: &Context<'_>) -> anyhow::Result<Vec<Figure>> {
    let ours = Runner { program: context.workspace.server(Flavour::Release), leading: &["exec"], trailing: &["--"] };
    let theirs = Runner { program: context.packed.installation.programs.join("elixir"), leading: &[], trailing: &[] };
    let folder = context.workspace.root.join("tests/bench/cli");
    let mut figures = Vec::new();
    for (name, file) in [("hello", "hello.exs"), ("exunit-20", "suite.exs")] {
        let file = folder.join(file);
        let [ours, theirs] = [&ours, &theirs].map(|runner| runner.median(&file, &[]));
        figures.push(Figure::against(format!("programs/{name}"), "ms", ours?, theirs?));
    }
    let file = folder.join("compile.exs");
    let [ours, theirs] = [&ours, &theirs].map(|runner| runner.compilation(&file));
    figures.push(Figure::against("programs/compile-warm", "ms", ours?, theirs?));
    Ok(figures)
}

/// Something that runs programs in Elixir.
struct Runner {
    program: std::path::PathBuf,
    leading: &'static [&'static str],
    /// What stands between the file and the program's own arguments.
    trailing: &'static [&'static str],
}

impl Runner {
    /// Milliseconds until the program ends.
    fn median(&self, file: &Path, arguments: &[String]) -> anyhow::Result<f64> {
        let mut times = (0..RUNS).map(|_| self.once(file, arguments)).collect::<anyhow::Result<Vec<_>>>()?;
        times.sort();
        Ok(times.get(RUNS / 2).copied().unwrap_or_default().as_secs_f64() * 1e3)
    }

    /// Milliseconds that one more compilation takes.
    fn compilation(&self, file: &Path) -> anyhow::Result<f64> {
        let [few, many] = COMPILATIONS.map(|times| self.median(file, &[times.to_string()]));
        Ok((many? - few?) / f64::from(COMPILATIONS[1] - COMPILATIONS[0]))
    }

    fn once(&self, file: &Path, arguments: &[String]) -> anyhow::Result<Duration> {
        let mut command = command(&self.program, self.leading);
        command.arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if !arguments.is_empty() {
            command.args(self.trailing).args(arguments);
        }
        let begun = Instant::now();
        let mut process = command.spawn().with_context(|| format!("starting {}", self.program.display()))?;
        let status = loop {
            if let Some(status) = process.try_wait()? {
                break status;
            }
            if begun.elapsed() > PATIENCE {
                process.kill()?;
                process.wait()?;
                bail!("{} does not come to an end on {}", self.program.display(), file.display());
            }
            thread::sleep(Duration::from_millis(1));
        };
        let took = begun.elapsed();
        ensure!(status.success(), "{} ended with {status} on {}", self.program.display(), file.display());
        Ok(took)
    }
}
