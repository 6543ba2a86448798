//! Tracing. The host knows who is told of what; it is told itself of the calls that it wants to know of
//! ([`crate::interp::tracing`]).

mod patterns;

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
    Native::new("erts_internal", "trace_session_destroy", 1, destroy_session),
    Native::new("erts_internal", "trace_pattern", 3, patterns::set),
    Native::new("erts_internal", "trace_pattern", 4, patterns::set_in_session),
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

fn same(_: &mut Vm, args: &[Term]) -> Outcome {
    Ok(args[0])
}

/// The session of `erlang:trace/3` as the host knows it.
const LEGACY: &str = "legacy";

fn trace_info(vm: &mut Vm, args: &[Term]) -> Outcome {
    let legacy = vm.atom(LEGACY)?;
    trace_info_of_session(vm, &[legacy, args[0], args[1]])
}

fn trace_info_of_session(vm: &mut Vm, args: &[Term]) -> Outcome {
    let [session, what, item] = [args[0], args[1], args[2]];
    let is_session = vm.atom_name(item) == "session";
    let value = match (vm.atom_name(what), vm.atom_name(item)) {
        ("on_load", name) if is_call_item(name) => atoms::FALSE,
        ("send" | "receive", "match_spec") => {
            hosted::call(vm, hosted_number!("orrery_trace", "pattern", 2), &[session, what])?
        }
        ("send" | "receive" | "any", "session") => {
            let any = vm.atom("any")?;
            return hosted::call(vm, hosted_number!("erts_internal", "trace_info", 3), &[session, any, item]);
        }
        ("on_load", "session") => Term::NIL,
        ("new" | "new_processes", "flags" | "tracer" | "session") => {
            return hosted::call(vm, hosted_number!("erts_internal", "trace_info", 3), args);
        }
        ("new_ports", "flags" | "tracer" | "session") => Term::NIL,
        (_, "flags" | "tracer" | "session") if what.is_pid() => {
            return hosted::call(vm, hosted_number!("erts_internal", "trace_info", 3), args);
        }
        _ => match what.tuple() {
            Some(&[module, function, arity]) => {
                let arity = arity.small_value().and_then(|a| u32::try_from(a).ok());
                let is_named = module.is_atom() && function.is_atom() && item.is_atom();
                let (true, Some(arity)) = (is_named, arity) else { return Err(Fail::BADARG) };
                match patterns::is_function(vm, (module, function, arity)) {
                    true if is_session => patterns::sessions_of(vm, what)?,
                    true => patterns::info(vm, session, what, item)?,
                    false if is_session => return Ok(atoms::UNDEFINED),
                    false => atoms::UNDEFINED,
                }
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

fn trace(vm: &mut Vm, args: &[Term]) -> Outcome {
    let legacy = vm.atom(LEGACY)?;
    trace_in_session(vm, &[legacy, args[0], args[1], args[2]])
}

fn trace_in_session(vm: &mut Vm, args: &[Term]) -> Outcome {
    let count = hosted::call(vm, hosted_number!("erts_internal", "trace", 4), args)?;
    renew_own_watch(vm)?;
    Ok(count)
}

/// The others are told before their next turn.
fn renew_own_watch(vm: &mut Vm) -> Result<(), Fail> {
    let watch = hosted::call(vm, hosted_number!("orrery_trace", "watch", 0), &[])?;
    vm.set_watch(watch);
    if vm.watch.is_some() {
        // What was asked for holds from the next function on.
        vm.end_turn();
    }
    Ok(())
}

fn destroy_session(vm: &mut Vm, args: &[Term]) -> Outcome {
    let was_there = hosted::call(vm, hosted_number!("erts_internal", "trace_session_destroy", 1), args)?;
    renew_own_watch(vm)?;
    Ok(was_there)
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
erlang:trace_info({nope,map,2},traced) => {traced,undefined}
erlang:trace_info(on_load,traced) => {traced,false}
erlang:trace_info(send,all) => error: badarg
erlang:trace_info(foo,traced) => error: badarg
erlang:trace_info(new,foo) => error: badarg
erts_internal:trace_info(any,{nope,map,2},session) => undefined
erts_internal:trace_info(any,foo,session) => error: badarg
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
