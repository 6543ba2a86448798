//! How large PCRE's compiled form of a pattern would be. `re` refuses what is over a limit, and so do we: it bounds what a
//! pattern can cost.

use crate::regex::ast::{Mode, Node, Sequence, UNLIMITED, Verb};

/// Most bytes of a compiled pattern, without its outermost group.
pub(super) const LARGEST: u32 = 0xffff - GROUP;

/// Opening and closing of a group, with the distances between its parts.
const GROUP: u32 = 6;
/// One more distance: of another branch, of a look-behind.
const LINK: u32 = 3;
/// A number of a group or a count.
const NUMBER: u32 = 2;
/// A bitmap of 256 characters and the instruction in front of it.
pub(super) const CLASS: u32 = 33;
/// A Unicode property.
pub(super) const PROPERTY: u32 = 3;

/// Size of a node, from those of the nodes before it. That of a set depends on how it was written.
pub(super) fn of_node(node: &Node, nodes: &[Node], sizes: &[u32], utf: bool) -> u32 {
    let of_branches = |branches: &[Sequence]| of_branches(branches, sizes);
    match node {
        Node::Char(c) => 1 + if utf { char::from_u32(*c).map_or(1, char::len_utf8) as u32 } else { 1 },
        Node::Set(_) => CLASS,
        Node::Back { .. } | Node::Call(_) => 1 + NUMBER,
        Node::Mark(name) | Node::Verb(Verb::SkipTo(name)) => 3 + name.len() as u32,
        Node::Accept(groups) => (1 + (1 + NUMBER) * groups.len() as u32).min(LARGEST),
        Node::Group { capture, atomic, branches } => {
            let number = if capture.is_some() { NUMBER } else { 0 };
            let wrapping = if *atomic && capture.is_some() { GROUP } else { 0 };
            of_branches(branches).saturating_add(GROUP + number + wrapping)
        }
        Node::Look { behind, branches, .. } => {
            let distances = behind.as_ref().map_or(0, |distances| LINK * distances.len() as u32);
            of_branches(branches).saturating_add(GROUP + distances)
        }
        Node::Conditional { branches, .. } => of_branches(branches).saturating_add(GROUP + 1 + NUMBER),
        Node::Repeat { node, min, max, mode } => {
            let one = sizes[*node as usize];
            let is_single = !matches!(
                nodes[*node as usize],
                Node::Group { .. } | Node::Look { .. } | Node::Conditional { .. } | Node::Call(_) | Node::Back { .. }
            );
            if is_single { of_run(one, *min, *max) } else { of_copies(one, *min, *max, *mode) }
        }
        _ => 1,
    }
}

/// Size of branches and the distances between them.
pub(super) fn of_branches(branches: &[Sequence], sizes: &[u32]) -> u32 {
    let links = LINK * (branches.len() as u32).saturating_sub(1);
    let parts = branches.iter().flatten().map(|id| sizes[*id as usize]);
    parts.fold(links, u32::saturating_add)
}

/// Size of a repeated character.
fn of_run(one: u32, min: u32, max: u32) -> u32 {
    if one >= CLASS {
        let is_simple = matches!((min, max), (0 | 1, UNLIMITED) | (0, 1));
        return one + if is_simple { 1 } else { 1 + 2 * NUMBER };
    }
    let character = one.max(2);
    match (min, max) {
        (0 | 1, UNLIMITED) | (0, 1) => character,
        (0, _) => character + NUMBER,
        (_, UNLIMITED) => 2 * character + NUMBER,
        _ if min == max => character + NUMBER,
        _ => 2 * (character + NUMBER),
    }
}

/// Size of a repeated group: as many copies as are required, and one in another for each that may follow.
fn of_copies(one: u32, min: u32, max: u32, mode: Mode) -> u32 {
    let wrapping = if mode == Mode::Possessive { GROUP } else { 0 };
    let copies = match (min, max) {
        (_, 0) | (0, 1 | UNLIMITED) => one.saturating_add(1),
        (_, UNLIMITED) => one.saturating_mul(min),
        _ => {
            let optional = one.saturating_add(GROUP + 1).saturating_mul(max - min);
            one.saturating_mul(min).saturating_add(optional).saturating_sub(if max > min { GROUP } else { 0 })
        }
    };
    copies.saturating_add(wrapping)
}
