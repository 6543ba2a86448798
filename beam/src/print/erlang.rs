//! Terms as `io_lib:format/2` prints them with `~p` and `~w`.

use crate::image::Image;
use crate::term::{Bits, Term, header_kind, kind};

use super::{Limits, float, identity, quote};

mod parts;
mod pretty;

/// A term as `~p` prints it, or as `~tp` with [`Limits::unicode`].
pub fn erlang(term: Term, image: &Image, limits: &Limits) -> String {
    let parts = parts::Parts::new(term, image, limits, true);
    pretty::print(&parts, limits.width)
}

/// A term as `~w` prints it, or as `~tw` with [`Limits::unicode`]: one line, and no strings.
pub fn write(term: Term, image: &Image, limits: &Limits) -> String {
    let parts = parts::Parts::new(term, image, limits, false);
    pretty::print(&parts, 0)
}

/// A term without parts.
pub(super) fn atomic(t: Term, image: &Image, unicode: bool) -> String {
    if let Some(value) = t.small_value() {
        return value.to_string();
    }
    if t.is_atom() {
        return quote::atom(super::name(image, t), unicode);
    }
    if t.is_nil() {
        return "[]".into();
    }
    if t.is_local_pid() {
        return identity::pid(t);
    }
    if !t.is_boxed() {
        return super::unknown(t);
    }
    match header_kind(t.header()) {
        kind::BIG_POS | kind::BIG_NEG => t.bigint().map(|b| b.to_string()).unwrap_or_default(),
        kind::FLOAT => float::short(t.float().unwrap_or(0.0)),
        kind::EXTERNAL_PID => identity::pid(t),
        kind::PORT => identity::port(t),
        kind::REF | kind::EXTERNAL_REF => identity::reference(t),
        kind::FUN | kind::EXPORT => identity::fun(t, image),
        _ => super::unknown(t),
    }
}

/// The bytes of a bitstring as numbers, a last partial byte with its size.
pub(super) fn numbers(bits: Bits<'_>) -> Vec<String> {
    let (whole, rest) = (bits.len / 8, bits.len % 8);
    let mut numbers: Vec<String> = (0..whole).map(|i| bits.byte(i).to_string()).collect();
    if rest > 0 {
        numbers.push(format!("{}:{rest}", bits.byte(whole) >> (8 - rest)));
    }
    numbers
}
