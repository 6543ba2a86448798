//! `orrery exec` and `orrery eval`: programs in a sandbox, with the terminal of this process.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use sandbox_runtime::boot::program::Program;
use sandbox_runtime::driver::{self, End};
use shared::{Etf, Term};

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
        let files = files::beside(&self.files)?;
        let names: Vec<&str> = self
            .files
            .iter()
            .map(|file| file.to_str().context("names of files must be UTF-8"))
            .collect::<Result<_, _>>()?;
        let mut arguments = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let is_last = place + 1 == names.len();
            match name.rsplit_once('.').map(|(_, extension)| extension) {
                Some("erl" | "beam") => {
                    let call = if is_last { "run" } else { "load" };
                    let quoted = name.replace('\\', "\\\\").replace('\'', "\\'");
                    arguments.extend(["-e".to_owned(), format!(":orrery_exec.{call}(~c'{quoted}')")]);
                    if is_last {
                        arguments.push("--".into());
                    }
                }
                _ if is_last => arguments.push((*name).to_owned()),
                _ => arguments.extend(["-r".to_owned(), (*name).to_owned()]),
            }
        }
        arguments.extend(self.arguments);
        run(&self.options, Program { arguments, files: files.into_iter().collect(), ..surroundings()? })
    }
}

impl Eval {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut arguments = vec!["-e".to_owned(), self.expression, "--".to_owned()];
        arguments.extend(self.arguments);
        run(&self.options, Program { arguments, ..surroundings()? })
    }
}

/// Runs a program to its end.
fn run(options: &Options, program: Program) -> anyhow::Result<ExitCode> {
    let config = options.config()?;
    let trace: Option<Box<dyn std::io::Write>> = match &options.trace {
        Some(file) => {
            let opened = File::create(file).with_context(|| format!("{} cannot be written", file.display()))?;
            Some(Box::new(BufWriter::new(opened)))
        }
        None => None,
    };
    let mut machine = runtime()?.sandbox(config, &program)?;
    let (mut console, input) = Console::new(trace);
    match driver::drive(&mut machine, &input, &mut console) {
        End::Halted(reason) => Ok(exit_code(&reason)),
        End::InitEnded => {
            eprintln!("orrery: the system ended with its first process");
            Ok(ExitCode::FAILURE)
        }
        End::Stuck => {
            eprintln!("orrery: every process waits for a message, and nobody is left to send one");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The exit code for what a program halted with: a number, or a text that says what went wrong.
fn exit_code(reason: &Etf) -> ExitCode {
    match reason.decode() {
        Ok(Term::Int(status)) => ExitCode::from(u8::try_from(status & 0xff).unwrap_or(1)),
        Ok(other) => {
            eprintln!("orrery: the sandbox stopped: {other}");
            ExitCode::FAILURE
        }
        Err(_) => ExitCode::FAILURE,
    }
}
