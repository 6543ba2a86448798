//! Instructions that construct bitstrings.

use super::Step;
use crate::bits::BITS_PER_REDUCTION;
use crate::bitstring::builder::Builder;
use crate::bitstring::construct::{self, Kind, Segment};
use crate::fail::{Fail, Outcome};
use crate::instr::Code;
use crate::load::KINDS;
use crate::term::Term;
use crate::vm::Vm;

fn deliver(vm: &mut Vm, code: Code, to: u16, outcome: Outcome, next: *const u64) -> Step {
    match outcome {
        Ok(value) => {
            vm.set(to, value);
            Ok(next)
        }
        Err(fail) => otherwise(code, fail),
    }
}

/// Fails: jumps where there is a place to jump to, else raises.
fn otherwise(code: Code, fail: Fail) -> Step {
    match code.low(1) as i32 {
        0 => Err(fail),
        distance => Ok(code.jump(distance)),
    }
}

pub(super) fn create(vm: &mut Vm, code: Code) -> Step {
    vm.settle(code.high(2))?;
    let (x, stack) = (&vm.x, vm.heap.stack);
    let source = |operand: u16| {
        let (kind, index) = crate::instr::split(operand);
        match kind {
            crate::instr::OPERAND_X => x[index],
            crate::instr::OPERAND_CONST => code.term(index),
            // SAFETY: the loader checked that the frame has this register.
            _ => unsafe { Term(*stack.add(index)) },
        }
    };
    let segment = |i: usize| {
        let (head, operands) = (code.word(3 + 3 * i), code.word(4 + 3 * i));
        let kind = KINDS[(head & 0xff) as usize];
        let mut segment = Segment {
            kind,
            number: (head >> 32) as u32,
            unit: (head >> 16) as u16 as u32,
            flags: (head >> 8) as u8 as u32,
            value: Term::NIL,
            size: Term::NIL,
            string: &[],
        };
        if kind == Kind::String {
            let at = code.word(5 + 3 * i) as usize as *const u8;
            // SAFETY: the loader checked that the string table of the module holds these bytes; the module keeps it.
            segment.string = unsafe { std::slice::from_raw_parts(at, operands as usize) };
        } else {
            segment.value = source(operands as u16);
            segment.size = source((operands >> 16) as u16);
        }
        segment
    };
    let outcome = construct::create_with(&mut vm.heap, code.low(2) as usize, segment);
    if let Ok(whole) = outcome
        && is_long(whole)
    {
        let first = segment(0);
        let appends = matches!(first.kind, Kind::Append | Kind::PrivateAppend);
        charge_written(vm, if appends { first.value } else { Term::NIL }, whole);
    }
    deliver(vm, code, code.b(), outcome, code.behind(code.high(1)))
}

/// Whether writing a bitstring may be worth a reduction.
#[inline]
fn is_long(whole: Term) -> bool {
    whole.place().is_some_and(|(_, _, bits)| bits >= BITS_PER_REDUCTION)
}

/// Charges for what a bitstring has more than the one that it begins with, and for that one where it was copied.
#[cold]
fn charge_written(vm: &mut Vm, prefix: Term, whole: Term) {
    let Some((storage, _, bits)) = whole.place() else { return };
    let kept = match prefix.place() {
        Some((old, _, bits)) if old.off_bin().is_some() && old.off_bin() == storage.off_bin() => bits,
        _ => 0,
    };
    vm.charge((bits - kept) / BITS_PER_REDUCTION);
}

fn begin(vm: &mut Vm, code: Code, prefix: Term, begun: Result<(Builder, Term), Fail>) -> Step {
    let outcome = begun.map(|(builder, whole)| {
        vm.builder = Some(builder);
        if is_long(whole) {
            charge_written(vm, prefix, whole);
        }
        whole
    });
    deliver(vm, code, code.c(), outcome, code.next())
}

pub(super) fn init(vm: &mut Vm, code: Code) -> Step {
    vm.settle(code.high(1))?;
    let size = vm.source(code, code.b());
    let begun = construct::init(&mut vm.heap, size, code.low(2));
    begin(vm, code, Term::NIL, begun)
}

pub(super) fn append(vm: &mut Vm, code: Code) -> Step {
    vm.settle(code.high(1))?;
    let (bitstring, extra) = (vm.source(code, code.a()), vm.source(code, code.b()));
    let begun = construct::append(&mut vm.heap, bitstring, extra, code.low(2));
    begin(vm, code, bitstring, begun)
}

pub(super) fn init_writable(vm: &mut Vm, code: Code) -> Step {
    vm.x[0] = construct::init_writable(&mut vm.heap, vm.x[0])?;
    Ok(code.next())
}

pub(super) fn add(vm: &mut Vm, code: Code) -> Step {
    let outcome = construct::add_sizes(vm.source(code, code.a()), vm.source(code, code.b()), code.low(2));
    deliver(vm, code, code.c(), outcome, code.next())
}

fn put(vm: &mut Vm, code: Code, step: impl FnOnce(&mut Builder) -> Result<(), Fail>) -> Step {
    let Some(builder) = &mut vm.builder else { return Err(Fail::BADARG) };
    match step(builder) {
        Ok(()) => Ok(code.next()),
        Err(fail) => otherwise(code, fail),
    }
}

fn put_sized(vm: &mut Vm, code: Code, kind: Kind) -> Step {
    let (value, size) = (vm.source(code, code.a()), vm.source(code, code.b()));
    put(vm, code, |b| construct::put_sized(b, kind, value, size, code.low(2), code.high(2)))
}

pub(super) fn put_integer(vm: &mut Vm, code: Code) -> Step {
    put_sized(vm, code, Kind::Integer)
}

pub(super) fn put_float(vm: &mut Vm, code: Code) -> Step {
    put_sized(vm, code, Kind::Float)
}

pub(super) fn put_binary(vm: &mut Vm, code: Code) -> Step {
    put_sized(vm, code, Kind::Binary)
}

pub(super) fn put_string(vm: &mut Vm, code: Code) -> Step {
    // SAFETY: the loader checked that the string table of the module holds these bytes; the module keeps it.
    let bytes = unsafe { std::slice::from_raw_parts(code.word(2) as usize as *const u8, code.word(1) as usize) };
    let Some(builder) = &mut vm.builder else { return Err(Fail::BADARG) };
    construct::put_string(builder, bytes)?;
    Ok(code.next())
}

pub(super) fn put_utf(vm: &mut Vm, code: Code) -> Step {
    let value = vm.source(code, code.a());
    put(vm, code, |b| construct::put_utf(b, KINDS[code.low(2) as usize], value, code.high(2)))
}

pub(super) fn utf_size(vm: &mut Vm, code: Code) -> Step {
    let value = vm.source(code, code.a());
    let size = if code.low(2) == 8 { construct::utf8_size(value) } else { construct::utf16_size(value) };
    vm.set(code.b(), size);
    Ok(code.next())
}
