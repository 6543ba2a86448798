//! What the runtime system tells of itself (OTP: `erlang:system_info/1`, `erlang:memory/0,1`, `erlang:system_flag/2`).
//!
//! Figures of the whole sandbox come from the host, what is the same in every sandbox stands in [`info`].

pub mod info;

use super::hosted::{self, hosted_number};
use super::processes::flag;
use super::{Native, boolean, messages};
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::print;
use crate::term::Term;
use crate::vm::Vm;

/// Natives about the runtime system.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "system_info", 1, info::system_info),
    Native::new("erlang", "memory", 1, memory),
    Native::new("erlang", "display", 1, display),
    Native::new("erlang", "system_flag", 2, system_flag),
    Native::new("erlang", "system_monitor", 1, system_monitor),
    Native::new("erts_internal", "no_aux_work_threads", 0, aux_work_threads),
    Native::new("erts_internal", "system_check", 1, system_check),
    Native::new("erts_internal", "scheduler_wall_time", 1, scheduler_wall_time),
    Native::new("erts_internal", "gather_alloc_histograms", 1, badarg),
    Native::new("erts_internal", "gather_carrier_info", 1, badarg),
    Native::new("erts_internal", "ets_super_user", 1, ets_super_user),
    Native::new("ets", "internal_request_all", 0, request_all_tables),
];

fn badarg(_: &mut Vm, _: &[Term]) -> Outcome {
    Err(Fail::BADARG)
}

/// One for the scheduler, and in OTP another one for what no scheduler does.
fn aux_work_threads(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(Term::small(2))
}

/// `memory(Type)` and `memory(Types)`: picked from what the host gives for all types.
fn memory(vm: &mut Vm, args: &[Term]) -> Outcome {
    let all = hosted::call(vm, hosted_number!("erlang", "memory", 0), &[])?;
    let amount = |kind: Term| {
        let mut pairs = all.list().filter_map(|pair| pair.tuple_of::<2>());
        pairs.find(|pair| pair[0] == kind).map(|pair| pair[1]).ok_or(Fail::BADARG)
    };
    if !args[0].is_list() {
        return amount(args[0]);
    }
    let mut found = Vec::new();
    for kind in args[0].proper_list().ok_or(Fail::Error(atoms::FUNCTION_CLAUSE))? {
        found.push((kind, amount(kind)?));
    }
    let pairs: Vec<Term> = found.into_iter().map(|(kind, bytes)| vm.heap.tuple(&[kind, bytes])).collect();
    Ok(vm.heap.list(&pairs))
}

/// `display(Term)`: for debugging, past the io system.
fn display(vm: &mut Vm, args: &[Term]) -> Outcome {
    let text = print::display(args[0], vm.image.get()) + "\r\n";
    let stdout = vm.atom("stdout")?;
    let text = vm.heap.binary(text.as_bytes());
    hosted::call(vm, hosted_number!("erlang", "display_string", 2), &[stdout, text])
}

/// `system_flag(Flag, Value)`: kept by the host. Processes that run already keep the depth of stack traces that they began with.
fn system_flag(vm: &mut Vm, args: &[Term]) -> Outcome {
    let old = hosted::call(vm, hosted_number!("erlang", "system_flag", 2), args)?;
    if vm.atom_name(args[0]) == "backtrace_depth" {
        flag::set(vm, args[0], args[1])?;
    }
    Ok(old)
}

/// `system_monitor(undefined)` and `system_monitor({Pid, Options})`.
fn system_monitor(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (pid, options) = match args[0].tuple() {
        Some([pid, options]) => (*pid, *options),
        None if args[0] == atoms::UNDEFINED => (atoms::UNDEFINED, Term::NIL),
        _ => return Err(Fail::BADARG),
    };
    hosted::call(vm, hosted_number!("erlang", "system_monitor", 2), &[pid, options])
}

fn system_check(vm: &mut Vm, args: &[Term]) -> Outcome {
    if vm.atom_name(args[0]) == "schedulers" { Ok(atoms::OK) } else { Err(Fail::BADARG) }
}

/// Times of schedulers are not measured.
fn scheduler_wall_time(_: &mut Vm, args: &[Term]) -> Outcome {
    if matches!(args[0], atoms::TRUE | atoms::FALSE) { Ok(boolean(false)) } else { Err(Fail::BADARG) }
}

/// `internal_request_all()`: each scheduler, of which there is one, sends `{Reference, Tables}`.
fn request_all_tables(vm: &mut Vm, _: &[Term]) -> Outcome {
    let tables = hosted::call(vm, hosted_number!("ets", "all", 0), &[])?;
    let reference = vm.make_ref();
    let answer = vm.heap.tuple(&[reference, tables]);
    messages::send(vm, &[vm.pid, answer])?;
    Ok(reference)
}

fn ets_super_user(_: &mut Vm, args: &[Term]) -> Outcome {
    if matches!(args[0], atoms::TRUE | atoms::FALSE) { Ok(atoms::OK) } else { Err(Fail::BADARG) }
}
