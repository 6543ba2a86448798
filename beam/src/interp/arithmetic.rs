//! Arithmetic where the operands or the result are not small, and the small cases that need more than one operation.

use crate::arith;
use crate::atoms;
use crate::fail::Fail;
use crate::interp::calls::guard_fault;
use crate::term::Term;
use crate::vm::Vm;

macro_rules! operators {
    ($($name:ident $function:ident $atom:ident $cost:ident),* $(,)?) => {
        $(pub(super) fn $name(vm: &mut Vm, l: Term, r: Term) -> Result<Term, Fail> {
            if !l.is_immediate() || !r.is_immediate() {
                vm.charge(arith::$cost(l, r));
            }
            arith::$function(&mut vm.heap, l, r).map_err(|fail| guard_fault(vm, atoms::$atom, &[l, r], fail))
        })*
    };
}

operators! {
    add add PLUS linear_cost, sub sub MINUS linear_cost, mul mul TIMES cost, int_div int_div LC_DIV cost, int_rem rem REM cost,
    band band BAND linear_cost, bor bor BOR linear_cost, bxor bxor BXOR linear_cost, bsl bsl BSL linear_cost,
    bsr bsr BSR linear_cost,
}

/// Adds a constant to what is not small or overflows. `subtracts`: the program says `l - constant`, and the constant here is
/// its negation.
pub(super) fn add_constant(vm: &mut Vm, l: Term, r: Term, subtracts: bool) -> Result<Term, Fail> {
    if subtracts { sub(vm, l, Term::small(-r.as_small())) } else { add(vm, l, r) }
}

/// Product of two smalls where it is small for sure.
pub(super) fn mul_small(l: Term, r: Term) -> Option<u64> {
    let (l, r) = (l.as_small(), r.as_small());
    if l as i32 as i64 == l && r as i32 as i64 == r {
        let product = l * r;
        // The product of two 32-bit numbers may still need 63 bits.
        return (product << 3 >> 3 == product).then_some((product << 3) as u64);
    }
    None
}

/// Quotient of two smalls.
pub(super) fn div_small(l: Term, r: Term) -> Option<u64> {
    // -1 is left to the general case: the smallest small divided by it is not small.
    if r.0 == 0 || r.as_small() == -1 { None } else { Some(((l.as_small() / r.as_small()) << 3) as u64) }
}

/// Remainder of two smalls, of which the second is not zero.
#[inline]
pub(super) fn rem_small(l: Term, r: Term) -> u64 {
    // SAFETY: the caller has seen that it is not zero.
    unsafe { std::hint::assert_unchecked(r.0 != 0) };
    (l.0 as i64).wrapping_rem(r.0 as i64) as u64
}

/// A small shifted left by a small, where the result is small.
pub(super) fn bsl_small(l: Term, r: Term) -> Option<u64> {
    let (value, shift) = (l.0 as i64, r.as_small());
    if (0..60).contains(&shift) && value << shift >> shift == value { Some((value << shift) as u64) } else { None }
}

/// A small shifted right by a small.
pub(super) fn bsr_small(l: Term, r: Term) -> Option<u64> {
    let shift = r.as_small();
    if shift < 0 { None } else { Some(Term::small(l.as_small() >> shift.min(63)).0) }
}
