//! Terms that the tests share, and a generator of random ones.

use num_bigint::BigInt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use shared::term::{Atom, Bits, ExternalFun, Fun, InternalFun, List, PidTerm, PortTerm, ReferenceTerm};
use shared::{Pid, Term};

pub(crate) fn pow2(exponent: u32) -> BigInt {
    BigInt::from(1) << exponent
}

pub(crate) fn pid(id: u32, serial: u32) -> Term {
    Term::pid(Pid::from_parts(id, serial))
}

pub(crate) fn reference(words: [u32; 3]) -> Term {
    Term::Ref(ReferenceTerm { node: Atom::new("nonode@nohost"), creation: 0, words: words.into() })
}

pub(crate) fn port(id: u64) -> Term {
    Term::Port(PortTerm { node: Atom::new("nonode@nohost"), id, creation: 0 })
}

pub(crate) fn external(module: &str, function: &str, arity: u8) -> Term {
    let fun = ExternalFun { module: module.into(), function: function.into(), arity };
    Term::Fun(Fun::External(fun.into()))
}

pub(crate) fn bits(bytes: &[u8], bit_len: usize) -> Term {
    Term::Bits(Bits::from_bits(bytes, bit_len).expect("enough bytes"))
}

pub(crate) fn atom(text: &str) -> Term {
    Term::atom(text)
}

pub(crate) fn improper(elements: &[Term], end: Term) -> Term {
    List::term(elements.to_vec(), end)
}

pub(crate) fn int(value: i64) -> Term {
    Term::Int(value)
}

pub(crate) fn float(value: f64) -> Term {
    Term::float(value).expect("finite")
}

/// Random terms, small numbers and few names, so that equal ones occur.
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0.next_u32() % limit
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    fn terms(&mut self, depth: u32) -> Vec<Term> {
        (0..self.below(4)).map(|_| self.term(depth)).collect()
    }

    pub(crate) fn term(&mut self, depth: u32) -> Term {
        let kinds = if depth == 0 { 11 } else { 16 };
        match self.below(kinds) {
            0 | 1 => int(i64::from(self.below(5)) - 2),
            2 => float(f64::from(self.below(9)) / 2.0 - 2.0),
            3 => Term::integer(pow2(62 + self.below(4)) - i64::from(self.below(2))),
            4 => float(2.0_f64.powi(62 + self.below(4) as i32)),
            5 => atom(["a", "b", "ü", ""][self.below(4) as usize]),
            6 => Term::Nil,
            7 => pid(self.below(2), self.below(2)),
            8 => reference([self.below(2), self.below(2), self.below(2)]),
            9 => bits(&[self.below(256) as u8, 7], self.below(17) as usize),
            10 => external("m", ["f", "g"][self.below(2) as usize], self.below(2) as u8),
            11 => Term::tuple(self.terms(depth - 1)),
            12 => Term::list(self.terms(depth - 1)),
            13 => List::term(self.terms(depth - 1), atom("end")),
            14 => {
                let keys = self.terms(depth - 1);
                Term::map(keys.into_iter().map(|key| (key, self.term(depth - 1))).collect::<Vec<_>>())
            }
            _ => Term::Fun(Fun::Internal(
                InternalFun {
                    arity: self.below(3) as u8,
                    uniq: [self.below(2) as u8; 16],
                    index: self.below(2),
                    module: "m".into(),
                    old_index: i64::from(self.below(2)),
                    old_uniq: 1 << 40,
                    creator: PidTerm { node: "nonode@nohost".into(), id: 1, serial: 0, creation: 0 },
                    free: self.terms(depth - 1).into(),
                }
                .into(),
            )),
        }
    }
}
