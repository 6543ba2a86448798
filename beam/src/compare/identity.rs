//! Order and equality of terms without parts that are terms of their own: bitstrings, pids, ports, references.

use std::cmp::Ordering;

use crate::atoms::NONODE;
use crate::term::{Bits, Term, kind};

use super::Tables;

/// Whether two bitstrings have the same bits.
pub(crate) fn same_bits(a: Bits<'_>, b: Bits<'_>) -> bool {
    a.len == b.len && bits(a, b) == Ordering::Equal
}

/// Bit by bit; a prefix sorts first.
pub(super) fn bits(a: Bits<'_>, b: Bits<'_>) -> Ordering {
    if let (Some(x), Some(y)) = (a.aligned(), b.aligned()) {
        return x.cmp(y);
    }
    let common = a.len.min(b.len);
    let whole = common / 8;
    let order = match (whole_bytes(a, whole), whole_bytes(b, whole)) {
        (Some(x), Some(y)) => x.cmp(y),
        _ => (0..whole).map(|i| a.byte(i)).cmp((0..whole).map(|i| b.byte(i))),
    };
    let rest = common % 8;
    let mask = !(0xffu8 >> rest);
    order
        .then_with(|| if rest == 0 { Ordering::Equal } else { (a.byte(whole) & mask).cmp(&(b.byte(whole) & mask)) })
        .then(a.len.cmp(&b.len))
}

fn whole_bytes(bits: Bits<'_>, count: usize) -> Option<&[u8]> {
    bits.offset.is_multiple_of(8).then(|| &bits.data[bits.offset / 8..bits.offset / 8 + count])
}

/// An integer field of a boxed identifier. Such fields never exceed 64 bits.
pub(crate) fn field(t: Term) -> u64 {
    match t.small_value() {
        Some(v) => v as u64,
        None if t.is_big() => t.words().first().copied().unwrap_or(0),
        None => 0,
    }
}

/// Node name and creation, in the order of the names' text.
fn node_order(a: (Term, u64), b: (Term, u64), tables: Tables<'_>) -> Ordering {
    let names = if a.0 == b.0 { Ordering::Equal } else { tables.atoms.name(a.0).cmp(tables.atoms.name(b.0)) };
    names.then(a.1.cmp(&b.1))
}

/// Serial and id, then the node, of a pid.
fn pid_parts(t: Term) -> ((u64, u64), (Term, u64)) {
    if t.is_local_pid() {
        return ((t.pid_number() >> 28, t.pid_number() & 0xfff_ffff), (NONODE, 0));
    }
    let e = t.elements();
    ((field(e[2]), field(e[1])), (e[0], field(e[3])))
}

/// Pids sort by their numbers before their nodes.
pub(super) fn pids(a: Term, b: Term, tables: Tables<'_>) -> Ordering {
    let ((x, x_node), (y, y_node)) = (pid_parts(a), pid_parts(b));
    x.cmp(&y).then_with(|| node_order(x_node, y_node, tables))
}

/// Ports sort by their nodes before their numbers.
pub(super) fn ports(a: Term, b: Term, tables: Tables<'_>) -> Ordering {
    let (x, y) = (a.elements(), b.elements());
    node_order((x[0], field(x[2])), (y[0], field(y[2])), tables).then_with(|| field(x[1]).cmp(&field(y[1])))
}

/// The words of a reference, least significant first, and how many there are. At most five count.
pub(crate) fn ref_words(t: Term) -> ([u32; 5], usize) {
    let mut words = [0; 5];
    if let Some(local) = t.local_ref() {
        words[..3].copy_from_slice(&local);
        return (words, 3);
    }
    let e = if t.is_kind(kind::EXTERNAL_REF) { &t.elements()[2..] } else { &[] };
    for (word, term) in words.iter_mut().zip(e) {
        *word = field(*term) as u32;
    }
    (words, e.len().min(5))
}

fn ref_node(t: Term) -> (Term, u64) {
    if t.is_kind(kind::REF) { (NONODE, 0) } else { (t.elements()[0], field(t.elements()[1])) }
}

/// References sort by their nodes, then as numbers: missing words count as zero.
pub(super) fn refs(a: Term, b: Term, tables: Tables<'_>) -> Ordering {
    node_order(ref_node(a), ref_node(b), tables)
        .then_with(|| ref_words(a).0.iter().rev().cmp(ref_words(b).0.iter().rev()))
}

/// Whether two references are the same.
pub(super) fn same_ref(a: Term, b: Term) -> bool {
    ref_node(a) == ref_node(b) && ref_words(a).0 == ref_words(b).0
}

/// Whether a port is one of this node.
pub(crate) fn is_local_port(t: Term) -> bool {
    matches!(t.elements(), [node, _, creation] if (*node, field(*creation)) == (NONODE, 0))
}
