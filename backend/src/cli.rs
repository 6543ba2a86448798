//! Command line: the server, and programs that run in a sandbox without it.
//!
//! # Layout
//! - [`exec`]: `orrery exec`, `orrery eval`
//! - [`test`]: `orrery test`
//! - [`explore`]: `orrery explore`
//! - [`record`]: `orrery record`, `orrery replay`
//! - [`repl`]: `orrery repl`
//! - [`recompile`]: what `recompile` means there
//! - [`machine`]: `orrery machine`
//! - [`backup`]: `orrery backup`, `orrery restore`
//! - [`console`]: output and input of the terminal
//! - [`failures`]: where recorded tests fail
//! - [`moment`]: a machine at one moment, in words
//! - [`files`]: which files a program finds in its sandbox
//! - [`runtime`]: what the sandboxes of this binary start from
//! - [`notes`]: why a program failed, where the sandbox knows
//! - [`options`]: what all programs can be told
//! - [`progress`]: what long work shows meanwhile

mod backup;
mod console;
mod exec;
mod explore;
mod failures;
mod files;
mod machine;
mod moment;
mod notes;
mod options;
mod progress;
mod recompile;
mod record;
mod repl;
mod runtime;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use sandbox_runtime::workbench::Workbench;

use crate::config::RawConfig;

/// Orrery: run, watch, rewind and share supervised processes.
#[derive(Debug, Parser)]
#[command(name = "orrery", version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Cli {
    /// What to do; without one, the server is started.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What the server is told.
    #[command(flatten)]
    pub serve: RawConfig,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the page, the API and the sandboxes (this is what happens without a command)
    Serve(RawConfig),
    /// Run Elixir and Erlang files in a sandbox, as `elixir` would
    Exec(exec::Exec),
    /// Run the tests of a folder with lib and test in it, as `mix test` would
    Test(test::Test),
    /// Run a program under many schedules, to find those under which it fails
    Explore(explore::Explore),
    /// Run a program as `exec` does, and keep what is needed to run it again exactly
    Record(record::Record),
    /// Run a recording again: the same events, checked on the way
    Replay(record::Replay),
    /// Start a sandbox that is driven by requests on standard input, one JSON object a line, and answers on standard output
    Machine(machine::Machine),
    /// Evaluate an Elixir expression in a sandbox, as `elixir -e` would
    Eval(exec::Eval),
    /// Type Elixir, in a sandbox in which files may have run before
    Repl(repl::Repl),
    /// Copy everything that a server stores into one file; the server may run meanwhile
    Backup(backup::Backup),
    /// Bring everything back from such a copy, into a data folder in which there is nothing
    Restore(backup::Restore),
    /// Prepare what sandboxes start from, so that the first one starts as quickly as the others (`cargo xtask build` does it).
    #[command(hide = true)]
    Prepare {
        /// Where to put it, instead of beside this program.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

/// What the sandboxes of this binary start from. Takes seconds where nothing is prepared.
///
/// # Errors
/// When the binary was built without what it is made of.
pub(crate) fn workbench() -> anyhow::Result<Workbench> {
    runtime::workbench(None)
}

/// Runs a command that needs no server: the code to exit with.
///
/// # Errors
/// When the sandbox cannot be started. What happens within it is no error.
pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(_) => anyhow::bail!("the server is started elsewhere"),
        Command::Exec(exec) => exec.run(),
        Command::Test(test) => test.run(),
        Command::Record(record) => record.run(),
        Command::Replay(replay) => replay.run(),
        Command::Explore(explore) => explore.run(),
        Command::Machine(machine) => machine.run(),
        Command::Eval(eval) => eval.run(),
        Command::Repl(repl) => repl.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Prepare { file } => runtime::prepare(file).map(|()| ExitCode::SUCCESS),
    }
}
