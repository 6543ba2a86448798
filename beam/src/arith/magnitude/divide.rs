//! Division of natural numbers.

use super::mul_add;

/// `out = a / divisor`, and the remainder. `out` is as long as `a`.
pub(in crate::arith) fn div_rem_word(out: &mut [u64], a: &[u64], divisor: u64) -> u64 {
    let divisor = Divisor::new(divisor);
    let mut rest = 0;
    for (o, x) in out.iter_mut().zip(a).rev() {
        (*o, rest) = divisor.div_rem(rest, *x);
    }
    rest
}

/// `a % divisor`
pub(in crate::arith) fn rem_word(a: &[u64], divisor: u64) -> u64 {
    let divisor = Divisor::new(divisor);
    a.iter().rev().fold(0, |rest, x| divisor.div_rem(rest, *x).1)
}

/// The school's method (Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D). `quotient` has a word for each
/// place, or is empty if only the remainder is wanted, which is the value. `b` has at least two words, and `a` no fewer.
pub(in crate::arith) fn div_rem(quotient: &mut [u64], a: &[u64], b: &[u64]) -> Vec<u64> {
    let n = b.len();
    // Both are shifted so that the highest bit of the divisor is set; then a digit from two words is at most two too large.
    let shift = b[n - 1].leading_zeros();
    let mut rest = shifted_left(a, shift);
    let divisor = shifted_left(b, shift);
    let divisor = &divisor[..n];
    let top = Divisor::new(divisor[n - 1]);
    for at in (0..=a.len() - n).rev() {
        let part = &mut rest[at..=at + n];
        let mut digit = estimate(part, divisor, &top);
        if subtract_product(part, divisor, digit) {
            digit -= 1;
            add_back(part, divisor);
        }
        if let Some(place) = quotient.get_mut(at) {
            *place = digit;
        }
    }
    shift_right(&mut rest, shift);
    rest.truncate(n);
    rest
}

fn shifted_left(words: &[u64], shift: u32) -> Vec<u64> {
    let mut shifted = Vec::with_capacity(words.len() + 1);
    let mut low = 0;
    for word in words.iter().chain(&[0]) {
        shifted.push(if shift == 0 { *word } else { word << shift | low >> (64 - shift) });
        low = *word;
    }
    shifted
}

fn shift_right(words: &mut [u64], shift: u32) {
    let mut high = 0;
    for word in words.iter_mut().rev() {
        let low = *word;
        *word = if shift == 0 { low } else { low >> shift | high << (64 - shift) };
        high = low;
    }
}

/// The next digit of the quotient, or one more. `part` has one word more than `divisor`, whose highest bit is set.
fn estimate(part: &[u64], divisor: &[u64], top: &Divisor) -> u64 {
    let n = divisor.len();
    let (mut digit, mut rest) = if part[n] >= divisor[n - 1] {
        // The digit would not fit; the largest one is right or too large. Beyond one word the rest needs no check.
        match part[n - 1].checked_add(divisor[n - 1]) {
            Some(rest) => (u64::MAX, rest),
            None => return u64::MAX,
        }
    } else {
        top.div_rem(part[n], part[n - 1])
    };
    loop {
        let (low, high) = mul_add(digit, divisor[n - 2], 0, 0);
        if (high, low) <= (rest, part[n - 2]) {
            return digit;
        }
        digit -= 1;
        match rest.checked_add(divisor[n - 1]) {
            Some(sum) => rest = sum,
            None => return digit,
        }
    }
}

/// `part -= divisor * digit`. Tells whether that was too much.
fn subtract_product(part: &mut [u64], divisor: &[u64], digit: u64) -> bool {
    let (top, low) = part.split_last_mut().expect("one word more than the divisor");
    let mut carry = 0;
    for (word, factor) in low.iter_mut().zip(divisor) {
        let (product, high) = mul_add(*factor, digit, carry, 0);
        let (difference, borrow) = word.overflowing_sub(product);
        *word = difference;
        carry = high + u64::from(borrow);
    }
    let (difference, borrow) = top.overflowing_sub(carry);
    *top = difference;
    borrow
}

/// `part += divisor`, dropping the carry, which makes up for the borrow of the subtraction before.
fn add_back(part: &mut [u64], divisor: &[u64]) {
    let mut carry = false;
    for (word, other) in part.iter_mut().zip(divisor.iter().chain(&[0])) {
        let (sum, c1) = word.overflowing_add(*other);
        let (sum, c2) = sum.overflowing_add(u64::from(carry));
        (*word, carry) = (sum, c1 | c2);
    }
}

/// A divisor of one word that divides two words, of which the high one is less than it, again and again.
enum Divisor {
    /// Two divisions of 64 by 32 bits do.
    Half(u64),
    /// Shifted until its highest bit is set, with the shift and the reciprocal `(2^128 - 1) / divisor - 2^64`: division by
    /// multiplication, as a division of 128 by 64 bits is a slow library routine on most targets (Möller and Granlund,
    /// Improved Division by Invariant Integers, algorithm 4).
    Whole { divisor: u64, shift: u32, reciprocal: u64 },
}

impl Divisor {
    fn new(divisor: u64) -> Divisor {
        if divisor <= u64::from(u32::MAX) {
            return Divisor::Half(divisor);
        }
        let shift = divisor.leading_zeros();
        let divisor = divisor << shift;
        let reciprocal = (u128::MAX / u128::from(divisor)) as u64;
        Divisor::Whole { divisor, shift, reciprocal }
    }
    fn div_rem(&self, high: u64, low: u64) -> (u64, u64) {
        match *self {
            Divisor::Half(divisor) => {
                let upper = high << 32 | low >> 32;
                let upper_quotient = upper / divisor;
                let lower = (upper - upper_quotient * divisor) << 32 | low & u64::from(u32::MAX);
                let lower_quotient = lower / divisor;
                (upper_quotient << 32 | lower_quotient, lower - lower_quotient * divisor)
            }
            Divisor::Whole { divisor, shift, reciprocal } => {
                let high = if shift == 0 { high } else { high << shift | low >> (64 - shift) };
                let low = low << shift;
                let (fraction, estimate) = mul_add(reciprocal, high, low, 0);
                let mut quotient = estimate.wrapping_add(high).wrapping_add(1);
                let mut rest = low.wrapping_sub(quotient.wrapping_mul(divisor));
                if rest > fraction {
                    quotient = quotient.wrapping_sub(1);
                    rest = rest.wrapping_add(divisor);
                }
                if rest >= divisor {
                    quotient = quotient.wrapping_add(1);
                    rest -= divisor;
                }
                (quotient, rest >> shift)
            }
        }
    }
}
