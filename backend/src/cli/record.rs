//! `orrery record` and `orrery replay`: a run that can be run again, exactly.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use sandbox_runtime::boot::program::Program;
use sandbox_runtime::timeline::{Origin, Target, Timeline};
use serde::{Deserialize, Serialize};
use shared::EventSeq;
use shared::recording::Recording;

use super::console::Console;
use super::exec::{Exec, exit_code, finish};
use super::failures::Failures;
use super::moment;
use super::options::Options;
use super::progress::Progress;
use super::runtime::workbench;

/// `orrery record`
#[derive(Debug, Args)]
pub struct Record {
    #[command(flatten)]
    exec: Exec,
    /// Where to put the recording
    #[arg(long, short, value_name = "RECORDING", default_value = "orrery.recording")]
    output: PathBuf,
}

/// `orrery replay`
#[derive(Debug, Args)]
pub struct Replay {
    /// A recording of `orrery record`
    #[arg(value_name = "RECORDING")]
    recording: PathBuf,
    /// Stop behind this event (its number stands in a trace, and below a test that failed), and show the processes there
    #[arg(long, value_name = "N")]
    until: Option<u64>,
    #[command(flatten)]
    options: Options,
}

/// What is in a file of a recording.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    program: Program,
    recording: Recording,
}

impl Record {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        run(&self.exec.options, self.exec.program()?, &self.output)
    }
}

/// Runs a program to its end and writes the recording.
pub(super) fn run(options: &Options, program: Program, output: &Path) -> anyhow::Result<ExitCode> {
    let workbench = workbench(options.library.as_deref())?;
    let config = options.config()?;
    let machine = workbench.start(config.clone(), &program)?;
    let origin = Origin { image: workbench.image_id(), config, start: Some(workbench.id()) };
    let mut timeline = Timeline::record(machine, origin)?;
    let (console, input) = Console::new(options.trace()?);
    let code = finish(&mut timeline, &input, &mut console.with_failures(Failures::of(output)));
    let recorded = Recorded { program, recording: timeline.recording()? };
    let bytes = serde_json::to_vec(&recorded).context("recordings are plain data")?;
    fs::write(output, bytes).with_context(|| format!("writing {}", output.display()))?;
    Ok(code)
}

impl Replay {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let file = self.recording.display();
        let bytes = fs::read(&self.recording).with_context(|| format!("{file} cannot be read"))?;
        let Recorded { program, recording } =
            serde_json::from_slice(&bytes).with_context(|| format!("{file} is no recording"))?;
        let workbench = workbench(self.options.library.as_deref())?;
        if workbench.image_id() != recording.image || recording.start != Some(workbench.id()) {
            bail!("{file} was made with another version of Orrery or of the library, which alone can replay it");
        }
        let machine = workbench.start(recording.config.clone(), &program)?;
        let target = recording.end.mark.at;
        let mut timeline = Timeline::replay(machine, recording)?;
        let (mut console, _) = Console::new(self.options.trace()?);
        let progress = Progress::of("replaying");
        let events = timeline.advance(target)?;
        drop(progress);
        let until = self.until.unwrap_or(u64::MAX);
        console.show(events.into_iter().filter(|event| event.seq.0 <= until).collect());
        if let Some(until) = self.until {
            timeline.seek(Target::Event(EventSeq(until)))?;
            eprint!("{}", moment::describe(&mut timeline, &workbench));
            return Ok(ExitCode::SUCCESS);
        }
        timeline.seek(Target::End)?;
        timeline.verify()?;
        Ok(timeline.machine().kernel().halted().map_or(ExitCode::FAILURE, exit_code))
    }
}
