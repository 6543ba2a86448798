//! Integers as text and back, in bases 2 to 36 (OTP: `erlang:integer_to_list/2`, `list_to_integer/2` and their kin).

mod radix;

use super::Native;
use crate::arith;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::heap::Heap;
use crate::term::Term;
use crate::vm::Vm;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "integer_to_list", 1, |vm, a| to_list(vm, a[0], 10)),
    Native::new("erlang", "integer_to_list", 2, |vm, a| to_list(vm, a[0], base(a[1]).ok_or(Fail::BADARG)?)),
    Native::new("erlang", "integer_to_binary", 1, |vm, a| to_binary(vm, a[0], 10)),
    Native::new("erlang", "integer_to_binary", 2, |vm, a| to_binary(vm, a[0], base(a[1]).ok_or(Fail::BADARG)?)),
    Native::new("erlang", "list_to_integer", 1, |vm, a| whole_list(vm, a[0], TEN)),
    Native::new("erlang", "list_to_integer", 2, |vm, a| whole_list(vm, a[0], a[1])),
    Native::new("erlang", "binary_to_integer", 1, |vm, a| whole_binary(vm, a[0], TEN)),
    Native::new("erlang", "binary_to_integer", 2, |vm, a| whole_binary(vm, a[0], a[1])),
    Native::new("erts_internal", "list_to_integer", 2, start_of_list),
    Native::new("erts_internal", "binary_to_integer", 2, binary_or_reason),
    Native::new("string", "list_to_integer", 1, start_of_string),
];

const TEN: Term = Term::small(10);

/// Why text is no integer.
enum Problem {
    NotAList,
    NoInteger,
    BadArgument,
    Fail(Fail),
}

impl From<Fail> for Problem {
    fn from(fail: Fail) -> Problem {
        Problem::Fail(fail)
    }
}

fn base(t: Term) -> Option<u32> {
    t.small_value().filter(|base| (2..=36).contains(base)).map(|base| base as u32)
}

fn text(vm: &mut Vm, integer: Term, base: u32) -> Result<Vec<u8>, Fail> {
    if let Some(small) = integer.small_value() {
        return Ok(radix::small_text(small, base));
    }
    let value = integer.bigint().ok_or(Fail::BADARG)?;
    let words = integer.words().len();
    vm.heap.check(words * 8)?;
    vm.charge(words + words * words / 1024);
    Ok(radix::big_text(&value, base))
}

fn to_list(vm: &mut Vm, integer: Term, base: u32) -> Outcome {
    let text = text(vm, integer, base)?;
    vm.heap.check(text.len() * 2)?;
    Ok(text.iter().rev().fold(Term::NIL, |tail, c| vm.heap.cons(Term::small(i64::from(*c)), tail)))
}

fn to_binary(vm: &mut Vm, integer: Term, base: u32) -> Outcome {
    let text = text(vm, integer, base)?;
    vm.heap.check_bytes(text.len())?;
    let bits = text.len() * 8;
    Ok(vm.heap.binary_from_vec(text, bits))
}

/// The integer that a list of characters begins with, and what follows it.
fn from_list(vm: &mut Vm, list: Term, base_term: Term) -> Result<(Term, Term), Problem> {
    if !list.is_list() {
        return Err(Problem::NotAList);
    }
    if list.is_nil() {
        return Err(Problem::NoInteger);
    }
    let base = base(base_term).ok_or(Problem::BadArgument)?;
    let mut rest = list;
    let mut digits = Digits::new(base);
    let sign = list.cons().and_then(|(head, _)| head.small_value());
    if let (Some(43 | 45), Some((_, tail))) = (sign, list.cons()) {
        rest = tail;
    }
    while let Some((head, tail)) = rest.cons() {
        let Some(digit) = head.small_value().and_then(|c| u8::try_from(c).ok()) else { break };
        if !digits.push(digit) {
            break;
        }
        rest = tail;
    }
    if digits.count == 0 {
        return Err(Problem::NoInteger);
    }
    vm.charge(digits.count / 32);
    let value = digits.finish(vm, sign == Some(45))?;
    Ok((value, rest))
}

fn from_binary(vm: &mut Vm, binary: Term, base_term: Term) -> Result<Term, Problem> {
    let bits = binary.bits().filter(|b| b.is_binary()).ok_or(Problem::BadArgument)?;
    let base = base(base_term).ok_or(Problem::BadArgument)?;
    let bytes = bits.bytes();
    let (negative, text) = match bytes.as_ref() {
        [b'-', text @ ..] => (true, text),
        [b'+', text @ ..] => (false, text),
        text => (false, text),
    };
    let mut digits = Digits::new(base);
    if text.is_empty() || !text.iter().all(|c| digits.push(*c)) {
        return Err(Problem::BadArgument);
    }
    vm.charge(digits.count / 64);
    Ok(digits.finish(vm, negative)?)
}

fn whole_list(vm: &mut Vm, list: Term, base: Term) -> Outcome {
    match from_list(vm, list, base) {
        Ok((value, rest)) if rest.is_nil() => Ok(value),
        Err(Problem::Fail(fail)) => Err(fail),
        _ => Err(Fail::BADARG),
    }
}

fn whole_binary(vm: &mut Vm, binary: Term, base: Term) -> Outcome {
    from_binary(vm, binary, base).map_err(|problem| match problem {
        Problem::Fail(fail) => fail,
        _ => Fail::BADARG,
    })
}

/// What OTP's `erlang` module asks for: reasons are values. OTP answers `big` for large integers and converts them in
/// Erlang; here they are converted at once.
fn start_of_list(vm: &mut Vm, args: &[Term]) -> Outcome {
    match from_list(vm, args[0], args[1]) {
        Ok((value, rest)) => Ok(vm.heap.tuple(&[value, rest])),
        Err(Problem::NotAList) => vm.atom("not_a_list"),
        Err(Problem::NoInteger) => vm.atom("no_integer"),
        Err(Problem::BadArgument) => Ok(atoms::BADARG),
        // The conversion in Erlang finds out about the limit as well, and raises it as an error of its caller.
        Err(Problem::Fail(Fail::SYSTEM_LIMIT)) => Ok(atoms::BIG),
        Err(Problem::Fail(fail)) => Err(fail),
    }
}

fn binary_or_reason(vm: &mut Vm, args: &[Term]) -> Outcome {
    match from_binary(vm, args[0], args[1]) {
        Ok(value) => Ok(value),
        Err(Problem::Fail(Fail::SYSTEM_LIMIT)) => Ok(atoms::BIG),
        Err(Problem::Fail(fail)) => Err(fail),
        Err(_) => Ok(atoms::BADARG),
    }
}

fn start_of_string(vm: &mut Vm, args: &[Term]) -> Outcome {
    let reason = match from_list(vm, args[0], TEN) {
        Ok((value, rest)) => return Ok(vm.heap.tuple(&[value, rest])),
        Err(Problem::NotAList) => vm.atom("not_a_list")?,
        Err(Problem::NoInteger | Problem::BadArgument) => vm.atom("no_integer")?,
        Err(Problem::Fail(Fail::SYSTEM_LIMIT)) => atoms::SYSTEM_LIMIT,
        Err(Problem::Fail(fail)) => return Err(fail),
    };
    Ok(vm.heap.tuple(&[atoms::ERROR, reason]))
}

/// Collects digits; as long as the value is below 2^63 without keeping them.
struct Digits {
    base: u32,
    /// Digits so far, leading zeros included.
    count: usize,
    small: u64,
    /// Values of the digits behind leading zeros, once there are too many for `small`.
    digits: Vec<u8>,
}

impl Digits {
    fn new(base: u32) -> Digits {
        Digits { base, count: 0, small: 0, digits: Vec::new() }
    }
    /// Takes a character; false if it is no digit.
    fn push(&mut self, c: u8) -> bool {
        let Some(digit) = char::from(c).to_digit(self.base) else { return false };
        self.count += 1;
        if !self.digits.is_empty() {
            self.digits.push(digit as u8);
            return true;
        }
        // 58 bits and one more digit of at most 6 bits fit into 64.
        if self.small < 1 << 58 {
            self.small = self.small * u64::from(self.base) + u64::from(digit);
        } else {
            self.digits = radix::digit_values(self.small, self.base);
            self.digits.push(digit as u8);
        }
        true
    }
    fn finish(self, vm: &mut Vm, negative: bool) -> Result<Term, Fail> {
        if self.digits.is_empty() {
            let value = i128::from(self.small);
            return Ok(signed(&mut vm.heap, if negative { -value } else { value }));
        }
        let words = radix::words(self.digits.len(), self.base);
        if words > arith::MAX_WORDS + 1 {
            return Err(Fail::SYSTEM_LIMIT);
        }
        vm.heap.check(words * 8)?;
        vm.charge(words + words * words / 1024);
        let value = radix::big_value(&self.digits, self.base, negative);
        arith::from_bigint(&mut vm.heap, &value)
    }
}

fn signed(heap: &mut Heap, value: i128) -> Term {
    match i64::try_from(value) {
        Ok(value) => heap.int(value),
        Err(_) => heap.bigint(&value.into()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn calls_give_what_otp_gives() {
        super::super::table::check(include_str!("../../tables/integer_text.txt"));
    }
}
