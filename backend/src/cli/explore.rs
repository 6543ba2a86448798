//! `orrery explore`: a program under many schedules, to find those under which it fails.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use clap::Args;
use sandbox_runtime::boot::program::Program;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::machine::Stopped;
use sandbox_runtime::workbench::Workbench;
use shared::event::EventKind;
use shared::schedule::{Schedule, TimeMode};

use super::exec::{Exec, status};
use super::progress::Progress;
use super::runtime::workbench;

/// Turns after which a run counts as endless.
const TURNS_MAX: u64 = 2_000_000;

/// `orrery explore`
#[derive(Debug, Args)]
pub struct Explore {
    #[command(flatten)]
    exec: Exec,
    /// How many schedules to try
    #[arg(long, value_name = "N", default_value_t = 100)]
    seeds: u64,
}

/// How a run ended: its exit status, and what it printed.
type End = (Option<i64>, Vec<u8>);

impl Explore {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let workbench = workbench(self.exec.options.library.as_deref())?;
        let program = self.exec.program()?;
        let seed = self.exec.options.seed.unwrap_or_default();
        let config = self.exec.options.repeatable(seed).config()?;
        let ends = runs(&workbench, &program, &config, self.seeds);
        let failed: Vec<u64> =
            ends.iter().filter(|(_, (status, _))| *status != Some(0)).map(|(seed, _)| *seed).collect();
        let mut outputs: BTreeMap<&[u8], Vec<u64>> = BTreeMap::new();
        for (seed, (_, output)) in &ends {
            outputs.entry(output).or_default().push(*seed);
        }
        println!("{} schedules: {} failed, {} different outputs", self.seeds, failed.len(), outputs.len());
        let mut outputs: Vec<_> = outputs.into_iter().collect();
        outputs.sort_by_key(|(_, seeds)| std::cmp::Reverse(seeds.len()));
        for (output, seeds) in outputs {
            let first = seeds.first().copied().unwrap_or_default();
            let state = match ends.get(&first).and_then(|(status, _)| *status) {
                Some(0) => "ends well".to_owned(),
                Some(status) => format!("exits with {status}"),
                None => "does not end".to_owned(),
            };
            println!(
                "\n{} of {} {state}; seen again with --fast --seed {seed} --schedule random:{first}",
                seeds.len(),
                self.seeds
            );
            println!("{}", String::from_utf8_lossy(output).trim_end());
        }
        Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// One run for each seed, on all processors.
fn runs(workbench: &Workbench, program: &Program, config: &Config, seeds: u64) -> BTreeMap<u64, End> {
    let next = AtomicU64::new(0);
    let ends = Mutex::new(BTreeMap::new());
    let progress = Progress::new();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    let end = one(workbench, program, config, seed);
                    let mut ends = ends.lock().unwrap_or_else(PoisonError::into_inner);
                    ends.insert(seed, end);
                    progress.at(|| {
                        let failed = ends.values().filter(|(status, _)| *status != Some(0)).count();
                        format!("{} of {seeds} schedules, {failed} failed", ends.len())
                    });
                }
            });
        }
    });
    ends.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn one(workbench: &Workbench, program: &Program, config: &Config, seed: u64) -> End {
    let config = Config {
        schedule: Schedule::Random { seed },
        time_mode: match config.time_mode {
            fast @ TimeMode::Fast { .. } => fast,
            _ => TimeMode::default(),
        },
        ..config.clone()
    };
    let mut machine = match workbench.start(config, program) {
        Ok(machine) => machine,
        Err(error) => return (None, error.to_string().into_bytes()),
    };
    let mut output = Vec::new();
    let mut turns = 0;
    let mut stopped = Stopped::TurnLimit;
    while stopped == Stopped::TurnLimit && turns < TURNS_MAX {
        const TURNS: u64 = 10_000;
        stopped = machine.run(TURNS);
        turns += TURNS;
        for event in machine.take_events() {
            if let EventKind::Output { bytes, .. } = event.kind {
                output.extend_from_slice(&bytes);
            }
        }
    }
    (machine.kernel().halted().and_then(status), output)
}
