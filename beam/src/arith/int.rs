//! Integers as sign and magnitude, read from terms without copying, and the operations that need both.

use num_bigint::BigUint;

use super::{MAX_WORDS, fits_small, magnitude};
use crate::fail::{Fail, Outcome};
use crate::heap::Heap;
use crate::term::{Term, header_kind, kind};

/// If one side has no more words than this, the school's methods into the heap beat better ones with temporary numbers.
const SCHOOLBOOK_WORDS: usize = 150;

/// An integer term, taken apart.
#[derive(Clone, Copy)]
pub(super) struct Int<'a> {
    negative: bool,
    digits: Digits<'a>,
}

/// A magnitude, least significant word first, without leading zero words.
#[derive(Clone, Copy)]
enum Digits<'a> {
    Zero,
    One([u64; 1]),
    Many(&'a [u64]),
}

impl<'a> Int<'a> {
    pub(super) fn of(t: Term) -> Option<Int<'a>> {
        if t.is_small() {
            let value = t.as_small();
            let digits = if value == 0 { Digits::Zero } else { Digits::One([value.unsigned_abs()]) };
            return Some(Int { negative: value < 0, digits });
        }
        match header_kind(t.header()) {
            _ if !t.is_boxed() => None,
            kind::BIG_POS => Some(Int { negative: false, digits: Digits::Many(t.words()) }),
            kind::BIG_NEG => Some(Int { negative: true, digits: Digits::Many(t.words()) }),
            _ => None,
        }
    }
    pub(super) fn words(&self) -> &[u64] {
        match &self.digits {
            Digits::Zero => &[],
            Digits::One(word) => word,
            Digits::Many(words) => words,
        }
    }
    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }
    pub(super) fn negated(self) -> Int<'a> {
        Int { negative: !self.negative, ..self }
    }
}

/// The canonical term.
pub(super) fn to_term(heap: &mut Heap, x: &Int<'_>) -> Outcome {
    integer(heap, x.words().len(), |out| {
        out.copy_from_slice(x.words());
        x.negative
    })
}

pub(super) fn from_i128(heap: &mut Heap, value: i128) -> Term {
    if fits_small(value) {
        return Term::small(value as i64);
    }
    heap.integer(2, |out| {
        let magnitude = value.unsigned_abs();
        out.copy_from_slice(&[magnitude as u64, (magnitude >> 64) as u64]);
        value < 0
    })
}

/// As [`Heap::integer`], within the limits of integers and of the process. A magnitude may turn out a word shorter than asked for.
pub(super) fn integer(heap: &mut Heap, words: usize, fill: impl FnOnce(&mut [u64]) -> bool) -> Outcome {
    heap.check(words + 1)?;
    let term = heap.integer(words, fill);
    if words > MAX_WORDS && term.is_big() && term.words().len() > MAX_WORDS {
        return Err(Fail::SYSTEM_LIMIT);
    }
    Ok(term)
}

pub(super) fn add(heap: &mut Heap, x: &Int<'_>, y: &Int<'_>) -> Outcome {
    let (x, y) = if magnitude::less(x.words(), y.words()) { (y, x) } else { (x, y) };
    let (long, short) = (x.words(), y.words());
    if x.negative == y.negative {
        return integer(heap, long.len() + 1, |out| {
            magnitude::add(out, long, short);
            x.negative
        });
    }
    integer(heap, long.len(), |out| {
        magnitude::sub(out, long, short);
        x.negative
    })
}

pub(super) fn mul(heap: &mut Heap, x: &Int<'_>, y: &Int<'_>) -> Outcome {
    let (a, b) = (x.words(), y.words());
    let words = a.len() + b.len();
    if a.is_empty() || b.is_empty() {
        return Ok(Term::small(0));
    }
    if words > MAX_WORDS + 1 {
        return Err(Fail::SYSTEM_LIMIT);
    }
    let negative = x.negative != y.negative;
    if a.len().min(b.len()) <= SCHOOLBOOK_WORDS {
        return integer(heap, words, |out| {
            magnitude::mul(out, a, b);
            negative
        });
    }
    heap.check(words * 4)?;
    from_biguint(heap, &(biguint(a) * biguint(b)), negative)
}

/// The divisor must not be zero.
pub(super) fn div(heap: &mut Heap, x: &Int<'_>, y: &Int<'_>) -> Outcome {
    let (a, b) = (x.words(), y.words());
    let negative = x.negative != y.negative;
    if magnitude::less(a, b) {
        return Ok(Term::small(0));
    }
    if let [divisor] = *b {
        return integer(heap, a.len(), |out| {
            magnitude::div_rem_word(out, a, divisor);
            negative
        });
    }
    heap.check(a.len() * 4)?;
    let words = a.len() - b.len() + 1;
    if words.min(b.len()) <= SCHOOLBOOK_WORDS {
        return integer(heap, words, |out| {
            magnitude::div_rem(out, a, b);
            negative
        });
    }
    from_biguint(heap, &(biguint(a) / biguint(b)), negative)
}

/// The divisor must not be zero.
pub(super) fn rem(heap: &mut Heap, x: &Int<'_>, y: &Int<'_>) -> Outcome {
    let (a, b) = (x.words(), y.words());
    if magnitude::less(a, b) {
        return to_term(heap, x);
    }
    if let [divisor] = *b {
        return integer(heap, 1, |out| {
            out[0] = magnitude::rem_word(a, divisor);
            x.negative
        });
    }
    heap.check(a.len() * 4)?;
    if (a.len() - b.len() + 1).min(b.len()) <= SCHOOLBOOK_WORDS {
        return integer(heap, b.len(), |out| {
            out.copy_from_slice(&magnitude::div_rem(&mut [], a, b));
            x.negative
        });
    }
    from_biguint(heap, &(biguint(a) % biguint(b)), x.negative)
}

fn biguint(words: &[u64]) -> BigUint {
    let mut digits = Vec::with_capacity(2 * words.len());
    for word in words {
        digits.extend([*word as u32, (*word >> 32) as u32]);
    }
    BigUint::new(digits)
}

fn from_biguint(heap: &mut Heap, value: &BigUint, negative: bool) -> Outcome {
    let digits = value.iter_u64_digits();
    integer(heap, digits.len(), |out| {
        out.iter_mut().zip(digits).for_each(|(word, digit)| *word = digit);
        negative
    })
}
