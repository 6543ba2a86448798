//! A pattern that has been read: nodes in one vector, children before parents, so that nothing needs to recurse over it.

use super::set::CharSet;

/// Index of a node.
pub(super) type NodeId = u32;

/// Nodes that follow each other.
pub(super) type Sequence = Vec<NodeId>;

/// No upper limit of a repetition.
pub(super) const UNLIMITED: u32 = u32::MAX;

/// Something that a program refers to: a group by number or by an index into [`Ast::references`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    Number(u32),
    Name(Box<[u8]>),
}

/// A test of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assertion {
    /// `^`
    LineStart { multiline: bool },
    /// `$`
    LineEnd { multiline: bool, end_only: bool },
    /// `\A`
    SubjectStart,
    /// `\Z`
    SubjectEndOrNewline,
    /// `\z`
    SubjectEnd,
    /// `\G`
    MatchStart,
    /// `\b`, `\B`
    WordBoundary { negative: bool },
}

/// Which of several ways of repeating is tried first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Greedy,
    Lazy,
    Possessive,
}

/// What a conditional group depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    /// A group is set.
    Set(Reference),
    /// Within a recursion into a group, or into any.
    Recursion(Option<Reference>),
    /// Never: the group only defines others.
    Define,
    /// The first node of the first branch, an assertion.
    Assertion,
}

/// A verb that acts when it is backtracked onto.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Commit,
    Prune,
    Skip,
    SkipTo(Box<[u8]>),
    Then,
}

/// One part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A character.
    Char(u32),
    /// One of a set, by its index in [`Ast::sets`].
    Set(u32),
    /// As `Set`, with another set for the repetitions that a quantifier requires.
    Word {
        set: u32,
        required: u32,
    },
    /// Any character, or any that does not begin a newline.
    Any {
        newlines: bool,
    },
    /// `\C`: one byte.
    Byte,
    /// `\R`
    Newline,
    /// `\X`
    Cluster,
    Assert(Assertion),
    /// `\K`
    Keep,
    /// What a group matched before.
    Back {
        reference: Reference,
        fold: bool,
    },
    Group {
        capture: Option<u32>,
        atomic: bool,
        branches: Vec<Sequence>,
    },
    /// Assertion about what follows, or about what precedes with the number of characters of each branch.
    Look {
        negative: bool,
        behind: Option<Vec<u32>>,
        branches: Vec<Sequence>,
    },
    Conditional {
        test: Test,
        branches: Vec<Sequence>,
    },
    Repeat {
        node: NodeId,
        min: u32,
        max: u32,
        mode: Mode,
    },
    /// The pattern of a group, matched here.
    Call(Reference),
    /// Remembers a name and a position, without an effect when backtracked onto.
    Mark(Box<[u8]>),
    Verb(Verb),
    /// Ends the match, with these groups closed.
    Accept(Vec<u32>),
    Fail,
}

/// A pattern that has been read.
pub(super) struct Ast {
    pub(super) nodes: Vec<Node>,
    pub(super) sets: Vec<CharSet>,
    pub(super) branches: Vec<Sequence>,
    /// Names of groups with their numbers in the order of the pattern.
    pub(super) names: Vec<(Box<[u8]>, u32)>,
    /// Number of capturing groups.
    pub(super) groups: u32,
    /// Options as the start of the pattern has changed them.
    pub(super) options: super::options::CompileOptions,
    /// The pattern names CR or LF, so that a match may begin between the two.
    pub(super) has_cr_or_lf: bool,
    /// Limits of the pattern's own.
    pub(super) match_limit: Option<u32>,
    pub(super) match_limit_recursion: Option<u32>,
}

impl Ast {
    /// Numbers of the groups that a reference means; more than one where a name is used more than once.
    pub(super) fn resolve(&self, reference: &Reference) -> Vec<u32> {
        match reference {
            Reference::Number(number) => vec![*number],
            Reference::Name(name) => {
                let of_name = self.names.iter().filter(|(known, _)| known == name);
                of_name.map(|(_, number)| *number).collect()
            }
        }
    }
}
