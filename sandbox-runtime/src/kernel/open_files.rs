//! Open files: what a descriptor stands for, and where it stands in its file.

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use shared::{Pid, Ref};

use super::Kernel;

/// Descriptors by reference.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct OpenFiles {
    files: OrdMap<Ref, OpenFile>,
}

/// One descriptor.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpenFile {
    /// Whose it is. It ends with that process.
    pub owner: Pid,
    /// The file, as an absolute path.
    pub path: String,
    /// Where the next byte is read or written.
    pub position: u64,
    /// Whether it may be read.
    pub can_read: bool,
    /// Whether it may be written.
    pub can_write: bool,
    /// Whether all that is written goes to the end.
    pub appends: bool,
}

impl Kernel {
    /// A descriptor for a file.
    pub(crate) fn open_file(&mut self, file: OpenFile) -> Ref {
        let reference = self.make_ref();
        self.open_files.files.insert(reference, file);
        reference
    }

    /// What a descriptor stands for; `None` when it was closed.
    pub fn opened_file(&self, reference: Ref) -> Option<&OpenFile> {
        self.open_files.files.get(&reference)
    }

    pub(crate) fn move_in_file(&mut self, reference: Ref, position: u64) {
        if let Some(file) = self.open_files.files.get_mut(&reference) {
            file.position = position;
        }
    }

    /// Closes a descriptor: whether it was open.
    pub(crate) fn close_file(&mut self, reference: Ref) -> bool {
        self.open_files.files.remove(&reference).is_some()
    }

    /// Closes what a process left open.
    pub(crate) fn close_files_of(&mut self, owner: Pid) {
        let left: Vec<Ref> =
            self.open_files.files.iter().filter(|(_, file)| file.owner == owner).map(|(file, _)| *file).collect();
        for file in left {
            self.close_file(file);
        }
    }
}
