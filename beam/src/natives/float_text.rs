//! Floats as text and back (OTP: `erlang:float_to_list/2`, `list_to_float/1` and their kin).

mod format;
mod parse;

pub use format::Format;

use super::Native;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "float_to_list", 1, |vm, a| to_list(vm, a[0], Ok(Format::default()))),
    Native::new("erlang", "float_to_list", 2, |vm, a| {
        let format = options(vm, a[1]);
        to_list(vm, a[0], format)
    }),
    Native::new("erlang", "float_to_binary", 1, |vm, a| to_binary(vm, a[0], Ok(Format::default()))),
    Native::new("erlang", "float_to_binary", 2, |vm, a| {
        let format = options(vm, a[1]);
        to_binary(vm, a[0], format)
    }),
    Native::new("erlang", "list_to_float", 1, from_list),
    Native::new("erlang", "binary_to_float", 1, from_binary),
    Native::new("string", "list_to_float", 1, start_of_string),
];

fn text(float: Term, format: Result<Format, Fail>) -> Result<String, Fail> {
    let value = float.float().ok_or(Fail::BADARG)?;
    format?.text(value).ok_or(Fail::BADARG)
}

fn to_list(vm: &mut Vm, float: Term, format: Result<Format, Fail>) -> Outcome {
    let text = text(float, format)?;
    Ok(vm.heap.string(&text))
}

fn to_binary(vm: &mut Vm, float: Term, format: Result<Format, Fail>) -> Outcome {
    let text = text(float, format)?;
    Ok(vm.heap.binary(text.as_bytes()))
}

/// The last option that chooses a form counts; `compact` counts for `decimals` only.
fn options(vm: &Vm, list: Term) -> Result<Format, Fail> {
    let mut format = Format::default();
    let mut compact = false;
    let mut items = list.list();
    for item in items.by_ref() {
        if let Some([name, value]) = item.tuple_of() {
            // OTP takes the low 32 bits of the number, and C's rule that a negative precision means 6 digits.
            let digits = value.small_value().ok_or(Fail::BADARG)? as i32;
            format = match vm.atom_name(*name) {
                "decimals" if (0..=253).contains(&digits) => {
                    Format::Decimals { digits: digits as usize, compact: false }
                }
                "scientific" if digits <= 249 => Format::Scientific { digits: usize::try_from(digits).unwrap_or(6) },
                _ => return Err(Fail::BADARG),
            };
            continue;
        }
        match vm.atom_name(item) {
            "compact" => compact = true,
            "short" => format = Format::Short,
            _ => return Err(Fail::BADARG),
        }
    }
    if !items.tail().is_nil() {
        return Err(Fail::BADARG);
    }
    Ok(match format {
        Format::Decimals { digits, .. } => Format::Decimals { digits, compact },
        other => other,
    })
}

fn from_list(vm: &mut Vm, args: &[Term]) -> Outcome {
    let items = args[0].proper_list().ok_or(Fail::BADARG)?;
    vm.charge(items.len() / 64);
    let bytes: Option<Vec<u8>> = items.iter().map(|c| u8::try_from(c.small_value()?).ok()).collect();
    let value = parse::whole(&bytes.ok_or(Fail::BADARG)?).ok_or(Fail::BADARG)?;
    Ok(vm.heap.float(value))
}

fn from_binary(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bits = args[0].bits().filter(|b| b.is_binary()).ok_or(Fail::BADARG)?;
    vm.charge(bits.byte_len() / 1024);
    let value = parse::whole(&bits.bytes()).ok_or(Fail::BADARG)?;
    Ok(vm.heap.float(value))
}

/// The float that a list of characters begins with, and what follows it (`string:to_float/1`).
fn start_of_string(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut rest = args[0];
    if !rest.is_list() {
        let reason = vm.atom("not_a_list")?;
        return Ok(vm.heap.tuple(&[atoms::ERROR, reason]));
    }
    // Text up to the first character that no float has; what the float leaves of it belongs to the rest again.
    let text: Vec<u8> = rest.list().map_while(float_character).collect();
    vm.charge(text.len() / 64);
    match parse::start(&text) {
        Some((value, used)) => {
            for _ in 0..used {
                rest = rest.cons().map_or(rest, |(_, tail)| tail);
            }
            let value = vm.heap.float(value);
            Ok(vm.heap.tuple(&[value, rest]))
        }
        None => {
            let reason = vm.atom("no_float")?;
            Ok(vm.heap.tuple(&[atoms::ERROR, reason]))
        }
    }
}

fn float_character(c: Term) -> Option<u8> {
    let c = u8::try_from(c.small_value()?).ok()?;
    matches!(c, b'0'..=b'9' | b'+' | b'-' | b'.' | b',' | b'e' | b'E').then_some(c)
}

#[cfg(test)]
mod tests {
    #[test]
    fn calls_give_what_otp_gives() {
        super::super::table::check(include_str!("../../tables/float_text.txt"));
    }
}
