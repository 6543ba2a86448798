//! Input that means harm.

use shared::Term;
use shared::term::{DecodeError, MAX_DEPTH};

use crate::samples::Random;

#[test]
fn lengths_that_lie_are_refused_before_memory_is_reserved() {
    for tag in [105, 108, 109, 111, 116, 77] {
        let bytes = [131, tag, 255, 255, 255, 255, 1, 97, 1];
        assert_eq!(Term::decode(&bytes), Err(DecodeError::Truncated), "tag {tag}");
    }
    assert!(Term::decode(&[131, 112, 0, 0, 0, 9, 1]).is_err());
}

#[test]
fn deep_nesting_is_refused_and_long_chains_are_not() {
    let nested = |levels: usize| {
        let mut bytes = vec![131];
        bytes.extend([104, 1].repeat(levels));
        bytes.push(106);
        bytes
    };
    assert!(Term::decode(&nested(MAX_DEPTH as usize)).is_ok());
    assert_eq!(Term::decode(&nested(MAX_DEPTH as usize + 1)), Err(DecodeError::TooDeep));
    assert_eq!(Term::decode(&nested(1_000_000)), Err(DecodeError::TooDeep));
    let mut chain = vec![131];
    chain.extend([108, 0, 0, 0, 1, 97, 1].repeat(200_000));
    chain.push(106);
    let list = Term::decode(&chain).expect("a list");
    assert_eq!(list.as_list().map(<[Term]>::len), Some(200_000));
}

#[test]
fn what_no_term_can_hold_is_refused() {
    let refused: [&[u8]; 12] = [
        &[],
        &[130, 106],
        &[131],
        &[131, 1],
        &[131, 70, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0],
        &[131, 119, 1, 0xff],
        &[131, 116, 0, 0, 0, 2, 97, 1, 97, 1, 97, 1, 97, 2],
        &[131, 77, 0, 0, 0, 1, 9, 0],
        &[131, 77, 0, 0, 0, 0, 3],
        &[131, 106, 106],
        &[131, 90, 0, 0, 119, 0, 0, 0, 0, 0],
        &[131, 80, 0, 0, 0, 1, 0x78],
    ];
    for bytes in refused {
        assert!(Term::decode(bytes).is_err(), "{bytes:?}");
    }
    let long_atom = [&[131, 118, 1, 0][..], &[b'a'; 256]].concat();
    assert_eq!(Term::decode(&long_atom), Err(DecodeError::Malformed("atom")));
}

#[test]
fn random_and_damaged_input_never_panics() {
    let mut random = Random::new(7);
    for _ in 0..50_000 {
        let len = random.below(40) as usize;
        let mut bytes = random.bytes(len + 1);
        bytes[0] = 131;
        Term::decode(&bytes).ok();
    }
    for _ in 0..20_000 {
        let mut bytes = random.term(3).encode();
        let at = random.below(bytes.len() as u32) as usize;
        bytes[at] ^= 1 << random.below(8);
        bytes.truncate(bytes.len() - random.below(2) as usize);
        if let Ok(term) = Term::decode(&bytes) {
            assert_eq!(Term::decode(&term.encode()), Ok(term));
        }
    }
}
