//! Which files have to be compiled again.
//!
//! A file is compiled again when its text has changed, when the compiler had something to say about it, when it uses a module of a
//! file that is compiled again or gone, and when what it needs at compile time may do something else than before: macros and
//! structs come out of everything that their modules use in turn. That is more than strictly needed, and never too little.

use std::collections::{BTreeMap, BTreeSet};

use shared::api::code::Diagnostic;

use super::{Module, Sources};

/// What is known of a file that was compiled.
#[derive(Clone, Debug, Default)]
pub(super) struct Unit {
    pub(super) modules: Vec<Module>,
    pub(super) references: References,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Modules that a file uses, by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct References {
    /// Those that it needs to be compiled: macros, structs, imports; behaviours and parse transforms.
    pub(super) compile: BTreeSet<String>,
    /// Those that it calls when it runs.
    pub(super) runtime: BTreeSet<String>,
}

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Erlang,
    Elixir,
    /// Not compiled, only read.
    Script,
}

/// The files that have to be compiled.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    files: BTreeMap<String, Kind>,
    /// Those that are as they were.
    kept: BTreeSet<String>,
    kinds: BTreeMap<String, Kind>,
}

fn kind(path: &str) -> Option<Kind> {
    match path.rsplit_once('.')?.1 {
        "erl" => Some(Kind::Erlang),
        "ex" => Some(Kind::Elixir),
        "exs" => Some(Kind::Script),
        _ => None,
    }
}

impl Plan {
    pub(super) fn new(sources: &Sources, before: &Sources, units: &BTreeMap<String, Unit>) -> Plan {
        let kinds: BTreeMap<String, Kind> =
            sources.keys().filter_map(|path| Some((path.clone(), kind(path)?))).collect();
        // Headers and data: whoever is compiled may have read them.
        let others = |sources: &Sources| -> Sources {
            let others = sources.iter().filter(|(path, _)| kind(path).is_none());
            others.map(|(path, text)| (path.clone(), text.clone())).collect()
        };
        let all = others(sources) != others(before);
        let is_changed = |path: &String| {
            let is_new = units.get(path).is_none_or(|unit| !unit.diagnostics.is_empty());
            is_new || sources.get(path) != before.get(path) || (all && kind(path) != Some(Kind::Script))
        };
        let mut plan = Plan { kept: kinds.keys().cloned().collect(), kinds, ..Plan::default() };
        let changed: BTreeSet<String> = plan.kept.iter().filter(|path| is_changed(path)).cloned().collect();
        let gone = units.iter().filter(|(path, _)| changed.contains(*path) || !sources.contains_key(*path));
        let touched = gone.flat_map(|(_, unit)| unit.modules.iter().map(|module| module.name.clone())).collect();
        changed.iter().for_each(|path| plan.add(path));
        plan.add_users_of(&touched, units);
        plan
    }

    fn add(&mut self, path: &str) {
        if let Some(kind) = self.kinds.get(path) {
            self.kept.remove(path);
            self.files.insert(path.to_owned(), *kind);
        }
    }

    /// Adds the kept files for which it matters that these modules are others now: whether there were any.
    pub(super) fn add_users_of(&mut self, modules: &BTreeSet<String>, units: &BTreeMap<String, Unit>) -> bool {
        if modules.is_empty() {
            return false;
        }
        let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for unit in units.values() {
            for module in &unit.modules {
                let used = unit.references.compile.iter().chain(&unit.references.runtime).map(String::as_str);
                uses.entry(&module.name).or_default().extend(used);
            }
        }
        let users: Vec<String> = self
            .kept
            .iter()
            .filter(|path| {
                let Some(unit) = units.get(*path) else { return false };
                !unit.references.runtime.is_disjoint(modules) || reaches(&unit.references.compile, &uses, modules)
            })
            .cloned()
            .collect();
        users.iter().for_each(|path| self.add(path));
        !users.is_empty()
    }

    /// Modules of the compiled files that those did not define before.
    pub(super) fn defined_anew(
        &self,
        now: &BTreeMap<String, Unit>,
        before: &BTreeMap<String, Unit>,
    ) -> BTreeSet<String> {
        let names = |units: &BTreeMap<String, Unit>| -> BTreeSet<String> {
            let units = self.files.keys().filter_map(|path| units.get(path));
            units.flat_map(|unit| unit.modules.iter().map(|module| module.name.clone())).collect()
        };
        names(now).difference(&names(before)).cloned().collect()
    }

    pub(super) fn is_kept(&self, path: &str) -> bool {
        self.kept.contains(path)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// All files that are compiled or read.
    pub(super) fn files(&self) -> impl Iterator<Item = &String> {
        self.files.keys()
    }

    /// Those of one kind.
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &String> {
        self.files.iter().filter(move |(_, its)| **its == kind).map(|(path, _)| path)
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }
}

/// Whether one leads to another.
fn reaches(from: &BTreeSet<String>, uses: &BTreeMap<&str, BTreeSet<&str>>, to: &BTreeSet<String>) -> bool {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut next: Vec<&str> = from.iter().map(String::as_str).collect();
    while let Some(module) = next.pop() {
        if to.contains(module) {
            return true;
        }
        if seen.insert(module) {
            next.extend(uses.get(module).into_iter().flatten());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(files: &[(&str, &str)]) -> Sources {
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().into())).collect()
    }

    /// Files named after the one module in each, with what it needs to be compiled and what it calls.
    fn units(files: &[(&str, &[&str], &[&str])]) -> BTreeMap<String, Unit> {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let unit = |(path, compile, runtime): &(&str, &[&str], &[&str])| {
            let name = path.trim_end_matches(".ex").to_owned();
            let modules = vec![Module { name, file: (*path).to_owned(), code: [].into() }];
            let references = References { compile: set(compile), runtime: set(runtime) };
            ((*path).to_owned(), Unit { modules, references, ..Unit::default() })
        };
        files.iter().map(unit).collect()
    }

    fn again(now: &Sources, before: &Sources, units: &BTreeMap<String, Unit>) -> Vec<String> {
        Plan::new(now, before, units).files().cloned().collect()
    }

    #[test]
    fn what_needs_a_changed_file_is_compiled_again() {
        let before = sources(&[("a.ex", "1"), ("b.ex", "1"), ("c.ex", "1"), ("d.ex", "1"), ("e.ex", "1")]);
        let units = units(&[
            ("a.ex", &[], &[]),
            ("b.ex", &[], &["a"]),
            ("c.ex", &["b"], &[]),
            ("d.ex", &[], &["c"]),
            ("e.ex", &[], &[]),
        ]);
        assert!(again(&before, &before, &units).is_empty());
        let mut now = before.clone();
        now.insert("a.ex".into(), b"2"[..].into());
        assert_eq!(again(&now, &before, &units), ["a.ex", "b.ex", "c.ex"], "what `c` is made with calls `a`");
        let mut now = before.clone();
        now.remove("c.ex");
        assert_eq!(again(&now, &before, &units), ["d.ex"]);
    }

    #[test]
    fn headers_and_data_concern_all_that_is_compiled() {
        let before = sources(&[("a.erl", "1"), ("s.exs", "1"), ("a.hrl", "1")]);
        let known: BTreeMap<String, Unit> =
            ["a.erl", "s.exs"].map(|path| (path.to_owned(), Unit::default())).into_iter().collect();
        let mut now = before.clone();
        now.insert("a.hrl".into(), b"2"[..].into());
        assert_eq!(again(&now, &before, &known), ["a.erl"]);
    }

    #[test]
    fn a_module_that_is_new_concerns_those_that_named_it() {
        let before = sources(&[("a.ex", "1"), ("b.ex", "1")]);
        let units = units(&[("a.ex", &[], &["New"]), ("b.ex", &[], &[])]);
        let mut plan = Plan::new(&before, &before, &units);
        assert!(plan.add_users_of(&["New".to_owned()].into(), &units));
        assert_eq!(plan.files().collect::<Vec<_>>(), ["a.ex"]);
    }
}
