//! Term order, equality and hashing.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use shared::Term;

use crate::samples::{Random, atom, bits, external, float, improper, int, pid, port, pow2, reference};

fn map(pairs: &[(Term, Term)]) -> Term {
    Term::map(pairs.to_vec())
}

/// As `lists:sort/1` of Erlang/OTP orders them.
fn sorted() -> Vec<Term> {
    let bin = |bytes: &[u8]| Term::binary(bytes);
    vec![
        int(-1),
        int(1),
        float(1.0),
        int(2),
        float(9_007_199_254_740_992.0),
        int(9_007_199_254_740_993),
        Term::integer(pow2(64)),
        float(18_446_744_073_709_551_616.0),
        Term::integer(pow2(64) + 1),
        float(1.0e300),
        atom("A"),
        atom("a"),
        atom("b"),
        reference([4, 1, 1]),
        reference([3, 2, 1]),
        external("lists", "all", 2),
        external("lists", "map", 2),
        port(7),
        pid(6, 0),
        pid(5, 1),
        Term::tuple([]),
        Term::tuple([int(1)]),
        Term::tuple([float(1.0), atom("b")]),
        Term::tuple([atom("a"), atom("b")]),
        map(&[]),
        map(&[(int(2), int(0))]),
        map(&[(float(1.0), int(0))]),
        map(&[(atom("a"), int(1))]),
        map(&[(atom("b"), int(0))]),
        map(&[(int(1), atom("a")), (int(2), atom("b"))]),
        map(&[(int(1), atom("a")), (float(1.0), atom("b"))]),
        Term::Nil,
        improper(&[int(1)], int(2)),
        improper(&[int(1)], atom("a")),
        Term::list([int(1)]),
        Term::list([int(1), int(2)]),
        Term::string("ab"),
        Term::list([atom("a")]),
        bin(&[]),
        bits(&[0], 3),
        bin(&[1]),
        bin(&[1, 2]),
        bits(&[0x80], 1),
        bits(&[0x80], 2),
    ]
}

#[test]
fn terms_sort_as_in_otp() {
    let sorted = sorted();
    for (at, a) in sorted.iter().enumerate() {
        for (other_at, b) in sorted.iter().enumerate() {
            let expected = if a.eq_arith(b) { Ordering::Equal } else { at.cmp(&other_at) };
            assert_eq!(a.cmp_arith(b), expected, "{a} against {b}");
        }
    }
    // Two pairs of the list are a number twice; nothing else is equal.
    let equal = sorted.windows(2).filter(|pair| pair[0].eq_arith(&pair[1])).count();
    assert_eq!(equal, 2);
}

#[test]
fn integers_and_floats_are_equal_only_by_value() {
    for (a, b) in [(int(1), float(1.0)), (Term::integer(pow2(64)), float(2.0_f64.powi(64)))] {
        assert!(a.eq_arith(&b) && a != b && a < b);
        let (a, b) = (Term::tuple([a]), Term::tuple([b]));
        assert!(a.eq_arith(&b) && a != b && a < b);
    }
    assert!(int(3) < float(1.0), "among map keys integers come first");
    assert!(float(0.0).eq_arith(&float(-0.0)) && float(0.0) != float(-0.0));
    assert!(!map(&[(int(1), int(1))]).eq_arith(&map(&[(float(1.0), int(1))])), "keys compare exactly");
    assert!(map(&[(int(1), int(1))]).eq_arith(&map(&[(int(1), float(1.0))])));
}

fn hash(term: &Term) -> u64 {
    let mut hasher = DefaultHasher::new();
    term.hash(&mut hasher);
    hasher.finish()
}

fn hash_arith(term: &Term) -> u64 {
    let mut hasher = DefaultHasher::new();
    term.hash_arith(&mut hasher);
    hasher.finish()
}

#[test]
fn both_orders_are_orders_and_hashing_agrees_with_them() {
    let mut random = Random::new(3);
    let terms: Vec<Term> = (0..220).map(|_| random.term(3)).collect();
    let mut equal_by_value_only = 0;
    for a in &terms {
        for b in &terms {
            assert_eq!(a.cmp(b), b.cmp(a).reverse());
            assert_eq!(a.cmp_arith(b), b.cmp_arith(a).reverse());
            if a == b {
                assert!(a.eq_arith(b));
                assert_eq!(hash(a), hash(b));
            }
            if a.eq_arith(b) {
                assert_eq!(hash_arith(a), hash_arith(b), "{a} and {b}");
                equal_by_value_only += usize::from(a != b);
            }
            for c in terms.iter().take(60) {
                assert!(!(a <= b && b <= c) || a <= c, "{a}, {b}, {c}");
                let le = |x: &Term, y: &Term| x.cmp_arith(y).is_le();
                assert!(!(le(a, b) && le(b, c)) || le(a, c), "{a}, {b}, {c}");
            }
        }
    }
    assert!(equal_by_value_only > 0);
}

#[test]
fn tails_share_their_list() {
    let list = improper(&[int(1), int(2)], atom("x"));
    let Term::List(cells) = &list else { panic!("a list") };
    assert_eq!(cells.head(), &int(1));
    assert_eq!(cells.tail(), improper(&[int(2)], atom("x")));
    let Term::List(rest) = cells.tail() else { panic!("a list") };
    assert_eq!(rest.tail(), atom("x"));
    assert_eq!(improper(&[int(0)], list.clone()), improper(&[int(0), int(1), int(2)], atom("x")));
    assert_eq!(hash(&improper(&[int(0)], rest.tail())), hash(&improper(&[int(0)], atom("x"))));
}

/// Random terms in the order of `lists:sort/1` of OTP 27, each as its `term_to_binary/2` (deterministic) gives it and
/// with how it compares with the one before: `after`, `equal` (`==`) or `same` (`=:=`).
#[test]
fn random_terms_encode_and_sort_as_in_otp() {
    let mut previous: Option<Term> = None;
    for line in include_str!("otp/terms.txt").lines() {
        let (relation, hex) = line.split_once(' ').expect("two words");
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
        let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
        let term = Term::decode(&bytes).expect("a term");
        assert_eq!(term.encode(), bytes, "{term}");
        if let Some(previous) = &previous {
            let order = match relation {
                "after" => Ordering::Less,
                _ => Ordering::Equal,
            };
            assert_eq!(previous.cmp_arith(&term), order, "{previous} and {term}");
            assert_eq!(*previous == term, relation == "same", "{previous} and {term}");
        }
        previous = Some(term);
    }
}
