//! Hashes of terms: the portable ones of `erlang:phash2` and `erlang:phash`, and the one that large maps are built on.
//!
//! None recurses over the depth of a term.

mod internal;
mod jenkins;
mod phash;
mod phash2;
#[cfg(test)]
mod tests;

pub use internal::internal;
pub use phash::phash;
pub use phash2::{below_2_27, counted, hash2, phash2};

use crate::image::Image;
use crate::term::{Bits, Term, header_kind, kind};

/// Hash of an atom's name, on which the portable hashes are built (OTP: the hash of the atom table).
fn atom(image: &Image, atom: Term) -> u32 {
    let name = image.atoms.name(atom);
    name.chars().fold(0, |mut h, c| {
        let mut buffer = [0; 4];
        // Characters of Latin-1 count as one byte, as they did before names were UTF-8.
        let bytes: &[u8] = match u8::try_from(c) {
            Ok(byte) => {
                buffer[0] = byte;
                &buffer[..1]
            }
            Err(_) => c.encode_utf8(&mut buffer).as_bytes(),
        };
        for byte in bytes {
            h = (h << 4) + u32::from(*byte);
            let high = h & 0xf000_0000;
            h ^= high >> 24 ^ high;
        }
        h
    })
}

/// A small integer that is a byte.
fn byte(t: Term) -> Option<u8> {
    t.small_value().and_then(|v| u8::try_from(v).ok())
}

/// Words of an integer's magnitude, at least one, and whether it is negative.
fn magnitude(t: Term, buffer: &mut [u64; 1]) -> (&[u64], bool) {
    match t.small_value() {
        Some(value) => {
            buffer[0] = value.unsigned_abs();
            (buffer, value < 0)
        }
        None => (t.words(), header_kind(t.header()) == kind::BIG_NEG),
    }
}

/// The whole bytes of a bitstring, and its last bits as a number if there are such.
fn bytes_and_rest(bits: Bits<'_>) -> (std::borrow::Cow<'_, [u8]>, Option<(u32, u32)>) {
    let spare = bits.len % 8;
    let whole = Bits { len: bits.len - spare, ..bits };
    let rest = (spare > 0).then(|| (spare as u32, u32::from(bits.byte(bits.len / 8) >> (8 - spare))));
    (whole.bytes(), rest)
}

/// Keys and values of a node of a map, or of a small map, that are leaves of it, and its other children.
fn map_parts(map: Term, mut leaf: impl FnMut(Term, Term), mut child: impl FnMut(Term)) {
    let elements = map.elements();
    if map.is_kind(kind::FLATMAP) {
        let keys = elements.first().map_or(&[][..], |k| k.elements());
        return keys.iter().zip(&elements[1..]).for_each(|(k, v)| leaf(*k, *v));
    }
    let first = usize::from(map.is_kind(kind::HAMT_ROOT));
    for t in &elements[first..] {
        match t.cons() {
            Some((key, value)) => leaf(key, value),
            None => child(*t),
        }
    }
}
