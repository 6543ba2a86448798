//! What a process runs, as people say it: the module behind `proc_lib` and the generic behaviours.

use serde::{Deserialize, Serialize};

use crate::event::Entry;
use crate::term::Term;

/// What a process runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The behaviour that it follows.
    pub behaviour: Behaviour,
    /// The module that says what it does: the callback module of a behaviour.
    pub module: String,
    /// The function that it began in; `init` for behaviours.
    pub function: String,
    /// How many arguments that function has.
    pub arity: usize,
}

/// Which behaviour of OTP or Elixir a process follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// `supervisor`, which Elixir's `Supervisor` is too.
    Supervisor,
    /// Elixir's `DynamicSupervisor`, and `Task.Supervisor` with it.
    DynamicSupervisor,
    /// `gen_server`
    GenServer,
    /// `gen_statem`
    GenStatem,
    /// `gen_event`
    GenEvent,
    /// Elixir's `Agent`.
    Agent,
    /// Elixir's `Task`.
    Task,
    /// None that is known.
    Plain,
}

impl Role {
    /// Reads it from the first call of a process (`proc_lib:init_p`, `gen:init_it`; see the modules of those names in
    /// Erlang/OTP).
    pub(super) fn of(entry: &Entry) -> Role {
        let arguments = entry.args.decode().ok();
        let arguments = arguments.as_ref().and_then(Term::as_list).unwrap_or_default();
        call(entry.module.as_str(), entry.function.as_str(), arguments)
    }

    /// Whether it starts and restarts others.
    pub fn is_supervisor(&self) -> bool {
        matches!(self.behaviour, Behaviour::Supervisor | Behaviour::DynamicSupervisor)
    }

    /// Module, function and arity, as in `Counter.init/1` and `lists:seq/2`.
    pub fn label(&self) -> String {
        match self.module.strip_prefix("Elixir.") {
            Some(module) => format!("{module}.{}/{}", self.function, self.arity),
            None => format!("{}:{}/{}", self.module, self.function, self.arity),
        }
    }

    fn plain(module: &str, function: &str, arity: usize) -> Role {
        Role { behaviour: Behaviour::Plain, module: module.into(), function: function.into(), arity }
    }

    fn behaving(behaviour: Behaviour, module: &str) -> Role {
        Role { behaviour, module: module.into(), function: "init".into(), arity: 1 }
    }
}

/// The role behind a call.
fn call(module: &str, function: &str, arguments: &[Term]) -> Role {
    match (module, function, arguments) {
        ("proc_lib", "init_p", [_, _, fun]) | ("erlang", "apply", [fun, Term::Nil]) => of_fun(fun),
        ("proc_lib", "init_p", [_, _, module, function, arguments]) => of_call(module, function, arguments),
        ("erlang", "apply", [module, function, arguments]) => of_call(module, function, arguments),
        ("gen", "init_it", [generic, _, _, module, arguments, _]) => generic_process(generic, module, arguments),
        ("gen", "init_it", [generic, _, _, _, module, arguments, _]) => generic_process(generic, module, arguments),
        ("Elixir.Task.Supervised", _, arguments) => task(arguments),
        _ => Role::plain(module, function, arguments.len()),
    }
}

fn of_call(module: &Term, function: &Term, arguments: &Term) -> Role {
    let name = |term: &Term| term.as_atom().unwrap_or("?").to_owned();
    call(&name(module), &name(function), arguments.as_list().unwrap_or_default())
}

fn of_fun(fun: &Term) -> Role {
    use crate::term::Fun;
    match fun {
        Term::Fun(Fun::External(fun)) => {
            Role::plain(fun.module.as_str(), fun.function.as_str(), usize::from(fun.arity))
        }
        Term::Fun(Fun::Internal(fun)) => Role::plain(fun.module.as_str(), "fn", 0),
        _ => Role::plain("?", "fn", 0),
    }
}

fn generic_process(generic: &Term, module: &Term, arguments: &Term) -> Role {
    let module = module.as_atom().unwrap_or("?");
    // The second element of a supervisor's own argument names the module with its children.
    let callback = |at: usize| arguments.as_tuple().and_then(|parts| parts.get(at)).and_then(Term::as_atom);
    match (generic.as_atom().unwrap_or_default(), module) {
        ("gen_server", "supervisor") => Role::behaving(Behaviour::Supervisor, callback(1).unwrap_or(module)),
        ("gen_server", "Elixir.DynamicSupervisor") => {
            Role::behaving(Behaviour::DynamicSupervisor, callback(0).unwrap_or(module))
        }
        ("gen_server", "Elixir.Agent.Server") => Role::behaving(Behaviour::Agent, "Elixir.Agent"),
        ("gen_statem", module) => Role::behaving(Behaviour::GenStatem, module),
        ("gen_event", _) => Role::behaving(Behaviour::GenEvent, "gen_event"),
        (_, module) => Role::behaving(Behaviour::GenServer, module),
    }
}

/// The arguments of `Task.Supervised` end with `{Module, Function, Arguments}`, where a fun is a call of `erlang:apply/2`.
fn task(arguments: &[Term]) -> Role {
    let call = arguments.iter().rev().find_map(|argument| match argument.as_tuple() {
        Some([module, function, arguments]) if module.as_atom().is_some() => Some((module, function, arguments)),
        _ => None,
    });
    let role = match call {
        Some((module, function, arguments)) => of_call(module, function, arguments),
        None => Role::plain("Elixir.Task", "start", arguments.len()),
    };
    Role { behaviour: Behaviour::Task, ..role }
}
