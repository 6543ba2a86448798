//! Parts and sizes of binaries: the natives for them in `erlang` and `binary`.

use super::Native;
use crate::bits::MAX_BITS;
use crate::fail::{Fail, Outcome};
use crate::term::{Bits, Term, kind};
use crate::vm::Vm;

pub mod search;
pub mod unsigned;

/// Natives of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "byte_size", 1, byte_size),
    Native::new("erlang", "bit_size", 1, bit_size),
    Native::new("erlang", "binary_to_list", 1, binary_to_list),
    Native::new("erlang", "binary_to_list", 3, binary_to_list_3),
    Native::new("erlang", "bitstring_to_list", 1, bitstring_to_list),
    Native::new("erlang", "binary_part", 2, part_2),
    Native::new("erlang", "binary_part", 3, part_3),
    Native::new("erlang", "split_binary", 2, split_binary),
    Native::new("binary", "part", 2, part_2),
    Native::new("binary", "part", 3, part_3),
    Native::new("binary", "at", 2, at),
    Native::new("binary", "first", 1, first),
    Native::new("binary", "last", 1, last),
    Native::new("binary", "copy", 1, copy_1),
    Native::new("binary", "copy", 2, copy_2),
    Native::new("binary", "referenced_byte_size", 1, referenced_byte_size),
    Native::new("binary", "longest_common_prefix", 1, longest_common_prefix),
    Native::new("binary", "longest_common_suffix", 1, longest_common_suffix),
];

/// The bits of a binary; `badarg` for any other term.
pub(crate) fn binary<'a>(term: Term) -> Result<Bits<'a>, Fail> {
    term.bits().filter(|b| b.is_binary()).ok_or(Fail::BADARG)
}

/// A number that is not negative.
fn natural(term: Term) -> Result<usize, Fail> {
    term.small_value().and_then(|n| usize::try_from(n).ok()).ok_or(Fail::BADARG)
}

/// Bits of a bitstring. Compiled code also asks for what a match context has left, in place of a bitstring made of it.
fn size_in_bits(term: Term) -> Option<usize> {
    if term.is_kind(kind::MATCH) {
        let [_, position, end, _] = *term.elements() else { return None };
        return Some((end.as_small() - position.as_small()) as usize);
    }
    term.bits().map(|bits| bits.len)
}

/// `erlang:byte_size/1`: bytes of a bitstring, a last partial one included.
pub fn byte_size(_vm: &mut Vm, args: &[Term]) -> Outcome {
    size_in_bits(args[0]).map(|bits| Term::small((bits as i64 + 7) / 8)).ok_or(Fail::BADARG)
}

/// `erlang:bit_size/1`
pub fn bit_size(_vm: &mut Vm, args: &[Term]) -> Outcome {
    size_in_bits(args[0]).map(|bits| Term::small(bits as i64)).ok_or(Fail::BADARG)
}

/// The list of the bytes of bits that are whole bytes, in front of a tail.
fn byte_list(vm: &mut Vm, bits: Bits<'_>, tail: Term) -> Outcome {
    let count = bits.len / 8;
    vm.heap.check(2 * count)?;
    vm.charge(count / 50);
    Ok((0..count).rev().fold(tail, |tail, i| vm.heap.cons(Term::small(i64::from(bits.byte(i))), tail)))
}

fn binary_to_list(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bits = binary(args[0])?;
    byte_list(vm, bits, Term::NIL)
}

fn binary_to_list_3(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bits = binary(args[0])?;
    let (start, stop) = (natural(args[1])?, natural(args[2])?);
    if start < 1 || start > stop || stop > bits.len / 8 {
        return Err(Fail::BADARG);
    }
    byte_list(vm, bits.part(8 * (start - 1), 8 * (stop - start + 1)), Term::NIL)
}

fn bitstring_to_list(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bits = args[0].bits().ok_or(Fail::BADARG)?;
    let rest = bits.len % 8;
    let tail = if rest == 0 {
        Term::NIL
    } else {
        let last = vm.heap.sub_bits(args[0], bits.len - rest, rest);
        vm.heap.cons(last, Term::NIL)
    };
    byte_list(vm, bits, tail)
}

/// Start and length in bytes of a part; a negative length reaches back from the start.
pub(crate) fn range(size: usize, start: Term, length: Term) -> Result<(usize, usize), Fail> {
    let (start, length) = (natural(start)?, length.small_value().ok_or(Fail::BADARG)?);
    let other = start as i64 + length;
    if start > size || other < 0 || other > size as i64 {
        return Err(Fail::BADARG);
    }
    Ok((start.min(other as usize), length.unsigned_abs() as usize))
}

fn part(vm: &mut Vm, whole: Term, start: Term, length: Term) -> Outcome {
    let bits = binary(whole)?;
    let (start, length) = range(bits.len / 8, start, length)?;
    Ok(vm.heap.sub_bits(whole, 8 * start, 8 * length))
}

/// `erlang:binary_part/2`, `binary:part/2`
pub fn part_2(vm: &mut Vm, args: &[Term]) -> Outcome {
    let [start, length] = *args[1].tuple_of::<2>().ok_or(Fail::BADARG)?;
    part(vm, args[0], start, length)
}

/// `erlang:binary_part/3`, `binary:part/3`
pub fn part_3(vm: &mut Vm, args: &[Term]) -> Outcome {
    part(vm, args[0], args[1], args[2])
}

fn split_binary(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bits = args[0].bits().ok_or(Fail::BADARG)?;
    let at = natural(args[1])?;
    if at > bits.len / 8 {
        return Err(Fail::BADARG);
    }
    let head = vm.heap.sub_bits(args[0], 0, 8 * at);
    let tail = vm.heap.sub_bits(args[0], 8 * at, bits.len - 8 * at);
    Ok(vm.heap.tuple(&[head, tail]))
}

fn byte_at(bits: Bits<'_>, i: usize) -> Outcome {
    if i < bits.len / 8 { Ok(Term::small(i64::from(bits.byte(i)))) } else { Err(Fail::BADARG) }
}

fn at(_vm: &mut Vm, args: &[Term]) -> Outcome {
    byte_at(binary(args[0])?, natural(args[1])?)
}

fn first(_vm: &mut Vm, args: &[Term]) -> Outcome {
    byte_at(binary(args[0])?, 0)
}

fn last(_vm: &mut Vm, args: &[Term]) -> Outcome {
    let bits = binary(args[0])?;
    byte_at(bits, (bits.len / 8).wrapping_sub(1))
}

fn copy(vm: &mut Vm, whole: Term, times: usize) -> Outcome {
    let bytes = binary(whole)?.bytes();
    let size = bytes.len().checked_mul(times).filter(|s| *s <= MAX_BITS / 8).ok_or(Fail::SYSTEM_LIMIT)?;
    vm.heap.check_bytes(size)?;
    vm.charge(size / 1024);
    Ok(vm.heap.binary_from_vec(bytes.repeat(if size == 0 { 0 } else { times }), size * 8))
}

fn copy_1(vm: &mut Vm, args: &[Term]) -> Outcome {
    copy(vm, args[0], 1)
}

fn copy_2(vm: &mut Vm, args: &[Term]) -> Outcome {
    let times = natural(args[1])?;
    copy(vm, args[0], times)
}

fn referenced_byte_size(_vm: &mut Vm, args: &[Term]) -> Outcome {
    let bits = args[0].bits().ok_or(Fail::BADARG)?;
    let (storage, _) = args[0].storage_and_offset();
    let size = if storage == args[0] { bits.byte_len() } else { storage.storage().len() };
    Ok(Term::small(size as i64))
}

/// The binaries of a list of one at least.
fn binaries<'a>(list: Term) -> Result<Vec<std::borrow::Cow<'a, [u8]>>, Fail> {
    let items = list.proper_list().filter(|l| !l.is_empty()).ok_or(Fail::BADARG)?;
    items.into_iter().map(|t| binary(t).map(Bits::bytes)).collect()
}

fn common(vm: &mut Vm, list: Term, same: impl Fn(&[u8], &[u8]) -> usize) -> Outcome {
    let all = binaries(list)?;
    let (first, rest) = all.split_first().ok_or(Fail::BADARG)?;
    let length = rest.iter().fold(first.len(), |n, other| n.min(same(first, other)));
    vm.charge(all.len() * (1 + length / 1024));
    Ok(Term::small(length as i64))
}

fn longest_common_prefix(vm: &mut Vm, args: &[Term]) -> Outcome {
    common(vm, args[0], |a, b| a.iter().zip(b).take_while(|(a, b)| a == b).count())
}

fn longest_common_suffix(vm: &mut Vm, args: &[Term]) -> Outcome {
    common(vm, args[0], |a, b| a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count())
}

#[cfg(test)]
mod tests {
    use crate::testing::check_table;

    #[test]
    fn parts_and_conversions_are_those_of_otp() {
        check_table(include_str!("../../tables/binary.txt"));
    }

    #[test]
    fn numbers_as_bytes_are_those_of_otp() {
        check_table(include_str!("../../tables/unsigned.txt"));
    }

    #[test]
    fn searches_find_what_otp_finds() {
        check_table(include_str!("../../tables/search.txt"));
    }
}
