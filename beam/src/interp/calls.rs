//! Calls that leave the dispatch loop: natives, funs, apply, functions that are not loaded, sending.

use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::image::Mfa;
use crate::instr;
use crate::natives::code::loading;
use crate::natives::hosted::{self, hosted_number};
use crate::natives::{MAX_ARITY, Signature, dispatch, messages};
use crate::term::{Term, header_kind, kind, tag};
use crate::vm::{Fault, Vm};

/// Most arguments of a native.
const MAX_NATIVE_ARITY: usize = 10;

/// Calls a native with the arguments in the X registers.
#[inline]
pub(super) fn native(vm: &mut Vm, index: u32) -> Outcome {
    let arity = usize::from(vm.image.get().natives[index as usize].arity);
    // Most have few, and a number of them that is known here is copied without further ado.
    let few = [vm.x[0], vm.x[1], vm.x[2], vm.x[3]];
    if let Some(arguments) = few.get(..arity) {
        return guard_native(vm, index as usize, arguments);
    }
    let mut arguments = [Term::NIL; MAX_NATIVE_ARITY];
    arguments[..arity].copy_from_slice(&vm.x[..arity]);
    guard_native(vm, index as usize, &arguments[..arity])
}

/// Calls a native with arguments given. On failure the call is remembered for the stack trace.
#[inline]
pub(super) fn guard_native(vm: &mut Vm, index: usize, arguments: &[Term]) -> Outcome {
    let outcome = dispatch::call(index, vm, arguments);
    if let Err(fail) = &outcome {
        remember_native(vm, index, arguments, fail);
    }
    outcome
}

/// A native has failed.
#[cold]
fn remember_native(vm: &mut Vm, index: usize, arguments: &[Term], fail: &Fail) {
    if matches!(fail, Fail::Error(_) | Fail::ErrorCause(..)) && vm.fault.is_none() {
        let image = vm.image.get();
        let native = image.natives[index];
        let (module, function) = (image.atoms.existing(native.module), image.atoms.existing(native.function));
        remember(vm, module.unwrap_or(Term::NIL), function.unwrap_or(Term::NIL), arguments, true);
    }
}

/// A guard function of `erlang` that the loop computes itself has failed.
pub(super) fn guard_fault(vm: &mut Vm, function: Term, arguments: &[Term], fail: Fail) -> Fail {
    remember(vm, atoms::ERLANG, function, arguments, true);
    fail
}

/// `map_get/2` has failed: no such key, or no map.
pub(super) fn map_get_fault(vm: &mut Vm, key: Term, map: Term) -> Fail {
    let (tag, value) = if map.is_map() { (atoms::BADKEY, key) } else { (atoms::BADMAP, map) };
    let reason = vm.heap.tuple(&[tag, value]);
    guard_fault(vm, atoms::MAP_GET, &[key, map], Fail::Error(reason))
}

/// Puts a call on top of the next stack trace.
pub(super) fn remember(vm: &mut Vm, module: Term, function: Term, arguments: &[Term], is_native: bool) {
    let arguments = vm.heap.list(arguments);
    vm.fault = Some(Fault { module, function, arguments, is_native });
}

/// A native asked to go on with a call: gives its address, or nothing where the process hibernates. `back` is where that
/// call returns to, or null where the native's own caller is on the stack already.
pub(super) fn redirect(vm: &mut Vm, fail: Fail, back: *const u64) -> Result<Option<*const u64>, Fail> {
    let target = match fail {
        Fail::Call { module, function, args } => {
            let list = args.proper_list().filter(|list| list.len() <= 255).ok_or(Fail::BADARG)?;
            vm.x[..list.len()].copy_from_slice(&list);
            if function == Term::NONE {
                fun(vm, list.len(), module)?
            } else {
                function_code(vm, module, function, list.len())?
            }
        }
        Fail::Enter(address) => address,
        Fail::Hibernate { module, function, args } => {
            vm.hibernating = Some((module, function, args));
            return Ok(None);
        }
        other => return Err(other),
    };
    if !back.is_null() {
        // SAFETY: the heap keeps reserved words free below the stack, so one push always fits.
        unsafe {
            vm.heap.stack = vm.heap.stack.sub(1);
            *vm.heap.stack = back as usize as u64 | tag::RETURN;
        }
    }
    Ok(Some(target))
}

/// The function of `apply`: module and name stand behind the arguments.
pub(super) fn apply(vm: &mut Vm, arity: usize) -> Result<*const u64, Fail> {
    let (module, function) = (vm.x[arity], vm.x[arity + 1]);
    if !module.is_atom() || !function.is_atom() {
        let arguments: Vec<Term> = vm.x[..arity].to_vec();
        let list = vm.heap.list(&arguments);
        remember(vm, atoms::ERLANG, atoms::APPLY, &[module, function, list], true);
        return Err(Fail::BADARG);
    }
    if (module, function, arity) == (atoms::ERLANG, atoms::APPLY, 3) {
        return apply_list(vm);
    }
    function_code(vm, module, function, arity)
}

/// The function of `erlang:apply/3`, whose arguments are in the registers. One that applies another one is looked through.
pub(super) fn apply_list(vm: &mut Vm) -> Result<*const u64, Fail> {
    loop {
        let [module, function, list] = [vm.x[0], vm.x[1], vm.x[2]];
        let arguments = list.proper_list().filter(|_| module.is_atom() && function.is_atom());
        let Some(arguments) = arguments else {
            remember(vm, atoms::ERLANG, atoms::APPLY, &[module, function, list], true);
            return Err(Fail::BADARG);
        };
        if arguments.len() > MAX_ARITY {
            remember(vm, atoms::ERLANG, atoms::APPLY, &[module, function, list], true);
            return Err(Fail::SYSTEM_LIMIT);
        }
        vm.x[..arguments.len()].copy_from_slice(&arguments);
        if (module, function, arguments.len()) != (atoms::ERLANG, atoms::APPLY, 3) {
            return function_code(vm, module, function, arguments.len());
        }
    }
}

/// The native that a call leads to, if it is one that always raises.
pub(super) fn raising_native(vm: &Vm, target: *const u64) -> Option<u32> {
    let native = instr::native_of_stub(target)?;
    let Signature { module, function, .. } = vm.image.get().natives[native as usize];
    (module == "erlang" && matches!(function, "error" | "exit" | "throw")).then_some(native)
}

/// Where a function begins. Loads its module if need be.
fn function_code(vm: &mut Vm, module: Term, function: Term, arity: usize) -> Result<*const u64, Fail> {
    if !module.is_atom() || !function.is_atom() {
        return Err(Fail::BADARG);
    }
    let mfa = (module, function, arity as u32);
    match vm.image.get().code.export_number(mfa) {
        Some(export) => Ok(vm.export_code(export as usize)),
        None => unknown(vm, mfa),
    }
}

/// An export without code was called.
pub(super) fn undefined(vm: &mut Vm, export: u32) -> Result<*const u64, Fail> {
    let mfa = vm.image.get().code.exports[export as usize].mfa;
    unknown(vm, mfa)
}

/// The function is not there: its module may not be loaded yet; an error handler of the process' own may know; else it is an
/// `undef` error (OTP: error_handler).
fn unknown(vm: &mut Vm, mfa: Mfa) -> Result<*const u64, Fail> {
    let (module, function, arity) = mfa;
    if !vm.image.get().modules.contains_key(&module)
        && vm.load_from_host(module)
        && let Some(code) = defined(vm, mfa)
    {
        return Ok(code);
    }
    let handler = vm.error_handler;
    let arguments: Vec<Term> = vm.x[..arity as usize].to_vec();
    if has_handler(vm)
        && let Some(code) = defined_or_loaded(vm, (handler, atoms::UNDEFINED_FUNCTION, 3))
    {
        let list = vm.heap.list(&arguments);
        vm.x[..3].copy_from_slice(&[module, function, list]);
        return Ok(code);
    }
    if let Some(code) = defined(vm, (module, atoms::HANDLE_UNDEFINED_FUNCTION, 2)) {
        let list = vm.heap.list(&arguments);
        vm.x[..2].copy_from_slice(&[function, list]);
        return Ok(code);
    }
    remember(vm, module, function, &arguments, false);
    Err(Fail::Error(atoms::UNDEF))
}

/// Whether the error handler of the process can help: OTP's needs somebody to ask for a module.
fn has_handler(vm: &mut Vm) -> bool {
    if vm.error_handler != atoms::ERROR_HANDLER {
        return true;
    }
    let Some(server) = vm.image.get().atoms.existing("code_server") else { return false };
    // A host without processes does not know the call.
    let pid = hosted::call(vm, hosted_number!("erlang", "whereis", 1), &[server]);
    pid.is_ok_and(|pid| pid.is_pid() && pid != vm.pid)
}

fn defined(vm: &Vm, mfa: Mfa) -> Option<*const u64> {
    let code = &vm.image.get().code;
    let export = &code.exports[code.export_number(mfa)? as usize];
    (export.code != export.stub || vm.image.get().native(mfa).is_some()).then_some(export.code)
}

fn defined_or_loaded(vm: &mut Vm, mfa: Mfa) -> Option<*const u64> {
    if !vm.image.get().modules.contains_key(&mfa.0) {
        vm.load_from_host(mfa.0);
    }
    defined(vm, mfa)
}

/// Prepares the call of a fun with the arguments in the X registers.
pub(super) fn fun(vm: &mut Vm, arity: usize, fun: Term) -> Result<*const u64, Fail> {
    match header_kind(fun.header()) {
        kind::FUN if fun.is_boxed() => {
            let captured = fun.elements();
            let index = captured[0].as_small() as usize;
            let entry = &vm.image.get().code.funs[index];
            if entry.arity as usize != arity {
                return Err(bad_arity(vm, arity, fun));
            }
            if entry.code.is_null() {
                let module = entry.module;
                let has_current = vm.image.get().modules.contains_key(&module);
                if !has_current {
                    vm.load_from_host(module);
                }
                if vm.image.get().code.funs[index].code.is_null() {
                    loading::load_waiting(vm, module);
                }
                if vm.image.get().code.funs[index].code.is_null() {
                    // Where other code of the module is current, the fun is one of code that was purged.
                    return if has_current { Err(bad_fun(vm, fun)) } else { unknown_fun(vm, arity, module, fun) };
                }
            }
            vm.x[arity..arity + captured.len() - 1].copy_from_slice(&captured[1..]);
            Ok(vm.image.get().code.funs[index].code)
        }
        kind::EXPORT if fun.is_boxed() => {
            let export = fun.elements()[0].as_small() as usize;
            if vm.image.get().code.exports[export].mfa.2 as usize != arity {
                return Err(bad_arity(vm, arity, fun));
            }
            Ok(vm.export_code(export))
        }
        _ => Err(bad_fun(vm, fun)),
    }
}

/// The module of a fun is not loaded: the error handler may know where it is (OTP: error_handler).
fn unknown_fun(vm: &mut Vm, arity: usize, module: Term, fun: Term) -> Result<*const u64, Fail> {
    let handler = vm.error_handler;
    if vm.image.get().modules.contains_key(&module) {
        return Err(bad_fun(vm, fun));
    }
    if has_handler(vm)
        && let Some(code) = defined_or_loaded(vm, (handler, atoms::UNDEFINED_LAMBDA, 3))
    {
        let arguments: Vec<Term> = vm.x[..arity].to_vec();
        let list = vm.heap.list(&arguments);
        vm.x[..3].copy_from_slice(&[module, fun, list]);
        return Ok(code);
    }
    Err(Fail::CallerError { reason: atoms::UNDEF, args: Term::NONE, info: Term::NONE })
}

fn bad_arity(vm: &mut Vm, arity: usize, fun: Term) -> Fail {
    let arguments = vm.x[..arity].to_vec();
    let list = vm.heap.list(&arguments);
    let pair = vm.heap.tuple(&[fun, list]);
    Fail::CallerError { reason: vm.heap.tuple(&[atoms::BADARITY, pair]), args: Term::NONE, info: Term::NONE }
}

fn bad_fun(vm: &mut Vm, fun: Term) -> Fail {
    Fail::CallerError { reason: vm.heap.tuple(&[atoms::BADFUN, fun]), args: Term::NONE, info: Term::NONE }
}

/// `To ! Message`.
pub(super) fn send(vm: &mut Vm, to: Term, message: Term) -> Outcome {
    let outcome = messages::send(vm, &[to, message]);
    if outcome.is_err() {
        remember(vm, atoms::ERLANG, atoms::SEND, &[to, message], true);
    }
    outcome
}
