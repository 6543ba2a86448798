//! The process dictionary.

use crate::compare;
use crate::term::{Term, header_kind, kind};

/// Up to so many entries they are searched one after the other.
const FEW: usize = 8;

/// Keys and values. Their order depends on nothing but the calls made: the order in which keys were first put, where the
/// last one takes the place of one that is erased.
#[derive(Default)]
pub struct Dictionary {
    entries: Vec<(Term, Term)>,
    /// Hash of each entry's key. It does not change when a collection moves the key.
    hashes: Vec<u32>,
    /// Open addressing: number of an entry plus one, or 0. Its length is a power of two, or it is empty while there are few entries.
    slots: Vec<u32>,
}

impl Dictionary {
    /// Value of a key.
    pub fn get(&self, key: Term) -> Option<Term> {
        self.find(key, hash(key)).map(|at| self.entries[at].1)
    }
    /// Sets a key and gives its old value.
    pub fn put(&mut self, key: Term, value: Term) -> Option<Term> {
        let hash = hash(key);
        if let Some(at) = self.find(key, hash) {
            return Some(std::mem::replace(&mut self.entries[at].1, value));
        }
        self.entries.push((key, value));
        self.hashes.push(hash);
        // At most half of the slots are taken.
        if self.entries.len() > FEW && self.entries.len() * 2 > self.slots.len() {
            self.index_all();
        } else if !self.slots.is_empty() {
            self.index(self.entries.len() - 1);
        }
        None
    }
    /// Removes a key and gives its value.
    pub fn erase(&mut self, key: Term) -> Option<Term> {
        let at = self.find(key, hash(key))?;
        let last = self.entries.len() - 1;
        let slots = (!self.slots.is_empty()).then(|| (self.slot_of(at), self.slot_of(last)));
        self.hashes.swap_remove(at);
        if let Some((slot, last_slot)) = slots {
            self.slots[last_slot] = at as u32 + 1;
            self.free(slot);
        }
        Some(self.entries.swap_remove(at).1)
    }
    /// Empties it and gives what it held.
    pub fn clear(&mut self) -> Vec<(Term, Term)> {
        std::mem::take(self).entries
    }
    /// All entries.
    pub fn entries(&self) -> &[(Term, Term)] {
        &self.entries
    }
    /// Visits all terms.
    pub fn roots(&mut self, visit: &mut dyn FnMut(&mut Term)) {
        for (key, value) in &mut self.entries {
            visit(key);
            visit(value);
        }
    }

    fn find(&self, key: Term, hash: u32) -> Option<usize> {
        let same = |at: usize| {
            let entry = self.entries[at].0;
            entry == key || self.hashes[at] == hash && compare::eq_exact(entry, key)
        };
        if self.slots.is_empty() {
            return (0..self.entries.len()).find(|at| same(*at));
        }
        self.probe(hash).map_while(|slot| (self.slots[slot] as usize).checked_sub(1)).find(|at| same(*at))
    }
    /// Slots in the order in which a hash may use them.
    fn probe(&self, hash: u32) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len() - 1;
        (hash as usize..).map(move |slot| slot & mask)
    }
    /// The slot that holds the number of an entry.
    fn slot_of(&self, at: usize) -> usize {
        self.probe(self.hashes[at]).find(|slot| self.slots[*slot] == at as u32 + 1).expect("every entry has a slot")
    }
    fn index(&mut self, at: usize) {
        let slot = self.probe(self.hashes[at]).find(|slot| self.slots[*slot] == 0).expect("half of the slots are free");
        self.slots[slot] = at as u32 + 1;
    }
    fn index_all(&mut self) {
        self.slots = vec![0; (self.entries.len() * 4).next_power_of_two()];
        for at in 0..self.entries.len() {
            self.index(at);
        }
    }
    /// Empties a slot and moves back those behind it that would not be found across the gap.
    fn free(&mut self, slot: usize) {
        let mask = self.slots.len() - 1;
        let mut gap = slot;
        let mut next = slot;
        loop {
            self.slots[gap] = 0;
            loop {
                next = (next + 1) & mask;
                let Some(at) = (self.slots[next] as usize).checked_sub(1) else { return };
                // The entry may move if its first choice is not between the gap and where it is now.
                let first = self.hashes[at] as usize & mask;
                if next.wrapping_sub(first) & mask >= next.wrapping_sub(gap) & mask {
                    break;
                }
            }
            self.slots[gap] = self.slots[next];
            gap = next;
        }
    }
}

/// A hash that is the same for terms that are exactly equal. It looks at the beginning of large terms only.
fn hash(key: Term) -> u32 {
    const MAX_PARTS: usize = 32;
    let mut hash = Mixer(0);
    if key.is_immediate() {
        hash.add(key.0);
        return hash.value();
    }
    let mut left = vec![key];
    let mut parts = 0;
    while let Some(t) = left.pop() {
        parts += 1;
        if parts > MAX_PARTS {
            break;
        }
        if t.is_immediate() {
            hash.add(t.0);
            continue;
        }
        if let Some((head, tail)) = t.cons() {
            left.extend([tail, head]);
            continue;
        }
        hash.add(header_kind(t.header()));
        match header_kind(t.header()) {
            kind::TUPLE => left.extend(t.elements().iter().take(MAX_PARTS).rev()),
            kind::FLOAT | kind::BIG_POS | kind::BIG_NEG | kind::REF => {
                t.words().iter().take(MAX_PARTS).for_each(|w| hash.add(*w));
            }
            // Bitstrings of either kind may be equal.
            kind::HEAPBITS | kind::SUBBITS => {
                hash = Mixer(0);
                if let Some(bits) = t.bits() {
                    hash.add(bits.len as u64);
                    (0..bits.len.min(8 * MAX_PARTS) / 8).for_each(|i| hash.add(u64::from(bits.byte(i))));
                }
            }
            // Maps, funs and what belongs to other nodes are keys too rarely to look into them.
            _ => {}
        }
    }
    hash.value()
}

struct Mixer(u64);

impl Mixer {
    fn value(&self) -> u32 {
        (self.0 >> 32) as u32
    }
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::Heap;

    /// Compares with a plain list of pairs under a fixed sequence of puts and erases.
    #[test]
    fn it_holds_what_was_put_and_not_erased() {
        let mut heap = Heap::new(100_000);
        let mut keys: Vec<Term> = (0..200).map(|i| Term::small(i * 64)).collect();
        for i in 0..200 {
            let (float, binary) = (heap.float(i as f64), heap.binary(&[i]));
            keys.extend([heap.tuple(&[float, Term::atom(i.into())]), heap.cons(binary, Term::NIL)]);
        }
        let mut dictionary = Dictionary::default();
        let mut model: Vec<(Term, Term)> = Vec::new();
        let mut random = 1_u64;
        for step in 0..20_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // The number of keys in use shrinks and grows.
            let range = if step % 4000 < 2000 { keys.len() } else { 12 };
            let key = keys[(random >> 33) as usize % range];
            let found = model.iter().position(|(k, _)| *k == key);
            assert_eq!(dictionary.get(key), found.map(|at| model[at].1));
            if random >> 60 < 9 {
                let value = Term::small(step);
                let old = dictionary.put(key, value);
                assert_eq!(old, found.map(|at| std::mem::replace(&mut model[at].1, value)));
                if found.is_none() {
                    model.push((key, value));
                }
            } else {
                assert_eq!(dictionary.erase(key), found.map(|at| model.swap_remove(at).1));
            }
            assert_eq!(dictionary.entries(), model);
        }
        assert_eq!(dictionary.clear(), model);
        assert!(dictionary.entries().is_empty() && dictionary.get(keys[0]).is_none());
    }

    #[test]
    fn keys_are_equal_as_terms() {
        let mut heap = Heap::new(10_000);
        let mut dictionary = Dictionary::default();
        for i in 0..20 {
            let key = heap.binary(&[i; 100]);
            dictionary.put(key, Term::small(i.into()));
        }
        let long = heap.binary(&[7; 101]);
        let part = heap.sub_bits(long, 8, 800);
        assert_eq!(dictionary.get(part), Some(Term::small(7)));
        let (zero, minus_zero) = (heap.float(0.0), heap.float(-0.0));
        dictionary.put(zero, Term::NIL);
        assert_eq!(dictionary.get(minus_zero), None);
    }
}
