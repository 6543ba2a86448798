//! Which programs there are, and what each says of itself.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

/// A program with all that it needs.
#[derive(Debug, Clone)]
pub struct Program {
    /// The folder that it is run in.
    pub folder: PathBuf,
    /// The file to run, relative to its folder.
    pub main: String,
    /// What it is given on the command line.
    pub arguments: Vec<String>,
    /// What it reads.
    pub stdin: Vec<u8>,
    /// The files that it is made of, by paths relative to its folder.
    pub files: Vec<(String, Arc<[u8]>)>,
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder.file_name().unwrap_or_default().to_string_lossy();
        write!(f, "{folder}/{}", self.main)
    }
}

impl Program {
    /// The module of a program in Erlang.
    #[must_use]
    pub fn erlang_module(&self) -> Option<&str> {
        self.main.strip_suffix(".erl")
    }
}

/// The programs in a folder, by name.
///
/// # Errors
/// When something cannot be read, or a program does not say what it shows.
pub fn below(folder: &Path) -> anyhow::Result<Vec<Program>> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<anyhow::Result<_>>()?;
    entries.sort();
    entries.iter().filter_map(|path| program(path).transpose()).collect()
}

fn program(path: &Path) -> anyhow::Result<Option<Program>> {
    let name = path.file_name().and_then(|name| name.to_str()).context("programs have names in UTF-8")?;
    if path.is_dir() {
        let mut files = Vec::new();
        collect(path, "", &mut files)?;
        return of(path.to_owned(), "main.exs", files).map(Some);
    }
    if !name.ends_with(".exs") && !name.ends_with(".erl") {
        return Ok(None);
    }
    let folder = path.parent().context("a file lies in a folder")?;
    let files = vec![(name.to_owned(), fs::read(path)?.into())];
    let mut program = of(folder.to_owned(), name, files)?;
    let stdin = path.with_extension("stdin");
    if stdin.exists() {
        program.stdin = fs::read(stdin)?;
    }
    Ok(Some(program))
}

fn of(folder: PathBuf, main: &str, files: Vec<(String, Arc<[u8]>)>) -> anyhow::Result<Program> {
    let (_, source) = files.iter().find(|(name, _)| name == main).with_context(|| format!("{main} is missing"))?;
    let mut lines = std::str::from_utf8(source)?.lines().map(|line| line.trim_start_matches(['#', '%', ' ']));
    let shows = lines.next().unwrap_or_default();
    anyhow::ensure!(shows.ends_with('.'), "the first line of {main} must be a comment that says what it shows");
    let arguments = lines.next().and_then(|line| line.strip_prefix("Arguments: ")).unwrap_or_default();
    let arguments = arguments.split_whitespace().map(str::to_owned).collect();
    Ok(Program { folder, main: main.to_owned(), arguments, stdin: Vec::new(), files })
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, Arc<[u8]>)>) -> anyhow::Result<()> {
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        let name = path.file_name().and_then(|name| name.to_str()).context("files have names in UTF-8")?;
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files)?;
        } else {
            files.push((format!("{prefix}{name}"), fs::read(&path)?.into()));
        }
    }
    Ok(())
}
