//! Counting, deleting and replacing by match specification.

use shared::match_spec::Fuel;
use shared::{Pid, Term};

use super::select::{Form, Selected, check_fuel};
use super::traverse::Way;
use super::{Access, EtsError};
use crate::kernel::Kernel;

impl Kernel {
    pub(super) fn ets_select_count(&self, pid: Pid, table: &Term, spec: &Term) -> Result<Selected, EtsError> {
        let spec = Form::Select.compile(spec)?;
        let table = self.ets.open(pid, table, Access::Read)?;
        let fuel = Fuel::default();
        let (mut visited, mut matching) = (0, 0_u64);
        for object in table.candidate_objects(&spec) {
            visited += 1;
            matching += u64::from(spec.is_true(&Term::Tuple(object.clone()), pid, &fuel));
            check_fuel(&fuel)?;
        }
        Ok(Selected::new(Term::from(matching), visited))
    }

    /// Removes what the specification gives `true` for: how many.
    pub(super) fn ets_select_delete(&mut self, pid: Pid, table: &Term, spec: &Term) -> Result<Selected, EtsError> {
        let spec = Form::Select.compile(spec)?;
        let opened = self.ets.open(pid, table, Access::Write)?;
        let fuel = Fuel::default();
        let (mut visited, mut removed) = (0, 0);
        let mut changed = Vec::new();
        for (key, slot) in opened.candidates(&spec, Way::Forward, None) {
            let mut kept = Vec::new();
            for object in slot.objects() {
                visited += 1;
                if !spec.is_true(&Term::Tuple(object.clone()), pid, &fuel) {
                    kept.push(object.clone());
                }
                check_fuel(&fuel)?;
            }
            let gone = slot.objects().len() - kept.len();
            if gone > 0 {
                removed += gone as u64;
                changed.push((key, kept));
            }
        }
        self.ets.change(pid, table, |table| {
            changed.into_iter().for_each(|(key, kept)| table.replace_slot(key, kept));
            Ok(Selected::new(Term::from(removed), visited))
        })
    }

    /// Puts what the specification gives in place of the object; its key must stay the same.
    pub(super) fn ets_select_replace(&mut self, pid: Pid, table: &Term, spec: &Term) -> Result<Selected, EtsError> {
        let opened = self.ets.open(pid, table, Access::Write)?;
        if opened.kind.is_bag() {
            return Err(EtsError::TableType);
        }
        let compiled = Form::Select.compile(spec)?;
        let clauses = spec.as_list().unwrap_or_default();
        if !clauses.iter().all(|clause| keeps_key(clause, opened.keypos)) {
            return Err(EtsError::Badarg);
        }
        let fuel = Fuel::default();
        let mut visited = 0;
        let mut replacements = Vec::new();
        for object in opened.candidate_objects(&compiled) {
            visited += 1;
            let result = compiled.run(&Term::Tuple(object.clone()), pid, &fuel);
            check_fuel(&fuel)?;
            match result {
                Some(Term::Tuple(new)) if opened.key_of(&new) == opened.key_of(object) => replacements.push(new),
                // An error in the body gives no tuple.
                _ => {}
            }
        }
        let count = replacements.len() as u64;
        self.check_objects(pid, &replacements)?;
        self.ets.change(pid, table, |table| {
            replacements.into_iter().for_each(|object| table.put(object));
            Ok(Selected::new(Term::from(count), visited))
        })
    }
}

/// Whether a clause visibly leaves the key as it is: its only result is the object, or a tuple with the key of the
/// head in its place.
fn keeps_key(clause: &Term, keypos: usize) -> bool {
    let Some([head, _, body]) = clause.as_tuple() else {
        return false;
    };
    let Some([result]) = body.as_list() else {
        return false;
    };
    if result.is_atom("$_") {
        return true;
    }
    let Some([Term::Tuple(elements)]) = result.as_tuple() else {
        return false;
    };
    let Some(key) = elements.get(keypos - 1) else {
        return false;
    };
    let copied = Term::tuple([Term::atom("element"), Term::from(keypos as u64), Term::atom("$_")]);
    if *key == copied {
        return true;
    }
    let head_key = head.as_tuple().and_then(|parts| parts.get(keypos - 1));
    head_key.is_some_and(|head_key| {
        let constant = Term::tuple([Term::atom("const"), head_key.clone()]);
        !head_key.is_atom("_") && (key == head_key || *key == constant)
    })
}
