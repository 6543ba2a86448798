//! What goes in and out of one call.

use super::Wrap;

/// The checksum of the data, as it stands at their end.
#[derive(Clone)]
pub(super) enum Check {
    None,
    Adler(adler2::Adler32),
    /// With the number of bytes.
    Crc(crc32fast::Hasher, u32),
}

impl Check {
    pub(super) fn new(wrap: Wrap) -> Check {
        match wrap {
            Wrap::Raw => Check::None,
            Wrap::Zlib => Check::Adler(adler2::Adler32::new()),
            Wrap::Gzip => Check::Crc(crc32fast::Hasher::new(), 0),
        }
    }
}

/// The input that is left, and the output with the length that it may have.
pub(super) struct Io<'a> {
    pub(super) input: &'a [u8],
    pub(super) out: Vec<u8>,
    pub(super) limit: usize,
    pub(super) check: Check,
}

impl<'a> Io<'a> {
    /// Input that is no part of the data, for which there is no output.
    pub(super) fn dictionary(input: &'a [u8]) -> Io<'a> {
        Io { input, out: Vec::new(), limit: 0, check: Check::None }
    }

    pub(super) fn room(&self) -> usize {
        self.limit - self.out.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.room() == 0
    }

    /// Takes up to so many bytes of the input.
    pub(super) fn read(&mut self, most: usize) -> &'a [u8] {
        let (taken, rest) = self.input.split_at(most.min(self.input.len()));
        self.input = rest;
        match &mut self.check {
            Check::None => {}
            Check::Adler(adler) => adler.write_slice(taken),
            Check::Crc(crc, length) => {
                crc.update(taken);
                *length = length.wrapping_add(taken.len() as u32);
            }
        }
        taken
    }
}
