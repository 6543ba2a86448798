//! `erlang:phash2`: the same on every node and in every release.

use crate::compare::{field, ref_words};
use crate::image::Image;
use crate::term::{Term, header_kind, kind};

use super::jenkins::{self, constant};

/// As `erlang:phash2/1`: below 2^27.
pub fn phash2(t: Term, image: &Image) -> u32 {
    below_2_27(hash2(t, image))
}

/// What `erlang:phash2/1` takes of a whole hash.
pub fn below_2_27(hash: u32) -> u32 {
    hash & ((1 << 27) - 1)
}

/// Bytes of a bitstring that count as one step.
const BYTES_A_STEP: usize = 16;

/// What is still to be hashed.
enum Work<'a> {
    Term(Term),
    Terms(&'a [Term]),
    /// A node of a large map.
    Node(Term),
    /// The hash now is that of a key and its value.
    PairEnd,
    /// All pairs of a map are done; the hash and the pairs' hash of the term around it.
    MapEnd(u32, u32),
}

/// All 32 bits of the hash that `erlang:phash2/2` takes the remainder of.
pub fn hash2(t: Term, image: &Image) -> u32 {
    counted(t, image).0
}

/// As [`hash2`], with the number of steps that it took: one for each term and for some bytes of a bitstring.
pub fn counted(t: Term, image: &Image) -> (u32, usize) {
    let mut state = State { image, hash: 0, pairs: 0, work: vec![Work::Term(t)], steps: 0 };
    while let Some(next) = state.work.pop() {
        state.steps += 1;
        match next {
            Work::Term(t) => state.term(t),
            Work::Terms(terms) => {
                if let Some((first, rest)) = terms.split_first() {
                    state.work.push(Work::Terms(rest));
                    state.term(*first);
                }
            }
            Work::Node(node) => state.node(node),
            Work::PairEnd => {
                state.pairs ^= state.hash;
                state.hash = 0;
            }
            Work::MapEnd(hash, pairs) => {
                state.hash = jenkins::word(hash, state.pairs, constant(19));
                state.pairs = pairs;
            }
        }
    }
    (state.hash, state.steps)
}

struct State<'a> {
    image: &'a Image,
    hash: u32,
    /// The hashes of a map's pairs so far: their order must not matter.
    pairs: u32,
    work: Vec<Work<'a>>,
    steps: usize,
}

impl State<'_> {
    fn word(&mut self, x: u32, n: u32) {
        self.hash = jenkins::word(self.hash, x, constant(n));
    }
    fn pair(&mut self, x: u32, y: u32, n: u32) {
        self.hash = jenkins::pair(self.hash, x, y, constant(n));
    }

    fn term(&mut self, t: Term) {
        match t.small_value() {
            Some(value) if (-1 << 27..1 << 27).contains(&value) => {
                if value < 0 {
                    self.word(value.unsigned_abs() as u32, 1);
                }
                return self.word(value as u32, 1);
            }
            Some(_) => return self.integer(t),
            None => {}
        }
        if t.is_atom() {
            let hash = super::atom(self.image, t);
            return if self.hash == 0 { self.hash = hash } else { self.word(hash, 3) };
        }
        if t.is_cons() {
            return self.list(t);
        }
        if t.is_local_pid() {
            return self.word((t.pid_number() & 0xfff_ffff) as u32, 5);
        }
        if !t.is_boxed() {
            return if self.hash == 0 { self.hash = 3_468_870_702 } else { self.word(2, 2) };
        }
        match header_kind(t.header()) {
            kind::TUPLE => {
                self.word(t.elements().len() as u32, 9);
                self.work.push(Work::Terms(t.elements()));
            }
            kind::FLATMAP | kind::HAMT_ROOT => self.map(t),
            kind::FUN => self.fun(t.elements()),
            kind::EXPORT => self.export(t.elements()),
            kind::BIG_POS | kind::BIG_NEG => self.integer(t),
            kind::REF | kind::EXTERNAL_REF => self.word(ref_words(t).0[0], 7),
            kind::EXTERNAL_PID => self.word(field(t.elements()[1]) as u32, 5),
            kind::PORT => {
                let number = field(t.elements()[1]);
                self.pair(number as u32, (number >> 32) as u32, 6);
            }
            kind::FLOAT => {
                let value = t.float().unwrap_or(0.0);
                // Both zeros have one hash.
                let bits = if value == 0.0 { 0 } else { value.to_bits() };
                self.pair((bits >> 32) as u32, bits as u32, 12);
            }
            _ => self.bits(t),
        }
    }

    fn integer(&mut self, t: Term) {
        let mut buffer = [0];
        let (words, negative) = super::magnitude(t, &mut buffer);
        for word in words {
            self.pair(*word as u32, (word >> 32) as u32, if negative { 10 } else { 11 });
        }
    }

    fn bits(&mut self, t: Term) {
        let Some(bits) = t.bits() else { return };
        let start = constant(13).wrapping_add(self.hash);
        if bits.len == 0 {
            self.hash = start;
            return;
        }
        let (bytes, rest) = super::bytes_and_rest(bits);
        self.hash = jenkins::block(&bytes, start);
        self.steps += bytes.len() / BYTES_A_STEP;
        if let Some((count, rest)) = rest {
            self.pair(count, rest, 15);
        }
    }

    /// A list: runs of bytes are taken four at a time.
    fn list(&mut self, t: Term) {
        let (mut rest, mut word, mut count) = (t, 0u32, 0);
        while let Some((head, tail)) = rest.cons() {
            let Some(byte) = super::byte(head) else {
                break;
            };
            word = word << 8 | u32::from(byte);
            count += 1;
            if count == 4 {
                self.word(word, 4);
                self.steps += 1;
                (word, count) = (0, 0);
            }
            rest = tail;
        }
        if count > 0 {
            self.word(word, 4);
        }
        match rest.cons() {
            Some((head, tail)) => {
                self.work.push(Work::Term(tail));
                self.work.push(Work::Term(head));
            }
            None => self.work.push(Work::Term(rest)),
        }
    }

    fn map(&mut self, t: Term) {
        let size = crate::compare::map_size(t);
        self.word(size as u32, 16);
        if size > 0 {
            self.work.push(Work::MapEnd(self.hash, self.pairs));
            self.work.push(Work::Node(t));
            (self.hash, self.pairs) = (0, 0);
        }
    }

    fn node(&mut self, node: Term) {
        let work = &mut self.work;
        let mut children = Vec::new();
        super::map_parts(
            node,
            |key, value| work.extend([Work::PairEnd, Work::Term(value), Work::Term(key)]),
            |child| children.push(Work::Node(child)),
        );
        work.extend(children);
    }

    fn fun(&mut self, elements: &'_ [Term]) {
        let image = self.image;
        let Some(entry) = image.code.funs.get(elements[0].as_small() as usize) else { return };
        self.pair(elements.len() as u32 - 1, super::atom(image, entry.module), 1);
        self.pair(entry.index, entry.old_uniq, 1);
        self.work.extend(elements[1..].iter().rev().map(|t| Work::Term(*t)));
    }

    fn export(&mut self, elements: &[Term]) {
        let image = self.image;
        let Some(export) = image.code.exports.get(elements[0].as_small() as usize) else { return };
        let (module, function, arity) = export.mfa;
        self.pair(arity, super::atom(image, module), 1);
        self.word(super::atom(image, function), 14);
    }
}
