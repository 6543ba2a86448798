//! References and unique integers (OTP: `erlang:make_ref/0`, `erlang:unique_integer/0,1`).

use super::Native;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Natives that make new values.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "make_ref", 0, make_ref),
    Native::new("erlang", "unique_integer", 0, unique_integer),
    Native::new("erlang", "unique_integer", 1, unique_integer_with),
];

/// Unique integers that need not be positive begin here, as in OTP.
const FIRST_UNIQUE: i64 = -(1 << 59);

fn make_ref(vm: &mut Vm, _: &[Term]) -> Outcome {
    Ok(vm.make_ref())
}

fn unique_integer(vm: &mut Vm, _: &[Term]) -> Outcome {
    let n = vm.host.unique_integer();
    Ok(vm.heap.int(FIRST_UNIQUE.wrapping_add_unsigned(n)))
}

fn unique_integer_with(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut is_positive = false;
    for option in args[0].proper_list().ok_or(Fail::BADARG)? {
        match vm.atom_name(option) {
            "positive" => is_positive = true,
            // The machine has one counter, so all its integers are in order.
            "monotonic" => {}
            _ => return Err(Fail::BADARG),
        }
    }
    if !is_positive {
        return unique_integer(vm, &[]);
    }
    let n = vm.host.unique_integer();
    Ok(vm.heap.uint(n))
}
