//! Garbage collection and checks for old code, of the process itself or of another one.
//!
//! A request for another process goes to the host. With option `async` the result comes as a message, as in OTP.

use super::super::hosted::{self, hosted_number};
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// `erts_internal:garbage_collect(Type)`: collects once the native has returned.
pub(super) fn collect_self(vm: &mut Vm, args: &[Term]) -> Outcome {
    match vm.atom_name(args[0]) {
        "major" | "minor" => {
            vm.heap.request_collection();
            Ok(atoms::TRUE)
        }
        _ => Err(Fail::BADARG),
    }
}

/// `erlang:garbage_collect(Pid, Options)`; without arguments the process itself.
pub(super) fn garbage_collect(vm: &mut Vm, args: &[Term]) -> Outcome {
    let pid = args.first().copied().unwrap_or(vm.pid);
    let mut request = None;
    for option in args.get(1).copied().unwrap_or(Term::NIL).proper_list().ok_or(Fail::BADARG)? {
        let &[key, value] = option.tuple_of::<2>().ok_or(Fail::BADARG)?;
        match (vm.atom_name(key), vm.atom_name(value)) {
            ("type", "major" | "minor") => {}
            ("async", _) => request = Some(value),
            _ => return Err(Fail::BADARG),
        }
    }
    if !pid.is_local_pid() {
        return Err(Fail::BADARG);
    }
    let done = collect(vm, pid)?;
    answer(vm, "garbage_collect", request, done)
}

fn collect(vm: &mut Vm, pid: Term) -> Outcome {
    if pid == vm.pid {
        vm.heap.request_collection();
        return Ok(atoms::TRUE);
    }
    hosted::call(vm, hosted_number!("erlang", "garbage_collect", 2), &[pid, Term::NIL])
}

/// `erlang:check_process_code(Pid, Module, Options)`.
pub(super) fn check_process_code(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (pid, module) = (args[0], args[1]);
    let mut request = None;
    for option in args.get(2).copied().unwrap_or(Term::NIL).proper_list().ok_or(Fail::BADARG)? {
        let &[key, value] = option.tuple_of::<2>().ok_or(Fail::BADARG)?;
        match (vm.atom_name(key), value) {
            ("allow_gc", atoms::TRUE | atoms::FALSE) => {}
            ("async", _) => request = Some(value),
            _ => return Err(Fail::BADARG),
        }
    }
    if !pid.is_local_pid() || !module.is_atom() {
        return Err(Fail::BADARG);
    }
    let uses = check(vm, pid, module)?;
    answer(vm, "check_process_code", request, uses)
}

/// `erts_internal:check_process_code(Module)`.
pub(super) fn check_own_code(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[0].is_atom() {
        return Err(Fail::BADARG);
    }
    check(vm, vm.pid, args[0])
}

fn check(vm: &mut Vm, pid: Term, module: Term) -> Outcome {
    if pid == vm.pid {
        return Ok(super::super::boolean(vm.uses_old_code(module)));
    }
    hosted::call(vm, hosted_number!("erlang", "check_process_code", 3), &[pid, module, Term::NIL])
}

/// The result itself, or as a message where the caller asked for one.
fn answer(vm: &mut Vm, what: &str, request: Option<Term>, result: Term) -> Outcome {
    let Some(request) = request else { return Ok(result) };
    let tag = vm.atom(what)?;
    let message = vm.heap.tuple(&[tag, request, result]);
    super::super::messages::send(vm, &[vm.pid, message])?;
    vm.atom("async")
}

/// `erts_internal:request_system_task(Requester, Pid, Priority, Task)`: on behalf of the process itself.
pub(super) fn request_system_task_for(vm: &mut Vm, args: &[Term]) -> Outcome {
    if args[0] != vm.pid {
        return Err(Fail::BADARG);
    }
    request_system_task(vm, &args[1..])
}

/// `erts_internal:request_system_task(Pid, Priority, Task)`: the result comes as a message.
pub(super) fn request_system_task(vm: &mut Vm, args: &[Term]) -> Outcome {
    let is_priority = matches!(vm.atom_name(args[1]), "low" | "normal" | "high" | "max" | "inherit");
    let &[task, request, argument] = args[2].tuple_of::<3>().ok_or(Fail::BADARG)?;
    if !args[0].is_local_pid() || !is_priority {
        return Err(Fail::BADARG);
    }
    match (vm.atom_name(task), vm.atom_name(argument)) {
        ("garbage_collect", "major" | "minor") => {
            let done = collect(vm, args[0])?;
            answer(vm, "garbage_collect", Some(request), done)?;
        }
        ("check_process_code", _) if argument.is_atom() => {
            let uses = check(vm, args[0], argument)?;
            answer(vm, "check_process_code", Some(request), uses)?;
        }
        _ => return Err(Fail::BADARG),
    }
    Ok(atoms::OK)
}
