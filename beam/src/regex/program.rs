//! A compiled pattern: instructions for the matcher.

use super::ast::{Assertion, Mode};
use super::options::CompileOptions;
use super::set::CharSet;

/// Index of an instruction; while a program is made, number of a label.
pub(super) type Target = u32;

/// Something that matches one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Single {
    Byte(u8),
    /// A character of several bytes: its first byte in [`Program::literals`] and their number.
    Char(u32, u8),
    Set(u32),
    /// Any character; with `newlines` false only where no newline begins.
    Any {
        newlines: bool,
    },
    /// One byte, whatever it belongs to.
    Raw,
}

/// One or many of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) single: Single,
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) mode: Mode,
    /// Byte that must follow, where that is known.
    pub(super) next: Option<u8>,
}

/// A verb, as an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VerbCode {
    Commit,
    Prune,
    Skip,
    /// To the last mark of a name, by its index in [`Program::marks`].
    SkipTo(u32),
    /// To the next alternative of the innermost alternation around it, if there is one.
    Then(Option<u32>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inst {
    Byte(u8),
    /// Bytes of [`Program::literals`]: first and number.
    Literal(u32, u32),
    One(Single),
    Run(Run),
    Newline,
    Cluster,
    Assert(Assertion),
    Keep,
    /// Back reference: index in [`Program::references`], and whether case counts.
    Back(u32, bool),
    /// Goes on here, and there if that fails.
    Split(Target),
    /// Goes on there, and here if that fails.
    SplitJump(Target),
    /// As `Split`, for an alternation that holds a `(*THEN)`; without a target for its last branch.
    Alternative(Option<Target>, u32),
    Jump(Target),
    Open(u32),
    Close(u32),
    /// Closes a group for `(*ACCEPT)`, without returning from a call.
    CloseOnly(u32),
    LoopStart(u32),
    Loop {
        register: u32,
        min: u32,
        max: u32,
        is_lazy: bool,
        exit: Target,
    },
    LoopBack {
        register: u32,
        head: Target,
        min: u32,
        is_unlimited: bool,
    },
    AtomicStart,
    AtomicEnd,
    /// Assertion; a negative one goes on at the target where its body does not match.
    LookStart {
        negative: bool,
        resume: Target,
    },
    LookEnd {
        negative: bool,
    },
    /// Assertion as a condition; goes on at the target where its body does not match.
    ConditionStart {
        negative: bool,
        otherwise: Target,
    },
    /// Where a body of a condition has matched: goes on here, or at the target for a negative one.
    ConditionEnd {
        negative: bool,
        otherwise: Target,
    },
    /// Goes back a number of characters.
    StepBack(u32),
    /// Goes on where one of the groups (index in [`Program::references`]) is set, else at the target.
    TestSet(u32, Target),
    /// Goes on within a call of one of the groups, or of any, else at the target.
    TestRecursion(Option<u32>, Target),
    Call(u32),
    Mark(u32),
    Verb(VerbCode),
    Accept,
    Fail,
    Match,
    /// Counts as a step for the limits, where PCRE calls itself.
    Tick,
}

/// Where a match can start at all, apart from the first position that is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Starts {
    Anywhere,
    /// At the start of a line: the pattern begins with `.*`, which has tried all of the line before.
    Lines,
    /// Nowhere: the pattern begins with a `.*` that takes newlines as well.
    Nowhere,
}

/// A compiled pattern.
pub(super) struct Program {
    pub(super) code: Vec<Inst>,
    pub(super) sets: Vec<CharSet>,
    pub(super) literals: Vec<u8>,
    /// Groups that back references and conditions mean.
    pub(super) references: Vec<Box<[u32]>>,
    pub(super) marks: Vec<Box<[u8]>>,
    /// Where each group begins, for calls.
    pub(super) group_starts: Vec<Option<u32>>,
    /// Number of capturing groups.
    pub(super) groups: u32,
    /// Number of loop registers.
    pub(super) loops: u32,
    pub(super) options: CompileOptions,
    pub(super) has_cr_or_lf: bool,
    pub(super) match_limit: Option<u32>,
    pub(super) match_limit_recursion: Option<u32>,
    pub(super) starts: Starts,
    /// Bytes that a match can begin with, unless it may be empty.
    pub(super) first: Option<Box<[bool; 256]>>,
    /// Byte that every match has in it.
    pub(super) required: Option<u8>,
    /// Characters that `\b` takes for parts of words.
    pub(super) words: CharSet,
    /// Only needed for `\X`.
    pub(super) clusters: Option<super::unicode::Clusters>,
}
