//! Portable hashes.

use crate::fail::{Fail, Outcome};
use crate::hash;
use crate::term::Term;
use crate::vm::Vm;

/// A range from 1 to 2^32.
fn range(t: Term) -> Result<u64, Fail> {
    match t.small_value() {
        Some(range) if (1..=1 << 32).contains(&range) => Ok(range as u64),
        _ => Err(Fail::BADARG),
    }
}

pub(super) fn phash(vm: &mut Vm, args: &[Term]) -> Outcome {
    let range = range(args[1])?;
    Ok(Term::small(hash::phash(args[0], vm.image.get(), range) as i64))
}
pub(super) fn phash2_1(vm: &mut Vm, args: &[Term]) -> Outcome {
    let hash = hash2(vm, args[0]);
    Ok(Term::small(i64::from(hash::below_2_27(hash))))
}
pub(super) fn phash2_2(vm: &mut Vm, args: &[Term]) -> Outcome {
    let range = range(args[1])?;
    let hash = hash2(vm, args[0]);
    Ok(Term::small((u64::from(hash) % range) as i64))
}

/// Steps of hashing for one reduction (OTP: `ITERATIONS_PER_RED`).
const STEPS_PER_REDUCTION: usize = 64;

fn hash2(vm: &mut Vm, term: Term) -> u32 {
    let (hash, steps) = hash::counted(term, vm.image.get());
    vm.charge(steps / STEPS_PER_REDUCTION);
    hash
}
