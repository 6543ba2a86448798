//! What two maps of the same size differ in.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::atom::AtomTable;
use crate::term::{Term, header_aux, kind};

use super::eq_exact;

/// A key and its values in two maps.
pub(super) type Entry = (Term, Term, Term);

/// What decides the order of two large maps of the same size.
pub(super) enum Difference {
    /// They have the same keys; these are the values that are not the same word.
    Values(Vec<Entry>),
    /// Keys that only one of them has, at least two: `Less` for a key of the first map, for the map whose smallest key is
    /// missing in the other one is the smaller map.
    Keys(Vec<(Term, Ordering)>),
}

/// Number of keys of a map.
pub(crate) fn size(map: Term) -> usize {
    let e = map.elements();
    if map.is_kind(kind::HAMT_ROOT) { e[0].as_small() as usize } else { e.len().saturating_sub(1) }
}

/// Finds the difference of two large maps of the same size.
pub(super) fn difference(a: Term, b: Term) -> Difference {
    let mut found = Found::default();
    found.trees(a, b);
    if found.keys.is_empty() { Difference::Values(found.values) } else { Difference::Keys(found.keys) }
}

/// Keys and values of a small map in the order of terms: as they are stored, but for the atoms among the keys, which are
/// stored by number and sort by text.
pub(super) fn sorted<'a>(map: Term, atoms: &AtomTable) -> (Cow<'a, [Term]>, Cow<'a, [Term]>) {
    let elements = map.elements();
    let (keys, values) = (elements[0].elements(), &elements[1..]);
    let in_order = |k: &[Term]| !k[0].is_atom() || !k[1].is_atom() || atoms.name(k[0]) < atoms.name(k[1]);
    if keys.windows(2).all(in_order) {
        return (keys.into(), values.into());
    }
    let mut pairs: Vec<(Term, Term)> = keys.iter().copied().zip(values.iter().copied()).collect();
    let first = keys.iter().position(|k| k.is_atom()).unwrap_or(0);
    let count = keys[first..].iter().take_while(|k| k.is_atom()).count();
    pairs[first..first + count].sort_by_key(|(k, _)| atoms.name(*k));
    let (keys, values): (Vec<Term>, Vec<Term>) = pairs.into_iter().unzip();
    (keys.into(), values.into())
}

#[derive(Default)]
struct Found {
    values: Vec<Entry>,
    keys: Vec<(Term, Ordering)>,
}

impl Found {
    /// Walks two trees in step. Both are ordered by the hashes of their keys, so equal keys have equal paths.
    fn trees(&mut self, a: Term, b: Term) {
        let mut nodes = vec![(a, b)];
        while let Some((a, b)) = nodes.pop() {
            if a == b {
                continue;
            }
            match (a.cons(), b.cons()) {
                (Some((key, value)), Some((other, other_value))) if eq_exact(key, other) => {
                    self.values.push((key, value, other_value));
                }
                _ if is_node(a) && is_node(b) => self.slots(a, b, &mut nodes),
                // A leaf on one side at least, or leaves with the same hash: the leaf may be anywhere among the others.
                _ => self.leaves(&leaves(a), &leaves(b)),
            }
        }
    }

    fn slots(&mut self, a: Term, b: Term, nodes: &mut Vec<(Term, Term)>) {
        let (mut x, mut y) = (children(a).iter(), children(b).iter());
        for slot in 0..16 {
            let take = |node: Term| header_aux(node.header()) >> slot & 1 == 1;
            match (take(a).then(|| x.next()).flatten(), take(b).then(|| y.next()).flatten()) {
                (Some(p), Some(q)) => nodes.push((*p, *q)),
                (Some(p), None) => self.leaves(&leaves(*p), &[]),
                (None, Some(q)) => self.leaves(&[], &leaves(*q)),
                (None, None) => {}
            }
        }
    }

    /// Notes the differences of two groups of leaves, one of which is small.
    fn leaves(&mut self, x: &[(Term, Term)], y: &[(Term, Term)]) {
        for (key, value) in x {
            match y.iter().find(|(k, _)| eq_exact(*k, *key)) {
                Some((_, other)) => self.values.push((*key, *value, *other)),
                None => self.keys.push((*key, Ordering::Less)),
            }
        }
        let missing = y.iter().filter(|(k, _)| !x.iter().any(|(l, _)| eq_exact(*k, *l)));
        self.keys.extend(missing.map(|(k, _)| (*k, Ordering::Greater)));
    }
}

fn is_node(t: Term) -> bool {
    t.is_kind(kind::HAMT_ROOT) || t.is_kind(kind::HAMT_NODE)
}

fn children<'a>(node: Term) -> &'a [Term] {
    let e = node.elements();
    if node.is_kind(kind::HAMT_ROOT) { &e[1..] } else { e }
}

/// All leaves below a child of a node.
fn leaves(top: Term) -> Vec<(Term, Term)> {
    let mut found = Vec::new();
    let mut left = vec![top];
    while let Some(t) = left.pop() {
        match t.cons() {
            Some(leaf) => found.push(leaf),
            None => left.extend_from_slice(children(t)),
        }
    }
    found
}
