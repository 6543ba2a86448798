//! Tracing, as a system answers in which nobody traces.
//!
//! The machine records every process from outside, so programs get no tracers of their own: asking is answered truly
//! (nothing is traced), and switching a trace on raises `badarg`, as OTP does where a tracer cannot be used.

use super::Native;
use super::hosted::{self, hosted_number};
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Natives for tracing.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "trace_info", 2, trace_info),
    Native::new("erts_internal", "trace_info", 3, trace_info_of_session),
    Native::new("erts_internal", "trace", 3, trace),
    Native::new("erts_internal", "trace", 4, trace_in_session),
    Native::new("erts_internal", "trace_pattern", 3, trace_pattern),
    Native::new("erts_internal", "trace_pattern", 4, trace_pattern_in_session),
    Native::new("erts_internal", "trace_session_create", 3, notsup),
    Native::new("erts_internal", "trace_session_destroy", 1, no),
    Native::new("erlang", "trace_delivered", 1, trace_delivered),
    Native::new("erlang", "seq_trace", 2, seq_trace),
    Native::new("erlang", "seq_trace_info", 1, seq_trace_info),
    Native::new("erlang", "seq_trace_print", 1, no),
    Native::new("erlang", "seq_trace_print", 2, no),
    Native::new("erlang", "dt_put_tag", 1, undefined),
    Native::new("erlang", "dt_get_tag", 0, undefined),
    Native::new("erlang", "dt_get_tag_data", 0, undefined),
    Native::new("erlang", "dt_spread_tag", 1, spread_tag),
    Native::new("erlang", "dt_restore_tag", 1, restore_tag),
    Native::new("erlang", "dt_prepend_vm_tag_data", 1, same),
    Native::new("erlang", "dt_append_vm_tag_data", 1, same),
    Native::new("erlang", "system_profile", 0, undefined),
    Native::new("erlang", "system_profile", 2, system_profile),
    Native::new("code", "coverage_support", 0, no),
    Native::new("code", "get_coverage_mode", 0, none),
    Native::new("code", "get_coverage_mode", 1, none),
    Native::new("code", "set_coverage_mode", 1, set_coverage_mode),
    Native::new("code", "get_coverage", 2, badarg),
    Native::new("code", "reset_coverage", 1, badarg),
];

fn no(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(atoms::FALSE)
}

fn none(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(atoms::NONE)
}

fn undefined(_: &mut Vm, _: &[Term]) -> Outcome {
    Ok(atoms::UNDEFINED)
}

fn badarg(_: &mut Vm, _: &[Term]) -> Outcome {
    Err(Fail::BADARG)
}

fn notsup(_: &mut Vm, _: &[Term]) -> Outcome {
    Err(Fail::Error(atoms::NOTSUP))
}

fn same(_: &mut Vm, args: &[Term]) -> Outcome {
    Ok(args[0])
}

fn trace_info_of_session(vm: &mut Vm, args: &[Term]) -> Outcome {
    if vm.atom_name(args[2]) == "session" { sessions(vm, args[1]) } else { trace_info(vm, &args[1..]) }
}

/// In which sessions something is traced (OTP: `trace:session_info/1`): there is the session that always is.
fn sessions(vm: &mut Vm, what: Term) -> Outcome {
    let session = vm.atom("session")?;
    let traced = match vm.atom_name(what) {
        "any" | "send" | "receive" => {
            let always = [vm.atom("legacy")?, vm.atom("default")?];
            let always = vm.heap.tuple(&always);
            vm.heap.list(&[always])
        }
        "on_load" => Term::NIL,
        _ => {
            let item = vm.atom(if what.tuple().is_some() { "traced" } else { "flags" })?;
            if trace_info(vm, &[what, item])?.tuple().is_none_or(|found| found[1] == atoms::UNDEFINED) {
                return Ok(atoms::UNDEFINED);
            }
            Term::NIL
        }
    };
    Ok(vm.heap.tuple(&[session, traced]))
}

fn trace_info(vm: &mut Vm, args: &[Term]) -> Outcome {
    let [what, item] = [args[0], args[1]];
    let value = match (vm.atom_name(what), vm.atom_name(item)) {
        ("on_load", name) if is_call_item(name) => atoms::FALSE,
        ("send" | "receive", "match_spec") => atoms::TRUE,
        ("new" | "new_processes" | "new_ports", "flags" | "tracer") => Term::NIL,
        (_, "flags" | "tracer") if what.is_pid() => {
            if hosted::call(vm, hosted_number!("erlang", "is_process_alive", 1), &[what])? != atoms::TRUE {
                return Ok(atoms::UNDEFINED);
            }
            Term::NIL
        }
        _ => match what.tuple() {
            Some(&[module, function, arity]) => {
                let arity = arity.small_value().and_then(|a| u32::try_from(a).ok());
                let is_named = module.is_atom() && function.is_atom() && item.is_atom();
                let (true, Some(arity)) = (is_named, arity) else { return Err(Fail::BADARG) };
                if super::funs::is_exported(vm, (module, function, arity)) { atoms::FALSE } else { atoms::UNDEFINED }
            }
            _ => return Err(Fail::BADARG),
        },
    };
    Ok(vm.heap.tuple(&[item, value]))
}

fn is_call_item(name: &str) -> bool {
    matches!(
        name,
        "traced" | "match_spec" | "meta" | "meta_match_spec" | "call_count" | "call_time" | "call_memory" | "all"
    )
}

fn trace_in_session(vm: &mut Vm, args: &[Term]) -> Outcome {
    trace(vm, &args[1..])
}

/// Gives how many processes are no longer traced. The number is not told apart from one for all of them.
fn trace(vm: &mut Vm, args: &[Term]) -> Outcome {
    let is_set = matches!(vm.atom_name(args[0]), "all" | "processes" | "existing" | "existing_processes");
    let is_empty_set =
        matches!(vm.atom_name(args[0]), "ports" | "new" | "new_processes" | "new_ports" | "existing_ports");
    if args[1] != atoms::FALSE || args[2].proper_list().is_none() {
        return Err(Fail::BADARG);
    }
    if is_empty_set {
        return Ok(Term::small(0));
    }
    if is_set {
        let processes = hosted::call(vm, hosted_number!("erlang", "processes", 0), &[])?;
        return Ok(Term::small(processes.list().count() as i64));
    }
    if args[0].is_pid() { Ok(Term::small(1)) } else { Err(Fail::BADARG) }
}

fn trace_pattern_in_session(vm: &mut Vm, args: &[Term]) -> Outcome {
    trace_pattern(vm, &args[1..])
}

/// Patterns have no effect without tracers, so no function matches one.
fn trace_pattern(vm: &mut Vm, args: &[Term]) -> Outcome {
    let is_event = matches!(vm.atom_name(args[0]), "on_load" | "send" | "receive");
    let is_mfa = args[0].tuple().is_some_and(|t| t.len() == 3 && t[0].is_atom() && t[1].is_atom());
    if !(is_event || is_mfa) || args[2].proper_list().is_none() {
        return Err(Fail::BADARG);
    }
    Ok(Term::small(0))
}

fn trace_delivered(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[0].is_pid() && args[0] != atoms::ALL {
        return Err(Fail::BADARG);
    }
    let reference = vm.make_ref();
    let tag = vm.atom("trace_delivered")?;
    let message = vm.heap.tuple(&[tag, args[0], reference]);
    super::messages::send(vm, &[vm.pid, message])?;
    Ok(reference)
}

fn seq_trace(vm: &mut Vm, args: &[Term]) -> Outcome {
    match vm.atom_name(args[0]) {
        "sequential_trace_token" if args[1].is_nil() => Ok(Term::NIL),
        "send" | "spawn" | "receive" | "print" | "timestamp" | "monotonic_timestamp" | "strict_monotonic_timestamp" => {
            if args[1] == atoms::FALSE {
                Ok(atoms::FALSE)
            } else {
                Err(Fail::BADARG)
            }
        }
        _ => Err(Fail::BADARG),
    }
}

fn seq_trace_info(vm: &mut Vm, args: &[Term]) -> Outcome {
    match vm.atom_name(args[0]) {
        "label" | "serial" => Ok(Term::NIL),
        "send" | "spawn" | "receive" | "print" | "timestamp" | "monotonic_timestamp" | "strict_monotonic_timestamp" => {
            Ok(vm.heap.tuple(&[args[0], atoms::FALSE]))
        }
        _ => Err(Fail::BADARG),
    }
}

fn spread_tag(_: &mut Vm, args: &[Term]) -> Outcome {
    if matches!(args[0], atoms::TRUE | atoms::FALSE) { Ok(atoms::TRUE) } else { Err(Fail::BADARG) }
}

fn restore_tag(_: &mut Vm, args: &[Term]) -> Outcome {
    if args[0] == atoms::TRUE { Ok(atoms::TRUE) } else { Err(Fail::BADARG) }
}

fn system_profile(_: &mut Vm, args: &[Term]) -> Outcome {
    if args[0] == atoms::UNDEFINED { Ok(atoms::UNDEFINED) } else { Err(Fail::BADARG) }
}

fn set_coverage_mode(vm: &mut Vm, args: &[Term]) -> Outcome {
    match vm.atom_name(args[0]) {
        "none" => Ok(atoms::NONE),
        "function" | "function_counters" | "line" | "line_counters" => Err(Fail::Error(atoms::NOTSUP)),
        _ => Err(Fail::BADARG),
    }
}

#[cfg(test)]
mod tests {
    use crate::natives::table::check;

    #[test]
    fn nobody_traces() {
        check(
            "\
erlang:trace_info(new,flags) => {flags,[]}
erlang:trace_info({erlang,self,0},traced) => {traced,false}
erlang:trace_info({erlang,self,0},all) => {all,false}
erlang:trace_info({nope,map,2},traced) => {traced,undefined}
erlang:trace_info(on_load,traced) => {traced,false}
erlang:trace_info('receive',match_spec) => {match_spec,true}
erlang:trace_info(send,all) => error: badarg
erlang:trace_info(foo,traced) => error: badarg
erlang:trace_info(new,foo) => error: badarg
erts_internal:trace_info(any,any,session) => {session,[{legacy,default}]}
erts_internal:trace_info(any,new,session) => {session,[]}
erts_internal:trace_info(any,{erlang,self,0},session) => {session,[]}
erts_internal:trace_info(any,{nope,map,2},session) => undefined
erts_internal:trace_info(any,foo,session) => error: badarg
erts_internal:trace(new,false,[call]) => 0
erts_internal:trace('$pid',false,[all]) => 1
erts_internal:trace('$pid',foo,[]) => error: badarg
erts_internal:trace(foo,false,[]) => error: badarg
erlang:seq_trace_info(label) => []
erlang:seq_trace_info(send) => {send,false}
erlang:seq_trace_info(foo) => error: badarg
erlang:seq_trace(foo,1) => error: badarg
erlang:seq_trace(sequential_trace_token,[]) => []
erlang:seq_trace_print(foo,x) => false
erlang:dt_spread_tag(true) => true
erlang:dt_spread_tag(foo) => error: badarg
erlang:dt_restore_tag(true) => true
erlang:dt_restore_tag(foo) => error: badarg
erlang:dt_put_tag(<<97>>) => undefined
code:get_coverage_mode() => none
code:get_coverage(function,lists) => error: badarg
",
        );
    }
}
