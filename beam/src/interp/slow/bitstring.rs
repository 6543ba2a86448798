//! Instructions that match bitstrings.

use super::Step;
use crate::arith::MAX_WORDS;
use crate::atoms;
use crate::bits;
use crate::bitstring::matching::{self, Matcher};
use crate::fail::Fail;
use crate::instr::Code;
use crate::load::command;
use crate::term::Term;
use crate::vm::Vm;

/// Bits of the largest integer that is read at all.
const MOST_INTEGER_BITS: usize = 64 * MAX_WORDS;

/// Where to go when nothing matches.
fn no_match(code: Code) -> *const u64 {
    code.jump(code.low(1) as i32)
}

fn deliver(vm: &mut Vm, code: Code, to: u16, value: Option<Term>) -> Step {
    match value {
        Some(value) => {
            vm.set(to, value);
            Ok(code.next())
        }
        None => Ok(no_match(code)),
    }
}

fn test(code: Code, holds: bool) -> Step {
    Ok(if holds { code.next() } else { no_match(code) })
}

pub(in crate::interp) fn start_match(vm: &mut Vm, code: Code) -> Step {
    vm.settle(code.high(1))?;
    let subject = vm.source(code, code.a());
    let context = matching::start_match(&mut vm.heap, subject);
    if context.is_none() && code.low(1) == 0 {
        return Err(Fail::BADARG);
    }
    deliver(vm, code, code.b(), context)
}

fn size(vm: &Vm, code: Code) -> Option<usize> {
    matching::segment_size(vm.source(code, code.b()), code.low(2) as usize)
}

/// Charges for an integer of some bits, if a context had so many.
#[inline]
fn charge_integer(vm: &mut Vm, bits: usize) {
    if bits >= bits::BITS_PER_REDUCTION {
        vm.charge(bits.min(MOST_INTEGER_BITS) / bits::BITS_PER_REDUCTION);
    }
}

pub(super) fn get_integer(vm: &mut Vm, code: Code) -> Step {
    vm.settle(code.high(1))?;
    let context = vm.source(code, code.a());
    let value = match size(vm, code) {
        Some(bits) => {
            charge_integer(vm, bits);
            matching::get_integer(&mut vm.heap, context, bits, code.high(2))?
        }
        None => None,
    };
    deliver(vm, code, code.c(), value)
}

pub(super) fn get_float(vm: &mut Vm, code: Code) -> Step {
    vm.settle(code.high(1))?;
    let context = vm.source(code, code.a());
    let value = size(vm, code).and_then(|bits| matching::get_float(&mut vm.heap, context, bits, code.high(2)));
    deliver(vm, code, code.c(), value)
}

pub(super) fn get_binary(vm: &mut Vm, code: Code) -> Step {
    vm.settle(code.high(1))?;
    let context = vm.source(code, code.a());
    let value = if vm.source(code, code.b()) == atoms::ALL {
        matching::get_rest(&mut vm.heap, context, code.low(2) as usize)
    } else {
        size(vm, code).and_then(|bits| matching::get_binary(&mut vm.heap, context, bits))
    };
    deliver(vm, code, code.c(), value)
}

pub(super) fn skip_bits(vm: &mut Vm, code: Code) -> Step {
    let context = vm.source(code, code.a());
    let holds = if vm.source(code, code.b()) == atoms::ALL {
        matching::skip_rest(context, code.low(2) as usize)
    } else {
        size(vm, code).is_some_and(|bits| matching::skip_bits(context, bits))
    };
    test(code, holds)
}

pub(super) fn test_tail(vm: &mut Vm, code: Code) -> Step {
    test(code, matching::test_tail(vm.source(code, code.a()), code.low(2) as usize))
}

pub(super) fn test_unit(vm: &mut Vm, code: Code) -> Step {
    test(code, matching::test_unit(vm.source(code, code.a()), code.low(2) as usize))
}

pub(super) fn match_string(vm: &mut Vm, code: Code) -> Step {
    let bits = code.word(2) as usize;
    // SAFETY: the loader checked that the string table of the module holds these bytes; the module keeps it.
    let expected = unsafe { std::slice::from_raw_parts(code.word(3) as usize as *const u8, bits.div_ceil(8)) };
    test(code, matching::match_string(vm.source(code, code.a()), expected, bits))
}

fn utf(vm: &Vm, code: Code) -> Option<Term> {
    let context = vm.source(code, code.a());
    match code.low(2) {
        8 => matching::get_utf8(context),
        16 => matching::get_utf16(context, code.high(2)),
        _ => matching::get_utf32(context, code.high(2)),
    }
}

pub(in crate::interp) fn get_utf(vm: &mut Vm, code: Code) -> Step {
    let value = utf(vm, code);
    deliver(vm, code, code.b(), value)
}

pub(super) fn skip_utf(vm: &mut Vm, code: Code) -> Step {
    let found = utf(vm, code).is_some();
    test(code, found)
}

pub(super) fn get_tail(vm: &mut Vm, code: Code) -> Step {
    vm.settle(code.high(1))?;
    let context = vm.source(code, code.a());
    let tail = matching::get_tail(&mut vm.heap, context);
    deliver(vm, code, code.b(), Some(tail))
}

pub(in crate::interp) fn get_position(vm: &mut Vm, code: Code) -> Step {
    let position = matching::get_position(vm.source(code, code.a()));
    deliver(vm, code, code.b(), Some(position))
}

pub(in crate::interp) fn set_position(vm: &mut Vm, code: Code) -> Step {
    matching::set_position(vm.source(code, code.a()), vm.source(code, code.b()));
    Ok(code.next())
}

/// Takes the next byte of a context. It does not match if there are fewer than eight bits left, or what is left is no
/// multiple of the unit. c: one less than the unit, which is a power of two.
pub(in crate::interp) fn match_byte(vm: &mut Vm, code: Code) -> *const u64 {
    let mut matcher = Matcher::open(vm.source(code, code.a()));
    let fits = |matcher: &&mut Matcher<'_>| matcher.remaining() & usize::from(code.c()) == 0;
    let Some(byte) = matcher.as_mut().filter(fits).and_then(|matcher| matcher.byte()) else { return no_match(code) };
    matcher.iter().for_each(Matcher::commit);
    vm.set(code.b(), Term::small(i64::from(byte)));
    code.next()
}

/// An unsigned integer that is there. Fields as in the loop.
pub(in crate::interp) fn take_integer(vm: &mut Vm, code: Code) -> Step {
    let Some(mut matcher) = Matcher::open(vm.source(code, code.a())) else { return Ok(code.next()) };
    let (offset, distance) = (code.low(1) as usize, code.high(1) as usize);
    let bits = usize::from(code.c());
    // At most 59 bits, which is small.
    let value = bits::read(matcher.rest().data, matcher.rest().offset + offset, bits);
    matcher.skip(distance);
    matcher.commit();
    vm.set(code.b(), Term::small(value as i64));
    Ok(code.next())
}

/// Bits that have to be there; what an address cannot count is never there.
fn ensured(bits: u64) -> usize {
    usize::try_from(bits).unwrap_or(usize::MAX)
}

/// `bs_match`: a run of commands on one context. The position is written back where the commands succeed.
pub(super) fn bs_match(vm: &mut Vm, code: Code) -> Step {
    vm.settle(code.high(2))?;
    let context = vm.source(code, code.a());
    let Some(mut matcher) = Matcher::open(context) else { return Ok(no_match(code)) };
    for i in 0..code.low(2) as usize {
        let (head, value) = (code.word(3 + 2 * i), code.word(4 + 2 * i));
        let (to, extra) = ((head >> 16) as u16, (head >> 32) as u32);
        let matched = match head & 0xff {
            command::ENSURE_AT_LEAST => matcher.has_at_least(ensured(value), extra as usize),
            command::ENSURE_EXACTLY => matcher.has_exactly(ensured(value)),
            command::SKIP => matcher.skip(value as usize),
            command::EQUAL => matcher.equals(extra as usize, value),
            kind => {
                let taken = match kind {
                    command::INTEGER => {
                        charge_integer(vm, value as usize);
                        matcher.integer(&mut vm.heap, value as usize, extra)?
                    }
                    command::BINARY => matcher.binary(&mut vm.heap, value as usize),
                    _ => Some(matcher.tail(&mut vm.heap)),
                };
                if let Some(taken) = taken {
                    // The destination may be the register of the context: its position is not needed any more then.
                    vm.set(to, taken);
                }
                taken.is_some()
            }
        };
        if !matched {
            return Ok(no_match(code));
        }
    }
    matcher.commit();
    Ok(code.behind(code.high(1)))
}
