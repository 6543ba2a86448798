//! One table.

use std::collections::BTreeMap;

use imbl::ordmap::DiffItem;
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use shared::term::{Atom, Terms};
use shared::{Etf, Pid, Ref, Term, VirtualTime};

use super::Access;
use super::key::{Hashed, Key, Ordered};

/// A tuple in a table.
pub(crate) type Object = Terms;

/// The type of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TableKind {
    /// One object for a key.
    Set,
    /// One object for a key, in key order.
    OrderedSet,
    /// Any number of different objects for a key.
    Bag,
    /// Any number of objects for a key.
    DuplicateBag,
}

impl TableKind {
    /// Its atom.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::OrderedSet => "ordered_set",
            Self::Bag => "bag",
            Self::DuplicateBag => "duplicate_bag",
        }
    }

    pub(crate) const fn is_bag(self) -> bool {
        matches!(self, Self::Bag | Self::DuplicateBag)
    }
}

/// Who may do what with a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Protection {
    /// Everybody reads and writes.
    Public,
    /// Everybody reads, the owner writes.
    Protected,
    /// Only the owner reads and writes.
    Private,
}

impl Protection {
    /// Its atom.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Protected => "protected",
            Self::Private => "private",
        }
    }
}

/// Who gets a table when its owner ends, and what it is told then.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub(crate) struct Heir {
    pub(crate) pid: Pid,
    pub(crate) data: Etf,
}

/// A table.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Table {
    /// Its reference.
    pub id: Ref,
    /// Its name, whether it is found by that or not.
    pub name: Atom,
    /// Whether it is found by its name.
    pub named: bool,
    /// Its type.
    pub kind: TableKind,
    /// Who may do what with it.
    pub protection: Protection,
    /// Which element of an object is the key, counted from 1.
    pub keypos: usize,
    /// Who owns it.
    pub owner: Pid,
    pub(crate) heir: Option<Heir>,
    /// Options that change nothing here but are answered by `ets:info/1`.
    pub(crate) tuning: Tuning,
    /// Who fixed it, and how often.
    pub(crate) fixed_by: BTreeMap<Pid, u32>,
    pub(crate) fixed_since: VirtualTime,
    pub(crate) slots: OrdMap<Key, Slot>,
    size: u64,
    object_bytes: u64,
}

/// See [`Table::tuning`].
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub(crate) struct Tuning {
    pub(crate) read_concurrency: Term,
    pub(crate) write_concurrency: Term,
    pub(crate) decentralized_counters: Term,
    pub(crate) compressed: bool,
}

/// The objects of one key.
#[derive(Clone, Debug, PartialEq, Hash, Serialize, Deserialize)]
pub(crate) enum Slot {
    One(Object),
    /// Of a bag; never empty. Apart, so that more entries of other tables lie in what a processor reads at once.
    Many(Box<Bag>),
}

/// The objects of one key of a bag, in the order in which they were inserted.
#[derive(Clone, Debug, Default, PartialEq, Hash, Serialize, Deserialize)]
pub(crate) struct Bag {
    objects: Vec<Object>,
    /// The same once there are many, so that finding out whether one is there stays cheap.
    index: OrdSet<Object>,
}

/// From how many objects on a bag has an index.
const INDEXED_FROM: usize = 16;

impl Bag {
    fn new(objects: Vec<Object>) -> Self {
        let index = if objects.len() < INDEXED_FROM { OrdSet::new() } else { objects.iter().cloned().collect() };
        Self { objects, index }
    }

    fn contains(&self, object: &Object) -> bool {
        if self.index.is_empty() { self.objects.contains(object) } else { self.index.contains(object) }
    }

    fn push(&mut self, object: Object) {
        self.objects.push(object.clone());
        if !self.index.is_empty() {
            self.index.insert(object);
        } else if self.objects.len() >= INDEXED_FROM {
            self.index = self.objects.iter().cloned().collect();
        }
    }
}

impl Slot {
    pub(crate) fn objects(&self) -> &[Object] {
        match self {
            Self::One(object) => std::slice::from_ref(object),
            Self::Many(bag) => &bag.objects,
        }
    }

    /// The key as the first object spells it.
    pub(crate) fn key(&self, keypos: usize) -> Option<&Term> {
        self.objects().first()?.get(keypos - 1)
    }
}

/// What a table and an entry take besides the terms, in bytes.
const TABLE_BYTES: u64 = 512;
const OBJECT_BYTES: u64 = 96;

/// What an object takes, or `None` when that is more than `most`.
pub(crate) fn object_bytes_within(object: &[Term], most: u64) -> Option<u64> {
    let mut bytes = OBJECT_BYTES + size_of_val(object) as u64;
    for term in object {
        bytes += term.heap_bytes_within(most.checked_sub(bytes)?)?;
    }
    (bytes <= most).then_some(bytes)
}

fn object_bytes(object: &[Term]) -> u64 {
    object_bytes_within(object, u64::MAX).unwrap_or(u64::MAX)
}

impl Table {
    pub(crate) fn new(id: Ref, name: Atom, owner: Pid) -> Self {
        Self {
            id,
            name,
            named: false,
            kind: TableKind::Set,
            protection: Protection::Protected,
            keypos: 1,
            owner,
            heir: None,
            tuning: Tuning {
                read_concurrency: Term::bool(false),
                write_concurrency: Term::bool(false),
                decentralized_counters: Term::bool(false),
                compressed: false,
            },
            fixed_by: BTreeMap::new(),
            fixed_since: VirtualTime::ZERO,
            slots: OrdMap::new(),
            size: 0,
            object_bytes: 0,
        }
    }

    /// Keys under which another table has other objects, with the objects of both as lists, in the order of this table.
    pub(crate) fn differing_objects(&self, other: &Table) -> Vec<(Term, Option<Term>, Option<Term>)> {
        let objects = |slot: &Slot| Term::list(slot.objects().iter().map(|object| Term::Tuple(object.clone())));
        let differing = self.slots.diff(&other.slots).map(|item| match item {
            DiffItem::Add(key, slot) => (key.term().clone(), None, Some(objects(slot))),
            DiffItem::Remove(key, slot) => (key.term().clone(), Some(objects(slot)), None),
            DiffItem::Update { old, new } => (old.0.term().clone(), Some(objects(old.1)), Some(objects(new.1))),
        });
        differing.collect()
    }

    pub(crate) fn allows(&self, pid: Pid, access: Access) -> bool {
        pid == self.owner
            || match self.protection {
                Protection::Public => true,
                Protection::Protected => access == Access::Read,
                Protection::Private => false,
            }
    }

    /// What stands for the table in messages and results: its name when it is found by that.
    pub fn handle(&self) -> Term {
        if self.named { Term::from(self.name.clone()) } else { Term::reference(self.id) }
    }

    /// The number of objects.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> u64 {
        TABLE_BYTES + self.object_bytes
    }

    /// All objects in the order of the table.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.slots.values().flat_map(Slot::objects)
    }

    pub(crate) fn key(&self, term: &Term) -> Key {
        match self.kind {
            TableKind::OrderedSet => Key::Ordered(term.clone()),
            _ => Key::hashed(term.clone()),
        }
    }

    fn slot(&self, key: &Term) -> Option<&Slot> {
        match self.kind {
            TableKind::OrderedSet => self.slots.get(&Ordered(key)),
            _ => self.slots.get(&Hashed::new(key)),
        }
    }

    pub(crate) fn slot_mut(&mut self, key: &Term) -> Option<&mut Slot> {
        match self.kind {
            TableKind::OrderedSet => self.slots.get_mut(&Ordered(key)),
            _ => self.slots.get_mut(&Hashed::new(key)),
        }
    }

    pub(crate) fn key_of<'a>(&self, object: &'a [Term]) -> Option<&'a Term> {
        object.get(self.keypos - 1)
    }

    pub(crate) fn find(&self, key: &Term) -> &[Object] {
        self.slot(key).map(Slot::objects).unwrap_or_default()
    }

    /// Puts an object in, in the place of the one with its key where there is only one for a key.
    pub(crate) fn put(&mut self, object: Object) {
        let bytes = object_bytes(&object);
        self.put_sized(object, bytes);
    }

    /// As [`Table::put`], with what the object takes ([`object_bytes_within`]).
    pub(crate) fn put_sized(&mut self, object: Object, bytes: u64) {
        let Some(key) = object.get(self.keypos - 1) else {
            return;
        };
        match self.kind {
            TableKind::Set | TableKind::OrderedSet => {
                self.count_in(bytes);
                // In place, where the key is the same one: most programs put in what is there already. That of a table in term order may be
                // another one (`1` and `1.0`).
                let slot = if self.kind == TableKind::Set { self.slots.get_mut(&Hashed::new(key)) } else { None };
                let old = match slot {
                    Some(slot) => Some(std::mem::replace(slot, Slot::One(object))),
                    None => self.slots.insert(self.key(key), Slot::One(object)),
                };
                if let Some(old) = old {
                    old.objects().iter().for_each(|old| self.count_out(old));
                }
            }
            TableKind::Bag | TableKind::DuplicateBag => {
                let distinct = self.kind == TableKind::Bag;
                let there = |slot: &Slot| matches!(slot, Slot::Many(bag) if bag.contains(&object));
                if distinct && self.slot(key).is_some_and(there) {
                    return;
                }
                self.count_in(bytes);
                match self.slots.get_mut(&Hashed::new(key)) {
                    Some(Slot::Many(bag)) => bag.push(object),
                    _ => {
                        self.slots.insert(self.key(key), Slot::Many(Box::new(Bag::new(vec![object]))));
                    }
                }
            }
        }
    }

    /// Removes all objects of a key.
    pub(crate) fn remove(&mut self, key: &Term) -> Vec<Object> {
        let key = self.key(key);
        let objects = self.slots.remove(&key).map_or_else(Vec::new, |slot| slot.objects().to_vec());
        objects.iter().for_each(|object| self.count_out(object));
        objects
    }

    /// Removes those objects of a key that equal this one.
    pub(crate) fn remove_object(&mut self, object: &Object) {
        let Some(key) = self.key_of(object).map(|key| self.key(key)) else {
            return;
        };
        let Some(slot) = self.slots.get(&key) else {
            return;
        };
        let kept: Vec<Object> = slot.objects().iter().filter(|other| *other != object).cloned().collect();
        if kept.len() < slot.objects().len() {
            self.replace_slot(key, kept);
        }
    }

    /// Leaves only these of the objects of a key.
    pub(crate) fn replace_slot(&mut self, key: Key, kept: Vec<Object>) {
        if let Some(old) = self.slots.remove(&key) {
            old.objects().iter().for_each(|object| self.count_out(object));
        }
        kept.iter().for_each(|object| self.count_in(object_bytes(object)));
        if !kept.is_empty() {
            self.slots.insert(key, Slot::Many(Box::new(Bag::new(kept))));
        }
    }

    pub(crate) fn clear(&mut self) -> u64 {
        self.slots = OrdMap::new();
        self.object_bytes = 0;
        std::mem::take(&mut self.size)
    }

    fn count_in(&mut self, bytes: u64) {
        self.size += 1;
        self.object_bytes += bytes;
    }

    fn count_out(&mut self, object: &[Term]) {
        self.size -= 1;
        self.object_bytes = self.object_bytes.saturating_sub(object_bytes(object));
    }
}
