//! What to say when the sandbox that compiles did not come to an end by itself.

use std::time::Duration;

use shared::api::code::{Diagnostic, Place, Severity};
use shared::limits::LimitKind;
use shared::{Etf, Term};

use super::DIRECTORY;
use super::plan::{Kind, Plan};
use crate::host::instance::WasmFactory;
use crate::machine::Machine;

/// What was being compiled.
struct Suspect {
    file: Option<String>,
    start: Option<Place>,
}

impl Suspect {
    fn diagnostic(self, message: String) -> Diagnostic {
        Diagnostic { file: self.file, start: self.start, end: None, severity: Severity::Error, message }
    }
}

/// The time on the clock was over.
pub(super) fn late(machine: &mut Machine<WasmFactory>, time: Duration, plan: &Plan) -> Diagnostic {
    let seconds = time.as_secs_f32();
    suspect(machine, plan).diagnostic(format!(
        "compiling was stopped after {seconds} s: a macro or the body of a module may run for ever"
    ))
}

/// Nothing in the sandbox will ever happen.
pub(super) fn stuck(machine: &mut Machine<WasmFactory>, plan: &Plan) -> Diagnostic {
    let message = "compiling was stopped: a macro or the body of a module waits for a message that nobody sends";
    suspect(machine, plan).diagnostic(message.to_owned())
}

/// The sandbox was halted by a limit or by what it runs.
pub(super) fn halted(machine: &mut Machine<WasmFactory>, reached: Option<(LimitKind, u64)>, plan: &Plan) -> Diagnostic {
    let is_limit = machine.kernel().halted().and_then(|reason| reason.decode().ok());
    let is_limit = is_limit.is_some_and(|reason| reason.as_tuple().is_some());
    if is_limit && reached.is_some() {
        return limit(machine, reached, plan);
    }
    let message = "the code stopped the system while it was compiled (System.halt/1 or :erlang.halt/1)";
    suspect(machine, plan).diagnostic(message.to_owned())
}

/// The process that compiles ended with something else than an answer.
pub(super) fn ended(
    machine: &mut Machine<WasmFactory>,
    reason: &Etf,
    reached: Option<(LimitKind, u64)>,
    plan: &Plan,
) -> Diagnostic {
    if reached.is_some() {
        return limit(machine, reached, plan);
    }
    let reason = reason.decode().map_or_else(|_| "an unknown reason".to_owned(), |reason| reason.to_string());
    suspect(machine, plan).diagnostic(format!("the compiler ended: {reason}"))
}

/// A limit was reached.
pub(super) fn limit(machine: &mut Machine<WasmFactory>, reached: Option<(LimitKind, u64)>, plan: &Plan) -> Diagnostic {
    let Some((limit, allowed)) = reached else { return stuck(machine, plan) };
    let megabytes = allowed >> 20;
    let message = match limit {
        LimitKind::ProcessBytes => format!("compiling this takes more than {megabytes} MB of memory in one process"),
        LimitKind::TotalBytes => format!("compiling this takes more than {megabytes} MB of memory"),
        LimitKind::TotalReductions => {
            format!(
                "compiling was stopped after {allowed} reductions: a macro or the body of a module may run for ever"
            )
        }
        LimitKind::TurnTime | LimitKind::WallClock => "compiling this takes too long".to_owned(),
        limit => format!("compiling this goes beyond what a sandbox may use: {} (limit: {allowed})", limit.atom()),
    };
    suspect(machine, plan).diagnostic(message)
}

/// The file that was being compiled by the process that did most, and where in it.
fn suspect(machine: &mut Machine<WasmFactory>, plan: &Plan) -> Suspect {
    let mut pids: Vec<_> = machine.kernel().pids().collect();
    pids.sort_by_key(|pid| machine.kernel().process(*pid).map_or(0, |process| process.reductions));
    for pid in pids.into_iter().rev() {
        let dictionary = machine.inspect(pid, "dictionary").and_then(|dictionary| dictionary.decode().ok());
        let Some(file) = dictionary.as_ref().and_then(compiled_file).filter(|file| plan.has(file)) else { continue };
        let stack = machine.inspect(pid, "current_stacktrace").and_then(|stack| stack.decode().ok());
        let line = stack.as_ref().and_then(|stack| line_in(stack, &file));
        return Suspect { file: Some(file), start: line.map(|line| Place { line, column: None }) };
    }
    let mut compiled = plan.of(Kind::Erlang).chain(plan.of(Kind::Elixir));
    let only = compiled.next().filter(|_| compiled.next().is_none());
    Suspect { file: only.cloned(), start: None }
}

/// What the compiler of Elixir notes in the dictionary of a process that compiles a file.
fn compiled_file(dictionary: &Term) -> Option<String> {
    let pairs = dictionary.as_list()?.iter().filter_map(Term::as_tuple);
    let mut files = pairs.filter(|pair| pair.first().is_some_and(|key| key.is_atom("elixir_compiler_file")));
    let file = String::from_utf8(files.next()?.get(1)?.as_binary()?.to_vec()).ok()?;
    Some(file.strip_prefix(DIRECTORY)?.trim_start_matches('/').to_owned())
}

/// The innermost line of a stack trace that lies in a file.
fn line_in(stack: &Term, file: &str) -> Option<u32> {
    stack.as_list()?.iter().find_map(|entry| {
        let location = entry.as_tuple()?.get(3)?.as_list()?;
        let item = |name: &str| {
            location
                .iter()
                .filter_map(Term::as_tuple)
                .find(|pair| pair.first().is_some_and(|key| key.is_atom(name)))?
                .get(1)
        };
        let name: String =
            item("file")?.as_list()?.iter().filter_map(|c| char::from_u32(u32::try_from(c.as_int()?).ok()?)).collect();
        if name == file { u32::try_from(item("line")?.as_int()?).ok() } else { None }
    })
}
