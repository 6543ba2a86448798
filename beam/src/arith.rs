//! Arithmetic of integers of any size and floats, as Erlang's operators define it (Reference Manual, Expressions,
//! Arithmetic Expressions).
//!
//! Results are canonical: an integer is immediate where it fits, and a float is finite. Nothing is charged here; whoever
//! calls takes [`cost`] from the reductions where operands may be large. Integers have the size limit of OTP 27.

mod bitwise;
mod int;
mod magnitude;
#[cfg(test)]
mod tests;

pub use bitwise::{band, bnot, bor, bsl, bsr, bxor};

use num_bigint::BigInt;

use crate::fail::{Fail, Outcome};
use crate::heap::Heap;
use crate::term::{SMALL_MAX, SMALL_MIN, Term, kind};

use int::Int;

/// Words of the largest magnitude that an integer may have (OTP 27: 4,194,240 bits, then `system_limit`).
pub const MAX_WORDS: usize = 65535;

/// `A + B`
pub fn add(heap: &mut Heap, a: Term, b: Term) -> Outcome {
    if a.is_small() && b.is_small() {
        return Ok(heap.int(a.as_small() + b.as_small()));
    }
    match (Int::of(a), Int::of(b)) {
        (Some(x), Some(y)) => int::add(heap, &x, &y),
        _ => float_op(heap, a, b, |x, y| x + y),
    }
}

/// `A - B`
pub fn sub(heap: &mut Heap, a: Term, b: Term) -> Outcome {
    if a.is_small() && b.is_small() {
        return Ok(heap.int(a.as_small() - b.as_small()));
    }
    match (Int::of(a), Int::of(b)) {
        (Some(x), Some(y)) => int::add(heap, &x, &y.negated()),
        _ => float_op(heap, a, b, |x, y| x - y),
    }
}

/// `A * B`
pub fn mul(heap: &mut Heap, a: Term, b: Term) -> Outcome {
    if a.is_small() && b.is_small() {
        let (x, y) = (a.as_small(), b.as_small());
        // The product of two 32-bit numbers needs no wide multiplication, which is slow on a 32-bit target.
        if x == i64::from(x as i32) && y == i64::from(y as i32) {
            return Ok(heap.int(x * y));
        }
        return Ok(int::from_i128(heap, i128::from(x) * i128::from(y)));
    }
    match (Int::of(a), Int::of(b)) {
        (Some(x), Some(y)) => int::mul(heap, &x, &y),
        _ => float_op(heap, a, b, |x, y| x * y),
    }
}

/// `A / B`: always a float.
pub fn div(heap: &mut Heap, a: Term, b: Term) -> Outcome {
    float_op(heap, a, b, |x, y| x / y)
}

/// `A div B`: rounds towards zero.
pub fn int_div(heap: &mut Heap, a: Term, b: Term) -> Outcome {
    if b == Term::small(0) {
        return Err(Fail::BADARITH);
    }
    if a.is_small() && b.is_small() {
        return Ok(heap.int(a.as_small() / b.as_small()));
    }
    let (x, y) = both(a, b)?;
    int::div(heap, &x, &y)
}

/// `A rem B`: has the sign of `A`.
pub fn rem(heap: &mut Heap, a: Term, b: Term) -> Outcome {
    if b == Term::small(0) {
        return Err(Fail::BADARITH);
    }
    if a.is_small() && b.is_small() {
        return Ok(Term::small(a.as_small() % b.as_small()));
    }
    let (x, y) = both(a, b)?;
    int::rem(heap, &x, &y)
}

/// `- A`
pub fn neg(heap: &mut Heap, a: Term) -> Outcome {
    if let Some(x) = Int::of(a) {
        return int::to_term(heap, &x.negated());
    }
    Ok(heap.float(-a.float().ok_or(Fail::BADARITH)?))
}

/// `abs(A)`. Raises `badarg`, as it is a function and no operator.
pub fn abs(heap: &mut Heap, a: Term) -> Outcome {
    if let Some(x) = Int::of(a) {
        return if x.is_negative() { int::to_term(heap, &x.negated()) } else { Ok(a) };
    }
    Ok(heap.float(a.float().ok_or(Fail::BADARG)?.abs()))
}

/// A number as a float; nothing for what is no number or does not fit into one.
pub fn to_f64(a: Term) -> Option<f64> {
    if a.is_small() {
        return Some(a.as_small() as f64);
    }
    if a.is_kind(kind::FLOAT) {
        return a.float();
    }
    let x = Int::of(a)?;
    // OTP adds word by word and so rounds more than once; its results are reproduced with the same steps.
    let value = x.words().iter().rev().fold(0.0, |sum, word| sum * 18_446_744_073_709_551_616.0 + *word as f64);
    value.is_finite().then_some(if x.is_negative() { -value } else { value })
}

/// The integer of a float without fraction (or whose fraction is to be dropped).
pub fn from_f64(heap: &mut Heap, value: f64) -> Term {
    // Below 2^62 the conversion is exact; a guest's term never holds a float that is not finite.
    if value.abs() < 4_611_686_018_427_387_904.0 {
        return heap.int(value as i64);
    }
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as usize - 1075;
    let mantissa = bits & 0xf_ffff_ffff_ffff | 1 << 52;
    heap.integer(exponent / 64 + 2, |words| {
        let wide = u128::from(mantissa) << (exponent % 64);
        words[exponent / 64] = wide as u64;
        words[exponent / 64 + 1] = (wide >> 64) as u64;
        value < 0.0
    })
}

/// An integer of any size; `system_limit` where OTP has none so large.
pub fn from_bigint(heap: &mut Heap, value: &BigInt) -> Outcome {
    let words = value.bits().div_ceil(64) as usize;
    if words > MAX_WORDS {
        return Err(Fail::SYSTEM_LIMIT);
    }
    heap.check(words + 1)?;
    Ok(heap.bigint(value))
}

/// A float, if it is finite; else `badarith`.
pub fn finite(heap: &mut Heap, value: f64) -> Outcome {
    if value.is_finite() { Ok(heap.float(value)) } else { Err(Fail::BADARITH) }
}

/// Reductions that a product or quotient of two integers is worth beyond the instruction itself: none for usual sizes, and
/// enough for very large ones that a turn stays short.
pub fn cost(a: Term, b: Term) -> usize {
    if a.is_immediate() && b.is_immediate() {
        return 0;
    }
    words(a) * words(b) / 2048
}

/// As [`cost`], for operations that look once at each word of their operands.
pub fn linear_cost(a: Term, b: Term) -> usize {
    if a.is_immediate() && b.is_immediate() {
        return 0;
    }
    (words(a) + words(b)) / WORDS_PER_REDUCTION
}

/// Words that are copied, added or shifted for one reduction.
const WORDS_PER_REDUCTION: usize = 256;

fn words(t: Term) -> usize {
    if t.is_big() { t.words().len() } else { 1 }
}

fn both<'a>(a: Term, b: Term) -> Result<(Int<'a>, Int<'a>), Fail> {
    match (Int::of(a), Int::of(b)) {
        (Some(x), Some(y)) => Ok((x, y)),
        _ => Err(Fail::BADARITH),
    }
}

#[inline]
fn float_op(heap: &mut Heap, a: Term, b: Term, op: impl Fn(f64, f64) -> f64) -> Outcome {
    match (to_f64(a), to_f64(b)) {
        (Some(x), Some(y)) => finite(heap, op(x, y)),
        _ => Err(Fail::BADARITH),
    }
}

/// Whether an integer is immediate.
const fn fits_small(value: i128) -> bool {
    value >= SMALL_MIN as i128 && value <= SMALL_MAX as i128
}
