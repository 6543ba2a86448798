//! Operators on numbers as functions (`erlang:'+'/2` and so on). Expressions use instructions of their own.

use super::Native;
use crate::arith;
use crate::fail::{Fail, Outcome};
use crate::heap::Heap;
use crate::term::Term;
use crate::vm::Vm;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "+", 1, plus),
    Native::new("erlang", "-", 1, |vm, a| arith::neg(&mut vm.heap, a[0])),
    Native::new("erlang", "+", 2, |vm, a| charged(vm, a, arith::linear_cost, arith::add)),
    Native::new("erlang", "-", 2, |vm, a| charged(vm, a, arith::linear_cost, arith::sub)),
    Native::new("erlang", "*", 2, |vm, a| charged(vm, a, arith::cost, arith::mul)),
    Native::new("erlang", "/", 2, |vm, a| arith::div(&mut vm.heap, a[0], a[1])),
    Native::new("erlang", "div", 2, |vm, a| charged(vm, a, arith::cost, arith::int_div)),
    Native::new("erlang", "rem", 2, |vm, a| charged(vm, a, arith::cost, arith::rem)),
    Native::new("erlang", "band", 2, |vm, a| charged(vm, a, arith::linear_cost, arith::band)),
    Native::new("erlang", "bor", 2, |vm, a| charged(vm, a, arith::linear_cost, arith::bor)),
    Native::new("erlang", "bxor", 2, |vm, a| charged(vm, a, arith::linear_cost, arith::bxor)),
    Native::new("erlang", "bnot", 1, |vm, a| arith::bnot(&mut vm.heap, a[0])),
    Native::new("erlang", "bsl", 2, |vm, a| charged(vm, a, arith::linear_cost, arith::bsl)),
    Native::new("erlang", "bsr", 2, |vm, a| charged(vm, a, arith::linear_cost, arith::bsr)),
];

fn plus(_: &mut Vm, args: &[Term]) -> Outcome {
    if args[0].is_integer() || args[0].float().is_some() { Ok(args[0]) } else { Err(Fail::BADARITH) }
}

fn charged(
    vm: &mut Vm,
    args: &[Term],
    cost: fn(Term, Term) -> usize,
    op: fn(&mut Heap, Term, Term) -> Outcome,
) -> Outcome {
    vm.charge(cost(args[0], args[1]));
    op(&mut vm.heap, args[0], args[1])
}

#[cfg(test)]
mod tests {
    #[test]
    fn calls_give_what_otp_gives() {
        super::super::table::check(include_str!("../../tables/arithmetic.txt"));
    }
}
