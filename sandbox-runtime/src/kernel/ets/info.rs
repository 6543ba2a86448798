//! `ets:info/1,2`, `ets:whereis/1`, `ets:all/0`.

use shared::term::LOCAL_NODE;
use shared::{Pid, Term};

use super::{EtsError, Table};
use crate::kernel::{Kernel, WORD_BYTES};

/// The items of `ets:info/1`, in OTP's order.
const ITEMS: [&str; 15] = [
    "id",
    "decentralized_counters",
    "read_concurrency",
    "write_concurrency",
    "compressed",
    "memory",
    "owner",
    "heir",
    "name",
    "size",
    "node",
    "named_table",
    "type",
    "keypos",
    "protection",
];

impl Table {
    /// One item of `ets:info/2`. `epoch_nanos`: when virtual time began.
    fn item(&self, item: &str, epoch_nanos: u64) -> Option<Term> {
        Some(match item {
            "id" => Term::reference(self.id),
            "decentralized_counters" => self.tuning.decentralized_counters.clone(),
            "read_concurrency" => self.tuning.read_concurrency.clone(),
            "write_concurrency" => self.tuning.write_concurrency.clone(),
            "compressed" => Term::bool(self.tuning.compressed),
            "memory" => Term::from(self.bytes() / WORD_BYTES),
            "owner" => Term::pid(self.owner),
            "heir" => self.heir.as_ref().map_or_else(|| Term::atom("none"), |heir| Term::pid(heir.pid)),
            "name" => Term::from(self.name.clone()),
            "size" => Term::from(self.size()),
            "node" => Term::atom(LOCAL_NODE),
            "named_table" => Term::bool(self.named),
            "type" => Term::atom(self.kind.name()),
            "keypos" => Term::from(self.keypos as u64),
            "protection" => Term::atom(self.protection.name()),
            "fixed" => Term::bool(!self.fixed_by.is_empty()),
            "safe_fixed" | "safe_fixed_monotonic_time" if self.fixed_by.is_empty() => Term::bool(false),
            "safe_fixed" => self.fixed(timestamp(epoch_nanos.saturating_add(self.fixed_since.nanos()))),
            "safe_fixed_monotonic_time" => self.fixed(Term::from(self.fixed_since.nanos())),
            _ => return None,
        })
    }

    /// Since when it is fixed, and by whom how often.
    fn fixed(&self, since: Term) -> Term {
        let fixers = self.fixed_by.iter();
        let fixers = fixers.map(|(&pid, &count)| Term::tuple([Term::pid(pid), Term::Int(i64::from(count))]));
        Term::tuple([since, Term::list(fixers)])
    }
}

/// `{MegaSecs, Secs, MicroSecs}`, as `erlang:timestamp/0` has it.
fn timestamp(nanos: u64) -> Term {
    const MILLION: u64 = 1_000_000;
    let micros = nanos / 1_000;
    Term::tuple([micros / MILLION / MILLION, micros / MILLION % MILLION, micros % MILLION].map(Term::from))
}

impl Kernel {
    /// Every process may ask about every table, whatever its protection.
    fn asked(&self, table: &Term) -> Result<Option<&Table>, EtsError> {
        match self.ets.id_of(table) {
            Ok(id) => Ok(self.ets.get(id)),
            Err(EtsError::Id) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) fn ets_info(&self, table: &Term) -> Result<Term, EtsError> {
        let Some(table) = self.asked(table)? else {
            return Ok(Term::atom("undefined"));
        };
        let pair = |&item: &&'static str| Some(Term::tuple([Term::atom(item), table.item(item, self.epoch_nanos)?]));
        Ok(Term::list(ITEMS.iter().filter_map(pair)))
    }

    pub(super) fn ets_info_item(&self, table: &Term, item: &Term) -> Result<Term, EtsError> {
        let item = item.as_atom().ok_or(EtsError::Badarg)?;
        match self.asked(table)? {
            None => Ok(Term::atom("undefined")),
            Some(table) => table.item(item, self.epoch_nanos).ok_or(EtsError::Badarg),
        }
    }

    pub(super) fn ets_whereis(&self, name: &Term) -> Result<Term, EtsError> {
        match name {
            Term::Atom(name) => Ok(self.ets.whereis(name).map_or_else(|| Term::atom("undefined"), Term::reference)),
            Term::Ref(_) => match self.ets.id_of(name) {
                Ok(id) => Ok(Term::reference(id)),
                Err(_) => Ok(Term::atom("undefined")),
            },
            _ => Err(EtsError::Badarg),
        }
    }

    pub(super) fn ets_all(&self, _pid: Pid) -> Term {
        Term::list(self.ets.iter().map(Table::handle))
    }
}
