//! What all programs can be told on the command line.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Write};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use clap::Args;
use sandbox_runtime::boot::program::Program;
use sandbox_runtime::kernel::Config;
use shared::limits::Limits;
use shared::schedule::{Schedule, TimeMode};

/// 2026-01-01T00:00:00Z
const REPEATABLE_EPOCH_NANOS: u64 = 1_767_225_600_000_000_000;
const NANOS_PER_MICRO: u64 = 1_000;

/// How to run a program.
#[derive(Debug, Clone, Args)]
pub(super) struct Options {
    /// Make the run repeatable: all randomness comes from this number, and the calendar begins on 2026-01-01. With --fast, the
    /// same seed gives the same run
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// How processes take turns: default, or random:SEED for an order that the seed decides
    #[arg(long, value_name = "RULE", default_value = "default", value_parser = schedule)]
    schedule: Schedule,
    /// Do not wait for timers: when nothing can run, time jumps to the next one
    #[arg(long)]
    fast: bool,
    /// Set a limit of the sandbox, such as process_bytes=64000000; may be given several times
    #[arg(long = "limit", value_name = "NAME=VALUE", value_parser = limit)]
    limits: Vec<(String, u64)>,
    /// Use this packed Elixir/OTP library (`cargo xtask bundle`) instead of the one inside
    #[arg(long, value_name = "FILE")]
    pub(super) library: Option<PathBuf>,
    /// Write everything that happens into a file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

fn schedule(text: &str) -> Result<Schedule, String> {
    match text.split_once(':') {
        None if text == "default" => Ok(Schedule::Default),
        Some(("random", seed)) => {
            let seed = seed.parse().map_err(|_| format!("{seed:?} is no natural number"))?;
            Ok(Schedule::Random { seed })
        }
        _ => Err("a schedule is `default` or `random:SEED`".to_owned()),
    }
}

fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("a limit is given as NAME=VALUE")?;
    let value = value.replace('_', "").parse().map_err(|_| format!("{value:?} is no natural number"))?;
    Ok((name.to_owned(), value))
}

impl Options {
    /// The same with this seed.
    pub(super) fn repeatable(&self, seed: u64) -> Options {
        Options { seed: Some(seed), ..self.clone() }
    }

    /// The file for all events, if one is wanted.
    pub(super) fn trace(&self) -> anyhow::Result<Option<Box<dyn Write>>> {
        let Some(file) = &self.trace else { return Ok(None) };
        let opened = File::create(file).with_context(|| format!("{} cannot be written", file.display()))?;
        Ok(Some(Box::new(BufWriter::new(opened))))
    }

    /// What the machine starts from.
    pub(super) fn config(&self) -> anyhow::Result<Config> {
        let epoch_nanos = match self.seed {
            // Programs make random numbers of the time, so it differs a little too.
            Some(seed) => REPEATABLE_EPOCH_NANOS + seed % NANOS_PER_MICRO,
            None => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)
            }
        };
        Ok(Config {
            seed: self.seed.unwrap_or_default(),
            schedule: self.schedule.clone(),
            limits: self.limits()?,
            time_mode: if self.fast { TimeMode::default() } else { TimeMode::Live },
            epoch_nanos,
        })
    }

    fn limits(&self) -> anyhow::Result<Limits> {
        // Whoever runs programs here has the machine to themselves, and compiling a long test file takes some memory.
        let limits = Limits { process_bytes: 1 << 30, total_bytes: 3 << 30, ..Limits::default() };
        let mut limits = serde_json::to_value(limits).context("limits are plain data")?;
        let names = limits.as_object_mut().context("limits have names")?;
        for (name, value) in &self.limits {
            let Some(limit) = names.get_mut(name) else {
                let known: Vec<&str> = names.keys().map(String::as_str).collect();
                bail!("there is no limit {name}; there are {}", known.join(", "));
            };
            *limit = (*value).into();
        }
        serde_json::from_value(limits).context("a limit is too large")
    }
}

/// A program with the surroundings of this process.
pub(super) fn surroundings() -> anyhow::Result<Program> {
    let directory = std::env::current_dir().context("there is no current directory")?;
    let directory = directory.to_str().context("the name of the current directory is not UTF-8")?.to_owned();
    let is_terminal = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
    let is_ansi = is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    Ok(Program { directory, is_ansi, ..Program::default() })
}
