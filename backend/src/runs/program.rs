//! What a machine is given to run, and what it starts from.

use std::time::{SystemTime, UNIX_EPOCH};

use sandbox_runtime::boot::program::Program;
use sandbox_runtime::compile::{CONSOLIDATED, Compiled, DIRECTORY, EBIN};
use sandbox_runtime::kernel::Config;
use shared::api::run::{RunOptions, RunTarget};
use shared::api::sandboxes::Files;
use shared::limits::Limits;

/// The script that runs when nothing else is said.
const MAIN: &str = "main.exs";

/// 2026-01-01T00:00:00Z
const REPEATABLE_EPOCH_NANOS: u64 = 1_767_225_600_000_000_000;
const NANOS_PER_MICRO: u64 = 1_000;

/// Who is there while a machine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Company {
    /// People, who can talk to its processes when nothing else runs, and type as long as they like.
    People,
    /// Nobody: it ends when nothing is left to be done.
    Nobody,
}

/// Evaluates what was typed, and ends with it.
const TYPED: &str = "{:ok, _} = Application.ensure_all_started(:iex)\nIEx.Server.run([])";

/// The arguments with which Elixir's command line runs what is wanted.
///
/// # Errors
///
/// When that is not among the files; the text says what is.
pub(super) fn arguments(files: &Files, options: &RunOptions, company: Company) -> Result<Vec<String>, String> {
    let mut arguments: Vec<String> = Vec::new();
    for folder in [CONSOLIDATED, EBIN] {
        arguments.extend(["-pa".to_owned(), folder.to_owned()]);
    }
    let mut add = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
    let is_script = |path: &&str| files.contains_key(*path) && path.ends_with(".exs");
    if options.no_halt {
        add(&["--no-halt"]);
    }
    match &options.target {
        RunTarget::Main {} => {
            let mut scripts = files.keys().filter(|path| path.ends_with(".exs") && !path.starts_with("test/"));
            let only = scripts.next().filter(|_| scripts.next().is_none()).map(String::as_str);
            match Some(MAIN).filter(is_script).or(only) {
                Some(script) => add(&[script]),
                None if company == Company::People => add(&["--no-halt", "-e", ":ok", "--"]),
                None => add(&["-e", ":ok", "--"]),
            }
        }
        RunTarget::File { path } => {
            let script = Some(path.as_str()).filter(is_script);
            add(&[script.ok_or("There is no script of this name: choose a file that ends in .exs")?]);
        }
        RunTarget::Tests { paths } => {
            let is_test = |path: &&str| path.starts_with("test/") && path.ends_with("_test.exs");
            let wanted: Vec<&str> = match paths.is_empty() {
                true => files.keys().map(String::as_str).filter(is_test).collect(),
                false => paths.iter().map(String::as_str).filter(|path| files.contains_key(*path)).collect(),
            };
            if wanted.is_empty() {
                return Err("There are no such tests: they lie in `test` and end in _test.exs".to_owned());
            }
            match files.contains_key("test/test_helper.exs") {
                true => add(&["-r", "test/test_helper.exs"]),
                false => add(&["-e", "ExUnit.start()"]),
            }
            add(&["-e", &required(&wanted), "--"]);
        }
        RunTarget::Shell {} if company == Company::Nobody => add(&["-e", TYPED, "--"]),
        RunTarget::Shell {} => add(&["--no-halt", "-e", "IEx.start()", "--"]),
    }
    arguments.extend(options.arguments.iter().cloned());
    Ok(arguments)
}

/// Runs files all at once, so that each finds the others whatever their order.
fn required(files: &[&str]) -> String {
    let files: Vec<String> = files.iter().map(|file| format!("{file:?}")).collect();
    format!(
        "case Kernel.ParallelCompiler.require([{}], return_diagnostics: true) do\n  {{:ok, _, _}} -> :ok\n  \
         {{:error, _, _}} -> exit({{:shutdown, 1}})\nend",
        files.join(", ")
    )
}

/// The program that compiled files make.
pub(super) fn program(compiled: &Compiled, arguments: Vec<String>) -> Program {
    Program { arguments, files: compiled.files(), directory: DIRECTORY.to_owned(), ..Program::default() }
}

/// What a machine starts from, with the seed that is taken when none is given.
pub(super) fn config(options: &RunOptions, seed: u64, limits: Limits) -> Config {
    let epoch_nanos = match options.seed {
        // Programs make random numbers of the time, so it differs a little too.
        Some(seed) => REPEATABLE_EPOCH_NANOS + seed % NANOS_PER_MICRO,
        None => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)
        }
    };
    Config { seed, schedule: options.schedule.clone(), limits, time_mode: options.time, epoch_nanos }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(paths: &[&str], target: RunTarget) -> Result<String, String> {
        let files = paths.iter().map(|path| ((*path).to_owned(), String::new())).collect();
        let options = RunOptions { target, arguments: vec!["x".to_owned()], ..RunOptions::default() };
        let arguments = arguments(&files, &options, Company::People)?;
        assert_eq!(arguments[..4], ["-pa", CONSOLIDATED, "-pa", EBIN]);
        Ok(arguments[4..].join(" "))
    }

    #[test]
    fn what_is_asked_for_runs() {
        let files = ["lib/a.ex", "main.exs", "other.exs", "src/c.erl", "test/a_test.exs", "README.md"];
        assert_eq!(line(&files, RunTarget::Main {}).unwrap(), "main.exs x");
        assert_eq!(line(&files, RunTarget::File { path: "other.exs".to_owned() }).unwrap(), "other.exs x");
        let tests = line(&files, RunTarget::Tests { paths: Vec::new() }).unwrap();
        assert_eq!(tests, format!("-e ExUnit.start() -e {} -- x", required(&["test/a_test.exs"])));
        for path in ["missing.exs", "lib/a.ex", "../etc/passwd"] {
            assert!(line(&files, RunTarget::File { path: path.to_owned() }).is_err(), "{path}");
        }
        assert!(line(&["a.ex"], RunTarget::Tests { paths: Vec::new() }).is_err());
    }

    #[test]
    fn the_only_script_is_the_main_one_and_without_one_the_machine_stays() {
        assert_eq!(line(&["a.exs", "test/a_test.exs"], RunTarget::Main {}).unwrap(), "a.exs x");
        assert_eq!(line(&["a.exs", "b.exs"], RunTarget::Main {}).unwrap(), "--no-halt -e :ok -- x");
        assert_eq!(line(&[], RunTarget::Main {}).unwrap(), "--no-halt -e :ok -- x");
    }
}
