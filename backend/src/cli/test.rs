//! `orrery test`: the tests of a folder with `lib` and `test` in it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use sandbox_runtime::boot::program::Program;

use super::exec;
use super::files;
use super::options::{Options, surroundings};
use super::record;

/// `orrery test`
#[derive(Debug, Args)]
pub struct Test {
    /// Folder of the project: lib/**/*.ex is compiled first, then test/test_helper.exs, then test/**/*_test.exs
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Keep what is needed to run the tests again exactly, and say of each failure how to go there
    #[arg(long, value_name = "RECORDING")]
    record: Option<PathBuf>,
    /// What the program gets as its arguments (System.argv/0)
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
    #[command(flatten)]
    options: Options,
}

impl Test {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let directory = files::absolute(&self.folder)?;
        let directory = directory.trim_end_matches(['/', '.']).to_owned();
        let files = files::below(&self.folder)?;
        let has = |path: &str| files.contains_key(&format!("{directory}/{path}"));
        let any = |folder: &str, end: &str| {
            let prefix = format!("{directory}/{folder}/");
            files.keys().any(|path| path.starts_with(&prefix) && path.ends_with(end))
        };
        if !any("test", "_test.exs") {
            bail!("{} has no tests: they lie in test and end in _test.exs", self.folder.display());
        }
        let mut arguments: Vec<&str> = Vec::new();
        if any("lib", ".ex") {
            arguments.extend(["-e", ":orrery_exec.project()"]);
        }
        if has("test/test_helper.exs") {
            arguments.extend(["-r", "test/test_helper.exs"]);
        } else {
            arguments.extend(["-e", "ExUnit.start()"]);
        }
        arguments.extend(["-pr", "test/**/*_test.exs", "--"]);
        let mut arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
        arguments.extend(self.arguments);
        let surroundings = surroundings().context("starting the tests")?;
        let program = Program { arguments, directory, files: files.into_iter().collect(), ..surroundings };
        match self.record {
            Some(recording) => record::run(&self.options, program, &recording),
            None => exec::run(&self.options, &program),
        }
    }
}
