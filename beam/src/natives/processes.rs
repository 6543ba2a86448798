//! Natives about processes whose effect is, at least in part, within the process that calls them.
//!
//! - [`flag`] has `process_flag/2`
//! - [`info`] has `process_info/1,2`
//! - [`collect`] has garbage collection and checks for old code

pub mod collect;
pub mod flag;
pub mod info;

use super::hosted::{self, hosted_number};
use super::{Native, messages};
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Natives about processes.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "self", 0, self_pid),
    Native::new("erlang", "group_leader", 2, set_group_leader),
    Native::new("erlang", "hibernate", 3, hibernate),
    Native::new("erlang", "demonitor", 2, demonitor),
    Native::new("erlang", "exit", 2, exit),
    Native::new("erlang", "exit_signal", 2, exit_signal),
    Native::new("erlang", "halt", 2, halt),
    // Its stub in the library calls itself.
    Native::new("erlang", "yield", 0, yield_turn),
    Native::new("erlang", "suspend_process", 1, suspend_process),
    Native::new("erlang", "bump_reductions", 1, bump_reductions),
    Native::new("erts_internal", "is_process_alive", 1, is_process_alive),
    Native::new("erts_internal", "is_process_alive", 2, is_process_alive_async),
    Native::new("erts_internal", "group_leader", 2, set_group_leader),
    Native::new("erts_internal", "group_leader", 3, set_group_leader_async),
    Native::new("erts_internal", "process_flag", 3, process_flag_of),
    Native::new("erts_internal", "suspend_process", 2, suspend_process_with),
    Native::new("erts_internal", "request_system_task", 4, collect::request_system_task_for),
    Native::new("erts_internal", "is_process_executing_dirty", 1, is_process_executing_dirty),
    Native::new("erts_internal", "dirty_process_handle_signals", 1, dirty_process_handle_signals),
    Native::new("erlang", "process_flag", 2, flag::process_flag),
    Native::new("erlang", "process_info", 1, info::process_info),
    Native::new("erlang", "process_info", 2, info::process_info_items),
    Native::new("erts_internal", "garbage_collect", 1, collect::collect_self),
    Native::new("erlang", "garbage_collect", 0, collect::garbage_collect),
    Native::new("erlang", "garbage_collect", 1, collect::garbage_collect),
    Native::new("erlang", "garbage_collect", 2, collect::garbage_collect),
    Native::new("erlang", "check_process_code", 2, collect::check_process_code),
    Native::new("erlang", "check_process_code", 3, collect::check_process_code),
    Native::new("erts_internal", "check_process_code", 1, collect::check_own_code),
    Native::new("erts_internal", "check_process_code", 3, collect::check_process_code),
    Native::new("erts_internal", "request_system_task", 3, collect::request_system_task),
];

fn self_pid(vm: &mut Vm, _: &[Term]) -> Outcome {
    Ok(vm.pid)
}

fn set_group_leader(vm: &mut Vm, args: &[Term]) -> Outcome {
    let value = hosted::call(vm, hosted_number!("erlang", "group_leader", 2), args)?;
    if args[1] == vm.pid {
        vm.group_leader = args[0];
    }
    Ok(value)
}

fn hibernate(vm: &mut Vm, args: &[Term]) -> Outcome {
    let &[module, function, arguments] = args else { return Err(Fail::BADARG) };
    let count = arguments.proper_list().ok_or(Fail::BADARG)?.len();
    if !module.is_atom() || !function.is_atom() {
        return Err(Fail::BADARG);
    }
    if count > super::MAX_ARITY {
        return Err(Fail::SYSTEM_LIMIT);
    }
    vm.charge(count / 16);
    Err(Fail::Hibernate { module, function, args: arguments })
}

/// `demonitor(Monitor, Options)`: with `flush` its message goes out of the mailbox, with `info` the value says whether the
/// monitor was still there.
fn demonitor(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (mut flush, mut info) = (false, false);
    for option in args[1].proper_list().ok_or(Fail::BADARG)? {
        match vm.atom_name(option) {
            "flush" => flush = true,
            "info" => info = true,
            _ => return Err(Fail::BADARG),
        }
    }
    let found = hosted::call(vm, hosted_number!("erlang", "demonitor", 2), &[args[0], Term::NIL])? == atoms::TRUE;
    if flush && !found {
        messages::remove_down(vm, args[0])?;
    }
    Ok(super::boolean(found || !info))
}

fn exit(vm: &mut Vm, args: &[Term]) -> Outcome {
    let value = hosted::call(vm, hosted_number!("erlang", "exit", 2), args)?;
    end_turn_if_self(vm, args[0]);
    Ok(value)
}

fn exit_signal(vm: &mut Vm, args: &[Term]) -> Outcome {
    let value = hosted::call(vm, hosted_number!("erlang", "exit_signal", 2), args)?;
    end_turn_if_self(vm, args[0]);
    Ok(value)
}

/// A process that sent itself a signal has handled it before it goes on, so its turn ends.
fn end_turn_if_self(vm: &mut Vm, to: Term) {
    if to == vm.pid {
        vm.end_turn();
    }
}

fn halt(vm: &mut Vm, args: &[Term]) -> Outcome {
    let value = hosted::call(vm, hosted_number!("erlang", "halt", 2), args)?;
    vm.end_turn();
    Ok(value)
}

fn yield_turn(vm: &mut Vm, _: &[Term]) -> Outcome {
    vm.end_turn();
    Ok(atoms::TRUE)
}

fn suspend_process(vm: &mut Vm, args: &[Term]) -> Outcome {
    hosted::call(vm, hosted_number!("erlang", "suspend_process", 2), &[args[0], Term::NIL])
}

fn bump_reductions(vm: &mut Vm, args: &[Term]) -> Outcome {
    let reductions = args[0].small_value().filter(|n| *n >= 0).ok_or(Fail::BADARG)?;
    // More than a turn has room for ends the turn; there is nothing to owe beyond it.
    vm.charge(reductions.min(1 << 24) as usize);
    Ok(atoms::TRUE)
}

fn is_process_alive(vm: &mut Vm, args: &[Term]) -> Outcome {
    hosted::call(vm, hosted_number!("erlang", "is_process_alive", 1), args)
}

/// `erts_internal:is_process_alive(Pid, Reference)`: the answer comes as a message.
fn is_process_alive_async(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[1].is_ref() {
        return Err(Fail::BADARG);
    }
    let is_alive = is_process_alive(vm, &args[..1])?;
    let message = vm.heap.tuple(&[args[1], is_alive]);
    messages::send(vm, &[vm.pid, message])?;
    Ok(atoms::OK)
}

/// `erts_internal:group_leader(GroupLeader, Pid, Reference)`: the result comes as a message.
fn set_group_leader_async(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[2].is_ref() {
        return Err(Fail::BADARG);
    }
    let result = set_group_leader(vm, &args[..2])?;
    let message = vm.heap.tuple(&[args[2], result]);
    messages::send(vm, &[vm.pid, message])?;
    Ok(atoms::OK)
}

fn process_flag_of(vm: &mut Vm, args: &[Term]) -> Outcome {
    hosted::call(vm, hosted_number!("erlang", "process_flag", 3), args)
}

fn suspend_process_with(vm: &mut Vm, args: &[Term]) -> Outcome {
    hosted::call(vm, hosted_number!("erlang", "suspend_process", 2), args)
}

/// There are no dirty schedulers.
fn is_process_executing_dirty(_: &mut Vm, args: &[Term]) -> Outcome {
    if args[0].is_local_pid() { Ok(atoms::FALSE) } else { Err(Fail::BADARG) }
}

fn dirty_process_handle_signals(_: &mut Vm, _: &[Term]) -> Outcome {
    Err(Fail::Error(atoms::NOTSUP))
}
