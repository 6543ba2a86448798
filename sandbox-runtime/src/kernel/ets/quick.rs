//! What programs call most, from encoded arguments to an encoded answer without the steps between that other calls need: lists of
//! arguments and results, and a second look at the table.
//!
//! Only what goes as usual is done here. Whatever else there is (an error, a limit, an option, arguments of another kind) is left to
//! [`Kernel::ets_call`], with nothing changed. Results, events and reductions are those that it would give.

use std::sync::Arc;

use shared::etf::encoded_local_ref;
use shared::event::EventKind;
use shared::term::Atom;
use shared::{Etf, Pid, Ref, Term};

use super::call::OBJECTS_PER_REDUCTION;
use super::table::{Slot, Table, object_bytes_within};
use super::{Access, Tables};
use crate::kernel::Kernel;

/// A function of `ets` that has a quick form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quick {
    /// `lookup/2`
    Lookup,
    /// `lookup_element/3`
    LookupElement,
    /// `member/2`
    Member,
    /// `insert/2` of one object.
    Insert,
    /// `update_counter/3` with one operation without limits.
    UpdateCounter,
}

impl Quick {
    const fn name(self) -> &'static str {
        match self {
            Self::Lookup => "lookup",
            Self::LookupElement => "lookup_element",
            Self::Member => "member",
            Self::Insert => "insert",
            Self::UpdateCounter => "update_counter",
        }
    }

    const fn arity(self) -> u8 {
        match self {
            Self::Lookup | Self::Member | Self::Insert => 2,
            Self::LookupElement | Self::UpdateCounter => 3,
        }
    }
}

/// Arguments that have not been decoded yet.
struct Arguments<'a>(&'a [u8]);

impl<'a> Arguments<'a> {
    /// The arguments of an encoded list of so many elements, in the one way in which guests encode it.
    fn of(list: &'a [u8], count: u8) -> Option<Self> {
        const VERSION: u8 = 131;
        const LIST: u8 = 108;
        let elements = list.strip_prefix(&[VERSION, LIST, 0, 0, 0])?;
        let (&first, rest) = elements.split_first()?;
        (first == count).then_some(Self(rest))
    }

    fn next(&mut self) -> Option<Term> {
        let (term, rest) = Term::decode_element(self.0).ok()?;
        self.0 = rest;
        Some(term)
    }

    fn end(self) -> Option<()> {
        const NIL: u8 = 106;
        (self.0 == [NIL]).then_some(())
    }

    /// The next argument as a table.
    fn table(&mut self, tables: &Tables) -> Option<Ref> {
        match encoded_local_ref(self.0) {
            Some((id, rest)) => {
                self.0 = rest;
                Some(id)
            }
            None => tables.whereis(match &self.next()? {
                Term::Atom(name) => name,
                _ => return None,
            }),
        }
    }
}

/// Elements of a list, by which the work of a call is measured.
fn elements(term: &Term) -> u64 {
    term.as_list().map_or(0, |elements| elements.len() as u64)
}

impl Kernel {
    /// Calls a function of `ets`, `arguments` being the encoded list of its arguments, and adds its encoded value to `answer`. Gives the
    /// reductions that it was, or `None` where it is a case for [`Kernel::ets_call`].
    pub fn ets_quick(&mut self, pid: Pid, function: Quick, arguments: &[u8], answer: &mut Vec<u8>) -> Option<u64> {
        if arguments.len() as u64 > self.limits.message_bytes {
            return None;
        }
        let args = Arguments::of(arguments, function.arity())?;
        let elements = match function {
            Quick::Lookup => self.quick_lookup(pid, args, answer),
            Quick::LookupElement => self.quick_lookup_element(pid, args, answer),
            Quick::Member => self.quick_member(pid, args, answer),
            Quick::Insert => self.quick_insert(pid, args, answer),
            Quick::UpdateCounter => self.quick_update_counter(pid, args, answer),
        }?;
        self.record_with(Some(pid), || EventKind::Ets {
            operation: Atom::new(function.name()),
            arguments: Etf::from_trusted(arguments),
        });
        Some(1 + elements / OBJECTS_PER_REDUCTION)
    }

    fn readable(&self, pid: Pid, args: &mut Arguments<'_>) -> Option<&Table> {
        let id = args.table(&self.ets)?;
        self.ets.get(id).filter(|table| table.allows(pid, Access::Read))
    }

    fn quick_lookup(&self, pid: Pid, mut args: Arguments<'_>, answer: &mut Vec<u8>) -> Option<u64> {
        let table = self.readable(pid, &mut args)?;
        let key = args.next()?;
        args.end()?;
        let work = elements(&key);
        let objects = table.find(&key);
        Term::encode_tuples_onto(objects, answer);
        Some(work + objects.len() as u64)
    }

    fn quick_member(&self, pid: Pid, mut args: Arguments<'_>, answer: &mut Vec<u8>) -> Option<u64> {
        let table = self.readable(pid, &mut args)?;
        let key = args.next()?;
        args.end()?;
        let work = elements(&key);
        Term::bool(!table.find(&key).is_empty()).encode_onto(answer);
        Some(work)
    }

    fn quick_lookup_element(&self, pid: Pid, mut args: Arguments<'_>, answer: &mut Vec<u8>) -> Option<u64> {
        let table = self.readable(pid, &mut args)?;
        let (key, position) = (args.next()?, args.next()?);
        args.end()?;
        let at = usize::try_from(position.as_int()?).ok()?.checked_sub(1)?;
        let work = elements(&key);
        let [object] = table.find(&key) else { return None };
        let element = object.get(at).filter(|_| !table.kind.is_bag())?;
        element.encode_onto(answer);
        Some(work + elements(element))
    }

    fn quick_insert(&mut self, pid: Pid, mut args: Arguments<'_>, answer: &mut Vec<u8>) -> Option<u64> {
        let id = args.table(&self.ets)?;
        let Term::Tuple(object) = args.next()? else { return None };
        args.end()?;
        let bytes = object_bytes_within(&object, self.object_bytes_left())?;
        self.ets.change_quickly(pid, id, |table| {
            table.key_of(&object)?;
            table.put_sized(object, bytes);
            Some(())
        })?;
        Term::bool(true).encode_onto(answer);
        Some(0)
    }

    fn quick_update_counter(&mut self, pid: Pid, mut args: Arguments<'_>, answer: &mut Vec<u8>) -> Option<u64> {
        let id = args.table(&self.ets)?;
        let (key, operation) = (args.next()?, args.next()?);
        args.end()?;
        let left = self.object_bytes_left();
        let work = elements(&key);
        let value = self.ets.change_quickly(pid, id, |table| {
            let (at, increment) = match &operation {
                Term::Int(increment) => (table.keypos, *increment),
                operation => match operation.as_tuple()? {
                    [Term::Int(position @ 1..), Term::Int(increment)] => {
                        (usize::try_from(*position).ok()? - 1, *increment)
                    }
                    _ => return None,
                },
            };
            if at + 1 == table.keypos {
                return None;
            }
            // In a table of another kind there are no such slots.
            let Slot::One(object) = table.slot_mut(&key)? else { return None };
            object_bytes_within(object, left)?;
            let Term::Int(old) = object.get(at)? else { return None };
            let value = Term::Int(old.checked_add(increment)?);
            // An integer of 64 bits takes as much as another.
            *object.make_mut().get_mut(at)? = value.clone();
            Some(value)
        })?;
        value.encode_onto(answer);
        Some(work)
    }
}

impl Tables {
    /// Changes a table that lets the process do that, and keeps the sum of what all of them hold. `None`, also of `change`: nothing was
    /// changed.
    fn change_quickly<T>(&mut self, pid: Pid, id: Ref, change: impl FnOnce(&mut Table) -> Option<T>) -> Option<T> {
        let table = self.by_id.get_mut(&id).filter(|table| table.allows(pid, Access::Write))?;
        let table = Arc::make_mut(table);
        let before = table.bytes();
        let result = change(table);
        self.bytes = self.bytes.saturating_sub(before) + table.bytes();
        result
    }
}
