//! What a match must begin with and contain, so that most of a subject need not be tried.

use crate::regex::ast::{Ast, Mode, Node, NodeId, Sequence, UNLIMITED};
use crate::regex::options::flag;
use crate::regex::program::{Program, Starts};

type Bytes = [bool; 256];

/// Finds the first bytes and a required byte of a pattern.
pub(super) fn find(ast: &Ast, program: &mut Program) {
    let options = program.options.flags;
    if options & flag::NO_START_OPTIMIZE != 0 {
        return;
    }
    program.starts = starts(ast);
    let has_verbs = ast.nodes.iter().any(|node| matches!(node, Node::Verb(_) | Node::Accept(_)));
    let search = Search { ast, program, is_utf: options & flag::UTF != 0 };
    let mut first = [false; 256];
    let found = if has_verbs {
        // Where verbs decide how the search goes on, positions are only left out as PCRE does.
        search.literal_start(&mut first)
    } else {
        search.of_branches(&ast.branches, &mut first, 0) == Some(false)
    };
    let required = if has_verbs { None } else { search.required() };
    program.first = found.then(|| Box::new(first));
    program.required = required;
}

/// Where matches can start. Whatever could tell positions within a line apart, as a reference to what a group has matched,
/// makes it anywhere.
fn starts(ast: &Ast) -> Starts {
    let tells_apart = |node: &Node| {
        matches!(
            node,
            Node::Back { .. }
                | Node::Conditional { .. }
                | Node::Call(_)
                | Node::Verb(_)
                | Node::Accept(_)
                | Node::Keep
                | Node::Group { atomic: true, .. }
        )
    };
    if ast.nodes.iter().any(tells_apart) {
        return Starts::Anywhere;
    }
    let mut all = Starts::Nowhere;
    let mut open: Vec<&Sequence> = ast.branches.iter().collect();
    while let Some(branch) = open.pop() {
        let Some(first) = branch.first() else { return Starts::Anywhere };
        match &ast.nodes[*first as usize] {
            Node::Group { branches, .. } => open.extend(branches),
            Node::Repeat { node, min: 0, max: UNLIMITED, mode: Mode::Greedy | Mode::Lazy } => {
                match &ast.nodes[*node as usize] {
                    Node::Any { newlines: true } => {}
                    Node::Any { newlines: false } => all = Starts::Lines,
                    _ => return Starts::Anywhere,
                }
            }
            _ => return Starts::Anywhere,
        }
    }
    all
}

struct Search<'a> {
    ast: &'a Ast,
    program: &'a Program,
    is_utf: bool,
}

impl Search<'_> {
    /// Adds the bytes that one of some branches can begin with. Gives whether one may be empty, or nothing where it cannot
    /// be told.
    fn of_branches(&self, branches: &[Sequence], first: &mut Bytes, depth: u32) -> Option<bool> {
        let mut may_be_empty = false;
        for branch in branches {
            may_be_empty |= self.of_sequence(branch, first, depth)?;
        }
        Some(may_be_empty)
    }

    fn of_sequence(&self, sequence: &[NodeId], first: &mut Bytes, depth: u32) -> Option<bool> {
        for id in sequence {
            if !self.of_node(*id, first, depth)? {
                return Some(false);
            }
        }
        Some(true)
    }

    fn of_node(&self, id: NodeId, first: &mut Bytes, depth: u32) -> Option<bool> {
        const DEEPEST: u32 = 50;
        if depth > DEEPEST {
            return None;
        }
        match &self.ast.nodes[id as usize] {
            Node::Char(c) => first[usize::from(self.first_byte(*c))] = true,
            Node::Set(index) | Node::Word { set: index, .. } => {
                let set = &self.program.sets[*index as usize];
                let is_single_byte = |byte: u8| !self.is_utf || byte.is_ascii();
                for byte in 0..=255 {
                    first[usize::from(byte)] |= is_single_byte(byte) && set.has_byte(byte);
                }
                let has_long = set.has_high() || (128..=255).any(|byte| set.has_byte(byte));
                if self.is_utf && has_long {
                    first[0xc2..].fill(true);
                }
            }
            Node::Assert(_) | Node::Keep | Node::Mark(_) => return Some(true),
            Node::Look { negative: _, behind: _, branches: _ } => return Some(true),
            Node::Group { branches, .. } => return self.of_branches(branches, first, depth + 1),
            Node::Repeat { node, min, max, .. } => {
                if *max == 0 {
                    return Some(true);
                }
                let may_be_empty = self.of_node(*node, first, depth + 1)?;
                return Some(may_be_empty || *min == 0);
            }
            _ => return None,
        }
        Some(false)
    }

    fn first_byte(&self, c: u32) -> u8 {
        match char::from_u32(c) {
            Some(c) if self.is_utf => c.encode_utf8(&mut [0; 4]).as_bytes()[0],
            _ => c as u8,
        }
    }

    /// The literal that the pattern begins with, verbs apart.
    fn literal_start(&self, first: &mut Bytes) -> bool {
        let mut branches = &self.ast.branches;
        'group: loop {
            let [branch] = &branches[..] else { return false };
            for id in branch {
                let node = match &self.ast.nodes[*id as usize] {
                    Node::Repeat { node, min: 1.., .. } => &self.ast.nodes[*node as usize],
                    node => node,
                };
                match node {
                    Node::Verb(_) | Node::Mark(_) | Node::Assert(_) | Node::Keep => {}
                    Node::Group { branches: inner, .. } => {
                        branches = inner;
                        continue 'group;
                    }
                    Node::Char(c) => {
                        first[usize::from(self.first_byte(*c))] = true;
                        return true;
                    }
                    // A letter whose case does not count.
                    Node::Set(_) if self.ast.options.flags & flag::CASELESS != 0 => {
                        return self.of_node(*id, first, 0) == Some(false)
                            && first.iter().filter(|has| **has).count() <= 2;
                    }
                    _ => return false,
                }
            }
            return false;
        }
    }

    /// The last literal of one byte that every match has, other than the one that it begins with.
    fn required(&self) -> Option<u8> {
        let [branch] = &self.ast.branches[..] else { return None };
        branch.get(1..)?.iter().rev().find_map(|id| match &self.ast.nodes[*id as usize] {
            Node::Char(c) if *c < 0x80 || !self.is_utf => Some(*c as u8),
            _ => None,
        })
    }
}
