//! Putting objects in, finding them, changing and removing them.

use shared::term::List;
use shared::{Pid, Term};

use super::table::{Object, Table};
use super::{Access, EtsError};
use crate::kernel::Kernel;

pub(super) fn to_list(objects: &[Object]) -> Term {
    List::of_tuples(objects)
}

/// One object or a list of them, each with a key.
fn objects_of(table: &Table, term: &Term) -> Result<Vec<Object>, EtsError> {
    let has_key = |term: &Term| match term {
        Term::Tuple(object) if object.len() >= table.keypos => Ok(object.clone()),
        _ => Err(EtsError::Badarg),
    };
    match term {
        Term::Tuple(_) => Ok(vec![has_key(term)?]),
        _ => term.as_list().ok_or(EtsError::Badarg)?.iter().map(has_key).collect(),
    }
}

impl Kernel {
    pub(super) fn ets_insert(&mut self, pid: Pid, table: &Term, objects: &Term) -> Result<Term, EtsError> {
        let objects = objects_of(self.ets.open(pid, table, Access::Write)?, objects)?;
        self.put_all(pid, table, objects)?;
        Ok(Term::bool(true))
    }

    /// Inserts all objects, or none when one of their keys is there.
    pub(super) fn ets_insert_new(&mut self, pid: Pid, table: &Term, objects: &Term) -> Result<Term, EtsError> {
        let opened = self.ets.open(pid, table, Access::Write)?;
        let objects = objects_of(opened, objects)?;
        let taken = |object: &Object| opened.key_of(object).is_some_and(|key| !opened.find(key).is_empty());
        if objects.iter().any(taken) {
            return Ok(Term::bool(false));
        }
        self.put_all(pid, table, objects)?;
        Ok(Term::bool(true))
    }

    fn put_all(&mut self, pid: Pid, table: &Term, objects: Vec<Object>) -> Result<(), EtsError> {
        self.check_objects(pid, &objects)?;
        self.ets.change(pid, table, |table| {
            objects.into_iter().for_each(|object| table.put(object));
            Ok(())
        })
    }

    pub(super) fn ets_lookup(&self, pid: Pid, table: &Term, key: &Term) -> Result<Term, EtsError> {
        Ok(to_list(self.ets.open(pid, table, Access::Read)?.find(key)))
    }

    pub(super) fn ets_member(&self, pid: Pid, table: &Term, key: &Term) -> Result<Term, EtsError> {
        Ok(Term::bool(!self.ets.open(pid, table, Access::Read)?.find(key).is_empty()))
    }

    /// The element of the object, or of all objects of a bag.
    pub(super) fn ets_lookup_element(
        &self,
        pid: Pid,
        table: &Term,
        key: &Term,
        position: &Term,
        default: Option<&Term>,
    ) -> Result<Term, EtsError> {
        let table = self.ets.open(pid, table, Access::Read)?;
        let at = position.as_int().and_then(|position| usize::try_from(position).ok()?.checked_sub(1));
        let at = at.ok_or(EtsError::Badarg)?;
        let objects = table.find(key);
        if objects.is_empty() {
            return default.cloned().ok_or(EtsError::BadKey);
        }
        let elements = objects.iter().map(|object| object.get(at).cloned());
        let mut elements = elements.collect::<Option<Vec<Term>>>().ok_or(EtsError::Badarg)?;
        if table.kind.is_bag() {
            return Ok(Term::list(elements));
        }
        elements.pop().ok_or(EtsError::BadKey)
    }

    pub(super) fn ets_take(&mut self, pid: Pid, table: &Term, key: &Term) -> Result<Term, EtsError> {
        let objects = self.ets.change(pid, table, |table| Ok(table.remove(key)))?;
        Ok(to_list(&objects))
    }

    pub(super) fn ets_delete_key(&mut self, pid: Pid, table: &Term, key: &Term) -> Result<Term, EtsError> {
        self.ets_take(pid, table, key)?;
        Ok(Term::bool(true))
    }

    pub(super) fn ets_delete_object(&mut self, pid: Pid, table: &Term, object: &Term) -> Result<Term, EtsError> {
        self.ets.change(pid, table, |table| {
            let Term::Tuple(object) = object else {
                return Err(EtsError::Badarg);
            };
            table.remove_object(object);
            Ok(Term::bool(true))
        })
    }

    /// Removes all objects: how many.
    pub(super) fn ets_clear(&mut self, pid: Pid, table: &Term) -> Result<Term, EtsError> {
        self.ets.change(pid, table, |table| Ok(Term::from(table.clear())))
    }

    /// `{Pos, Value}` or a list of them; `default` is used when there is no object.
    pub(super) fn ets_update_element(
        &mut self,
        pid: Pid,
        table: &Term,
        key: &Term,
        updates: &Term,
        default: Option<&Term>,
    ) -> Result<Term, EtsError> {
        let opened = self.ets.open(pid, table, Access::Write)?;
        if opened.kind.is_bag() {
            return Err(EtsError::Badarg);
        }
        let updates = match updates {
            Term::Tuple(_) => vec![updates.clone()],
            updates => updates.as_list().ok_or(EtsError::Badarg)?.to_vec(),
        };
        let mut changes = Vec::with_capacity(updates.len());
        for update in &updates {
            let Some([Term::Int(position @ 1..), value]) = update.as_tuple() else {
                return Err(EtsError::Badarg);
            };
            changes.push((usize::try_from(*position).map_err(|_| EtsError::Badarg)?, value.clone()));
        }
        if changes.iter().any(|(position, _)| *position == opened.keypos) {
            return Err(EtsError::KeyPosition);
        }
        let Some(object) = object_or_default(opened, key, default)? else {
            return Ok(Term::bool(false));
        };
        let mut elements = object.to_vec();
        for (position, value) in changes {
            *elements.get_mut(position - 1).ok_or(EtsError::Position)? = value;
        }
        self.put_all(pid, table, vec![elements.into()])?;
        Ok(Term::bool(true))
    }
}

/// The object of a key, or else the default with the key put into it. Where there is a default it must be a tuple,
/// needed or not.
pub(super) fn object_or_default(table: &Table, key: &Term, default: Option<&Term>) -> Result<Option<Object>, EtsError> {
    let default = default.map(|default| default.as_tuple().ok_or(EtsError::Badarg)).transpose()?;
    let found = table.find(key).first().cloned();
    let (None, Some(default)) = (&found, default) else {
        return Ok(found);
    };
    let mut elements = default.to_vec();
    *elements.get_mut(table.keypos - 1).ok_or(EtsError::Badarg)? = key.clone();
    Ok(Some(elements.into()))
}
