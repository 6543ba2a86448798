//! Files for guests.

use super::Host;
use crate::kernel::fs::{FileError, FileSystem, Times};

impl Host {
    /// The files, for reading.
    pub fn files(&self) -> &FileSystem {
        self.kernel.files()
    }

    /// Writes a whole file.
    ///
    /// # Errors
    /// See [`crate::kernel::Kernel::file_write`].
    pub fn file_write(&mut self, path: &str, content: &[u8]) -> Result<(), FileError> {
        self.kernel.file_write(Some(self.pid), path, content)
    }

    /// Writes into a file at an offset.
    ///
    /// # Errors
    /// See [`crate::kernel::Kernel::file_write_at`].
    pub fn file_write_at(&mut self, path: &str, at: u64, bytes: &[u8]) -> Result<(), FileError> {
        self.kernel.file_write_at(Some(self.pid), path, at, bytes)
    }

    /// `file:make_dir/1`.
    ///
    /// # Errors
    /// See [`crate::kernel::Kernel::file_make_dir`].
    pub fn file_make_dir(&mut self, path: &str) -> Result<(), FileError> {
        self.kernel.file_make_dir(Some(self.pid), path)
    }

    /// Sets permissions.
    ///
    /// # Errors
    /// See [`crate::kernel::Kernel::file_set_mode`].
    pub fn file_set_mode(&mut self, path: &str, mode: u16) -> Result<(), FileError> {
        self.kernel.file_set_mode(path, mode)
    }

    /// Sets times.
    ///
    /// # Errors
    /// See [`crate::kernel::Kernel::file_set_times`].
    pub fn file_set_times(&mut self, path: &str, times: Times) -> Result<(), FileError> {
        self.kernel.file_set_times(path, times)
    }

    /// `file:delete/1`.
    ///
    /// # Errors
    /// See [`crate::kernel::Kernel::file_delete`].
    pub fn file_delete(&mut self, path: &str) -> Result<(), FileError> {
        self.kernel.file_delete(path)
    }

    /// `file:del_dir/1`.
    ///
    /// # Errors
    /// See [`crate::kernel::Kernel::file_delete_dir`].
    pub fn file_delete_dir(&mut self, path: &str) -> Result<(), FileError> {
        self.kernel.file_delete_dir(path)
    }

    /// `file:rename/2`.
    ///
    /// # Errors
    /// See [`crate::kernel::Kernel::file_rename`].
    pub fn file_rename(&mut self, from: &str, to: &str) -> Result<(), FileError> {
        self.kernel.file_rename(from, to)
    }
}
