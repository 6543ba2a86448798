//! Checksums and MD5 of the module `erlang`: `md5/1`, `md5_init/0` ..., `crc32/1,2`, `adler32/1,2` and their combination.

use md5::{Digest, Md5};

use super::crypto::algorithm::{load, save};
use super::{Native, iolist};
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Natives of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "md5", 1, md5),
    Native::new("erlang", "md5_init", 0, md5_init),
    Native::new("erlang", "md5_update", 2, md5_update),
    Native::new("erlang", "md5_final", 1, md5_final),
    Native::new("erlang", "crc32", 1, crc32),
    Native::new("erlang", "crc32", 2, crc32),
    Native::new("erlang", "crc32_combine", 3, crc32_combine),
    Native::new("erlang", "adler32", 1, adler32),
    Native::new("erlang", "adler32", 2, adler32),
    Native::new("erlang", "adler32_combine", 3, adler32_combine),
];

/// Largest prime below 2^16, the modulus of Adler-32 (RFC 1950, section 9).
const ADLER_BASE: u64 = 65521;

fn data(vm: &mut Vm, iolist: Term) -> Result<Vec<u8>, Fail> {
    let bytes = iolist::bytes(vm, iolist)?;
    vm.charge(bytes.len() / 512);
    Ok(bytes)
}

fn md5(vm: &mut Vm, args: &[Term]) -> Outcome {
    let data = data(vm, args[0])?;
    Ok(vm.heap.binary(&Md5::digest(&data)))
}

fn md5_init(vm: &mut Vm, _args: &[Term]) -> Outcome {
    Ok(vm.heap.binary(&save(&Md5::new())))
}

fn md5_state(term: Term) -> Result<Md5, Fail> {
    let bits = term.bits().filter(|b| b.is_binary()).ok_or(Fail::BADARG)?;
    load(&bits.bytes()).ok_or(Fail::BADARG)
}

fn md5_update(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut state = md5_state(args[0])?;
    state.update(data(vm, args[1])?);
    Ok(vm.heap.binary(&save(&state)))
}

fn md5_final(vm: &mut Vm, args: &[Term]) -> Outcome {
    let state = md5_state(args[0])?;
    Ok(vm.heap.binary(&state.finalize()))
}

fn word(term: Term) -> Result<u32, Fail> {
    term.small_value().and_then(|n| u32::try_from(n).ok()).ok_or(Fail::BADARG)
}

/// The checksum to begin with and the data, of the arguments of a function with one or two.
fn checksum_args(vm: &mut Vm, args: &[Term], initial: u32) -> Result<(u32, Vec<u8>), Fail> {
    match *args {
        [old, iolist] => Ok((word(old)?, data(vm, iolist)?)),
        _ => Ok((initial, data(vm, args[0])?)),
    }
}

fn crc32(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (old, data) = checksum_args(vm, args, 0)?;
    let mut hasher = crc32fast::Hasher::new_with_initial(old);
    hasher.update(&data);
    Ok(Term::small(i64::from(hasher.finalize())))
}

fn adler32(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (old, data) = checksum_args(vm, args, 1)?;
    if args.last() == Some(&Term::NIL) {
        return Ok(Term::small(i64::from(old)));
    }
    let mut hasher = adler2::Adler32::from_checksum(old);
    hasher.write_slice(&data);
    Ok(Term::small(i64::from(hasher.checksum())))
}

fn combine_args(args: &[Term]) -> Result<(u32, u32, u32), Fail> {
    Ok((word(args[0])?, word(args[1])?, word(args[2])?))
}

fn crc32_combine(_vm: &mut Vm, args: &[Term]) -> Outcome {
    let (first, second, size) = combine_args(args)?;
    if size == 0 {
        return Ok(Term::small(i64::from(first ^ second)));
    }
    let mut hasher = crc32fast::Hasher::new_with_initial(first);
    hasher.combine(&crc32fast::Hasher::new_with_initial_len(second, u64::from(size)));
    Ok(Term::small(i64::from(hasher.finalize())))
}

fn adler32_combine(_vm: &mut Vm, args: &[Term]) -> Outcome {
    let (first, second, size) = combine_args(args)?;
    if size == 0 {
        return Ok(Term::small(i64::from(first)));
    }
    let (first, second, size) = (u64::from(first), u64::from(second), u64::from(size) % ADLER_BASE);
    let (low, high) = (|sum: u64| sum & 0xffff, |sum: u64| sum >> 16);
    // The sums of the second part began with one, and its high sum counts the low sum of the first part for each byte.
    let a = low(first) + low(second) + ADLER_BASE - 1;
    let b = size * low(first) % ADLER_BASE + high(first) + high(second) + ADLER_BASE - size;
    // Halves of a checksum may be above the modulus; as zlib does, it is taken off a fixed number of times.
    let less = |sum: u64, modulus: u64| if sum >= modulus { sum - modulus } else { sum };
    let a = less(less(a, ADLER_BASE), ADLER_BASE);
    let b = less(less(b, 2 * ADLER_BASE), ADLER_BASE);
    Ok(Term::small((a | b << 16) as i64))
}

#[cfg(test)]
mod tests {
    use crate::testing::check_table;

    #[test]
    fn checksums_are_those_of_otp() {
        check_table(include_str!("../../tables/digest.txt"));
    }
}
