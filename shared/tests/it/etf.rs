//! The external term format, byte for byte as `term_to_binary(T, [{minor_version, 2}])` of Erlang/OTP gives it.

use shared::{Etf, Term};

use crate::samples::{Random, atom, bits, external, float, improper, int, pid, port, pow2, reference};

fn check(term: &Term, expected_hex: &str) {
    let hex: String = term.encode().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, expected_hex, "{term}");
    assert_eq!(Term::decode(&term.encode()).as_ref(), Ok(term));
}

#[test]
fn terms_encode_as_in_otp() {
    check(&int(0), "836100");
    check(&int(255), "8361ff");
    check(&int(256), "836200000100");
    check(&int(-1), "8362ffffffff");
    check(&int(-2_147_483_648), "836280000000");
    check(&int(2_147_483_648), "836e040000000080");
    check(&Term::integer(pow2(63)), "836e08000000000000000080");
    check(&Term::integer(-pow2(64)), "836e0901000000000000000001");
    check(&Term::integer(pow2(2040)), &format!("836f0000010000{}01", "00".repeat(255)));
    check(&float(1.5), "83463ff8000000000000");
    check(&float(-0.0), "83468000000000000000");
    check(&atom("ok"), "8377026f6b");
    check(&atom("ü"), "837702c3bc");
    check(&Term::tuple([]), "836800");
    check(&Term::tuple([atom("a"), int(1)]), "8368027701616101");
    check(&Term::Nil, "836a");
    check(&Term::string("abc"), "836b0003616263");
    check(&improper(&[int(1), int(2)], int(3)), "836c00000002610161026103");
    check(&Term::list([int(256)]), "836c0000000162000001006a");
    check(&Term::list([atom("a"), int(1), int(2)]), "836c00000003770161610161026a");
    check(&Term::binary(*b""), "836d00000000");
    check(&Term::binary(*b"hi"), "836d000000026869");
    check(&bits(&[5 << 5], 3), "834d0000000103a0");
    check(&bits(&[255, 255], 9), "834d0000000201ff80");
    check(&Term::map([]), "837400000000");
    check(
        &Term::map([(atom("b"), int(1)), (atom("a"), int(2)), (int(1), atom("x")), (float(1.0), atom("y"))]),
        "8374000000046101770178463ff000000000000077017977016161027701626101",
    );
    check(&external("lists", "map", 2), "837177056c6973747377036d61706102");
    check(&pid(5, 1), "8358770d6e6f6e6f6465406e6f686f7374000000050000000100000000");
    check(&port(7), "8359770d6e6f6e6f6465406e6f686f73740000000700000000");
    check(&reference([3, 2, 1]), "835a0003770d6e6f6e6f6465406e6f686f737400000000000000030000000200000001");
}

#[test]
fn long_lists_of_bytes_are_no_strings() {
    let list = |len| Term::list(std::iter::repeat_n(int(7), len)).encode();
    assert_eq!(list(65_535)[1], 107);
    assert_eq!(list(65_536)[1], 108);
}

#[test]
fn older_forms_are_read() {
    let decode = |bytes: &[u8]| Term::decode(bytes).expect("a term");
    assert_eq!(decode(&[131, 100, 0, 2, b'o', b'k']), atom("ok"));
    assert_eq!(decode(&[131, 115, 1, 0xfc]), atom("ü"));
    assert_eq!(decode(b"\x83\x631.50000000000000000000e+00\0\0\0\0\0"), float(1.5));
    let node = [100, 0, 13, 110, 111, 110, 111, 100, 101, 64, 110, 111, 104, 111, 115, 116];
    let old = |tag: u8, rest: &[u8]| decode(&[&[131, tag][..], &node, rest].concat());
    assert_eq!(old(103, &[0, 0, 0, 5, 0, 0, 0, 1, 0]), pid(5, 1));
    assert_eq!(old(102, &[0, 0, 0, 7, 0]), port(7));
    let words = [0, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1];
    assert_eq!(decode(&[&[131, 114, 0, 3][..], &node, &words].concat()), reference([3, 2, 1]));
    // An integer in a form wider than it needs is that integer.
    assert_eq!(decode(&[131, 110, 2, 0, 5, 0]), int(5));
    assert_eq!(decode(&[131, 108, 0, 0, 0, 0, 97, 1]), int(1));
    assert_eq!(decode(&[131, 108, 0, 0, 0, 1, 97, 1, 107, 0, 1, 2]), Term::list([int(1), int(2)]));
}

#[test]
fn random_terms_survive_the_way_there_and_back() {
    let mut random = Random::new(1);
    for _ in 0..20_000 {
        let term = random.term(4);
        let bytes = term.encode();
        let back = Term::decode(&bytes).expect("our own encoding");
        assert_eq!(back, term);
        assert_eq!(back.encode(), bytes);
    }
}

#[test]
fn tuples_are_put_together_without_decoding() {
    use shared::etf::Part;
    let reason = Etf::of(&Term::tuple([atom("shutdown"), int(1)]));
    let message = Etf::tuple(&[Part::Term(atom("EXIT")), Part::Term(pid(1, 0)), Part::Etf(&reason)]);
    let expected = Term::tuple([atom("EXIT"), pid(1, 0), Term::tuple([atom("shutdown"), int(1)])]);
    assert_eq!(message, Etf::of(&expected));
    assert!(Etf::atom("kill").is_atom("kill"));
    assert!(Etf::from_trusted([131, 100, 0, 4, b'k', b'i', b'l', b'l']).is_atom("kill"));
    assert!(!Etf::of(&Term::string("kill")).is_atom("kill"));
}
