//! Runs of bits within bytes: copying, comparing, reading and writing numbers at any bit position.
//!
//! Bits are counted from the most significant bit of the first byte (OTP Reference Manual, Bit Syntax). Nothing here
//! knows of terms except [`integer`]; all functions are bounds-checked and treat what lies beyond the data as zero.

use std::cmp::Ordering;

use crate::term::Bits;

pub mod half;
pub mod integer;

/// Longest bitstring in bits. It keeps every bit position within a 32-bit memory's word.
pub const MAX_BITS: usize = 1 << 31;

/// Bits that are copied, written or read as a number for one reduction (OTP: `BITS_PER_REDUCTION`).
pub const BITS_PER_REDUCTION: usize = 8 * 1024;

/// Field flags of segments as `.beam` files hold them.
pub mod flag {
    /// Least significant byte first.
    pub const LITTLE: u32 = 2;
    /// Two's complement.
    pub const SIGNED: u32 = 4;
    /// Order of the machine, which is little here.
    pub const NATIVE: u32 = 16;

    /// Whether the least significant byte comes first.
    pub const fn is_little(flags: u32) -> bool {
        flags & (LITTLE | NATIVE) != 0
    }
    /// Whether it is in two's complement.
    pub const fn is_signed(flags: u32) -> bool {
        flags & SIGNED != 0
    }
}

/// The lowest `n` bits set.
pub(crate) const fn mask(n: usize) -> u64 {
    if n >= 64 { u64::MAX } else { (1 << n) - 1 }
}

/// `n` bits (at most 64) from bit `at` on, as a number with the first bit most significant.
#[inline]
pub fn read(data: &[u8], at: usize, n: usize) -> u64 {
    let (byte, shift) = (at / 8, at % 8);
    if n == 0 {
        return 0;
    }
    if let Some(word) = data.get(byte..).and_then(|d| d.first_chunk::<8>()) {
        let word = u64::from_be_bytes(*word) << shift;
        if shift + n <= 64 {
            return word >> (64 - n);
        }
        let next = data.get(byte + 8).map_or(0, |b| u64::from(b >> (8 - shift)));
        return (word | next) >> (64 - n);
    }
    read_near_end(data, byte, shift, n)
}

fn read_near_end(data: &[u8], byte: usize, shift: usize, n: usize) -> u64 {
    let count = (shift + n).div_ceil(8);
    let word = (0..count).fold(0u128, |word, i| word << 8 | u128::from(data.get(byte + i).copied().unwrap_or(0)));
    (word >> (8 * count - shift - n)) as u64 & mask(n)
}

/// Writes the low `n` bits (at most 64) of a value at bit `at`, most significant first. What lies beyond the data is dropped.
#[inline]
pub fn write(data: &mut [u8], at: usize, n: usize, value: u64) {
    if n == 0 {
        return;
    }
    if at.is_multiple_of(8) && n.is_multiple_of(8) {
        if let Some(room) = data.get_mut(at / 8..(at + n) / 8) {
            write_bytes(room, value);
        }
        return;
    }
    let (mut at, mut left) = (at, n);
    while left > 0 {
        let free = 8 - at % 8;
        let take = free.min(left);
        let part = (value >> (left - take) & mask(take)) as u8;
        let shift = free - take;
        if let Some(byte) = data.get_mut(at / 8) {
            *byte = *byte & !((mask(take) as u8) << shift) | part << shift;
        }
        at += take;
        left -= take;
    }
}

/// Fills up to eight bytes with the low bytes of a value, the usual sizes without a call.
#[inline]
fn write_bytes(room: &mut [u8], value: u64) {
    match room.len() {
        1 => room[0] = value as u8,
        2 => room.copy_from_slice(&(value as u16).to_be_bytes()),
        4 => room.copy_from_slice(&(value as u32).to_be_bytes()),
        n => room.copy_from_slice(&value.to_be_bytes()[8 - n..]),
    }
}

/// Copies `n` bits. The bits around them in the destination are kept.
pub fn copy(dst: &mut [u8], dst_bit: usize, src: &[u8], src_bit: usize, n: usize) {
    let (mut to, mut from, mut left) = (dst_bit, src_bit, n);
    let head = ((8 - to % 8) % 8).min(left);
    write(dst, to, head, read(src, from, head));
    (to, from, left) = (to + head, from + head, left - head);
    let whole = left / 8;
    if from.is_multiple_of(8) {
        let (source, room) = (src.get(from / 8..from / 8 + whole), dst.get_mut(to / 8..to / 8 + whole));
        if let (Some(source), Some(room)) = (source, room) {
            room.copy_from_slice(source);
        }
        (to, from) = (to + whole * 8, from + whole * 8);
    } else {
        let end = to + whole * 8;
        while to + 64 <= end {
            write(dst, to, 64, read(src, from, 64));
            (to, from) = (to + 64, from + 64);
        }
        while to < end {
            write(dst, to, 8, read(src, from, 8));
            (to, from) = (to + 8, from + 8);
        }
    }
    let tail = left % 8;
    write(dst, to, tail, read(src, from, tail));
}

impl<'a> Bits<'a> {
    /// All bits of some bytes.
    pub fn of(data: &'a [u8]) -> Bits<'a> {
        Bits { data, offset: 0, len: data.len() * 8 }
    }
    /// The part of `len` bits from bit `at` on. It must lie within.
    pub fn part(self, at: usize, len: usize) -> Bits<'a> {
        Bits { data: self.data, offset: self.offset + at, len }
    }
    /// `n` bits (at most 64) from bit `at` on.
    pub fn read(self, at: usize, n: usize) -> u64 {
        read(self.data, self.offset + at, n)
    }
    /// Copies all of it to a bit position.
    pub fn copy_to(self, dst: &mut [u8], dst_bit: usize) {
        copy(dst, dst_bit, self.data, self.offset, self.len);
    }
}

/// Whether two bitstrings are the same.
pub fn equal(a: Bits<'_>, b: Bits<'_>) -> bool {
    a.len == b.len && compare(a, b) == Ordering::Equal
}

/// Order of bitstrings: the first differing bit decides, then the length (OTP Reference Manual, Term Comparisons).
pub fn compare(a: Bits<'_>, b: Bits<'_>) -> Ordering {
    let common = a.len.min(b.len);
    let whole = common / 8;
    let mut done = 0;
    if a.offset.is_multiple_of(8) && b.offset.is_multiple_of(8) {
        let (from_a, from_b) = (a.offset / 8, b.offset / 8);
        let order = a.data[from_a..from_a + whole].cmp(&b.data[from_b..from_b + whole]);
        if order != Ordering::Equal {
            return order;
        }
        done = whole * 8;
    }
    while done < common {
        let n = (common - done).min(64);
        let order = a.read(done, n).cmp(&b.read(done, n));
        if order != Ordering::Equal {
            return order;
        }
        done += n;
    }
    a.len.cmp(&b.len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bit(data: &[u8], at: usize) -> u64 {
        u64::from(data[at / 8] >> (7 - at % 8) & 1)
    }

    #[test]
    fn reads_and_writes_agree_with_single_bits() {
        let data: Vec<u8> = (0..24u8).map(|i| i.wrapping_mul(97) ^ 0x5a).collect();
        for at in 0..100 {
            for n in 0..=64 {
                let expected = (at..at + n).fold(0, |v, i| v << 1 | bit(&data, i));
                assert_eq!(read(&data, at, n), expected, "at {at}, {n} bits");
                let mut copy = data.clone();
                write(&mut copy, at, n, !expected);
                for i in 0..data.len() * 8 {
                    let flipped = u64::from((at..at + n).contains(&i));
                    assert_eq!(bit(&copy, i), bit(&data, i) ^ flipped, "bit {i} after a write at {at}, {n} bits");
                }
            }
        }
    }

    #[test]
    fn reading_beyond_the_end_gives_zero_bits() {
        assert_eq!(read(&[0xff], 4, 8), 0xf0);
        assert_eq!(read(&[], 0, 64), 0);
        assert_eq!(read(&[0xff; 8], 3, 64), u64::MAX << 3);
    }

    #[test]
    fn copies_keep_the_bits_around_them() {
        let src: Vec<u8> = (0..40u8).map(|i| i.wrapping_mul(59) ^ 0xc3).collect();
        for from in 0..9 {
            for to in 0..9 {
                for n in [0, 1, 5, 8, 13, 63, 64, 65, 130, 200] {
                    let mut dst = vec![0b1010_0101; 40];
                    let before = dst.clone();
                    copy(&mut dst, to, &src, from, n);
                    for i in 0..dst.len() * 8 {
                        let expected =
                            if (to..to + n).contains(&i) { bit(&src, from + i - to) } else { bit(&before, i) };
                        assert_eq!(bit(&dst, i), expected, "bit {i}, {n} bits from {from} to {to}");
                    }
                }
            }
        }
    }

    #[test]
    fn order_is_by_bits_and_then_length() {
        let bits = |data: &'static [u8], offset, len| Bits { data, offset, len };
        let cases = [
            (bits(b"abc", 0, 24), bits(b"abd", 0, 24), Ordering::Less),
            (bits(b"abc", 0, 24), bits(b"ab", 0, 16), Ordering::Greater),
            (bits(&[0b1000_0000], 0, 1), bits(&[0b0111_1111], 0, 8), Ordering::Greater),
            (bits(&[0b0100_0000], 1, 1), bits(&[0b1000_0000], 0, 1), Ordering::Equal),
            (bits(&[0b0100_0000], 1, 1), bits(&[0b1000_0000], 0, 2), Ordering::Less),
            (bits(b"", 0, 0), bits(b"", 0, 0), Ordering::Equal),
        ];
        for (a, b, expected) in cases {
            assert_eq!(compare(a, b), expected, "{a:?} {b:?}");
            assert_eq!(compare(b, a), expected.reverse(), "{b:?} {a:?}");
            assert_eq!(equal(a, b), expected == Ordering::Equal);
        }
    }
}
