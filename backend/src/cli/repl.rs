//! `orrery repl`: a session with IEx in a sandbox.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use sandbox_runtime::boot::program::Program;

use super::console::Console;
use super::exec::{Exec, finish};
use super::options::{Options, surroundings};
use super::recompile::Recompile;
use super::runtime::workbench;

/// What begins the session, once the files have run.
const SESSION: &str = "{:ok, _} = Application.ensure_all_started(:iex); IEx.Server.run(on_eof: :halt)";

/// `orrery repl`
#[derive(Debug, Args)]
pub struct Repl {
    /// Files to run first, in order, as for `orrery exec`
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    options: Options,
}

impl Repl {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut program = match self.files.is_empty() {
            true => surroundings()?,
            false => Program { arguments: Exec::required(&self.files)?, ..Exec::program_of(&self.files, &[])? },
        };
        program.arguments.extend(["-e", SESSION].map(str::to_owned));
        let mut recompile = Recompile::new(self.files, program.files.iter().cloned());
        let (mut console, input) = Console::with_input(self.options.trace()?, move |piece| recompile.typed(piece));
        let mut machine = workbench(self.options.library.as_deref())?.start(self.options.config()?, &program)?;
        Ok(finish(&mut machine, &input, &mut console))
    }
}
