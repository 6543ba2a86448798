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
    /// All of that in words.
    pub(super) said: String,
}

/// Applications whose processes are there in every sandbox.
const SYSTEM: [&str; 25] = [
    "init",
    "kernel",
    "kernel_sup",
    "kernel_refc",
    "kernel_config",
    "application_controller",
    "application_master",
    "code_server",
    "user",
    "user_sup",
    "user_drv",
    "logger",
    "logger_sup",
    "logger_proxy",
    "logger_server",
    "logger_std_h",
    "logger_olp",
    "logger_h_common",
    "logger_handler_watcher",
    "erl_prim_loader",
    "erl_signal_handler",
    "file_server",
    "standard_error",
    "supervisor_bridge",
    "rpc",
];

/// Whether a process is part of the system rather than of somebody's program: it is one of those that are there in every
/// sandbox, or was started by one.
#[must_use]
pub fn is_of_the_system(world: &World, process: &Process) -> bool {
    let mut next = Some(process);
    // The first of all processes is its own beginning; no chain is longer than this.
    for _ in 0..64 {
        let Some(process) = next else { return false };
        let module = process.role.module.as_str();
        let is_elixirs =
            ["Elixir.Logger", "elixir_", "Elixir.IEx", "orrery_", "group", "prim_", "global", "inet", "erts_"];
        let names = process.name.as_ref().map(|name| name.as_str());
        let is_known = |text: &str| SYSTEM.contains(&text) || is_elixirs.iter().any(|start| text.starts_with(start));
        if is_known(module) || names.is_some_and(is_known) {
            return true;
        }
        next = process.parent.and_then(|parent| world.processes.get(&parent)).filter(|_| module == "?");
    }
    false
}

/// The rows of a world.
pub(super) fn rows(world: &World, with_system: bool, closed: &BTreeSet<Pid>) -> Vec<Row> {
    let is_shown = |process: &&Process| with_system || !is_of_the_system(world, process);
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
    let name = elixir::process_name(process.name.as_ref(), process.pid);
    let (state, word) = match &process.status {
        Status::Alive => ("alive", "alive"),
        Status::Suspended => ("suspended", "suspended"),
        Status::Ended(exit) if exit.is_crash() => ("crashed", "crashed"),
        Status::Ended(_) => ("ended", "ended"),
    };
    let reason = process.exit().map(|exit| elixir::line_of(&exit.reason));
    let role = role(process);
    let mut said = format!("{name}, {role}, {word}");
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
        Behaviour::Plain => process.role.label(),
    }
}

#[cfg(test)]
mod tests;
