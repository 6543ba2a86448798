//! Walking through a table key by key.

use std::ops::Bound;

use shared::{Pid, Term, VirtualTime};

use super::objects::to_list;
use super::table::{Slot, Table};
use super::{Access, EtsError, TableKind};
use crate::kernel::Kernel;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Forward,
    Backward,
}

/// What a step gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Give {
    Key,
    /// `{Key, Objects}`, as `first_lookup/1` and its companions.
    KeyAndObjects,
}

pub(super) fn end_of_table() -> Term {
    Term::atom("$end_of_table")
}

impl Table {
    /// Tables without an order have one way only.
    fn way(&self, way: Way) -> Way {
        if self.kind == TableKind::OrderedSet { way } else { Way::Forward }
    }

    fn end(&self, way: Way) -> Option<&Slot> {
        match self.way(way) {
            Way::Forward => self.slots.get_min().map(|(_, slot)| slot),
            Way::Backward => self.slots.get_max().map(|(_, slot)| slot),
        }
    }

    fn beside(&self, key: &Term, way: Way) -> Option<&Slot> {
        let key = self.key(key);
        match self.way(way) {
            Way::Forward => self.slots.range((Bound::Excluded(key), Bound::Unbounded)).next().map(|(_, slot)| slot),
            Way::Backward => self.slots.range(..key).next_back().map(|(_, slot)| slot),
        }
    }

    fn give(&self, slot: Option<&Slot>, give: Give) -> Term {
        let key = slot.and_then(|slot| Some((slot.key(self.keypos)?.clone(), slot)));
        match (key, give) {
            (None, _) => end_of_table(),
            (Some((key, _)), Give::Key) => key,
            (Some((key, slot)), Give::KeyAndObjects) => Term::tuple([key, to_list(slot.objects())]),
        }
    }
}

impl Kernel {
    pub(super) fn ets_first(&self, pid: Pid, table: &Term, way: Way, give: Give) -> Result<Term, EtsError> {
        let table = self.ets.open(pid, table, Access::Read)?;
        Ok(table.give(table.end(way), give))
    }

    /// A key that is not there has a neighbour in an ordered table, and while the table is fixed.
    pub(super) fn ets_next(&self, pid: Pid, table: &Term, key: &Term, way: Way, give: Give) -> Result<Term, EtsError> {
        let table = self.ets.open(pid, table, Access::Read)?;
        let tolerant = table.kind == TableKind::OrderedSet || !table.fixed_by.is_empty();
        if !tolerant && table.find(key).is_empty() {
            return Err(EtsError::Badarg);
        }
        Ok(table.give(table.beside(key, way), give))
    }

    /// The objects of the key at a position, counted from 0.
    pub(super) fn ets_slot(&self, pid: Pid, table: &Term, position: &Term) -> Result<Term, EtsError> {
        let table = self.ets.open(pid, table, Access::Read)?;
        let position = position.as_int().and_then(|position| usize::try_from(position).ok());
        let position = position.ok_or(EtsError::Badarg)?;
        match table.slots.values().nth(position) {
            Some(slot) => Ok(to_list(slot.objects())),
            None if position == table.slots.len() => Ok(end_of_table()),
            None => Err(EtsError::Badarg),
        }
    }

    pub(super) fn ets_safe_fixtable(
        &mut self,
        pid: Pid,
        table: &Term,
        fix: &Term,
        now: VirtualTime,
    ) -> Result<Term, EtsError> {
        let id = self.ets.open(pid, table, Access::Read)?.id;
        let Some(table) = self.ets.by_id.get_mut(&id).map(std::sync::Arc::make_mut) else {
            return Err(EtsError::Id);
        };
        match fix.as_atom() {
            Some("true") => {
                if table.fixed_by.is_empty() {
                    table.fixed_since = now;
                }
                *table.fixed_by.entry(pid).or_default() += 1;
            }
            Some("false") => {
                if let Some(count) = table.fixed_by.get_mut(&pid) {
                    *count -= 1;
                    if *count == 0 {
                        table.fixed_by.remove(&pid);
                    }
                }
            }
            _ => return Err(EtsError::Badarg),
        }
        Ok(Term::bool(true))
    }
}
