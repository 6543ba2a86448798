//! `erlang:phash/2`, the older portable hash.

use crate::compare::{field, ref_words};
use crate::image::Image;
use crate::term::{Term, header_kind, kind};

use super::phash2::hash2;

/// Primes above 2^28, by which each kind of term is told from the others.
const PRIME: [u32; 15] = [
    0,
    268_440_163,
    268_439_161,
    268_435_459,
    268_436_141,
    268_438_633,
    268_437_017,
    268_438_039,
    268_437_511,
    268_439_627,
    268_440_479,
    268_440_577,
    268_440_581,
    268_440_593,
    268_440_611,
];

/// What is still to be hashed.
enum Work<'a> {
    Term(Term),
    Terms(&'a [Term]),
    /// The end of a tuple of a size.
    TupleEnd(u32),
    /// The rest of a list.
    Rest(Term),
    ListEnd,
}

/// As `erlang:phash/2`, from 1 to `range`; `range` is from 1 to 2^32.
pub fn phash(t: Term, image: &Image, range: u64) -> u64 {
    let mut state = State { image, hash: 0, work: vec![Work::Term(t)] };
    while let Some(next) = state.work.pop() {
        match next {
            Work::Term(t) => state.term(t),
            Work::Terms(terms) => {
                if let Some((first, rest)) = terms.split_first() {
                    state.work.push(Work::Terms(rest));
                    state.term(*first);
                }
            }
            Work::TupleEnd(size) => state.add(size, 9),
            Work::Rest(t) => state.list(t),
            Work::ListEnd => state.times(8),
        }
    }
    1 + u64::from(state.hash) % range.max(1)
}

struct State<'a> {
    image: &'a Image,
    hash: u32,
    work: Vec<Work<'a>>,
}

impl State<'_> {
    fn times(&mut self, prime: usize) {
        self.hash = self.hash.wrapping_mul(PRIME[prime]);
    }
    fn add(&mut self, x: u32, prime: usize) {
        self.times(prime);
        self.hash = self.hash.wrapping_add(x);
    }
    /// Four bytes, the least significant one first.
    fn word(&mut self, x: u32, prime: usize) {
        x.to_le_bytes().into_iter().for_each(|b| self.add(u32::from(b), prime));
    }

    fn term(&mut self, t: Term) {
        if t.is_integer() {
            return self.integer(t);
        }
        if t.is_atom() {
            return self.add(super::atom(self.image, t), 1);
        }
        if t.is_cons() {
            return self.list(t);
        }
        if t.is_local_pid() {
            self.word((t.pid_number() & 0xfff_ffff) as u32, 5);
            return self.times(6);
        }
        if !t.is_boxed() {
            return self.add(1, 3);
        }
        match header_kind(t.header()) {
            kind::TUPLE => {
                self.work.push(Work::TupleEnd(t.elements().len() as u32));
                self.work.push(Work::Terms(t.elements()));
            }
            kind::FLATMAP | kind::HAMT_ROOT => {
                self.add(PRIME[14], 13);
                self.hash = self.hash.wrapping_add(hash2(t, self.image));
            }
            kind::FUN => self.fun(t.elements()),
            kind::EXPORT => self.export(t.elements()),
            kind::REF | kind::EXTERNAL_REF => {
                self.word(ref_words(t).0[0], 9);
                self.times(10);
            }
            kind::EXTERNAL_PID => {
                self.word(field(t.elements()[1]) as u32, 5);
                self.times(6);
            }
            kind::PORT => {
                let number = field(t.elements()[1]);
                if number >> 32 != 0 {
                    self.word((number >> 32) as u32, 11);
                }
                self.word(number as u32, 9);
                self.times(10);
            }
            kind::FLOAT => {
                let value = t.float().unwrap_or(0.0);
                let bits = if value == 0.0 { 0 } else { value.to_bits() };
                self.add(bits as u32 ^ (bits >> 32) as u32, 6);
            }
            _ => self.bits(t),
        }
    }

    /// Integers byte by byte, in whole words of 32 bits.
    fn integer(&mut self, t: Term) {
        let mut buffer = [0];
        let (words, negative) = super::magnitude(t, &mut buffer);
        for (i, word) in words.iter().enumerate() {
            self.word(*word as u32, 2);
            if word >> 32 != 0 || i + 1 < words.len() {
                self.word((word >> 32) as u32, 2);
            }
        }
        self.times(if negative { 4 } else { 3 });
    }

    fn bits(&mut self, t: Term) {
        let Some(bits) = t.bits() else { return };
        let (bytes, rest) = super::bytes_and_rest(bits);
        bytes.iter().for_each(|b| self.add(u32::from(*b), 1));
        if let Some((count, rest)) = rest {
            self.add(rest, 1);
            self.add(count, 12);
        }
        self.add(bytes.len() as u32, 4);
    }

    /// A list, or what is left of one.
    fn list(&mut self, mut t: Term) {
        while let Some((head, tail)) = t.cons() {
            let Some(byte) = super::byte(head) else {
                self.work.push(Work::Rest(tail));
                self.work.push(Work::Term(head));
                return;
            };
            self.add(u32::from(byte), 2);
            t = tail;
        }
        self.work.push(Work::ListEnd);
        self.work.push(Work::Term(t));
    }

    fn fun(&mut self, elements: &'_ [Term]) {
        let image = self.image;
        let Some(entry) = image.code.funs.get(elements[0].as_small() as usize) else { return };
        self.add(elements.len() as u32 - 1, 10);
        self.add(super::atom(image, entry.module), 1);
        self.add(entry.index, 2);
        self.add(entry.old_uniq, 2);
        self.work.extend(elements[1..].iter().rev().map(|t| Work::Term(*t)));
    }

    fn export(&mut self, elements: &[Term]) {
        let image = self.image;
        let Some(export) = image.code.exports.get(elements[0].as_small() as usize) else { return };
        let (module, function, arity) = export.mfa;
        self.add(arity, 11);
        self.add(super::atom(image, module), 1);
        self.add(super::atom(image, function), 1);
    }
}
