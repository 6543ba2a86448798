//! Functions of `maps`, and of `erlang` and `erts_internal` on maps (OTP: stdlib, module maps).

use num_bigint::BigInt;

use super::Native;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::heap::Heap;
use crate::map;
use crate::term::{Term, kind};
use crate::vm::Vm;

/// Functions on maps.
pub const NATIVES: &[Native] = &[
    Native::new("maps", "find", 2, find),
    Native::new("maps", "from_keys", 2, from_keys),
    Native::new("maps", "from_list", 1, from_list),
    Native::new("maps", "get", 2, map_get),
    Native::new("maps", "is_key", 2, is_map_key),
    Native::new("maps", "keys", 1, keys),
    Native::new("maps", "merge", 2, merge),
    Native::new("maps", "put", 3, put),
    Native::new("maps", "remove", 2, remove),
    Native::new("maps", "take", 2, take),
    Native::new("maps", "update", 3, update),
    Native::new("maps", "values", 1, values),
    Native::new("erlang", "is_map_key", 2, is_map_key),
    Native::new("erlang", "map_get", 2, map_get),
    Native::new("erlang", "map_size", 1, map_size),
    Native::new("erts_internal", "map_next", 3, map_next),
];

/// Words that a pair takes in a new map, roughly (OTP: about three and an inner node for every third key).
const WORDS_PER_PAIR: usize = 4;
/// Pairs handled for one reduction, in functions that go through whole maps.
const PAIRS_PER_REDUCTION: usize = 16;

fn map_arg(vm: &mut Vm, map: Term) -> Result<Term, Fail> {
    if map.is_map() { Ok(map) } else { Err(Fail::Error(vm.heap.tuple(&[atoms::BADMAP, map]))) }
}

fn badkey(heap: &mut Heap, key: Term) -> Fail {
    Fail::Error(heap.tuple(&[atoms::BADKEY, key]))
}

fn boolean(value: bool) -> Term {
    if value { atoms::TRUE } else { atoms::FALSE }
}

fn find(vm: &mut Vm, args: &[Term]) -> Outcome {
    let map = map_arg(vm, args[1])?;
    Ok(match map::get(map, args[0]) {
        Some(value) => vm.heap.tuple(&[atoms::OK, value]),
        None => atoms::ERROR,
    })
}

fn map_get(vm: &mut Vm, args: &[Term]) -> Outcome {
    let map = map_arg(vm, args[1])?;
    map::get(map, args[0]).ok_or_else(|| badkey(&mut vm.heap, args[0]))
}

fn is_map_key(vm: &mut Vm, args: &[Term]) -> Outcome {
    let map = map_arg(vm, args[1])?;
    Ok(boolean(map::is_map_key(map, args[0])))
}

fn map_size(vm: &mut Vm, args: &[Term]) -> Outcome {
    let map = map_arg(vm, args[0])?;
    Ok(Term::small(map::len(map) as i64))
}

fn from_pairs(vm: &mut Vm, mut pairs: Vec<(Term, Term)>) -> Outcome {
    vm.charge(pairs.len() / PAIRS_PER_REDUCTION);
    vm.heap.check(pairs.len() * WORDS_PER_PAIR)?;
    Ok(map::from_pairs(&mut vm.heap, vm.image.get(), &mut pairs))
}

fn from_list(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut list = args[0].list();
    let mut pairs = Vec::new();
    for item in list.by_ref() {
        let [key, value] = item.tuple_of().ok_or(Fail::BADARG)?;
        pairs.push((*key, *value));
    }
    if !list.tail().is_nil() {
        return Err(Fail::BADARG);
    }
    from_pairs(vm, pairs)
}

fn from_keys(vm: &mut Vm, args: &[Term]) -> Outcome {
    let keys = args[0].proper_list().ok_or(Fail::BADARG)?;
    from_pairs(vm, keys.into_iter().map(|key| (key, args[1])).collect())
}

/// A list of a part of each pair. Large maps give it in the reverse of their iteration order, as in OTP.
fn parts(vm: &mut Vm, map: Term, part: fn((Term, Term)) -> Term) -> Outcome {
    let map = map_arg(vm, map)?;
    let size = map::len(map);
    vm.charge(size / PAIRS_PER_REDUCTION);
    vm.heap.check(2 * size)?;
    if map.is_kind(kind::FLATMAP) {
        let items: Vec<Term> = map::iter(map).map(part).collect();
        return Ok(vm.heap.list(&items));
    }
    Ok(map::iter(map).fold(Term::NIL, |list, pair| vm.heap.cons(part(pair), list)))
}

fn keys(vm: &mut Vm, args: &[Term]) -> Outcome {
    parts(vm, args[0], |(key, _)| key)
}

fn values(vm: &mut Vm, args: &[Term]) -> Outcome {
    parts(vm, args[0], |(_, value)| value)
}

fn merge(vm: &mut Vm, args: &[Term]) -> Outcome {
    let a = map_arg(vm, args[0])?;
    let b = map_arg(vm, args[1])?;
    let pairs = map::len(a) + map::len(b);
    vm.charge(pairs / PAIRS_PER_REDUCTION);
    vm.heap.check(pairs * WORDS_PER_PAIR)?;
    Ok(map::merge(&mut vm.heap, vm.image.get(), a, b))
}

fn put(vm: &mut Vm, args: &[Term]) -> Outcome {
    let map = map_arg(vm, args[2])?;
    Ok(map::put(&mut vm.heap, vm.image.get(), map, args[0], args[1]))
}

fn update(vm: &mut Vm, args: &[Term]) -> Outcome {
    let map = map_arg(vm, args[2])?;
    map::update(&mut vm.heap, map, args[0], args[1]).ok_or_else(|| badkey(&mut vm.heap, args[0]))
}

fn remove(vm: &mut Vm, args: &[Term]) -> Outcome {
    let map = map_arg(vm, args[1])?;
    Ok(map::remove(&mut vm.heap, vm.image.get(), map, args[0]).unwrap_or(map))
}

fn take(vm: &mut Vm, args: &[Term]) -> Outcome {
    let map = map_arg(vm, args[1])?;
    let Some(value) = map::get(map, args[0]) else { return Ok(atoms::ERROR) };
    let rest = map::remove(&mut vm.heap, vm.image.get(), map, args[0]).unwrap_or(map);
    Ok(vm.heap.tuple(&[value, rest]))
}

/// `erts_internal:map_next(Path, Map, iterator | Accumulator)`, the engine of iterators and of `maps:to_list/1`.
///
/// `iterator` gives `{K, V, {K, V, ... Rest}}`, where `Rest` is `none` or `[Path | Map]`; an accumulator gives the pairs in
/// front of it, latest first, behind `[Path, Map | ...]` where some are left. A path has four bits for each level of
/// the trie, the root's lowest: the index of the child to go on with. A path that is a list names the keys themselves.
fn map_next(vm: &mut Vm, args: &[Term]) -> Outcome {
    let &[path, map, form] = args else { return Err(Fail::BADARG) };
    let as_iterator = form == atoms::ITERATOR;
    if !map.is_map() || !(as_iterator || form.is_list()) {
        return Err(Fail::BADARG);
    }
    if as_iterator && path.is_list() {
        return next_of_keys(vm, path, map);
    }
    if map.is_kind(kind::FLATMAP) {
        let size = map::len(map) as i64;
        path.small_value().filter(|n| (0..=size).contains(n)).ok_or(Fail::BADARG)?;
        let pairs: Vec<(Term, Term)> = map::iter(map).collect();
        return Ok(if as_iterator {
            chain(&mut vm.heap, &pairs, atoms::NONE)
        } else {
            in_front(&mut vm.heap, &pairs, form)
        });
    }
    let at_start = path == Term::small(0);
    let mut limit = (vm.reductions_left / 4).clamp(1, map::len(map) as i64) as usize;
    if at_start {
        limit = limit.min(map::FLATMAP_MAX);
    }
    let mut iter = map::iter_from(map, path_bits(path)?).ok_or(Fail::BADARG)?;
    let mut pairs = Vec::with_capacity(limit);
    while pairs.len() < limit || iter.in_collision() {
        let Some(pair) = iter.next() else { break };
        pairs.push(pair);
    }
    vm.charge(4 * pairs.len());
    let rest = iter.path();
    if as_iterator {
        let rest = match rest {
            Some(path) => {
                let path = vm.heap.bigint(&BigInt::from(path));
                vm.heap.cons(path, map)
            }
            None => atoms::NONE,
        };
        return Ok(chain(&mut vm.heap, &pairs, rest));
    }
    let list = pairs.iter().fold(form, |list, (key, value)| {
        let pair = vm.heap.tuple(&[*key, *value]);
        vm.heap.cons(pair, list)
    });
    Ok(match rest {
        Some(path) => {
            let path = vm.heap.bigint(&BigInt::from(path));
            vm.heap.list_with_tail(&[path, map], list)
        }
        None => list,
    })
}

/// `{K, V, {K, V, ... Rest}}`
fn chain(heap: &mut Heap, pairs: &[(Term, Term)], rest: Term) -> Term {
    pairs.iter().rev().fold(rest, |rest, (key, value)| heap.tuple(&[*key, *value, rest]))
}

/// `[{K, V}, {K, V} ... | Tail]`
fn in_front(heap: &mut Heap, pairs: &[(Term, Term)], tail: Term) -> Term {
    pairs.iter().rev().fold(tail, |list, (key, value)| {
        let pair = heap.tuple(&[*key, *value]);
        heap.cons(pair, list)
    })
}

/// A path as bits. Paths of maps are shorter than 128 bits; what is above leads nowhere.
fn path_bits(path: Term) -> Result<u128, Fail> {
    match path.small_value() {
        Some(bits) if bits >= 0 => Ok(bits as u128),
        Some(_) => Err(Fail::BADARG),
        None if path.is_kind(kind::BIG_POS) => {
            let words = path.words();
            Ok(u128::from(words[0]) | u128::from(words.get(1).copied().unwrap_or(0)) << 64)
        }
        None => Err(Fail::BADARG),
    }
}

/// The next part of an iterator whose order is given by a list of the keys.
fn next_of_keys(vm: &mut Vm, keys: Term, map: Term) -> Outcome {
    const REDUCTIONS_PER_PAIR: usize = 32;
    let limit = (vm.reductions_left / REDUCTIONS_PER_PAIR as i64).max(1) as usize;
    let mut list = keys.list();
    let mut pairs = Vec::new();
    for key in list.by_ref().take(limit) {
        pairs.push((key, map::get(map, key).ok_or(Fail::BADARG)?));
    }
    vm.charge(REDUCTIONS_PER_PAIR * pairs.len());
    let rest = match list.tail() {
        tail if tail.is_nil() => atoms::NONE,
        tail if tail.is_cons() => vm.heap.cons(tail, map),
        _ => return Err(Fail::BADARG),
    };
    Ok(chain(&mut vm.heap, &pairs, rest))
}

#[cfg(test)]
mod tests;
