//! `orrery machine`: a sandbox that is driven by whoever started it, over standard input and output (`docs/machine.md`).

use std::io;
use std::process::ExitCode;

use clap::Args;
use sandbox_runtime::runner;
use sandbox_runtime::timeline::{Origin, Timeline};

use super::exec::Exec;
use super::runtime::workbench;

/// `orrery machine`
#[derive(Debug, Args)]
pub struct Machine {
    #[command(flatten)]
    exec: Exec,
}

impl Machine {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let workbench = workbench(self.exec.options.library.as_deref())?;
        let program = self.exec.program()?;
        let config = self.exec.options.config()?;
        let machine = workbench.start(config.clone(), &program)?;
        let origin = Origin { image: workbench.image_id(), config, start: Some(workbench.id()) };
        let mut timeline = Timeline::record(machine, origin)?;
        runner::serve(&mut timeline, &mut io::stdin().lock(), &mut io::stdout().lock())?;
        Ok(ExitCode::SUCCESS)
    }
}
