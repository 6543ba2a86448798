//! The files of a sandbox: a tree in memory, for programs that expect one.
//!
//! Errors are those of POSIX, as `file` of Erlang/OTP gives them. There is one user, who may do everything: permissions are kept
//! and hinder nobody. There are no links, and nothing outside can be reached: a path that climbs above the root ends at the root.
//!
//! # Layout
//! - [`base`]: files that many sandboxes have in common, which lie under the sandbox's own

pub mod base;

use std::ops::Bound;
use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use shared::limits::LimitKind;
use shared::{Pid, VirtualTime};

use super::Kernel;
use base::{Base, BaseFiles, Found};

/// Files and directories by path.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct FileSystem {
    /// By normal path: no slash at either end, `""` being the root, which is always there and not in here.
    nodes: OrdMap<String, Node>,
    bytes: u64,
    /// What lies under it. It counts for no limit, and is no part of what is stored: whoever restores a sandbox puts it there.
    #[serde(skip)]
    base: Base,
}

/// A file or a directory.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
struct Node {
    /// `None` for a directory.
    content: Option<Arc<[u8]>>,
    modified: VirtualTime,
    /// When it was read and written last, where a program said so after it was written.
    told: Option<Times>,
    /// Its permissions, where a program has set them.
    mode: Option<u16>,
}

/// Times of a file in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Times {
    /// When it was read last.
    pub accessed: i64,
    /// When it was written last.
    pub modified: i64,
}

impl Node {
    fn new(content: Option<Arc<[u8]>>, modified: VirtualTime) -> Node {
        Node { content, modified, told: None, mode: None }
    }
}

/// Permissions of a new directory, as the bits of POSIX.
const DIRECTORY_MODE: u16 = 0o755;
/// Those of a new file.
const FILE_MODE: u16 = 0o644;
/// All bits that can be set.
const ANY_MODE: u16 = 0o7777;

/// What there is to know about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Whether it is a directory.
    pub is_directory: bool,
    /// Bytes of its content; 0 for a directory.
    pub size: u64,
    /// When it was last written.
    pub modified: VirtualTime,
    /// Its times, where a program has set them since.
    pub told: Option<Times>,
    /// Its permissions, as the bits of POSIX.
    pub mode: u16,
}

impl FileInfo {
    /// Something that programs cannot change.
    fn fixed(found: Found) -> FileInfo {
        let (is_directory, size) = match found {
            Found::Directory => (true, 0),
            Found::File { size } => (false, size),
        };
        let mode = if is_directory { DIRECTORY_MODE } else { FILE_MODE };
        FileInfo { is_directory, size, modified: VirtualTime::ZERO, told: None, mode }
    }
}

/// Why something cannot be done with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileError {
    /// There is no such file or directory.
    Enoent,
    /// It is there already, or it is a directory with something in it.
    Eexist,
    /// It is a directory.
    Eisdir,
    /// It, or a part of its path, is not a directory.
    Enotdir,
    /// It cannot be done with such a path.
    Einval,
    /// There is no room.
    Enospc,
    /// It belongs to what cannot be changed.
    Erofs,
}

impl FileError {
    /// Its atom.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enoent => "enoent",
            Self::Eexist => "eexist",
            Self::Eisdir => "eisdir",
            Self::Enotdir => "enotdir",
            Self::Einval => "einval",
            Self::Enospc => "enospc",
            Self::Erofs => "erofs",
        }
    }
}

/// The normal form of a path; relative ones start at the root.
fn normal(path: &str) -> Result<String, FileError> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part if part.contains('\0') => return Err(FileError::Einval),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

impl FileSystem {
    /// Bytes of all files and paths.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What is at a path.
    ///
    /// # Errors
    /// `enoent` when nothing is.
    pub fn info(&self, path: &str) -> Result<FileInfo, FileError> {
        let path = normal(path)?;
        if path.is_empty() {
            return Ok(FileInfo::fixed(Found::Directory));
        }
        if let Some(base) = self.base.of(&path) {
            return base.find(&path).map(FileInfo::fixed).ok_or(FileError::Enoent);
        }
        let node = self.nodes.get(&path).ok_or(FileError::Enoent)?;
        let size = node.content.as_ref().map_or(0, |content| content.len() as u64);
        let is_directory = node.content.is_none();
        let mode = node.mode.unwrap_or(if is_directory { DIRECTORY_MODE } else { FILE_MODE });
        Ok(FileInfo { is_directory, size, modified: node.modified, told: node.told, mode })
    }

    /// The content of a file.
    ///
    /// # Errors
    /// `enoent`, `eisdir`.
    pub fn read(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        let path = normal(path)?;
        if path.is_empty() {
            return Err(FileError::Eisdir);
        }
        if let Some(base) = self.base.of(&path) {
            let missing = || if base.find(&path).is_some() { FileError::Eisdir } else { FileError::Enoent };
            return base.read(&path).ok_or_else(missing);
        }
        let node = self.nodes.get(&path).ok_or(FileError::Enoent)?;
        node.content.clone().ok_or(FileError::Eisdir)
    }

    /// The names in a directory, in order.
    ///
    /// # Errors
    /// `enoent`, `enotdir`.
    pub fn list(&self, path: &str) -> Result<Vec<String>, FileError> {
        let path = normal(path)?;
        if let Some(base) = self.base.of(&path) {
            self.directory(&path)?;
            return base.list(&path).ok_or(FileError::Enotdir);
        }
        self.directory(&path)?;
        let mut names: Vec<String> = self.within(&path).filter(|name| !name.contains('/')).map(str::to_owned).collect();
        if let (true, Some(top)) = (path.is_empty(), self.base.top()) {
            names.push(top.to_owned());
            names.sort();
        }
        Ok(names)
    }

    /// Names and absolute paths of the modules whose code the sandbox has from its beginning, in the order of the paths.
    pub fn first_modules(&self) -> Vec<(String, String)> {
        self.base.modules().into_iter().map(|(name, path)| (name, format!("/{path}"))).collect()
    }

    /// Refuses to change what is not the sandbox's own.
    fn own(&self, path: &str) -> Result<(), FileError> {
        if self.base.of(path).is_some() { Err(FileError::Erofs) } else { Ok(()) }
    }

    fn directory(&self, path: &str) -> Result<(), FileError> {
        if let Some(base) = self.base.of(path) {
            return match base.find(path) {
                Some(Found::Directory) => Ok(()),
                Some(Found::File { .. }) => Err(FileError::Enotdir),
                None => Err(FileError::Enoent),
            };
        }
        match (path, self.nodes.get(path)) {
            ("", _) | (_, Some(Node { content: None, .. })) => Ok(()),
            (_, Some(_)) => Err(FileError::Enotdir),
            (_, None) => Err(FileError::Enoent),
        }
    }

    /// The paths below a directory, relative to it.
    fn within<'a>(&'a self, path: &str) -> impl Iterator<Item = &'a str> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let start = prefix.clone();
        self.nodes
            .range((Bound::Included(start), Bound::Unbounded))
            .map_while(move |(other, _)| other.strip_prefix(prefix.as_str()))
    }

    fn put(&mut self, path: String, node: Node) {
        self.remove(&path);
        self.bytes += node_bytes(&path, &node);
        self.nodes.insert(path, node);
    }

    fn remove(&mut self, path: &str) -> Option<Node> {
        let node = self.nodes.remove(path)?;
        self.bytes -= node_bytes(path, &node);
        Some(node)
    }

    fn make_directory(&mut self, path: &str, now: VirtualTime) -> Result<(), FileError> {
        let path = normal(path)?;
        if path.is_empty() || self.nodes.contains_key(&path) {
            return Err(FileError::Eexist);
        }
        if self.info(&path).is_ok() {
            return Err(FileError::Eexist);
        }
        self.own(&path)?;
        self.directory(parent(&path))?;
        self.put(path, Node::new(None, now));
        Ok(())
    }

    /// Changes what is known about a file or a directory. Of the root nothing is.
    fn change(&mut self, path: &str, change: impl FnOnce(&mut Node)) -> Result<(), FileError> {
        let path = normal(path)?;
        self.info(&path)?;
        self.own(&path)?;
        if let Some(node) = self.nodes.get_mut(&path) {
            change(node);
        }
        Ok(())
    }

    fn delete(&mut self, path: &str) -> Result<(), FileError> {
        let path = normal(path)?;
        self.info(&path)?;
        self.own(&path)?;
        match self.nodes.get(&path) {
            None => Err(FileError::Enoent),
            Some(Node { content: None, .. }) => Err(FileError::Eisdir),
            Some(_) => {
                self.remove(&path);
                Ok(())
            }
        }
    }

    fn delete_directory(&mut self, path: &str) -> Result<(), FileError> {
        let path = normal(path)?;
        self.directory(&path)?;
        self.own(&path)?;
        if path.is_empty() || self.within(&path).next().is_some() {
            return Err(FileError::Eexist);
        }
        self.remove(&path);
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), FileError> {
        let (from, to) = (normal(from)?, normal(to)?);
        self.info(&from)?;
        self.own(&from)?;
        self.own(&to)?;
        let node = self.nodes.get(&from).cloned().ok_or(FileError::Enoent)?;
        if to.is_empty() || to.strip_prefix(from.as_str()).is_some_and(|rest| rest.starts_with('/')) {
            return Err(FileError::Einval);
        }
        self.directory(parent(&to))?;
        if from == to {
            return Ok(());
        }
        match (node.content.is_some(), self.nodes.get(&to).map(|node| node.content.is_some())) {
            (_, None) | (true, Some(true)) => {}
            (true, Some(false)) => return Err(FileError::Eisdir),
            (false, Some(true)) => return Err(FileError::Enotdir),
            (false, Some(false)) if self.within(&to).next().is_some() => {
                return Err(FileError::Eexist);
            }
            (false, Some(false)) => {}
        }
        let below: Vec<String> = self.within(&from).map(str::to_owned).collect();
        for name in below {
            if let Some(node) = self.remove(&format!("{from}/{name}")) {
                self.put(format!("{to}/{name}"), node);
            }
        }
        self.remove(&from);
        self.put(to, node);
        Ok(())
    }
}

/// What a path takes besides its name and content, in bytes.
const NODE_BYTES: u64 = 64;

fn node_bytes(path: &str, node: &Node) -> u64 {
    NODE_BYTES + path.len() as u64 + node.content.as_ref().map_or(0, |content| content.len() as u64)
}

impl Kernel {
    /// Puts files under those of the sandbox. Done once, before anything runs.
    pub fn set_base_files(&mut self, files: Arc<dyn BaseFiles>) {
        self.files.base.set(files);
    }

    /// Writes a whole file, making it when it is not there.
    ///
    /// # Errors
    /// `enoent` or `enotdir` when its directory is none, `eisdir`, `enospc`.
    pub fn file_write(&mut self, pid: Option<Pid>, path: &str, content: &[u8]) -> Result<(), FileError> {
        let path = normal(path)?;
        if path.is_empty() || self.files.nodes.get(&path).is_some_and(|node| node.content.is_none()) {
            return Err(FileError::Eisdir);
        }
        self.files.own(&path)?;
        self.files.directory(parent(&path))?;
        let mut node = Node::new(Some(content.into()), self.now());
        let old = self.files.nodes.get(&path);
        node.mode = old.and_then(|old| old.mode);
        let old = old.map_or(0, |old| node_bytes(&path, old));
        self.check_file_bytes(pid, node_bytes(&path, &node), old)?;
        self.files.put(path, node);
        Ok(())
    }

    /// Writes into a file at an offset; the gap before it, if any, is zeros.
    ///
    /// # Errors
    /// As [`Kernel::file_write`].
    pub fn file_write_at(&mut self, pid: Option<Pid>, path: &str, at: u64, bytes: &[u8]) -> Result<(), FileError> {
        let old = match self.files.read(path) {
            Err(FileError::Enoent) => Arc::from([]),
            other => other?,
        };
        let start = usize::try_from(at).map_err(|_| FileError::Einval)?;
        let end = start.checked_add(bytes.len()).ok_or(FileError::Einval)?;
        // Asked before the gap is made: an offset costs nothing to name.
        self.check_file_bytes(pid, end.max(old.len()) as u64, old.len() as u64)?;
        let mut content = old.to_vec();
        content.resize(content.len().max(end), 0);
        if let Some(place) = content.get_mut(start..end) {
            place.copy_from_slice(bytes);
        }
        self.file_write(pid, path, &content)
    }

    fn check_file_bytes(&mut self, pid: Option<Pid>, added: u64, removed: u64) -> Result<(), FileError> {
        let allowed = self.limits.file_bytes;
        if (self.files.bytes + added).saturating_sub(removed) > allowed {
            self.limit_reached(pid, LimitKind::FileBytes, allowed);
            return Err(FileError::Enospc);
        }
        Ok(())
    }

    /// `file:make_dir/1`.
    ///
    /// # Errors
    /// `eexist`; `enoent` or `enotdir` when its parent is none; `enospc`.
    pub fn file_make_dir(&mut self, pid: Option<Pid>, path: &str) -> Result<(), FileError> {
        self.check_file_bytes(pid, NODE_BYTES + path.len() as u64, 0)?;
        let now = self.now();
        self.files.make_directory(path, now)
    }

    /// Sets the permissions of a file or a directory (POSIX: `chmod`).
    ///
    /// # Errors
    /// `enoent`, `erofs`.
    pub fn file_set_mode(&mut self, path: &str, mode: u16) -> Result<(), FileError> {
        self.files.change(path, |node| node.mode = Some(mode & ANY_MODE))
    }

    /// Sets when a file or a directory was read and written last (POSIX: `utime`).
    ///
    /// # Errors
    /// As [`Kernel::file_set_mode`].
    pub fn file_set_times(&mut self, path: &str, times: Times) -> Result<(), FileError> {
        self.files.change(path, |node| node.told = Some(times))
    }

    /// `file:delete/1`.
    ///
    /// # Errors
    /// `enoent`, `eisdir`.
    pub fn file_delete(&mut self, path: &str) -> Result<(), FileError> {
        self.files.delete(path)
    }

    /// `file:del_dir/1`.
    ///
    /// # Errors
    /// `enoent`, `enotdir`, `eexist` when it is not empty.
    pub fn file_delete_dir(&mut self, path: &str) -> Result<(), FileError> {
        self.files.delete_directory(path)
    }

    /// `file:rename/2`.
    ///
    /// # Errors
    /// `enoent`, `eisdir`, `enotdir`, `eexist`; `einval` when a directory would go into itself.
    pub fn file_rename(&mut self, from: &str, to: &str) -> Result<(), FileError> {
        self.files.rename(from, to)
    }
}
