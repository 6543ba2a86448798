//! Where encoded bytes go: to memory, or nowhere when only their number is asked for.

use crate::copy;

/// Takes encoded bytes.
pub(super) trait Sink {
    /// Takes some bytes.
    fn put(&mut self, bytes: &[u8]);
    /// Number of bytes taken.
    fn len(&self) -> usize;

    /// Replaces four bytes that were taken before.
    fn patch(&mut self, at: usize, value: u32);

    /// Takes bytes of which there are mostly few.
    fn put_few(&mut self, bytes: &[u8]) {
        self.put(bytes);
    }
    /// Takes a byte.
    fn byte(&mut self, byte: u8) {
        self.put(&[byte]);
    }
    /// Takes two bytes, the most significant one first.
    fn u16(&mut self, value: u16) {
        self.put(&value.to_be_bytes());
    }
    /// Takes four bytes, the most significant one first.
    fn u32(&mut self, value: u32) {
        self.put(&value.to_be_bytes());
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
    fn put_few(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        let len = self.len();
        // SAFETY: there is room for them behind those that are there.
        unsafe {
            copy::bytes(bytes.as_ptr(), self.as_mut_ptr().add(len), bytes.len());
            self.set_len(len + bytes.len());
        }
    }
    fn len(&self) -> usize {
        self.len()
    }
    fn patch(&mut self, at: usize, value: u32) {
        self[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }
}

/// Counts bytes.
#[derive(Default)]
pub(super) struct Counter(usize);

impl Sink for Counter {
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
    fn len(&self) -> usize {
        self.0
    }
    fn patch(&mut self, _at: usize, _value: u32) {}
}
