//! Comparison, as the real thing has it.

use std::cmp::Ordering::{self, Equal, Greater, Less};

use crate::compare::order::compare as compare_in;
use crate::compare::{Mode, Tables, cmp, cmp_exact, cmp_key, eq, eq_exact};
use crate::etf::tests::{Random, rows, term};
use crate::heap::Heap;
use crate::image::{Image, ImageRef};
use crate::map;
use crate::term::{Term, kind};

/// Compares both ways round, and equality with order.
fn order(a: Term, b: Term, image: &Image) -> (&'static str, Ordering) {
    let (value, exact) = (cmp(a, b, image), cmp_exact(a, b, image));
    assert_eq!(cmp(b, a, image), value.reverse());
    assert_eq!(cmp_exact(b, a, image), exact.reverse());
    assert_eq!((eq(a, b), eq(b, a)), (value.is_eq(), value.is_eq()));
    assert_eq!((eq_exact(a, b), eq_exact(b, a)), (exact.is_eq(), exact.is_eq()));
    let text = match (value, exact) {
        (Less, _) => "lt",
        (Greater, _) => "gt",
        (Equal, Equal) => "eqeq",
        (Equal, _) => "eq",
    };
    (text, exact)
}

#[test]
fn pairs_compare_as_in_otp() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    for row in rows(include_str!("tests/pairs.txt")) {
        let a = term(&mut heap, &image, row[0]);
        let b = term(&mut heap, &image, row[1]);
        let (text, exact) = order(a, b, image.get());
        assert_eq!((text, (exact as i8).to_string().as_str()), (row[2], row[3]), "{} {}", row[0], row[1]);
    }
}

#[test]
fn types_ascend() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let table = rows(include_str!("tests/ascending.txt"));
    let terms: Vec<(&str, Term)> = table.map(|row| (row[0], term(&mut heap, &image, row[0]))).collect();
    assert!(terms.len() > 60);
    for (i, (text_a, a)) in terms.iter().enumerate() {
        for (text_b, b) in &terms[i + 1..] {
            assert_eq!(order(*a, *b, image.get()).0, "lt", "{text_a} {text_b}");
        }
    }
}

#[test]
fn order_is_total() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let mut terms: Vec<Term> = (0..250).map(|seed| Random::new(seed % 200).term(&mut heap, &image, 4)).collect();
    let image = image.get();
    for a in &terms {
        for b in &terms {
            order(*a, *b, image);
        }
    }
    terms.sort_by(|a, b| cmp_exact(*a, *b, image));
    for (i, a) in terms.iter().enumerate() {
        assert!(terms[i..].iter().all(|b| cmp_exact(*a, *b, image).is_le()));
    }
}

#[test]
fn large_maps_compare_by_their_smallest_difference() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    // 40 keys; `change` replaces one pair by another.
    let make = |heap: &mut Heap, change: &dyn Fn(i64) -> (i64, i64)| {
        let mut pairs: Vec<(Term, Term)> =
            (0..40).map(change).map(|(key, value)| (Term::small(key), Term::small(value))).collect();
        map::from_pairs(heap, image.get(), &mut pairs)
    };
    let plain = make(&mut heap, &|i| (i, i));
    let mut check = |change: &dyn Fn(i64) -> (i64, i64), expected: Ordering| {
        let other = make(&mut heap, change);
        assert_eq!(cmp(plain, other, image.get()), expected);
        assert_eq!(cmp_exact(other, plain, image.get()), expected.reverse());
        assert_eq!(eq(plain, other), expected.is_eq());
    };
    check(&|i| (i, i), Equal);
    check(&|i| (i, if i == 7 { 8 } else { i }), Less);
    check(&|i| (i, if i == 7 { 6 } else { i }), Greater);
    // Two values differ: the one with the smaller key decides.
    check(
        &|i| {
            (
                i,
                if i == 7 {
                    6
                } else if i == 30 {
                    99
                } else {
                    i
                },
            )
        },
        Greater,
    );
    check(
        &|i| {
            (
                i,
                if i == 7 {
                    99
                } else if i == 30 {
                    0
                } else {
                    i
                },
            )
        },
        Less,
    );
    // Keys differ: values do not matter.
    check(&|i| (if i == 20 { 100 } else { i }, 0), Less);
    check(&|i| (if i == 20 { -1 } else { i }, 99), Greater);
}

#[test]
fn large_maps_compare_the_same_without_sorting() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let mut random = Random::new(77);
    let image_ref = image.clone();
    let image = image_ref.get();
    let mut maps = Vec::new();
    for _ in 0..60 {
        // Keys and values from few, so that maps share many of them.
        let mut key = |heap: &mut Heap| match random.below(3) {
            0 => Term::small(random.below(40) as i64),
            1 => heap.float(random.below(40) as f64),
            _ => {
                let inner = [Term::small(random.below(20) as i64)];
                heap.tuple(&inner)
            }
        };
        let mut pairs: Vec<(Term, Term)> = (0..80).map(|_| (key(&mut heap), Term::NIL)).collect();
        for (_, value) in &mut pairs {
            *value = Term::small(random.below(2) as i64);
        }
        maps.push(map::from_pairs(&mut heap, image, &mut pairs));
    }
    for a in &maps {
        // One map that differs from this one in a few values.
        let mut pairs: Vec<(Term, Term)> = map::iter(*a).collect();
        for _ in 0..3 {
            let at = random.below(pairs.len() as u64) as usize;
            pairs[at].1 = Term::small(7);
        }
        let changed = map::from_pairs(&mut heap, image, &mut pairs);
        for b in maps.iter().chain([&changed]) {
            for mode in [Mode::Value, Mode::Exact] {
                let tables = Tables::new(image);
                let deep = Tables { nesting: u32::MAX - 1, ..tables };
                assert_eq!(compare_in(*a, *b, mode, tables), compare_in(*a, *b, mode, deep));
            }
        }
    }
}

#[test]
fn keys_of_small_maps_compare_by_text() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    // Made in this order, so that their numbers and their texts are ordered differently.
    let [z, y] = ["zzz", "yyy"].map(|name| image.get_mut().atoms.intern(name).unwrap());
    let image = image.get();
    let mut make = |pairs: &[(Term, i64)]| {
        let mut pairs: Vec<(Term, Term)> = pairs.iter().map(|(k, v)| (*k, Term::small(*v))).collect();
        map::from_pairs(&mut heap, image, &mut pairs)
    };
    assert_eq!((cmp_key(z, y, image), cmp_exact(z, y, image)), (Less, Greater));
    // #{zzz => 1, yyy => 2} > #{zzz => 2, yyy => 1}: the value of yyy decides.
    let (a, b) = (make(&[(z, 1), (y, 2)]), make(&[(z, 2), (y, 1)]));
    assert_eq!(order(a, b, image).0, "gt");
    // #{zzz => 1, 1 => 1} > #{yyy => 1, 1 => 1}.
    let one = Term::small(1);
    let (a, b) = (make(&[(z, 1), (one, 1)]), make(&[(y, 1), (one, 1)]));
    assert_eq!(order(a, b, image).0, "gt");
}

/// Puts a term into another one.
type Wrap<'a> = &'a dyn Fn(&mut Heap, Term) -> Term;

#[test]
fn deep_terms_need_no_deep_stack() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let mut deep =
        |end: Term, wrap: &dyn Fn(&mut Heap, Term) -> Term| (0..200_000).fold(end, |t, _| wrap(&mut heap, t));
    let image = image.get();
    let wraps: [Wrap<'_>; 4] = [
        &|heap, t| heap.tuple(&[t]),
        &|heap, t| heap.cons(t, Term::NIL),
        // Large enough to be compared entry by entry: two atoms whose numbers and texts are ordered differently.
        &|heap, t| {
            let keys = [crate::atoms::TRUE, crate::atoms::UNDEFINED, crate::atoms::NIL];
            let mut pairs = keys.map(|key| (key, t)).to_vec();
            map::from_pairs(heap, image, &mut pairs)
        },
        &|heap, t| map::from_pairs(heap, image, &mut vec![(t, Term::NIL)]),
    ];
    for wrap in wraps {
        let (a, b) = (deep(Term::small(1), wrap), deep(Term::small(2), wrap));
        assert!(!eq_exact(a, b) && !eq(a, b));
        assert_eq!(cmp(a, b, image), Less);
    }
}

#[test]
fn values_that_no_program_sees_do_not_panic() {
    let (mut heap, image) = (Heap::new(0), ImageRef::new());
    let odd = [Term::NONE, Term(6), heap.boxed_terms(kind::MATCH, 0, &[Term::NIL; 4]), Term::NIL, Term::small(1)];
    for a in odd {
        for b in odd {
            cmp(a, b, image.get());
            assert_eq!(eq_exact(a, b), a == b);
        }
    }
}
