//! The rows of the tree: supervisors with those under them, and what was started by others below whoever started it.

use std::collections::{BTreeMap, BTreeSet};

use shared::Pid;
use shared::world::{Behaviour, Process, Status, World};

use crate::elixir;

/// Children of one process that are shown; the others are in the table.
const CHILDREN_SHOWN: usize = 200;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) pid: Pid,
    pub(super) depth: usize,
    /// Whether those below it are shown; nothing when nobody is.
    pub(super) is_open: Option<bool>,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) restarts: u32,
    /// `supervisor` or `worker`.
    pub(super) shape: &'static str,
    /// `alive`, `suspended`, `ended` or `crashed`.
    pub(super) state: &'static str,
    /// Why it ended, when it did.
    pub(super) reason: Option<String>,
    /// What else there is to see, in words.
    pub(super) said: String,
}

/// The module of the process that runs scripts; whoever descends from it is part of somebody's program.
const SCRIPT: &str = "Elixir.Kernel.CLI";

/// How the names of modules begin whose processes help the compilers, or serve sessions.
const HELPERS: [&str; 6] = [
    "orrery_",
    "elixir_",
    "Elixir.Module.Parallel",
    "Elixir.Kernel.Parallel",
    "Elixir.Kernel.LexicalTracker",
    "Elixir.IEx.",
];

/// How the names of the modules begin that scripts are compiled to: what runs in them is somebody's program.
const OF_SCRIPTS: &str = "elixir_compiler_";

/// Whether a process is part of the system rather than of somebody's program: it descends from `init` and not from the
/// process that runs scripts, or it is a helper of the compilers.
fn is_of_the_system(world: &World, process: &Process, script: Option<Pid>) -> bool {
    let module = process.role.module.as_str();
    if HELPERS.iter().any(|start| module.starts_with(start)) && !module.starts_with(OF_SCRIPTS) {
        return true;
    }
    let mut next = process;
    loop {
        if next.role.module == SCRIPT {
            return false;
        }
        match next.parent {
            // From the outside: `init`, or what somebody evaluates.
            None => return next.role.module == "init",
            Some(parent) => match world.processes.get(&parent) {
                Some(parent) if parent.pid != next.pid => next = parent,
                // The system had booted before the picture begins; what came later and is forgotten was the program's.
                _ => return script.is_some_and(|script| parent < script),
            },
        }
    }
}

/// The processes of the system.
#[must_use]
pub fn system(world: &World) -> BTreeSet<Pid> {
    let script = world.processes.values().find(|process| process.role.module == SCRIPT).map(|process| process.pid);
    let all = world.processes.values();
    all.filter(|process| is_of_the_system(world, process, script)).map(|process| process.pid).collect()
}

/// How many processes of the program took the place of one that ended, and how many crashed, as far as they are known.
pub(super) fn restarts_and_crashes(world: &World, system: &BTreeSet<Pid>) -> (usize, usize) {
    let ours = || world.processes.values().filter(|process| !system.contains(&process.pid));
    let crashed = ours().filter(|process| process.exit().is_some_and(|exit| exit.is_crash())).count();
    (ours().filter(|process| process.predecessor.is_some()).count(), crashed)
}

/// The rows of a world.
pub(super) fn rows(world: &World, with_system: bool, closed: &BTreeSet<Pid>) -> Vec<Row> {
    let system = system(world);
    let is_shown = |process: &&Process| with_system || !system.contains(&process.pid);
    let replaced: BTreeSet<Pid> = world.processes.values().filter_map(|process| process.predecessor).collect();
    let mut below: BTreeMap<Option<Pid>, Vec<&Process>> = BTreeMap::new();
    for process in world.processes.values().filter(is_shown) {
        // Of those that ended, the ones whose place under a living supervisor nobody has taken yet.
        let waits = world.is_supervised(process) && process.exit().is_some_and(|exit| exit.is_crash());
        if !process.is_alive() && (!waits || replaced.contains(&process.pid)) {
            continue;
        }
        let parent = process.parent.and_then(|parent| world.processes.get(&parent));
        let parent = parent.filter(|parent| parent.is_alive() && is_shown(parent)).map(|parent| parent.pid);
        below.entry(parent).or_default().push(process);
    }
    for children in below.values_mut() {
        // Whoever takes a place stands where the one before stood.
        children.sort_by_key(|process| slot(world, process));
    }
    let mut rows = Vec::new();
    let mut stack: Vec<(&Process, usize)> = below.get(&None).into_iter().flatten().rev().map(|it| (*it, 0)).collect();
    while let Some((process, depth)) = stack.pop() {
        let children = below.get(&Some(process.pid)).map(Vec::as_slice).unwrap_or_default();
        let is_open = !closed.contains(&process.pid);
        rows.push(row(process, depth, (!children.is_empty()).then_some(is_open)));
        if is_open {
            stack.extend(children.iter().take(CHILDREN_SHOWN).rev().map(|child| (*child, depth + 1)));
        }
    }
    rows
}

/// The first of those who had this place.
fn slot(world: &World, process: &Process) -> Pid {
    let mut first = process;
    while let Some(before) = first.predecessor.and_then(|pid| world.processes.get(&pid)) {
        first = before;
    }
    // The one before may be forgotten already; its number is not.
    first.predecessor.unwrap_or(first.pid)
}

fn row(process: &Process, depth: usize, is_open: Option<bool>) -> Row {
    let name = name(process);
    let (state, word) = match &process.status {
        Status::Alive => ("alive", "alive"),
        Status::Suspended => ("suspended", "suspended"),
        Status::Ended(exit) if exit.is_crash() => ("crashed", "crashed"),
        Status::Ended(_) => ("ended", "ended"),
    };
    let reason = process.exit().map(|exit| elixir::line_of(&exit.reason));
    let role = role(process);
    let mut said = format!(", {word}");
    if process.restarts > 0 {
        said.push_str(&format!(", restarted {} times", process.restarts));
    }
    Row {
        pid: process.pid,
        depth,
        is_open,
        role,
        restarts: process.restarts,
        shape: if process.role.is_supervisor() { "supervisor" } else { "worker" },
        state,
        reason,
        said,
        name,
    }
}

/// What a process is called.
#[must_use]
pub fn name(process: &Process) -> String {
    if process.name.is_none() && process.role.module == SCRIPT {
        return "script".to_owned();
    }
    elixir::process_name(process.name.as_ref(), process.pid)
}

/// What a process runs, in words.
fn role(process: &Process) -> String {
    let module = elixir::module(&process.role.module);
    match process.role.behaviour {
        Behaviour::Supervisor => format!("{module} supervisor"),
        Behaviour::DynamicSupervisor => format!("{module} dynamic supervisor"),
        Behaviour::GenServer => format!("{module} server"),
        Behaviour::GenStatem => format!("{module} state machine"),
        Behaviour::GenEvent => "event manager".to_owned(),
        Behaviour::Agent => "agent".to_owned(),
        Behaviour::Task => format!("task {}", process.role.label()),
        Behaviour::Plain if process.role.module == SCRIPT => elixir::pid_text(process.pid),
        Behaviour::Plain => process.role.label(),
    }
}

#[cfg(test)]
mod tests;
