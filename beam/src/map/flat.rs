//! Maps of at most [`FLATMAP_MAX`] keys: a tuple of the sorted keys, and the values.

use std::cmp::Ordering;

use super::{FLATMAP_MAX, from_pairs, hamt, order, same};
use crate::copy;
use crate::heap::Heap;
use crate::image::Image;
use crate::term::{Term, header, kind};

/// The sorted keys.
pub(super) fn keys<'a>(map: Term) -> &'a [Term] {
    map.elements()[0].elements()
}

/// The values in the order of their keys.
pub(super) fn values<'a>(map: Term) -> &'a [Term] {
    &map.elements()[1..]
}

#[inline]
fn position(keys: &[Term], key: Term) -> Option<usize> {
    if key.is_immediate() {
        return keys.iter().position(|k| *k == key);
    }
    keys.iter().position(|k| same(*k, key))
}

/// Value of a key.
#[inline]
pub(super) fn get(map: Term, key: Term) -> Option<Term> {
    position(keys(map), key).map(|i| values(map)[i])
}

/// The map of a tuple of keys and their values.
pub(super) fn with_keys(heap: &mut Heap, keys: Term, values: &[Term]) -> Term {
    let p = heap.alloc(2 + values.len());
    // SAFETY: `alloc` gave room for the header, the keys and the values.
    unsafe {
        *p = header(kind::FLATMAP, 1 + values.len(), 0);
        *p.add(1) = keys.0;
        copy::words(values.as_ptr().cast(), p.add(2), values.len());
    }
    Term::boxed_ptr(p)
}

/// The map of pairs that are in order of their keys and have no key twice.
pub(super) fn build(heap: &mut Heap, pairs: &[(Term, Term)]) -> Term {
    build_with(heap, pairs.len(), |i| pairs[i])
}

/// The map of the pairs that a function gives for 0..`size`, which are in order of their keys.
fn build_with(heap: &mut Heap, size: usize, pair: impl Fn(usize) -> (Term, Term)) -> Term {
    let p = heap.alloc(size + 1 + size + 2);
    // SAFETY: `alloc` gave room for the tuple of keys (`size + 1`) and the map behind it (`size + 2`).
    unsafe {
        let map = p.add(size + 1);
        *p = header(kind::TUPLE, size, 0);
        *map = header(kind::FLATMAP, size + 1, 0);
        *map.add(1) = Term::boxed_ptr(p).0;
        for i in 0..size {
            let (key, value) = pair(i);
            *p.add(1 + i) = key.0;
            *map.add(2 + i) = value.0;
        }
        Term::boxed_ptr(map)
    }
}

/// The map with values replaced, sharing the keys; the same map where nothing differs. Stops at the first key that is missing.
pub(super) fn update(heap: &mut Heap, map: Term, pairs: &[(Term, Term)]) -> Result<Term, Term> {
    let (keys, old) = (keys(map), values(map));
    if let [(key, value)] = pairs {
        let at = position(keys, *key).ok_or(*key)?;
        return Ok(if old[at] == *value { map } else { replace(heap, map, at, *value) });
    }
    let mut values = [Term::NIL; FLATMAP_MAX];
    let values = &mut values[..old.len()];
    values.copy_from_slice(old);
    for (key, value) in pairs {
        values[position(keys, *key).ok_or(*key)?] = *value;
    }
    Ok(if values == old { map } else { with_keys(heap, map.elements()[0], values) })
}

fn replace(heap: &mut Heap, map: Term, at: usize, value: Term) -> Term {
    let old = values(map);
    let new = with_keys(heap, map.elements()[0], old);
    // SAFETY: `new` was made just now with as many values as `old`, of which `at` is one.
    unsafe { *new.ptr().add(2 + at) = value.0 };
    new
}

/// The map with pairs put in order; large where they do not fit.
pub(super) fn put(heap: &mut Heap, image: &Image, map: Term, pairs: &[(Term, Term)]) -> Term {
    if let Ok(map) = update(heap, map, pairs) {
        return map;
    }
    let (keys, values) = (keys(map), values(map));
    if let [(key, value)] = pairs
        && keys.len() < FLATMAP_MAX
    {
        let at = keys.iter().rposition(|k| order(*k, *key, image) == Ordering::Less).map_or(0, |i| i + 1);
        return build_with(heap, keys.len() + 1, |i| match i.cmp(&at) {
            Ordering::Less => (keys[i], values[i]),
            Ordering::Equal => (*key, *value),
            Ordering::Greater => (keys[i - 1], values[i - 1]),
        });
    }
    if keys.len() + pairs.len() > 2 * FLATMAP_MAX {
        let mut all: Vec<(Term, Term)> = super::iter(map).chain(pairs.iter().copied()).collect();
        return from_pairs(heap, image, &mut all);
    }
    let mut all = Sorted::of(map);
    for (key, value) in pairs {
        all.put(*key, *value, image);
    }
    all.into_map(heap, image)
}

/// The map without a key.
pub(super) fn remove(heap: &mut Heap, map: Term, key: Term) -> Option<Term> {
    let at = position(keys(map), key)?;
    let (keys, values) = (keys(map), values(map));
    Some(build_with(heap, keys.len() - 1, |i| {
        let i = i + usize::from(i >= at);
        (keys[i], values[i])
    }))
}

/// Both maps; the values of `b` count.
pub(super) fn merge(heap: &mut Heap, image: &Image, a: Term, b: Term) -> Term {
    let (ka, kb, va, vb) = (keys(a), keys(b), values(a), values(b));
    if a.elements()[0] == b.elements()[0] {
        return b;
    }
    let mut all = Sorted::new();
    let (mut i, mut j) = (0, 0);
    while i < ka.len() && j < kb.len() {
        let order = order(ka[i], kb[j], image);
        if order == Ordering::Less {
            all.push(ka[i], va[i]);
        } else {
            all.push(kb[j], vb[j]);
        }
        i += usize::from(order != Ordering::Greater);
        j += usize::from(order != Ordering::Less);
    }
    ka[i..].iter().zip(&va[i..]).for_each(|(key, value)| all.push(*key, *value));
    kb[j..].iter().zip(&vb[j..]).for_each(|(key, value)| all.push(*key, *value));
    // Sharing a tuple of keys saves memory where one map has all keys of the other.
    if all.len == kb.len() {
        return b;
    }
    if all.len == ka.len() {
        let values: Vec<Term> = all.pairs[..all.len].iter().map(|(_, value)| *value).collect();
        return with_keys(heap, a.elements()[0], &values);
    }
    all.into_map(heap, image)
}

/// Pairs in order of their keys, while a map is put together.
struct Sorted {
    pairs: [(Term, Term); 2 * FLATMAP_MAX],
    len: usize,
}

impl Sorted {
    fn new() -> Sorted {
        Sorted { pairs: [(Term::NIL, Term::NIL); 2 * FLATMAP_MAX], len: 0 }
    }
    fn of(map: Term) -> Sorted {
        let mut all = Sorted::new();
        keys(map).iter().zip(values(map)).for_each(|(key, value)| all.push(*key, *value));
        all
    }
    fn push(&mut self, key: Term, value: Term) {
        self.pairs[self.len] = (key, value);
        self.len += 1;
    }
    /// Inserts a pair at its place. Searches from the end, because literal keys come in order.
    fn put(&mut self, key: Term, value: Term, image: &Image) {
        let mut at = self.len;
        while at > 0 {
            match order(key, self.pairs[at - 1].0, image) {
                Ordering::Less => at -= 1,
                Ordering::Equal => {
                    self.pairs[at - 1].1 = value;
                    return;
                }
                Ordering::Greater => break,
            }
        }
        self.pairs.copy_within(at..self.len, at + 1);
        self.pairs[at] = (key, value);
        self.len += 1;
    }
    fn into_map(self, heap: &mut Heap, image: &Image) -> Term {
        let pairs = &self.pairs[..self.len];
        let large = if self.len > FLATMAP_MAX { hamt::build(heap, image, pairs, FLATMAP_MAX) } else { None };
        large.unwrap_or_else(|| build(heap, pairs))
    }
}
