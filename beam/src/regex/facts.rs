//! What is known of a part of a pattern while it is read: whether it may be empty, and how long it is.

use std::cell::Cell;

use super::ast::{Node, NodeId, Sequence, UNLIMITED};

/// Length of what a part matches, as look-behind assertions need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// This many characters.
    Fixed(u32),
    /// It depends.
    Varies,
    /// It holds a `\C` in UTF-8, which is no character.
    Bytes,
    /// It holds calls of groups, which may not have been read yet.
    Calls,
}

impl Length {
    /// Length of one part and then another; of two reasons for there being none, that of the first counts.
    pub(super) fn then(self, next: Length) -> Length {
        match (self, next) {
            (Length::Fixed(a), Length::Fixed(b)) => Length::Fixed(a.saturating_add(b)),
            (Length::Fixed(_), reason) => reason,
            (reason, _) => reason,
        }
    }
    /// Length of either of two parts.
    pub(super) fn or(self, other: Length) -> Length {
        match (self, other) {
            (Length::Fixed(a), Length::Fixed(b)) if a != b => Length::Varies,
            (Length::Fixed(_), reason) => reason,
            (reason, _) => reason,
        }
    }
}

/// Facts about one node or one sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// Whether it may match nothing, as far as can be told when it has just been read.
    pub(super) may_be_empty: bool,
    pub(super) length: Length,
    /// It holds an `(*ACCEPT)`, behind which the length no longer counts.
    pub(super) accepts: bool,
}

impl Facts {
    pub(super) const NOTHING: Facts = Facts::new(true, Length::Fixed(0));
    const CHARACTER: Facts = Facts::new(false, Length::Fixed(1));

    const fn new(may_be_empty: bool, length: Length) -> Facts {
        Facts { may_be_empty, length, accepts: false }
    }

    pub(super) fn then(self, next: Facts) -> Facts {
        Facts {
            may_be_empty: self.may_be_empty && next.may_be_empty,
            length: if self.accepts { self.length } else { self.length.then(next.length) },
            accepts: self.accepts || next.accepts,
        }
    }
}

/// Facts about a new node, from those about the nodes before it. `called` gives the facts about a group that is complete.
pub(super) fn of_node(node: &Node, known: &[Facts], utf: bool, called: impl Fn(&Node) -> Option<Facts>) -> Facts {
    let sequence = |seq: &Sequence| seq.iter().fold(Facts::NOTHING, |facts, id| facts.then(known[*id as usize]));
    let any_of = |branches: &[Sequence]| {
        let mut all = branches.iter().map(sequence);
        let first = all.next().unwrap_or(Facts::NOTHING);
        let either = |a: Facts, b: Facts| Facts::new(a.may_be_empty || b.may_be_empty, a.length.or(b.length));
        Facts { accepts: false, ..all.fold(first, either) }
    };
    match node {
        Node::Char(_) | Node::Set(_) | Node::Word { .. } | Node::Any { .. } => Facts::CHARACTER,
        Node::Byte => Facts::new(false, if utf { Length::Bytes } else { Length::Fixed(1) }),
        Node::Newline | Node::Cluster => Facts::new(false, Length::Varies),
        Node::Back { .. } => Facts::new(true, Length::Varies),
        Node::Assert(_) | Node::Keep | Node::Look { .. } => Facts::NOTHING,
        Node::Mark(_) | Node::Verb(_) | Node::Fail => Facts::NOTHING,
        Node::Accept(_) => Facts { accepts: true, ..Facts::NOTHING },
        Node::Group { branches, .. } => any_of(branches),
        Node::Conditional { branches, .. } => {
            let facts = any_of(branches);
            Facts { may_be_empty: facts.may_be_empty || branches.len() == 1, ..facts }
        }
        Node::Call(_) => Facts::new(called(node).is_none_or(|facts| facts.may_be_empty), Length::Calls),
        Node::Repeat { node, min, max, .. } => repeated(known[*node as usize], *min, *max),
    }
}

fn repeated(one: Facts, min: u32, max: u32) -> Facts {
    let length = match one.length {
        Length::Fixed(n) if min == max && max != UNLIMITED => Length::Fixed(n.saturating_mul(min)),
        Length::Fixed(_) => Length::Varies,
        reason if min == max => reason,
        _ => Length::Varies,
    };
    Facts::new(min == 0 || one.may_be_empty, length)
}

/// Finds lengths once all groups are known: calls are followed to the groups that they call. A recursion has none.
pub(super) struct CallLengths<'a> {
    pub(super) nodes: &'a [Node],
    /// The node of a called group, if there is one.
    pub(super) group: &'a dyn Fn(&Node) -> Option<NodeId>,
    /// Nodes that may still be looked at: calls of calls could double the work with every level.
    pub(super) budget: Cell<u32>,
}

impl CallLengths<'_> {
    pub(super) fn of(&self, sequence: &[NodeId], depth: u32) -> Length {
        // Calls within look-behinds are rare; what is nested deeper than this counts as a recursion.
        const DEEPEST: u32 = 40;
        sequence.iter().fold(Length::Fixed(0), |before, id| {
            if depth > DEEPEST || self.budget.get() == 0 || before == Length::Varies {
                return Length::Varies;
            }
            self.budget.set(self.budget.get() - 1);
            let node = &self.nodes[*id as usize];
            before.then(match node {
                Node::Char(_) | Node::Set(_) | Node::Word { .. } | Node::Any { .. } | Node::Byte => Length::Fixed(1),
                Node::Newline | Node::Cluster | Node::Back { .. } => Length::Varies,
                Node::Group { branches, .. } | Node::Conditional { branches, .. } => {
                    let mut all = branches.iter().map(|branch| self.of(branch, depth + 1));
                    let first = all.next().unwrap_or(Length::Fixed(0));
                    all.fold(first, Length::or)
                }
                Node::Call(_) => match (self.group)(node) {
                    Some(target) => self.of(&[target], depth + 1),
                    None => Length::Varies,
                },
                Node::Repeat { node, min, max, .. } => match self.of(&[*node], depth + 1) {
                    Length::Fixed(n) if min == max => Length::Fixed(n.saturating_mul(*min)),
                    Length::Fixed(_) => Length::Varies,
                    reason => reason,
                },
                _ => Length::Fixed(0),
            })
        })
    }
}
