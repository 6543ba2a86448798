//! `ets:new/2` and `ets:setopts/2`.

use shared::limits::LimitKind;
use shared::term::Atom;
use shared::{Etf, Pid, Term};

use super::EtsError;
use super::table::{Heir, Protection, Table, TableKind};
use crate::kernel::Kernel;

impl Kernel {
    pub(super) fn ets_new(&mut self, pid: Pid, name: &Term, options: &Term) -> Result<Term, EtsError> {
        let (Term::Atom(name), Some(options)) = (name, options.as_list()) else {
            return Err(EtsError::Badarg);
        };
        let allowed = self.limits.ets_tables;
        let mut table = Table::new(shared::Ref(0), Atom::new(name.as_str()), pid);
        for option in options {
            set_option(&mut table, option)?;
        }
        if table.named && self.ets.by_name.contains_key(name) {
            return Err(EtsError::AlreadyExists);
        }
        if self.ets.by_id.len() as u64 >= allowed {
            self.limit_reached(Some(pid), LimitKind::EtsTables, allowed);
            return Err(EtsError::Limit(LimitKind::EtsTables));
        }
        self.check_objects(pid, &[])?;
        table.id = self.make_ref();
        let handle = table.handle();
        if table.named {
            self.ets.by_name.insert(name.clone(), table.id);
        }
        self.ets.bytes += table.bytes();
        self.ets.by_id.insert(table.id, table.into());
        Ok(handle)
    }

    pub(super) fn ets_setopts(&mut self, pid: Pid, table: &Term, options: &Term) -> Result<Term, EtsError> {
        let options = match options {
            Term::Tuple(_) => vec![options.clone()],
            options => options.as_list().ok_or(EtsError::Badarg)?.to_vec(),
        };
        let (mut heir, mut protection) = (None, None);
        for option in &options {
            let is_first = match protection_option(option) {
                Some(new) => protection.replace(new).is_none(),
                None => heir.replace(heir_option(option).ok_or(EtsError::Badarg)?).is_none(),
            };
            if !is_first {
                return Err(EtsError::Badarg);
            }
        }
        let table = self.ets.open_mut(pid, table)?;
        if table.owner != pid {
            return Err(EtsError::NotOwner);
        }
        table.heir = heir.unwrap_or(table.heir.take());
        table.protection = protection.unwrap_or(table.protection);
        Ok(Term::bool(true))
    }
}

/// `{protection, Protection}`, which OTP's manual does not tell of.
fn protection_option(option: &Term) -> Option<Protection> {
    match option.as_tuple()? {
        [name, protection] if name.is_atom("protection") => protection_named(protection.as_atom()?),
        _ => None,
    }
}

fn protection_named(name: &str) -> Option<Protection> {
    [Protection::Public, Protection::Protected, Protection::Private].into_iter().find(|it| it.name() == name)
}

/// `{heir, none}` or `{heir, Pid, Data}`; the outer `None` is neither.
fn heir_option(option: &Term) -> Option<Option<Heir>> {
    match option.as_tuple()? {
        [name, none] if name.is_atom("heir") && none.is_atom("none") => Some(None),
        [name, heir, data] if name.is_atom("heir") => {
            let pid = heir.as_local_pid()?;
            Some(Some(Heir { pid, data: Etf::of(data) }))
        }
        _ => None,
    }
}

fn set_option(table: &mut Table, option: &Term) -> Result<(), EtsError> {
    match (option.as_atom(), option.as_tuple()) {
        (Some("set"), _) => table.kind = TableKind::Set,
        (Some("ordered_set"), _) => table.kind = TableKind::OrderedSet,
        (Some("bag"), _) => table.kind = TableKind::Bag,
        (Some("duplicate_bag"), _) => table.kind = TableKind::DuplicateBag,
        (Some(name @ ("public" | "protected" | "private")), _) => {
            table.protection = protection_named(name).unwrap_or(table.protection);
        }
        (Some("named_table"), _) => table.named = true,
        (Some("compressed"), _) => table.tuning.compressed = true,
        (_, Some([name, value])) if name.is_atom("keypos") => {
            let keypos = value.as_int().and_then(|keypos| usize::try_from(keypos).ok());
            table.keypos = keypos.filter(|&keypos| keypos > 0).ok_or(EtsError::Badarg)?;
        }
        (_, Some([name, value])) if is_tuning(name, value) => {
            let place = match name.as_atom() {
                Some("read_concurrency") => &mut table.tuning.read_concurrency,
                Some("write_concurrency") => &mut table.tuning.write_concurrency,
                _ => &mut table.tuning.decentralized_counters,
            };
            *place = value.clone();
        }
        (_, Some(_)) => table.heir = heir_option(option).ok_or(EtsError::Badarg)?,
        _ => return Err(EtsError::Badarg),
    }
    Ok(())
}

/// The form in which OTP's own tests ask for a number of locks.
fn is_lock_count(value: &Term) -> bool {
    const MAX_LOCKS: i64 = 32_768;
    matches!(value.as_tuple(), Some([name, count])
        if name.is_atom("debug_hash_fixed_number_of_locks") && count.as_int().is_some_and(|n| (1..=MAX_LOCKS).contains(&n)))
}

fn is_tuning(name: &Term, value: &Term) -> bool {
    match name.as_atom() {
        Some("read_concurrency" | "decentralized_counters") => {
            matches!(value.as_atom(), Some("true" | "false"))
        }
        Some("write_concurrency") => matches!(value.as_atom(), Some("true" | "false" | "auto")) || is_lock_count(value),
        _ => false,
    }
}
