//! Calls by name, and what stands in for guard functions that the machine does not have.

use super::Native;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "apply", 2, apply_fun),
    Native::new("erlang", "apply", 3, apply),
    Native::new("erlang", "undef", 0, missing),
];

fn apply_fun(_vm: &mut Vm, args: &[Term]) -> Outcome {
    if args[1].proper_list().is_none() {
        return Err(Fail::BADARG);
    }
    Err(Fail::Call { module: args[0], function: Term::NONE, args: args[1] })
}

fn apply(_vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[0].is_atom() || !args[1].is_atom() || args[2].proper_list().is_none() {
        return Err(Fail::BADARG);
    }
    Err(Fail::Call { module: args[0], function: args[1], args: args[2] })
}

/// A guard function that is not known: a guard fails, elsewhere it is an error.
fn missing(_vm: &mut Vm, _args: &[Term]) -> Outcome {
    Err(Fail::Error(atoms::UNDEF))
}
