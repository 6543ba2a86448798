//! A machine at one moment, in words: its time, its processes and where each of them is in its code.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::kernel::{Process, RunState};
use sandbox_runtime::machine::Machine;
use sandbox_runtime::timeline::Timeline;
use sandbox_runtime::workbench::Workbench;
use shared::{Pid, Term};

/// Calls of a stack that are shown.
const CALLS: usize = 4;

/// Describes where a timeline is, without the processes that every sandbox begins with.
pub(super) fn describe(timeline: &mut Timeline<WasmFactory>, workbench: &Workbench) -> String {
    let turns = timeline.position().turns;
    let machine = timeline.machine_mut();
    let (at, last) = (machine.kernel().now(), machine.kernel().last_seq().0);
    let micros = at.nanos() / 1_000;
    let booted: BTreeSet<Pid> = workbench.pids().collect();
    let pids: Vec<Pid> = machine.kernel().pids().filter(|pid| !booted.contains(pid)).collect();
    let mut text = format!(
        "\nevent {last}, {}.{:03} ms, after turn {turns}: {} processes besides those of the system\n",
        micros / 1_000,
        micros % 1_000,
        pids.len()
    );
    for pid in pids {
        process(machine, pid, &mut text);
    }
    text
}

fn process(machine: &mut Machine<WasmFactory>, pid: Pid, text: &mut String) {
    let Some(known) = machine.kernel().process(pid) else { return };
    let state = state(known);
    let waiting = known.mailbox().messages();
    let name = known.name.as_ref().map_or_else(|| initial_call(known), ToString::to_string);
    // Text grows without failing.
    writeln!(text, "  {} {name}: {state}, {waiting} messages wait", Term::pid(pid)).ok();
    let stack = machine.inspect(pid, "current_stacktrace").and_then(|stack| stack.decode().ok());
    for call in stack.as_ref().and_then(Term::as_list).unwrap_or_default().iter().take(CALLS) {
        if let Some(call) = call_text(call) {
            writeln!(text, "      {call}").ok();
        }
    }
}

fn state(process: &Process) -> &'static str {
    match process.state {
        _ if process.is_suspended() => "suspended",
        RunState::Runnable | RunState::Running => "runs",
        RunState::Waiting { .. } => "waits for a message",
    }
}

fn initial_call(process: &Process) -> String {
    format!("{}:{}", process.entry.module, process.entry.function)
}

/// `Module:function/arity (file:line)`
fn call_text(call: &Term) -> Option<String> {
    let [module, function, arity, location] = call.as_tuple()? else { return None };
    let arity = arity.as_int().or_else(|| i64::try_from(arity.as_list()?.len()).ok())?;
    let item = |name: &str| {
        let pairs = location.as_list()?.iter().filter_map(Term::as_tuple);
        pairs.filter(|pair| pair.first().is_some_and(|key| key.is_atom(name))).find_map(|pair| pair.get(1).cloned())
    };
    let characters = |list: &Term| -> Option<String> {
        let character = |code: &Term| char::from_u32(u32::try_from(code.as_int()?).ok()?);
        list.as_list()?.iter().map(character).collect()
    };
    let mut text = format!("{}:{}/{arity}", module.as_atom()?, function.as_atom()?);
    if let (Some(file), Some(line)) = (item("file").as_ref().and_then(characters), item("line")) {
        write!(text, " ({file}:{line})").ok();
    }
    Some(text)
}
