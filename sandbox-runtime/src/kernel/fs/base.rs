//! Files that many sandboxes have in common, such as the library: they can be read and not changed.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A tree of files outside the sandbox. It must never change: a sandbox takes it for a part of its first image.
pub trait BaseFiles: Send + Sync {
    /// Names the content: two trees with the same name hold the same.
    fn id(&self) -> &str;

    /// Name of the directory below the root in which everything lies, without slashes.
    fn top(&self) -> &str;

    /// What is at a path: without a slash at either end, beginning with [`BaseFiles::top`].
    fn find(&self, path: &str) -> Option<Found>;

    /// The content of a file; `None` for what is none.
    fn read(&self, path: &str) -> Option<Arc<[u8]>>;

    /// The names in a directory, in order; `None` for what is none.
    fn list(&self, path: &str) -> Option<Vec<String>>;

    /// Names and paths of the modules whose code every sandbox has from its beginning.
    fn modules(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// What is at a path of [`BaseFiles`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A directory.
    Directory,
    /// A file.
    File {
        /// Bytes of its content.
        size: u64,
    },
}

/// The base of a file system, if it has one.
#[derive(Clone, Default)]
pub(super) struct Base(Option<Arc<dyn BaseFiles>>);

impl Base {
    pub(super) fn set(&mut self, files: Arc<dyn BaseFiles>) {
        self.0 = Some(files);
    }

    /// The tree that a normal path leads into, if it does.
    pub(super) fn of(&self, path: &str) -> Option<&dyn BaseFiles> {
        let top = path.split('/').next().unwrap_or_default();
        self.0.as_deref().filter(|files| files.top() == top)
    }

    /// See [`BaseFiles::modules`].
    pub(super) fn modules(&self) -> Vec<(String, String)> {
        self.0.as_deref().map(BaseFiles::modules).unwrap_or_default()
    }

    /// The directory at the root under which the tree lies.
    pub(super) fn top(&self) -> Option<&str> {
        self.0.as_deref().map(BaseFiles::top)
    }
}

impl std::fmt::Debug for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Base").field(&self.0.as_deref().map(BaseFiles::id)).finish()
    }
}

impl Hash for Base {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_deref().map(BaseFiles::id).hash(state);
    }
}
