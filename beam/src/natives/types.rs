//! Type tests as functions (`erlang:is_atom/1` and so on). Guards use instructions of their own.

use super::Native;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::map;
use crate::print;
use crate::term::{Term, header_kind, kind};
use crate::vm::Vm;

/// Integers that OTP holds in a word.
const OTP_SMALL: std::ops::Range<i64> = -(1 << 59)..1 << 59;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "is_atom", 1, |_, a| test(a[0].is_atom())),
    Native::new("erlang", "is_binary", 1, |_, a| test(a[0].bits().is_some_and(|b| b.is_binary()))),
    Native::new("erlang", "is_bitstring", 1, |_, a| test(a[0].is_bits())),
    Native::new("erlang", "is_boolean", 1, |_, a| test(a[0] == atoms::TRUE || a[0] == atoms::FALSE)),
    Native::new("erlang", "is_float", 1, |_, a| test(a[0].is_kind(kind::FLOAT))),
    Native::new("erlang", "is_function", 1, |_, a| test(a[0].is_fun())),
    Native::new("erlang", "is_function", 2, is_function),
    Native::new("erlang", "is_integer", 1, |_, a| test(a[0].is_integer())),
    Native::new("erlang", "is_list", 1, |_, a| test(a[0].is_list())),
    Native::new("erlang", "is_map", 1, |_, a| test(a[0].is_map())),
    Native::new("erlang", "is_number", 1, |_, a| test(a[0].is_integer() || a[0].is_kind(kind::FLOAT))),
    Native::new("erlang", "is_pid", 1, |_, a| test(a[0].is_pid())),
    Native::new("erlang", "is_port", 1, |_, a| test(a[0].is_kind(kind::PORT))),
    Native::new("erlang", "is_record", 2, is_record),
    Native::new("erlang", "is_record", 3, is_record_of_size),
    Native::new("erlang", "is_reference", 1, |_, a| test(a[0].is_ref())),
    Native::new("erts_internal", "map_to_tuple_keys", 1, map_to_tuple_keys),
    Native::new("erts_internal", "map_hashmap_children", 1, map_hashmap_children),
    Native::new("erts_internal", "term_to_string", 2, term_to_string),
    Native::new("erts_internal", "term_type", 1, term_type),
    Native::new("erlang", "is_tuple", 1, |_, a| test(a[0].is_kind(kind::TUPLE))),
];

/// Number of arguments that a fun takes; nothing for any other term.
pub fn fun_arity(vm: &Vm, fun: Term) -> Option<u32> {
    let code = &vm.image.get().code;
    match header_kind(fun.header()) {
        _ if !fun.is_boxed() => None,
        kind::FUN => code.funs.get(fun.elements()[0].as_small() as usize).map(|entry| entry.arity),
        kind::EXPORT => code.exports.get(fun.elements()[0].as_small() as usize).map(|export| export.mfa.2),
        _ => None,
    }
}

fn test(value: bool) -> Outcome {
    Ok(if value { atoms::TRUE } else { atoms::FALSE })
}

fn is_function(vm: &mut Vm, args: &[Term]) -> Outcome {
    match args[1].small_value() {
        Some(arity) if arity >= 0 => test(fun_arity(vm, args[0]).is_some_and(|a| i64::from(a) == arity)),
        None if args[1].is_kind(kind::BIG_POS) => test(false),
        _ => Err(Fail::BADARG),
    }
}

fn is_record(_: &mut Vm, args: &[Term]) -> Outcome {
    if !args[1].is_atom() {
        return Err(Fail::BADARG);
    }
    test(args[0].tuple().and_then(|t| t.first()) == Some(&args[1]))
}

fn is_record_of_size(_: &mut Vm, args: &[Term]) -> Outcome {
    // OTP refuses sizes that are no immediate integers there; they have 60 bits.
    const SIZES: std::ops::Range<i64> = -(1 << 59)..1 << 59;
    let size = args[2].small_value().filter(|size| SIZES.contains(size)).ok_or(Fail::BADARG)?;
    if !args[1].is_atom() {
        return Err(Fail::BADARG);
    }
    test(args[0].tuple().is_some_and(|t| t.len() as i64 == size && t.first() == Some(&args[1])))
}

/// What a term is inside, in OTP's words.
/// The keys of a small map as the tuple that maps with the same keys share.
fn map_to_tuple_keys(vm: &mut Vm, args: &[Term]) -> Outcome {
    let map = args[0];
    if !map.is_map() {
        return Err(Fail::Error(vm.heap.tuple(&[atoms::BADMAP, map])));
    }
    if map::len(map) <= map::FLATMAP_MAX { Ok(map.elements()[0]) } else { Err(Fail::BADARG) }
}

/// What lies below the root of a large map, from which `erts_debug:size/1` tells its size: leaves are lists of key and value. Inner
/// nodes are no terms, so tuples of the same size stand for them. What maps share in them is not seen therefore.
fn map_hashmap_children(vm: &mut Vm, args: &[Term]) -> Outcome {
    let map = args[0];
    if !map.is_map() {
        return Err(Fail::Error(vm.heap.tuple(&[atoms::BADMAP, map])));
    }
    if map::len(map) <= map::FLATMAP_MAX {
        return Err(Fail::BADARG);
    }
    vm.charge(map::len(map) / 4);
    vm.heap.check(2 * map::len(map))?;
    let children: Vec<Term> = map.elements()[1..].iter().map(|child| node_as_tuple(vm, *child)).collect();
    Ok(vm.heap.list(&children))
}

/// The nodes of a map are no deeper than its hashes are long.
fn node_as_tuple(vm: &mut Vm, node: Term) -> Term {
    if node.is_cons() {
        return node;
    }
    let children: Vec<Term> = node.elements().iter().map(|child| node_as_tuple(vm, *child)).collect();
    vm.heap.tuple(&children)
}

/// A term as `erlang:display/1` shows it. OTP can be told to leave out what lies deep, which nothing in its library does.
fn term_to_string(vm: &mut Vm, args: &[Term]) -> Outcome {
    if args[1] != atoms::UNDEFINED {
        return Err(Fail::BADARG);
    }
    let text = print::display(args[0], vm.image.get());
    vm.charge(text.len() / 64);
    vm.heap.check(2 * text.len())?;
    Ok(vm.heap.string(&text))
}

fn term_type(vm: &mut Vm, args: &[Term]) -> Outcome {
    let term = args[0];
    let name = match header_kind(term.header()) {
        _ if term.small_value().is_some_and(|value| OTP_SMALL.contains(&value)) => "fixnum",
        _ if term.is_small() => "bignum",
        _ if term.is_atom() => "atom",
        _ if term.is_cons() => "list",
        _ if term.is_nil() => "nil",
        _ if term.is_local_pid() => "pid",
        _ if !term.is_boxed() => return Err(Fail::BADARG),
        kind::BIG_POS | kind::BIG_NEG => "bignum",
        kind::FLOAT => "hfloat",
        kind::TUPLE => "tuple",
        kind::FUN => "fun",
        kind::EXPORT => "export",
        kind::REF => "reference",
        kind::EXTERNAL_REF => "external_reference",
        kind::EXTERNAL_PID => "external_pid",
        kind::PORT => "port",
        kind::HEAPBITS => "heap_binary",
        kind::SUBBITS => "sub_binary",
        _ if map::len(term) <= map::FLATMAP_MAX => "flatmap",
        _ => "hashmap",
    };
    vm.atom(name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn calls_give_what_otp_gives() {
        super::super::table::check(include_str!("../../tables/types.txt"));
    }
}
