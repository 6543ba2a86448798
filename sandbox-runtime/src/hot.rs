//! New code for a sandbox that runs: its processes go on with it, as in an upgrade of a release.
//!
//! What is to be done is a command, and what came of it is an event: the end of the process that the command starts.

use shared::command::Command;
use shared::event::Entry;
use shared::term::Atom;
use shared::{Etf, Pid, Term};

use crate::compile::{DIRECTORY, EBIN, Module};

/// The command that loads these modules in place of those of the same names. Its outcome is the process that does it; the
/// reason of that one's end is for [`Loaded::read`].
pub fn load<'a>(modules: impl IntoIterator<Item = &'a Module>, console: Option<Pid>) -> Command {
    let modules = modules
        .into_iter()
        .map(|module| Term::tuple([Term::Atom(Atom::new(&module.name)), Term::binary(module.code.clone())]));
    let folder = Term::binary(format!("{DIRECTORY}/{EBIN}").into_bytes());
    let arguments = Etf::of(&Term::list([Term::list(modules), folder]));
    Command::Spawn { entry: Entry::new("orrery_code", "load", arguments), group_leader: console, name: None }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The modules, in the order in which they were given.
    pub modules: Vec<LoadedModule>,
    /// The processes whose behaviour is one of the modules.
    pub upgraded: Vec<Upgraded>,
}

/// What came of one module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedModule {
    /// Its name.
    pub name: Atom,
    /// Why it was not loaded, if it was not.
    pub failure: Option<String>,
    /// Processes that ran in the code before the last one, and ended therefore.
    pub ended: Vec<Pid>,
    /// Processes that still run in the old code. They end when the module is loaded once more.
    pub in_old_code: Vec<Pid>,
}

/// What came of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgraded {
    /// The process.
    pub pid: Pid,
    /// Its module.
    pub module: Atom,
    /// Why it was not told to change its state, or could not: it goes on with the state that it had.
    pub failure: Option<String>,
}

impl Loaded {
    /// Reads the reason with which the process ended (`library/orrery_code.erl`); `None` when it was stopped before it was through.
    pub fn read(reason: &Etf) -> Option<Loaded> {
        let term = reason.decode().ok()?;
        let [tag, modules, upgraded] = term.as_tuple()? else { return None };
        if !tag.is_atom("loaded") {
            return None;
        }
        Some(Loaded {
            modules: modules.as_list()?.iter().map(module).collect::<Option<_>>()?,
            upgraded: upgraded.as_list()?.iter().map(process).collect::<Option<_>>()?,
        })
    }
}

fn failure(result: &Term) -> Option<String> {
    if result.is_atom("ok") { None } else { Some(result.to_string()) }
}

fn module(term: &Term) -> Option<LoadedModule> {
    let [name, result, ended, users] = term.as_tuple()? else { return None };
    let pids = |list: &Term| list.as_list().map(|list| list.iter().filter_map(Term::as_local_pid).collect());
    let name = Atom::new(name.as_atom()?);
    Some(LoadedModule { name, failure: failure(result), ended: pids(ended)?, in_old_code: pids(users)? })
}

fn process(term: &Term) -> Option<Upgraded> {
    let [pid, module, result] = term.as_tuple()? else { return None };
    let failure = failure(result);
    Some(Upgraded { pid: pid.as_local_pid()?, module: Atom::new(module.as_atom()?), failure })
}
