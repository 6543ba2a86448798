//! Terms to bytes, as `term_to_binary/2` gives them.

use crate::atoms::NONODE;
use crate::compare::{cmp_exact, field, ref_words};
use crate::deflate::{Deflate, Flush, Status, Strategy};
use crate::image::Image;
use crate::map;
use crate::term::{Bits, Term, header_kind, kind};

use super::sink::{Counter, Sink};
use super::{TooLarge, VERSION, tag};

/// Binaries of more bytes are elements of their own in [`encode_parts`].
const MAX_INLINE_BYTES: usize = 64;

/// The name of this node as it stands in nearly all pids and references.
const LOCAL_NODE: &[u8; 15] = b"\x77\x0dnonode@nohost";

/// What all references of this node begin with, save for where its name is left out: that there are three words, the name, and creation 0.
const LOCAL_REFERENCE: &[u8; 22] = b"\x5a\x00\x03\x77\x0dnonode@nohost\0\0\0\0";

/// How to encode (OTP: `erlang:term_to_binary/2`).
#[derive(Clone, Copy, Debug)]
pub struct EncodeOptions {
    /// 0: floats as text; below 2: atoms in Latin-1 where possible; 2: as OTP 26 and later do by default.
    pub minor_version: u8,
    /// Level of compression, 0 to 9. Without effect where the result would not be smaller.
    pub compressed: u8,
    /// Keys of maps in the order of terms.
    pub deterministic: bool,
    /// For this node only: its own name is left out of pids, ports and references.
    pub local: bool,
    /// Largest number of bytes before compression.
    pub max_bytes: usize,
}

impl Default for EncodeOptions {
    fn default() -> Self {
        EncodeOptions { minor_version: 2, compressed: 0, deterministic: false, local: false, max_bytes: 1 << 30 }
    }
}

/// Encodes a term, version byte included.
pub fn encode(image: &Image, term: Term, options: EncodeOptions) -> Result<Vec<u8>, TooLarge> {
    let mut out = vec![VERSION];
    let mut encoder = Encoder { image, options, out: &mut out, parts: None };
    if options.local {
        encoder.out.put(&[tag::LOCAL, 0, 0, 0, 0]);
        encoder.term(term)?;
        let check = local_check(&out[6..]).to_be_bytes();
        out[2..6].copy_from_slice(&check);
    } else {
        encoder.term(term)?;
    }
    Ok(if options.compressed > 0 { compress(out, options.compressed) } else { out })
}

/// Appends an encoded term to bytes, version byte included.
pub fn encode_onto(image: &Image, term: Term, out: &mut Vec<u8>) -> Result<(), TooLarge> {
    out.push(VERSION);
    encode_body(image, term, out)
}

/// Appends the encoded list of some terms, version byte included. The list need not be on a heap.
pub fn encode_list(image: &Image, terms: &[Term], out: &mut Vec<u8>) -> Result<(), TooLarge> {
    out.push(VERSION);
    if !terms.is_empty() {
        out.byte(tag::LIST);
        out.u32(terms.len() as u32);
        let mut encoder = Encoder { image, options: EncodeOptions::default(), out: &mut *out, parts: None };
        terms.iter().try_for_each(|term| encoder.term(*term))?;
    }
    out.byte(tag::NIL);
    Ok(())
}

/// The pid of this node with a number, version byte included.
pub fn local_pid(number: u64) -> Vec<u8> {
    let mut out = vec![VERSION, tag::NEW_PID];
    out.put(LOCAL_NODE);
    out.u32((number & 0xfff_ffff) as u32);
    out.u32((number >> 28) as u32);
    out.u32(0);
    out
}

/// Encodes a term without the version byte, as it stands within another encoded term.
pub fn encode_body(image: &Image, term: Term, out: &mut Vec<u8>) -> Result<(), TooLarge> {
    Encoder { image, options: EncodeOptions::default(), out, parts: None }.term(term)
}

/// Number of bytes of an encoded term, version byte included and before compression.
pub fn size(image: &Image, term: Term, options: EncodeOptions) -> Result<usize, TooLarge> {
    let mut out = Counter::default();
    Encoder { image, options, out: &mut out, parts: None }.term(term)?;
    Ok(1 + out.len() + if options.local { 5 } else { 0 })
}

/// As [`encode`] without compression, with large binaries left out.
pub fn encode_parts(image: &Image, term: Term, options: EncodeOptions) -> Result<Parts, TooLarge> {
    let mut parts = Parts { bytes: vec![VERSION], binaries: Vec::new() };
    let Parts { bytes, binaries } = &mut parts;
    Encoder { image, options, out: bytes, parts: Some(binaries) }.term(term)?;
    Ok(parts)
}

/// An encoded term without its large binaries.
pub struct Parts {
    /// The bytes in front of, between and behind the binaries.
    pub bytes: Vec<u8>,
    /// The binaries in their order, each with the place in `bytes` before which it belongs.
    pub binaries: Vec<(usize, Term)>,
}

/// The four bytes in front of a term that only this node can decode.
pub(super) fn local_check(body: &[u8]) -> u32 {
    body.iter().fold(0x811c_9dc5, |h: u32, b| (h ^ u32::from(*b)).wrapping_mul(0x0100_0193))
}

fn compress(plain: Vec<u8>, level: u8) -> Vec<u8> {
    let mut out = vec![VERSION, tag::COMPRESSED];
    out.u32((plain.len() - 1) as u32);
    let Some(mut codec) = Deflate::new(i32::from(level), 15, 8, Strategy::Default) else { return plain };
    // Where the output is full before the end, the whole did not become smaller.
    let room = plain.len().saturating_sub(out.len());
    match codec.compress(&mut &plain[1..], &mut out, room, Flush::Finish) {
        Status::StreamEnd => out,
        _ => plain,
    }
}

/// What is still to be written.
enum Work<'a> {
    /// Terms one after another.
    Terms(&'a [Term]),
    /// One term.
    Term(Term),
    /// The cells of a list and its tail.
    List(Term),
    /// Keys and values, the last one first.
    Pairs(Vec<(Term, Term)>),
    /// The size of a fun, whose bytes begin at the place given.
    FunSize(usize),
}

struct Encoder<'e, S> {
    image: &'e Image,
    options: EncodeOptions,
    out: &'e mut S,
    parts: Option<&'e mut Vec<(usize, Term)>>,
}

/// Terms within terms down to this level are written by a function that calls itself, which is faster than to note what is left to
/// do. What lies deeper is noted: it may be as deep as it likes.
const SHALLOW: usize = 6;

impl<S: Sink> Encoder<'_, S> {
    fn term(&mut self, term: Term) -> Result<(), TooLarge> {
        self.shallow(term, SHALLOW)
    }

    fn shallow(&mut self, term: Term, levels: usize) -> Result<(), TooLarge> {
        if let Some(value) = term.small_value() {
            self.small(value);
            return self.check();
        }
        if term.is_atom() {
            self.atom(term);
            return self.check();
        }
        if levels > 0 {
            if let Some(elements) = term.tuple() {
                self.tuple_start(elements.len());
                for element in elements {
                    self.shallow(*element, levels - 1)?;
                }
                return self.check();
            }
            if term.is_cons() {
                if !self.list_start(term) {
                    let mut cells = term.list();
                    for head in cells.by_ref() {
                        self.shallow(head, levels - 1)?;
                    }
                    self.shallow(cells.tail(), levels - 1)?;
                }
                return self.check();
            }
            if term.is_kind(kind::REF) {
                self.reference(NONODE, 0, term);
                return self.check();
            }
        }
        // Takes no memory unless something is noted.
        let mut work = Vec::new();
        self.one(term, &mut work);
        self.rest(work)
    }

    fn check(&self) -> Result<(), TooLarge> {
        if self.out.len() > self.options.max_bytes { Err(TooLarge) } else { Ok(()) }
    }

    /// Writes what is left to do.
    fn rest(&mut self, mut work: Vec<Work<'_>>) -> Result<(), TooLarge> {
        self.check()?;
        while let Some(next) = work.pop() {
            if self.out.len() > self.options.max_bytes {
                return Err(TooLarge);
            }
            match next {
                Work::Term(t) => self.one(t, &mut work),
                Work::Terms(terms) => {
                    if let Some((first, rest)) = terms.split_first() {
                        work.push(Work::Terms(rest));
                        self.one(*first, &mut work);
                    }
                }
                Work::List(t) => match t.cons() {
                    Some((head, tail)) => {
                        work.push(Work::List(tail));
                        self.one(head, &mut work);
                    }
                    None => self.one(t, &mut work),
                },
                Work::Pairs(mut pairs) => {
                    if let Some((key, value)) = pairs.pop() {
                        work.push(Work::Pairs(pairs));
                        work.push(Work::Term(value));
                        self.one(key, &mut work);
                    }
                }
                Work::FunSize(start) => self.fun_size(start),
            }
        }
        Ok(())
    }

    /// Writes a term, or its beginning: the rest goes to `work`.
    fn one(&mut self, t: Term, work: &mut Vec<Work<'_>>) {
        if let Some(value) = t.small_value() {
            return self.small(value);
        }
        if t.is_atom() {
            return self.atom(t);
        }
        if t.is_cons() {
            return self.list(t, work);
        }
        if t.is_local_pid() {
            let n = t.pid_number();
            return self.pid(NONODE, (n & 0xfff_ffff) as u32, (n >> 28) as u32, 0);
        }
        if let Some(bits) = t.bits() {
            return self.bits(t, bits);
        }
        if !t.is_boxed() {
            return self.out.byte(tag::NIL);
        }
        match header_kind(t.header()) {
            kind::TUPLE => {
                let e = t.elements();
                self.tuple_start(e.len());
                work.push(Work::Terms(e));
            }
            kind::FLATMAP | kind::HAMT_ROOT => self.map(t, work),
            kind::FLOAT => self.float(t.float().unwrap_or(0.0)),
            kind::BIG_POS | kind::BIG_NEG => self.big(t.words(), t.is_kind(kind::BIG_NEG)),
            kind::FUN => self.fun(t.elements(), work),
            kind::EXPORT => self.export(t.elements()),
            kind::EXTERNAL_PID => {
                let e = t.elements();
                self.pid(e[0], field(e[1]) as u32, field(e[2]) as u32, field(e[3]) as u32);
            }
            kind::PORT => {
                let e = t.elements();
                self.out.byte(tag::V4_PORT);
                self.node(e[0], field(e[2]));
                self.out.put(&field(e[1]).to_be_bytes());
                self.out.u32(field(e[2]) as u32);
            }
            kind::REF => self.reference(NONODE, 0, t),
            kind::EXTERNAL_REF => self.reference(t.elements()[0], field(t.elements()[1]), t),
            _ => self.out.byte(tag::NIL),
        }
    }

    fn small(&mut self, value: i64) {
        if let Ok(byte) = u8::try_from(value) {
            self.out.put(&[tag::SMALL_INTEGER, byte]);
        } else if let Ok(int) = i32::try_from(value) {
            let [a, b, c, d] = int.to_be_bytes();
            self.out.put(&[tag::INTEGER, a, b, c, d]);
        } else {
            self.big(&[value.unsigned_abs()], value < 0);
        }
    }

    fn big(&mut self, words: &[u64], negative: bool) {
        let last = words.last().copied().unwrap_or(0);
        let bytes = words.len() * 8 - last.leading_zeros() as usize / 8;
        match u8::try_from(bytes) {
            Ok(n) => self.out.put(&[tag::SMALL_BIG, n]),
            Err(_) => {
                self.out.byte(tag::LARGE_BIG);
                self.out.u32(bytes as u32);
            }
        }
        self.out.byte(u8::from(negative));
        for (i, word) in words.iter().enumerate() {
            self.out.put(&word.to_le_bytes()[..(bytes - i * 8).min(8)]);
        }
    }

    fn atom(&mut self, atom: Term) {
        let name = self.image.atoms.name(atom);
        if self.options.minor_version < 2 && name.chars().all(|c| u32::from(c) < 256) {
            let latin1: Vec<u8> = name.chars().map(|c| c as u8).collect();
            self.out.byte(tag::ATOM);
            self.out.u16(latin1.len() as u16);
            return self.out.put(&latin1);
        }
        match u8::try_from(name.len()) {
            Ok(n) => self.out.put(&[tag::SMALL_ATOM_UTF8, n]),
            Err(_) => {
                self.out.byte(tag::ATOM_UTF8);
                self.out.u16(name.len() as u16);
            }
        }
        self.out.put_few(name.as_bytes());
    }

    /// The node of a pid, port or reference.
    fn node(&mut self, node: Term, creation: u64) {
        if self.options.local && node == NONODE && creation == 0 {
            self.out.byte(tag::NIL);
        } else if node == NONODE && self.options.minor_version >= 2 {
            self.out.put(LOCAL_NODE);
        } else {
            self.atom(node);
        }
    }

    fn pid(&mut self, node: Term, id: u32, serial: u32, creation: u32) {
        self.out.byte(tag::NEW_PID);
        self.node(node, u64::from(creation));
        self.out.u32(id);
        self.out.u32(serial);
        self.out.u32(creation);
    }

    fn reference(&mut self, node: Term, creation: u64, t: Term) {
        if let Some(words) = t.local_ref()
            && self.options.minor_version >= 2
            && !self.options.local
        {
            let mut bytes = [0; LOCAL_REFERENCE.len() + 12];
            let (start, rest) = bytes.split_at_mut(LOCAL_REFERENCE.len());
            start.copy_from_slice(LOCAL_REFERENCE);
            for (place, word) in rest.as_chunks_mut::<4>().0.iter_mut().zip(words) {
                *place = word.to_be_bytes();
            }
            return self.out.put(&bytes);
        }
        let (words, count) = ref_words(t);
        self.out.byte(tag::NEWER_REFERENCE);
        self.out.u16(count as u16);
        self.node(node, creation);
        self.out.u32(creation as u32);
        for word in &words[..count] {
            self.out.u32(*word);
        }
    }

    fn float(&mut self, value: f64) {
        if self.options.minor_version == 0 {
            self.out.byte(tag::FLOAT);
            return self.out.put(&float_text(value));
        }
        self.out.byte(tag::NEW_FLOAT);
        self.out.put(&value.to_bits().to_be_bytes());
    }

    fn bits(&mut self, t: Term, bits: Bits<'_>) {
        if bits.is_binary() {
            self.out.byte(tag::BINARY);
            self.out.u32(bits.byte_len() as u32);
        } else {
            self.out.byte(tag::BIT_BINARY);
            self.out.u32(bits.byte_len() as u32);
            self.out.byte((bits.len % 8) as u8);
        }
        match &mut self.parts {
            Some(parts) if bits.byte_len() > MAX_INLINE_BYTES && bits.is_binary() => parts.push((self.out.len(), t)),
            _ => self.out.put_few(&bits.bytes()),
        }
    }

    fn tuple_start(&mut self, size: usize) {
        match u8::try_from(size) {
            Ok(n) => self.out.put(&[tag::SMALL_TUPLE, n]),
            Err(_) => {
                self.out.byte(tag::LARGE_TUPLE);
                self.out.u32(size as u32);
            }
        }
    }

    fn list(&mut self, t: Term, work: &mut Vec<Work<'_>>) {
        if !self.list_start(t) {
            work.push(Work::List(t));
        }
    }

    /// Writes the beginning of a list, or all of it where it is one of bytes: whether that was all.
    fn list_start(&mut self, t: Term) -> bool {
        let byte = |head: Term| head.small_value().and_then(|value| u8::try_from(value).ok());
        let (mut length, mut is_string) = (0_usize, true);
        let mut cells = t.list();
        for head in cells.by_ref() {
            length += 1;
            is_string = is_string && byte(head).is_some();
        }
        if is_string && length <= 0xffff && cells.tail().is_nil() {
            self.out.byte(tag::STRING);
            self.out.u16(length as u16);
            t.list().filter_map(byte).for_each(|byte| self.out.byte(byte));
            return true;
        }
        self.out.byte(tag::LIST);
        self.out.u32(length as u32);
        false
    }

    /// Small maps in the order of their keys, large ones against the order of their tree, as OTP does.
    fn map(&mut self, t: Term, work: &mut Vec<Work<'_>>) {
        let mut pairs: Vec<(Term, Term)> = map::iter(t).collect();
        if self.options.deterministic {
            pairs.sort_by(|a, b| cmp_exact(b.0, a.0, self.image));
        } else if t.is_kind(kind::FLATMAP) {
            pairs.reverse();
        }
        self.out.byte(tag::MAP);
        self.out.u32(pairs.len() as u32);
        work.push(Work::Pairs(pairs));
    }

    fn fun<'t>(&mut self, elements: &'t [Term], work: &mut Vec<Work<'t>>) {
        let number = elements[0].as_small() as usize;
        let Some(entry) = self.image.code.funs.get(number) else {
            return self.out.byte(tag::NIL);
        };
        let start = self.out.len() + 1;
        self.out.byte(tag::NEW_FUN);
        self.out.u32(0);
        self.out.byte(entry.arity as u8);
        self.out.put(&entry.uniq);
        self.out.u32(entry.index);
        self.out.u32(elements.len() as u32 - 1);
        self.atom(entry.module);
        self.small(i64::from(entry.index as i32));
        self.small(i64::from(entry.old_uniq as i32));
        self.pid(NONODE, 0, 0, 0);
        work.push(Work::FunSize(start));
        work.push(Work::Terms(&elements[1..]));
    }

    fn fun_size(&mut self, start: usize) {
        let size = (self.out.len() - start) as u32;
        self.out.patch(start, size);
    }

    fn export(&mut self, elements: &[Term]) {
        let Some(export) = self.image.code.exports.get(elements[0].as_small() as usize) else {
            return self.out.byte(tag::NIL);
        };
        let (module, function, arity) = export.mfa;
        self.out.byte(tag::EXPORT);
        self.atom(module);
        self.atom(function);
        self.small(i64::from(arity));
    }
}

/// A float as C's `%.20e` prints it, filled up with zero bytes.
fn float_text(value: f64) -> [u8; 31] {
    let text = format!("{value:.20e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    let text = format!("{mantissa}e{sign}{digits:0>2}");
    let mut out = [0; 31];
    out[..text.len()].copy_from_slice(text.as_bytes());
    out
}
