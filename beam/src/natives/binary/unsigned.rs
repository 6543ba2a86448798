//! `binary:encode_unsigned/1,2` and `binary:decode_unsigned/1,2`: numbers as bytes.

use crate::atoms;
use crate::bits::{flag, integer};
use crate::fail::{Fail, Outcome};
use crate::natives::Native;
use crate::natives::binary::binary;
use crate::term::{Term, header_kind, kind};
use crate::vm::Vm;

/// Natives of this file.
pub const NATIVES: &[Native] = &[
    Native::new("binary", "decode_unsigned", 1, decode),
    Native::new("binary", "decode_unsigned", 2, decode),
    Native::new("binary", "encode_unsigned", 1, encode),
    Native::new("binary", "encode_unsigned", 2, encode),
];

/// Field flags of the byte order in an optional second argument.
fn order(args: &[Term]) -> Result<u32, Fail> {
    match args.get(1) {
        None => Ok(0),
        Some(&atoms::BIG) => Ok(0),
        Some(&atoms::LITTLE) => Ok(flag::LITTLE),
        Some(_) => Err(Fail::BADARG),
    }
}

fn decode(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bits = binary(args[0])?;
    let flags = order(args)?;
    vm.charge(bits.len / 8192);
    integer::read(&mut vm.heap, bits.data, bits.offset, bits.len, flags)
}

fn encode(vm: &mut Vm, args: &[Term]) -> Outcome {
    let number = args[0];
    let flags = order(args)?;
    let bits = if let Some(small) = number.small_value() {
        if small < 0 {
            return Err(Fail::BADARG);
        }
        64 - small.leading_zeros() as usize
    } else if number.is_big() && header_kind(number.header()) == kind::BIG_POS {
        let words = number.words();
        64 * words.len() - words.last().map_or(0, |w| w.leading_zeros() as usize)
    } else {
        return Err(Fail::BADARG);
    };
    let size = bits.div_ceil(8).max(1);
    vm.heap.check_bytes(size)?;
    vm.charge(size / 1024);
    let mut bytes = vec![0; size];
    integer::write(&mut bytes, 0, 8 * size, number, flags);
    Ok(vm.heap.binary_from_vec(bytes, 8 * size))
}
