//! Integers of any size in bits: between terms and bitstrings.
//!
//! Little-endian fields of a size that is not a whole number of bytes hold the low bytes first and the remaining high
//! bits last, as OTP does.

use crate::bits::{self, flag, mask};
use crate::fail::Fail;
use crate::heap::Heap;
use crate::term::{SMALL_MAX, Term, header_kind, kind};

/// The integer in `n` bits from bit `at` on. Fails only where it does not fit into the process' memory.
pub fn read(heap: &mut Heap, data: &[u8], at: usize, n: usize, flags: u32) -> Result<Term, Fail> {
    if n > 64 {
        return read_long(heap, data, at, n, flags);
    }
    let value = word(bits::read(data, at, n), n, flag::is_little(flags));
    Ok(if flag::is_signed(flags) && n > 0 {
        heap.int(((value << (64 - n)) as i64) >> (64 - n))
    } else {
        heap.uint(value)
    })
}

/// Value of `n` bits (at most 64) that were read with the first bit most significant.
fn word(read: u64, n: usize, little: bool) -> u64 {
    if !little || n <= 8 {
        return read;
    }
    let (whole, rest) = (n / 8 * 8, n % 8);
    let low = (read >> rest).swap_bytes() >> (64 - whole);
    if rest == 0 { low } else { low | (read & mask(rest)) << whole }
}

fn read_long(heap: &mut Heap, data: &[u8], at: usize, n: usize, flags: u32) -> Result<Term, Fail> {
    let count = n.div_ceil(64);
    heap.check(2 * count)?;
    let little = flag::is_little(flags);
    let mut words: Vec<u64> = (0..count)
        .map(|i| {
            let low = 64 * i;
            let size = (n - low).min(64);
            let first = if little { at + low } else { at + n - low - size };
            word(bits::read(data, first, size), size, little)
        })
        .collect();
    let top = (n - 1) % 64 + 1;
    let last = count - 1;
    let negative = flag::is_signed(flags) && words[last] >> (top - 1) & 1 == 1;
    if negative {
        words[last] |= !mask(top);
        negate(&mut words);
    }
    Ok(from_words(heap, negative, words))
}

/// The two's complement of a number, least significant word first.
fn negate(words: &mut [u64]) {
    let mut carry = true;
    for word in words {
        (*word, carry) = (!*word).overflowing_add(u64::from(carry));
    }
}

/// The integer with a magnitude, least significant word first; small where it fits.
pub fn from_words(heap: &mut Heap, negative: bool, mut words: Vec<u64>) -> Term {
    while words.last() == Some(&0) {
        words.pop();
    }
    match words[..] {
        [] => Term::small(0),
        [magnitude] if magnitude <= SMALL_MAX as u64 + u64::from(negative) => {
            Term::small(if negative { (magnitude as i64).wrapping_neg() } else { magnitude as i64 })
        }
        _ => heap.boxed(if negative { kind::BIG_NEG } else { kind::BIG_POS }, 0, &words),
    }
}

/// The double near a big integer, not finite where it is too large. Words are added up from the least significant one,
/// each step rounded, which is OTP's result and not always the nearest double.
pub fn to_double(big: Term) -> f64 {
    const NEXT: f64 = 18_446_744_073_709_551_616.0;
    let (sum, _) = big.words().iter().fold((0.0, 1.0), |(sum, base), word| (sum + *word as f64 * base, base * NEXT));
    if header_kind(big.header()) == kind::BIG_NEG { -sum } else { sum }
}

/// Writes an integer into `n` bits at bit `at`; what does not fit is cut off at the high end. False if the term is no integer.
pub fn write(data: &mut [u8], at: usize, n: usize, value: Term, flags: u32) -> bool {
    let little = flag::is_little(flags);
    if value.is_small() {
        write_small(data, at, n, value.as_small(), little);
        return true;
    }
    if !value.is_big() {
        return false;
    }
    let mut words = value.words().to_vec();
    let fill = if header_kind(value.header()) == kind::BIG_NEG {
        negate(&mut words);
        u64::MAX
    } else {
        0
    };
    let byte = |i: usize| (words.get(i / 8).copied().unwrap_or(fill) >> (8 * (i % 8))) as u8;
    write_bytes(data, at, n, little, byte);
    true
}

fn write_small(data: &mut [u8], at: usize, n: usize, value: i64, little: bool) {
    if n <= 64 {
        bits::write(data, at, n, in_order(value as u64 & mask(n), n, little));
        return;
    }
    let fill = if value < 0 { 0xff } else { 0 };
    if !little && at.is_multiple_of(8) && n.is_multiple_of(8) {
        if let Some(room) = data.get_mut(at / 8..(at + n - 64) / 8) {
            room.fill(fill);
        }
        bits::write(data, at + n - 64, 64, value as u64);
        return;
    }
    write_bytes(data, at, n, little, |i| if i < 8 { (value >> (8 * i)) as u8 } else { fill });
}

/// Writes the bytes of a number, which `byte` gives with the least significant first.
fn write_bytes(data: &mut [u8], at: usize, n: usize, little: bool, byte: impl Fn(usize) -> u8) {
    let (whole, rest) = (n / 8, n % 8);
    if little {
        for i in 0..whole {
            bits::write(data, at + 8 * i, 8, u64::from(byte(i)));
        }
        bits::write(data, at + 8 * whole, rest, u64::from(byte(whole)));
    } else {
        bits::write(data, at, rest, u64::from(byte(whole)));
        for i in 0..whole {
            bits::write(data, at + rest + 8 * i, 8, u64::from(byte(whole - 1 - i)));
        }
    }
}

/// The number whose `n` bits (at most 64), written with the most significant first, are a value in the byte order.
fn in_order(value: u64, n: usize, little: bool) -> u64 {
    if !little || n <= 8 {
        return value;
    }
    let (whole, rest) = (n / 8 * 8, n % 8);
    let low = (value << (64 - whole)).swap_bytes();
    if rest == 0 { low } else { low << rest | value >> whole }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;

    use super::*;

    fn modulo(value: &BigInt, n: usize, signed: bool) -> BigInt {
        let range = BigInt::from(1) << n;
        let low = ((value % &range) + &range) % &range;
        if signed && n > 0 && low >= BigInt::from(1) << (n - 1) { low - range } else { low }
    }

    #[test]
    fn what_is_written_is_read_modulo_the_size() {
        let mut heap = Heap::new(1 << 16);
        let mut values: Vec<BigInt> =
            [0i64, 1, -1, 5, -300, i64::MAX, i64::MIN, 1 << 59, -(1 << 60), (1 << 60) - 1].map(BigInt::from).to_vec();
        for shift in [61usize, 64, 65, 127, 200] {
            for low in [-1i64, 0, 1] {
                values.push((BigInt::from(1) << shift) + low);
                values.push(-(BigInt::from(1) << shift) + low);
                values.push((BigInt::from(0x1234_5678_9abc_def1i64) << (shift - 60)) + low);
            }
        }
        for value in &values {
            for n in (0..140).chain([192, 201, 256, 300]) {
                for at in [0, 3, 8] {
                    for flags in [0, flag::LITTLE, flag::SIGNED, flag::LITTLE | flag::SIGNED, flag::NATIVE] {
                        let mut data = vec![0x5a; 48];
                        let term = heap.bigint(value);
                        assert!(write(&mut data, at, n, term, flags));
                        let back = read(&mut heap, &data, at, n, flags).expect("there is room");
                        let expected = modulo(value, n, flag::is_signed(flags));
                        assert_eq!(back.bigint(), Some(expected), "{value} in {n} bits at {at}, flags {flags}");
                    }
                }
            }
        }
    }

    #[test]
    fn little_endian_fields_keep_the_high_bits_for_last() {
        // <<16#ABC:12/little, 0:4>>, <<16#123456789ABCDEF01:68/little, 0:4>>
        let mut data = [0; 2];
        assert!(write(&mut data, 0, 12, Term::small(0xabc), flag::LITTLE));
        assert_eq!(data, [0xbc, 0xa0]);
        let mut heap = Heap::new(100);
        let value = heap.bigint(&BigInt::from(0x1_2345_6789_abcd_ef01_u128));
        let mut data = [0; 9];
        assert!(write(&mut data, 0, 68, value, flag::LITTLE));
        assert_eq!(data, [0x01, 0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x10]);
    }

    #[test]
    fn only_integers_are_written() {
        assert!(!write(&mut [0], 0, 8, Term::NIL, 0));
    }
}
