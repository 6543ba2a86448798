//! Reads numbers from bytes, the most significant byte first.

use super::{DecodeError, Result};

/// Bytes and how far they have been read.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }
    /// Number of bytes read.
    pub(super) fn at(&self) -> usize {
        self.at
    }
    /// Number of bytes not read.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }
    /// The next byte, which stays unread.
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
    /// All bytes that are not read.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
    /// Passes over some bytes, which are there.
    #[inline]
    pub(super) fn pass(&mut self, n: usize) {
        self.at += n;
    }
    /// Passes over these bytes, if they are the next ones.
    pub(super) fn skip<const N: usize>(&mut self, expected: &[u8; N]) -> bool {
        let found = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<N>()) == Some(expected);
        self.at += if found { N } else { 0 };
        found
    }
    pub(super) fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(n).ok_or(DecodeError::Malformed)?;
        let taken = self.bytes.get(self.at..end).ok_or(DecodeError::Malformed)?;
        self.at = end;
        Ok(taken)
    }
    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let next = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk()).ok_or(DecodeError::Malformed)?;
        self.at += N;
        Ok(*next)
    }
    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8> {
        self.array::<1>().map(|[b]| b)
    }
    pub(super) fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_be_bytes)
    }
    #[inline]
    pub(super) fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_be_bytes)
    }
    pub(super) fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_be_bytes)
    }
}

/// A float in the text form of the oldest format: digits, a point or (as OTP reads it) a comma, digits, perhaps an exponent, then zero bytes.
pub(super) fn float_text(bytes: &[u8]) -> Option<f64> {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let text = std::str::from_utf8(&bytes[..end]).ok()?;
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = unsigned(mantissa).split_once(['.', ','])?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let valid = digits(whole) && digits(fraction) && exponent.is_none_or(|e| digits(unsigned(e)));
    if valid { text.replace(',', ".").parse().ok() } else { None }
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}
