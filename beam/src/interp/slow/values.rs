//! Comparisons, arithmetic and guard functions on what is not small, and where they fail.

use std::cmp::Ordering;

use super::Step;
use crate::atoms;
use crate::compare;
use crate::fail::{Fail, Outcome};
use crate::instr::{Code, Operation};
use crate::interp::{arithmetic, calls};
use crate::map;
use crate::term::Term;
use crate::vm::Vm;

/// An operation of the loop that is about values.
pub(in crate::interp) fn step(vm: &mut Vm, code: Code, operation: Operation) -> Step {
    use Operation as O;
    Ok(match operation {
        O::IsLt => ordered(vm, code, Ordering::is_lt),
        O::IsGe => ordered(vm, code, Ordering::is_ge),
        O::IsEq => equal(vm, code, compare::eq, true),
        O::IsNe => equal(vm, code, compare::eq, false),
        O::IsEqExact => equal(vm, code, compare::eq_exact, true),
        O::IsNeExact => equal(vm, code, compare::eq_exact, false),
        O::IsLtImm => ordered_immediate(vm, code, Ordering::is_lt),
        O::IsGeImm => ordered_immediate(vm, code, Ordering::is_ge),
        O::IsGtImm => ordered_immediate(vm, code, Ordering::is_gt),
        O::IsLeImm => ordered_immediate(vm, code, Ordering::is_le),
        O::IsBetween => {
            let value = vm.source(code, code.a());
            let order = |bound: usize| compare::cmp(value, code.term(bound), vm.image.get());
            if order(1).is_ge() && order(2).is_le() { code.next() } else { code.near() }
        }
        O::Add => return operator(vm, code, arithmetic::add),
        O::Sub => return operator(vm, code, arithmetic::sub),
        O::Mul => return operator(vm, code, arithmetic::mul),
        O::IntDiv => return operator(vm, code, arithmetic::int_div),
        O::IntRem => return operator(vm, code, arithmetic::int_rem),
        O::Band => return operator(vm, code, arithmetic::band),
        O::Bor => return operator(vm, code, arithmetic::bor),
        O::Bxor => return operator(vm, code, arithmetic::bxor),
        O::Bsl => return operator(vm, code, arithmetic::bsl),
        O::Bsr => return operator(vm, code, arithmetic::bsr),
        O::AddSmall => return add_small(vm, code),
        O::MapGet => return map_get(vm, code),
        O::GetMapElement => {
            let (source, key) = (vm.source(code, code.a()), code.term(2));
            match if source.is_map() { map::get(source, key) } else { None } {
                Some(value) => {
                    vm.set(code.b(), value);
                    code.next()
                }
                None => otherwise(code),
            }
        }
        O::Hd => return guard(vm, code, atoms::HD, |t| t.cons().map(|(head, _)| head)),
        O::Tl => return guard(vm, code, atoms::TL, |t| t.cons().map(|(_, tail)| tail)),
        O::TupleSize => return guard(vm, code, atoms::TUPLE_SIZE, |t| t.tuple().map(|t| Term::small(t.len() as i64))),
        // The loop has found that it is no proper list.
        O::Length => return guard(vm, code, atoms::LENGTH, |_| None),
        O::Element => return element(vm, code),
        O::BsStartMatch => return super::bitstring::start_match(vm, code),
        O::BsMatchByte => super::bitstring::match_byte(vm, code),
        O::BsTakeInteger => return super::bitstring::take_integer(vm, code),
        O::BsGetPosition => return super::bitstring::get_position(vm, code),
        O::BsSetPosition => return super::bitstring::set_position(vm, code),
        O::BsGetUtf8 => return super::bitstring::get_utf(vm, code),
        O::BsAppendIntegers | O::BsIntegers => return super::construct::create(vm, code),
        // What is no match context matches nothing.
        O::BsEnsure | O::BsEnsureExactly => otherwise(code),
        O::BsAdvance => code.next(),
        O::Fconv => {
            let value = crate::arith::to_f64(vm.source(code, code.a())).ok_or(Fail::BADARITH)?;
            vm.x.set_float(usize::from(code.b()) / 8, value);
            code.next()
        }
        // What is left of the loop's operations are those of floats, which have overflowed.
        _ => return Err(Fail::BADARITH),
    })
}

/// Where the failure in word 1 leads to.
fn otherwise(code: Code) -> *const u64 {
    code.jump(code.low(1) as i32)
}

fn ordered(vm: &Vm, code: Code, holds: fn(Ordering) -> bool) -> *const u64 {
    let (l, r) = (vm.source(code, code.a()), vm.source(code, code.b()));
    if holds(compare::cmp(l, r, vm.image.get())) { code.next() } else { otherwise(code) }
}

fn ordered_immediate(vm: &Vm, code: Code, holds: fn(Ordering) -> bool) -> *const u64 {
    let order = compare::cmp(vm.source(code, code.a()), code.term(1), vm.image.get());
    if holds(order) { code.next() } else { code.near() }
}

fn equal(vm: &Vm, code: Code, are_equal: fn(Term, Term) -> bool, wanted: bool) -> *const u64 {
    let (l, r) = (vm.source(code, code.a()), vm.source(code, code.b()));
    if (l == r || are_equal(l, r)) == wanted { code.next() } else { otherwise(code) }
}

/// Puts a value into a register, or fails: jumps where there is a place to jump to, else raises.
fn deliver(vm: &mut Vm, code: Code, to: u16, outcome: Outcome) -> Step {
    match outcome {
        Ok(value) => {
            vm.set(to, value);
            Ok(code.next())
        }
        Err(_) if code.low(1) != 0 => {
            vm.fault = None;
            Ok(otherwise(code))
        }
        Err(fail) => Err(fail),
    }
}

fn operator(vm: &mut Vm, code: Code, body: fn(&mut Vm, Term, Term) -> Outcome) -> Step {
    vm.settle(code.high(1))?;
    let (l, r) = (vm.source(code, code.a()), vm.source(code, code.b()));
    let outcome = body(vm, l, r);
    deliver(vm, code, code.c(), outcome)
}

fn add_small(vm: &mut Vm, code: Code) -> Step {
    vm.settle(code.high(1))?;
    let l = vm.source(code, code.a());
    let outcome = arithmetic::add_constant(vm, l, code.term(2), code.b() != 0);
    deliver(vm, code, code.c(), outcome)
}

/// A native as an instruction. a: destination, b: native; word 1: failure, live registers; word 2: operands.
pub(in crate::interp) fn bif(vm: &mut Vm, code: Code, count: usize) -> Step {
    let mut arguments = [Term::NIL; 3];
    if count > 0 {
        vm.settle(code.high(1))?;
        for (i, argument) in arguments.iter_mut().enumerate().take(count) {
            *argument = vm.source(code, code.operand(2, i));
        }
    }
    let outcome = calls::guard_native(vm, usize::from(code.b()), &arguments[..count]);
    deliver(vm, code, code.a(), outcome)
}

fn guard(vm: &mut Vm, code: Code, function: Term, body: fn(Term) -> Option<Term>) -> Step {
    let value = vm.source(code, code.a());
    match body(value) {
        Some(result) => deliver(vm, code, code.c(), Ok(result)),
        None if code.low(1) != 0 => Ok(otherwise(code)),
        None => Err(calls::guard_fault(vm, function, &[value], Fail::BADARG)),
    }
}

fn element(vm: &mut Vm, code: Code) -> Step {
    let (index, tuple) = (vm.source(code, code.a()), vm.source(code, code.b()));
    let at = index.small_value().and_then(|i| usize::try_from(i).ok()?.checked_sub(1));
    match tuple.tuple().and_then(|elements| elements.get(at?)) {
        Some(value) => deliver(vm, code, code.c(), Ok(*value)),
        None if code.low(1) != 0 => Ok(otherwise(code)),
        None => Err(calls::guard_fault(vm, atoms::ELEMENT, &[index, tuple], Fail::BADARG)),
    }
}

/// a: key, b: map, c: destination.
fn map_get(vm: &mut Vm, code: Code) -> Step {
    let (key, source) = (vm.source(code, code.a()), vm.source(code, code.b()));
    match if source.is_map() { map::get(source, key) } else { None } {
        Some(value) => deliver(vm, code, code.c(), Ok(value)),
        None if code.low(1) != 0 => Ok(otherwise(code)),
        None => Err(calls::map_get_fault(vm, key, source)),
    }
}
