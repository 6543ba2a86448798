//! What `crypto.erl` imports from its native library: hashes, HMAC, random bytes and a few numbers.
//!
//! - [`algorithm`]: the hash algorithms
//! - [`hash`]: hashing, HMAC and PBKDF2
//! - [`random`]: random bytes and numbers, from the host's seeded source
//!
//! Ciphers, public keys and engines are absent: the lists of them are empty and their functions stay the stubs of `crypto.erl`.

use num_bigint::BigUint;

use super::{Native, iolist};
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::natives::binary::binary;
use crate::term::{Term, kind};
use crate::vm::Vm;

pub(crate) mod algorithm;
pub mod hash;
pub mod random;

use algorithm::{ALGORITHMS, Algorithm};

/// Natives of this file.
pub const NATIVES: &[Native] = &[
    Native::new("crypto", "info_lib", 0, info_lib),
    Native::new("crypto", "info_nif", 0, info),
    Native::new("crypto", "info_fips", 0, info_fips),
    Native::new("crypto", "enable_fips_mode_nif", 1, enable_fips),
    Native::new("crypto", "hash_algorithms", 0, hash_algorithms),
    Native::new("crypto", "mac_algorithms", 0, mac_algorithms),
    Native::new("crypto", "pubkey_algorithms", 0, none),
    Native::new("crypto", "cipher_algorithms", 0, none),
    Native::new("crypto", "curve_algorithms", 0, none),
    Native::new("crypto", "rsa_opts_algorithms", 0, none),
    Native::new("crypto", "hash_info", 1, hash_info),
    Native::new("crypto", "do_exor", 2, exor),
    Native::new("crypto", "hash_equals_nif", 2, hash_equals),
    Native::new("crypto", "mod_exp_nif", 4, mod_exp),
];

/// Most bits of the numbers of `mod_pow/3`: its time grows with their cube, and it cannot be interrupted.
const MOST_BITS: u64 = 16384;

/// The exception of a native of `crypto`, from which `crypto.erl` makes its own: `{Id, Place, Text}`. `argument` counts from
/// zero; -1 is none. Place is where OTP 27 finds the error, as its error messages name it.
pub(crate) fn failure(vm: &mut Vm, id: Term, argument: i64, (file, line): (&str, i64), text: &str) -> Fail {
    let build = |vm: &mut Vm| -> Outcome {
        let file = vm.heap.string(file);
        let pairs = [
            (vm.atom("c_function_arg_num")?, Term::small(argument)),
            (vm.atom("c_file_name")?, file),
            (vm.atom("c_file_line_num")?, Term::small(line)),
        ];
        let (place, text) = (small_map(vm, pairs), vm.heap.string(text));
        Ok(vm.heap.tuple(&[id, place, text]))
    };
    build(vm).map_or_else(|fail| fail, Fail::Error)
}

/// A map with atoms as keys.
fn small_map<const N: usize>(vm: &mut Vm, mut pairs: [(Term, Term); N]) -> Term {
    pairs.sort_by_key(|(key, _)| key.atom_index());
    let keys = vm.heap.tuple(&pairs.map(|(key, _)| key));
    let elements: Vec<Term> = std::iter::once(keys).chain(pairs.iter().map(|(_, value)| *value)).collect();
    vm.heap.boxed_terms(kind::FLATMAP, 0, &elements)
}

/// The algorithm of an atom.
pub(crate) fn algorithm(vm: &Vm, name: Term) -> Option<&'static Algorithm> {
    if name.is_atom() { Algorithm::named(vm.atom_name(name)) } else { None }
}

fn info_lib(vm: &mut Vm, _args: &[Term]) -> Outcome {
    let (name, version) = (vm.heap.binary(b"RustCrypto"), vm.heap.binary(b"RustCrypto hashes, digest 0.11"));
    let row = vm.heap.tuple(&[name, Term::small(0x0b_0000), version]);
    Ok(vm.heap.list(&[row]))
}

fn info(vm: &mut Vm, _args: &[Term]) -> Outcome {
    let version = vm.heap.string("RustCrypto hashes, digest 0.11");
    let pairs = [
        (vm.atom("compile_type")?, atoms::NORMAL),
        (vm.atom("cryptolib_version_compiled")?, version),
        (vm.atom("cryptolib_version_linked")?, version),
        (vm.atom("fips_provider_available")?, atoms::FALSE),
        (vm.atom("link_type")?, vm.atom("static")?),
    ];
    Ok(small_map(vm, pairs))
}

fn info_fips(vm: &mut Vm, _args: &[Term]) -> Outcome {
    vm.atom("not_supported")
}

fn enable_fips(_vm: &mut Vm, args: &[Term]) -> Outcome {
    match args[0] {
        atoms::TRUE => Ok(atoms::FALSE),
        atoms::FALSE => Ok(atoms::TRUE),
        _ => Err(Fail::BADARG),
    }
}

fn hash_algorithms(vm: &mut Vm, _args: &[Term]) -> Outcome {
    let names: Vec<Term> = ALGORITHMS.iter().map(|a| vm.atom(a.name)).collect::<Result<_, _>>()?;
    Ok(vm.heap.list(&names))
}

fn mac_algorithms(vm: &mut Vm, _args: &[Term]) -> Outcome {
    let hmac = vm.atom("hmac")?;
    Ok(vm.heap.list(&[hmac]))
}

fn none(_vm: &mut Vm, _args: &[Term]) -> Outcome {
    Ok(Term::NIL)
}

fn hash_info(vm: &mut Vm, args: &[Term]) -> Outcome {
    let algorithm = algorithm(vm, args[0]).ok_or(Fail::BADARG)?;
    let pairs = [
        (atoms::SIZE, Term::small(algorithm.size as i64)),
        (atoms::TYPE, Term::small(algorithm.number)),
        (vm.atom("block_size")?, Term::small(algorithm.block as i64)),
    ];
    Ok(small_map(vm, pairs))
}

fn exor(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (a, b) = (iolist::bytes(vm, args[0])?, iolist::bytes(vm, args[1])?);
    if a.len() != b.len() {
        return Err(Fail::BADARG);
    }
    vm.heap.check_bytes(a.len())?;
    vm.charge(a.len() / 1024);
    let out: Vec<u8> = a.iter().zip(b.iter()).map(|(a, b)| a ^ b).collect();
    let len = out.len() * 8;
    Ok(vm.heap.binary_from_vec(out, len))
}

fn hash_equals(_vm: &mut Vm, args: &[Term]) -> Outcome {
    let (a, b) = (binary(args[0])?.bytes(), binary(args[1])?.bytes());
    if a.len() != b.len() {
        return Err(Fail::BADARG);
    }
    // All bytes are looked at, wherever they differ.
    let difference = a.iter().zip(b.iter()).fold(0, |all, (a, b)| all | (a ^ b));
    Ok(if difference == 0 { atoms::TRUE } else { atoms::FALSE })
}

/// A number of a binary with its bytes, most significant first.
pub(crate) fn number(term: Term) -> Result<BigUint, Fail> {
    Ok(BigUint::from_bytes_be(&binary(term)?.bytes()))
}

fn mod_exp(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (base, exponent, modulus) = (number(args[0])?, number(args[1])?, number(args[2])?);
    let with_length = match args[3].small_value() {
        Some(0) => false,
        Some(4) => true,
        _ => return Err(Fail::BADARG),
    };
    if modulus == BigUint::ZERO || [&base, &exponent, &modulus].iter().any(|n| n.bits() > MOST_BITS) {
        return Err(Fail::BADARG);
    }
    vm.charge((exponent.bits() * (1 + modulus.bits() / 1024)) as usize);
    let power = base.modpow(&exponent, &modulus);
    // Zero has no bytes.
    let bytes = if power == BigUint::ZERO { Vec::new() } else { power.to_bytes_be() };
    if !with_length {
        return Ok(vm.heap.binary(&bytes));
    }
    // With a length in front, and a zero byte where the number would look negative.
    let padding = usize::from(bytes.first().is_some_and(|b| *b > 127));
    let length = (bytes.len() + padding) as u32;
    let out = [&length.to_be_bytes()[..], &[0][..padding], &bytes].concat();
    Ok(vm.heap.binary(&out))
}

#[cfg(test)]
mod tests {
    use crate::testing::check_table;

    #[test]
    fn results_are_those_of_otp() {
        check_table(include_str!("../../tables/crypto.txt"));
    }
}
