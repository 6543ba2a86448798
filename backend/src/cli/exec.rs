//! `orrery exec` and `orrery eval`: programs in a sandbox, with the terminal of this process.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::Receiver;

use anyhow::Context as _;
use clap::Args;
use sandbox_runtime::boot::program::Program;
use sandbox_runtime::driver::{self, Driven, End};
use shared::Etf;

use super::console::Console;
use super::files;
use super::options::{Options, surroundings};
use super::runtime::runtime;

/// `orrery exec`
#[derive(Debug, Args)]
pub struct Exec {
    /// Files to run, in order: .ex and .exs (Elixir), .erl (Erlang), .beam (compiled)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the program gets as its arguments (System.argv/0)
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
    #[command(flatten)]
    options: Options,
}

/// `orrery eval`
#[derive(Debug, Args)]
pub struct Eval {
    /// What to evaluate
    #[arg(value_name = "EXPRESSION")]
    expression: String,
    /// What the program gets as its arguments (System.argv/0)
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
    #[command(flatten)]
    options: Options,
}

impl Exec {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        run(&self.options, &Exec::program(&self.files, &self.arguments)?)
    }

    /// The program that these files and arguments make.
    pub(super) fn program(files: &[PathBuf], arguments: &[String]) -> anyhow::Result<Program> {
        let name = |file: &PathBuf| file.to_str().map(str::to_owned).context("names of files must be UTF-8");
        let names: Vec<String> = files.iter().map(name).collect::<Result<_, _>>()?;
        let mut command = Vec::new();
        for (place, name) in names.into_iter().enumerate() {
            let is_last = place + 1 == files.len();
            match name.rsplit_once('.').map(|(_, extension)| extension) {
                Some("erl" | "beam") => {
                    let call = if is_last { "run" } else { "load" };
                    let quoted = name.replace('\\', "\\\\").replace('\'', "\\'");
                    command.extend(["-e".to_owned(), format!(":orrery_exec.{call}(~c'{quoted}')")]);
                    if is_last {
                        command.push("--".into());
                    }
                }
                _ if is_last => command.push(name),
                _ => command.extend(["-r".to_owned(), name]),
            }
        }
        command.extend(arguments.iter().cloned());
        let files = files::beside(files)?.into_iter().collect();
        Ok(Program { arguments: command, files, ..surroundings()? })
    }
}

impl Eval {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut arguments = vec!["-e".to_owned(), self.expression, "--".to_owned()];
        arguments.extend(self.arguments);
        run(&self.options, &Program { arguments, ..surroundings()? })
    }
}

/// Runs a program to its end.
pub(super) fn run(options: &Options, program: &Program) -> anyhow::Result<ExitCode> {
    let (mut console, input) = Console::new(options.trace()?);
    let mut machine = runtime(options.library.as_deref())?.sandbox(options.config()?, program)?;
    Ok(finish(&mut machine, &input, &mut console))
}

/// Drives a machine to its end.
pub(super) fn finish(machine: &mut impl Driven, input: &Receiver<Vec<u8>>, console: &mut Console) -> ExitCode {
    match driver::drive(machine, input, console) {
        End::Halted(reason) => exit_code(&reason),
        End::InitEnded => {
            eprintln!("orrery: the system ended with its first process");
            ExitCode::FAILURE
        }
        End::Stuck => {
            eprintln!("orrery: every process waits for a message, and nobody is left to send one");
            ExitCode::FAILURE
        }
    }
}

/// The exit code for what a program halted with: a number, or a text that says what went wrong.
pub(super) fn exit_code(reason: &Etf) -> ExitCode {
    if let Some(status) = status(reason) {
        return ExitCode::from(u8::try_from(status & 0xff).unwrap_or(1));
    }
    if let Ok(reason) = reason.decode() {
        eprintln!("orrery: the sandbox stopped: {reason}");
    }
    ExitCode::FAILURE
}

/// The exit status that a sandbox halted with, if it is one.
pub(super) fn status(reason: &Etf) -> Option<i64> {
    reason.decode().ok()?.as_int()
}
