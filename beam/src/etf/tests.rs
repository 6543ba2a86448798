//! The external term format, as the real thing has it.

use crate::compare::eq_exact;
use crate::etf::{self, DecodeError, EncodeOptions};
use crate::heap::Heap;
use crate::image::ImageRef;
use crate::term::{Term, kind};

mod random;

pub(crate) use random::Random;

/// Bytes of hexadecimal digits.
pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect()
}

/// Hexadecimal digits of bytes.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02X}")).collect()
}

/// The rows of a table, whose first line says what it is.
pub(crate) fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().skip(1).map(|line| line.split(' ').collect())
}

/// A term from its external format.
pub(crate) fn term(heap: &mut Heap, image: &ImageRef, text: &str) -> Term {
    let bytes = bytes(text);
    let (term, used) = etf::decode(heap, image, &bytes, false).unwrap_or_else(|e| panic!("{e:?}: {text}"));
    assert_eq!(used, bytes.len(), "{text}");
    term
}

pub(crate) const TERMS: &str = include_str!("tests/terms.txt");

#[test]
fn terms_are_encoded_byte_for_byte() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let default = EncodeOptions::default();
    let options = [
        default,
        EncodeOptions { minor_version: 1, ..default },
        EncodeOptions { minor_version: 0, ..default },
        EncodeOptions { deterministic: true, ..default },
    ];
    for row in rows(TERMS) {
        let t = term(&mut heap, &image, row[0]);
        for (expected, options) in row.iter().zip(options) {
            assert_eq!(hex(&etf::encode(image.get(), t, options).unwrap()), *expected, "{options:?}");
            assert_eq!(etf::size(image.get(), t, options), Ok(expected.len() / 2));
            assert!(eq_exact(term(&mut heap, &image, expected), t), "{expected}");
        }
    }
}

#[test]
fn damaged_bytes_are_what_otp_takes_them_for() {
    for row in rows(include_str!("tests/hostile.txt")) {
        let (mut heap, image) = (Heap::new(0), ImageRef::new());
        let got = match etf::decode(&mut heap, &image, &bytes(row[0]), false) {
            Ok((t, used)) => {
                format!("{} {used}", hex(&etf::encode(image.get(), t, EncodeOptions::default()).unwrap()))
            }
            Err(_) => "E 0".into(),
        };
        assert_eq!(got, format!("{} {}", row[1], row[2]), "{}", row[0]);
    }
}

/// Rows for what random terms do not reach: bytes, and the bytes of the term or nothing.
#[test]
fn every_tag_is_read() {
    let check = |input: &[u8], expected: Option<&[u8]>| {
        let (mut heap, image) = (Heap::new(0), ImageRef::new());
        let got = etf::decode(&mut heap, &image, input, false)
            .ok()
            .map(|(t, _)| etf::encode(image.get(), t, EncodeOptions::default()).unwrap());
        assert_eq!(got.as_deref(), expected, "{input:?}");
    };
    // Version byte.
    check(b"", None);
    check(b"\x83", None);
    check(b"\x82\x61\x01", None);
    check(b"\x83\x83\x61\x01", None);
    // Bytes behind the term are left alone.
    check(b"\x83\x61\x01\x63", Some(b"\x83\x61\x01"));
    // Integers of any length, zeros in front, a negative zero.
    check(b"\x83\x6e\x00\x00", Some(b"\x83\x61\x00"));
    check(b"\x83\x6e\x01\x01\x00", Some(b"\x83\x61\x00"));
    check(b"\x83\x6e\x0a\x00\x01\0\0\0\0\0\0\0\0\0", Some(b"\x83\x61\x01"));
    check(b"\x83\x6f\0\0\0\x01\x02\x05", Some(b"\x83\x62\xff\xff\xff\xfb"));
    check(b"\x83\x6f\xff\xff\xff\xff\x00\x05", None);
    // Floats as text.
    check(
        b"\x83\x631.5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        Some(b"\x83\x46\x3f\xf8\0\0\0\0\0\0"),
    );
    check(b"\x83\x63+1.5E0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", Some(b"\x83\x46\x3f\xf8\0\0\0\0\0\0"));
    check(b"\x83\x63.5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", None);
    check(b"\x83\x631.5e400\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", None);
    check(b"\x83\x46\x7f\xf8\0\0\0\0\0\0", None);
    check(b"\x83\x46\x7f\xf0\0\0\0\0\0\0", None);
    // Atoms in Latin-1 and UTF-8.
    check(b"\x83\x64\0\x02\xe9\xea", Some("\u{83}wéê".chars().collect::<LatinThenUtf8>().0.as_slice()));
    check(b"\x83\x73\x00", Some(b"\x83\x77\x00"));
    check(b"\x83\x76\0\x02\xd0\x96", Some(b"\x83\x77\x02\xd0\x96"));
    check(b"\x83\x77\x03\xed\xa0\x80", None);
    check(b"\x83\x77\x02\xc0\x80", None);
    check(b"\x83\x52\x00", None);
    // Maps with a key twice.
    check(b"\x83\x74\0\0\0\x02\x61\x01\x61\x01\x61\x01\x61\x02", None);
    check(
        b"\x83\x74\0\0\0\x02\x61\x01\x61\x01\x46\x3f\xf0\0\0\0\0\0\0\x61\x02",
        Some(b"\x83\x74\0\0\0\x02\x61\x01\x61\x01\x46\x3f\xf0\0\0\0\0\0\0\x61\x02"),
    );
    check(b"\x83\x74\xff\xff\xff\xff", None);
    // Lengths that the bytes do not hold.
    check(b"\x83\x6c\xff\xff\xff\xff\x6a", None);
    check(b"\x83\x69\xff\xff\xff\xff\x6a", None);
    check(b"\x83\x6d\xff\xff\xff\xff\x6a", None);
    check(b"\x83\x70\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff", None);
    // Lists: empty, improper, with a list as tail.
    check(b"\x83\x6c\0\0\0\0\x6a", Some(b"\x83\x6a"));
    check(b"\x83\x6c\0\0\0\0\x61\x01", Some(b"\x83\x61\x01"));
    check(b"\x83\x6c\0\0\0\x01\x77\x01a\x6b\0\x01b", Some(b"\x83\x6c\0\0\0\x02\x77\x01a\x61b\x6a"));
    // Bitstrings.
    check(b"\x83\x4d\0\0\0\x01\x03\xff", Some(b"\x83\x4d\0\0\0\x01\x03\xe0"));
    check(b"\x83\x4d\0\0\0\x01\x08\xff", Some(b"\x83\x6d\0\0\0\x01\xff"));
    check(b"\x83\x4d\0\0\0\x01\x00\xff", None);
    check(b"\x83\x4d\0\0\0\x00\x01", None);
    // External funs.
    check(b"\x83\x71\x77\x01a\x77\x01b\x62\0\0\0\x03", Some(b"\x83\x71\x77\x01a\x77\x01b\x61\x03"));
    check(b"\x83\x71\x77\x01a\x77\x01b\x62\0\0\x01\0", None);
    check(b"\x83\x71\x77\x01a\x61\x01\x61\x03", None);
    // Distribution messages and internal tags.
    check(b"\x83\x44\0", None);
    check(b"\x83\x4b\0", None);
}

/// A version byte and a tag as they are, then a short atom in UTF-8.
struct LatinThenUtf8(Vec<u8>);

impl FromIterator<char> for LatinThenUtf8 {
    fn from_iter<I: IntoIterator<Item = char>>(chars: I) -> Self {
        let mut chars = chars.into_iter();
        let mut bytes: Vec<u8> = chars.by_ref().take(2).map(|c| c as u8).collect();
        let name: String = chars.collect();
        bytes.push(name.len() as u8);
        bytes.extend(name.bytes());
        LatinThenUtf8(bytes)
    }
}

#[test]
fn random_terms_survive_the_way_there_and_back() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    for seed in 0..400 {
        let t = Random::new(seed).term(&mut heap, &image, 6);
        let default = EncodeOptions::default();
        for options in [
            default,
            EncodeOptions { minor_version: 1, ..default },
            EncodeOptions { minor_version: 0, ..default },
            EncodeOptions { deterministic: true, ..default },
            EncodeOptions { compressed: 9, ..default },
            EncodeOptions { local: true, ..default },
        ] {
            let encoded = etf::encode(image.get(), t, options).unwrap();
            let (again, used) = etf::decode(&mut heap, &image, &encoded, true).unwrap();
            assert_eq!(used, encoded.len());
            assert!(eq_exact(t, again), "seed {seed}, {options:?}");
        }
        let parts = etf::encode_parts(image.get(), t, default).unwrap();
        let mut joined = parts.bytes;
        for (at, binary) in parts.binaries.iter().rev() {
            joined.splice(at..at, binary.bits().unwrap().bytes().iter().copied());
        }
        assert_eq!(joined, etf::encode(image.get(), t, default).unwrap());
    }
}

#[test]
fn damaged_bytes_never_panic() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let mut decoded = 0;
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let t = random.term(&mut heap, &image, 4);
        let mut encoded = etf::encode(image.get(), t, EncodeOptions::default()).unwrap();
        for _ in 0..=random.below(3) {
            let at = random.below(encoded.len() as u64) as usize;
            encoded[at] = random.below(256) as u8;
        }
        if let Ok((t, _)) = etf::decode(&mut heap, &image, &encoded, false) {
            etf::encode(image.get(), t, EncodeOptions::default()).unwrap();
            decoded += 1;
        }
    }
    assert!(decoded > 100);
}

#[test]
fn deep_terms_need_no_deep_stack() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let depth = 300_000;
    let tuple = (0..depth).fold(Term::NIL, |t, _| heap.tuple(&[t]));
    let list = (0..depth).fold(Term::NIL, |t, _| heap.cons(t, Term::NIL));
    let map =
        (0..depth).fold(Term::NIL, |t, _| crate::map::from_pairs(&mut heap, image.get(), &mut vec![(Term::NIL, t)]));
    for t in [tuple, list, map] {
        let encoded = etf::encode(image.get(), t, EncodeOptions::default()).unwrap();
        let (again, _) = etf::decode(&mut heap, &image, &encoded, false).unwrap();
        assert!(eq_exact(t, again));
    }
}

#[test]
fn compression_bombs_are_refused() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let text = heap.binary(&vec![b'a'; 1_000_000]);
    let options = EncodeOptions { compressed: 9, ..EncodeOptions::default() };
    let encoded = etf::encode(image.get(), text, options).unwrap();
    assert!(encoded.len() < 2000);
    let mut small = Heap::new(0);
    small.max_words = 10_000;
    assert_eq!(etf::decode(&mut small, &image, &encoded, false), Err(DecodeError::OutOfMemory));
    for size in [0u32, 1_000_004, 1_000_006, u32::MAX] {
        let mut changed = encoded.clone();
        changed[2..6].copy_from_slice(&size.to_be_bytes());
        assert_eq!(etf::decode(&mut heap, &image, &changed, false), Err(DecodeError::Malformed), "{size}");
    }
    let mut cut = encoded.clone();
    cut.truncate(encoded.len() - 5);
    assert_eq!(etf::decode(&mut heap, &image, &cut, false), Err(DecodeError::Malformed));
}

#[test]
fn a_shared_term_that_is_huge_when_written_out_is_refused() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let t = (0..64).fold(Term::NIL, |t, _| heap.tuple(&[t, t]));
    let options = EncodeOptions { max_bytes: 1 << 16, ..EncodeOptions::default() };
    assert_eq!(etf::encode(image.get(), t, options), Err(etf::TooLarge));
    assert_eq!(etf::size(image.get(), t, options), Err(etf::TooLarge));
}

#[test]
fn safe_decoding_makes_nothing_new() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let mut check = |bytes: &[u8], expected: bool| {
        let atoms = image.get().atoms.len();
        assert_eq!(etf::decode(&mut heap, &image, bytes, true).is_ok(), expected, "{bytes:?}");
        assert_eq!(image.get().atoms.len(), atoms);
    };
    check(b"\x83\x77\x02ok", true);
    check(b"\x83\x77\x06xyzzy1", false);
    check(b"\x83\x71\x77\x05lists\x77\x05error\x61\x02", false);
    let (lists, error) = (crate::atoms::LISTS, crate::atoms::ERROR);
    etf::export_entry(image.get_mut(), (lists, error, 2));
    check(b"\x83\x71\x77\x05lists\x77\x05error\x61\x02", true);
    check(b"\x83\x71\x77\x05lists\x77\x05error\x61\x03", false);
}

#[test]
fn a_fun_keeps_its_entry() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    // fun aaa:-/1, index 1, one captured value.
    let fun = "837000000044010000000000000000000000000000000500000001000000017703616161610161C8\
               58770D6E6F6E6F6465406E6F686F7374000000000000000000000000";
    let one = term(&mut heap, &image, &format!("{fun}6101"));
    let other = term(&mut heap, &image, &format!("{fun}6101"));
    assert!(one.is_kind(kind::FUN) && eq_exact(one, other));
    assert_eq!(image.get().code.funs.len(), 1);
    let entry = &image.get().code.funs[0];
    assert_eq!((entry.arity, entry.free, entry.index, entry.old_uniq), (1, 1, 1, 200));
    assert!(entry.code.is_null());
    // The same key with another arity is another fun, found again as well.
    for _ in 0..2 {
        let other = term(&mut heap, &image, &format!("{fun}6101").replacen("4401", "4402", 1));
        assert!(!eq_exact(one, other));
    }
    assert_eq!(image.get().code.funs.len(), 2);
}
