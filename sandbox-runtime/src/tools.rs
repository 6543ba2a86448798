//! What an editor asks for besides compiling: the formatter, and what modules offer.
//!
//! Each question is put to a fork of a booted sandbox that is thrown away afterwards, so nothing of it is seen by a program that
//! runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use shared::api::code::{Diagnostic, Place, Severity};
use shared::command::Command;
use shared::event::{Entry, EventKind};
use shared::limits::Limits;
use shared::schedule::TimeMode;
use shared::term::Atom;
use shared::{Etf, Term, VirtualTime};

use crate::boot::BootError;
use crate::kernel::Config;
use crate::kernel::outside::Outcome;
use crate::machine::Stopped;
use crate::workbench::Workbench;

/// Turns between two looks at the clock.
const TURNS: u64 = 64;

/// How far the clock of the sandbox may go.
const HORIZON: VirtualTime = VirtualTime(60 * 1_000_000_000);

/// How long an answer may take.
const TIME: Duration = Duration::from_secs(20);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// No sandbox could be made.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// It took too long, or reached a limit.
    #[error("it took too long")]
    Late,
    /// It ended with something else; the text is the reason.
    #[error("it ended: {0}")]
    Failed(String),
}

/// Answers questions of editors. Cheap to clone, and may be used by several threads at once.
#[derive(Clone)]
pub struct Tools {
    workbench: Workbench,
}

/// What a module offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its name as an atom: `Elixir.Enum`, `lists`.
    pub name: String,
    /// The first line of its documentation.
    pub about: Option<String>,
    /// Its functions and macros, by name and arity.
    pub offers: Vec<Offered>,
}

/// A function or macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Its name.
    pub name: String,
    /// How many arguments it takes.
    pub arity: u32,
    /// Whether it is a macro.
    pub is_macro: bool,
    /// Its name with those of its arguments, if they are documented.
    pub signature: Option<String>,
    /// The first line of its documentation.
    pub about: Option<String>,
}

impl Tools {
    /// Asks forks of this sandbox.
    pub fn new(workbench: Workbench) -> Tools {
        Tools { workbench }
    }

    /// Formats a file of Elixir with Elixir's own formatter. `settings` is the text of `.formatter.exs`. What it refuses is a
    /// diagnostic.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn format(
        &self,
        path: &str,
        text: &str,
        settings: Option<&str>,
    ) -> Result<Result<String, Diagnostic>, ToolError> {
        let binary = |text: &str| Term::binary(text.as_bytes());
        let settings = settings.map_or_else(|| Term::atom("nil"), binary);
        let reason = self.ask("format", Term::list([binary(path), binary(text), settings]))?;
        formatted(&reason).ok_or_else(|| ToolError::Failed(reason.to_string()))
    }

    /// The names of all modules of the library, as atoms.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn modules(&self) -> Result<Vec<String>, ToolError> {
        let reason = self.ask("modules", Term::Nil)?;
        let names = tagged(&reason, "modules").and_then(|names| names.as_list()?.iter().map(text).collect());
        names.ok_or_else(|| ToolError::Failed(reason.to_string()))
    }

    /// What modules offer: those of the library by their names, and others by name and code. Modules that there are not offer
    /// nothing.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn describe(&self, names: &[&str], codes: &[(Atom, Arc<[u8]>)]) -> Result<Vec<Described>, ToolError> {
        let names = Term::list(names.iter().map(|name| Term::atom(name)));
        let code =
            |(name, code): &(Atom, Arc<[u8]>)| Term::tuple([Term::Atom(name.clone()), Term::binary(code.clone())]);
        let reason = self.ask("describe", Term::list([names, Term::list(codes.iter().map(code))]))?;
        let modules = tagged(&reason, "described").and_then(|all| all.as_list()?.iter().map(described).collect());
        modules.ok_or_else(|| ToolError::Failed(reason.to_string()))
    }

    /// Calls a function of `library/orrery_tools.erl`; gives the reason with which its process ends.
    fn ask(&self, function: &str, arguments: Term) -> Result<Term, ToolError> {
        let begun = Instant::now();
        let limits =
            Limits { processes: 200, total_bytes: 256 << 20, total_reductions: 500_000_000, ..Limits::default() };
        let mut machine = self.workbench.fork(Config { limits, time_mode: TimeMode::default(), ..Config::default() });
        let entry = Entry::new("orrery_tools", function, Etf::of(&arguments));
        let command = Command::Spawn { entry, group_leader: self.workbench.console(), name: None };
        let asked = match machine.command(command).map_err(BootError::from)? {
            Outcome::Spawned(pid) => pid,
            Outcome::Done => return Err(BootError::Unfinished.into()),
        };
        loop {
            let stopped = machine.run_until(HORIZON, TURNS);
            for event in machine.take_events() {
                if let (Some(pid), EventKind::Exited { reason, .. }) = (event.pid, event.kind)
                    && pid == asked
                {
                    return reason.decode().map_err(|error| ToolError::Failed(error.to_string()));
                }
            }
            if stopped != Stopped::TurnLimit || begun.elapsed() > TIME {
                return Err(ToolError::Late);
            }
        }
    }
}

fn tagged<'a>(term: &'a Term, tag: &str) -> Option<&'a Term> {
    let [found, value] = term.as_tuple()? else { return None };
    found.is_atom(tag).then_some(value)
}

fn text(term: &Term) -> Option<String> {
    Some(String::from_utf8_lossy(term.as_binary()?).into_owned())
}

fn formatted(reason: &Term) -> Option<Result<String, Diagnostic>> {
    if let Some(term) = tagged(reason, "formatted") {
        return Some(Ok(text(term)?));
    }
    let [tag, file, position, message] = reason.as_tuple()? else { return None };
    if !tag.is_atom("refused") {
        return None;
    }
    let number = |term: &Term| u32::try_from(term.as_int()?).ok().filter(|number| *number > 0);
    let start = match position.as_tuple() {
        Some([line, column]) => number(line).map(|line| Place { line, column: number(column) }),
        _ => number(position).map(|line| Place { line, column: None }),
    };
    let severity = Severity::Error;
    Some(Err(Diagnostic { file: text(file), start, end: None, severity, message: text(message)? }))
}

fn described(term: &Term) -> Option<Described> {
    let [name, about, offers] = term.as_tuple()? else { return None };
    let offers = offers.as_list()?.iter().map(offered).collect::<Option<_>>()?;
    Some(Described { name: name.as_atom()?.to_owned(), about: text(about), offers })
}

fn offered(term: &Term) -> Option<Offered> {
    let [kind, name, arity, signature, about] = term.as_tuple()? else { return None };
    Some(Offered {
        name: text(name)?,
        arity: u32::try_from(arity.as_int()?).ok()?,
        is_macro: kind.is_atom("macro"),
        signature: text(signature),
        about: text(about),
    })
}
