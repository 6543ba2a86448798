//! Operators whose value is a boolean: comparisons, and those that evaluate both sides (`and`, `or`, `xor`, `not`).

use super::Native;
use crate::atoms;
use crate::compare::{cmp, eq, eq_exact};
use crate::fail::{Fail, Outcome};
use crate::term::Term;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "and", 2, |_, a| boolean(truth(a[0])? & truth(a[1])?)),
    Native::new("erlang", "or", 2, |_, a| boolean(truth(a[0])? | truth(a[1])?)),
    Native::new("erlang", "xor", 2, |_, a| boolean(truth(a[0])? ^ truth(a[1])?)),
    Native::new("erlang", "not", 1, |_, a| boolean(!truth(a[0])?)),
    Native::new("erlang", "=:=", 2, |_, a| boolean(eq_exact(a[0], a[1]))),
    Native::new("erlang", "=/=", 2, |_, a| boolean(!eq_exact(a[0], a[1]))),
    Native::new("erlang", "==", 2, |_, a| boolean(eq(a[0], a[1]))),
    Native::new("erlang", "/=", 2, |_, a| boolean(!eq(a[0], a[1]))),
    Native::new("erlang", "<", 2, |vm, a| boolean(cmp(a[0], a[1], vm.image.get()).is_lt())),
    Native::new("erlang", "=<", 2, |vm, a| boolean(cmp(a[0], a[1], vm.image.get()).is_le())),
    Native::new("erlang", ">", 2, |vm, a| boolean(cmp(a[0], a[1], vm.image.get()).is_gt())),
    Native::new("erlang", ">=", 2, |vm, a| boolean(cmp(a[0], a[1], vm.image.get()).is_ge())),
];

fn truth(t: Term) -> Result<bool, Fail> {
    match t {
        atoms::TRUE => Ok(true),
        atoms::FALSE => Ok(false),
        _ => Err(Fail::BADARG),
    }
}

fn boolean(value: bool) -> Outcome {
    Ok(if value { atoms::TRUE } else { atoms::FALSE })
}
