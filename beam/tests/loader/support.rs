//! Finds real modules and the programs that make them: those of `ORRERY_REFERENCE_LIBRARY` and `ORRERY_REFERENCE`, as
//! `cargo xtask test` sets them, or of the `erl` and `elixir` on the path.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The `.beam` files below the library directories.
pub(crate) fn library() -> Vec<PathBuf> {
    let dirs: Vec<PathBuf> = match std::env::var_os("ORRERY_REFERENCE_LIBRARY") {
        Some(dirs) => std::env::split_paths(&dirs).collect(),
        None => {
            let erlang = output("erl", &["-noshell", "-eval", "io:put_chars(code:lib_dir()), halt()."]);
            let elixir = output("elixir", &["-e", "IO.write(Path.dirname(:code.lib_dir(:elixir)))"]);
            [erlang, elixir].into_iter().flatten().map(PathBuf::from).collect()
        }
    };
    let mut files = Vec::new();
    dirs.iter().for_each(|dir| collect(dir, &mut files));
    files.sort();
    assert!(!files.is_empty(), "there is no library: set ORRERY_REFERENCE_LIBRARY, or install Erlang/OTP");
    files
}

/// The bytes of a module of the library.
pub(crate) fn library_module(name: &str) -> Vec<u8> {
    let file = format!("{name}.beam");
    let path = library().into_iter().find(|path| path.file_name().is_some_and(|name| *name == *file));
    std::fs::read(path.expect("the library has the module")).expect("the file is readable")
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "beam") {
            files.push(path);
        }
    }
}

/// What a program of Erlang or Elixir prints, if there is such a program.
pub(crate) fn output(program: &str, args: &[&str]) -> Option<String> {
    let program = std::env::var_os("ORRERY_REFERENCE").map(PathBuf::from).unwrap_or_default().join(program);
    let output = Command::new(&program).args(args).output().ok()?;
    assert!(output.status.success(), "{}: {}", program.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).ok()
}
