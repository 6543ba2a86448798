//! Digits of integers in a base.

use num_bigint::{BigInt, BigUint, Sign};

/// Text of a word-sized integer.
pub(super) fn small_text(value: i64, base: u32) -> Vec<u8> {
    let mut buffer = [0; 65];
    let mut at = buffer.len();
    let (mut rest, base) = (value.unsigned_abs(), u64::from(base));
    loop {
        at -= 1;
        buffer[at] = symbol((rest % base) as u8);
        rest /= base;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    buffer[at..].to_vec()
}

/// Text of an integer of any size.
pub(super) fn big_text(value: &BigInt, base: u32) -> Vec<u8> {
    let mut text = value.to_str_radix(base).into_bytes();
    text.make_ascii_uppercase();
    text
}

/// Values of the digits of a word, most significant first.
pub(super) fn digit_values(value: u64, base: u32) -> Vec<u8> {
    BigUint::from(value).to_radix_be(base)
}

/// Words that an integer of so many digits needs at least, if the first one is not zero.
pub(super) fn words(digits: usize, base: u32) -> usize {
    let bits = (digits - 1) as f64 * libm::log2(f64::from(base));
    bits as usize / 64 + 1
}

/// The integer with these digits, most significant first.
pub(super) fn big_value(digits: &[u8], base: u32, negative: bool) -> BigInt {
    let sign = if negative { Sign::Minus } else { Sign::Plus };
    BigInt::from_biguint(sign, natural(digits, base))
}

/// Long texts are halved, as products of large halves are cheaper than many products of one large and one small number.
fn natural(digits: &[u8], base: u32) -> BigUint {
    const PLAIN_DIGITS: usize = 1500;
    if digits.len() <= PLAIN_DIGITS {
        return BigUint::from_radix_be(digits, base).unwrap_or_default();
    }
    let low = digits.len() / 2;
    let (high_digits, low_digits) = digits.split_at(digits.len() - low);
    natural(high_digits, base) * BigUint::from(base).pow(low as u32) + natural(low_digits, base)
}

fn symbol(digit: u8) -> u8 {
    if digit < 10 { b'0' + digit } else { b'A' + digit - 10 }
}
