//! Where the key of a table without order stands among others: in OTP 27's order, as long as the table has no more keys than
//! it has slots to begin with.
//!
//! The hash of an atom is that of its name, and that of other keys the one on which large maps are built (see `beam::hash`),
//! which is MurmurHash3 (Austin Appleby, public domain) over their parts. Atoms within other keys are known by their numbers in OTP,
//! so the order of keys with such parts is ours alone; so is that of maps, functions, references and ports.

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::FxHasher;
use shared::{Pid, Term};

/// Two to the power of this is the number of slots that a table begins with.
const SLOT_BITS: u32 = 8;

/// What tells the kinds of parts from one another.
mod part {
    pub(super) const IMMEDIATE: u64 = 1;
    pub(super) const ARRAY_ELEMENT: u64 = 2;
    pub(super) const HEAD: u64 = 3;
    pub(super) const TAIL: u64 = 4;
    pub(super) const STRING: u64 = 5;
    pub(super) const TUPLE: u64 = 6;
    pub(super) const BITS: u64 = 11;
    pub(super) const NEGATIVE: u64 = 14;
    pub(super) const POSITIVE: u64 = 15;
    pub(super) const FLOAT: u64 = 20;
    /// Everything that has no order of OTP's.
    pub(super) const OTHER: u64 = 32;
}

/// Smallest and largest integer that OTP holds in a word.
const OTP_SMALL: std::ops::Range<i64> = -(1 << 59)..1 << 59;

/// The place of a key: its slot before all, then the rest of its hash.
pub(super) fn of(key: &Term) -> u64 {
    let hash = match key {
        Term::Atom(name) => name_hash(name.as_str()),
        key => match otp_word(key) {
            Some(word) => finish(word),
            None => State::default().hash(key),
        },
    };
    hash.rotate_right(SLOT_BITS)
}

/// OTP's hash of an atom's name, in which characters of Latin-1 count as one byte.
fn name_hash(name: &str) -> u64 {
    let mut buffer = [0; 4];
    let mut hash = 0_u64;
    for c in name.chars() {
        let bytes = match u8::try_from(c) {
            Ok(byte) => {
                buffer[0] = byte;
                &buffer[..1]
            }
            Err(_) => c.encode_utf8(&mut buffer).as_bytes(),
        };
        for byte in bytes {
            hash = (hash << 4) + u64::from(*byte);
            let high = hash & 0xf000_0000;
            hash ^= high >> 24 ^ high;
        }
    }
    hash
}

/// The word by which OTP on a 64-bit machine with default settings holds an immediate.
fn otp_word(term: &Term) -> Option<u64> {
    match term {
        Term::Int(value) => OTP_SMALL.contains(value).then_some((value << 4) as u64 | 15),
        Term::Atom(name) => Some(name_hash(name.as_str()) << 6 | 11),
        Term::Nil => Some(0x3b),
        term => term.as_local_pid().map(|pid| otp_pid(pid) << 4 | 3),
    }
}

/// A pid's number as OTP holds it: processes that follow each other are kept apart in its table.
fn otp_pid(Pid(number): Pid) -> u64 {
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

const C1: u64 = 0x87c3_7b91_1142_53d5;
const C2: u64 = 0x4cf5_ad43_2745_937f;

fn scramble_alpha(x: u64) -> u64 {
    x.wrapping_mul(C1).rotate_left(31).wrapping_mul(C2)
}

fn scramble_beta(x: u64) -> u64 {
    x.wrapping_mul(C2).rotate_left(33).wrapping_mul(C1)
}

enum Work<'a> {
    Term(&'a Term),
    /// Elements of a list, with what comes after them.
    List(&'a [Term], &'a Term),
    /// What follows is the tail of a list that is no list cell.
    Tail,
}

#[derive(Default)]
struct State<'a> {
    alpha: u64,
    beta: u64,
    /// Number of parts mixed in.
    ticks: u64,
    work: Vec<Work<'a>>,
}

impl<'a> State<'a> {
    fn hash(mut self, key: &'a Term) -> u64 {
        self.work.push(Work::Term(key));
        while let Some(next) = self.work.pop() {
            match next {
                Work::Term(term) => self.term(term),
                Work::List(elements, end) => self.list(elements, end),
                Work::Tail => self.mix_beta(part::TAIL),
            }
        }
        let alpha = self.alpha ^ self.ticks;
        let beta = self.beta ^ self.ticks;
        let alpha = alpha.wrapping_add(beta);
        let beta = beta.wrapping_add(alpha);
        let (alpha, beta) = (finish(alpha), finish(beta));
        let alpha = alpha.wrapping_add(beta);
        let beta = beta.wrapping_add(alpha);
        alpha ^ beta
    }

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

    fn immediate(&mut self, word: u64) {
        self.mix_alpha(part::IMMEDIATE);
        self.mix_beta(word);
    }

    fn term(&mut self, term: &'a Term) {
        if let Some(word) = otp_word(term) {
            return self.immediate(word);
        }
        match term {
            Term::Int(value) => self.integer(*value < 0, &[value.unsigned_abs()]),
            Term::BigInt(value) => {
                let (sign, words) = value.to_u64_digits();
                self.integer(sign == num_bigint::Sign::Minus, &words);
            }
            Term::Float(value) => {
                self.mix_alpha(part::FLOAT);
                self.mix_beta(value.to_bits());
            }
            Term::Tuple(elements) => {
                self.mix_alpha(part::TUPLE);
                self.mix_beta(elements.len() as u64);
                if let Some((last, first)) = elements.split_last() {
                    first.iter().for_each(|term| self.element(term));
                    self.work.push(Work::Term(last));
                }
            }
            Term::List(list) => self.list(list.elements(), list.end()),
            Term::Bits(bits) => self.bits(bits.padded_bytes(), bits.bit_len()),
            other => {
                let mut hasher = FxHasher::default();
                other.hash(&mut hasher);
                self.mix_alpha(part::OTHER);
                self.mix_beta(hasher.finish());
            }
        }
    }

    /// An element among others: immediates at once, the rest later.
    fn element(&mut self, term: &'a Term) {
        match otp_word(term) {
            Some(word) => self.immediate(word),
            None => {
                self.mix_alpha(part::ARRAY_ELEMENT);
                self.work.push(Work::Term(term));
            }
        }
    }

    fn integer(&mut self, is_negative: bool, words: &[u64]) {
        self.mix_alpha(if is_negative { part::NEGATIVE } else { part::POSITIVE } | (words.len() as u64) << 32);
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
    fn list(&mut self, elements: &'a [Term], end: &'a Term) {
        let (mut word, mut count) = (0, 0);
        for (i, head) in elements.iter().enumerate() {
            let Some(byte) = head.as_int().and_then(|value| u8::try_from(value).ok()) else {
                self.string(word, count);
                return self.cell(head, &elements[i + 1..], end);
            };
            word = word << 8 | u64::from(byte);
            count += 1;
            if count == 4 {
                self.string(word, count);
                (word, count) = (0, 0);
            }
        }
        self.string(word, count);
        self.work.push(Work::Term(end));
    }

    fn string(&mut self, word: u64, count: u64) {
        if count > 0 {
            self.mix_alpha(part::STRING | count << 8 | word << 32);
        }
    }

    fn cell(&mut self, head: &'a Term, rest: &'a [Term], end: &'a Term) {
        let is_last = rest.is_empty();
        self.work.push(if is_last { Work::Term(end) } else { Work::List(rest, end) });
        if let Some(word) = otp_word(head) {
            self.mix_alpha(part::IMMEDIATE | part::HEAD << 32);
            self.mix_beta(word);
            if is_last {
                self.mix_alpha(part::TAIL);
            }
        } else {
            if is_last {
                self.work.push(Work::Tail);
            }
            self.mix_alpha(part::HEAD);
            self.work.push(Work::Term(head));
        }
    }

    fn bits(&mut self, bytes: &[u8], len: usize) {
        self.mix_alpha(part::BITS);
        self.mix_beta(len as u64);
        let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        let (whole, rest) = bytes.split_at(len / 8);
        let mut chunks = whole.chunks_exact(16);
        for chunk in chunks.by_ref() {
            self.mix_alpha(word(&chunk[..8]));
            self.mix_beta(word(&chunk[8..]));
        }
        let left = chunks.remainder();
        let (low, high) = left.split_at(left.len().min(8));
        self.beta ^= scramble_beta(word(high));
        self.alpha ^= scramble_alpha(word(low));
        if let [last] = rest {
            self.mix_alpha(u64::from(last >> (8 - len % 8)));
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::Term;

    use super::of;

    /// The keys as a table of OTP 27 has them, from the first one on.
    #[test]
    fn keys_stand_where_otp_has_them() {
        let mut keys: Vec<i64> = (1..=9).collect();
        keys.sort_by_key(|key| of(&Term::Int(*key)));
        assert_eq!(keys, [5, 2, 3, 6, 4, 7, 1, 8, 9]);
    }
}
