//! Large maps: a hash array mapped trie with the shape of OTP's.
//!
//! A node has one child for each bit of its bitmap; level `n` branches on bits `4n..4n+4` of the hash. A child is a leaf
//! (cons of key and value), another node, or, where all 64 bits are used up, a tuple of the leaves with this same hash in
//! order of their keys. The shape follows from the keys alone: a node has two children or more, or one that is not a leaf.

use super::{order, same};
use crate::copy;
use crate::hash::internal as hash_of;
use crate::heap::Heap;
use crate::image::Image;
use crate::term::{Term, header, header_aux, header_kind, kind};

/// Levels of nodes; the hash is used up below.
pub(super) const LEVELS: u32 = 16;

/// Children of a root, of a node or of a tuple of leaves.
pub(super) fn children<'a>(node: Term) -> &'a [Term] {
    let elements = node.elements();
    if node.is_kind(kind::HAMT_ROOT) { &elements[1..] } else { elements }
}

/// Bit of a node's bitmap on which a hash, shifted by the levels above, branches.
fn bit(hash: u64) -> u64 {
    1 << (hash & 15)
}

/// Index of the child of a bit.
fn slot(bitmap: u64, bit: u64) -> usize {
    (bitmap & (bit - 1)).count_ones() as usize
}

/// Value of a key with this hash.
pub(super) fn get(map: Term, key: Term, hash: u64) -> Option<Term> {
    let (mut node, mut hash) = (map, hash);
    loop {
        let head = node.header();
        if header_kind(head) == kind::TUPLE {
            return children(node).iter().filter_map(|leaf| leaf.cons()).find(|(k, _)| same(*k, key)).map(|(_, v)| v);
        }
        let (bitmap, bit) = (header_aux(head), bit(hash));
        if bitmap & bit == 0 {
            return None;
        }
        let child = children(node)[slot(bitmap, bit)];
        if let Some((k, value)) = child.cons() {
            return same(k, key).then_some(value);
        }
        node = child;
        hash >>= 4;
    }
}

/// A copy of a node with its children `from..to` replaced, a new bitmap, and a size that a root counts by `grow`.
fn edit(heap: &mut Heap, node: Term, bitmap: u64, (from, to): (usize, usize), new: &[Term], grow: i64) -> Term {
    let node_kind = header_kind(node.header());
    let old = node.elements();
    let lead = usize::from(node_kind == kind::HAMT_ROOT);
    let (before, after) = (&old[..lead + from], &old[lead + to..]);
    let size = before.len() + new.len() + after.len();
    let p = heap.alloc(1 + size);
    // SAFETY: `alloc` gave room for the header and `size` words; the three runs fill them exactly.
    unsafe {
        *p = header(node_kind, size, bitmap);
        let at = p.add(1);
        copy::words(before.as_ptr().cast(), at, before.len());
        copy::words(new.as_ptr().cast(), at.add(before.len()), new.len());
        copy::words(after.as_ptr().cast(), at.add(before.len() + new.len()), after.len());
        if lead == 1 {
            *at = Term::small(old[0].as_small() + grow).0;
        }
    }
    Term::boxed_ptr(p)
}

/// Replaces one child.
fn replace(heap: &mut Heap, node: Term, slot: usize, child: Term, grow: i64) -> Term {
    edit(heap, node, header_aux(node.header()), (slot, slot + 1), &[child], grow)
}

/// The map with a key set.
pub(super) fn put(heap: &mut Heap, image: &Image, map: Term, key: Term, value: Term) -> Term {
    insert(heap, image, map, (key, value), hash_of(key), 0).0
}

/// A node with a pair in it, and by how much it grew. `hash` is shifted by the levels above `level`. At most
/// [`LEVELS`] deep.
fn insert(heap: &mut Heap, image: &Image, node: Term, pair: (Term, Term), hash: u64, level: u32) -> (Term, i64) {
    let head = node.header();
    if header_kind(head) == kind::TUPLE {
        return insert_collision(heap, image, node, pair);
    }
    let (bitmap, bit) = (header_aux(head), bit(hash));
    let slot = slot(bitmap, bit);
    if bitmap & bit == 0 {
        let leaf = heap.cons(pair.0, pair.1);
        return (edit(heap, node, bitmap | bit, (slot, slot), &[leaf], 1), 1);
    }
    let child = children(node)[slot];
    let (new, grow) = match child.cons() {
        Some((key, value)) if same(key, pair.0) => {
            if value == pair.1 {
                return (node, 0);
            }
            (heap.cons(key, pair.1), 0)
        }
        Some((key, _)) => {
            let leaf = heap.cons(pair.0, pair.1);
            let other = below(hash_of(key), level + 1);
            (join(heap, image, (child, other), (leaf, hash >> 4), level + 1), 1)
        }
        None => insert(heap, image, child, pair, hash >> 4, level + 1),
    };
    if new == child { (node, 0) } else { (replace(heap, node, slot, new, grow), grow) }
}

fn insert_collision(heap: &mut Heap, image: &Image, node: Term, pair: (Term, Term)) -> (Term, i64) {
    let leaves = children(node);
    let key = |leaf: &Term| leaf.cons().unwrap_or((Term::NIL, Term::NIL)).0;
    let at = leaves.iter().position(|leaf| order(key(leaf), pair.0, image).is_ge()).unwrap_or(leaves.len());
    let found = leaves.get(at).is_some_and(|leaf| same(key(leaf), pair.0));
    let leaf = heap.cons(pair.0, pair.1);
    (edit(heap, node, 0, (at, at + usize::from(found)), &[leaf], 0), i64::from(!found))
}

/// What is left of a hash at a level.
fn below(hash: u64, level: u32) -> u64 {
    hash.checked_shr(4 * level).unwrap_or(0)
}

/// The smallest node at a level that holds two leaves with different keys; their hashes are shifted by the levels above.
fn join(heap: &mut Heap, image: &Image, a: (Term, u64), b: (Term, u64), level: u32) -> Term {
    let common = ((a.1 ^ b.1).trailing_zeros() / 4).min(LEVELS - level);
    let (ha, hb) = (below(a.1, common), below(b.1, common));
    let mut node = if level + common == LEVELS {
        let key = |leaf: Term| leaf.cons().unwrap_or((leaf, leaf)).0;
        let sorted = if order(key(a.0), key(b.0), image).is_le() { [a.0, b.0] } else { [b.0, a.0] };
        heap.tuple(&sorted)
    } else {
        let sorted = if ha & 15 < hb & 15 { [a.0, b.0] } else { [b.0, a.0] };
        heap.boxed_terms(kind::HAMT_NODE, bit(ha) | bit(hb), &sorted)
    };
    for level in (0..common).rev() {
        node = heap.boxed_terms(kind::HAMT_NODE, bit(a.1 >> (4 * level)), &[node]);
    }
    node
}

/// The map with a key set that it has, or nothing.
pub(super) fn update(heap: &mut Heap, map: Term, key: Term, value: Term) -> Option<Term> {
    if !map.is_kind(kind::HAMT_ROOT) {
        return None;
    }
    let path = Path::to(map, key)?;
    let (key, old) = path.leaf.cons()?;
    if old == value {
        return Some(map);
    }
    let leaf = heap.cons(key, value);
    Some(path.nodes().iter().rev().fold(leaf, |child, (node, slot)| replace(heap, *node, *slot, child, 0)))
}

/// The map without a key, or nothing where it does not have it. The map keeps the shape of a large one.
pub(super) fn remove(heap: &mut Heap, map: Term, key: Term) -> Option<Term> {
    let path = Path::to(map, key)?;
    let mut below = None;
    for (node, slot) in path.nodes().iter().rev() {
        let siblings = children(*node);
        let is_root = node.is_kind(kind::HAMT_ROOT);
        below = match below {
            // A node of one leaf is no node: the leaf takes its place.
            Some(leaf) if siblings.len() == 1 && Term::is_cons(leaf) && !is_root => Some(leaf),
            Some(child) => Some(replace(heap, *node, *slot, child, -1)),
            None if siblings.len() == 1 && !is_root => None,
            None if siblings.len() == 2 && siblings[1 - slot].is_cons() && !is_root => Some(siblings[1 - slot]),
            None => {
                let bitmap = header_aux(node.header());
                Some(edit(heap, *node, without(bitmap, *slot), (*slot, slot + 1), &[], -1))
            }
        };
    }
    below
}

/// A bitmap without its bit number `slot`, counted from the lowest.
fn without(bitmap: u64, slot: usize) -> u64 {
    let lower = (0..slot).fold(bitmap, |rest, _| rest & rest.wrapping_sub(1));
    bitmap & !(lower & lower.wrapping_neg())
}

/// The nodes from the root to a leaf.
struct Path {
    steps: [(Term, usize); LEVELS as usize + 1],
    len: usize,
    leaf: Term,
}

impl Path {
    fn to(map: Term, key: Term) -> Option<Path> {
        let (mut node, mut hash) = (map, hash_of(key));
        let mut path = Path { steps: [(Term::NIL, 0); LEVELS as usize + 1], len: 0, leaf: Term::NIL };
        loop {
            let head = node.header();
            let slot = if header_kind(head) == kind::TUPLE {
                children(node).iter().position(|leaf| leaf.cons().is_some_and(|(k, _)| same(k, key)))?
            } else {
                let (bitmap, bit) = (header_aux(head), bit(hash));
                if bitmap & bit == 0 {
                    return None;
                }
                slot(bitmap, bit)
            };
            path.steps[path.len] = (node, slot);
            path.len += 1;
            let child = children(node)[slot];
            if let Some((k, _)) = child.cons() {
                path.leaf = child;
                return same(k, key).then_some(path);
            }
            node = child;
            hash >>= 4;
        }
    }
    fn nodes(&self) -> &[(Term, usize)] {
        &self.steps[..self.len]
    }
}

/// A leaf to be, with its hash turned around by [`turn`].
#[derive(Clone, Copy)]
struct Entry {
    turned: u64,
    key: Term,
    value: Term,
}

/// A hash with its groups of four bits in reverse order, so that sorting by it gives the order of the trie.
fn turn(hash: u64) -> u64 {
    let bytes = hash.swap_bytes();
    bytes >> 4 & 0x0f0f_0f0f_0f0f_0f0f | (bytes & 0x0f0f_0f0f_0f0f_0f0f) << 4
}

fn entries(pairs: &[(Term, Term)]) -> Vec<Entry> {
    let mut all: Vec<Entry> =
        pairs.iter().map(|(key, value)| Entry { turned: turn(hash_of(*key)), key: *key, value: *value }).collect();
    all.sort_by_key(|entry| entry.turned);
    all
}

/// The large map of pairs, or nothing where they have no more than `limit` different keys. Of equal keys the later one counts.
pub(super) fn build(heap: &mut Heap, image: &Image, pairs: &[(Term, Term)], limit: usize) -> Option<Term> {
    let mut all = entries(pairs);
    let mut unique: Vec<Entry> = Vec::with_capacity(all.len());
    for group in all.chunk_by_mut(|a, b| a.turned == b.turned) {
        if group.len() > 1 {
            // Stable, so the last of a run of equal keys is the latest.
            group.sort_by(|a, b| order(a.key, b.key, image));
        }
        unique.extend(group.chunk_by(|a, b| same(a.key, b.key)).filter_map(|equal| equal.last().copied()));
    }
    if unique.len() <= limit {
        return None;
    }
    let (bitmap, mut children) = branch(heap, &unique, 0);
    children.insert(0, Term::small(unique.len() as i64));
    Some(heap.boxed_terms(kind::HAMT_ROOT, bitmap, &children))
}

/// Bitmap and children of the node of some entries at a level; they are in the order of the trie, and then of their keys. At most [`LEVELS`] deep.
fn branch(heap: &mut Heap, entries: &[Entry], level: u32) -> (u64, Vec<Term>) {
    let group = |entry: &Entry| entry.turned >> (60 - 4 * level) & 15;
    let mut bitmap = 0;
    let mut children = Vec::with_capacity(17);
    for group_entries in entries.chunk_by(|a, b| group(a) == group(b)) {
        bitmap |= 1 << group(&group_entries[0]);
        children.push(subtree(heap, group_entries, level + 1));
    }
    (bitmap, children)
}

fn subtree(heap: &mut Heap, entries: &[Entry], level: u32) -> Term {
    if let [entry] = entries {
        return heap.cons(entry.key, entry.value);
    }
    if level == LEVELS {
        let leaves: Vec<Term> = entries.iter().map(|entry| heap.cons(entry.key, entry.value)).collect();
        return heap.tuple(&leaves);
    }
    let (bitmap, children) = branch(heap, entries, level);
    heap.boxed_terms(kind::HAMT_NODE, bitmap, &children)
}

/// Both maps; where both have a key, the value of `b` counts.
pub(super) fn merge(heap: &mut Heap, image: &Image, a: Term, b: Term) -> Term {
    let (node, common) = merge_nodes(heap, image, a, b, 0);
    let size = (super::len(a) + super::len(b)) as i64 - common;
    if node == a || node == b {
        return node;
    }
    // SAFETY: the root was made just now by `merge_nodes`; its first word is the size.
    unsafe { *node.ptr().add(1) = Term::small(size).0 };
    node
}

/// The union of two children at a level, and the number of keys that they have in common.
fn merge_nodes(heap: &mut Heap, image: &Image, a: Term, b: Term, level: u32) -> (Term, i64) {
    if a == b {
        return (a, size_of(a));
    }
    match (a.cons(), b.cons()) {
        (Some((ka, _)), Some((kb, _))) => {
            if same(ka, kb) {
                return (b, 1);
            }
            let (ha, hb) = (below(hash_of(ka), level), below(hash_of(kb), level));
            return (join(heap, image, (a, ha), (b, hb), level), 0);
        }
        (None, Some((key, value))) => {
            let (node, grew) = insert(heap, image, a, (key, value), below(hash_of(key), level), level);
            return (node, 1 - grew);
        }
        (Some((key, value)), None) => {
            let hash = below(hash_of(key), level);
            if get(b, key, hash).is_some() {
                return (b, 1);
            }
            return (insert(heap, image, b, (key, value), hash, level).0, 0);
        }
        (None, None) => {}
    }
    if level == LEVELS {
        let mut grown = 0;
        let node = children(b).iter().filter_map(|leaf| leaf.cons()).fold(a, |node, pair| {
            let (node, grew) = insert_collision(heap, image, node, pair);
            grown += grew;
            node
        });
        return (node, children(b).len() as i64 - grown);
    }
    let (ma, mb) = (header_aux(a.header()), header_aux(b.header()));
    let (mut ca, mut cb) = (children(a).iter(), children(b).iter());
    let mut common = 0;
    let mut all = Vec::with_capacity(17);
    let is_root = a.is_kind(kind::HAMT_ROOT);
    if is_root {
        all.push(Term::small(0));
    }
    for bit in (0..16).map(|i| 1u64 << i).filter(|bit| (ma | mb) & bit != 0) {
        let left = if ma & bit != 0 { ca.next().copied() } else { None };
        let right = if mb & bit != 0 { cb.next().copied() } else { None };
        all.extend(match (left, right) {
            (Some(left), Some(right)) => {
                let (child, keys) = merge_nodes(heap, image, left, right, level + 1);
                common += keys;
                Some(child)
            }
            (left, right) => left.or(right),
        });
    }
    let lead = usize::from(is_root);
    for (whole, bitmap) in [(b, mb), (a, ma)] {
        if bitmap == ma | mb && children(whole) == &all[lead..] {
            return (whole, common);
        }
    }
    let node_kind = if is_root { kind::HAMT_ROOT } else { kind::HAMT_NODE };
    (heap.boxed_terms(node_kind, ma | mb, &all), common)
}

/// Number of leaves of a child.
fn size_of(child: Term) -> i64 {
    let mut open = vec![child];
    let mut count = 0;
    while let Some(child) = open.pop() {
        if child.is_cons() {
            count += 1;
        } else {
            open.extend_from_slice(children(child));
        }
    }
    count
}
