//! `orrery machine`: a sandbox that is driven by whoever started it, over standard input and output (`docs/machine.md`).

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use sandbox_runtime::runner;
use sandbox_runtime::timeline::{Origin, Timeline};

use super::exec::Exec;
use super::options::Options;
use super::runtime::workbench;

/// `orrery machine`
#[derive(Debug, Args)]
pub struct Machine {
    /// Files to run, in order, as for `orrery exec`
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the program gets as its arguments (System.argv/0)
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
    #[command(flatten)]
    options: Options,
}

impl Machine {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let workbench = workbench(self.options.library.as_deref())?;
        let program = Exec::program(&self.files, &self.arguments)?;
        let config = self.options.config()?;
        let machine = workbench.start(config.clone(), &program)?;
        let origin = Origin { image: workbench.image_id(), config, start: Some(workbench.id()) };
        let mut timeline = Timeline::record(machine, origin)?;
        runner::serve(&mut timeline, &mut io::stdin().lock(), &mut io::stdout().lock())?;
        Ok(ExitCode::SUCCESS)
    }
}
