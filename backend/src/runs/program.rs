//! What a machine is given to run: the files of a sandbox as a program, and what the machine starts from.

use std::time::{SystemTime, UNIX_EPOCH};

use sandbox_runtime::boot::program::Program;
use sandbox_runtime::kernel::Config;
use shared::api::run::{RunOptions, RunTarget};
use shared::api::sandboxes::{Files, check_path};
use shared::limits::Limits;

/// The folder of the files in a sandbox.
pub(super) const FOLDER: &str = "/home";

/// The script that runs when nothing else is said.
const MAIN: &str = "main.exs";

/// 2026-01-01T00:00:00Z
const REPEATABLE_EPOCH_NANOS: u64 = 1_767_225_600_000_000_000;
const NANOS_PER_MICRO: u64 = 1_000;

/// The program that these files make, told as the command line of Elixir.
///
/// # Errors
///
/// When what is to run is not among the files; the text says what.
pub(super) fn program(files: &Files, options: &RunOptions) -> Result<Program, String> {
    let mut arguments: Vec<String> = Vec::new();
    for path in files.keys().filter(|path| is_erlang(path)) {
        let quoted = path.replace('\\', "\\\\").replace('\'', "\\'");
        arguments.extend(["-e".to_owned(), format!(":orrery_exec.load(~c'{quoted}')")]);
    }
    let modules: Vec<&str> = files.keys().map(String::as_str).filter(|path| is_module(path)).collect();
    if !modules.is_empty() {
        arguments.extend(["-e".to_owned(), required(&modules)]);
    }
    let is_script = |path: &&str| files.contains_key(*path) && path.ends_with(".exs");
    match &options.target {
        RunTarget::Main => {
            let mut scripts = files.keys().filter(|path| path.ends_with(".exs") && !path.starts_with("test/"));
            let only = scripts.next().filter(|_| scripts.next().is_none()).map(String::as_str);
            let script = Some(MAIN).filter(is_script).or(only);
            if script.is_none() || options.no_halt {
                arguments.push("--no-halt".to_owned());
            }
            if let Some(script) = script {
                arguments.extend(["-r".to_owned(), script.to_owned()]);
            }
        }
        RunTarget::File { path } => {
            let path = Some(path.as_str()).filter(is_script);
            let path =
                path.ok_or_else(|| "There is no script of this name: choose a file that ends in .exs".to_owned())?;
            if options.no_halt {
                arguments.push("--no-halt".to_owned());
            }
            arguments.extend(["-r".to_owned(), path.to_owned()]);
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
                true => arguments.extend(["-r".to_owned(), "test/test_helper.exs".to_owned()]),
                false => arguments.extend(["-e".to_owned(), "ExUnit.start()".to_owned()]),
            }
            arguments.extend(["-e".to_owned(), required(&wanted)]);
        }
        RunTarget::Shell => arguments.extend(["-e".to_owned(), "IEx.start()".to_owned(), "--no-halt".to_owned()]),
    }
    arguments.push("--".to_owned());
    arguments.extend(options.arguments.iter().cloned());
    let path = |path: &str| format!("{FOLDER}/{path}");
    let files = files.iter().filter(|(path, _)| check_path(path).is_ok());
    let files = files.map(|(name, text)| (path(name), text.as_bytes().into())).collect();
    Ok(Program { arguments, files, directory: FOLDER.to_owned(), ..Program::default() })
}

/// Compiles and loads files all at once, so that each finds the others whatever their order.
fn required(files: &[&str]) -> String {
    let files: Vec<String> = files.iter().map(|file| format!("{file:?}")).collect();
    format!(
        "case Kernel.ParallelCompiler.require([{}], return_diagnostics: true) do\n  {{:ok, _, _}} -> :ok\n  \
         {{:error, _, _}} -> exit({{:shutdown, 1}})\nend",
        files.join(", ")
    )
}

fn is_erlang(path: &str) -> bool {
    path.ends_with(".erl") && !path.starts_with("test/")
}

fn is_module(path: &str) -> bool {
    path.ends_with(".ex") && !path.starts_with("test/")
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

    fn arguments(paths: &[&str], target: RunTarget) -> Result<String, String> {
        let files = paths.iter().map(|path| ((*path).to_owned(), String::new())).collect();
        let options = RunOptions { target, arguments: vec!["x".to_owned()], ..RunOptions::default() };
        program(&files, &options).map(|program| program.arguments.join(" "))
    }

    #[test]
    fn modules_come_first_and_then_what_is_asked_for() {
        let files = ["lib/a.ex", "lib/b.ex", "main.exs", "other.exs", "src/c.erl", "test/a_test.exs", "README.md"];
        let required = required(&["lib/a.ex", "lib/b.ex"]);
        assert!(required.contains(r#"require(["lib/a.ex", "lib/b.ex"], "#), "{required}");
        let modules = format!("-e :orrery_exec.load(~c'src/c.erl') -e {required}");
        let main = arguments(&files, RunTarget::Main).unwrap();
        assert_eq!(main, format!("{modules} -r main.exs -- x"));
        let other = arguments(&files, RunTarget::File { path: "other.exs".to_owned() }).unwrap();
        assert_eq!(other, format!("{modules} -r other.exs -- x"));
        let tests = arguments(&files, RunTarget::Tests { paths: Vec::new() }).unwrap();
        let required = super::required(&["test/a_test.exs"]);
        assert_eq!(tests, format!("{modules} -e ExUnit.start() -e {required} -- x"));
        for path in ["missing.exs", "lib/a.ex", "../etc/passwd"] {
            assert!(arguments(&files, RunTarget::File { path: path.to_owned() }).is_err(), "{path}");
        }
        assert!(arguments(&["a.ex"], RunTarget::Tests { paths: Vec::new() }).is_err());
    }

    #[test]
    fn the_only_script_is_the_main_one_and_without_one_the_machine_stays() {
        assert_eq!(arguments(&["a.exs", "test/a_test.exs"], RunTarget::Main).unwrap(), "-r a.exs -- x");
        assert_eq!(arguments(&["a.exs", "b.exs"], RunTarget::Main).unwrap(), "--no-halt -- x");
        assert_eq!(arguments(&[], RunTarget::Main).unwrap(), "--no-halt -- x");
    }
}
