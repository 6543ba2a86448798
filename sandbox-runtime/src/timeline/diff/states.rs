//! In what two machines differ.

use std::collections::BTreeSet;

use shared::recording::StateDifference;
use shared::term::Atom;
use shared::{Etf, Pid, Term};

use crate::guest::GuestFactory;
use crate::kernel::info::Info;
use crate::kernel::{Kernel, RunState};
use crate::machine::Machine;

/// Items of `process_info/2` that the kernel knows.
const KERNEL_ITEMS: [&str; 7] =
    ["registered_name", "links", "monitors", "monitored_by", "trap_exit", "group_leader", "message_queue_len"];
/// Items that the guest knows.
const GUEST_ITEMS: [&str; 3] = ["messages", "dictionary", "current_stacktrace"];
/// Keys of a table that differ, at most; more would help nobody.
const MOST_OBJECTS: usize = 20;

struct Differences(Vec<StateDifference>);

impl Differences {
    fn add(&mut self, subject: &str, field: &str, left: Option<Etf>, right: Option<Etf>) {
        if left != right {
            let (subject, field) = (subject.to_owned(), field.to_owned());
            self.0.push(StateDifference { subject, field, left, right });
        }
    }
}

/// In what two machines differ: the clock, processes, names, tables, what was written to the console. Looking changes neither of
/// them.
pub fn state_differences<F: GuestFactory>(left: &mut Machine<F>, right: &mut Machine<F>) -> Vec<StateDifference> {
    let mut all = Differences(Vec::new());
    let (one, other) = (left.kernel(), right.kernel());
    let number = |value: u64| Some(Etf::of(&Term::from(value)));
    all.add("clock", "monotonic_time", number(one.now().nanos()), number(other.now().nanos()));
    all.add("system", "total_reductions", number(one.total_reductions()), number(other.total_reductions()));
    all.add("console", "output", output(one), output(other));
    names(&mut all, one, other);
    tables(&mut all, one, other);
    let pids: BTreeSet<Pid> = one.pids().chain(other.pids()).collect();
    for pid in pids {
        process(&mut all, pid, left, right);
    }
    all.0
}

fn output(kernel: &Kernel) -> Option<Etf> {
    Some(Etf::of(&Term::binary(kernel.console().output())))
}

fn names(all: &mut Differences, one: &Kernel, other: &Kernel) {
    let names: BTreeSet<&Atom> = one.registered().chain(other.registered()).collect();
    for name in names {
        let owner = |kernel: &Kernel| kernel.whereis(name).map(|pid| Etf::of(&Term::pid(pid)));
        all.add("names", name.as_str(), owner(one), owner(other));
    }
}

fn tables(all: &mut Differences, one: &Kernel, other: &Kernel) {
    let ids: BTreeSet<_> = one.ets().iter().chain(other.ets().iter()).map(|table| table.id).collect();
    for id in ids {
        let (left, right) = (one.ets().get(id), other.ets().get(id));
        let Some(either) = left.or(right) else { continue };
        let subject = format!("table {} {id}", either.name);
        let owner = |table: &crate::kernel::ets::Table| Etf::of(&Term::pid(table.owner));
        all.add(&subject, "owner", left.map(owner), right.map(owner));
        let (Some(left), Some(right)) = (left, right) else { continue };
        let differing = left.differing_objects(right).into_iter().take(MOST_OBJECTS);
        for (key, left, right) in differing {
            all.add(&subject, &format!("objects of {key}"), left.map(|it| Etf::of(&it)), right.map(|it| Etf::of(&it)));
        }
    }
}

fn process<F: GuestFactory>(all: &mut Differences, pid: Pid, left: &mut Machine<F>, right: &mut Machine<F>) {
    let subject = format!("process {pid}");
    let entry = |kernel: &Kernel| {
        let entry = &kernel.process(pid)?.entry;
        Some(Etf::of(&Term::tuple([entry.module.clone().into(), entry.function.clone().into()])))
    };
    let (one, other) = (left.kernel(), right.kernel());
    all.add(&subject, "initial_call", entry(one), entry(other));
    if one.process(pid).is_none() || other.process(pid).is_none() {
        return;
    }
    let status = |kernel: &Kernel| {
        let process = kernel.process(pid)?;
        let text = match process.state {
            _ if process.is_suspended() => "suspended",
            RunState::Runnable => "runnable",
            RunState::Running => "running",
            RunState::Waiting { .. } => "waiting",
        };
        Some(Etf::atom(text))
    };
    all.add(&subject, "status", status(one), status(other));
    let reductions = |kernel: &Kernel| kernel.process(pid).map(|process| Etf::of(&Term::from(process.reductions)));
    all.add(&subject, "reductions", reductions(one), reductions(other));
    let (mut one, mut other) = (one.clone(), other.clone());
    for item in KERNEL_ITEMS {
        let value = |kernel: &mut Kernel| match kernel.process_info(pid, item) {
            Info::Value(value) => Some(Etf::of(&value)),
            Info::Dead | Info::AskGuest => None,
        };
        all.add(&subject, item, value(&mut one), value(&mut other));
    }
    if left.guest_digest(pid).is_some_and(|digest| Some(digest) == right.guest_digest(pid)) {
        return;
    }
    for item in GUEST_ITEMS {
        all.add(&subject, item, left.inspect(pid, item), right.inspect(pid, item));
    }
}
