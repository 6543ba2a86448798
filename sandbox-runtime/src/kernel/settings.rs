//! What belongs to the node as a whole: flags of the system, environment variables, what was asked for last.

use std::collections::BTreeMap;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use shared::limits::LimitKind;
use shared::term::Atom;
use shared::{Ref, Term};

use super::{Kernel, Raise};

/// Settings that any process may read and change.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct Settings {
    /// `erlang:system_flag/2`, for flags that were set.
    flags: OrdMap<Atom, Term>,
    /// `os:env/0`, by name.
    environment: OrdMap<String, String>,
    /// Where relative file names begin, without a slash at the end: the current directory of the node.
    directory: String,
    /// `erlang:system_monitor/0`
    system_monitor: Option<Term>,
    /// What `erlang:statistics/1` gave last, by its item.
    statistics: BTreeMap<Atom, u64>,
    /// The last `erlang:now/0` in microseconds.
    last_now: u64,
    /// Compiled match specifications, which are kept as they are, by reference and by content.
    match_specs: OrdMap<Ref, Term>,
    match_spec_refs: OrdMap<Term, Ref>,
}

impl Settings {
    /// A flag, if it was set.
    pub fn flag(&self, flag: &Atom) -> Option<&Term> {
        self.flags.get(flag)
    }

    /// Sets a flag and gives its old value, if it was set before.
    pub(crate) fn set_flag(&mut self, flag: Atom, value: Term) -> Option<Term> {
        self.flags.insert(flag, value)
    }

    /// All environment variables, by name.
    pub fn environment(&self) -> impl Iterator<Item = (&String, &String)> {
        self.environment.iter()
    }

    /// The value of an environment variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    pub(crate) fn remove_variable(&mut self, name: &str) {
        self.environment.remove(name);
    }

    /// The current directory, as an absolute path.
    pub fn directory(&self) -> &str {
        if self.directory.is_empty() { "/" } else { &self.directory }
    }

    /// A file name as an absolute path.
    pub fn absolute(&self, name: &str) -> String {
        let path = if name.starts_with('/') { name.to_owned() } else { format!("{}/{name}", self.directory) };
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }

    pub(crate) fn set_directory(&mut self, path: String) {
        self.directory = path.trim_end_matches('/').to_owned();
    }

    /// Who asked to be told about the system, and of what.
    pub fn system_monitor(&self) -> Option<Term> {
        self.system_monitor.clone()
    }

    pub(crate) fn set_system_monitor(&mut self, monitor: Option<Term>) -> Option<Term> {
        std::mem::replace(&mut self.system_monitor, monitor)
    }

    /// Remembers what was told of an item, and gives what was told before.
    pub(crate) fn note_statistics(&mut self, item: &str, total: u64) -> u64 {
        self.statistics.insert(Atom::new(item), total).unwrap_or(0)
    }

    /// A time in microseconds that is later than all that this gave before.
    pub(crate) fn later_micros(&mut self, micros: u64) -> u64 {
        self.last_now = micros.max(self.last_now + 1);
        self.last_now
    }

    /// The match specification behind a reference.
    pub fn match_spec(&self, reference: Ref) -> Option<&Term> {
        self.match_specs.get(&reference)
    }
}

impl Kernel {
    /// Sets an environment variable.
    ///
    /// # Errors
    /// `system_limit` when there are too many: they share the limit of ETS.
    pub fn put_variable(&mut self, name: String, value: String) -> Result<(), Raise> {
        let used: usize = self.settings.environment.iter().map(|(name, value)| name.len() + value.len()).sum();
        let allowed = self.limits.ets_bytes;
        if (used + name.len() + value.len()) as u64 > allowed {
            return Err(self.limit_reached(None, LimitKind::EtsBytes, allowed));
        }
        self.settings.environment.insert(name, value);
        Ok(())
    }

    /// A reference that stands for a match specification; the same one for the same specification.
    pub(crate) fn keep_match_spec(&mut self, specification: Term) -> Ref {
        if let Some(reference) = self.settings.match_spec_refs.get(&specification) {
            return *reference;
        }
        let reference = self.make_ref();
        self.settings.match_specs.insert(reference, specification.clone());
        self.settings.match_spec_refs.insert(specification, reference);
        reference
    }

    /// What belongs to the node as a whole.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }
}
