//! The external term format (OTP: ERTS User's Guide, External Term Format).
//!
//! Terms of this node: process number `n` is the pid with id `n & 0xfffffff` and serial `n >> 28` of `nonode@nohost`,
//! creation 0; references and ports of that node and creation are its own too.

use crate::fail::Fail;

mod decode;
mod encode;
mod entries;
mod sink;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use crate::map::iter as map_iter;
pub use decode::{decode, decode_known};
pub use encode::{EncodeOptions, Parts, encode, encode_body, encode_list, encode_onto, encode_parts, local_pid, size};
pub use entries::{export_entry, fun_entry};

/// The first byte of every encoded term.
pub const VERSION: u8 = 131;

/// Why bytes are not a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// They break the format, or hold what `safe` forbids.
    Malformed,
    /// The heap may not hold the term.
    OutOfMemory,
    /// There is no room for another atom.
    AtomsFull,
}

impl From<DecodeError> for Fail {
    fn from(error: DecodeError) -> Fail {
        match error {
            DecodeError::Malformed => Fail::BADARG,
            DecodeError::OutOfMemory => Fail::OutOfMemory,
            DecodeError::AtomsFull => Fail::SYSTEM_LIMIT,
        }
    }
}

/// A term whose encoding is longer than the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl From<TooLarge> for Fail {
    fn from(_: TooLarge) -> Fail {
        Fail::SYSTEM_LIMIT
    }
}

/// The byte that begins each kind of term.
mod tag {
    pub(super) const NEW_FLOAT: u8 = 70;
    pub(super) const BIT_BINARY: u8 = 77;
    pub(super) const COMPRESSED: u8 = 80;
    pub(super) const NEW_PID: u8 = 88;
    pub(super) const NEW_PORT: u8 = 89;
    pub(super) const NEWER_REFERENCE: u8 = 90;
    pub(super) const SMALL_INTEGER: u8 = 97;
    pub(super) const INTEGER: u8 = 98;
    pub(super) const FLOAT: u8 = 99;
    pub(super) const ATOM: u8 = 100;
    pub(super) const REFERENCE: u8 = 101;
    pub(super) const PORT: u8 = 102;
    pub(super) const PID: u8 = 103;
    pub(super) const SMALL_TUPLE: u8 = 104;
    pub(super) const LARGE_TUPLE: u8 = 105;
    pub(super) const NIL: u8 = 106;
    pub(super) const STRING: u8 = 107;
    pub(super) const LIST: u8 = 108;
    pub(super) const BINARY: u8 = 109;
    pub(super) const SMALL_BIG: u8 = 110;
    pub(super) const LARGE_BIG: u8 = 111;
    pub(super) const NEW_FUN: u8 = 112;
    pub(super) const EXPORT: u8 = 113;
    pub(super) const NEW_REFERENCE: u8 = 114;
    pub(super) const SMALL_ATOM: u8 = 115;
    pub(super) const MAP: u8 = 116;
    pub(super) const ATOM_UTF8: u8 = 118;
    pub(super) const SMALL_ATOM_UTF8: u8 = 119;
    pub(super) const V4_PORT: u8 = 120;
    pub(super) const LOCAL: u8 = 121;
}
