//! Atoms and their names (OTP: `erlang:atom_to_list/1` and its kin).

use std::borrow::Cow;

use super::Native;
use crate::atom::MAX_ATOM_CHARS;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "atom_to_list", 1, |vm, a| {
        let name = name(vm, a[0])?.to_owned();
        Ok(vm.heap.string(&name))
    }),
    Native::new("erlang", "atom_to_binary", 1, |vm, a| to_binary(vm, a[0], atoms::UTF8)),
    Native::new("erlang", "atom_to_binary", 2, |vm, a| to_binary(vm, a[0], a[1])),
    Native::new("erlang", "list_to_atom", 1, |vm, a| {
        let name = list_name(a[0])?;
        vm.atom(&name)
    }),
    Native::new("erlang", "list_to_existing_atom", 1, |vm, a| {
        let name = list_name(a[0]);
        existing(vm, name)
    }),
    Native::new("erlang", "binary_to_atom", 1, |vm, a| binary_to_atom(vm, a[0], atoms::UTF8)),
    Native::new("erlang", "binary_to_atom", 2, |vm, a| binary_to_atom(vm, a[0], a[1])),
    Native::new("erlang", "binary_to_existing_atom", 1, |vm, a| binary_to_existing(vm, a[0], atoms::UTF8)),
    Native::new("erlang", "binary_to_existing_atom", 2, |vm, a| binary_to_existing(vm, a[0], a[1])),
];

enum Encoding {
    Latin1,
    Utf8,
}

fn encoding(vm: &Vm, t: Term) -> Result<Encoding, Fail> {
    match vm.atom_name(t) {
        "latin1" => Ok(Encoding::Latin1),
        "utf8" | "unicode" => Ok(Encoding::Utf8),
        _ => Err(Fail::BADARG),
    }
}

fn name(vm: &Vm, atom: Term) -> Result<&str, Fail> {
    if atom.is_atom() { Ok(vm.atom_name(atom)) } else { Err(Fail::BADARG) }
}

fn to_binary(vm: &mut Vm, atom: Term, encoding_name: Term) -> Outcome {
    let name = name(vm, atom)?;
    let bytes = match encoding(vm, encoding_name)? {
        Encoding::Utf8 => name.as_bytes().to_vec(),
        Encoding::Latin1 => {
            let bytes: Result<_, _> = name.chars().map(u8::try_from).collect();
            bytes.map_err(|_| Fail::BADARG)?
        }
    };
    Ok(vm.heap.binary(&bytes))
}

/// The atom of a name that this process or another one of the sandbox has made. A name that is too long belongs to no atom.
fn existing(vm: &mut Vm, name: Result<impl AsRef<str>, Fail>) -> Outcome {
    let name = name.map_err(|_| Fail::BADARG)?;
    let name = name.as_ref();
    if let Some(atom) = vm.atoms().existing(name) {
        return Ok(atom);
    }
    if !vm.host.knows_atom(name) {
        return Err(Fail::BADARG);
    }
    vm.image.get_mut().atoms.intern(name).map_err(|_| Fail::SYSTEM_LIMIT)
}

/// The name that a list of characters is. It is read no further than names are long.
fn list_name(list: Term) -> Result<String, Fail> {
    let mut chars = list.list();
    let mut name = String::new();
    for (i, c) in chars.by_ref().enumerate() {
        if i == MAX_ATOM_CHARS {
            return Err(Fail::SYSTEM_LIMIT);
        }
        let c = c.small_value().and_then(|c| u32::try_from(c).ok()).and_then(char::from_u32);
        name.push(c.ok_or(Fail::BADARG)?);
    }
    if chars.tail().is_nil() { Ok(name) } else { Err(Fail::BADARG) }
}

fn binary_name<'a>(vm: &Vm, binary: Term, encoding_name: Term) -> Result<Cow<'a, str>, Fail> {
    let bits = binary.bits().filter(|bits| bits.is_binary()).ok_or(Fail::BADARG)?;
    let encoding = encoding(vm, encoding_name)?;
    // No name needs more bytes than four for each character.
    if bits.byte_len() > 4 * MAX_ATOM_CHARS {
        return Err(Fail::SYSTEM_LIMIT);
    }
    let name: Cow<'a, str> = match (encoding, bits.bytes()) {
        (Encoding::Latin1, bytes) => bytes.iter().map(|b| char::from(*b)).collect::<String>().into(),
        (Encoding::Utf8, Cow::Borrowed(bytes)) => utf8(bytes)?.into(),
        (Encoding::Utf8, Cow::Owned(bytes)) => utf8(&bytes)?.to_owned().into(),
    };
    if name.chars().count() > MAX_ATOM_CHARS { Err(Fail::SYSTEM_LIMIT) } else { Ok(name) }
}

/// A name in UTF-8. One that is too long before it is malformed is too long.
fn utf8(bytes: &[u8]) -> Result<&str, Fail> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
        if valid.chars().nth(MAX_ATOM_CHARS).is_some() { Fail::SYSTEM_LIMIT } else { Fail::BADARG }
    })
}

fn binary_to_atom(vm: &mut Vm, binary: Term, encoding: Term) -> Outcome {
    let name = binary_name(vm, binary, encoding)?;
    vm.atom(&name)
}

fn binary_to_existing(vm: &mut Vm, binary: Term, encoding: Term) -> Outcome {
    let name = binary_name(vm, binary, encoding).map(Cow::into_owned);
    existing(vm, name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn calls_give_what_otp_gives() {
        super::super::table::check(include_str!("../../tables/atoms.txt"));
    }
}
