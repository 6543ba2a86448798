//! Iteration over maps in OTP's order: flatmaps by key, large maps by the slots of their nodes.

use super::{flat, hamt};
use crate::term::{Term, kind};

/// Pairs of a map. Of a large map `maps:iterator/1` gives this order, `maps:to_list/1`, `keys` and `values` the reverse.
pub struct Iter<'a> {
    keys: std::slice::Iter<'a, Term>,
    values: std::slice::Iter<'a, Term>,
    /// The nodes on the way from the root, each with the index of the child to go on with.
    nodes: Vec<(&'a [Term], usize)>,
}

/// Iterates over a map; over nothing for a term that is none.
pub fn iter<'a>(map: Term) -> Iter<'a> {
    let mut iter = Iter { keys: [].iter(), values: [].iter(), nodes: Vec::new() };
    if map.is_kind(kind::FLATMAP) {
        (iter.keys, iter.values) = (flat::keys(map).iter(), flat::values(map).iter());
    } else if map.is_kind(kind::HAMT_ROOT) {
        iter.nodes.push((hamt::children(map), 0));
    }
    iter
}

/// Iterates over a large map from a path on, as [`Iter::path`] gives it. Nothing for a path that the map does not have.
pub fn iter_from<'a>(map: Term, path: u128) -> Option<Iter<'a>> {
    let mut iter = Iter { keys: [].iter(), values: [].iter(), nodes: Vec::new() };
    let (mut node, mut path) = (map, path);
    loop {
        let children = hamt::children(node);
        let at = (path & 15) as usize;
        let child = *children.get(at)?;
        if child.is_cons() {
            iter.nodes.push((children, at));
            return Some(iter);
        }
        iter.nodes.push((children, at + 1));
        node = child;
        path >>= 4;
    }
}

impl Iter<'_> {
    /// Where a large map goes on: four bits for each level, the root's lowest. Nothing at the end.
    pub fn path(&self) -> Option<u128> {
        let open = self.nodes.iter().rposition(|(children, next)| next < &children.len())?;
        let ancestors = self.nodes[..open].iter().rev();
        Some(ancestors.fold(self.nodes[open].1 as u128, |path, (_, next)| path << 4 | (next - 1) as u128))
    }
    /// Whether it stands within the leaves of equal hash. Paths do not lead there, as there may be more than 16.
    pub fn in_collision(&self) -> bool {
        let within = |(leaves, next): &(&[Term], usize)| (1..leaves.len()).contains(next);
        self.nodes.len() > hamt::LEVELS as usize && self.nodes.last().is_some_and(within)
    }
}

impl Iterator for Iter<'_> {
    type Item = (Term, Term);

    fn next(&mut self) -> Option<(Term, Term)> {
        if let Some(key) = self.keys.next() {
            return Some((*key, *self.values.next()?));
        }
        loop {
            let (children, next) = self.nodes.last_mut()?;
            match children.get(*next) {
                None => drop(self.nodes.pop()),
                Some(child) => {
                    *next += 1;
                    if child.is_cons() {
                        return child.cons();
                    }
                    self.nodes.push((hamt::children(*child), 0));
                }
            }
        }
    }
}
