//! What an operating system would offer, as the machine stands in for it: signals, process number, file names.
//!
//! Environment variables are the machine's own and are answered by the host.

use super::Native;
use super::hosted::{self, hosted_number};
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Natives of the operating system.
pub const NATIVES: &[Native] = &[
    Native::new("os", "getpid", 0, getpid),
    Native::new("os", "set_signal", 2, set_signal),
    Native::new("io", "printable_range", 0, printable_range),
    Native::new("error_logger", "warning_map", 0, warning_map),
    Native::new("file", "native_name_encoding", 0, native_name_encoding),
    Native::new("prim_file", "internal_name2native", 1, name_to_native),
    Native::new("prim_file", "internal_native2name", 1, native_to_name),
    Native::new("prim_file", "internal_normalize_utf8", 1, normalize),
    Native::new("prim_file", "is_translatable", 1, is_translatable),
    Native::new("prim_file", "ipread_s32bu_p32bu_nif", 3, read_behind_pointer),
    Native::new("erl_ddll", "loaded_drivers", 0, loaded_drivers),
    Native::new("erl_ddll", "try_load", 3, try_load),
    Native::new("erl_ddll", "try_unload", 2, try_unload),
    Native::new("erl_ddll", "info", 2, badarg),
    Native::new("erl_ddll", "format_error_int", 1, badarg),
    Native::new("erl_ddll", "monitor", 2, badarg),
    Native::new("erl_ddll", "demonitor", 1, demonitor_driver),
];

/// Number that the sandbox shows as that of its operating system process.
const PROCESS_NUMBER: &str = "1";

fn getpid(vm: &mut Vm, _: &[Term]) -> Outcome {
    Ok(vm.heap.string(PROCESS_NUMBER))
}

fn set_signal(vm: &mut Vm, args: &[Term]) -> Outcome {
    const SIGNALS: [&str; 12] = [
        "sighup", "sigquit", "sigabrt", "sigalrm", "sigterm", "sigusr1", "sigusr2", "sigchld", "sigstop", "sigtstp",
        "sigcont", "sigwinch",
    ];
    let name = vm.atom_name(args[0]);
    let is_signal = SIGNALS.contains(&name) || name == "siginfo";
    let is_action = matches!(vm.atom_name(args[1]), "default" | "ignore" | "handle");
    if is_signal && is_action { Ok(atoms::OK) } else { Err(Fail::BADARG) }
}

/// What `~p` shows as text: Latin-1 only, which is OTP's default.
fn printable_range(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(atoms::LATIN1)
}

fn warning_map(vm: &mut Vm, _: &[Term]) -> Outcome {
    vm.atom("warning")
}

fn native_name_encoding(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(atoms::UTF8)
}

/// A file name as the file natives take it: UTF-8 or raw bytes, ended by a zero byte.
fn name_to_native(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut bytes = match args[0].bits() {
        Some(bits) if bits.is_binary() => bits.bytes().into_owned(),
        Some(_) => return Err(Fail::BADARG),
        None => {
            let mut name = String::new();
            for char in args[0].proper_list().ok_or(Fail::BADARG)? {
                let code = char.small_value().and_then(|c| u32::try_from(c).ok());
                name.push(code.and_then(char::from_u32).ok_or(Fail::BADARG)?);
            }
            name.into_bytes()
        }
    };
    if bytes.contains(&0) {
        return Err(Fail::BADARG);
    }
    bytes.push(0);
    let len = bytes.len() * 8;
    vm.heap.check_bytes(bytes.len())?;
    Ok(vm.heap.binary_from_vec(bytes, len))
}

fn native_to_name(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bytes = args[0].bits().filter(|bits| bits.is_binary()).ok_or(Fail::BADARG)?.bytes();
    match str::from_utf8(&bytes) {
        Ok(name) => {
            vm.heap.check(name.len() * 2)?;
            Ok(vm.heap.string(name))
        }
        // What the caller is to do about a name that is no UTF-8: warn.
        Err(_) => {
            let warning = vm.atom("warning")?;
            Ok(vm.heap.tuple(&[atoms::ERROR, warning]))
        }
    }
}

/// The characters of a name, composed: systems differ in whether they keep letters and accents apart.
fn normalize(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bytes = args[0].bits().filter(|bits| bits.is_binary()).ok_or(Fail::BADARG)?.bytes();
    str::from_utf8(&bytes).map_err(|_| Fail::BADARG)?;
    let (function, args) = (vm.atom("characters_to_nfc_list")?, vm.heap.list(args));
    Err(Fail::Call { module: atoms::UNICODE, function, args })
}

fn is_translatable(_: &mut Vm, args: &[Term]) -> Outcome {
    let bytes = args[0].bits().filter(|bits| bits.is_binary()).ok_or(Fail::BADARG)?.bytes();
    Ok(super::boolean(str::from_utf8(&bytes).is_ok()))
}

/// `ipread_s32bu_p32bu(File, At, Max)`: at a place of a file stand the size and the place of what is to be read.
fn read_behind_pointer(vm: &mut Vm, args: &[Term]) -> Outcome {
    const POINTER_BYTES: i64 = 8;
    let &[file, at, max] = args else { return Err(Fail::BADARG) };
    if !at.is_integer() || !max.is_integer() {
        return Err(Fail::BADARG);
    }
    let eof = vm.atom("eof")?;
    let max = max.small_value().filter(|max| *max < 1 << 31);
    let (Some(_), Some(max)) = (at.small_value().filter(|at| *at >= 0), max) else {
        let reason = vm.atom("einval")?;
        return Ok(vm.heap.tuple(&[atoms::ERROR, reason]));
    };
    let pointer = match pread(vm, file, at, POINTER_BYTES)? {
        Ok(pointer) => pointer,
        Err(other) => return Ok(other),
    };
    let bytes = pointer.bits().ok_or(Fail::BADARG)?.bytes().into_owned();
    let Ok(pointer) = <[u8; POINTER_BYTES as usize]>::try_from(bytes) else { return Ok(eof) };
    let (size, place) = (u64::from_be_bytes(pointer) >> 32, u64::from_be_bytes(pointer) & 0xffff_ffff);
    if size as i64 > max {
        return Ok(eof);
    }
    let place = Term::small(place as i64);
    let data = match pread(vm, file, place, size as i64)? {
        Err(other) if other != eof => return Ok(other),
        Ok(data) if size > 0 => data,
        _ => eof,
    };
    let found = vm.heap.tuple(&[Term::small(size as i64), place, data]);
    Ok(vm.heap.tuple(&[atoms::OK, found]))
}

/// The bytes at a place of a file, or what is there instead of them.
fn pread(vm: &mut Vm, file: Term, at: Term, size: i64) -> Result<Result<Term, Term>, Fail> {
    let read = hosted::call(vm, hosted_number!("prim_file", "pread_nif", 3), &[file, at, Term::small(size)])?;
    Ok(match read.tuple_of::<2>() {
        Some([atoms::OK, data]) => Ok(*data),
        _ => Err(read),
    })
}

fn badarg(_: &mut Vm, _: &[Term]) -> Outcome {
    Err(Fail::BADARG)
}

fn loaded_drivers(vm: &mut Vm, _: &[Term]) -> Outcome {
    Ok(vm.heap.tuple(&[atoms::OK, Term::NIL]))
}

fn try_load(vm: &mut Vm, _: &[Term]) -> Outcome {
    let reason = vm.atom("permission_denied")?;
    Ok(vm.heap.tuple(&[atoms::ERROR, reason]))
}

fn try_unload(vm: &mut Vm, _: &[Term]) -> Outcome {
    let reason = vm.atom("not_loaded")?;
    Ok(vm.heap.tuple(&[atoms::ERROR, reason]))
}

fn demonitor_driver(_: &mut Vm, args: &[Term]) -> Outcome {
    if args[0].is_ref() { Ok(atoms::TRUE) } else { Err(Fail::BADARG) }
}

#[cfg(test)]
mod tests {
    use crate::natives::table::check;

    #[test]
    fn file_names_become_bytes_and_back() {
        check(
            "\
prim_file:internal_normalize_utf8(<<255>>) => error: badarg
prim_file:internal_normalize_utf8([97]) => error: badarg
prim_file:internal_name2native([97,98]) => <<97,98,0>>
prim_file:internal_name2native([]) => <<0>>
prim_file:internal_name2native([1024]) => <<208,128,0>>
prim_file:internal_name2native([55296]) => error: badarg
prim_file:internal_name2native([1114112]) => error: badarg
prim_file:internal_name2native([-1]) => error: badarg
prim_file:internal_name2native(foo) => error: badarg
prim_file:internal_name2native(<<255>>) => <<255,0>>
prim_file:internal_name2native(<<97,0,98>>) => error: badarg
prim_file:internal_name2native([97,0]) => error: badarg
prim_file:internal_name2native([[97]]) => error: badarg
prim_file:internal_name2native(<<1:3>>) => error: badarg
prim_file:internal_native2name(<<97>>) => [97]
prim_file:internal_native2name(<<208,144>>) => [1040]
prim_file:internal_native2name(<<255>>) => {error,warning}
prim_file:internal_native2name(<<237,160,128>>) => {error,warning}
prim_file:internal_native2name(foo) => error: badarg
prim_file:internal_native2name(<<1:3>>) => error: badarg
prim_file:is_translatable(<<97>>) => true
prim_file:is_translatable(<<255>>) => false
prim_file:is_translatable([97]) => error: badarg
os:set_signal(sigterm,handle) => ok
os:set_signal(foo,default) => error: badarg
os:set_signal(sigterm,foo) => error: badarg
erl_ddll:loaded_drivers() => {ok,[]}
",
        );
    }
}
