//! What the kernel knows of a process (`erlang:process_info/2`).

use shared::term::{Atom, LOCAL_NODE};
use shared::{Pid, Term};

use super::{Kernel, Process, RunState};

/// The answer to a question about a process.
#[derive(Clone, Debug, PartialEq)]
pub enum Info {
    /// It is not alive.
    Dead,
    /// Only the guest knows.
    AskGuest,
    /// This.
    Value(Term),
}

impl Kernel {
    /// `is_process_alive/1`. Signals that the caller sent to it before have acted, as Erlang/OTP promises.
    pub fn is_process_alive(&mut self, target: Pid) -> bool {
        self.flush_signals(target);
        self.process(target).is_some()
    }

    /// One item of `process_info/2`, without the name of the item. The name of a process that has none is `[]`.
    pub fn process_info(&mut self, target: Pid, item: &str) -> Info {
        self.flush_signals(target);
        match self.process(target) {
            None => Info::Dead,
            Some(process) => info(process, item).map_or(Info::AskGuest, Info::Value),
        }
    }
}

fn info(process: &Process, item: &str) -> Option<Term> {
    let number = |value: u64| Term::from(value);
    let pids = |pids: &mut dyn Iterator<Item = Pid>| Term::list(pids.map(Term::pid));
    Some(match item {
        "links" => {
            let active = process.links.iter().filter(|(_, link)| link.unlinking.is_none());
            pids(&mut active.map(|(&peer, _)| peer))
        }
        "monitors" => Term::list(process.monitors.values().map(|monitor| {
            let node = || Term::from(Atom::new(LOCAL_NODE));
            let object = match &monitor.name {
                Some(name) => Term::tuple([Term::from(name.clone()), node()]),
                None => monitor.target.map_or(Term::Nil, Term::pid),
            };
            Term::tuple([Term::atom("process"), object])
        })),
        "monitored_by" => pids(&mut process.monitored_by.values().copied()),
        "registered_name" => process.name.clone().map_or(Term::Nil, Term::from),
        "group_leader" => Term::pid(process.group_leader),
        "trap_exit" => Term::bool(process.flags.trap_exit),
        "priority" => Term::atom(process.flags.priority.name()),
        "status" => Term::atom(status(process)),
        "parent" => process.parent.map_or_else(|| Term::atom("undefined"), Term::pid),
        "message_queue_len" => number(process.mailbox.messages()),
        "suspending" => Term::list(
            process
                .suspending
                .iter()
                .map(|(&target, &count)| Term::tuple([Term::pid(target), Term::Int(i64::from(count)), Term::Int(0)])),
        ),
        _ => return None,
    })
}

fn status(process: &Process) -> &'static str {
    match process.state {
        _ if process.is_suspended() => "suspended",
        RunState::Running => "running",
        RunState::Runnable => "runnable",
        RunState::Waiting { .. } if !process.deliveries.is_empty() => "runnable",
        RunState::Waiting { .. } => "waiting",
    }
}
