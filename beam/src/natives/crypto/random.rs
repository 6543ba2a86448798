//! Random bytes and numbers of `crypto`, from the host's seeded source.

use num_bigint::BigUint;

use super::number;
use crate::atoms;
use crate::bits::MAX_BITS;
use crate::fail::{Fail, Outcome};
use crate::natives::Native;
use crate::natives::binary::binary;
use crate::term::Term;
use crate::vm::Vm;

/// Natives of this file.
pub const NATIVES: &[Native] = &[
    Native::new("crypto", "strong_rand_bytes_nif", 1, bytes),
    Native::new("crypto", "strong_rand_range_nif", 1, range),
    Native::new("crypto", "rand_uniform_nif", 2, uniform),
    Native::new("crypto", "rand_seed_nif", 1, seed),
];

fn bytes(vm: &mut Vm, args: &[Term]) -> Outcome {
    let size = args[0].small_value().and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= MAX_BITS / 8);
    let size = size.ok_or(Fail::BADARG)?;
    vm.heap.check_bytes(size)?;
    vm.charge(size / 512);
    let mut out = vec![0; size];
    vm.host.random(&mut out);
    Ok(vm.heap.binary_from_vec(out, size * 8))
}

/// A number from zero to below a limit, each as likely as the others.
fn below(vm: &mut Vm, limit: &BigUint) -> BigUint {
    let bits = limit.bits();
    let mut bytes = vec![0; bits.div_ceil(8) as usize];
    let spare = (bytes.len() as u64 * 8 - bits) as u32;
    // At least every second number of that many bits is below the limit; the bound is for a source that is stuck.
    for _ in 0..256 {
        vm.host.random(&mut bytes);
        bytes[0] &= 0xff >> spare;
        let number = BigUint::from_bytes_be(&bytes);
        if number < *limit {
            return number;
        }
    }
    BigUint::from_bytes_be(&bytes) % limit
}

fn range(vm: &mut Vm, args: &[Term]) -> Outcome {
    let limit = number(args[0])?;
    if limit == BigUint::ZERO {
        return Err(Fail::BADARG);
    }
    let number = below(vm, &limit);
    let bytes = if number == BigUint::ZERO { Vec::new() } else { number.to_bytes_be() };
    Ok(vm.heap.binary(&bytes))
}

/// A number with its length in bytes in front.
fn sized_number(term: Term) -> Result<BigUint, Fail> {
    let bytes = binary(term)?.bytes();
    let (length, digits) = bytes.split_first_chunk::<4>().ok_or(Fail::BADARG)?;
    if u32::from_be_bytes(*length) as usize == digits.len() {
        Ok(BigUint::from_bytes_be(digits))
    } else {
        Err(Fail::BADARG)
    }
}

fn uniform(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (from, to) = (sized_number(args[0])?, sized_number(args[1])?);
    if from >= to {
        return Err(Fail::BADARG);
    }
    let number = &from + below(vm, &(&to - &from));
    let digits = number.to_bytes_be();
    let out = [&(digits.len() as u32).to_be_bytes()[..], &digits].concat();
    Ok(vm.heap.binary(&out))
}

/// `rand_seed/1` adds entropy, of which the seeded source takes none.
fn seed(_vm: &mut Vm, args: &[Term]) -> Outcome {
    binary(args[0]).map(|_| atoms::OK)
}
