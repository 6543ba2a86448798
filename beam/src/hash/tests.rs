//! Hashes, as the real thing has them.

use crate::compare::eq_exact;
use crate::etf::tests::{Random, TERMS, rows, term};
use crate::etf::{self, EncodeOptions};
use crate::hash::{hash2, internal, phash, phash2};
use crate::heap::Heap;
use crate::image::ImageRef;
use crate::map;
use crate::term::Term;

#[test]
fn portable_hashes_are_those_of_otp() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    for row in rows(TERMS) {
        let t = term(&mut heap, &image, row[0]);
        let image = image.get();
        assert_eq!(hash2(t, image).to_string(), row[4], "{}", row[0]);
        assert_eq!(phash2(t, image), hash2(t, image) & 0x7ff_ffff);
        assert_eq!(phash(t, image, 1 << 32).to_string(), row[5], "{}", row[0]);
    }
}

/// Rows: external format, then `erlang:phash2(T, 1 bsl 32)` and `erlang:phash(T, 1 bsl 32)` of Erlang/OTP 27.
#[test]
fn edges_hash_as_in_otp() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    for row in rows(include_str!("tests/edges.txt")) {
        let t = term(&mut heap, &image, row[0]);
        let got = [u64::from(hash2(t, image.get())), phash(t, image.get(), 1 << 32)];
        assert_eq!(got.map(|h| h.to_string()), [row[1], row[2]], "{}", row[0]);
    }
}

#[test]
fn large_maps_are_walked_in_the_order_of_otp() {
    for row in rows(include_str!("tests/order.txt")) {
        let (mut heap, image) = (Heap::new(0), ImageRef::new());
        let t = term(&mut heap, &image, row[1]);
        let encoded = etf::encode(image.get(), t, EncodeOptions::default()).unwrap();
        assert_eq!(encoded, etf::tests::bytes(row[1]), "{}", row[0]);
    }
}

/// Maps of 33 keys that are large maps themselves: maps from 1..N to itself, but for one key whose value is 0. The lists
/// are `maps:values/1` of Erlang/OTP 27, which goes against the order of the tree.
#[test]
fn large_maps_as_keys_hash_as_in_otp() {
    let check = |size: i64, expected: [i64; 33]| {
        let (mut heap, image) = (Heap::new(0), ImageRef::new());
        let image = image.get();
        let mut pairs: Vec<(Term, Term)> = (1..=33)
            .map(|changed| {
                let value = |i| Term::small(if i == changed { 0 } else { i });
                let mut pairs: Vec<_> = (1..=size).map(|i| (Term::small(i), value(i))).collect();
                (map::from_pairs(&mut heap, image, &mut pairs), Term::small(changed))
            })
            .collect();
        let t = map::from_pairs(&mut heap, image, &mut pairs);
        let mut values: Vec<i64> = map::iter(t).map(|(_, value)| value.as_small()).collect();
        values.reverse();
        assert_eq!(values, expected, "{size}");
    };
    check(
        40,
        [
            2, 21, 29, 16, 27, 28, 15, 12, 33, 23, 6, 32, 11, 7, 8, 3, 18, 20, 4, 22, 13, 1, 25, 26, 19, 30, 17, 14, 9,
            24, 5, 10, 31,
        ],
    );
    check(
        400,
        [
            25, 14, 26, 23, 4, 19, 20, 18, 21, 10, 31, 3, 32, 27, 29, 24, 30, 7, 17, 28, 13, 16, 12, 11, 5, 8, 33, 6,
            15, 9, 22, 2, 1,
        ],
    );
}

#[test]
fn equal_terms_have_equal_hashes() {
    let image = ImageRef::new();
    for seed in 0..300 {
        let mut heap = Heap::new(0);
        let a = Random::new(seed).term(&mut heap, &image, 5);
        let b = Random::new(seed).term(&mut heap, &image, 5);
        assert!(eq_exact(a, b));
        assert_eq!(internal(a), internal(b));
        assert_eq!(hash2(a, image.get()), hash2(b, image.get()));
    }
}

#[test]
fn deep_terms_need_no_deep_stack() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let tuple = (0..200_000).fold(Term::NIL, |t, _| heap.tuple(&[t]));
    let list = (0..200_000).fold(Term::NIL, |t, _| heap.cons(t, Term::NIL));
    for t in [tuple, list, Term::NONE] {
        let hashes = (internal(t), hash2(t, image.get()), phash(t, image.get(), 1 << 32));
        assert!(hashes.2 > 0);
    }
}
