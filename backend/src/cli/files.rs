//! Which files a program finds in its sandbox: those that are given, and those that lie beside them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};

/// Files beside the given ones are copied up to this number and size; a program that needs more is none for a sandbox.
const FILES_MAX: usize = 2_000;
const BYTES_MAX: u64 = 8 << 20;
/// Folders that are looked into.
const FOLDERS_MAX: usize = 1_000;
/// A file larger than this is left out.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// Folders that are made by tools, and large.
const LEFT_OUT: [&str; 4] = ["_build", "deps", "node_modules", "target"];

/// Files with their absolute paths.
pub(super) type Files = BTreeMap<String, Arc<[u8]>>;

/// Reads the given files, and what lies in their folders and below.
pub(super) fn beside(given: &[PathBuf]) -> anyhow::Result<Files> {
    let mut files = Files::new();
    for file in given {
        let path = absolute(file)?;
        if file.is_dir() {
            let file = file.display();
            bail!("{file} is a folder: name the files in it, or run its tests with `orrery test {file}`");
        }
        let content = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        files.insert(path, content.into());
    }
    let mut room = Room::new();
    for file in given {
        let path = std::path::absolute(file)?;
        if let Some(folder) = path.parent() {
            room.below(folder, &mut files);
        }
    }
    Ok(files)
}

/// Reads what lies in a folder and below.
pub(super) fn below(folder: &Path) -> anyhow::Result<Files> {
    let path = PathBuf::from(absolute(folder)?.trim_end_matches(['/', '.']));
    fs::read_dir(&path).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut files = Files::new();
    Room::new().below(&path, &mut files);
    Ok(files)
}

/// The absolute path of a file, as text.
pub(super) fn absolute(file: &Path) -> anyhow::Result<String> {
    let path = std::path::absolute(file).with_context(|| format!("{} has no absolute path", file.display()))?;
    Ok(path.to_str().with_context(|| format!("the name of {} is not UTF-8", file.display()))?.to_owned())
}

struct Room {
    folders: usize,
    files: usize,
    bytes: u64,
}

impl Room {
    fn new() -> Room {
        Room { folders: FOLDERS_MAX, files: FILES_MAX, bytes: BYTES_MAX }
    }

    /// Adds the files of a folder and those below it, nearest first. What cannot be read, or has no room, is left out.
    fn below(&mut self, folder: &Path, files: &mut Files) {
        let mut level = vec![folder.to_owned()];
        while !level.is_empty() {
            let mut next = Vec::new();
            for folder in level {
                if self.folders == 0 {
                    return;
                }
                self.folders -= 1;
                let mut entries: Vec<PathBuf> = match fs::read_dir(&folder) {
                    Ok(entries) => entries.take(FILES_MAX).filter_map(|entry| Some(entry.ok()?.path())).collect(),
                    Err(_) => continue,
                };
                entries.sort();
                for path in entries {
                    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(".");
                    let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
                    if name.starts_with('.') || self.files == 0 {
                        continue;
                    }
                    if metadata.is_dir() && !LEFT_OUT.contains(&name) {
                        next.push(path);
                    } else if metadata.is_file() {
                        self.add(&path, metadata.len(), files);
                    }
                }
            }
            level = if self.files == 0 { Vec::new() } else { next };
        }
    }

    fn add(&mut self, path: &Path, length: u64, files: &mut Files) {
        let Some(name) = path.to_str().filter(|name| !files.contains_key(*name)) else { return };
        if length > FILE_BYTES_MAX || length > self.bytes {
            return;
        }
        if let Ok(content) = fs::read(path) {
            self.files -= 1;
            self.bytes = self.bytes.saturating_sub(content.len() as u64);
            files.insert(name.to_owned(), content.into());
        }
    }
}
