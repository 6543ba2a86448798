//! The external term format.

use crate::atoms;
use crate::etf::{self, EncodeOptions};
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Level of compression where none is given.
const DEFAULT_LEVEL: u8 = 6;
/// Bytes that are encoded or decoded for one reduction.
const BYTES_A_REDUCTION: usize = 256;

/// Size from which on an encoding is not measured: a small term that is shared within itself can have any.
const MAX_COUNTED_BYTES: usize = 1 << 29;

/// The name of an atom; none for any other term.
fn name(vm: &Vm, t: Term) -> Option<&str> {
    t.is_atom().then(|| vm.atom_name(t))
}

/// Options of `term_to_binary/2`.
fn encode_options(vm: &Vm, list: Term) -> Result<EncodeOptions, Fail> {
    let mut options = defaults(vm);
    for option in list.proper_list().ok_or(Fail::BADARG)? {
        match option.tuple_of::<2>() {
            Some([key, value]) => {
                let value = value.small_value().ok_or(Fail::BADARG)?;
                match (name(vm, *key), value) {
                    (Some("minor_version"), 0..=2) => options.minor_version = value as u8,
                    (Some("compressed"), 0..=9) => options.compressed = value as u8,
                    _ => return Err(Fail::BADARG),
                }
            }
            None => match name(vm, option) {
                Some("compressed") => options.compressed = DEFAULT_LEVEL,
                Some("deterministic") => options.deterministic = true,
                Some("local") => options.local = true,
                _ => return Err(Fail::BADARG),
            },
        }
    }
    if options.deterministic && options.local { Err(Fail::BADARG) } else { Ok(options) }
}

/// Default options: never more bytes than the process may have.
fn defaults(vm: &Vm) -> EncodeOptions {
    let options = EncodeOptions::default();
    let room = vm.heap.words_left().saturating_mul(8);
    let minor_version = vm.image.get().release.minor_version();
    EncodeOptions { max_bytes: options.max_bytes.min(room), minor_version, ..options }
}

fn encode(vm: &mut Vm, term: Term, options: EncodeOptions) -> Outcome {
    let bytes = etf::encode(vm.image.get(), term, options).map_err(|_| Fail::OutOfMemory)?;
    vm.heap.check_bytes(bytes.len())?;
    vm.charge(bytes.len() / BYTES_A_REDUCTION);
    let bits = bytes.len() * 8;
    Ok(vm.heap.binary_from_vec(bytes, bits))
}

pub(super) fn term_to_binary_1(vm: &mut Vm, args: &[Term]) -> Outcome {
    let options = defaults(vm);
    encode(vm, args[0], options)
}
pub(super) fn term_to_binary_2(vm: &mut Vm, args: &[Term]) -> Outcome {
    let options = encode_options(vm, args[1])?;
    encode(vm, args[0], options)
}

/// Large binaries of the term become elements of the list as they are.
fn iovec(vm: &mut Vm, term: Term, options: EncodeOptions) -> Outcome {
    if options.compressed > 0 {
        // No list here: OTP 27 does the same.
        return encode(vm, term, options);
    }
    if options.local {
        let whole = encode(vm, term, options)?;
        return Ok(vm.heap.list(&[whole]));
    }
    let parts = etf::encode_parts(vm.image.get(), term, options).map_err(|_| Fail::OutOfMemory)?;
    vm.heap.check_bytes(parts.bytes.len())?;
    vm.heap.check(parts.binaries.len() * 8)?;
    vm.charge(parts.bytes.len() / BYTES_A_REDUCTION);
    let mut elements = Vec::new();
    let mut start = 0;
    for (at, binary) in &parts.binaries {
        if *at > start {
            elements.push(vm.heap.binary(&parts.bytes[start..*at]));
        }
        elements.push(*binary);
        start = *at;
    }
    if start < parts.bytes.len() {
        elements.push(vm.heap.binary(&parts.bytes[start..]));
    }
    Ok(vm.heap.list(&elements))
}

pub(super) fn term_to_iovec_1(vm: &mut Vm, args: &[Term]) -> Outcome {
    let options = defaults(vm);
    iovec(vm, args[0], options)
}
pub(super) fn term_to_iovec_2(vm: &mut Vm, args: &[Term]) -> Outcome {
    let options = encode_options(vm, args[1])?;
    iovec(vm, args[0], options)
}

fn size(vm: &mut Vm, term: Term, options: EncodeOptions) -> Outcome {
    // Nothing is kept, so only the time that it takes is limited.
    let options = EncodeOptions { max_bytes: MAX_COUNTED_BYTES, ..options };
    let size = etf::size(vm.image.get(), term, options)?;
    vm.charge(size / BYTES_A_REDUCTION);
    Ok(Term::small(size as i64))
}

pub(super) fn external_size_1(vm: &mut Vm, args: &[Term]) -> Outcome {
    let options = defaults(vm);
    size(vm, args[0], options)
}
pub(super) fn external_size_2(vm: &mut Vm, args: &[Term]) -> Outcome {
    let options = encode_options(vm, args[1])?;
    size(vm, args[0], options)
}

/// Decodes, tells the host of the atoms that are new, and gives the number of bytes read as well.
fn decode(vm: &mut Vm, binary: Term, safe: bool) -> Result<(Term, usize), Fail> {
    let bits = binary.bits().filter(|b| b.is_binary()).ok_or(Fail::BADARG)?;
    let bytes = bits.bytes();
    vm.charge(bytes.len() / BYTES_A_REDUCTION);
    if safe {
        let Vm { heap, image, host, .. } = vm;
        return Ok(etf::decode_known(heap, image, &bytes, &mut |name| host.knows_atom(name))?);
    }
    let atoms = vm.atoms().len();
    let decoded = etf::decode(&mut vm.heap, &vm.image, &bytes, false);
    if !vm.tell_new_atoms(atoms) {
        return Err(Fail::SYSTEM_LIMIT);
    }
    Ok(decoded?)
}

pub(super) fn binary_to_term_1(vm: &mut Vm, args: &[Term]) -> Outcome {
    decode(vm, args[0], false).map(|(term, _)| term)
}
pub(super) fn binary_to_term_2(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (mut safe, mut used) = (false, false);
    const BAD_OPTION: Fail = Fail::ErrorCause(atoms::BADARG, atoms::BADOPT);
    for option in args[1].proper_list().ok_or(BAD_OPTION)? {
        match name(vm, option) {
            Some("safe") => safe = true,
            Some("used") => used = true,
            _ => return Err(BAD_OPTION),
        }
    }
    let (term, read) = decode(vm, args[0], safe)?;
    Ok(if used { vm.heap.tuple(&[term, Term::small(read as i64)]) } else { term })
}
