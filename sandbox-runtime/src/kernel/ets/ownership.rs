//! Who owns a table, and what happens when that process ends.

use std::sync::Arc;

use shared::etf::Part;
use shared::event::Destination;
use shared::term::Atom;
use shared::{Etf, EventSeq, Pid, Ref, Term};

use super::{Access, EtsError};
use crate::kernel::Kernel;

impl Kernel {
    pub(super) fn ets_delete_table(&mut self, pid: Pid, table: &Term) -> Result<Term, EtsError> {
        let id = self.ets.open(pid, table, Access::Write)?.id;
        self.ets.remove(id);
        Ok(Term::bool(true))
    }

    pub(super) fn ets_rename(&mut self, pid: Pid, table: &Term, name: &Term) -> Result<Term, EtsError> {
        let id = self.ets.open(pid, table, Access::Write)?.id;
        let Term::Atom(new_name) = name else {
            return Err(EtsError::Badarg);
        };
        let Some(table) = self.ets.by_id.get_mut(&id).map(Arc::make_mut) else {
            return Err(EtsError::Id);
        };
        if table.named {
            if self.ets.by_name.contains_key(new_name) {
                return Err(EtsError::Badarg);
            }
            self.ets.by_name.remove(&table.name);
            self.ets.by_name.insert(new_name.clone(), id);
        }
        table.name = Atom::new(new_name.as_str());
        Ok(name.clone())
    }

    pub(super) fn ets_give_away(
        &mut self,
        pid: Pid,
        table: &Term,
        receiver: &Term,
        gift: &Term,
    ) -> Result<Term, EtsError> {
        let opened = self.ets.open(pid, table, Access::Write)?;
        let (id, owner) = (opened.id, opened.owner);
        let receiver = receiver.as_local_pid().ok_or(EtsError::Badarg)?;
        if owner != pid {
            return Err(EtsError::NotOwner);
        }
        if receiver == pid {
            return Err(EtsError::Owner);
        }
        if self.process(receiver).is_none() {
            return Err(EtsError::Badarg);
        }
        self.transfer(pid, id, receiver, &Etf::of(gift));
        Ok(Term::bool(true))
    }

    fn transfer(&mut self, from: Pid, id: Ref, to: Pid, data: &Etf) {
        let Some(table) = self.ets.by_id.get_mut(&id).map(Arc::make_mut) else {
            return;
        };
        table.owner = to;
        let message = Etf::tuple(&[
            Part::Term(Term::atom("ETS-TRANSFER")),
            Part::Term(table.handle()),
            Part::Term(Term::pid(from)),
            Part::Etf(data),
        ]);
        self.transmit(Some(from), None, &Destination::Pid(to), message);
    }

    /// The tables of a process that ends go to their heirs, or end with it.
    pub(crate) fn ets_owner_ends(&mut self, pid: Pid, _cause: EventSeq) {
        let owned: Vec<Ref> = self.ets.iter().filter(|table| table.owner == pid).map(|table| table.id).collect();
        for id in owned {
            let heir = self.ets.get(id).and_then(|table| table.heir.clone());
            match heir.filter(|heir| heir.pid != pid && self.process(heir.pid).is_some()) {
                Some(heir) => self.transfer(pid, id, heir.pid, &heir.data),
                None => self.ets.remove(id),
            }
        }
        let fixed: Vec<Ref> =
            self.ets.iter().filter(|table| table.fixed_by.contains_key(&pid)).map(|table| table.id).collect();
        for id in fixed {
            if let Some(table) = self.ets.by_id.get_mut(&id).map(Arc::make_mut) {
                table.fixed_by.remove(&pid);
            }
        }
    }
}
