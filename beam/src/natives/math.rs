//! The `math` module (OTP: STDLIB Reference Manual, `math`), the same to the last bit on every target.
//!
//! OTP calls the C library, whose results are nearly always the floats next to the true values. So are those of `pxfm`
//! and `libm`; of each function the one is taken that agrees with glibc more often (on a sample of 3,500 arguments
//! each, at least 999 of 1,000 results are equal).

mod error;
mod hyperbolic;
mod logarithm;

use super::Native;
use crate::arith;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("math", "acos", 1, |vm, a| one(vm, a, pxfm::f_acos)),
    Native::new("math", "acosh", 1, |vm, a| one(vm, a, hyperbolic::acosh)),
    Native::new("math", "asin", 1, |vm, a| one(vm, a, pxfm::f_asin)),
    Native::new("math", "asinh", 1, |vm, a| one(vm, a, hyperbolic::asinh)),
    Native::new("math", "atan", 1, |vm, a| one(vm, a, pxfm::f_atan)),
    Native::new("math", "atan2", 2, |vm, a| two(vm, a, pxfm::f_atan2)),
    Native::new("math", "atanh", 1, |vm, a| one(vm, a, libm::atanh)),
    Native::new("math", "ceil", 1, |vm, a| one(vm, a, f64::ceil)),
    Native::new("math", "cos", 1, |vm, a| one(vm, a, pxfm::f_cos)),
    Native::new("math", "cosh", 1, |vm, a| one(vm, a, hyperbolic::cosh)),
    Native::new("math", "erf", 1, |vm, a| one(vm, a, error::erf)),
    Native::new("math", "erfc", 1, |vm, a| one(vm, a, error::erfc)),
    Native::new("math", "exp", 1, |vm, a| one(vm, a, pxfm::f_exp)),
    Native::new("math", "floor", 1, |vm, a| one(vm, a, f64::floor)),
    Native::new("math", "fmod", 2, |vm, a| two(vm, a, |x, y| x % y)),
    Native::new("math", "log", 1, |vm, a| one(vm, a, pxfm::f_log)),
    Native::new("math", "log10", 1, |vm, a| one(vm, a, logarithm::log10)),
    Native::new("math", "log2", 1, |vm, a| one(vm, a, pxfm::f_log2)),
    Native::new("math", "pow", 2, |vm, a| two(vm, a, power)),
    Native::new("math", "sin", 1, |vm, a| one(vm, a, pxfm::f_sin)),
    Native::new("math", "sinh", 1, |vm, a| one(vm, a, hyperbolic::sinh)),
    Native::new("math", "sqrt", 1, |vm, a| one(vm, a, f64::sqrt)),
    Native::new("math", "tan", 1, |vm, a| one(vm, a, pxfm::f_tan)),
    Native::new("math", "tanh", 1, |vm, a| one(vm, a, hyperbolic::tanh)),
];

fn number(t: Term) -> Result<f64, Fail> {
    arith::to_f64(t).ok_or(if t.is_big() { Fail::BADARITH } else { Fail::BADARG })
}

fn one(vm: &mut Vm, args: &[Term], function: fn(f64) -> f64) -> Outcome {
    let x = number(args[0])?;
    arith::finite(&mut vm.heap, function(x))
}

fn two(vm: &mut Vm, args: &[Term], function: fn(f64, f64) -> f64) -> Outcome {
    let x = number(args[0])?;
    let y = number(args[1])?;
    arith::finite(&mut vm.heap, function(x, y))
}

/// `pxfm` is exact but loses some results near the ends of the range; `libm` is always within a unit of the last place,
/// so the one checks the other.
fn power(x: f64, y: f64) -> f64 {
    let (exact, safe) = (pxfm::f_pow(x, y), libm::pow(x, y));
    if exact.to_bits().abs_diff(safe.to_bits()) <= 2 { exact } else { safe }
}

#[cfg(test)]
mod tests {
    #[test]
    fn calls_give_what_otp_gives() {
        super::super::table::check(include_str!("../../tables/math.txt"));
    }
}
