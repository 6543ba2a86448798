//! `cargo xtask`: everything that is done to this repository, in one place and in Rust.
//!
//! # Layout
//!
//! - [`workspace`], [`process`], [`step`], [`stamp`]: where things are, running programs, telling what happens and why,
//!   and not doing it twice.
//! - [`setup`]: what has to be on the machine, one tool a file.
//! - [`elixir`]: finding the Elixir/OTP library, or getting it from Debian.
//! - [`bundle`]: packing that library.
//! - [`build`]: guest, page and server.
//! - [`run`], [`test`], [`bench`], [`tidy`]: the commands.

#![forbid(unsafe_code)]

mod bench;
mod build;
mod bundle;
mod elixir;
mod process;
mod run;
mod setup;
mod stamp;
mod step;
mod test;
mod tidy;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Runs, tests and builds Orrery.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Set up what is missing, build everything and start the server.
    Run(run::Options),
    /// Set up what is missing, then run everything that has to hold before a change is merged.
    Test(test::Options),
    /// Set up what is missing and build the server with guest, page and library inside.
    Build(build::Options),
    /// Measure: one line a figure, ours beside theirs.
    Bench(bench::Options),
    /// Check the rules of the repository that compiler and linter do not know.
    Tidy,
    /// Find the Elixir/OTP library and pack it.
    Bundle(LibraryOptions),
    /// Set up what is missing and stop there.
    Setup(LibraryOptions),
}

/// Which Elixir to take the library from.
#[derive(Debug, Clone, Args)]
struct LibraryOptions {
    /// Take the library from this folder: the root of an Elixir, or a folder with `lib/elixir` and `lib/erlang` in it.
    #[arg(long, env = "ORRERY_ELIXIR", value_name = "DIR")]
    elixir: Option<PathBuf>,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    match Workspace::locate().and_then(|workspace| dispatch(command, &workspace)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command, workspace: &Workspace) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(options) => run::run(workspace, &options),
        Command::Test(options) => test::run(workspace, &options),
        Command::Build(options) => build::run(workspace, &options).map(|()| ExitCode::SUCCESS),
        Command::Bench(options) => bench::run(workspace, &options).map(|()| ExitCode::SUCCESS),
        Command::Tidy => tidy::run(workspace),
        Command::Bundle(options) => {
            let bundle = bundle::ensure(workspace, options.elixir.as_deref())?;
            println!("{}", bundle.file.display());
            Ok(ExitCode::SUCCESS)
        }
        Command::Setup(options) => {
            setup::for_build(workspace)?;
            setup::for_tests(workspace)?;
            bundle::ensure(workspace, options.elixir.as_deref())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The names of the subcommands, for the check that the documentation names only those that exist.
fn subcommands() -> Vec<String> {
    use clap::CommandFactory as _;
    Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}
