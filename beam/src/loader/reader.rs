//! Reads numbers and slices from the bytes of a chunk without ever going past their end.

use super::error::LoadError;

/// What is left of a chunk.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    chunk: &'static str,
}

impl<'a> Reader<'a> {
    /// All of a chunk; its name is used in errors.
    pub(crate) fn new(chunk: &'static str, bytes: &'a [u8]) -> Self {
        Reader { bytes, chunk }
    }
    /// An error about this chunk.
    pub(crate) fn error(&self, reason: &'static str) -> LoadError {
        LoadError::Chunk { chunk: self.chunk, reason }
    }
    /// Number of bytes that are left.
    pub(crate) fn left(&self) -> usize {
        self.bytes.len()
    }
    /// The next bytes.
    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], LoadError> {
        let (head, tail) = self.bytes.split_at_checked(len).ok_or_else(|| self.error("it ends too early"))?;
        self.bytes = tail;
        Ok(head)
    }
    /// The next byte.
    pub(crate) fn byte(&mut self) -> Result<u8, LoadError> {
        match self.bytes {
            [first, rest @ ..] => {
                self.bytes = rest;
                Ok(*first)
            }
            [] => Err(self.error("it ends too early")),
        }
    }
    /// The next two bytes, most significant first.
    pub(crate) fn u16(&mut self) -> Result<u16, LoadError> {
        Ok(self.take(2)?.iter().fold(0, |n, b| n << 8 | u16::from(*b)))
    }
    /// The next four bytes, most significant first.
    pub(crate) fn u32(&mut self) -> Result<u32, LoadError> {
        Ok(self.take(4)?.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
    }
    /// The number of rows of a table. Each row takes at least `row` bytes, so a table cannot claim more rows than there
    /// are bytes for; space for the rows may then be reserved.
    pub(crate) fn count(&mut self, row: usize) -> Result<usize, LoadError> {
        let count = self.u32()? as usize;
        self.check_count(count, row)
    }
    /// As [`Reader::count`] for a number that was read in another way.
    pub(crate) fn check_count(&self, count: usize, row: usize) -> Result<usize, LoadError> {
        if count > self.left() / row {
            return Err(self.error("it has fewer rows than it says"));
        }
        Ok(count)
    }
}
