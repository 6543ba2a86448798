//! What the sandbox says that compiled: terms, which anything may have made, read into what they stand for.

use std::collections::{BTreeMap, BTreeSet};

use shared::api::code::{Diagnostic, Place, Severity};
use shared::{Etf, Term};

use super::plan::{Plan, References, Unit};
use super::{DIRECTORY, Module, Sources};

/// What came of the files that were compiled.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    modules: Vec<Module>,
    consolidated: Vec<Module>,
    references: Vec<(String, References)>,
    diagnostics: Vec<Diagnostic>,
}

/// The same by file.
pub(super) struct Sorted {
    pub(super) units: BTreeMap<String, Unit>,
    pub(super) others: Vec<Diagnostic>,
    pub(super) consolidated: Vec<Module>,
}

impl Answer {
    /// Reads `{compiled, Modules, Consolidated, References, Diagnostics}` (`library/orrery_compile.erl`).
    pub(super) fn read(reason: &Etf) -> Option<Answer> {
        let term = reason.decode().ok()?;
        let [tag, modules, consolidated, references, diagnostics] = term.as_tuple()? else { return None };
        if !tag.is_atom("compiled") {
            return None;
        }
        Some(Answer {
            modules: modules.as_list()?.iter().map(module).collect::<Option<_>>()?,
            consolidated: consolidated.as_list()?.iter().map(protocol).collect::<Option<_>>()?,
            references: references.as_list()?.iter().map(file_references).collect::<Option<_>>()?,
            diagnostics: diagnostics.as_list()?.iter().map(diagnostic).collect::<Option<_>>()?,
        })
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let modules = self.modules.iter().chain(&self.consolidated);
        let modules: usize = modules.map(|module| module.code.len() + module.name.len() + module.file.len()).sum();
        let messages: usize = self.diagnostics.iter().map(|diagnostic| diagnostic.message.len()).sum();
        let names =
            self.references.iter().flat_map(|(_, references)| references.compile.iter().chain(&references.runtime));
        modules + messages + names.map(|name| size_of::<String>() + name.len()).sum::<usize>()
    }

    pub(super) fn has_failed(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Puts what was said of each file to that file. Files without errors are done, unless others of Elixir have some: they were
/// compiled together.
pub(super) fn sort(answer: Answer, plan: &Plan, sources: &Sources) -> Sorted {
    let mut units: BTreeMap<String, Unit> = plan.files().map(|path| (path.clone(), Unit::default())).collect();
    let mut others = Vec::new();
    for diagnostic in without_echoes(answer.diagnostics) {
        match diagnostic.file.as_ref().and_then(|file| units.get_mut(file)) {
            Some(unit) => unit.diagnostics.push(diagnostic),
            None => others.push(diagnostic),
        }
    }
    others.iter_mut().for_each(|other| {
        if other.file.as_ref().is_some_and(|file| !sources.contains_key(file)) {
            other.start = None;
            other.end = None;
        }
    });
    for module in answer.modules {
        if let Some(unit) = units.get_mut(&module.file) {
            unit.modules.retain(|known| known.name != module.name);
            unit.modules.push(module);
        }
    }
    for (file, references) in answer.references {
        if let Some(unit) = units.get_mut(&file) {
            unit.references = references;
        }
    }
    Sorted { units, others, consolidated: answer.consolidated }
}

/// Without the error that only says that there were errors.
fn without_echoes(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    const ECHO: &str = "(errors have been logged)";
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    let is_echo = |diagnostic: &Diagnostic| is_error(diagnostic) && diagnostic.message.trim_end().ends_with(ECHO);
    let has_others = diagnostics.iter().any(|diagnostic| is_error(diagnostic) && !is_echo(diagnostic));
    diagnostics.into_iter().filter(|diagnostic| !has_others || !is_echo(diagnostic)).collect()
}

fn text(term: &Term) -> Option<String> {
    Some(String::from_utf8_lossy(term.as_binary()?).into_owned())
}

/// A path as the program was given it.
fn path(term: &Term) -> Option<String> {
    let path = text(term)?;
    let below = path.strip_prefix(DIRECTORY).and_then(|path| path.strip_prefix('/'));
    let below = below.unwrap_or(&path);
    Some(below.strip_prefix("./").unwrap_or(below).to_owned())
}

fn module(term: &Term) -> Option<Module> {
    let [file, name, code] = term.as_tuple()? else { return None };
    Some(Module { name: name.as_atom()?.to_owned(), file: path(file)?, code: code.as_binary()?.into() })
}

fn protocol(term: &Term) -> Option<Module> {
    let [name, code] = term.as_tuple()? else { return None };
    Some(Module { name: name.as_atom()?.to_owned(), file: String::new(), code: code.as_binary()?.into() })
}

fn file_references(term: &Term) -> Option<(String, References)> {
    let [file, compile, exports, runtime] = term.as_tuple()? else { return None };
    let names = |list: &Term| -> Option<BTreeSet<String>> {
        Some(list.as_list()?.iter().filter_map(|name| name.as_atom().map(str::to_owned)).collect())
    };
    let mut compile = names(compile)?;
    compile.extend(names(exports)?);
    Some((path(file)?, References { compile, runtime: names(runtime)? }))
}

fn diagnostic(term: &Term) -> Option<Diagnostic> {
    let [file, position, span, severity, message] = term.as_tuple()? else { return None };
    let severity = match severity.as_atom()? {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        "hint" => Severity::Hint,
        _ => Severity::Information,
    };
    Some(Diagnostic { file: path(file), start: place(position), end: place(span), severity, message: text(message)? })
}

/// A line, a line and a column, or nothing.
fn place(term: &Term) -> Option<Place> {
    let number = |term: &Term| u32::try_from(term.as_int()?).ok().filter(|number| *number > 0);
    match term.as_tuple() {
        Some([line, column]) => Some(Place { line: number(line)?, column: number(column) }),
        _ => Some(Place { line: number(term)?, column: None }),
    }
}
