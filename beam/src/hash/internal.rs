//! The hash that large maps are built on: OTP 27's, so that large maps are walked in OTP's order. It is MurmurHash3 (Austin
//! Appleby, public domain) over the parts of a term.
//!
//! Immediates are hashed by their words in OTP. Atoms and funs are known by their numbers, as in OTP, so here the order of a
//! map that has such keys is ours alone. It is the same in all processes of a sandbox: the compiler of Elixir counts on that.

use crate::atom::common_number;
use crate::compare::{field, ref_words};
use crate::term::{Term, header_kind, kind};

const C1: u64 = 0x87c3_7b91_1142_53d5;
const C2: u64 = 0x4cf5_ad43_2745_937f;

/// What tells the kinds of parts from one another.
mod part {
    pub(super) const IMMEDIATE: u64 = 1;
    pub(super) const ARRAY_ELEMENT: u64 = 2;
    pub(super) const HEAD: u64 = 3;
    pub(super) const TAIL: u64 = 4;
    pub(super) const STRING: u64 = 5;
    pub(super) const TUPLE: u64 = 6;
    pub(super) const SMALL_MAP: u64 = 7;
    pub(super) const LARGE_MAP_FULL: u64 = 8;
    pub(super) const LARGE_MAP: u64 = 9;
    pub(super) const LARGE_MAP_NODE: u64 = 10;
    pub(super) const BITS: u64 = 11;
    pub(super) const FUN: u64 = 12;
    pub(super) const EXPORT: u64 = 13;
    pub(super) const NEGATIVE: u64 = 14;
    pub(super) const POSITIVE: u64 = 15;
    pub(super) const REF: u64 = 16;
    pub(super) const EXTERNAL_REF: u64 = 17;
    pub(super) const EXTERNAL_PID: u64 = 18;
    pub(super) const PORT: u64 = 19;
    pub(super) const FLOAT: u64 = 20;
}

/// Smallest and largest integer that OTP holds in a word.
const OTP_SMALL: std::ops::Range<i64> = -(1 << 59)..1 << 59;

/// Hash of a key of a large map.
pub fn internal(t: Term) -> u64 {
    if let Some(word) = otp_word(t) {
        return finish(word);
    }
    let mut state = State { alpha: 0, beta: 0, ticks: 0, work: vec![Work::Term(t)] };
    while let Some(next) = state.work.pop() {
        match next {
            Work::Term(t) => state.term(t),
            Work::Tail => state.mix_beta(part::TAIL),
        }
    }
    state.value()
}

/// The word by which OTP on a 64-bit machine with default settings holds an immediate.
fn otp_word(t: Term) -> Option<u64> {
    if let Some(value) = t.small_value() {
        return OTP_SMALL.contains(&value).then_some((value << 4) as u64 | 15);
    }
    if t.is_atom() {
        return Some(common_number(t) << 6 | 11);
    }
    if t.is_local_pid() {
        return Some(otp_pid(t.pid_number()) << 4 | 3);
    }
    t.is_immediate().then_some(0x3b)
}

/// A pid's number as OTP holds it: processes that follow each other are kept apart in its table, which by default has 2^20
/// places, eight of them within reach of one another.
fn otp_pid(number: u64) -> u64 {
    let place = (number & 0x1_ffff) << 3 | number >> 17 & 7;
    number & !0xf_ffff | place
}

/// Spreads a word over all bits.
fn finish(mut h: u64) -> u64 {
    h ^= h >> 33;
    h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
    h ^= h >> 33;
    h = h.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ h >> 33
}

enum Work {
    Term(Term),
    /// What follows is the tail of a list that is no list cell.
    Tail,
}

struct State {
    alpha: u64,
    beta: u64,
    /// Number of parts mixed in.
    ticks: u64,
    work: Vec<Work>,
}

fn scramble_alpha(x: u64) -> u64 {
    x.wrapping_mul(C1).rotate_left(31).wrapping_mul(C2)
}

fn scramble_beta(x: u64) -> u64 {
    x.wrapping_mul(C2).rotate_left(33).wrapping_mul(C1)
}

impl State {
    fn mix_alpha(&mut self, x: u64) {
        let mixed = (self.alpha ^ scramble_alpha(x)).rotate_left(27).wrapping_add(self.beta);
        self.alpha = mixed.wrapping_mul(5).wrapping_add(0x52dc_e729);
        self.ticks += 1;
    }
    fn mix_beta(&mut self, x: u64) {
        let mixed = (self.beta ^ scramble_beta(x)).rotate_left(31).wrapping_add(self.alpha);
        self.beta = mixed.wrapping_mul(5).wrapping_add(0x3849_5ab5);
        self.ticks += 1;
    }
    fn value(self) -> u64 {
        let alpha = self.alpha ^ self.ticks;
        let beta = self.beta ^ self.ticks;
        let alpha = alpha.wrapping_add(beta);
        let beta = beta.wrapping_add(alpha);
        let (alpha, beta) = (finish(alpha), finish(beta));
        let alpha = alpha.wrapping_add(beta);
        let beta = beta.wrapping_add(alpha);
        alpha ^ beta
    }

    fn immediate(&mut self, word: u64) {
        self.mix_alpha(part::IMMEDIATE);
        self.mix_beta(word);
    }
    /// An element among others: immediates at once, the rest later.
    fn element(&mut self, t: Term) {
        match otp_word(t) {
            Some(word) => self.immediate(word),
            None => {
                self.mix_alpha(part::ARRAY_ELEMENT);
                self.work.push(Work::Term(t));
            }
        }
    }
    /// Elements of which the last one is done first.
    fn elements(&mut self, elements: &[Term]) {
        if let Some((last, first)) = elements.split_last() {
            first.iter().for_each(|t| self.element(*t));
            self.work.push(Work::Term(*last));
        }
    }

    fn term(&mut self, t: Term) {
        if let Some(word) = otp_word(t) {
            return self.immediate(word);
        }
        if t.is_integer() {
            return self.integer(t);
        }
        if t.is_cons() {
            return self.list(t);
        }
        let e = || t.elements();
        match header_kind(t.header()) {
            kind::TUPLE => {
                self.mix_alpha(part::TUPLE);
                self.mix_beta(e().len() as u64);
                self.elements(e());
            }
            kind::FLATMAP => self.small_map(t),
            kind::HAMT_ROOT | kind::HAMT_NODE => self.large_map(t),
            kind::FUN => {
                self.mix_alpha(part::FUN | (e().len() as u64 - 1) << 32);
                self.mix_beta(e()[0].as_small() as u64);
                self.elements(&e()[1..]);
            }
            kind::EXPORT => {
                self.mix_alpha(part::EXPORT);
                self.mix_beta(e()[0].as_small() as u64);
            }
            kind::REF => {
                let [a, b, c, ..] = ref_words(t).0.map(u64::from);
                self.mix_alpha(part::REF | a << 32);
                self.mix_beta(b | c << 32);
            }
            kind::EXTERNAL_REF => {
                let [a, b, c, d, e] = ref_words(t).0.map(u64::from);
                self.mix_alpha(part::EXTERNAL_REF);
                self.mix_beta(a | b << 32);
                self.mix_beta(c | d << 32);
                self.mix_beta(e);
                self.identity(&t.elements()[..2]);
            }
            kind::EXTERNAL_PID => {
                self.mix_alpha(part::EXTERNAL_PID);
                self.identity(e());
            }
            kind::PORT => {
                self.mix_alpha(part::PORT);
                self.identity(e());
            }
            kind::FLOAT => {
                self.mix_alpha(part::FLOAT);
                self.mix_beta(t.words()[0]);
            }
            _ => self.bits(t),
        }
    }

    fn identity(&mut self, fields: &[Term]) {
        for t in fields {
            self.mix_beta(if t.is_atom() { common_number(*t) } else { field(*t) });
        }
    }

    fn integer(&mut self, t: Term) {
        let mut buffer = [0];
        let (words, negative) = super::magnitude(t, &mut buffer);
        self.mix_alpha(if negative { part::NEGATIVE } else { part::POSITIVE } | (words.len() as u64) << 32);
        for pair in words.chunks(2) {
            match pair {
                [x, y] => {
                    self.mix_alpha(*x);
                    self.mix_beta(*y);
                }
                rest => rest.iter().for_each(|x| self.mix_beta(*x)),
            }
        }
    }

    /// A list: runs of bytes are taken four at a time.
    fn list(&mut self, t: Term) {
        let (mut rest, mut word, mut count) = (t, 0u64, 0u64);
        while let Some((head, tail)) = rest.cons() {
            let Some(byte) = super::byte(head) else {
                self.string(word, count);
                return self.cell(head, tail);
            };
            word = word << 8 | u64::from(byte);
            count += 1;
            if count == 4 {
                self.string(word, count);
                (word, count) = (0, 0);
            }
            rest = tail;
        }
        self.string(word, count);
        self.work.push(Work::Term(rest));
    }
    fn string(&mut self, word: u64, count: u64) {
        if count > 0 {
            self.mix_alpha(part::STRING | count << 8 | word << 32);
        }
    }
    fn cell(&mut self, head: Term, tail: Term) {
        self.work.push(Work::Term(tail));
        if let Some(word) = otp_word(head) {
            self.mix_alpha(part::IMMEDIATE | part::HEAD << 32);
            self.mix_beta(word);
            if !tail.is_cons() {
                self.mix_alpha(part::TAIL);
            }
        } else {
            if !tail.is_cons() {
                self.work.push(Work::Tail);
            }
            self.mix_alpha(part::HEAD);
            self.work.push(Work::Term(head));
        }
    }

    fn small_map(&mut self, t: Term) {
        let elements = t.elements();
        let (keys, values) = (elements[0].elements(), &elements[1..]);
        self.mix_alpha(part::SMALL_MAP);
        self.mix_beta(keys.len() as u64);
        for (i, (key, value)) in keys.iter().zip(values).enumerate() {
            self.element(*value);
            if i + 1 < keys.len() {
                self.element(*key);
            } else {
                self.work.push(Work::Term(*key));
            }
        }
    }

    fn large_map(&mut self, t: Term) {
        let elements = t.elements();
        let is_root = t.is_kind(kind::HAMT_ROOT);
        let children = &elements[usize::from(is_root)..];
        if is_root {
            self.mix_alpha(if children.len() == 16 { part::LARGE_MAP_FULL } else { part::LARGE_MAP });
            self.mix_beta(crate::compare::map_size(t) as u64);
        } else if children.len() == 16 {
            // OTP holds a full node as a tuple.
            self.mix_alpha(part::TUPLE);
            self.mix_beta(16);
            return self.elements(children);
        } else {
            self.mix_alpha(part::LARGE_MAP_NODE);
        }
        for child in children {
            match child.cons() {
                Some((key, value)) => {
                    self.element(value);
                    self.element(key);
                }
                None => self.work.push(Work::Term(*child)),
            }
        }
    }

    fn bits(&mut self, t: Term) {
        let Some(bits) = t.bits() else { return };
        self.mix_alpha(part::BITS);
        self.mix_beta(bits.len as u64);
        let (bytes, rest) = super::bytes_and_rest(bits);
        let word = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |w, b| w << 8 | u64::from(*b));
        let mut chunks = bytes.chunks_exact(16);
        for chunk in chunks.by_ref() {
            self.mix_alpha(word(&chunk[..8]));
            self.mix_beta(word(&chunk[8..]));
        }
        let left = chunks.remainder();
        let (low, high) = left.split_at(left.len().min(8));
        self.beta ^= scramble_beta(word(high));
        self.alpha ^= scramble_alpha(word(low));
        if let Some((_, rest)) = rest {
            self.mix_alpha(u64::from(rest));
        }
    }
}
