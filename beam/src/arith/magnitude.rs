//! Natural numbers as slices of words, least significant first: the few operations that are worth doing straight on the
//! heap. Operands have no leading zero words; results may have.

mod divide;

pub(super) use divide::{div_rem, div_rem_word, rem_word};

/// Whether `a < b`.
pub(super) fn less(a: &[u64], b: &[u64]) -> bool {
    a.len() < b.len() || a.len() == b.len() && a.iter().rev().lt(b.iter().rev())
}

/// `out = long + short`. `out` has one word more than `long`, which is at least as long as `short`.
pub(super) fn add(out: &mut [u64], long: &[u64], short: &[u64]) {
    let mut carry = false;
    let (low, high) = long.split_at(short.len());
    let (out_low, out_high) = out.split_at_mut(short.len());
    for ((o, x), y) in out_low.iter_mut().zip(low).zip(short) {
        let (sum, c1) = x.overflowing_add(*y);
        let (sum, c2) = sum.overflowing_add(u64::from(carry));
        (*o, carry) = (sum, c1 | c2);
    }
    for (o, x) in out_high.iter_mut().zip(high.iter().chain(&[0])) {
        (*o, carry) = x.overflowing_add(u64::from(carry));
    }
}

/// `out = long - short`. `out` is as long as `long`, which is not less than `short`.
pub(super) fn sub(out: &mut [u64], long: &[u64], short: &[u64]) {
    let mut borrow = false;
    let (low, high) = long.split_at(short.len());
    let (out_low, out_high) = out.split_at_mut(short.len());
    for ((o, x), y) in out_low.iter_mut().zip(low).zip(short) {
        let (difference, b1) = x.overflowing_sub(*y);
        let (difference, b2) = difference.overflowing_sub(u64::from(borrow));
        (*o, borrow) = (difference, b1 | b2);
    }
    for (o, x) in out_high.iter_mut().zip(high) {
        (*o, borrow) = x.overflowing_sub(u64::from(borrow));
    }
}

/// `out = a * b`. `out` is as long as both together and zero at first.
pub(super) fn mul(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (long, short) = if a.len() < b.len() { (b, a) } else { (a, b) };
    for (i, y) in short.iter().enumerate() {
        let mut carry = 0;
        for (o, x) in out[i..].iter_mut().zip(long) {
            (*o, carry) = mul_add(*x, *y, *o, carry);
        }
        out[i + long.len()] = carry;
    }
}

/// Low and high word of `x * y + a + b`, which cannot overflow.
#[cfg(not(all(target_arch = "wasm32", not(target_feature = "wide-arithmetic"))))]
fn mul_add(x: u64, y: u64, a: u64, b: u64) -> (u64, u64) {
    let sum = u128::from(x) * u128::from(y) + u128::from(a) + u128::from(b);
    (sum as u64, (sum >> 64) as u64)
}

/// Low and high word of `x * y + a + b`, which cannot overflow. By halves, as the target has no wide multiplication.
#[cfg(all(target_arch = "wasm32", not(target_feature = "wide-arithmetic")))]
fn mul_add(x: u64, y: u64, a: u64, b: u64) -> (u64, u64) {
    const HALF: u64 = 0xffff_ffff;
    let (x0, x1, y0, y1) = (x & HALF, x >> 32, y & HALF, y >> 32);
    let (a0, a1, b0, b1) = (a & HALF, a >> 32, b & HALF, b >> 32);
    // No sum of a product of halves and two halves overflows.
    let low = x0 * y0 + a0 + b0;
    let middle = x1 * y0 + (low >> 32) + a1;
    let other = x0 * y1 + (middle & HALF) + b1;
    (other << 32 | low & HALF, x1 * y1 + (middle >> 32) + (other >> 32))
}
