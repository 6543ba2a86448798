//! Map instructions.

use super::Step;
use crate::atoms;
use crate::fail::Fail;
use crate::instr::Code;
use crate::map;
use crate::term::Term;
use crate::vm::Vm;

fn pairs(vm: &Vm, code: Code) -> Vec<(Term, Term)> {
    let operand = |i| vm.source(code, code.operand(3, i));
    (0..code.high(2) as usize).map(|i| (operand(2 * i), operand(2 * i + 1))).collect()
}

fn next(code: Code) -> *const u64 {
    code.behind(code.high(1))
}

/// Fails: jumps where there is a place to jump to, else raises.
fn otherwise(vm: &mut Vm, code: Code, tag: Term, value: Term) -> Step {
    match code.low(1) as i32 {
        0 => {
            let reason = vm.heap.tuple(&[tag, value]);
            Err(Fail::Error(reason))
        }
        distance => Ok(code.jump(distance)),
    }
}

pub(super) fn put_assoc(vm: &mut Vm, code: Code) -> Step {
    vm.settle(code.low(2))?;
    let source = vm.source(code, code.a());
    if !source.is_map() {
        return otherwise(vm, code, atoms::BADMAP, source);
    }
    let pairs = pairs(vm, code);
    let updated = map::put_assoc(&mut vm.heap, vm.image.get(), source, &pairs);
    vm.set(code.b(), updated);
    Ok(next(code))
}

pub(super) fn put_exact(vm: &mut Vm, code: Code) -> Step {
    vm.settle(code.low(2))?;
    let source = vm.source(code, code.a());
    if !source.is_map() {
        return otherwise(vm, code, atoms::BADMAP, source);
    }
    let pairs = pairs(vm, code);
    match map::put_exact(&mut vm.heap, source, &pairs) {
        Ok(updated) => {
            vm.set(code.b(), updated);
            Ok(next(code))
        }
        Err(key) => otherwise(vm, code, atoms::BADKEY, key),
    }
}

pub(super) fn has_fields(vm: &mut Vm, code: Code) -> Step {
    let source = vm.source(code, code.a());
    let has = |i| map::get(source, vm.source(code, code.operand(3, i))).is_some();
    let holds = source.is_map() && (0..code.low(2) as usize).all(has);
    Ok(if holds { next(code) } else { code.jump(code.low(1) as i32) })
}

pub(super) fn get_elements(vm: &mut Vm, code: Code) -> Step {
    let source = vm.source(code, code.a());
    if source.is_map() {
        // A destination may be the map itself or a later key only behind the last use, which the compiler ensures.
        for i in 0..code.low(2) as usize / 2 {
            let key = vm.source(code, code.operand(3, 2 * i));
            match map::get(source, key) {
                Some(value) => vm.set(code.operand(3, 2 * i + 1), value),
                None => return Ok(code.jump(code.low(1) as i32)),
            }
        }
        return Ok(next(code));
    }
    Ok(code.jump(code.low(1) as i32))
}
