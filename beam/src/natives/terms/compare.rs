//! Operators of comparison as functions.

use std::cmp::Ordering;

use crate::atoms::{FALSE, TRUE};
use crate::compare::{cmp, cmp_exact, eq as equal, eq_exact};
use crate::fail::Outcome;
use crate::term::Term;
use crate::vm::Vm;

fn boolean(value: bool) -> Outcome {
    Ok(if value { TRUE } else { FALSE })
}

fn order(vm: &Vm, args: &[Term]) -> Ordering {
    cmp(args[0], args[1], vm.image.get())
}

pub(super) fn eq(_vm: &mut Vm, args: &[Term]) -> Outcome {
    boolean(equal(args[0], args[1]))
}
pub(super) fn ne(_vm: &mut Vm, args: &[Term]) -> Outcome {
    boolean(!equal(args[0], args[1]))
}
pub(super) fn exact_eq(_vm: &mut Vm, args: &[Term]) -> Outcome {
    boolean(eq_exact(args[0], args[1]))
}
pub(super) fn exact_ne(_vm: &mut Vm, args: &[Term]) -> Outcome {
    boolean(!eq_exact(args[0], args[1]))
}
pub(super) fn lt(vm: &mut Vm, args: &[Term]) -> Outcome {
    boolean(order(vm, args).is_lt())
}
pub(super) fn gt(vm: &mut Vm, args: &[Term]) -> Outcome {
    boolean(order(vm, args).is_gt())
}
pub(super) fn le(vm: &mut Vm, args: &[Term]) -> Outcome {
    boolean(order(vm, args).is_le())
}
pub(super) fn ge(vm: &mut Vm, args: &[Term]) -> Outcome {
    boolean(order(vm, args).is_ge())
}
/// Of equal terms the first one, also where their types differ.
pub(super) fn min(vm: &mut Vm, args: &[Term]) -> Outcome {
    Ok(args[usize::from(order(vm, args).is_gt())])
}
/// Of equal terms the first one, also where their types differ.
pub(super) fn max(vm: &mut Vm, args: &[Term]) -> Outcome {
    Ok(args[usize::from(order(vm, args).is_lt())])
}
pub(super) fn cmp_term(vm: &mut Vm, args: &[Term]) -> Outcome {
    Ok(Term::small(cmp_exact(args[0], args[1], vm.image.get()) as i64))
}
/// Whether two terms are the same object.
pub(super) fn same(_vm: &mut Vm, args: &[Term]) -> Outcome {
    boolean(args[0] == args[1])
}
