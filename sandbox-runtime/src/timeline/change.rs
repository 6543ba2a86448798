//! Commands that change what a process is.

use shared::command::Command;
use shared::event::Entry;
use shared::{Etf, Pid, Term};

/// Gives the state of an OTP process (`gen_server`, `gen_statem`, `gen_event` and what is built on them) another value, as
/// `sys:replace_state(Pid, fun(_) -> State end)` does. A process is spawned for it, and the change is made when the other one
/// takes its message; one that follows no system messages (`sys`) is not changed.
pub fn replace_state(pid: Pid, state: Term) -> Command {
    let line = Term::Int(1);
    let node = |parts: &[Term]| Term::tuple(parts.to_vec());
    let atom = |text: &str| node(&[Term::atom("atom"), line.clone(), Term::atom(text)]);
    let variable = |name: &str| node(&[Term::atom("var"), line.clone(), Term::atom(name)]);
    let body = Term::list([variable("State")]);
    let clause = node(&[Term::atom("clause"), line.clone(), Term::list([variable("_")]), Term::Nil, body]);
    let clauses = node(&[Term::atom("clauses"), Term::list([clause])]);
    let fun = node(&[Term::atom("fun"), line.clone(), clauses]);
    let function = node(&[Term::atom("remote"), line.clone(), atom("sys"), atom("replace_state")]);
    let call = node(&[Term::atom("call"), line.clone(), function, Term::list([variable("Pid"), fun])]);
    let bindings = [node(&[Term::atom("Pid"), Term::pid(pid)]), node(&[Term::atom("State"), state])];
    let arguments = Term::list([Term::list([call]), Term::list(bindings), Term::atom("none")]);
    Command::Spawn { entry: Entry::new("erl_eval", "exprs", Etf::of(&arguments)), group_leader: None, name: None }
}
