//! Bytes of iodata.

use std::borrow::Cow;

use crate::term::Term;

/// The bytes of a binary or of a list of bytes, binaries and such lists (type `iodata`), or nothing for another term.
pub(super) fn bytes<'a>(term: Term) -> Option<Cow<'a, [u8]>> {
    if let Some(bits) = term.bits() {
        return bits.is_binary().then(|| bits.bytes());
    }
    if !term.is_list() {
        return None;
    }
    let mut out = Vec::new();
    let mut open = vec![term];
    while let Some(term) = open.pop() {
        if let Some((head, tail)) = term.cons() {
            if !tail.is_nil() {
                // The tail of an iolist may be a binary, but not a byte.
                (tail.is_list() || tail.is_bits()).then(|| open.push(tail))?;
            }
            match head.small_value() {
                Some(byte) => out.push(u8::try_from(byte).ok()?),
                None => open.push(head),
            }
        } else if let Some(bits) = term.bits() {
            bits.is_binary().then(|| out.extend_from_slice(&bits.bytes()))?;
        } else if !term.is_nil() {
            return None;
        }
    }
    Some(out.into())
}
