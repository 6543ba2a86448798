//! Order of numbers, without loss where an integer meets a float.

use std::cmp::Ordering;

use crate::term::{Term, header_kind, kind};

use super::Mode;

/// Integers below this magnitude are floats without loss.
const LOSSLESS: i64 = 1 << 53;

/// Whether a term is a number.
pub(super) fn is_number(t: Term) -> bool {
    t.is_small() || t.is_big() || t.is_kind(kind::FLOAT)
}

/// Order of two numbers.
pub(super) fn compare(a: Term, b: Term, mode: Mode) -> Ordering {
    match (a.float(), b.float()) {
        (None, None) => integers(a, b),
        (Some(x), Some(y)) => floats(x, y, mode),
        (None, Some(_)) if mode == Mode::Exact => Ordering::Less,
        (Some(_), None) if mode == Mode::Exact => Ordering::Greater,
        (None, Some(y)) => integer_with_float(a, y),
        (Some(x), None) => integer_with_float(b, x).reverse(),
    }
}

fn floats(x: f64, y: f64, mode: Mode) -> Ordering {
    match x.partial_cmp(&y) {
        Some(Ordering::Equal) | None if mode == Mode::Exact => x.total_cmp(&y),
        Some(order) => order,
        None => Ordering::Equal,
    }
}

fn is_negative(big: Term) -> bool {
    header_kind(big.header()) == kind::BIG_NEG
}

fn integers(a: Term, b: Term) -> Ordering {
    match (a.small_value(), b.small_value()) {
        (Some(x), Some(y)) => x.cmp(&y),
        (Some(_), None) => {
            if is_negative(b) {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (None, Some(_)) => {
            if is_negative(a) {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (None, None) => match (is_negative(a), is_negative(b)) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => magnitudes(a, b),
            (true, true) => magnitudes(b, a),
        },
    }
}

fn magnitudes(a: Term, b: Term) -> Ordering {
    let (x, y) = (a.words(), b.words());
    x.len().cmp(&y.len()).then_with(|| x.iter().rev().cmp(y.iter().rev()))
}

/// Order of an integer and a float by their exact values.
fn integer_with_float(a: Term, y: f64) -> Ordering {
    if let Some(x) = a.small_value() {
        if (-LOSSLESS..=LOSSLESS).contains(&x) {
            return (x as f64).partial_cmp(&y).unwrap_or(Ordering::Equal);
        }
        // Beyond 2^63 the float is further out than any small integer; up to there its integer part is an i64.
        return if y >= 9_223_372_036_854_775_808.0 {
            Ordering::Less
        } else if y < -9_223_372_036_854_775_808.0 {
            Ordering::Greater
        } else {
            x.cmp(&(y as i64)).then_with(|| fraction(y))
        };
    }
    if is_negative(a) { magnitude_with_float(a, -y).reverse() } else { magnitude_with_float(a, y) }
}

/// Order of the integer part of a float to the float itself.
fn fraction(y: f64) -> Ordering {
    y.trunc().partial_cmp(&y).unwrap_or(Ordering::Equal)
}

/// Order of the magnitude of a bignum and a float.
fn magnitude_with_float(a: Term, y: f64) -> Ordering {
    let words = a.words();
    let bits = words.len() as u64 * 64 - u64::from(words.last().copied().unwrap_or(0).leading_zeros());
    if y < 1.0 {
        return Ordering::Greater;
    }
    let raw = y.to_bits();
    let exponent = (raw >> 52 & 0x7ff) as i64 - 1023;
    // A float of exponent e lies within [2^e, 2^(e+1)), an integer of n bits within [2^(n-1), 2^n).
    match (bits as i64 - 1).cmp(&exponent) {
        Ordering::Equal => {}
        other => return other,
    }
    // Same number of bits, at least 61: so the float is an integer, its mantissa shifted left.
    let mantissa = raw & ((1 << 52) - 1) | 1 << 52;
    let shift = (exponent - 52).max(0) as usize;
    for i in (0..words.len()).rev() {
        let word = shifted_word(mantissa, shift, i);
        match words[i].cmp(&word) {
            Ordering::Equal => {}
            other => return other,
        }
    }
    Ordering::Equal
}

/// Word `i` of `value << shift`.
fn shifted_word(value: u64, shift: usize, i: usize) -> u64 {
    let (word, bit) = (shift / 64, shift % 64);
    if i == word {
        value << bit
    } else if i == word + 1 && bit > 0 {
        value >> (64 - bit)
    } else {
        0
    }
}
