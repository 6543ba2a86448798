//! Every function that the packed library leaves to the runtime system is there.
//!
//! What is left to it is read from the library itself: functions that a module calls and that their module does not export, and
//! functions whose whole body says that something else stands in for them (`erlang:nif_error/1,2`). The ones that are
//! missing on purpose are listed in [`LEFT_OUT`], with the reason.

use std::collections::{BTreeMap, BTreeSet};

use beam::loader::{Arg, BeamFile, Limits, Op, parse};
use shared::bundle::{Bundle, Kind};
use tests::reference;

/// Module, name and number of arguments.
type Function = (String, String, u32);

/// What a sandbox does not have: modules as a whole, or single functions. A call raises what the library's own stub raises.
const LEFT_OUT: &[(&str, &str, &str)] = &[
    ("prim_net", "*", "there is no network"),
    ("prim_socket", "*", "there is no network"),
    ("prim_tty", "*", "the console is the io server's, which needs no terminal"),
    ("dyntrace", "*", "no tracer of the operating system"),
    ("erl_tracer", "*", "the machine records every process from outside, so programs get no tracers"),
    ("erts_trace_cleaner", "*", "a process of OTP's own that does not run here"),
    ("erts_literal_area_collector", "*", "a process of OTP's own that does not run here"),
    ("erts_internal", "check_dirty_process_code", "there are no dirty schedulers"),
    ("erts_debug", "dirty", "there are no dirty schedulers"),
    ("erts_debug", "dirty_cpu", "there are no dirty schedulers"),
    ("erts_debug", "dirty_io", "there are no dirty schedulers"),
    ("erts_debug", "dist_ext_to_term", "there are no other nodes"),
    ("erts_internal", "get_dflags", "there are no other nodes"),
    ("erts_internal", "new_connection", "there are no other nodes"),
    ("erts_debug", "map_info", "what large maps of OTP look like inside"),
    ("erts_internal", "map_hashmap_children", "what large maps of OTP look like inside"),
    ("erts_internal", "ets_lookup_binary_info", "what tables of OTP look like inside"),
    ("erts_internal", "ets_raw_first", "what tables of OTP look like inside"),
    ("erts_internal", "ets_raw_next", "what tables of OTP look like inside"),
    ("erlang", "garbage_collect_message_area", "OTP itself no longer has it"),
    ("crypto", "nif_stub_error", "it raises for the other stubs"),
    ("eunit_test", "nonexisting_function", "a test of EUnit's own, of what is not there"),
];

/// Functions of a module that say `erlang:nif_error` and nothing else, by name and number of arguments.
fn stubs(file: &BeamFile) -> BTreeSet<(String, u32)> {
    let mut stubs = BTreeSet::new();
    let mut current = None;
    let (mut calls, mut other) = (0, 0);
    let mut close = |current: &mut Option<(String, u32)>, calls: usize, other: usize| {
        if let Some(function) = current.take().filter(|_| calls > 0 && other == 0) {
            stubs.insert(function);
        }
    };
    for instruction in &file.code {
        match (instruction.op, &*instruction.args) {
            (Op::FuncInfo, [_, Arg::Atom(name), Arg::Unsigned(arity)]) => {
                close(&mut current, calls, other);
                current = Some((file.atoms[*name as usize].clone(), u32::try_from(*arity).unwrap()));
                (calls, other) = (0, 0);
            }
            (Op::CallExt | Op::CallExtOnly | Op::CallExtLast, [_, Arg::Unsigned(import), ..]) => {
                let (module, function, _) = file.imports[usize::try_from(*import).unwrap()];
                let name = [module, function].map(|atom| file.atoms[atom as usize].as_str());
                if name == ["erlang", "nif_error"] { calls += 1 } else { other += 1 }
            }
            (Op::Return | Op::Call | Op::CallOnly | Op::CallLast, _) => other += 1,
            _ => {}
        }
    }
    close(&mut current, calls, other);
    stubs
}

#[test]
fn nothing_that_the_library_needs_is_missing() {
    let file = reference::library().unwrap();
    let library = Bundle::parse(&file).unwrap().library().unwrap();
    let mut exports = BTreeMap::new();
    let mut needed: BTreeMap<Function, BTreeSet<String>> = BTreeMap::new();
    let mut all_stubs: BTreeSet<Function> = BTreeSet::new();
    for entry in library.entries().iter().filter(|entry| entry.kind == Kind::Module) {
        let file = parse(library.content(entry), &Limits::default()).unwrap();
        let name = |atom: u32| file.atoms[atom as usize].clone();
        let exported: BTreeSet<(String, u32)> = file.exports.iter().map(|(f, arity, _)| (name(*f), *arity)).collect();
        exports.insert(entry.name.clone(), exported);
        for (function, arity) in stubs(&file) {
            let stub = (entry.name.clone(), function, arity);
            needed.entry(stub.clone()).or_default().insert(entry.name.clone());
            all_stubs.insert(stub);
        }
        for (module, function, arity) in &file.imports {
            let import = (name(*module), name(*function), *arity);
            needed.entry(import).or_default().insert(entry.name.clone());
        }
    }
    let natives: BTreeSet<Function> = beam::natives::all()
        .map(|native| (native.module.to_owned(), native.function.to_owned(), u32::from(native.arity)))
        .collect();
    let mut missing = Vec::new();
    for (function, users) in &needed {
        let (module, name, arity) = function;
        let Some(exported) = exports.get(module) else { continue };
        let is_code = exported.contains(&(name.clone(), *arity)) && !all_stubs.contains(function);
        let is_left_out = LEFT_OUT.iter().any(|(m, f, _)| *m == module && (*f == name || *f == "*"));
        if !natives.contains(function) && !is_left_out && !is_code {
            missing.push(format!("{module}:{name}/{arity} {users:?}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
