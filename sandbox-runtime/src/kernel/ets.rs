//! ETS: tables that processes share (STDLIB Reference Manual, `ets`).
//!
//! Every operation is one step of the machine, so all of them are atomic. Tables of type `ordered_set` are in key
//! order. The order of the other types is unspecified in Erlang/OTP; here it is that of OTP's hash of the key, so small tables
//! are listed as there. Objects of a bag with equal keys keep the order in which they were inserted.
//!
//! Going on from a key that was deleted works while the table is fixed, as there; nothing else needs fixing here.

mod bulk;
mod call;
mod counter;
mod create;
mod info;
mod key;
mod objects;
mod ownership;
mod place;
mod quick;
mod select;
mod table;
mod traverse;

use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use shared::limits::LimitKind;
use shared::term::Atom;
use shared::{Pid, Ref, Term};

pub use call::EtsReply;
pub use quick::Quick;
pub use table::{Protection, Table, TableKind};

use super::Kernel;

/// All tables of a sandbox.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct Tables {
    by_id: OrdMap<Ref, Arc<Table>>,
    by_name: OrdMap<Atom, Ref>,
    bytes: u64,
}

/// Why an operation failed. All of them are `badarg` but the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EtsError {
    /// An argument is wrong, with no more to say.
    Badarg,
    /// There is no such table (`id`).
    Id,
    /// What stands for the table cannot be one (`type`).
    Type,
    /// The table does not let the caller do that (`access`).
    Access,
    /// There is no object with that key (`badkey`).
    BadKey,
    /// The element to be changed is the key (`keypos`).
    KeyPosition,
    /// The object has no such element (`position`).
    Position,
    /// Tables of this type have no such operation (`table_type`).
    TableType,
    /// The receiver owns the table already (`owner`).
    Owner,
    /// The caller does not own the table (`not_owner`).
    NotOwner,
    /// The name is in use (`already_exists`).
    AlreadyExists,
    /// `system_limit`
    Limit(LimitKind),
}

impl EtsError {
    /// The `cause` of the `error_info` map, as `erl_stdlib_errors` expects it.
    pub const fn cause(self) -> Option<&'static str> {
        match self {
            Self::Badarg | Self::Limit(_) => None,
            Self::Id => Some("id"),
            Self::Type => Some("type"),
            Self::Access => Some("access"),
            Self::BadKey => Some("badkey"),
            Self::KeyPosition => Some("keypos"),
            Self::Position => Some("position"),
            Self::TableType => Some("table_type"),
            Self::Owner => Some("owner"),
            Self::NotOwner => Some("not_owner"),
            Self::AlreadyExists => Some("already_exists"),
        }
    }

    /// The reason of the error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Limit(_) => "system_limit",
            _ => "badarg",
        }
    }
}

/// What an operation does to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

impl Tables {
    /// About how many bytes all tables hold.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// All tables, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Table> {
        self.by_id.values().map(|table| &**table)
    }

    /// The table of that reference.
    pub fn get(&self, id: Ref) -> Option<&Table> {
        self.by_id.get(&id).map(|table| &**table)
    }

    /// The table of that name.
    pub fn whereis(&self, name: &Atom) -> Option<Ref> {
        self.by_name.get(name).copied()
    }

    fn id_of(&self, table: &Term) -> Result<Ref, EtsError> {
        match table {
            Term::Atom(name) => self.whereis(name).ok_or(EtsError::Id),
            Term::Ref(_) => table.as_local_ref().filter(|id| self.by_id.contains_key(id)).ok_or(EtsError::Id),
            _ => Err(EtsError::Type),
        }
    }

    /// The table, when `pid` may do that with it.
    pub(crate) fn open(&self, pid: Pid, table: &Term, access: Access) -> Result<&Table, EtsError> {
        let table = match table {
            Term::Ref(_) => table.as_local_ref().and_then(|id| self.get(id)).ok_or(EtsError::Id)?,
            _ => self.get(self.id_of(table)?).ok_or(EtsError::Id)?,
        };
        if table.allows(pid, access) { Ok(table) } else { Err(EtsError::Access) }
    }

    fn open_mut(&mut self, pid: Pid, table: &Term) -> Result<&mut Table, EtsError> {
        let id = self.open(pid, table, Access::Write)?.id;
        self.by_id.get_mut(&id).map(Arc::make_mut).ok_or(EtsError::Id)
    }

    /// Changes a table, and keeps the sum of what all of them hold.
    fn change<T>(
        &mut self,
        pid: Pid,
        table: &Term,
        change: impl FnOnce(&mut Table) -> Result<T, EtsError>,
    ) -> Result<T, EtsError> {
        let table = self.open_mut(pid, table)?;
        let before = table.bytes();
        let result = change(table);
        let after = table.bytes();
        self.bytes = self.bytes.saturating_sub(before) + after;
        result
    }

    fn remove(&mut self, id: Ref) {
        if let Some(table) = self.by_id.remove(&id) {
            self.bytes = self.bytes.saturating_sub(table.bytes());
            if table.named {
                self.by_name.remove(&table.name);
            }
        }
    }
}

impl Kernel {
    /// How many bytes new objects may take.
    fn object_bytes_left(&self) -> u64 {
        self.limits.ets_bytes.saturating_sub(self.ets.bytes + self.persistent_terms.bytes())
    }

    /// Refuses to add objects when they would be too much.
    fn check_objects(&mut self, pid: Pid, objects: &[table::Object]) -> Result<(), EtsError> {
        let allowed = self.limits.ets_bytes;
        let mut left = self.object_bytes_left();
        for object in objects {
            match table::object_bytes_within(object, left) {
                Some(bytes) => left -= bytes,
                None => {
                    self.limit_reached(Some(pid), LimitKind::EtsBytes, allowed);
                    return Err(EtsError::Limit(LimitKind::EtsBytes));
                }
            }
        }
        Ok(())
    }
}
