//! Processes of other wasm modules: the examples of the documentation, and modules that mean harm.

use std::path::{Path, PathBuf};
use std::process::Command as Program;
use std::sync::OnceLock;

use sandbox_runtime::kernel::Raise;
use sandbox_runtime::machine::{Machine, Stopped};
use sandbox_runtime::snapshot::Snapshot;
use shared::Term;
use shared::command::Command;
use shared::event::{Event, EventKind, ExitedBy};
use shared::limits::{LimitKind, Limits};
use shared::term::Atom;

use crate::sandbox::{End, Sandbox, end, factory, sandbox, victim, victim_alone};

const MAX_TURNS: u64 = 100_000;

fn documented(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guests").join(name)
}

fn echo() -> Vec<u8> {
    wat::parse_file(documented("echo.wat")).expect("the example is well-formed")
}

fn counter() -> &'static [u8] {
    static COUNTER: OnceLock<Vec<u8>> = OnceLock::new();
    COUNTER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder for the compiled example");
        let out = folder.path().join("counter.wasm");
        let mut rustc = Program::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc.args(["--edition", "2024", "--target", "wasm32-unknown-unknown", "--crate-type", "cdylib"]);
        rustc.args(["-O", "-C", "panic=abort", "-C", "strip=symbols", "-D", "warnings", "-o"]).arg(&out);
        let output = rustc.arg(documented("counter.rs")).output().expect("rustc can be started");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read(out).expect("it was compiled")
    })
}

fn load(machine: &mut Sandbox, name: &str, wasm: &[u8]) -> Result<(), Raise> {
    machine.command(Command::LoadCode { module: Atom::new(name), code: wasm.into() }).map(|_| ())
}

fn with_guest(name: &str, wasm: &[u8], function: &str, arguments: Vec<Term>) -> Sandbox {
    let limits = Limits { process_bytes: 32 << 20, total_reductions: 200_000_000, ..Limits::default() };
    let mut machine = sandbox(limits, "guests", function, arguments);
    load(&mut machine, name, wasm).expect("the module is accepted");
    machine
}

fn run(machine: &mut Sandbox) -> End {
    assert!(matches!(machine.run(MAX_TURNS), Stopped::Idle { .. }));
    let events = machine.take_events();
    end(machine, &events)
}

#[test]
fn a_module_in_wat_sends_messages_back() {
    let mut machine = with_guest("echo", &echo(), "echo", vec![]);
    assert_eq!(run(&mut machine).reason, "{told,{true,true,true}}");
}

#[test]
fn a_module_in_rust_answers_calls_of_the_library() {
    let mut machine = with_guest("counter", counter(), "counter", vec![]);
    let expected = "{told,{[40,42,-8,99992],99993,normal,noproc,killed,undefined}}";
    assert_eq!(run(&mut machine).reason, expected);
}

#[test]
fn a_module_in_rust_is_supervised() {
    let mut machine = with_guest("counter", counter(), "supervised", vec![]);
    assert_eq!(run(&mut machine).reason, "{told,{1,shutdown,true}}");
}

#[test]
fn a_run_with_such_processes_repeats_exactly() {
    let run = || {
        let mut machine = with_guest("counter", counter(), "counter", vec![]);
        machine.run(MAX_TURNS);
        (machine.take_events(), machine.kernel().state_hash())
    };
    assert!(run() == run());
}

#[test]
fn what_a_supervisor_does_is_told() {
    let mut machine = with_guest("counter", counter(), "supervised", vec![]);
    machine.run(MAX_TURNS);
    let acts: Vec<String> = machine
        .take_events()
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Supervision { action, detail } => Some(format!("{action} {detail}")),
            _ => None,
        })
        .collect();
    let first = ["start_child {guests,start_counter}", "child_ended {", "restart_child {one_for_one,counter}"];
    let then = ["start_child {guests,start_counter}", "terminate_child {"];
    for (act, expected) in acts.iter().zip(first.into_iter().chain(then)) {
        assert!(act.starts_with(expected), "{acts:?}");
    }
    assert!(acts.len() >= 5, "{acts:?}");
}

/// What it comes to when it runs to its end.
fn finish(machine: &mut Sandbox) -> (Vec<Event>, Option<u64>) {
    machine.run(MAX_TURNS);
    (machine.take_events(), machine.state_hash())
}

#[test]
fn a_machine_with_such_processes_can_be_saved_forked_and_put_into_a_file() {
    for (name, wasm, function) in
        [("counter", counter(), "counter"), ("counter", counter(), "supervised"), ("echo", &echo(), "echo")]
    {
        let straight = finish(&mut with_guest(name, wasm, function, vec![]));
        let mut with_it = 0;
        for turns in 0..60 {
            let mut machine = with_guest(name, wasm, function, vec![]);
            machine.run(turns);
            let first = machine.take_events();
            let snapshot = machine.snapshot().expect("all of them can be saved");
            with_it += usize::from(snapshot.guest_count() > 1);
            let (_, opened) =
                Snapshot::from_bytes(&snapshot.to_bytes().expect("room"), factory()).expect("what was written");
            assert_eq!(opened.state_hash(), snapshot.state_hash(), "{function} after {turns} turns");
            for mut copy in [Machine::restore(&snapshot), Machine::restore(&opened), machine] {
                let (rest, hash) = finish(&mut copy);
                let events = first.iter().cloned().chain(rest).collect::<Vec<_>>();
                assert!((events, hash) == straight, "{function} after {turns} turns");
            }
        }
        assert!(with_it > 0, "{function}: a process of the module was there {with_it} times");
    }
}

/// A module with the exports of the interface. `parts` replace those of the same name.
fn module(parts: &[(&str, &str)]) -> String {
    let defaults = [
        ("imports", ""),
        ("memory", r#"(memory (export "memory") 2)"#),
        ("buffer", "(i32.const 1024)"),
        ("output", "(i32.const 0)"),
        ("start", "(i32.const 0)"),
        ("deliver", "(i32.const 0)"),
        ("run", "(i32.const 1)"),
        ("others", ""),
    ];
    let part = |name: &str| {
        let given = parts.iter().find(|(given, _)| *given == name);
        given.or_else(|| defaults.iter().find(|(default, _)| *default == name)).map_or("", |(_, text)| text)
    };
    format!(
        r#"(module {imports} {memory}
        (func (export "buffer") (param i32) (result i32) {buffer})
        (func (export "output") (result i32) {output})
        (func (export "start") (param i32) (result i32) {start})
        (func (export "deliver") (param i32) (result i32) {deliver})
        (func (export "run") (param i64) (result i32) {run})
        {others})"#,
        imports = part("imports"),
        memory = part("memory"),
        buffer = part("buffer"),
        output = part("output"),
        start = part("start"),
        deliver = part("deliver"),
        run = part("run"),
        others = part("others"),
    )
}

fn wasm(parts: &[(&str, &str)]) -> Vec<u8> {
    wat::parse_str(module(parts)).unwrap_or_else(|error| panic!("{error}"))
}

/// What becomes of a process of the module, beside an honest sandbox.
#[track_caller]
fn fate(parts: &[(&str, &str)]) -> String {
    let mut machine = with_guest("hostile", &wasm(parts), "fate", vec![Term::atom("hostile")]);
    let mut other = victim();
    let mut events = Vec::new();
    while machine.run(1) == Stopped::TurnLimit {
        other.run(1);
        events.extend(machine.take_events());
    }
    other.run(MAX_TURNS);
    assert!(other.take_events() == *victim_alone(), "the honest sandbox did what it does alone");
    let end = end(&machine, &events);
    assert_eq!(end.by, Some(ExitedBy::Itself), "{end:?}");
    let told = end.reason.strip_prefix("{told,").and_then(|reason| reason.strip_suffix('}'));
    told.expect("the program tells what it saw").to_owned()
}

#[track_caller]
fn faults(parts: &[(&str, &str)], text: &str) {
    let fate = fate(parts);
    assert!(fate.starts_with("{guest_fault,") && fate.contains(text), "{fate}");
}

const NO_FUEL: &str = "fuel";

#[test]
fn a_module_that_does_nothing_lives() {
    assert_eq!(fate(&[]), "lives");
}

#[test]
fn what_never_ends_is_ended() {
    for export in ["buffer", "output", "start", "deliver", "run"] {
        faults(&[(export, "(loop (br 0)) (unreachable)")], NO_FUEL);
    }
    let fill = "(loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 131072)) (br 0)) (unreachable)";
    faults(&[("run", fill)], NO_FUEL);
    let import = r#"(import "orrery" "random" (func $random (param i32 i32)))"#;
    let random = "(loop (call $random (i32.const 0) (i32.const 100000)) (br 0)) (unreachable)";
    faults(&[("imports", import), ("run", random)], NO_FUEL);
    // It always wants to go on, and never does anything: that has an end as every loop has.
    let machine = with_guest("hostile", &wasm(&[("run", "(i32.const 0)")]), "fate", vec![Term::atom("hostile")]);
    let mut machine = machine;
    machine.run(MAX_TURNS);
    assert!(machine.kernel().total_reductions() > 0);
}

#[test]
fn recursion_without_end_is_a_trap() {
    faults(&[("others", "(func $f (call $f) (drop (i32.const 1)))"), ("run", "(call $f) (i32.const 1)")], "stack");
}

#[test]
fn memory_is_limited() {
    let grow = "(loop (drop (memory.grow (i32.const 16))) (br 0)) (unreachable)";
    assert_eq!(fate(&[("run", grow)]), "{system_limit,process_bytes}");
    let large = r#"(memory (export "memory") 60000)"#;
    let limited = fate(&[("memory", large), ("run", "(drop (memory.grow (i32.const 1))) (i32.const 1)")]);
    assert_eq!(limited, "{system_limit,process_bytes}");
}

#[test]
fn traps_are_exit_reasons() {
    faults(&[("run", "(unreachable)")], "unreachable");
    faults(&[("run", "(i32.div_u (i32.const 1) (i32.const 0))")], "divide by zero");
    faults(&[("run", "(i32.load (i32.const -4))")], "out of bounds");
    faults(&[("start", "(i32.const 5)")], "");
    faults(&[("deliver", "(i32.const 9)")], "");
    faults(&[("run", "(i32.const 77)")], "status 77");
}

#[test]
fn lies_about_addresses_and_lengths_are_found_out() {
    faults(&[("buffer", "(i32.const -1)")], "");
    faults(&[("buffer", "(i32.const 131071)")], "");
    faults(&[("output", "(i32.const -8)")], "outside");
    // The block says that there are 4 GiB.
    let block = "(i64.store (i32.const 0) (i64.const -1)) (i32.const 3)";
    faults(&[("run", block)], "outside");
    let send = r#"(import "orrery" "send" (func $send (param i32 i32 i32 i32) (result i64)))"#;
    let from_outside = "(drop (call $send (i32.const 0) (i32.const 9) (i32.const 8) (i32.const -1))) (i32.const 1)";
    faults(&[("imports", send), ("run", from_outside)], "outside");
    let no_term = "(drop (call $send (i32.const 0) (i32.const 9) (i32.const 8) (i32.const 9))) (i32.const 1)";
    faults(&[("imports", send), ("run", no_term)], "no term");
    let call = r#"(import "orrery" "call" (func $call (param i32 i32 i32) (result i64)))"#;
    let no_arguments = "(drop (call $call (i32.const 1) (i32.const 8) (i32.const 9))) (i32.const 1)";
    faults(&[("imports", call), ("run", no_arguments)], "no term");
    let reply = r#"(import "orrery" "reply" (func $reply (param i32)))"#;
    let announce = r#"(import "orrery" "module" (func $module (param i32 i32) (result i64)))"#;
    let imports = format!("{reply} {announce}");
    let nothing = "(call $reply (i32.const -1)) (i32.const 1)";
    faults(&[("imports", &imports), ("run", nothing)], "out of bounds");
    // An exit reason that is none.
    faults(&[("run", "(i32.store (i32.const 4) (i32.const 3)) (i32.const 3)")], "no term");
}

/// It says that its mailbox is overfull, that it uses nothing, and that it has all memory there is.
#[test]
fn lies_about_itself_hurt_nobody_else() {
    let lies = "(i64.store (i32.const 24) (i64.const -1)) (i32.const 1)";
    assert_eq!(fate(&[("run", lies)]), "{system_limit,mailbox_messages}");
    let lies = "(i64.store (i32.const 40) (i64.const -1)) (i32.const 1)";
    assert_eq!(fate(&[("run", lies)]), "{system_limit,process_bytes}");
}

/// A call of a function that does not exist, and one with the wrong arguments.
#[test]
fn unknown_calls_are_answered_with_an_error() {
    let call = r#"(import "orrery" "call" (func $call (param i32 i32 i32) (result i64)))"#;
    // `[]` is a term.
    let nil = "(i32.store16 (i32.const 8) (i32.const 0x6a83))";
    for number in ["-1", "60000", "0"] {
        let run = format!(
            "{nil} (if (i64.eqz (i64.and (i64.const 0x100000000) \
             (call $call (i32.const {number}) (i32.const 8) (i32.const 2)))) (then (unreachable))) (i32.const 1)"
        );
        assert_eq!(fate(&[("imports", call), ("run", &run)]), "lives", "{number}");
    }
}

#[test]
fn modules_are_refused_before_they_are_compiled() {
    let refused = |parts: &[(&str, &str)], cause: &'static str| {
        let mut machine = sandbox(Limits::default(), "guests", "echo", vec![]);
        assert_eq!(load(&mut machine, "hostile", &wasm(parts)), Err(Raise::BadargCause(cause)));
    };
    refused(&[("others", "(func $f) (start $f)")], "wasm_start_function");
    refused(&[("imports", r#"(import "wasi" "exit" (func))"#)], "wasm_unknown_import");
    refused(&[("imports", r#"(import "orrery" "format_disk" (func))"#)], "wasm_unknown_import");
    refused(&[("imports", r#"(import "orrery" "receive" (func (param i32)))"#)], "wasm_unknown_import");
    refused(&[("imports", r#"(import "orrery" "memory" (memory 1))"#)], "wasm_unknown_import");
    refused(&[("memory", "")], "wasm_memory");
    refused(&[("memory", "(memory 1)")], "wasm_memory");
    refused(&[("others", "(table 70000 funcref)")], "wasm_table_too_large");
    refused(&[("others", "(memory 1 1 shared)"), ("memory", "")], "wasm_memory");
    let shared = r#"(memory (export "memory") 1 1 shared)"#;
    refused(&[("memory", shared)], "invalid_wasm");
    let table = "(table 1 funcref) (func $f) (elem declare func $f) \
                 (func (table.set (i32.const 0) (ref.func $f)))";
    refused(&[("others", table)], "wasm_hidden_state");
    refused(&[("others", r#"(data "passive")"#)], "wasm_hidden_state");
    let relaxed = "(func (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0)))";
    refused(&[("others", relaxed)], "invalid_wasm");
    refused(&[("others", &format!("(func (local {}))", "i64 ".repeat(3_000)))], "wasm_function_too_large");
    let nested = format!("(func {} {})", "(block ".repeat(600), ")".repeat(600));
    refused(&[("others", &nested)], "wasm_function_too_large");
    let jumps = format!("(func (block (br_table {} (i32.const 0))))", "0 ".repeat(30_000));
    refused(&[("others", &jumps)], "wasm_function_too_large");
    let long = format!("(func {})", "(drop (i32.const 123456789))".repeat(40_000));
    refused(&[("others", &long)], "wasm_function_too_large");
    refused(&[("others", &"(func)".repeat(30_000))], "wasm_too_many_items");
    let mut machine = sandbox(Limits::default(), "guests", "echo", vec![]);
    for damaged in [&b"\0asm"[..], b"\0asm\x01\0\0\0", b"\0asm\x01\0\0\0\xff\xff\xff\xff\x0f", b"\0asm\x0d\0\x01\0"] {
        assert!(load(&mut machine, "hostile", damaged).is_err());
    }
    let missing = wat::parse_str(r#"(module (memory (export "memory") 1))"#).expect("well-formed");
    assert_eq!(load(&mut machine, "hostile", &missing), Err(Raise::BadargCause("wasm_missing_export")));
}

/// As much as the scan lets through: it is compiled in a bounded time, or its process ends.
#[test]
fn the_largest_modules_do_not_hold_up_the_server() {
    let body = "(drop (i32.add (i32.const 1) (i32.const 2)))".repeat(10_000);
    let many = format!("(func {body})").repeat(10);
    let fate = fate(&[("others", &many)]);
    assert!(["lives", "{system_limit,turn_time}"].contains(&fate.as_str()), "{fate}");
}

#[test]
fn a_module_that_is_replaced_lives_on_in_its_processes() {
    let mut machine = with_guest("counter", counter(), "fate", vec![Term::atom("counter"), Term::Int(0)]);
    machine.run(4);
    load(&mut machine, "counter", &echo()).expect("accepted");
    assert_eq!(run(&mut machine).reason, "{told,lives}");
    assert_eq!(machine.kernel().code().get(&Atom::new("counter")).map(|module| module.version), Some(2));
    assert_eq!(end(&machine, &[]).reached, Vec::<LimitKind>::new());
}
