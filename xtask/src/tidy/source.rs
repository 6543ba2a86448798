//! The text files of the repository.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use crate::stamp;

/// Folders that hold nothing written by people.
const MADE: [&str; 6] = [".git", "target", "node_modules", "assets", "data", "dist"];

/// Lock files are written by tools, and the licence is not ours to change.
const FOREIGN: [&str; 3] = ["Cargo.lock", "package-lock.json", "LICENSE"];

/// One text file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Path in the repository, with `/`.
    pub(crate) path: String,
    /// Its content.
    pub(crate) text: String,
}

impl Source {
    /// The lines that fulfil a condition, as `path:line: text`.
    pub(crate) fn lines_where(&self, condition: impl Fn(&str) -> bool) -> Vec<String> {
        let place = |(at, line): (usize, &str)| format!("{}:{}: {}", self.path, at + 1, line.trim());
        self.text.lines().enumerate().filter(|(_, line)| condition(line)).map(place).collect()
    }

    /// Whether its name ends with one of these.
    pub(crate) fn is(&self, extensions: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Sources(pub(crate) Vec<Source>);

impl Sources {
    /// Reads what people have written below this folder. What is no UTF-8 is no text.
    pub(crate) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut sources = Vec::new();
        for file in stamp::files_below(root, &MADE)? {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if FOREIGN.contains(&name) || name == ".git" || name.ends_with(".log") {
                continue;
            }
            let path = file.strip_prefix(root)?.to_str().context("names of files are UTF-8")?.to_owned();
            if let Ok(text) = String::from_utf8(fs::read(&file)?) {
                sources.push(Source { path, text });
            }
        }
        Ok(Self(sources))
    }

    /// Those of which this is true.
    pub(crate) fn which<'a>(&'a self, condition: impl Fn(&Source) -> bool + 'a) -> impl Iterator<Item = &'a Source> {
        self.0.iter().filter(move |source| condition(source))
    }
}

#[cfg(test)]
pub(crate) fn sources(files: &[(&str, &str)]) -> Sources {
    Sources(files.iter().map(|(path, text)| Source { path: (*path).into(), text: (*text).into() }).collect())
}
