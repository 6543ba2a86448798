//! Functions on numbers: `abs`, `float` and the ways to round a float to an integer (OTP: `erlang`).

use super::Native;
use crate::arith;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "abs", 1, |vm, a| arith::abs(&mut vm.heap, a[0])),
    Native::new("erlang", "float", 1, float),
    Native::new("erlang", "ceil", 1, |vm, a| rounded(vm, a[0], f64::ceil)),
    Native::new("erlang", "floor", 1, |vm, a| rounded(vm, a[0], f64::floor)),
    Native::new("erlang", "trunc", 1, |vm, a| rounded(vm, a[0], f64::trunc)),
    // Halves go away from zero, as with C's `round`.
    Native::new("erlang", "round", 1, |vm, a| rounded(vm, a[0], f64::round)),
];

fn float(vm: &mut Vm, args: &[Term]) -> Outcome {
    if args[0].float().is_some() {
        return Ok(args[0]);
    }
    let value = arith::to_f64(args[0]).ok_or(Fail::BADARG)?;
    Ok(vm.heap.float(value))
}

fn rounded(vm: &mut Vm, number: Term, round: fn(f64) -> f64) -> Outcome {
    if number.is_integer() {
        return Ok(number);
    }
    let value = number.float().ok_or(Fail::BADARG)?;
    Ok(arith::from_f64(&mut vm.heap, round(value)))
}
