//! Bitstrings.

use std::cmp::Ordering;
use std::sync::Arc;

/// A sequence of bits. Bits after the last one are zero, so equal bitstrings have equal bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bits {
    bytes: Arc<[u8]>,
    /// How many low bits of the last byte do not belong to it: 0 to 7.
    unused_bits: u8,
}

impl Bits {
    /// A binary: whole bytes.
    pub fn binary(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { bytes: bytes.into(), unused_bits: 0 }
    }

    /// The first `bit_len` bits of `bytes`, or `None` when there are fewer.
    pub fn from_bits(bytes: &[u8], bit_len: usize) -> Option<Self> {
        let used = bytes.get(..bit_len.div_ceil(8))?;
        let unused_bits = (used.len() * 8 - bit_len) as u8;
        let mut owned: Vec<u8> = used.to_vec();
        if let Some(last) = owned.last_mut() {
            *last &= 0xff_u8 << unused_bits;
        }
        Some(Self { bytes: owned.into(), unused_bits })
    }

    /// Length in bits.
    pub fn bit_len(&self) -> usize {
        self.bytes.len() * 8 - usize::from(self.unused_bits)
    }

    /// The bytes, the last one filled up with zeros.
    pub fn padded_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, when this is a binary.
    pub fn as_binary(&self) -> Option<&[u8]> {
        (self.unused_bits == 0).then_some(&*self.bytes)
    }
}

impl Ord for Bits {
    /// Bit by bit; a prefix comes first.
    fn cmp(&self, other: &Self) -> Ordering {
        let common_bits = self.bit_len().min(other.bit_len());
        let whole = common_bits / 8;
        let rest = common_bits % 8;
        self.bytes[..whole]
            .cmp(&other.bytes[..whole])
            .then_with(|| {
                if rest == 0 {
                    return Ordering::Equal;
                }
                let shift = 8 - rest;
                (self.bytes[whole] >> shift).cmp(&(other.bytes[whole] >> shift))
            })
            .then_with(|| self.bit_len().cmp(&other.bit_len()))
    }
}

impl PartialOrd for Bits {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
