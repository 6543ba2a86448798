//! Terms as Erlang writes them with `~w`, except that printable lists and binaries show as text.

use std::fmt;

use super::{Fun, List, Term};

impl fmt::Debug for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(int) => write!(f, "{int}"),
            Self::BigInt(big) => write!(f, "{big}"),
            Self::Float(float) => write!(f, "{float:?}"),
            Self::Atom(atom) => write!(f, "{atom}"),
            Self::Ref(reference) => {
                f.write_str("#Ref<0")?;
                reference.words.iter().rev().try_for_each(|word| write!(f, ".{word}"))?;
                f.write_str(">")
            }
            Self::Fun(Fun::External(fun)) => {
                write!(f, "fun {}:{}/{}", fun.module, fun.function, fun.arity)
            }
            Self::Fun(Fun::Internal(fun)) => {
                write!(f, "#Fun<{}.{}.{}>", fun.module, fun.index, fun.old_uniq)
            }
            Self::Port(port) => write!(f, "#Port<0.{}>", port.id),
            Self::Pid(pid) => write!(f, "<0.{}.{}>", pid.id, pid.serial),
            Self::Tuple(elements) => {
                f.write_str("{")?;
                separated(f, elements.iter())?;
                f.write_str("}")
            }
            Self::Map(map) => {
                f.write_str("#{")?;
                for (at, (key, value)) in map.pairs().iter().enumerate() {
                    write!(f, "{}{key} => {value}", if at == 0 { "" } else { "," })?;
                }
                f.write_str("}")
            }
            Self::Nil => f.write_str("[]"),
            Self::List(list) => show_list(f, list),
            Self::Bits(bits) => match bits.as_binary().map(std::str::from_utf8) {
                Some(Ok(text)) if text.chars().all(printable) => write!(f, "<<{text:?}>>"),
                _ => show_bits(f, bits),
            },
        }
    }
}

fn printable(c: char) -> bool {
    (c >= ' ' && c != '\u{7f}') || c == '\n' || c == '\t'
}

fn separated<'a>(f: &mut fmt::Formatter<'_>, terms: impl Iterator<Item = &'a Term>) -> fmt::Result {
    for (at, term) in terms.enumerate() {
        write!(f, "{}{term}", if at == 0 { "" } else { "," })?;
    }
    Ok(())
}

fn show_list(f: &mut fmt::Formatter<'_>, list: &List) -> fmt::Result {
    let as_char = |term: &Term| {
        let code = u32::try_from(term.as_int()?).ok()?;
        char::from_u32(code).filter(|&c| printable(c) && u32::from(c) < 256)
    };
    if list.is_proper()
        && let Some(text) = list.elements().iter().map(as_char).collect::<Option<String>>()
    {
        return write!(f, "{text:?}");
    }
    f.write_str("[")?;
    separated(f, list.elements().iter())?;
    if !list.is_proper() {
        write!(f, "|{}", list.end())?;
    }
    f.write_str("]")
}

fn show_bits(f: &mut fmt::Formatter<'_>, bits: &super::Bits) -> fmt::Result {
    f.write_str("<<")?;
    let rest = bits.bit_len() % 8;
    let bytes = bits.padded_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        f.write_str(if at == 0 { "" } else { "," })?;
        if rest != 0 && at + 1 == bytes.len() {
            write!(f, "{}:{rest}", byte >> (8 - rest))?;
        } else {
            write!(f, "{byte}")?;
        }
    }
    f.write_str(">>")
}
