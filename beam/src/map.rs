//! Maps: sorted flatmaps up to [`FLATMAP_MAX`] keys, hash array mapped tries (HAMT) above.
//!
//! The shapes, and with them the order of iteration, are those of OTP 27. A flatmap keeps its keys in a tuple that maps with
//! the same keys share. A large map branches 16 ways on the hash of the key, lowest four bits first; see [`hamt`].
//! Functions that take a map give "nothing found" for a term that is none, so callers check for `badmap` themselves.

use std::cmp::Ordering;

use crate::compare::{cmp_key, eq_exact};
use crate::heap::Heap;
use crate::image::Image;
use crate::term::{Term, header, header_kind, kind};

mod flat;
mod hamt;
mod iter;

pub use iter::{Iter, iter, iter_from};

/// Largest number of keys of a flatmap (OTP: `MAP_SMALL_MAP_LIMIT`).
pub const FLATMAP_MAX: usize = 32;

/// A map without keys.
pub fn empty(heap: &mut Heap) -> Term {
    let p = heap.alloc(3);
    // SAFETY: `alloc` gave room for the map's two words and the header of the empty tuple of keys behind them.
    unsafe {
        *p = header(kind::FLATMAP, 1, 0);
        *p.add(1) = Term::boxed_ptr(p.add(2)).0;
        *p.add(2) = header(kind::TUPLE, 0, 0);
    }
    Term::boxed_ptr(p)
}

/// Number of keys (`map_size/1`).
pub fn len(map: Term) -> usize {
    match header_kind(map.header()) {
        kind::FLATMAP => map.elements().len() - 1,
        kind::HAMT_ROOT => map.elements()[0].as_small() as usize,
        _ => 0,
    }
}

/// Value of a key.
#[inline]
pub fn get(map: Term, key: Term) -> Option<Term> {
    match header_kind(map.header()) {
        kind::FLATMAP => flat::get(map, key),
        kind::HAMT_ROOT => hamt::get(map, key, crate::hash::internal(key)),
        _ => None,
    }
}

/// As [`get`], for a caller that has the hash of the key at hand (a literal key of an instruction).
#[inline]
pub fn get_hashed(map: Term, key: Term, hash: u64) -> Option<Term> {
    match header_kind(map.header()) {
        kind::FLATMAP => flat::get(map, key),
        kind::HAMT_ROOT => hamt::get(map, key, hash),
        _ => None,
    }
}

/// Whether a map has a key (`is_map_key/2`).
pub fn is_map_key(map: Term, key: Term) -> bool {
    get(map, key).is_some()
}

/// Whether a map has all of some keys (instruction `has_map_fields`).
pub fn has_map_fields(map: Term, keys: &[Term]) -> bool {
    keys.iter().all(|key| get(map, *key).is_some())
}

/// Looks up the keys and writes their values to `values`, which is as long (instruction `get_map_elements`). False where one
/// of them is missing; `values` then holds those before it.
pub fn get_map_elements(map: Term, keys: &[Term], values: &mut [Term]) -> bool {
    keys.iter().zip(values).all(|(key, slot)| get(map, *key).map(|value| *slot = value).is_some())
}

/// The map with a key set, whether or not it had it.
pub fn put(heap: &mut Heap, image: &Image, map: Term, key: Term, value: Term) -> Term {
    put_assoc(heap, image, map, &[(key, value)])
}

/// The map with some keys set in this order (instruction `put_map_assoc`).
pub fn put_assoc(heap: &mut Heap, image: &Image, map: Term, pairs: &[(Term, Term)]) -> Term {
    if map.is_kind(kind::FLATMAP) {
        return flat::put(heap, image, map, pairs);
    }
    pairs.iter().fold(map, |map, (key, value)| hamt::put(heap, image, map, *key, *value))
}

/// The map with a key set that it has, or nothing where it does not.
pub fn update(heap: &mut Heap, map: Term, key: Term, value: Term) -> Option<Term> {
    put_exact(heap, map, &[(key, value)]).ok()
}

/// The map with some keys set that it has (instruction `put_map_exact`), or the first key that it lacks.
pub fn put_exact(heap: &mut Heap, map: Term, pairs: &[(Term, Term)]) -> Result<Term, Term> {
    if map.is_kind(kind::FLATMAP) {
        return flat::update(heap, map, pairs);
    }
    pairs.iter().try_fold(map, |map, (key, value)| hamt::update(heap, map, *key, *value).ok_or(*key))
}

/// The map without a key, or nothing where it does not have it.
pub fn remove(heap: &mut Heap, image: &Image, map: Term, key: Term) -> Option<Term> {
    match header_kind(map.header()) {
        kind::FLATMAP => flat::remove(heap, map, key),
        kind::HAMT_ROOT if len(map) == FLATMAP_MAX + 1 => {
            get(map, key)?;
            let mut pairs: Vec<(Term, Term)> = iter(map).filter(|(k, _)| !same(*k, key)).collect();
            pairs.sort_by(|a, b| order(a.0, b.0, image));
            Some(flat::build(heap, &pairs))
        }
        kind::HAMT_ROOT => hamt::remove(heap, map, key),
        _ => None,
    }
}

/// The map of some pairs; of equal keys the later one counts. The vector is used as working space.
pub fn from_pairs(heap: &mut Heap, image: &Image, pairs: &mut Vec<(Term, Term)>) -> Term {
    if pairs.len() > FLATMAP_MAX
        && let Some(map) = hamt::build(heap, image, pairs, FLATMAP_MAX)
    {
        return map;
    }
    // Stable, so the last of a run of equal keys is the latest.
    pairs.sort_by(|a, b| order(a.0, b.0, image));
    pairs.reverse();
    pairs.dedup_by(|a, b| same(a.0, b.0));
    pairs.reverse();
    if pairs.is_empty() { empty(heap) } else { flat::build(heap, pairs) }
}

/// The flatmap of a tuple of keys, which is in order and is shared with the new map, and their values in the same order
/// (for map expressions whose keys are literals).
pub fn with_keys(heap: &mut Heap, keys: Term, values: &[Term]) -> Term {
    flat::with_keys(heap, keys, values)
}

/// All keys and values of two maps; where both have a key, the value of `b` counts (`maps:merge/2`).
pub fn merge(heap: &mut Heap, image: &Image, a: Term, b: Term) -> Term {
    if len(a) == 0 {
        return b;
    }
    if len(b) == 0 {
        return a;
    }
    match (a.is_kind(kind::FLATMAP), b.is_kind(kind::FLATMAP)) {
        (true, true) => flat::merge(heap, image, a, b),
        (false, true) => iter(b).fold(a, |map, (key, value)| hamt::put(heap, image, map, key, value)),
        (true, false) => iter(a).fold(b, |map, (key, value)| match get(map, key) {
            Some(_) => map,
            None => hamt::put(heap, image, map, key, value),
        }),
        (false, false) => hamt::merge(heap, image, a, b),
    }
}

/// Exact equality, with the cheap answers first.
#[inline]
fn same(a: Term, b: Term) -> bool {
    a == b || (a.tag() == b.tag() && !a.is_immediate() && eq_exact(a, b))
}

/// Order of the keys of a flatmap, with the cheap answers first.
#[inline]
fn order(a: Term, b: Term, image: &Image) -> Ordering {
    if a.is_small() && b.is_small() {
        return (a.0 as i64).cmp(&(b.0 as i64));
    }
    cmp_key(a, b, image)
}

#[cfg(test)]
mod tests;
