//! Natives that the host answers: they pass their arguments on in the external term format.
//!
//! A function is known to both sides by its number, which is its place in [`HOSTED`]; so rows are only ever added at
//! the end. Functions that also change something within the process have a native of their own, which calls the host by
//! number ([`call`]) and stands behind this file's rows in [`super::all`].

use super::Native;
use crate::atoms;
use crate::etf;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Functions that the host answers, as module, name and number of arguments. The place of a row is the number that
/// [`crate::host::Host::call`] gets.
pub const HOSTED: &[(&str, &str, u8)] = &[
    // Processes.
    ("erlang", "spawn", 3),
    ("erlang", "spawn_link", 3),
    ("erlang", "spawn_opt", 4),
    ("erts_internal", "spawn_request", 4),
    ("erlang", "spawn_request_abandon", 1),
    ("erts_internal", "spawn_system_process", 3),
    ("erts_internal", "dist_spawn_request", 4),
    ("erlang", "link", 1),
    ("erlang", "unlink", 1),
    ("erlang", "monitor", 2),
    ("erlang", "monitor", 3),
    ("erlang", "demonitor", 1),
    ("erlang", "demonitor", 2),
    ("erlang", "alias", 0),
    ("erlang", "alias", 1),
    ("erlang", "unalias", 1),
    ("erlang", "exit", 2),
    ("erlang", "exit_signal", 2),
    ("erlang", "group_leader", 2),
    ("erlang", "register", 2),
    ("erlang", "unregister", 1),
    ("erlang", "whereis", 1),
    ("erlang", "registered", 0),
    ("erlang", "processes", 0),
    ("erlang", "is_process_alive", 1),
    ("erlang", "process_info", 1),
    ("erlang", "process_info", 2),
    ("erlang", "process_flag", 2),
    ("erlang", "process_flag", 3),
    ("erlang", "suspend_process", 2),
    ("erlang", "resume_process", 1),
    ("erlang", "garbage_collect", 2),
    ("erlang", "check_process_code", 3),
    ("erts_internal", "is_system_process", 1),
    // Timers.
    ("erlang", "send_after", 3),
    ("erlang", "send_after", 4),
    ("erlang", "start_timer", 3),
    ("erlang", "start_timer", 4),
    ("erlang", "cancel_timer", 1),
    ("erlang", "cancel_timer", 2),
    ("erlang", "read_timer", 1),
    ("erlang", "read_timer", 2),
    ("erlang", "now", 0),
    // The machine.
    ("erlang", "halt", 2),
    ("erlang", "system_info", 1),
    ("erlang", "system_flag", 2),
    ("erlang", "statistics", 1),
    ("erlang", "memory", 0),
    ("erlang", "system_monitor", 0),
    ("erlang", "system_monitor", 2),
    ("erlang", "display_string", 2),
    ("erts_internal", "process_display", 2),
    ("erts_internal", "open_port", 2),
    // Code.
    ("erlang", "finish_loading", 1),
    ("erlang", "delete_module", 1),
    ("erts_code_purger", "purge", 1),
    ("erts_code_purger", "soft_purge", 1),
    // Environment of the machine.
    ("os", "env", 0),
    ("os", "getenv", 1),
    ("os", "putenv", 2),
    ("os", "unsetenv", 1),
    // Tables.
    ("ets", "all", 0),
    ("ets", "delete", 1),
    ("ets", "delete", 2),
    ("ets", "delete_object", 2),
    ("ets", "first", 1),
    ("ets", "first_lookup", 1),
    ("ets", "give_away", 3),
    ("ets", "info", 1),
    ("ets", "info", 2),
    ("ets", "insert", 2),
    ("ets", "insert_new", 2),
    ("ets", "internal_delete_all", 2),
    ("ets", "internal_select_delete", 2),
    ("ets", "is_compiled_ms", 1),
    ("ets", "last", 1),
    ("ets", "last_lookup", 1),
    ("ets", "lookup", 2),
    ("ets", "lookup_element", 3),
    ("ets", "lookup_element", 4),
    ("ets", "match", 1),
    ("ets", "match", 2),
    ("ets", "match", 3),
    ("ets", "match_object", 1),
    ("ets", "match_object", 2),
    ("ets", "match_object", 3),
    ("ets", "match_spec_compile", 1),
    ("ets", "match_spec_run_r", 3),
    ("ets", "member", 2),
    ("ets", "new", 2),
    ("ets", "next", 2),
    ("ets", "next_lookup", 2),
    ("ets", "prev", 2),
    ("ets", "prev_lookup", 2),
    ("ets", "rename", 2),
    ("ets", "safe_fixtable", 2),
    ("ets", "select", 1),
    ("ets", "select", 2),
    ("ets", "select", 3),
    ("ets", "select_count", 2),
    ("ets", "select_replace", 2),
    ("ets", "select_reverse", 1),
    ("ets", "select_reverse", 2),
    ("ets", "select_reverse", 3),
    ("ets", "setopts", 2),
    ("ets", "slot", 2),
    ("ets", "take", 2),
    ("ets", "update_counter", 3),
    ("ets", "update_counter", 4),
    ("ets", "update_element", 3),
    ("ets", "update_element", 4),
    ("ets", "whereis", 1),
    ("erlang", "match_spec_test", 3),
    // Terms and counters that processes share.
    ("persistent_term", "erase", 1),
    ("persistent_term", "get", 0),
    ("persistent_term", "get", 1),
    ("persistent_term", "get", 2),
    ("persistent_term", "info", 0),
    ("persistent_term", "put", 2),
    ("persistent_term", "put_new", 2),
    ("erts_internal", "erase_persistent_terms", 0),
    ("erts_internal", "atomics_new", 2),
    ("atomics", "add", 3),
    ("atomics", "add_get", 3),
    ("atomics", "compare_exchange", 4),
    ("atomics", "exchange", 3),
    ("atomics", "get", 2),
    ("atomics", "info", 1),
    ("atomics", "put", 3),
    ("erts_internal", "counters_new", 1),
    ("erts_internal", "counters_add", 3),
    ("erts_internal", "counters_get", 2),
    ("erts_internal", "counters_info", 1),
    ("erts_internal", "counters_put", 3),
    // Files of the machine.
    ("prim_file", "open_nif", 2),
    ("prim_file", "close_nif", 1),
    ("prim_file", "file_desc_to_ref_nif", 1),
    ("prim_file", "read_nif", 2),
    ("prim_file", "write_nif", 2),
    ("prim_file", "pread_nif", 3),
    ("prim_file", "pwrite_nif", 3),
    ("prim_file", "seek_nif", 3),
    ("prim_file", "sync_nif", 2),
    ("prim_file", "truncate_nif", 1),
    ("prim_file", "advise_nif", 4),
    ("prim_file", "allocate_nif", 3),
    ("prim_file", "get_handle_nif", 1),
    ("prim_file", "delayed_close_nif", 1),
    ("prim_file", "read_handle_info_nif", 1),
    ("prim_file", "read_info_nif", 2),
    ("prim_file", "set_permissions_nif", 2),
    ("prim_file", "set_owner_nif", 3),
    ("prim_file", "set_time_nif", 4),
    ("prim_file", "read_link_nif", 1),
    ("prim_file", "list_dir_nif", 1),
    ("prim_file", "rename_nif", 2),
    ("prim_file", "make_hard_link_nif", 2),
    ("prim_file", "make_soft_link_nif", 2),
    ("prim_file", "make_dir_nif", 1),
    ("prim_file", "del_file_nif", 1),
    ("prim_file", "del_dir_nif", 1),
    ("prim_file", "get_device_cwd_nif", 1),
    ("prim_file", "set_cwd_nif", 1),
    ("prim_file", "get_cwd_nif", 0),
    ("prim_file", "read_file_nif", 1),
    ("prim_file", "altname_nif", 1),
    // Added later.
    ("erlang", "group_leader", 0),
    ("erts_internal", "log_crash", 1),
    ("erts_internal", "prepare_loading", 2),
    ("erlang", "has_prepared_code_on_load", 1),
    ("orrery_io", "open_console", 0),
    ("orrery_io", "read_console", 0),
    ("erlang", "list_to_existing_atom", 1),
    ("erlang", "call_on_load_function", 1),
    ("erlang", "finish_after_on_load", 2),
    ("erlang", "check_old_code", 1),
    ("erts_internal", "trace", 4),
    ("erts_internal", "trace_info", 3),
    ("erts_internal", "trace_session_create", 3),
    ("erts_internal", "trace_session_destroy", 1),
    ("erts_internal", "trace_pattern", 4),
    ("orrery_trace", "pattern", 2),
    ("orrery_trace", "watch", 0),
    ("orrery_trace", "call", 5),
    ("orrery_trace", "ended", 5),
    ("init", "fetch_loaded", 0),
    ("erts_debug", "open_internal_state", 1),
    ("orrery_trace", "counts", 2),
    ("orrery_trace", "count", 5),
    ("orrery_trace", "count_ended", 3),
];

/// Number of a hosted function; `None` for a function that the host does not answer.
pub const fn number(module: &str, function: &str, arity: u8) -> Option<u16> {
    let mut i = 0;
    while i < HOSTED.len() {
        let (m, f, a) = HOSTED[i];
        if a == arity && same(m.as_bytes(), module.as_bytes()) && same(f.as_bytes(), function.as_bytes()) {
            return Some(i as u16);
        }
        i += 1;
    }
    None
}

/// Module, name and number of arguments of a hosted function.
pub fn name(number: u16) -> Option<(&'static str, &'static str, u8)> {
    HOSTED.get(usize::from(number)).copied()
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Number of a hosted function, looked up when the program is compiled: a function that is not in the table does not compile.
macro_rules! hosted_number {
    ($module:literal, $function:literal, $arity:literal) => {
        const {
            match $crate::natives::hosted::number($module, $function, $arity) {
                Some(number) => number,
                None => panic!("not a hosted function"),
            }
        }
    };
}
pub(crate) use hosted_number;

/// Passes arguments to a hosted function and gives its value or the error that the host answers: the reason, or
/// `{error, Reason, Cause}` where the module that explains errors needs a cause.
pub fn call(vm: &mut Vm, number: u16, args: &[Term]) -> Outcome {
    let mut buffer = vm.take_bytes();
    let outcome = call_in(vm, number, args, &mut buffer);
    vm.keep_bytes(buffer);
    outcome
}

fn call_in(vm: &mut Vm, number: u16, args: &[Term], buffer: &mut Vec<u8>) -> Outcome {
    let is_value = ask(vm, number, args, buffer)?;
    let answer = decode(vm, buffer)?;
    if is_value {
        return Ok(answer);
    }
    match answer.tuple() {
        Some([atoms::ERROR, reason, cause]) => Err(Fail::ErrorCause(*reason, *cause)),
        _ => Err(Fail::Error(answer)),
    }
}

/// Passes arguments to a hosted function: whether the answer, which is left in the buffer, is a value.
pub(super) fn ask(vm: &mut Vm, number: u16, args: &[Term], buffer: &mut Vec<u8>) -> Result<bool, Fail> {
    etf::encode_list(vm.image.get(), args, buffer)?;
    vm.charge(buffer.len() / 1024);
    let is_value = vm.host.call_in(number, buffer);
    let work = vm.host.work();
    vm.charge(work);
    Ok(is_value)
}

/// A term as the host gave it. A host that gives none is taken for one that cannot do what was asked.
pub(super) fn decode(vm: &mut Vm, bytes: &[u8]) -> Outcome {
    // What most that only act give.
    if bytes == b"\x83\x77\x04true" {
        return Ok(atoms::TRUE);
    }
    vm.charge(bytes.len() / 1024);
    vm.heap.check_bytes(bytes.len())?;
    match etf::decode(&mut vm.heap, &vm.image, bytes, false) {
        Ok((term, _)) => Ok(term),
        Err(_) => Err(Fail::Error(atoms::NOTSUP)),
    }
}

/// Body of the native with a number.
fn body<const NUMBER: u16>(vm: &mut Vm, args: &[Term]) -> Outcome {
    call(vm, NUMBER, args)
}

macro_rules! bodies {
    ($($high:literal)*) => { [$(bodies!(row $high)),*] };
    (row $high:literal) => {
        [
            body::<{ $high * 16 }>, body::<{ $high * 16 + 1 }>, body::<{ $high * 16 + 2 }>, body::<{ $high * 16 + 3 }>,
            body::<{ $high * 16 + 4 }>, body::<{ $high * 16 + 5 }>, body::<{ $high * 16 + 6 }>, body::<{ $high * 16 + 7 }>,
            body::<{ $high * 16 + 8 }>, body::<{ $high * 16 + 9 }>, body::<{ $high * 16 + 10 }>, body::<{ $high * 16 + 11 }>,
            body::<{ $high * 16 + 12 }>, body::<{ $high * 16 + 13 }>, body::<{ $high * 16 + 14 }>, body::<{ $high * 16 + 15 }>,
        ]
    };
}

/// A native is a plain function without data, so each number needs a body of its own.
const BODIES: [[super::NativeFn; 16]; 16] = bodies!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);

/// Natives of all hosted functions.
pub const NATIVES: &[Native] = &natives();

const fn natives() -> [Native; HOSTED.len()] {
    let mut natives = [Native::new("", "", 0, body::<0>); HOSTED.len()];
    let mut i = 0;
    while i < HOSTED.len() {
        let (module, function, arity) = HOSTED[i];
        natives[i] = Native::new(module, function, arity, BODIES[i / 16][i % 16]);
        i += 1;
    }
    natives
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::host::Scripted;

    #[test]
    fn numbers_and_names_belong_together() {
        assert!(HOSTED.len() <= BODIES.len() * 16, "each number has a body");
        for (i, (module, function, arity)) in HOSTED.iter().enumerate() {
            assert_eq!(number(module, function, *arity), Some(i as u16), "{module}:{function}/{arity} is there once");
            assert_eq!(name(i as u16), Some((*module, *function, *arity)));
        }
        assert_eq!(name(HOSTED.len() as u16), None);
        assert_eq!(number("erlang", "spawn", 4), None);
    }

    #[test]
    fn the_answer_of_the_host_is_the_outcome() {
        type Answer<'a> = Result<&'a [u8], &'a [u8]>;
        let cases: [(Answer<'_>, Outcome); 4] = [
            (Ok(b"\x83\x61\x07"), Ok(Term::small(7))),
            (Err(b"\x83\x77\x06badarg"), Err(Fail::BADARG)),
            (
                Err(b"\x83\x68\x03\x77\x05error\x77\x06badarg\x61\x01"),
                Err(Fail::ErrorCause(atoms::BADARG, Term::small(1))),
            ),
            (Ok(b"\x83\x00"), Err(Fail::Error(atoms::NOTSUP))),
        ];
        for (answer, expected) in cases {
            let answer = answer.map(<[u8]>::to_vec).map_err(<[u8]>::to_vec);
            let mut vm = Scripted { call: Box::new(move |_, _| answer.clone()), ..Scripted::default() }.process();
            assert_eq!(call(&mut vm, 0, &[Term::NIL]), expected);
        }
    }
}
