//! Bitwise operators and shifts. Negative integers behave as two's complement of unlimited width.

use super::int::{self, Int};
use super::{MAX_WORDS, both, fits_small};
use crate::fail::{Fail, Outcome};
use crate::heap::Heap;
use crate::term::Term;

/// `A band B`
pub fn band(heap: &mut Heap, a: Term, b: Term) -> Outcome {
    bitwise(heap, a, b, |x, y| x & y)
}
/// `A bor B`
pub fn bor(heap: &mut Heap, a: Term, b: Term) -> Outcome {
    bitwise(heap, a, b, |x, y| x | y)
}
/// `A bxor B`
pub fn bxor(heap: &mut Heap, a: Term, b: Term) -> Outcome {
    bitwise(heap, a, b, |x, y| x ^ y)
}
/// `bnot A`
pub fn bnot(heap: &mut Heap, a: Term) -> Outcome {
    bxor(heap, a, Term::small(-1))
}
/// `A bsl B`; a negative `B` shifts to the right.
pub fn bsl(heap: &mut Heap, a: Term, b: Term) -> Outcome {
    shift(heap, a, b, false)
}
/// `A bsr B`: rounds towards minus infinity; a negative `B` shifts to the left.
pub fn bsr(heap: &mut Heap, a: Term, b: Term) -> Outcome {
    shift(heap, a, b, true)
}

fn bitwise(heap: &mut Heap, a: Term, b: Term, op: impl Fn(u64, u64) -> u64) -> Outcome {
    if a.is_small() && b.is_small() {
        return Ok(Term::small(op(a.as_small() as u64, b.as_small() as u64) as i64));
    }
    let (x, y) = both(a, b)?;
    // One word more than the operands holds the sign of the result.
    let words = x.words().len().max(y.words().len()) + 1;
    int::integer(heap, words, |out| {
        let (mut xs, mut ys) = (TwosComplement::of(&x), TwosComplement::of(&y));
        for word in out.iter_mut() {
            *word = op(xs.next_word(), ys.next_word());
        }
        let negative = out.last().is_some_and(|w| (*w as i64) < 0);
        if negative {
            negate(out);
        }
        negative
    })
}

fn shift(heap: &mut Heap, a: Term, b: Term, right: bool) -> Outcome {
    let (x, distance) = both(a, b)?;
    if x.words().is_empty() {
        return Ok(a);
    }
    let right = right != distance.is_negative();
    let bits = match distance.words() {
        [] => return Ok(a),
        [bits] => *bits,
        _ => u64::MAX,
    };
    if right { shift_right(heap, a, &x, bits) } else { shift_left(heap, a, &x, bits) }
}

fn shift_left(heap: &mut Heap, a: Term, x: &Int<'_>, bits: u64) -> Outcome {
    if bits > MAX_WORDS as u64 * 64 {
        return Err(Fail::SYSTEM_LIMIT);
    }
    if a.is_small() && bits < 64 {
        let value = i128::from(a.as_small()) << bits;
        return if fits_small(value) { Ok(Term::small(value as i64)) } else { Ok(int::from_i128(heap, value)) };
    }
    let (skip, bits) = ((bits / 64) as usize, bits % 64);
    let words = x.words().len() + skip + 1;
    if words > MAX_WORDS + 1 {
        return Err(Fail::SYSTEM_LIMIT);
    }
    int::integer(heap, words, |out| {
        let mut low = 0;
        for (o, word) in out[skip..].iter_mut().zip(x.words().iter().chain(&[0])) {
            *o = if bits == 0 { *word } else { word << bits | low >> (64 - bits) };
            low = *word;
        }
        x.is_negative()
    })
}

fn shift_right(heap: &mut Heap, a: Term, x: &Int<'_>, bits: u64) -> Outcome {
    if a.is_small() {
        return Ok(Term::small(a.as_small() >> bits.min(63)));
    }
    let words = x.words();
    if bits >= words.len() as u64 * 64 {
        return Ok(Term::small(if x.is_negative() { -1 } else { 0 }));
    }
    let (skip, bits) = ((bits / 64) as usize, bits % 64);
    let (lost, kept) = words.split_at(skip);
    let is_exact = lost.iter().all(|w| *w == 0) && kept[0] & ((1 << bits) - 1) == 0;
    int::integer(heap, kept.len() + 1, |out| {
        for (i, o) in out.iter_mut().enumerate() {
            let word = |i: usize| kept.get(i).copied().unwrap_or(0);
            *o = if bits == 0 { word(i) } else { word(i) >> bits | word(i + 1) << (64 - bits) };
        }
        if x.is_negative() && !is_exact {
            increment(out);
        }
        x.is_negative()
    })
}

/// The words of an integer in two's complement, without end.
struct TwosComplement<'a> {
    words: &'a [u64],
    at: usize,
    negative: bool,
    carry: bool,
}

impl<'a> TwosComplement<'a> {
    fn of(x: &'a Int<'_>) -> TwosComplement<'a> {
        TwosComplement { words: x.words(), at: 0, negative: x.is_negative(), carry: true }
    }
    fn next_word(&mut self) -> u64 {
        let word = self.words.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        if !self.negative {
            return word;
        }
        let (word, carry) = (!word).overflowing_add(u64::from(self.carry));
        self.carry = carry;
        word
    }
}

fn negate(words: &mut [u64]) {
    words.iter_mut().for_each(|w| *w = !*w);
    increment(words);
}

fn increment(words: &mut [u64]) {
    for word in words {
        let (sum, carry) = word.overflowing_add(1);
        *word = sum;
        if !carry {
            return;
        }
    }
}
