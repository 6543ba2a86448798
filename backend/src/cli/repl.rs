//! `orrery repl`: a session with IEx in a sandbox.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use sandbox_runtime::boot::program::Program;

use super::exec::{self, Exec};
use super::options::{Options, surroundings};

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
            false => Program { arguments: Exec::required(&self.files)?, ..Exec::program(&self.files, &[])? },
        };
        program.arguments.extend(["-e", SESSION].map(str::to_owned));
        exec::run(&self.options, &program)
    }
}
