//! Hashing, HMAC (RFC 2104) and PBKDF2 (RFC 8018) of `crypto`.
//!
//! States of hashes and of HMACs are binaries, opaque to programs: see [`super::algorithm`].

use super::algorithm::{ALGORITHMS, Algorithm, Hash};
use super::{algorithm, failure};
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::natives::binary::binary;
use crate::natives::{Native, iolist};
use crate::term::Term;
use crate::vm::Vm;

/// Natives of this file.
pub const NATIVES: &[Native] = &[
    Native::new("crypto", "hash_nif", 2, hash),
    Native::new("crypto", "hash_init_nif", 1, hash_init),
    Native::new("crypto", "hash_update_nif", 2, hash_update),
    Native::new("crypto", "hash_final_nif", 1, hash_final),
    Native::new("crypto", "hash_final_xof_nif", 2, hash_final_long),
    Native::new("crypto", "mac_nif", 4, mac),
    Native::new("crypto", "mac_init_nif", 3, mac_init),
    Native::new("crypto", "mac_update_nif", 2, mac_update),
    Native::new("crypto", "mac_final_nif", 1, mac_final),
    Native::new("crypto", "pbkdf2_hmac_nif", 5, pbkdf2),
];

const HASH: &[u8] = b"hash state ";
const MAC: &[u8] = b"hmac state ";

/// The hashes that OTP allows for PBKDF2.
const PBKDF2_HASHES: &[&str] = &["sha", "sha224", "sha256", "sha384", "sha512"];

const BAD_DIGEST: &str = "Bad digest type";

fn charge(vm: &mut Vm, bytes: usize) {
    vm.charge(bytes / 256);
}

fn hash(vm: &mut Vm, args: &[Term]) -> Outcome {
    let Some(algorithm) = algorithm(vm, args[0]) else {
        return Err(failure(vm, atoms::BADARG, 0, ("hash.c", 109), BAD_DIGEST));
    };
    if algorithm.size == 0 {
        return Err(failure(vm, atoms::ERROR, -1, ("hash.c", 126), "Low-level call failed"));
    }
    let Ok(data) = iolist::bytes(vm, args[1]) else {
        return Err(failure(vm, atoms::BADARG, 1, ("hash.c", 116), "Not iolist"));
    };
    charge(vm, data.len());
    Ok(vm.heap.binary(&algorithm.digest(&[&data])))
}

/// A state as a term: what it is, the number of its algorithm, the key block of an HMAC, and the state of the hash.
fn store(vm: &mut Vm, what: &[u8], algorithm: &Algorithm, key: &[u8], hash: &Hash) -> Outcome {
    let number = ALGORITHMS.iter().position(|a| a.name == algorithm.name).unwrap_or_default();
    let state = [what, &[number as u8], key, &hash.state()].concat();
    vm.heap.check_bytes(state.len())?;
    charge(vm, state.len());
    let len = state.len() * 8;
    Ok(vm.heap.binary_from_vec(state, len))
}

/// The algorithm and the hash of a state, and the key block in front of it if there is one.
fn restore(term: Term, what: &[u8]) -> Option<(&'static Algorithm, Vec<u8>, Hash)> {
    let bytes = binary(term).ok()?.bytes();
    let (number, rest) = bytes.strip_prefix(what)?.split_first()?;
    let algorithm = ALGORITHMS.get(usize::from(*number))?;
    let (key, state) = rest.split_at_checked(if what == MAC { algorithm.block } else { 0 })?;
    Some((algorithm, key.to_vec(), algorithm.resume(state)?))
}

fn hash_init(vm: &mut Vm, args: &[Term]) -> Outcome {
    let Some(algorithm) = algorithm(vm, args[0]) else {
        return Err(failure(vm, atoms::BADARG, 0, ("hash.c", 143), BAD_DIGEST));
    };
    store(vm, HASH, algorithm, &[], &algorithm.begin())
}

fn hash_update(vm: &mut Vm, args: &[Term]) -> Outcome {
    let Some((algorithm, key, mut hasher)) = restore(args[0], HASH) else {
        return Err(failure(vm, atoms::BADARG, 0, ("hash.c", 187), "Bad state"));
    };
    let Ok(data) = iolist::bytes(vm, args[1]) else {
        return Err(failure(vm, atoms::BADARG, 1, ("hash.c", 190), "Not iolist"));
    };
    charge(vm, data.len());
    hasher.update(&data);
    store(vm, HASH, algorithm, &key, &hasher)
}

fn hash_final(vm: &mut Vm, args: &[Term]) -> Outcome {
    match restore(args[0], HASH) {
        Some((_, _, hasher)) => Ok(vm.heap.binary(&hasher.finish())),
        None => Err(failure(vm, atoms::BADARG, 0, ("hash.c", 221), "Bad state")),
    }
}

/// The length is in bits, of which only whole bytes count.
fn hash_final_long(vm: &mut Vm, args: &[Term]) -> Outcome {
    let Some((_, _, hasher)) = restore(args[0], HASH) else {
        return Err(failure(vm, atoms::BADARG, 0, ("hash.c", 539), "Bad state"));
    };
    let Some(bits) = args[1].small_value().and_then(|n| u32::try_from(n).ok()) else {
        return Err(failure(vm, atoms::BADARG, 1, ("hash.c", 541), "Bad len"));
    };
    let size = bits as usize / 8;
    vm.heap.check_bytes(size)?;
    charge(vm, size);
    match hasher.finish_long(size) {
        Some(out) => Ok(vm.heap.binary_from_vec(out, size * 8)),
        None => Err(failure(vm, atoms::ERROR, -1, ("hash.c", 551), "Low-level call EVP_DigestFinalXOF failed")),
    }
}

/// The key of an HMAC, made as long as a block of the algorithm.
fn key_block(algorithm: &Algorithm, key: &[u8]) -> Vec<u8> {
    let mut block = if key.len() > algorithm.block { algorithm.digest(&[key]) } else { key.to_vec() };
    block.resize(algorithm.block, 0);
    block
}

fn padded(block: &[u8], pad: u8) -> Vec<u8> {
    block.iter().map(|b| b ^ pad).collect()
}

fn inner(algorithm: &Algorithm, block: &[u8]) -> Hash {
    let mut hasher = algorithm.begin();
    hasher.update(&padded(block, 0x36));
    hasher
}

fn outer(algorithm: &Algorithm, block: &[u8], inner: Hash) -> Vec<u8> {
    algorithm.digest(&[&padded(block, 0x5c), &inner.finish()])
}

/// The algorithm of an HMAC; the lines are where OTP finds each error.
fn hmac_algorithm(vm: &mut Vm, args: &[Term], lines: [i64; 2]) -> Result<&'static Algorithm, Fail> {
    if !args[0].is_atom() || vm.atom_name(args[0]) != "hmac" {
        return Err(failure(vm, atoms::BADARG, 0, ("mac.c", lines[0]), "Unknown mac algorithm"));
    }
    match algorithm(vm, args[1]) {
        Some(algorithm) => Ok(algorithm),
        None => Err(failure(vm, atoms::BADARG, 1, ("mac.c", lines[1]), "Bad digest algorithm for HMAC")),
    }
}

fn key(vm: &mut Vm, term: Term, line: i64) -> Result<Vec<u8>, Fail> {
    iolist::bytes(vm, term).map_err(|_| failure(vm, atoms::BADARG, 2, ("mac.c", line), "Bad key"))
}

fn mac(vm: &mut Vm, args: &[Term]) -> Outcome {
    let Ok(data) = iolist::bytes(vm, args[3]) else {
        return Err(failure(vm, atoms::BADARG, 3, ("mac.c", 176), "Bad text"));
    };
    let key = key(vm, args[2], 221)?;
    let algorithm = hmac_algorithm(vm, args, [234, 264])?;
    if algorithm.size == 0 {
        return Err(failure(vm, atoms::ERROR, -1, ("mac.c", 388), "Couldn't get mac"));
    }
    charge(vm, data.len());
    let block = key_block(algorithm, &key);
    let mut hasher = inner(algorithm, &block);
    hasher.update(&data);
    Ok(vm.heap.binary(&outer(algorithm, &block, hasher)))
}

fn mac_init(vm: &mut Vm, args: &[Term]) -> Outcome {
    let key = key(vm, args[2], 580)?;
    let algorithm = hmac_algorithm(vm, args, [587, 617])?;
    if algorithm.size == 0 {
        return Err(failure(vm, atoms::ERROR, -1, ("mac.c", 720), "EVP_DigestSign"));
    }
    let block = key_block(algorithm, &key);
    store(vm, MAC, algorithm, &block, &inner(algorithm, &block))
}

fn mac_update(vm: &mut Vm, args: &[Term]) -> Outcome {
    let Ok(data) = iolist::bytes(vm, args[1]) else {
        return Err(failure(vm, atoms::BADARG, 1, ("mac.c", 794), "Bad text"));
    };
    let Some((algorithm, block, mut hasher)) = restore(args[0], MAC) else {
        return Err(failure(vm, atoms::BADARG, 0, ("mac.c", 817), "Bad ref"));
    };
    charge(vm, data.len());
    hasher.update(&data);
    store(vm, MAC, algorithm, &block, &hasher)
}

fn mac_final(vm: &mut Vm, args: &[Term]) -> Outcome {
    match restore(args[0], MAC) {
        Some((algorithm, block, hasher)) => Ok(vm.heap.binary(&outer(algorithm, &block, hasher))),
        None => Err(failure(vm, atoms::BADARG, 0, ("mac.c", 847), "Bad ref")),
    }
}

/// A positive integer argument.
fn positive(vm: &mut Vm, term: Term, argument: i64, lines: [i64; 2]) -> Result<usize, Fail> {
    match term.small_value().and_then(|n| usize::try_from(n).ok()) {
        Some(0) => Err(failure(vm, atoms::BADARG, argument, ("pbkdf2_hmac.c", lines[1]), "Must be > 0")),
        Some(n) => Ok(n),
        None => Err(failure(vm, atoms::BADARG, argument, ("pbkdf2_hmac.c", lines[0]), "Not integer")),
    }
}

fn pbkdf2(vm: &mut Vm, args: &[Term]) -> Outcome {
    let Some(algorithm) = algorithm(vm, args[0]) else {
        return Err(failure(vm, atoms::BADARG, 0, ("pbkdf2_hmac.c", 34), BAD_DIGEST));
    };
    if !PBKDF2_HASHES.contains(&algorithm.name) {
        return Err(failure(vm, atoms::BADARG, 0, ("pbkdf2_hmac.c", 38), "Not eligible digest type"));
    }
    let mut parts = [Vec::new(), Vec::new()];
    for (i, line) in [(0, 41), (1, 44)] {
        let Ok(bits) = binary(args[1 + i]) else {
            return Err(failure(vm, atoms::BADARG, 1 + i as i64, ("pbkdf2_hmac.c", line), "Not binary"));
        };
        parts[i] = bits.bytes().into_owned();
    }
    let [password, salt] = parts;
    let rounds = positive(vm, args[3], 3, [75, 77])?;
    let size = positive(vm, args[4], 4, [80, 82])?;
    vm.heap.check_bytes(size)?;
    vm.charge(rounds.saturating_mul(size.div_ceil(algorithm.size)));
    let block = key_block(algorithm, &password);
    let keyed = |parts: &[&[u8]]| {
        let mut hasher = inner(algorithm, &block);
        parts.iter().for_each(|part| hasher.update(part));
        outer(algorithm, &block, hasher)
    };
    let mut out = Vec::with_capacity(size);
    for index in 1u32.. {
        if out.len() >= size {
            break;
        }
        let mut last = keyed(&[&salt, &index.to_be_bytes()]);
        let mut sum = last.clone();
        for _ in 1..rounds {
            last = keyed(&[&last]);
            sum.iter_mut().zip(&last).for_each(|(sum, b)| *sum ^= b);
        }
        out.extend_from_slice(&sum);
    }
    out.truncate(size);
    Ok(vm.heap.binary_from_vec(out, size * 8))
}
