//! Expectations taken from Erlang/OTP 27.

use super::*;

type Op = fn(&mut Heap, Term, Term) -> Outcome;

fn int(heap: &mut Heap, text: &str) -> Term {
    heap.bigint(&text.parse().expect("an integer"))
}

fn check(op: Op, a: &str, b: &str, expected: &str) {
    let mut heap = Heap::new(1000);
    let (a, b) = (int(&mut heap, a), int(&mut heap, b));
    let got = match op(&mut heap, a, b) {
        Ok(t) => {
            let value = t.bigint().expect("an integer");
            assert_eq!(t.is_small(), fits_small(i128::try_from(&value).unwrap_or(i128::MAX)), "canonical: {value}");
            value.to_string()
        }
        Err(Fail::BADARITH) => "badarith".into(),
        Err(Fail::SYSTEM_LIMIT) => "system_limit".into(),
        Err(other) => format!("{other:?}"),
    };
    assert_eq!(got, expected);
}

#[test]
fn integers_cross_the_small_range_and_come_back() {
    check(add, "1152921504606846975", "1", "1152921504606846976");
    check(sub, "1152921504606846976", "1", "1152921504606846975");
    check(sub, "-1152921504606846976", "1", "-1152921504606846977");
    check(mul, "1152921504606846976", "-1", "-1152921504606846976");
    check(int_div, "-1152921504606846976", "-1", "1152921504606846976");
    check(int_div, "-1152921504606846976", "1152921504606846976", "-1");
    check(add, "18446744073709551615", "1", "18446744073709551616");
    check(sub, "18446744073709551616", "18446744073709551617", "-1");
}

#[test]
fn division_truncates_and_the_remainder_has_the_sign_of_the_dividend() {
    check(int_div, "-7", "2", "-3");
    check(rem, "-7", "2", "-1");
    check(int_div, "-100000000000000000000000000000000000000000", "30000000000000000000", "-3333333333333333333333");
    check(rem, "-100000000000000000000000000000000000000000", "30000000000000000000", "-10000000000000000000");
    check(rem, "5", "0", "badarith");
}

#[test]
fn negative_integers_have_endless_sign_bits() {
    check(band, "-1", "340282366920938463463374607431768211455", "340282366920938463463374607431768211455");
    check(bor, "-340282366920938463463374607431768211456", "255", "-340282366920938463463374607431768211201");
    check(bxor, "-18446744073709551616", "18446744073709551615", "-1");
    check(bsr, "-18446744073709551617", "64", "-2");
    check(bsr, "-18446744073709551616", "64", "-1");
    check(bsl, "-3", "100", "-3802951800684688204490109616128");
}

#[test]
fn shifts_end_at_the_limit_of_integers() {
    check(bsl, "1", "4194240", "system_limit");
    check(bsl, "1", "1267650600228229401496703205376", "system_limit");
    check(bsl, "0", "1267650600228229401496703205376", "0");
    check(bsl, "-5", "-1267650600228229401496703205376", "-1");
    let mut heap = Heap::new(1000);
    let largest = bsl(&mut heap, Term::small(1), Term::small(4_194_239)).expect("within the limit");
    assert_eq!(largest.words().len(), MAX_WORDS);
    assert_eq!(mul(&mut heap, largest, Term::small(2)), Err(Fail::SYSTEM_LIMIT));
    assert_eq!(add(&mut heap, largest, largest), Err(Fail::SYSTEM_LIMIT));
}

/// Random numbers of all bits set or clear in long runs, where estimated digits are wrong most often.
#[test]
fn long_operands_agree_with_num_bigint() {
    let mut random = 1_u64;
    let mut next = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        random >> 33
    };
    for round in 0..3000 {
        let mut number = || {
            let words = next() % if round % 50 == 0 { 260 } else { 9 } + 1;
            let word = |kind: u64, bits: u64| match kind % 4 {
                0 => 0,
                1 => u64::MAX,
                2 => bits << 33 | bits,
                _ => u64::MAX << (bits % 64),
            };
            let words: Vec<u64> = (0..words).map(|_| word(next(), next())).collect();
            let digits = words.iter().flat_map(|w| [*w as u32, (*w >> 32) as u32]).collect();
            BigInt::new(if next() % 2 == 0 { num_bigint::Sign::Plus } else { num_bigint::Sign::Minus }, digits)
        };
        let (x, y) = (number(), number());
        let mut heap = Heap::new(10_000);
        let (a, b) = (heap.bigint(&x), heap.bigint(&y));
        let mut check = |op: Op, expected: Option<BigInt>| {
            let got = op(&mut heap, a, b).ok().map(|t| t.bigint().expect("an integer"));
            assert_eq!(got, expected, "{x} and {y}");
        };
        check(add, Some(&x + &y));
        check(sub, Some(&x - &y));
        check(mul, Some(&x * &y));
        check(int_div, x.checked_div(&y));
        check(rem, (y != BigInt::ZERO).then(|| &x % &y));
        check(band, Some(&x & &y));
        check(bor, Some(&x | &y));
        check(bxor, Some(&x ^ &y));
    }
}
