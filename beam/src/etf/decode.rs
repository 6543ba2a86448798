//! Bytes to terms, as `binary_to_term/2` reads them. Bytes may be hostile: nothing is allocated before the bytes that ask
//! for it are known to be there, and nesting costs heap memory only.

use num_bigint::{BigInt, Sign};

use crate::atom::AtomError;
use crate::atoms::NONODE;
use crate::code::FunEntry;
use crate::heap::Heap;
use crate::image::ImageRef;
use crate::map;
use crate::term::{Term, header, kind};

use super::encode::local_check;
use super::{DecodeError, VERSION, entries, tag};

mod inflate;
mod reader;

use reader::Reader;

/// Largest magnitude of an integer in bytes: OTP's limit of 65535 words.
const MAX_BIG_BYTES: usize = 65535 * 8;
/// Most captured values of a fun.
const MAX_CAPTURED: u32 = 255;
/// Largest tuple of OTP.
const MAX_TUPLE: usize = (1 << 24) - 1;
/// First word of a reference of this node, and of one in the older formats, is below this.
const REF_LIMIT: u32 = 1 << 18;

type Result<T> = std::result::Result<T, DecodeError>;

/// Decodes a term with its version byte. Gives the term and the number of bytes read; there may be more. With `safe`,
/// fails rather than to create an atom or an external fun.
pub fn decode(heap: &mut Heap, image: &ImageRef, bytes: &[u8], safe: bool) -> Result<(Term, usize)> {
    let mut none_is_known = |_: &str| false;
    decode_with(heap, image, bytes, if safe { Some(&mut none_is_known) } else { None })
}

/// As [`decode`] with `safe`, for an image that does not have all atoms of its sandbox: atoms that are known elsewhere are made.
pub fn decode_known(
    heap: &mut Heap,
    image: &ImageRef,
    bytes: &[u8],
    is_known: &mut dyn FnMut(&str) -> bool,
) -> Result<(Term, usize)> {
    decode_with(heap, image, bytes, Some(is_known))
}

fn decode_with(heap: &mut Heap, image: &ImageRef, bytes: &[u8], safe: Safe<'_, '_>) -> Result<(Term, usize)> {
    let error = DecodeError::Malformed;
    let mut reader = Reader::new(bytes);
    if reader.byte()? != VERSION {
        return Err(DecodeError::Malformed);
    }
    match bytes.get(1) {
        Some(&tag::COMPRESSED) => {
            let (plain, read) = inflate::inflate(heap, &bytes[2..])?;
            let (term, used) =
                Decoder { heap, image, reader: Reader::new(&plain), safe, local: false, error }.term()?;
            if used == plain.len() { Ok((term, 2 + read)) } else { Err(DecodeError::Malformed) }
        }
        Some(&tag::LOCAL) => {
            let check = Reader::new(&bytes[2..]).u32()?;
            let body = &bytes[6..];
            let (term, used) = Decoder { heap, image, reader: Reader::new(body), safe, local: true, error }.term()?;
            if local_check(&body[..used]) == check { Ok((term, 6 + used)) } else { Err(DecodeError::Malformed) }
        }
        _ => {
            let (term, used) =
                Decoder { heap, image, reader: Reader::new(&bytes[1..]), safe, local: false, error }.term()?;
            Ok((term, 1 + used))
        }
    }
}

/// What becomes of the terms that are being read.
enum Build {
    Tuple,
    List,
    Map,
    /// A local fun, by the number of its entry.
    Fun(u32),
}

/// A compound term of which terms are missing.
struct Open {
    build: Build,
    /// Where its terms begin in the vector of values.
    start: usize,
    /// Number of terms still to come.
    missing: usize,
}

/// Says which atoms that the image does not have may be made; none of it: all.
type Safe<'d, 'k> = Option<&'d mut (dyn FnMut(&str) -> bool + 'k)>;

struct Decoder<'d, 'k> {
    heap: &'d mut Heap,
    image: &'d ImageRef,
    reader: Reader<'d>,
    safe: Safe<'d, 'k>,
    /// Whether node names may be left out.
    local: bool,
    /// Why [`Decoder::part`] gave nothing.
    error: DecodeError,
}

/// Terms within terms down to this level are read by a function that calls itself, which is faster than to keep a list of what is open.
/// What lies deeper is put into that list: it may be as deep as it likes.
const SHALLOW: usize = 6;
/// Most parts of a term that is read so.
const FEW: usize = 8;

impl Decoder<'_, '_> {
    fn term(mut self) -> Result<(Term, usize)> {
        match self.part(SHALLOW) {
            Term::NONE => Err(self.error),
            term => Ok((term, self.reader.at())),
        }
    }

    /// A term, or [`Term::NONE`] with what is wrong in `error`: most terms are small, and a result that is no more than a word needs no
    /// memory on its way.
    fn part(&mut self, levels: usize) -> Term {
        // Most of what terms consist of needs no more than this.
        let part = match *self.reader.rest() {
            [tag::SMALL_INTEGER, value, ..] => {
                self.reader.pass(2);
                return Term::small(i64::from(value));
            }
            [tag::INTEGER, a, b, c, d, ..] => {
                self.reader.pass(5);
                return Term::small(i64::from(i32::from_be_bytes([a, b, c, d])));
            }
            [tag::NIL, ..] => {
                self.reader.pass(1);
                return Term::NIL;
            }
            [tag::SMALL_ATOM_UTF8, ..] => self.atom(),
            [tag::SMALL_TUPLE, size, ..] if levels > 0 => {
                self.reader.pass(2);
                self.tuple(usize::from(size), levels - 1)
            }
            [tag::LIST, a, b, c, d, ..] if levels > 0 && [a, b, c, d] != [0; 4] => {
                self.reader.pass(5);
                self.list(u32::from_be_bytes([a, b, c, d]) as usize, levels - 1)
            }
            _ => self.other(levels),
        };
        part.unwrap_or_else(|error| {
            self.error = error;
            Term::NONE
        })
    }

    /// What is no more than seldom part of a term.
    fn other(&mut self, levels: usize) -> Result<Term> {
        match self.start()? {
            Start::Value(value) => Ok(value),
            Start::Compound(Build::Tuple, size) if levels > 0 => self.tuple(size, levels - 1),
            Start::Compound(build, parts @ 0..=FEW) if levels > 0 => {
                self.check_parts(parts)?;
                let mut values = [Term::NIL; FEW];
                for value in &mut values[..parts] {
                    *value = self.whole_part(levels - 1)?;
                }
                self.finish(&build, &values[..parts])
            }
            Start::Compound(build, parts) => self.deep(build, parts),
        }
    }

    #[inline]
    fn whole_part(&mut self, levels: usize) -> Result<Term> {
        match self.part(levels) {
            Term::NONE => Err(self.error),
            part => Ok(part),
        }
    }

    /// A tuple whose elements are read into their places.
    fn tuple(&mut self, size: usize, levels: usize) -> Result<Term> {
        self.check_parts(size)?;
        self.heap.check(1 + size).map_err(|_| DecodeError::OutOfMemory)?;
        let p = self.heap.alloc(1 + size);
        for i in 1..=size {
            let element = self.whole_part(levels)?;
            // SAFETY: `alloc` gave room for the header and the elements. Nothing is collected meanwhile, and where an element is
            // malformed nobody learns of the tuple.
            unsafe { *p.add(i) = element.0 };
        }
        // SAFETY: as above.
        unsafe { *p = header(kind::TUPLE, size, 0) };
        Ok(Term::boxed_ptr(p))
    }

    /// A list of some elements, in cells that follow each other.
    fn list(&mut self, len: usize, levels: usize) -> Result<Term> {
        self.check_parts(len)?;
        self.heap.check(2 * len).map_err(|_| DecodeError::OutOfMemory)?;
        let p = self.heap.alloc(2 * len);
        for i in 0..len {
            let element = self.whole_part(levels)?;
            // SAFETY: `alloc` gave room for so many cells; the rest is as for a tuple.
            unsafe {
                *p.add(2 * i) = element.0;
                *p.add(2 * i + 1) = Term::cons_ptr(p.add(2 * i + 2)).0;
            }
        }
        let tail = self.whole_part(levels)?;
        // SAFETY: the last word of the last cell.
        unsafe { *p.add(2 * len - 1) = tail.0 };
        Ok(Term::cons_ptr(p))
    }

    fn check_parts(&self, parts: usize) -> Result<()> {
        // A term takes one byte at least.
        if parts > self.reader.left() {
            return Err(DecodeError::Malformed);
        }
        self.heap.check(parts).map_err(|_| DecodeError::OutOfMemory)
    }

    fn deep(&mut self, build: Build, parts: usize) -> Result<Term> {
        let mut values: Vec<Term> = Vec::new();
        self.check_parts(parts)?;
        let mut open = vec![Open { build, start: 0, missing: parts + 1 }];
        loop {
            while let Some(top) = open.last_mut() {
                top.missing -= 1;
                if top.missing > 0 {
                    break;
                }
                let value = self.finish(&top.build, &values[top.start..])?;
                values.truncate(top.start);
                values.push(value);
                open.pop();
            }
            if open.is_empty() {
                return Ok(values[0]);
            }
            match self.start()? {
                Start::Value(value) => values.push(value),
                Start::Compound(build, parts) => {
                    self.check_parts(parts)?;
                    open.push(Open { build, start: values.len(), missing: parts + 1 });
                }
            }
        }
    }

    fn finish(&mut self, build: &Build, values: &[Term]) -> Result<Term> {
        self.heap.check(2 * values.len() + 1).map_err(|_| DecodeError::OutOfMemory)?;
        Ok(match build {
            Build::Tuple => self.heap.tuple(values),
            Build::List => match values.split_last() {
                Some((tail, elements)) => self.heap.list_with_tail(elements, *tail),
                None => Term::NIL,
            },
            Build::Map => {
                let mut pairs: Vec<(Term, Term)> = values.chunks_exact(2).map(|p| (p[0], p[1])).collect();
                let count = pairs.len();
                let map = map::from_pairs(self.heap, self.image.get(), &mut pairs);
                if map::len(map) != count {
                    return Err(DecodeError::Malformed);
                }
                map
            }
            Build::Fun(number) => {
                let mut elements = vec![Term::small(i64::from(*number))];
                elements.extend_from_slice(values);
                self.heap.boxed_terms(kind::FUN, 0, &elements)
            }
        })
    }
}

/// How a term begins.
enum Start {
    /// It is complete.
    Value(Term),
    /// A number of terms belong to it.
    Compound(Build, usize),
}

impl Decoder<'_, '_> {
    fn start(&mut self) -> Result<Start> {
        let tag = self.reader.byte()?;
        let value = match tag {
            tag::SMALL_INTEGER => Term::small(i64::from(self.reader.byte()?)),
            tag::INTEGER => Term::small(i64::from(self.reader.u32()? as i32)),
            tag::SMALL_BIG => {
                let n = usize::from(self.reader.byte()?);
                self.big(n)?
            }
            tag::LARGE_BIG => {
                let n = self.reader.u32()? as usize;
                self.big(n)?
            }
            tag::NEW_FLOAT => {
                let value = f64::from_bits(self.reader.u64()?);
                self.finite(value)?
            }
            tag::FLOAT => {
                let value = reader::float_text(self.reader.take(31)?).ok_or(DecodeError::Malformed)?;
                self.finite(value)?
            }
            tag::ATOM | tag::SMALL_ATOM | tag::ATOM_UTF8 | tag::SMALL_ATOM_UTF8 => self.atom_of(tag)?,
            tag::NIL => Term::NIL,
            tag::STRING => self.string()?,
            tag::BINARY => {
                let n = self.reader.u32()? as usize;
                self.bits(n, 8)?
            }
            tag::BIT_BINARY => {
                let n = self.reader.u32()? as usize;
                let bits = self.reader.byte()?;
                if n == 0 || bits == 0 || bits > 8 {
                    return Err(DecodeError::Malformed);
                }
                self.bits(n, usize::from(bits))?
            }
            tag::PID | tag::NEW_PID => self.pid(tag)?,
            tag::PORT | tag::NEW_PORT | tag::V4_PORT => self.port(tag)?,
            tag::REFERENCE | tag::NEW_REFERENCE | tag::NEWER_REFERENCE => self.reference(tag)?,
            tag::EXPORT => self.export()?,
            tag::SMALL_TUPLE => return self.tuple_start(|r| Ok(usize::from(r.byte()?))),
            tag::LARGE_TUPLE => return self.tuple_start(|r| Ok(r.u32()? as usize)),
            tag::LIST => return Ok(Start::Compound(Build::List, (self.reader.u32()? as usize).saturating_add(1))),
            tag::MAP => {
                let n = self.reader.u32()? as usize;
                return Ok(Start::Compound(Build::Map, n.checked_mul(2).ok_or(DecodeError::Malformed)?));
            }
            tag::NEW_FUN => return self.fun(),
            _ => return Err(DecodeError::Malformed),
        };
        Ok(Start::Value(value))
    }

    fn tuple_start(&mut self, size: impl Fn(&mut Reader<'_>) -> Result<usize>) -> Result<Start> {
        let n = size(&mut self.reader)?;
        if n > MAX_TUPLE { Err(DecodeError::Malformed) } else { Ok(Start::Compound(Build::Tuple, n)) }
    }

    fn big(&mut self, n: usize) -> Result<Term> {
        let negative = self.reader.byte()? != 0;
        let bytes = self.reader.take(n)?;
        if n > MAX_BIG_BYTES {
            return Err(DecodeError::Malformed);
        }
        self.heap.check(n / 8 + 2).map_err(|_| DecodeError::OutOfMemory)?;
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        Ok(self.heap.bigint(&BigInt::from_bytes_le(sign, bytes)))
    }

    fn finite(&mut self, value: f64) -> Result<Term> {
        if value.is_finite() { Ok(self.heap.float(value)) } else { Err(DecodeError::Malformed) }
    }

    fn string(&mut self) -> Result<Term> {
        let n = usize::from(self.reader.u16()?);
        let bytes = self.reader.take(n)?;
        self.heap.check(2 * n).map_err(|_| DecodeError::OutOfMemory)?;
        Ok(bytes.iter().rev().fold(Term::NIL, |tail, b| self.heap.cons(Term::small(i64::from(*b)), tail)))
    }

    fn bits(&mut self, n: usize, last: usize) -> Result<Term> {
        let bytes = self.reader.take(n)?;
        self.heap.check_bytes(n).map_err(|_| DecodeError::OutOfMemory)?;
        Ok(self.heap.bits(bytes, n * 8 + last - 8 * usize::from(last > 0)))
    }

    fn atom(&mut self) -> Result<Term> {
        let tag = self.reader.byte()?;
        self.atom_of(tag)
    }

    fn atom_of(&mut self, tag: u8) -> Result<Term> {
        let n = match tag {
            tag::SMALL_ATOM | tag::SMALL_ATOM_UTF8 => usize::from(self.reader.byte()?),
            tag::ATOM | tag::ATOM_UTF8 => usize::from(self.reader.u16()?),
            _ => return Err(DecodeError::Malformed),
        };
        let bytes = self.reader.take(n)?;
        // One that is there was text when it was made.
        if !matches!(tag, tag::ATOM | tag::SMALL_ATOM)
            && let Some(atom) = self.image.get().atoms.existing_bytes(bytes)
        {
            return Ok(atom);
        }
        let latin1: String;
        let name = if matches!(tag, tag::ATOM | tag::SMALL_ATOM) {
            latin1 = bytes.iter().map(|b| char::from(*b)).collect();
            &latin1
        } else {
            std::str::from_utf8(bytes).map_err(|_| DecodeError::Malformed)?
        };
        let atoms = &mut self.image.get_mut().atoms;
        if let Some(is_known) = &mut self.safe {
            if let Some(atom) = atoms.existing(name) {
                return Ok(atom);
            }
            if !is_known(name) {
                return Err(DecodeError::Malformed);
            }
        }
        atoms.intern(name).map_err(|e| match e {
            AtomError::TooLong => DecodeError::Malformed,
            AtomError::TableFull => DecodeError::AtomsFull,
        })
    }

    /// The node of a pid, port or reference.
    fn node(&mut self) -> Result<Term> {
        if self.local && self.reader.peek() == Some(tag::NIL) {
            self.reader.byte()?;
            return Ok(NONODE);
        }
        // What nearly all pids and references have is not looked up.
        if self.reader.skip(b"\x77\x0dnonode@nohost") {
            return Ok(NONODE);
        }
        self.atom()
    }

    /// The creation: two bits in the older formats.
    fn creation(&mut self, old: bool) -> Result<u32> {
        if !old {
            return self.reader.u32();
        }
        match self.reader.byte()? {
            creation @ 0..4 => Ok(u32::from(creation)),
            _ => Err(DecodeError::Malformed),
        }
    }

    fn pid(&mut self, tag: u8) -> Result<Term> {
        let node = self.node()?;
        let (id, serial) = (self.reader.u32()?, self.reader.u32()?);
        let creation = self.creation(tag == tag::PID)?;
        if (node, creation) == (NONODE, 0) {
            return if id < 1 << 28 {
                Ok(Term::pid(u64::from(serial) << 28 | u64::from(id)))
            } else {
                Err(DecodeError::Malformed)
            };
        }
        let field = |v: u32| Term::small(i64::from(v));
        Ok(self.heap.boxed_terms(kind::EXTERNAL_PID, 0, &[node, field(id), field(serial), field(creation)]))
    }

    fn port(&mut self, tag: u8) -> Result<Term> {
        let node = self.node()?;
        let id = if tag == tag::V4_PORT { self.reader.u64()? } else { u64::from(self.reader.u32()?) };
        let creation = self.creation(tag == tag::PORT)?;
        if (node, creation) == (NONODE, 0) && id >= 1 << 60 {
            return Err(DecodeError::Malformed);
        }
        let id = self.heap.uint(id);
        Ok(self.heap.boxed_terms(kind::PORT, 0, &[node, id, Term::small(i64::from(creation))]))
    }

    fn reference(&mut self, tag: u8) -> Result<Term> {
        let count = if tag == tag::REFERENCE { 1 } else { usize::from(self.reader.u16()?) };
        let node = self.node()?;
        // The oldest format has its one word before the creation.
        let first = if tag == tag::REFERENCE { Some(self.reader.u32()?) } else { None };
        let creation = self.creation(tag != tag::NEWER_REFERENCE)?;
        if count > 5 {
            return Err(DecodeError::Malformed);
        }
        if count == 0 && tag != tag::NEWER_REFERENCE {
            return Err(DecodeError::Malformed);
        }
        let mut words = [0; 5];
        // OTP reads a first word even where there should be none.
        for word in &mut words[..count.max(1)] {
            *word = match first {
                Some(word) => word,
                None => self.reader.u32()?,
            };
        }
        let is_local = (node, creation) == (NONODE, 0);
        if words[0] >= REF_LIMIT && (is_local || tag != tag::NEWER_REFERENCE) {
            return Err(DecodeError::Malformed);
        }
        if is_local {
            return Ok(self.heap.reference([words[0], words[1], words[2]]));
        }
        let mut elements = vec![node, Term::small(i64::from(creation))];
        elements.extend(words[..count].iter().map(|w| Term::small(i64::from(*w))));
        Ok(self.heap.boxed_terms(kind::EXTERNAL_REF, 0, &elements))
    }

    /// A small integer, as funs and exports hold them.
    fn integer(&mut self) -> Result<i64> {
        match self.start()? {
            Start::Value(t) => t.small_value().ok_or(DecodeError::Malformed),
            Start::Compound(..) => Err(DecodeError::Malformed),
        }
    }

    fn export(&mut self) -> Result<Term> {
        let (module, function, arity) = (self.atom()?, self.atom()?, self.integer()?);
        let arity = u8::try_from(arity).map_err(|_| DecodeError::Malformed)?;
        let mfa = (module, function, u32::from(arity));
        if self.safe.is_some() && self.image.get().code.export_number(mfa).is_none() {
            return Err(DecodeError::Malformed);
        }
        let number = entries::export_entry(self.image.get_mut(), mfa);
        Ok(self.heap.boxed_terms(kind::EXPORT, 0, &[Term::small(i64::from(number))]))
    }

    fn fun(&mut self) -> Result<Start> {
        self.reader.u32()?;
        let arity = u32::from(self.reader.byte()?);
        let uniq: [u8; 16] = self.reader.take(16)?.try_into().map_err(|_| DecodeError::Malformed)?;
        let (index, free) = (self.reader.u32()?, self.reader.u32()?);
        let module = self.atom()?;
        self.integer()?;
        let old_uniq = self.integer()? as u32;
        // The process that made the fun; OTP no longer keeps it.
        match self.reader.byte()? {
            tag @ (tag::PID | tag::NEW_PID) => self.pid(tag)?,
            _ => return Err(DecodeError::Malformed),
        };
        if free > MAX_CAPTURED || free as usize > self.reader.left() {
            return Err(DecodeError::Malformed);
        }
        let code = std::ptr::null();
        let entry = FunEntry { module, function: Term::NIL, arity, free, index, old_uniq, uniq, code };
        let number = entries::fun_entry(self.image.get_mut(), entry);
        Ok(Start::Compound(Build::Fun(number), free as usize))
    }
}
