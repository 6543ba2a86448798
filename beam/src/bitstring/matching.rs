//! Match contexts: a position in a bitstring that moves as segments are taken.
//!
//! A context is a boxed value that only the instructions of one match see, so it is changed in place. Instructions take
//! the functions at the end of this file; several of them in a row may share one [`Matcher`]. A segment that does not
//! match leaves the context as it was.

use crate::bits::{self, flag, half, integer};
use crate::bitstring::utf;
use crate::fail::Fail;
use crate::heap::Heap;
use crate::term::{Bits, SMALL_MAX, Term, header, kind};

const STORAGE: usize = 0;
const POSITION: usize = 1;
const END: usize = 2;
const START: usize = 3;

/// Words of a match context, counted from its header. All but the storage are small integers.
pub(crate) mod context {
    pub(crate) const STORAGE: usize = 1 + super::STORAGE;
    pub(crate) const POSITION: usize = 1 + super::POSITION;
    pub(crate) const END: usize = 1 + super::END;
    pub(crate) const START: usize = 1 + super::START;
}

/// Header of every match context.
pub(crate) const HEADER: u64 = header(kind::MATCH, 4, 0);

/// An opened match context. [`Matcher::commit`] writes the position back.
pub struct Matcher<'a> {
    context: Term,
    storage: Term,
    data: &'a [u8],
    /// Next bit, counted from the beginning of the storage.
    position: usize,
    end: usize,
}

impl Matcher<'_> {
    /// Opens a match context; nothing for any other term.
    #[inline]
    pub fn open<'a>(context: Term) -> Option<Matcher<'a>> {
        if context.header() != HEADER {
            return None;
        }
        let e = context.elements();
        let (position, end) = (e[POSITION].as_small() as usize, e[END].as_small() as usize);
        Some(Matcher { context, storage: e[STORAGE], data: e[STORAGE].storage(), position, end })
    }
    /// Writes the position back to the context.
    #[inline]
    pub fn commit(&self) {
        // SAFETY: `open` checked that it is a match context. Contexts are never literals and are reached only by the
        // instructions of one match, so no reference to their elements is in use: `open` copied what it needs.
        unsafe { *self.context.ptr().add(1 + POSITION) = Term::small(self.position as i64).0 }
    }
    /// Bits that are left.
    #[inline]
    pub fn remaining(&self) -> usize {
        self.end - self.position
    }
    /// The next eight bits.
    #[inline]
    pub fn byte(&mut self) -> Option<u8> {
        if self.remaining() < 8 {
            return None;
        }
        let at = self.position;
        self.position += 8;
        let (byte, shift) = (at / 8, at % 8);
        if shift == 0 {
            return self.data.get(byte).copied();
        }
        Some(self.data.get(byte)? << shift | self.data.get(byte + 1)? >> (8 - shift))
    }
    /// What is left.
    pub fn rest(&self) -> Bits<'_> {
        Bits { data: self.data, offset: self.position, len: self.remaining() }
    }
    /// Whether at least `bits` bits are left and what follows them is a multiple of `unit` (`ensure_at_least`).
    #[inline]
    pub fn has_at_least(&self, bits: usize, unit: usize) -> bool {
        self.remaining().checked_sub(bits).is_some_and(|after| unit <= 1 || after.is_multiple_of(unit))
    }
    /// Whether exactly `bits` bits are left (`ensure_exactly`).
    #[inline]
    pub fn has_exactly(&self, bits: usize) -> bool {
        self.remaining() == bits
    }
    /// Moves on. False if there are too few bits.
    #[inline]
    pub fn skip(&mut self, bits: usize) -> bool {
        let enough = bits <= self.remaining();
        if enough {
            self.position += bits;
        }
        enough
    }
    /// Takes an integer.
    #[inline]
    pub fn integer(&mut self, heap: &mut Heap, bits: usize, flags: u32) -> Result<Option<Term>, Fail> {
        let at = self.position;
        if !self.skip(bits) {
            return Ok(None);
        }
        if flags & (flag::LITTLE | flag::NATIVE | flag::SIGNED) == 0 && bits < 60 {
            return Ok(Some(Term::small(bits::read(self.data, at, bits) as i64)));
        }
        let value = integer::read(heap, self.data, at, bits, flags)?;
        // An integer larger than OTP has matches nothing.
        Ok((!value.is_boxed() || value.words().len() <= crate::arith::MAX_WORDS).then_some(value))
    }
    /// Takes a float of 16, 32 or 64 bits. Infinities and not-a-number do not match.
    pub fn float(&mut self, heap: &mut Heap, bits: usize, flags: u32) -> Option<Term> {
        if !matches!(bits, 16 | 32 | 64) || bits > self.remaining() {
            return None;
        }
        let read = bits::read(self.data, self.position, bits);
        let read = if flag::is_little(flags) { read.swap_bytes() >> (64 - bits) } else { read };
        let value = match bits {
            16 => half::to_double(read as u16)?,
            32 => f64::from(f32::from_bits(read as u32)),
            _ => f64::from_bits(read),
        };
        if !value.is_finite() {
            return None;
        }
        self.position += bits;
        Some(heap.float(value))
    }
    /// Takes a bitstring.
    pub fn binary(&mut self, heap: &mut Heap, bits: usize) -> Option<Term> {
        let at = self.position;
        self.skip(bits).then(|| heap.part(self.storage, at, bits))
    }
    /// Compares the next `bits` bits with the beginning of some bytes and moves on (`bs_match_string`).
    pub fn string(&mut self, expected: &[u8], bits: usize) -> bool {
        let enough = bits <= self.remaining() && bits <= expected.len() * 8;
        if !enough || !bits::equal(self.rest().part(0, bits), Bits::of(expected).part(0, bits)) {
            return false;
        }
        self.position += bits;
        true
    }
    /// Compares the next `bits` bits with an unsigned number and moves on (the `=:=` command of `bs_match`).
    #[inline]
    pub fn equals(&mut self, bits: usize, value: u64) -> bool {
        let same = bits <= 64 && bits <= self.remaining() && bits::read(self.data, self.position, bits) == value;
        if same {
            self.position += bits;
        }
        same
    }
    /// Takes a character of UTF-8.
    pub fn utf8(&mut self) -> Option<Term> {
        self.character(utf::read_utf8(self.rest()))
    }
    /// Takes a character of UTF-16.
    pub fn utf16(&mut self, flags: u32) -> Option<Term> {
        self.character(utf::read_utf16(self.rest(), flag::is_little(flags)))
    }
    /// Takes a character of UTF-32.
    pub fn utf32(&mut self, flags: u32) -> Option<Term> {
        self.character(utf::read_utf32(self.rest(), flag::is_little(flags)))
    }
    fn character(&mut self, read: Option<(char, usize)>) -> Option<Term> {
        let (c, bits) = read?;
        self.position += bits;
        Some(Term::small(c as i64))
    }
    /// What is left, as a bitstring. Does not move.
    pub fn tail(&self, heap: &mut Heap) -> Term {
        heap.part(self.storage, self.position, self.remaining())
    }
}

/// Runs a step on a context and keeps the new position if it gives a value.
#[inline]
fn step<T>(context: Term, take: impl FnOnce(&mut Matcher<'_>) -> Option<T>) -> Option<T> {
    let mut matcher = Matcher::open(context)?;
    let value = take(&mut matcher)?;
    matcher.commit();
    Some(value)
}

/// `bs_start_match2/3/4`: a context for a bitstring, or the context itself. Nothing for any other term.
pub fn start_match(heap: &mut Heap, term: Term) -> Option<Term> {
    if term.is_kind(kind::MATCH) {
        return Some(term);
    }
    let bits = term.bits()?;
    let (storage, start) = term.storage_and_offset();
    let (start, end) = (Term::small(start as i64), Term::small((start + bits.len) as i64));
    Some(heap.boxed_terms(kind::MATCH, 0, &[storage, start, end, start]))
}

/// Size in bits of a segment whose size is a term; nothing where it can match nothing.
pub fn segment_size(size: Term, unit: usize) -> Option<usize> {
    size.small_value().and_then(|n| usize::try_from(n).ok())?.checked_mul(unit)
}

/// `bs_get_integer2`, and `integer` of `bs_match`.
#[inline]
pub fn get_integer(heap: &mut Heap, context: Term, bits: usize, flags: u32) -> Result<Option<Term>, Fail> {
    let Some(mut matcher) = Matcher::open(context) else { return Ok(None) };
    let value = matcher.integer(heap, bits, flags)?;
    matcher.commit();
    Ok(value)
}
/// `bs_get_float2`
pub fn get_float(heap: &mut Heap, context: Term, bits: usize, flags: u32) -> Option<Term> {
    step(context, |m| m.float(heap, bits, flags))
}
/// `bs_get_binary2` with a size, and `binary` of `bs_match`.
pub fn get_binary(heap: &mut Heap, context: Term, bits: usize) -> Option<Term> {
    step(context, |m| m.binary(heap, bits))
}
/// `bs_get_binary2` with size `all`: the rest, if it is a multiple of the unit.
pub fn get_rest(heap: &mut Heap, context: Term, unit: usize) -> Option<Term> {
    step(context, |m| if m.has_at_least(0, unit) { m.binary(heap, m.remaining()) } else { None })
}
/// `bs_skip_bits2`, and `skip` of `bs_match`.
pub fn skip_bits(context: Term, bits: usize) -> bool {
    step(context, |m| m.skip(bits).then_some(())).is_some()
}
/// `bs_skip_bits2` with size `all`.
pub fn skip_rest(context: Term, unit: usize) -> bool {
    step(context, |m| (m.has_at_least(0, unit) && m.skip(m.remaining())).then_some(())).is_some()
}
/// `bs_test_tail2`, and `ensure_exactly` of `bs_match`: whether exactly so many bits are left.
#[inline]
pub fn test_tail(context: Term, bits: usize) -> bool {
    Matcher::open(context).is_some_and(|m| m.has_exactly(bits))
}
/// `bs_test_unit`: whether a multiple of the unit is left.
pub fn test_unit(context: Term, unit: usize) -> bool {
    ensure_at_least(context, 0, unit)
}
/// `ensure_at_least` of `bs_match`.
#[inline]
pub fn ensure_at_least(context: Term, bits: usize, unit: usize) -> bool {
    Matcher::open(context).is_some_and(|m| m.has_at_least(bits, unit))
}
/// `=:=` of `bs_match`.
#[inline]
pub fn equals(context: Term, bits: usize, value: u64) -> bool {
    step(context, |m| m.equals(bits, value).then_some(())).is_some()
}
/// `bs_match_string`
pub fn match_string(context: Term, expected: &[u8], bits: usize) -> bool {
    step(context, |m| m.string(expected, bits).then_some(())).is_some()
}
/// `bs_get_utf8`, `bs_skip_utf8`
pub fn get_utf8(context: Term) -> Option<Term> {
    step(context, |m| m.utf8())
}
/// `bs_get_utf16`, `bs_skip_utf16`
pub fn get_utf16(context: Term, flags: u32) -> Option<Term> {
    step(context, |m| m.utf16(flags))
}
/// `bs_get_utf32`, `bs_skip_utf32`
pub fn get_utf32(context: Term, flags: u32) -> Option<Term> {
    step(context, |m| m.utf32(flags))
}
/// `bs_get_tail`, and `get_tail` of `bs_match`: what is left, without moving on. Gives a bitstring as it is.
pub fn get_tail(heap: &mut Heap, context: Term) -> Term {
    Matcher::open(context).map_or(context, |m| m.tail(heap))
}
/// `bs_context_to_binary`: all that the match began with. Any other term stays as it is.
pub fn to_binary(heap: &mut Heap, context: Term) -> Term {
    let Some(mut matcher) = Matcher::open(context) else { return context };
    matcher.position = context.elements()[START].as_small() as usize;
    matcher.tail(heap)
}
/// `bs_get_position`: bits since the beginning.
#[inline]
pub fn get_position(context: Term) -> Term {
    if context.header() != HEADER {
        return Term::small(0);
    }
    let e = context.elements();
    Term::small(e[POSITION].as_small() - e[START].as_small())
}
/// `bs_set_position`: as [`get_position`] gave it. A position that is none of this context is ignored.
pub fn set_position(context: Term, position: Term) {
    step(context, |m| {
        let start = context.elements()[START].as_small();
        let wanted = position.small_value().filter(|p| (0..=SMALL_MAX - start).contains(p))? + start;
        m.position = usize::try_from(wanted).ok().filter(|p| *p <= m.end)?;
        Some(())
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{parse, process, show};
    use crate::vm::Vm;

    /// A context over the bytes, at the first bit, whatever the storage is like.
    fn contexts(heap: &mut Heap, bytes: &[u8], bits: usize) -> Vec<Term> {
        let heap_binary = heap.bits(bytes, bits);
        let mut longer = vec![0xa5; 100];
        bits::copy(&mut longer, 13, bytes, 0, bits);
        longer.resize(200, 0x5a);
        let storage = heap.binref(longer, 1600);
        let size = Term::small(bits as i64);
        let shared = heap.boxed_terms(kind::SUBBITS, 0, &[size, Term::small(13), storage]);
        [heap_binary, shared].iter().filter_map(|t| start_match(heap, *t)).collect()
    }

    #[test]
    fn segments_are_taken_one_after_the_other() {
        // <<A:8, B:16/little, C:3/signed, D:5, R:4/binary, T/binary>> = <<1,2,3,16#e5,"abcd","tail">>
        let mut heap = Heap::new(1000);
        for context in contexts(&mut heap, b"\x01\x02\x03\xe5abcdtail", 96) {
            let h = &mut heap;
            assert!(ensure_at_least(context, 64, 8));
            assert!(!ensure_at_least(context, 64, 64));
            assert_eq!(get_integer(h, context, 8, 0), Ok(Some(Term::small(1))));
            assert_eq!(get_integer(h, context, 16, flag::LITTLE), Ok(Some(Term::small(0x302))));
            assert_eq!(get_integer(h, context, 3, flag::SIGNED), Ok(Some(Term::small(-1))));
            assert_eq!(get_integer(h, context, 5, 0), Ok(Some(Term::small(5))));
            assert_eq!(get_position(context), Term::small(32));
            assert_eq!(get_binary(h, context, 32).and_then(Term::aligned_bytes), Some(&b"abcd"[..]));
            assert_eq!(get_tail(h, context).aligned_bytes(), Some(&b"tail"[..]));
            assert!(!match_string(context, b"tall", 32));
            assert!(match_string(context, b"tao", 20));
            assert!(!equals(context, 12, 0x96d));
            assert!(equals(context, 4, 9));
            assert!(test_tail(context, 8) && test_unit(context, 4) && !test_unit(context, 3));
            assert_eq!(get_integer(h, context, 9, 0), Ok(None));
            assert_eq!(get_integer(h, context, usize::MAX, 0), Ok(None));
            assert_eq!(get_rest(h, context, 16), None);
            assert_eq!(get_rest(h, context, 8).and_then(Term::aligned_bytes), Some(&b"l"[..]));
            assert!(test_tail(context, 0) && !skip_bits(context, 1) && skip_rest(context, 8));
            assert_eq!(
                to_binary(h, context).bits().map(|b| b.bytes().to_vec()),
                Some(b"\x01\x02\x03\xe5abcdtail".to_vec())
            );
            set_position(context, Term::small(97));
            assert!(test_tail(context, 0));
            set_position(context, Term::small(88));
            assert!(test_tail(context, 8));
        }
    }

    #[test]
    fn floats_match_unless_they_are_infinite() {
        let cases: &[(&[u8], u32, Option<f64>)] = &[
            (&[0x7b, 0xff], 0, Some(65504.0)),
            (&[0, 0x3c], flag::LITTLE, Some(1.0)),
            (&[0x7c, 0], 0, None),
            (&[0x7f, 0x80, 0, 0], 0, None),
            (&[0, 0, 0, 1], 0, Some(1.401298464324817e-45)),
            (&[0x40, 9, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18], 0, Some(std::f64::consts::PI)),
            (&[0x18, 0x2d, 0x44, 0x54, 0xfb, 0x21, 9, 0x40], flag::NATIVE, Some(std::f64::consts::PI)),
            (&[0x7f, 0xf0, 0, 0, 0, 0, 0, 1], 0, None),
            (&[0; 3], 0, None),
        ];
        let mut heap = Heap::new(1000);
        for (bytes, flags, expected) in cases {
            for context in contexts(&mut heap, bytes, bytes.len() * 8) {
                let value = get_float(&mut heap, context, bytes.len() * 8, *flags).and_then(Term::float);
                assert_eq!(value, *expected, "{bytes:?}");
                assert!(test_tail(context, if expected.is_some() { 0 } else { bytes.len() * 8 }));
            }
        }
    }

    #[test]
    fn characters_need_all_their_bits() {
        let mut heap = Heap::new(1000);
        for context in contexts(&mut heap, "é€".as_bytes(), 39) {
            assert_eq!(get_utf8(context), Some(Term::small(0xe9)));
            assert_eq!(get_utf8(context), None);
            assert_eq!(get_position(context), Term::small(16));
        }
        for context in contexts(&mut heap, &[0x34, 0xd8, 0x1e, 0xdd, 0x41, 0, 0, 0], 64) {
            assert_eq!(get_utf16(context, 0), Some(Term::small(0x34d8)));
            set_position(context, Term::small(0));
            assert_eq!(get_utf16(context, flag::LITTLE), Some(Term::small(0x1d11e)));
            assert_eq!(get_utf32(context, 0), None);
            assert_eq!(get_utf32(context, flag::LITTLE), Some(Term::small(65)));
        }
    }

    #[test]
    fn sizes_that_are_no_sizes_match_nothing() {
        let mut heap = Heap::new(100);
        let big = heap.uint(u64::MAX);
        assert_eq!(segment_size(Term::small(3), 8), Some(24));
        for size in [Term::small(-1), Term::NIL, big] {
            assert_eq!(segment_size(size, 1), None);
        }
        assert_eq!(segment_size(Term::small(1 << 59), 256), None);
        assert_eq!(start_match(&mut heap, Term::NIL), None);
        assert_eq!(get_integer(&mut heap, Term::NIL, 8, 0), Ok(None));
        let context = contexts(&mut heap, b"x", 8)[0];
        assert_eq!(start_match(&mut heap, context), Some(context));
    }

    /// Takes the segment that a tuple describes.
    fn take(vm: &mut Vm, context: Term, segment: Term) -> Option<Term> {
        let [kind, size, unit, flags] = *segment.tuple_of::<4>().expect("a segment has four elements");
        let small = |t: Term| t.small_value().expect("a small number");
        let (flags, bits) = (small(flags) as u32, super::segment_size(size, small(unit) as usize));
        let kind = vm.atom_name(kind).to_string();
        let heap = &mut vm.heap;
        match &*kind {
            "integer" => get_integer(heap, context, bits?, flags).expect("there is room"),
            "float" => get_float(heap, context, bits?, flags),
            "binary" => get_binary(heap, context, bits?),
            "utf8" => get_utf8(context),
            "utf16" => get_utf16(context, flags),
            "utf32" => get_utf32(context, flags),
            _ => panic!("{kind}"),
        }
    }

    #[test]
    fn random_segments_match_as_in_otp() {
        let mut vm = process();
        let mut wrong = Vec::new();
        for line in include_str!("../../tables/matching.txt").lines().skip(1) {
            let (call, expected) = line.split_once(" => ").expect("a line is a match and its result");
            let case = parse(&mut vm, call);
            let [bits, segments] = *case.tuple_of::<2>().expect("a bitstring and segments");
            let context = start_match(&mut vm.heap, bits).expect("a bitstring");
            let taken: Option<Vec<Term>> = segments.list().map(|s| take(&mut vm, context, s)).collect();
            let shown = match taken {
                Some(mut values) => {
                    values.push(get_tail(&mut vm.heap, context));
                    let list = vm.heap.list(&values);
                    show(&vm, list)
                }
                None => "nomatch".to_string(),
            };
            let expected = parse(&mut vm, expected);
            let expected = show(&vm, expected);
            if shown != expected {
                wrong.push(format!("{call}\n  gives    {shown}\n  expected {expected}"));
            }
        }
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    }
}
