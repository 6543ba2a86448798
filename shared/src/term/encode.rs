//! Writing the external term format, version 131, as `term_to_binary/2` with `minor_version` 2 and `deterministic`
//! (ERTS User's Guide, "External Term Format").

use num_bigint::{BigInt, Sign};
use smallvec::SmallVec;

use super::parts::Parts;
use super::{Atom, Bits, ExternalFun, Fun, InternalFun, List, PidTerm, PortTerm, ReferenceTerm, Term, Terms};

/// The first byte of every encoded term.
pub(crate) const VERSION: u8 = 131;

pub(crate) mod tag {
    pub(crate) const NEW_FLOAT: u8 = 70;
    pub(crate) const BIT_BINARY: u8 = 77;
    pub(crate) const COMPRESSED: u8 = 80;
    pub(crate) const NEW_PID: u8 = 88;
    pub(crate) const NEW_PORT: u8 = 89;
    pub(crate) const NEWER_REFERENCE: u8 = 90;
    pub(crate) const SMALL_INTEGER: u8 = 97;
    pub(crate) const INTEGER: u8 = 98;
    pub(crate) const FLOAT: u8 = 99;
    pub(crate) const ATOM: u8 = 100;
    pub(crate) const REFERENCE: u8 = 101;
    pub(crate) const PORT: u8 = 102;
    pub(crate) const PID: u8 = 103;
    pub(crate) const SMALL_TUPLE: u8 = 104;
    pub(crate) const LARGE_TUPLE: u8 = 105;
    pub(crate) const NIL: u8 = 106;
    pub(crate) const STRING: u8 = 107;
    pub(crate) const LIST: u8 = 108;
    pub(crate) const BINARY: u8 = 109;
    pub(crate) const SMALL_BIG: u8 = 110;
    pub(crate) const LARGE_BIG: u8 = 111;
    pub(crate) const NEW_FUN: u8 = 112;
    pub(crate) const EXPORT: u8 = 113;
    pub(crate) const NEW_REFERENCE: u8 = 114;
    pub(crate) const SMALL_ATOM: u8 = 115;
    pub(crate) const MAP: u8 = 116;
    pub(crate) const ATOM_UTF8: u8 = 118;
    pub(crate) const SMALL_ATOM_UTF8: u8 = 119;
    pub(crate) const V4_PORT: u8 = 120;
}

impl Term {
    /// The encoded term, its version byte included.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode_onto(&mut out);
        out
    }

    /// Appends the encoded term, its version byte included.
    pub fn encode_onto(&self, out: &mut Vec<u8>) {
        out.push(VERSION);
        self.encode_into(out);
    }

    /// Appends the encoded list of some tuples, its version byte included.
    pub fn encode_tuples_onto(tuples: &[Terms], out: &mut Vec<u8>) {
        out.push(VERSION);
        if !tuples.is_empty() {
            out.push(tag::LIST);
            put_u32(tuples.len(), out);
            tuples.iter().for_each(|tuple| put_tuple(tuple, out));
        }
        out.push(tag::NIL);
    }

    /// Appends the encoded term without a version byte, as it stands inside another one.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        // Most terms have no parts, and need no list of what is open.
        if let Some(first) = begin(self, out) {
            encode_parts(first, out);
        }
    }
}

/// Writes the parts of a term, and theirs.
fn encode_parts(first: Open<'_>, out: &mut Vec<u8>) {
    let mut open: SmallVec<[Open<'_>; 8]> = SmallVec::new();
    open.push(first);
    while let Some(Open { parts, size_at }) = open.last_mut() {
        match parts.next() {
            Some(part) => open.extend(begin(part, out)),
            None => {
                if let Some(size_at) = *size_at {
                    put_size(size_at, out);
                }
                open.pop();
            }
        }
    }
}

/// A term whose parts are still to be written.
struct Open<'a> {
    parts: Parts<'a>,
    /// Where the size of a function stands, which counts its parts.
    size_at: Option<usize>,
}

/// Writes a term up to its parts, if any are to be written then.
#[inline]
fn begin<'a>(term: &'a Term, out: &mut Vec<u8>) -> Option<Open<'a>> {
    let mut size_at = None;
    match term {
        Term::Int(int) => put_int(*int, out),
        Term::BigInt(big) => put_big(big, out),
        Term::Float(float) => {
            out.push(tag::NEW_FLOAT);
            out.extend_from_slice(&float.to_be_bytes());
        }
        Term::Atom(atom) => put_atom(atom, out),
        Term::Ref(reference) => put_reference(reference, out),
        Term::Fun(Fun::External(fun)) => put_export(fun, out),
        Term::Fun(Fun::Internal(fun)) => size_at = Some(put_fun_header(fun, out)),
        Term::Port(port) => put_port(port, out),
        Term::Pid(pid) => put_pid(pid, out),
        Term::Tuple(elements) => put_tuple_header(elements.len(), out),
        Term::Map(map) => {
            out.push(tag::MAP);
            put_u32(map.len(), out);
        }
        Term::Nil => out.push(tag::NIL),
        Term::List(list) => {
            if put_string(list, out) {
                return None;
            }
            out.push(tag::LIST);
            put_u32(list.len(), out);
        }
        Term::Bits(bits) => put_bits(bits, out),
    }
    term.parts().map(|parts| Open { parts, size_at })
}

fn put_tuple(elements: &[Term], out: &mut Vec<u8>) {
    put_tuple_header(elements.len(), out);
    elements.iter().for_each(|element| element.encode_into(out));
}

fn put_u32(value: usize, out: &mut Vec<u8>) {
    // No term of ours can have 2^32 parts: decoding bounds them by the size of the input.
    out.extend_from_slice(&(u32::try_from(value).unwrap_or(u32::MAX)).to_be_bytes());
}

pub(crate) fn put_tuple_header(arity: usize, out: &mut Vec<u8>) {
    match u8::try_from(arity) {
        Ok(small) => out.extend_from_slice(&[tag::SMALL_TUPLE, small]),
        Err(_) => {
            out.push(tag::LARGE_TUPLE);
            put_u32(arity, out);
        }
    }
}

fn put_int(int: i64, out: &mut Vec<u8>) {
    if let Ok(byte) = u8::try_from(int) {
        out.extend_from_slice(&[tag::SMALL_INTEGER, byte]);
    } else if let Ok(word) = i32::try_from(int) {
        out.push(tag::INTEGER);
        out.extend_from_slice(&word.to_be_bytes());
    } else {
        let digits = int.unsigned_abs().to_le_bytes();
        let used = digits.iter().rposition(|&digit| digit != 0).map_or(1, |last| last + 1);
        out.extend_from_slice(&[tag::SMALL_BIG, used as u8, u8::from(int < 0)]);
        out.extend_from_slice(digits.get(..used).unwrap_or(&digits));
    }
}

fn put_big(big: &BigInt, out: &mut Vec<u8>) {
    let (sign, digits) = big.to_bytes_le();
    match u8::try_from(digits.len()) {
        Ok(len) => out.extend_from_slice(&[tag::SMALL_BIG, len]),
        Err(_) => {
            out.push(tag::LARGE_BIG);
            put_u32(digits.len(), out);
        }
    }
    out.push(u8::from(sign == Sign::Minus));
    out.extend_from_slice(&digits);
}

pub(crate) fn put_atom(atom: &Atom, out: &mut Vec<u8>) {
    let text = atom.as_str().as_bytes();
    match u8::try_from(text.len()) {
        Ok(len) => out.extend_from_slice(&[tag::SMALL_ATOM_UTF8, len]),
        Err(_) => {
            out.push(tag::ATOM_UTF8);
            out.extend_from_slice(&u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    out.extend_from_slice(text);
}

fn put_pid(pid: &PidTerm, out: &mut Vec<u8>) {
    out.push(tag::NEW_PID);
    put_atom(&pid.node, out);
    for word in [pid.id, pid.serial, pid.creation] {
        out.extend_from_slice(&word.to_be_bytes());
    }
}

fn put_port(port: &PortTerm, out: &mut Vec<u8>) {
    let narrow = u32::try_from(port.id).ok().filter(|&id| id < 1 << 28);
    out.push(if narrow.is_some() { tag::NEW_PORT } else { tag::V4_PORT });
    put_atom(&port.node, out);
    match narrow {
        Some(id) => out.extend_from_slice(&id.to_be_bytes()),
        None => out.extend_from_slice(&port.id.to_be_bytes()),
    }
    out.extend_from_slice(&port.creation.to_be_bytes());
}

fn put_reference(reference: &ReferenceTerm, out: &mut Vec<u8>) {
    out.push(tag::NEWER_REFERENCE);
    out.extend_from_slice(&(reference.words.len() as u16).to_be_bytes());
    put_atom(&reference.node, out);
    out.extend_from_slice(&reference.creation.to_be_bytes());
    reference.words.iter().for_each(|word| out.extend_from_slice(&word.to_be_bytes()));
}

fn put_export(fun: &ExternalFun, out: &mut Vec<u8>) {
    out.push(tag::EXPORT);
    put_atom(&fun.module, out);
    put_atom(&fun.function, out);
    out.extend_from_slice(&[tag::SMALL_INTEGER, fun.arity]);
}

/// Writes a function up to the values that it closed over; gives where its size is to stand.
fn put_fun_header(fun: &InternalFun, out: &mut Vec<u8>) -> usize {
    out.push(tag::NEW_FUN);
    let size_at = out.len();
    put_u32(0, out);
    out.push(fun.arity);
    out.extend_from_slice(&fun.uniq);
    out.extend_from_slice(&fun.index.to_be_bytes());
    put_u32(fun.free.len(), out);
    put_atom(&fun.module, out);
    put_int(fun.old_index, out);
    put_int(fun.old_uniq, out);
    put_pid(&fun.creator, out);
    size_at
}

fn put_size(size_at: usize, out: &mut [u8]) {
    // The size counts its own four bytes.
    let size = u32::try_from(out.len() - size_at).unwrap_or(u32::MAX);
    if let Some(place) = out.get_mut(size_at..size_at + 4) {
        place.copy_from_slice(&size.to_be_bytes());
    }
}

/// Writes a list as a string, if it is one of bytes and not too long: whether it is.
fn put_string(list: &List, out: &mut Vec<u8>) -> bool {
    let as_byte = |term: &Term| u8::try_from(term.as_int()?).ok();
    if list.is_proper()
        && list.len() <= usize::from(u16::MAX)
        && let Some(text) = list.elements().iter().map(as_byte).collect::<Option<Vec<u8>>>()
    {
        out.push(tag::STRING);
        out.extend_from_slice(&(text.len() as u16).to_be_bytes());
        out.extend_from_slice(&text);
        return true;
    }
    false
}

fn put_bits(bits: &Bits, out: &mut Vec<u8>) {
    let bytes = bits.padded_bytes();
    if bits.as_binary().is_some() {
        out.push(tag::BINARY);
        put_u32(bytes.len(), out);
    } else {
        out.push(tag::BIT_BINARY);
        put_u32(bytes.len(), out);
        out.push((bits.bit_len() % 8) as u8);
    }
    out.extend_from_slice(bytes);
}
