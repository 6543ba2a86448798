//! `persistent_term`: values that all processes read.

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use shared::event::EventKind;
use shared::limits::LimitKind;
use shared::{Etf, Pid, Term};

use super::{Kernel, Raise};

/// The values by key. Keys compare with `=:=`.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct PersistentTerms {
    terms: OrdMap<Term, Etf>,
    bytes: u64,
    changes: u64,
}

impl PersistentTerms {
    /// All pairs, in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&Term, &Etf)> {
        self.terms.iter()
    }

    /// How often a value was replaced or erased: as long as this stays the same, so does what was read.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// About how many bytes they hold.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

fn size(key: &Term, value: &Etf) -> u64 {
    (size_of::<Term>() + value.len()) as u64 + key.heap_bytes()
}

impl Kernel {
    /// `persistent_term:get/1,2`: `None` when there is no such key.
    pub fn persistent_term_get(&self, key: &Term) -> Option<&Etf> {
        self.persistent_terms.terms.get(key)
    }

    /// `persistent_term:put/2`.
    ///
    /// # Errors
    /// `system_limit` when tables and persistent terms hold too much.
    pub fn persistent_term_put(&mut self, pid: Pid, key: Term, value: Etf) -> Result<(), Raise> {
        if self.persistent_terms.terms.get(&key) == Some(&value) {
            return Ok(());
        }
        let added = size(&key, &value);
        let allowed = self.limits.ets_bytes;
        if self.persistent_terms.bytes + self.ets.bytes() + added > allowed {
            return Err(self.limit_reached(Some(pid), LimitKind::EtsBytes, allowed));
        }
        let event = EventKind::PersistentTerm { key: Etf::of(&key), erased: false };
        let removed = self.persistent_terms.terms.get(&key).map_or(0, |old| size(&key, old));
        let replaced = self.persistent_terms.terms.insert(key, value);
        self.persistent_terms.changes += u64::from(replaced.is_some());
        self.persistent_terms.bytes = self.persistent_terms.bytes + added - removed;
        self.record(Some(pid), event);
        Ok(())
    }

    /// `persistent_term:erase/1`: whether there was such a key.
    pub fn persistent_term_erase(&mut self, pid: Pid, key: &Term) -> bool {
        let Some(old) = self.persistent_terms.terms.remove(key) else {
            return false;
        };
        self.persistent_terms.bytes -= size(key, &old);
        self.persistent_terms.changes += 1;
        self.record(Some(pid), EventKind::PersistentTerm { key: Etf::of(key), erased: true });
        true
    }

    /// All persistent terms.
    pub fn persistent_terms(&self) -> &PersistentTerms {
        &self.persistent_terms
    }
}
