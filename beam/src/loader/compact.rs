//! Operands of instructions in the compact encoding of the `Code` and `Line` chunks.
//!
//! The first byte holds a tag in its low three bits, and the value or the length of the value in the others. (OTP's
//! documentation has no page on it; `beam_asm` and The BEAM Book, "BEAM Loader", describe it.)

use num_bigint::BigInt;

use super::error::LoadError;
use super::reader::Reader;

/// What an [`Arg::Alloc`] entry counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllocKind {
    /// Heap words.
    Words,
    /// Floats.
    Floats,
    /// Funs.
    Funs,
}

/// An operand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// `[]`
    Nil,
    /// An integer of up to 64 bits.
    Int(i64),
    /// A larger integer.
    Big(Box<BigInt>),
    /// Index into the atom table, never 0.
    Atom(u32),
    /// An X register.
    X(u32),
    /// A Y register.
    Y(u32),
    /// A floating-point register.
    FloatReg(u32),
    /// A label; 0 where there is none.
    Label(u32),
    /// A number that is no term: an arity, an index, a size.
    Unsigned(u64),
    /// Index into the literals.
    Literal(u32),
    /// A character.
    Char(u32),
    /// A list of operands, none of which is a list or an `Alloc` itself.
    List(Vec<Arg>),
    /// Heap needs of an instruction.
    Alloc(Box<[(AllocKind, u64)]>),
}

/// Longest integer in bytes. OTP's own limit of an integer is 4 MiB; the compiler keeps large integers in literals.
const MAX_INTEGER: usize = 4 << 20;

mod tag {
    pub(super) const UNSIGNED: u8 = 0;
    pub(super) const INTEGER: u8 = 1;
    pub(super) const ATOM: u8 = 2;
    pub(super) const X: u8 = 3;
    pub(super) const Y: u8 = 4;
    pub(super) const LABEL: u8 = 5;
    pub(super) const CHAR: u8 = 6;
}

mod extended {
    pub(super) const LIST: u8 = 1;
    pub(super) const FLOAT_REGISTER: u8 = 2;
    pub(super) const ALLOC: u8 = 3;
    pub(super) const LITERAL: u8 = 4;
    pub(super) const TYPED_REGISTER: u8 = 5;
}

/// A value: a number that fits, or the bytes of a longer one, most significant first, in two's complement.
enum Value<'a> {
    Small(u64),
    Bytes(&'a [u8]),
}

/// Reads one operand.
pub(crate) fn arg(reader: &mut Reader<'_>) -> Result<Arg, LoadError> {
    let first = reader.byte()?;
    if first & 7 == 7 {
        return extended_arg(reader, first >> 4, first & 8 != 0);
    }
    simple_arg(reader, first)
}

/// Reads a number with the tag for unsigned numbers.
pub(crate) fn unsigned(reader: &mut Reader<'_>) -> Result<u64, LoadError> {
    let first = reader.byte()?;
    if first & 7 != tag::UNSIGNED {
        return Err(reader.error("a number was expected"));
    }
    let value = value(reader, first)?;
    number(reader, value)
}

fn simple_arg(reader: &mut Reader<'_>, first: u8) -> Result<Arg, LoadError> {
    let value = value(reader, first)?;
    if first & 7 == tag::INTEGER {
        return Ok(match value {
            Value::Small(n) => Arg::Int(n as i64),
            Value::Bytes(bytes) if bytes.len() <= 8 => Arg::Int(signed(bytes)),
            Value::Bytes(bytes) => {
                let big = BigInt::from_signed_bytes_be(bytes);
                i64::try_from(&big).map_or_else(|_| Arg::Big(Box::new(big)), Arg::Int)
            }
        });
    }
    let number = number(reader, value)?;
    if first & 7 == tag::UNSIGNED {
        return Ok(Arg::Unsigned(number));
    }
    let index = u32::try_from(number).map_err(|_| reader.error("an operand is out of range"))?;
    Ok(match first & 7 {
        tag::ATOM if index == 0 => Arg::Nil,
        tag::ATOM => Arg::Atom(index),
        tag::X => Arg::X(index),
        tag::Y => Arg::Y(index),
        tag::LABEL => Arg::Label(index),
        tag::CHAR => Arg::Char(index),
        _ => return Err(reader.error("a simple operand was expected")),
    })
}

fn extended_arg(reader: &mut Reader<'_>, which: u8, wide: bool) -> Result<Arg, LoadError> {
    if wide {
        return Err(reader.error("an operand has an unknown tag"));
    }
    match which {
        extended::LIST => {
            let len = count(reader, 1)?;
            let mut items = Vec::with_capacity(len);
            for _ in 0..len {
                let first = reader.byte()?;
                items.push(match (first & 7, first >> 4) {
                    (7, extended::LIST | extended::ALLOC) => return Err(reader.error("a list stands within a list")),
                    (7, which) => extended_arg(reader, which, first & 8 != 0)?,
                    _ => simple_arg(reader, first)?,
                });
            }
            Ok(Arg::List(items))
        }
        extended::FLOAT_REGISTER => Ok(Arg::FloatReg(index(reader)?)),
        extended::ALLOC => {
            let len = count(reader, 2)?;
            let mut items = Vec::with_capacity(len);
            for _ in 0..len {
                let kind = match unsigned(reader)? {
                    0 => AllocKind::Words,
                    1 => AllocKind::Floats,
                    2 => AllocKind::Funs,
                    _ => return Err(reader.error("a heap need is of an unknown kind")),
                };
                items.push((kind, unsigned(reader)?));
            }
            Ok(Arg::Alloc(items.into()))
        }
        extended::LITERAL => Ok(Arg::Literal(index(reader)?)),
        extended::TYPED_REGISTER => {
            let first = reader.byte()?;
            if !matches!(first & 7, tag::X | tag::Y) {
                return Err(reader.error("a type belongs to something that is no register"));
            }
            let register = simple_arg(reader, first)?;
            // The types are a hint by the compiler that nothing can vouch for, so nothing may rest on them.
            index(reader)?;
            Ok(register)
        }
        _ => Err(reader.error("an operand has an unknown tag")),
    }
}

fn value<'a>(reader: &mut Reader<'a>, first: u8) -> Result<Value<'a>, LoadError> {
    if first & 0x08 == 0 {
        return Ok(Value::Small(u64::from(first >> 4)));
    }
    if first & 0x10 == 0 {
        return Ok(Value::Small(u64::from(first & 0xe0) << 3 | u64::from(reader.byte()?)));
    }
    let len = match first >> 5 {
        7 => {
            let first = reader.byte()?;
            // A length whose own length is given in this way would need a file of many gigabytes.
            if first & 7 != tag::UNSIGNED || first & 0xf8 == 0xf8 {
                return Err(reader.error("the length of an integer is wrong"));
            }
            match value(reader, first)? {
                Value::Small(n) => n as usize + 9,
                Value::Bytes(bytes) => {
                    let n = number(reader, Value::Bytes(bytes))?;
                    usize::try_from(n).unwrap_or(usize::MAX).saturating_add(9)
                }
            }
        }
        n => usize::from(n) + 2,
    };
    if len > MAX_INTEGER {
        return Err(reader.error("an integer is too large"));
    }
    Ok(Value::Bytes(reader.take(len)?))
}

fn number(reader: &Reader<'_>, value: Value<'_>) -> Result<u64, LoadError> {
    match value {
        Value::Small(n) => Ok(n),
        // The encoder puts a zero byte in front where the number would look negative.
        Value::Bytes([0, rest @ ..]) if rest.len() <= 8 => Ok(rest.iter().fold(0, |n, b| n << 8 | u64::from(*b))),
        Value::Bytes(bytes) if bytes.len() <= 8 && bytes[0] < 0x80 => Ok(signed(bytes) as u64),
        // Only sizes of segments may be so large, and nothing is so long.
        Value::Bytes([0..0x80, ..]) => Ok(u64::MAX),
        Value::Bytes(_) => Err(reader.error("an operand is out of range")),
    }
}

fn signed(bytes: &[u8]) -> i64 {
    let start = if bytes.first().is_some_and(|b| *b >= 0x80) { -1 } else { 0 };
    bytes.iter().fold(start, |n, b| n << 8 | i64::from(*b))
}

fn index(reader: &mut Reader<'_>) -> Result<u32, LoadError> {
    let number = unsigned(reader)?;
    u32::try_from(number).map_err(|_| reader.error("an operand is out of range"))
}

fn count(reader: &mut Reader<'_>, row: usize) -> Result<usize, LoadError> {
    let count = unsigned(reader)?;
    reader.check_count(usize::try_from(count).unwrap_or(usize::MAX), row)
}
