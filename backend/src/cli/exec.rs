//! `orrery exec` and `orrery eval`: programs in a sandbox, with the terminal of this process.

use std::path::{Path, PathBuf};
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
use super::runtime::workbench;

/// `orrery exec`, and what other commands take that run programs in some other way.
#[derive(Debug, Args)]
pub struct Exec {
    /// Files to run, in order: .ex and .exs (Elixir), .erl (Erlang), .beam (compiled)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the program gets as its arguments (System.argv/0)
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
    #[command(flatten)]
    pub(super) options: Options,
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
        run(&self.options, &self.program()?)
    }

    /// The program that was asked for.
    pub(super) fn program(&self) -> anyhow::Result<Program> {
        Exec::program_of(&self.files, &self.arguments)
    }

    /// The program that these files and arguments make.
    pub(super) fn program_of(files: &[PathBuf], arguments: &[String]) -> anyhow::Result<Program> {
        let Some((last, first)) = files.split_last() else { return surroundings() };
        let mut command = Exec::required(first)?;
        let name = name(last)?;
        if is_erlang(&name) {
            command.extend(["-e".to_owned(), erlang("run", &name), "--".to_owned()]);
        } else if first.iter().any(|file| file.to_str().is_some_and(is_erlang)) {
            // After an expression, Elixir takes what follows for the arguments of the program.
            command.extend(["-r".to_owned(), name, "--".to_owned()]);
        } else {
            command.push(name);
        }
        command.extend(arguments.iter().cloned());
        let files = files::beside(files)?.into_iter().collect();
        Ok(Program { arguments: command, files, ..surroundings()? })
    }

    /// The arguments of `elixir` that run these files before anything else.
    pub(super) fn required(files: &[PathBuf]) -> anyhow::Result<Vec<String>> {
        let mut command = Vec::new();
        for file in files {
            let name = name(file)?;
            command.extend(match is_erlang(&name) {
                true => ["-e".to_owned(), erlang("load", &name)],
                false => ["-r".to_owned(), name],
            });
        }
        Ok(command)
    }
}

fn name(file: &Path) -> anyhow::Result<String> {
    file.to_str().map(str::to_owned).context("names of files must be UTF-8")
}

fn is_erlang(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| matches!(extension, "erl" | "beam"))
}

/// The call of a function of `orrery_exec` with a file.
fn erlang(function: &str, file: &str) -> String {
    let quoted = file.replace('\\', "\\\\").replace('\'', "\\'");
    format!(":orrery_exec.{function}(~c'{quoted}')")
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
    let mut machine = workbench(options.library.as_deref())?.start(options.config()?, program)?;
    Ok(finish(&mut machine, &input, &mut console))
}

/// Drives a machine to its end.
pub(super) fn finish(machine: &mut impl Driven, input: &Receiver<Vec<u8>>, console: &mut Console) -> ExitCode {
    let end = driver::drive(machine, input, console);
    if !matches!(&end, End::Halted(reason) if status(reason) == Some(0)) {
        console.explain();
    }
    match end {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_all_kinds_run_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let files = ["a.ex", "b.erl", "c.exs"].map(|name| folder.path().join(name));
        for file in &files {
            std::fs::write(file, "").unwrap();
        }
        let [a, b, c] = files.each_ref().map(|file| file.to_str().unwrap().to_owned());
        let arguments = |files: &[PathBuf]| Exec::program_of(files, &["x".to_owned()]).unwrap().arguments;
        let load = format!(":orrery_exec.load(~c'{b}')");
        assert_eq!(arguments(&files), ["-r", &a, "-e", &load, "-r", &c, "--", "x"]);
        assert_eq!(arguments(&[files[0].clone(), files[2].clone()]), ["-r", &a, &c, "x"]);
    }
}
