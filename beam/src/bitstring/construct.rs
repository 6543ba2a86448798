//! Constructing bitstrings: `bs_create_bin`, and the instructions of compilers before OTP 25 on the [`Builder`] that
//! the process keeps between them.
//!
//! Errors come in OTP's order: first all sizes are added up, then values are written from the left. Those of
//! `bs_create_bin` carry the cause `{Segment, Type, What, Value}` that `erl_erts_errors` explains.

use crate::atoms;
use crate::bits::MAX_BITS;
use crate::bitstring::builder::{Builder, Refusal, Writer, character};
use crate::fail::{Fail, Outcome};
use crate::heap::Heap;
use crate::term::{SMALL_MAX, Term, header_kind, kind};

/// Type of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bitstring that the others are appended to. Only as the first segment.
    Append,
    /// As `Append`, where the compiler knows that nobody else uses the bitstring.
    PrivateAppend,
    /// A bitstring.
    Binary,
    /// A float.
    Float,
    /// An integer.
    Integer,
    /// Literal bytes.
    String,
    /// A character in UTF-8.
    Utf8,
    /// A character in UTF-16.
    Utf16,
    /// A character in UTF-32.
    Utf32,
}

/// One segment of `bs_create_bin`.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// Type.
    pub kind: Kind,
    /// Number of the segment in the source, for error messages.
    pub number: u32,
    /// Bits that the size counts.
    pub unit: u32,
    /// Field flags (see [`crate::bits::flag`]).
    pub flags: u32,
    /// Its value; not used for strings.
    pub value: Term,
    /// Its size in units: an integer, `all` or `undefined`; not used for strings.
    pub size: Term,
    /// Bytes of a string.
    pub string: &'a [u8],
}

/// Most bits that OTP takes for a size at all.
const LARGEST_SIZE: u64 = (1 << 59) - 1;

/// Size in bits of a segment (OTP Reference Manual, Bit Syntax Expressions).
#[inline(always)]
fn bit_size(size: Term, unit: u32) -> Result<u64, Refusal> {
    match size.small_value().map(u64::try_from) {
        Some(Ok(n)) => n.checked_mul(u64::from(unit)).filter(|bits| *bits <= LARGEST_SIZE).ok_or(Refusal::Large),
        _ if size.is_big() && header_kind(size.header()) == kind::BIG_POS => Err(Refusal::Large),
        _ => Err(Refusal::NoSize),
    }
}

/// As [`bit_size`], with the error of the old instructions.
fn segment_size(size: Term, unit: u32) -> Result<u64, Fail> {
    bit_size(size, unit).map_err(|r| if r == Refusal::Large { Fail::SYSTEM_LIMIT } else { Fail::BADARG })
}

/// `bs_create_bin`: a bitstring of segments.
pub fn create(heap: &mut Heap, segments: &[Segment<'_>]) -> Outcome {
    create_with(heap, segments.len(), |i| segments[i])
}

/// As [`create`] where `segment` gives each of `count` segments. It is asked for each of them twice.
#[inline(always)]
pub fn create_with<'a>(heap: &mut Heap, count: usize, segment: impl Fn(usize) -> Segment<'a>) -> Outcome {
    let appends = count > 0 && matches!(segment(0).kind, Kind::Append | Kind::PrivateAppend);
    let rest = usize::from(appends)..count;
    let mut total = 0;
    for i in rest.clone() {
        match size_of(&segment(i)) {
            Ok(size) if total + size <= MAX_BITS as u64 => total += size,
            other => return Err(refused(heap, &segment(i), other.err().unwrap_or(Refusal::Large))),
        }
    }
    let (mut builder, whole) = if appends {
        let prefix = segment(0);
        if let Err(refusal) = check_prefix(&prefix) {
            return Err(refused(heap, &prefix, refusal));
        }
        Builder::append(heap, prefix.value, total as usize)?
    } else {
        Builder::new(heap, total as usize)?
    };
    let mut at = rest.start;
    let written = builder.write(|writer| {
        while at < count {
            put(writer, &segment(at))?;
            at += 1;
        }
        Ok(())
    });
    match written {
        Ok(()) => Ok(whole),
        Err(refusal) => {
            builder.abandon();
            Err(refused(heap, &segment(at), refusal))
        }
    }
}

#[inline]
fn check_prefix(segment: &Segment<'_>) -> Result<(), Refusal> {
    let (_, _, len) = segment.value.place().ok_or(Refusal::Type)?;
    if segment.unit <= 1 || len.is_multiple_of(segment.unit as usize) { Ok(()) } else { Err(Refusal::Unit) }
}

/// Size of a segment in bits. Whether the value has the unit, or is a character in UTF-16, is only looked at when it is
/// written, as in OTP.
#[inline(always)]
fn size_of(segment: &Segment<'_>) -> Result<u64, Refusal> {
    let size = match segment.kind {
        Kind::String => segment.string.len() * 8,
        Kind::Utf8 => character(segment.value)?.len_utf8() * 8,
        Kind::Utf16 => character(segment.value).map_or(32, |c| c.len_utf16() * 16),
        Kind::Utf32 => character(segment.value).map(|_| 32)?,
        _ if segment.size == atoms::ALL => segment.value.place().ok_or(Refusal::Type)?.2,
        _ => return bit_size(segment.size, segment.unit),
    };
    Ok(size as u64)
}

#[inline(always)]
fn put(writer: &mut Writer<'_>, segment: &Segment<'_>) -> Result<(), Refusal> {
    let Segment { value, flags, .. } = *segment;
    // The size was checked, and all of them together are at most `MAX_BITS`.
    let size = || bit_size(segment.size, segment.unit).map_or(0, |s| s as usize);
    match segment.kind {
        Kind::Integer => writer.integer(value, size(), flags),
        Kind::Float => writer.float(value, size(), flags),
        Kind::String => writer.string(segment.string),
        Kind::Utf8 => writer.utf8(value),
        Kind::Utf16 => writer.utf16(value, flags),
        Kind::Utf32 => writer.utf32(value, flags),
        Kind::Append | Kind::PrivateAppend | Kind::Binary if segment.size == atoms::ALL => {
            writer.whole(value, segment.unit as usize)
        }
        Kind::Append | Kind::PrivateAppend | Kind::Binary => writer.binary(value, size()),
    }
}

#[cold]
fn refused(heap: &mut Heap, segment: &Segment<'_>, refusal: Refusal) -> Fail {
    let (what, value) = match refusal {
        Refusal::Type => (atoms::TYPE, segment.value),
        Refusal::Short => (atoms::SHORT, segment.value),
        Refusal::Unit => (atoms::UNIT, segment.value),
        Refusal::NoFloat => (atoms::NO_FLOAT, segment.value),
        Refusal::Size | Refusal::Room => (atoms::INVALID, segment.size),
        Refusal::NoSize | Refusal::Large => (atoms::SIZE, segment.size),
    };
    let reason = if refusal == Refusal::Large { atoms::SYSTEM_LIMIT } else { atoms::BADARG };
    failure(heap, segment, reason, what, value)
}

/// The error of a segment with its `error_info`.
#[cold]
fn failure(heap: &mut Heap, segment: &Segment<'_>, reason: Term, what: Term, value: Term) -> Fail {
    let kind = match segment.kind {
        Kind::Append | Kind::PrivateAppend | Kind::Binary => atoms::BINARY,
        Kind::Float => atoms::FLOAT,
        Kind::Integer => atoms::INTEGER,
        Kind::String => atoms::STRING,
        Kind::Utf8 => atoms::UTF8,
        Kind::Utf16 => atoms::UTF16,
        Kind::Utf32 => atoms::UTF32,
    };
    let cause = heap.tuple(&[Term::small(i64::from(segment.number)), kind, what, value]);
    let mut pairs =
        [(atoms::CAUSE, cause), (atoms::FUNCTION, atoms::FORMAT_BS_FAIL), (atoms::MODULE, atoms::ERL_ERTS_ERRORS)];
    // Keys of a small map are sorted; atoms by their number.
    pairs.sort_by_key(|(key, _)| key.atom_index());
    let keys = heap.tuple(&pairs.map(|(key, _)| key));
    let [a, b, c] = pairs.map(|(_, value)| value);
    let info = heap.boxed_terms(crate::term::kind::FLATMAP, 0, &[keys, a, b, c]);
    Fail::CallerError { reason, args: Term::NONE, info }
}

/// `bs_add`: `a + b * unit`.
pub fn add_sizes(a: Term, b: Term, unit: u32) -> Outcome {
    let (a, b) = (segment_size(a, 1)?, segment_size(b, unit)?);
    i64::try_from(a + b).ok().filter(|sum| *sum <= SMALL_MAX).map(Term::small).ok_or(Fail::SYSTEM_LIMIT)
}

/// `bs_init2` (unit 8) and `bs_init_bits` (unit 1).
pub fn init(heap: &mut Heap, size: Term, unit: u32) -> Result<(Builder, Term), Fail> {
    let bits = segment_size(size, unit)?;
    if bits > MAX_BITS as u64 { Err(Fail::SYSTEM_LIMIT) } else { Builder::new(heap, bits as usize) }
}

/// `bs_append` and `bs_private_append`: appends `extra` bits, a term, to a bitstring that is a multiple of the unit.
pub fn append(heap: &mut Heap, bitstring: Term, extra: Term, unit: u32) -> Result<(Builder, Term), Fail> {
    let extra = segment_size(extra, 1)?;
    let bits = bitstring.bits().ok_or(Fail::BADARG)?;
    if !bits.len.is_multiple_of(unit.max(1) as usize) {
        return Err(Fail::BADARG);
    }
    if extra > MAX_BITS as u64 { Err(Fail::SYSTEM_LIMIT) } else { Builder::append(heap, bitstring, extra as usize) }
}

/// `bs_init_writable`: an empty bitstring with room for some bytes, as a comprehension begins with.
pub fn init_writable(heap: &mut Heap, size: Term) -> Outcome {
    const MOST: i64 = 1 << 20;
    let room = size.small_value().map_or(0, |n| n.clamp(0, MOST)) as usize;
    Builder::empty_with_room(heap, room)
}

/// `bs_put_integer`, `bs_put_float`, `bs_put_binary`: a value of a size in units; size `all` for a whole bitstring.
pub fn put_sized(
    builder: &mut Builder,
    kind: Kind,
    value: Term,
    size: Term,
    unit: u32,
    flags: u32,
) -> Result<(), Fail> {
    if size != atoms::ALL {
        segment_size(size, unit)?;
    }
    let segment = Segment { kind, number: 0, unit, flags, value, size, string: &[] };
    builder.write(|writer| put(writer, &segment)).map_err(|_| Fail::BADARG)
}

/// `bs_put_string`
pub fn put_string(builder: &mut Builder, bytes: &[u8]) -> Result<(), Fail> {
    builder.write(|writer| writer.string(bytes)).map_err(|_| Fail::BADARG)
}

/// `bs_put_utf8`, `bs_put_utf16`, `bs_put_utf32`
pub fn put_utf(builder: &mut Builder, kind: Kind, value: Term, flags: u32) -> Result<(), Fail> {
    let size = atoms::UNDEFINED;
    let segment = Segment { kind, number: 0, unit: 1, flags, value, size, string: &[] };
    builder.write(|writer| put(writer, &segment)).map_err(|_| Fail::BADARG)
}

/// `bs_utf8_size`: bytes of a character. What is no character gives the size of some, and fails when it is put.
pub fn utf8_size(value: Term) -> Term {
    Term::small(character(value).map_or(4, char::len_utf8) as i64)
}

/// `bs_utf16_size`: as [`utf8_size`].
pub fn utf16_size(value: Term) -> Term {
    Term::small(character(value).map_or(4, |c| c.len_utf16() * 2) as i64)
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;

    use super::*;
    use crate::bits::flag;
    use crate::testing::{parse, process, show};
    use crate::vm::Vm;

    const ANY: Segment<'static> = Segment {
        kind: Kind::Integer,
        number: 1,
        unit: 1,
        flags: 0,
        value: Term::NIL,
        size: atoms::UNDEFINED,
        string: &[],
    };

    fn integer(value: Term, size: i64) -> Segment<'static> {
        Segment { value, size: Term::small(size), ..ANY }
    }
    fn float(value: Term, size: i64) -> Segment<'static> {
        Segment { kind: Kind::Float, value, size: Term::small(size), ..ANY }
    }
    fn all(kind: Kind, value: Term, unit: u32) -> Segment<'static> {
        Segment { kind, value, unit, size: atoms::ALL, ..ANY }
    }
    fn bytes(term: Term) -> Vec<u8> {
        term.bits().map_or(Vec::new(), |b| b.bytes().to_vec())
    }

    #[test]
    fn segments_become_bits() {
        let mut h = Heap::new(1000);
        let (abc, five_bits) = (h.binary(b"abc"), h.bits(&[0b1011_0111], 5));
        let (pi, big) = (h.float(1.5), h.bigint(&(BigInt::from(1) << 70)));
        let utf = |kind, value, flags| Segment { kind, value: Term::small(value), flags, ..ANY };
        let string = Segment { kind: Kind::String, string: b"xyz", ..ANY };
        let cases: &[(&[Segment<'_>], &[u8], usize)] = &[
            (&[], &[], 0),
            (&[integer(Term::small(-1), 12)], &[0xff, 0xf0], 12),
            (&[integer(big, 72)], &[0x40, 0, 0, 0, 0, 0, 0, 0, 0], 72),
            (&[Segment { flags: flag::LITTLE, ..integer(Term::small(0x123), 12) }], &[0x23, 0x10], 12),
            (&[all(Kind::Append, abc, 8), integer(Term::small(100), 8)], b"abcd", 32),
            (&[all(Kind::Binary, five_bits, 1), all(Kind::Binary, abc, 8)], &[0xb3, 0x0b, 0x13, 0x18], 29),
            (&[Segment { unit: 8, size: Term::small(2), ..all(Kind::Binary, abc, 8) }, string], b"abxyz", 40),
            (
                &[float(pi, 64), float(Term::small(2), 32), float(Term::small(1), 16)],
                b"\x3f\xf8\0\0\0\0\0\0\x40\0\0\0\x3c\0",
                112,
            ),
            (&[Segment { flags: flag::LITTLE, ..float(pi, 16) }], &[0, 0x3e], 16),
            (&[utf(Kind::Utf8, 0x20ac, 0), utf(Kind::Utf16, 0x20ac, 0)], &[0xe2, 0x82, 0xac, 0x20, 0xac], 40),
            (&[utf(Kind::Utf16, 0x1d11e, flag::LITTLE)], &[0x34, 0xd8, 0x1e, 0xdd], 32),
            (&[utf(Kind::Utf32, 0x1d11e, 0)], &[0, 1, 0xd1, 0x1e], 32),
        ];
        for (segments, expected, bits) in cases {
            let whole = create(&mut h, segments).expect("no segment is wrong");
            assert_eq!((bytes(whole), whole.bits().map(|b| b.len)), (expected.to_vec(), Some(*bits)), "{segments:?}");
        }
    }

    #[test]
    fn errors_name_segment_type_and_value() {
        let mut h = Heap::new(1000);
        let (one_bit, byte) = (h.bits(&[0x80], 1), h.binary(b"x"));
        let (huge, negative) = (h.bigint(&(BigInt::from(1) << 70)), h.bigint(&(BigInt::from(-1) << 70)));
        let no_float = h.bigint(&(BigInt::from(1) << 2000));
        let bad = atoms::ERROR;
        let size = |kind, value, size| Segment { kind, value, size, ..ANY };
        let second = |segment| Segment { number: 2, ..segment };
        let small = Term::small;
        let cases: &[(&[Segment<'_>], Term, Term, Term, Term)] = &[
            (&[integer(bad, 8)], atoms::BADARG, atoms::INTEGER, atoms::TYPE, bad),
            (&[integer(bad, 0)], atoms::BADARG, atoms::INTEGER, atoms::TYPE, bad),
            (&[integer(bad, -1)], atoms::BADARG, atoms::INTEGER, atoms::SIZE, small(-1)),
            (&[size(Kind::Integer, bad, bad)], atoms::BADARG, atoms::INTEGER, atoms::SIZE, bad),
            (&[size(Kind::Integer, bad, huge)], atoms::SYSTEM_LIMIT, atoms::INTEGER, atoms::SIZE, huge),
            (&[size(Kind::Integer, bad, negative)], atoms::BADARG, atoms::INTEGER, atoms::SIZE, negative),
            (&[integer(bad, 1 << 59)], atoms::SYSTEM_LIMIT, atoms::INTEGER, atoms::SIZE, small(1 << 59)),
            (&[integer(bad, 8), second(integer(small(1), -1))], atoms::BADARG, atoms::INTEGER, atoms::SIZE, small(-1)),
            (
                &[integer(bad, 8), second(size(Kind::Utf8, small(-1), bad))],
                atoms::BADARG,
                atoms::UTF8,
                atoms::TYPE,
                small(-1),
            ),
            (
                &[integer(bad, 8), second(size(Kind::Utf32, small(0xd800), bad))],
                atoms::BADARG,
                atoms::UTF32,
                atoms::TYPE,
                small(0xd800),
            ),
            (&[all(Kind::Binary, bad, 8)], atoms::BADARG, atoms::BINARY, atoms::TYPE, bad),
            (&[all(Kind::Append, one_bit, 8)], atoms::BADARG, atoms::BINARY, atoms::UNIT, one_bit),
            (
                &[all(Kind::Append, bad, 8), second(integer(small(1), -1))],
                atoms::BADARG,
                atoms::INTEGER,
                atoms::SIZE,
                small(-1),
            ),
            (&[size(Kind::Binary, byte, small(9))], atoms::BADARG, atoms::BINARY, atoms::SHORT, byte),
            (&[size(Kind::Binary, bad, small(9))], atoms::BADARG, atoms::BINARY, atoms::TYPE, bad),
            (&[float(bad, 64)], atoms::BADARG, atoms::FLOAT, atoms::TYPE, bad),
            (&[float(bad, 63)], atoms::BADARG, atoms::FLOAT, atoms::INVALID, small(63)),
            (&[float(no_float, 64)], atoms::BADARG, atoms::FLOAT, atoms::NO_FLOAT, no_float),
            (&[float(bad, 63), second(all(Kind::Binary, bad, 8))], atoms::BADARG, atoms::BINARY, atoms::TYPE, bad),
        ];
        for (segments, reason, kind, what, value) in cases {
            let number = small(segments.len() as i64);
            let fail = create(&mut h, segments);
            let Err(Fail::CallerError { reason: r, info, .. }) = fail else { panic!("{segments:?} gives {fail:?}") };
            let cause = info.elements()[1..].iter().find_map(|v| v.tuple());
            assert_eq!((r, cause), (*reason, Some(&[number, *kind, *what, *value][..])), "{segments:?}");
        }
    }

    #[test]
    fn appending_shares_room_and_keeps_every_prefix() {
        let mut h = Heap::new(1000);
        let mut whole = h.binary(b"");
        let mut versions = Vec::new();
        for i in 0..2000i64 {
            let segments = [all(Kind::Append, whole, 1), integer(Term::small(i), 9)];
            whole = create(&mut h, &segments).expect("appends");
            versions.push(whole);
        }
        // Copies are made at 1, 2, ... 57 times nine bits and then each time the room is used up.
        let storages: std::collections::HashSet<u64> =
            versions.iter().filter_map(|t| t.storage_and_offset().0.off_bin()).map(|p| p as u64).collect();
        assert!(storages.len() < 8, "{} copies", storages.len());
        let expected: Vec<u64> = (0..2000).map(|i| i & 0x1ff).collect();
        for (i, version) in versions.iter().enumerate() {
            let bits = version.bits().expect("a bitstring");
            assert_eq!(bits.len, (i + 1) * 9);
            assert!((0..=i).all(|k| bits.read(9 * k, 9) == expected[k]), "version {i}");
        }
        // Two that grow out of the same one do not see each other.
        let grow = |h: &mut Heap, value| create(h, &[all(Kind::Append, whole, 1), integer(Term::small(value), 8)]);
        let (a, b) = (grow(&mut h, 1).expect("appends"), grow(&mut h, 2).expect("appends"));
        let last = |t: Term| t.bits().map(|b| b.read(b.len - 8, 8));
        assert_eq!((last(a), last(b)), (Some(1), Some(2)));
        // It may be appended to itself, also where it does not end at a byte.
        let doubled = create(&mut h, &[all(Kind::Append, b, 1), all(Kind::Binary, b, 1)]).expect("appends");
        let (single, double) = (b.bits().expect("bits"), doubled.bits().expect("bits"));
        assert!(crate::bits::equal(double.part(single.len, single.len), single));
    }

    #[test]
    fn a_failed_append_leaves_the_room_for_the_next() {
        let mut h = Heap::new(1000);
        let base = init_writable(&mut h, Term::small(256)).expect("there is room");
        let bin = base.storage_and_offset().0.off_bin();
        assert!(create(&mut h, &[all(Kind::Append, base, 1), integer(Term::NIL, 8)]).is_err());
        let whole = create(&mut h, &[all(Kind::Append, base, 1), integer(Term::small(7), 8)]).expect("appends");
        assert_eq!(whole.storage_and_offset().0.off_bin(), bin);
        assert_eq!(bytes(whole), [7]);
    }

    #[test]
    fn the_old_instructions_do_the_same() {
        let mut h = Heap::new(1000);
        let small = Term::small;
        let abc = h.binary(b"abc");
        let total = add_sizes(small(2), small(3), 1).expect("small sizes");
        let (mut b, whole) = init(&mut h, total, 8).expect("a small size");
        put_sized(&mut b, Kind::Binary, abc, small(2), 8, 0).expect("long enough");
        put_string(&mut b, b"x").expect("fits");
        put_sized(&mut b, Kind::Integer, small(0x4142), small(16), 1, 0).expect("fits");
        assert_eq!(put_string(&mut b, b"more"), Err(Fail::BADARG));
        assert_eq!(bytes(whole), b"abxAB");
        let (mut b, longer) = append(&mut h, whole, small(24), 8).expect("whole bytes");
        assert_eq!(utf8_size(small(0x20ac)), small(3));
        put_utf(&mut b, Kind::Utf8, small(0x20ac), 0).expect("a character");
        assert_eq!(bytes(longer), "abxAB€".as_bytes());
        assert!(init(&mut h, small(-1), 8).is_err() && init(&mut h, small(1 << 40), 8).is_err());
        let one_bit = h.bits(&[0x80], 1);
        assert!(append(&mut h, one_bit, small(8), 8).is_err() && append(&mut h, Term::NIL, small(8), 8).is_err());
        assert_eq!(add_sizes(small(1), small(-1), 1), Err(Fail::BADARG));
        assert_eq!(add_sizes(small(1), small(1 << 58), 256), Err(Fail::SYSTEM_LIMIT));
    }

    fn segment(vm: &Vm, is_first: bool, term: Term) -> Segment<'static> {
        let [kind, number, unit, flags, value, size] = *term.tuple_of::<6>().expect("a segment has six elements");
        let small = |t: Term| t.small_value().expect("a small number") as u32;
        let kind = match vm.atom_name(kind) {
            "integer" => Kind::Integer,
            "float" => Kind::Float,
            "utf8" => Kind::Utf8,
            "utf16" => Kind::Utf16,
            "utf32" => Kind::Utf32,
            _ if is_first && size == atoms::ALL => Kind::Append,
            _ => Kind::Binary,
        };
        Segment { kind, number: small(number), unit: small(unit), flags: small(flags), value, size, string: &[] }
    }

    #[test]
    fn random_segments_give_what_otp_gives() {
        let mut vm = process();
        let mut wrong = Vec::new();
        for line in include_str!("../../tables/construct.txt").lines().skip(1) {
            let (call, expected) = line.split_once(" => ").expect("a line is segments and their result");
            let segments: Vec<Segment<'_>> =
                parse(&mut vm, call).list().enumerate().map(|(i, t)| segment(&vm, i == 0, t)).collect();
            let shown = match create(&mut vm.heap, &segments) {
                Ok(bits) => show(&vm, bits),
                Err(Fail::CallerError { reason, info, .. }) => {
                    let cause = info.elements()[1..].iter().find(|v| v.tuple().is_some()).copied();
                    format!("error: {} {}", show(&vm, reason), show(&vm, cause.expect("a cause")))
                }
                Err(other) => format!("{other:?}"),
            };
            let expected = match expected.strip_prefix("error: ").and_then(|e| e.split_once(' ')) {
                Some((reason, cause)) => {
                    let cause = parse(&mut vm, cause);
                    format!("error: {reason} {}", show(&vm, cause))
                }
                None => expected.to_string(),
            };
            if shown != expected {
                wrong.push(format!("{call}\n  gives    {shown}\n  expected {expected}"));
            }
        }
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    }
}
