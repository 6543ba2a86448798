//! The Erlang and Elixir of this machine.
//!
//! `ORRERY_REFERENCE` names a folder that holds `erl`, `erlc` and `elixirc` (or a `bin` folder with them); without it they
//! are searched on the path. `ORRERY_REFERENCE_LIBRARY` names the folders of their library, joined by colons: roots of
//! installations, or folders with `.beam` files; without it `erl` and `elixir` are asked.

use std::path::{Path, PathBuf};
use std::process::Command;

use beam::image::Release;

use super::Case;

/// Module that runs cases on both sides.
pub const RUNNER: &str = "conformance_runner";

/// Compiled programs, and where the library is.
pub struct Reference {
    programs: Option<PathBuf>,
    /// Folder of the compiled programs.
    pub build: PathBuf,
    /// Folders with the `.beam` files of the library.
    pub library: Vec<PathBuf>,
    /// Modules with cases, in the order of their names.
    pub modules: Vec<String>,
    /// Versions of Erlang/OTP and of its runtime system.
    pub release: Release,
}

impl Reference {
    /// Compiles Erlang files into a folder.
    pub fn of_files(sources: &[PathBuf], build: &Path) -> Reference {
        let reference = Reference::empty(build);
        reference.compile("erlc", sources);
        reference
    }

    /// Compiles the programs of a folder into another one. A module is left out if its name does not contain `only`.
    pub fn new(sources: &Path, build: &Path, only: &str) -> Reference {
        let mut reference = Reference::empty(build);
        let erlang: Vec<PathBuf> = files(&sources.join("erlang"), "erl");
        let erlang = erlang.into_iter().filter(|file| name(file).contains(only) || name(file) == RUNNER);
        let elixir: Vec<PathBuf> = files(&sources.join("elixir"), "ex");
        let elixir = elixir.into_iter().filter(|file| name(file).contains(only) || name(file) == "conformance");
        let erlang: Vec<PathBuf> = erlang.collect();
        let elixir: Vec<PathBuf> = elixir.collect();
        reference.compile("erlc", &erlang);
        if elixir.len() > 1 {
            reference.compile("elixirc", &elixir);
        }
        let mut modules: Vec<String> = files(&reference.build, "beam").iter().map(|file| name(file)).collect();
        modules.retain(|module| module.ends_with("_cases") || module.ends_with("Cases"));
        reference.modules = modules;
        reference
    }

    /// The reference with nothing compiled yet.
    fn empty(build: &Path) -> Reference {
        let programs = std::env::var_os("ORRERY_REFERENCE").map(PathBuf::from);
        let programs = programs.map(|folder| if folder.join("bin/erl").exists() { folder.join("bin") } else { folder });
        // It need not be there.
        std::fs::remove_dir_all(build).ok();
        std::fs::create_dir_all(build).expect("a folder for compiled programs can be made");
        let (build, library, modules) = (build.to_owned(), Vec::new(), Vec::new());
        let mut reference = Reference { programs, build, library, modules, release: Release::default() };
        reference.library = reference.find_library();
        let code = "io:put_chars([erlang:system_info(otp_release), $ , erlang:system_info(version)]), halt().";
        let release = run(reference.program("erl").args(["-noshell", "-noinput", "-eval", code]));
        let (otp, erts) = release.split_once(' ').expect("two versions");
        reference.release = Release::new(otp, erts);
        reference
    }

    /// Runs all cases in Erlang/OTP, in one start.
    pub fn results(&self) -> Vec<Case> {
        let list = self.build.join("results");
        let mut command = self.program("erl");
        command.args(["-noshell", "-noinput", "-pa"]).arg(&self.build);
        for folder in self.library.iter().filter(|folder| folder.to_string_lossy().contains("elixir")) {
            command.arg("-pa").arg(folder);
        }
        command.args(["-run", RUNNER, "all"]).arg(&list).args(&self.modules);
        run(&mut command);
        let text = std::fs::read_to_string(&list).expect("the results are UTF-8");
        text.split_terminator('\u{1e}').map(parse).collect()
    }

    fn compile(&self, program: &str, files: &[PathBuf]) {
        let mut command = self.program(program);
        if program == "erlc" {
            command.arg("-W0");
        }
        if program == "elixirc" {
            command.arg("--ignore-module-conflict");
        }
        run(command.arg("-o").arg(&self.build).args(files));
    }

    /// One of the programs `erl`, `erlc`, `elixir`, `elixirc`.
    pub fn program(&self, name: &str) -> Command {
        let mut command = match &self.programs {
            Some(folder) => Command::new(folder.join(name)),
            None => Command::new(name),
        };
        // Where text is UTF-8, a program means the same on every machine.
        command.env("LC_ALL", "C.UTF-8").current_dir(&self.build);
        command
    }

    fn find_library(&self) -> Vec<PathBuf> {
        let roots: Vec<PathBuf> = match std::env::var_os("ORRERY_REFERENCE_LIBRARY") {
            Some(folders) => std::env::split_paths(&folders).collect(),
            None => {
                let code = "io:put_chars(code:lib_dir()), halt().";
                let erlang = run(self.program("erl").args(["-noshell", "-noinput", "-eval", code]));
                let code = "IO.write(Path.dirname(List.to_string(:code.lib_dir(:elixir))))";
                let elixir = run(self.program("elixir").args(["-e", code]));
                vec![erlang.into(), elixir.into()]
            }
        };
        let mut folders: Vec<PathBuf> = roots.iter().flat_map(|root| folders_with_beams(root)).collect();
        folders.sort();
        assert!(!folders.is_empty(), "no library is in {roots:?}");
        folders
    }
}

/// Splits what the runner writes about a case.
pub(super) fn parse(record: &str) -> Case {
    let mut parts = record.splitn(3, '\u{1f}').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    Case { module: part(), name: part(), result: part() }
}

fn folders_with_beams(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in [root.to_owned(), root.join("lib")] {
        let inside = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path().join("ebin"));
        found.extend(inside.chain([folder.clone()]).filter(|folder| !files(folder, "beam").is_empty()));
    }
    found
}

/// Files of a folder with an extension, in order.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
    files.sort();
    files
}

/// Name of a file without folder and extension.
pub fn name(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}. These tests need Erlang/OTP and Elixir, on the path or in ORRERY_REFERENCE")
    });
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}:\n{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}
