//! Reads a pattern (syntax: OTP, module `re`, "Perl-like regular expression syntax").
//!
//! Open parentheses are kept in a vector, so nesting costs no native stack. `re` reads a pattern twice and notices some
//! errors, those about references and lengths, only the second time; these are kept in [`Parser::later`] and reported if
//! nothing else is wrong, wherever it is.

use super::ast::{Assertion, Ast, Mode, Node, NodeId, Reference, Sequence, Test, UNLIMITED};
use super::error::{CompileError, ErrorKind};
use super::facts::{self, Facts, Length};
use super::latin1;
use super::options::{CompileOptions, Newline, flag};
use super::set::{CharSet, Ranges};
use super::unicode;

mod class;
mod escape;
mod finish;
mod group;
mod quantifier;
mod size;
mod start;
mod verb;

/// Weight of open parentheses at which a pattern is too complicated: the working space of PCRE's compiler in OTP.
const WORKSPACE: usize = 3996;

use quantifier::is_counted_repeat;

/// Most nodes of a pattern: more would be too large in any case. A byte of PCRE's compiled form makes at most one node, and
/// a quantifier another one.
const MOST_NODES: usize = 2 * 0xffff;

type Result<T> = std::result::Result<T, CompileError>;

/// Reads a pattern. It ends at its first zero byte.
pub(super) fn parse(pattern: &[u8], options: CompileOptions) -> Result<Ast> {
    let end = pattern.iter().position(|byte| *byte == 0).unwrap_or(pattern.len());
    let mut parser = Parser::new(&pattern[..end], options);
    parser.start_of_pattern()?;
    let utf = parser.has(flag::UTF);
    if utf && parser.has(flag::NEVER_UTF) {
        return Err(CompileError { kind: ErrorKind::UtfForbidden, offset: 0 });
    }
    if utf && let Err(error) = std::str::from_utf8(parser.pattern) {
        return Err(CompileError { kind: ErrorKind::InvalidUtf8, offset: error.valid_up_to() });
    }
    parser.options.flags = parser.flags;
    parser.whole()
}

/// What an open parenthesis began.
enum Kind {
    /// The whole pattern.
    Pattern,
    Group {
        capture: Option<u32>,
        atomic: bool,
    },
    Look {
        negative: bool,
        behind: bool,
        /// A conditional group depends on it: no quantifier may follow.
        is_condition: bool,
    },
    Conditional(Test),
}

/// A parenthesis that is still open.
struct Open {
    kind: Kind,
    /// Options to return to at its end.
    flags: u32,
    branches: Vec<Sequence>,
    lengths: Vec<Length>,
    /// The branch being read, and what is known of it.
    sequence: Sequence,
    facts: Facts,
    /// What was known of it before its last item, to which a quantifier may be applied.
    facts_before_last: Facts,
    /// For `(?|`: the number of groups before it, and the largest that a branch reached.
    reset: Option<(u32, u32)>,
    /// Its weight in PCRE's working space.
    weight: usize,
}

impl Open {
    fn new(kind: Kind, flags: u32, weight: usize) -> Open {
        Open {
            kind,
            flags,
            branches: Vec::new(),
            lengths: Vec::new(),
            sequence: Vec::new(),
            facts: Facts::NOTHING,
            facts_before_last: Facts::NOTHING,
            reset: None,
            weight,
        }
    }
}

/// An error if things turn out so at the end.
enum Later {
    /// There must be a group of this number or name.
    Group(Reference),
    /// Certain.
    Error(ErrorKind),
}

struct Parser<'a> {
    pattern: &'a [u8],
    at: usize,
    options: CompileOptions,
    /// Options in force here.
    flags: u32,
    nodes: Vec<Node>,
    facts: Vec<Facts>,
    /// What each node would take in PCRE's compiled form.
    sizes: Vec<u32>,
    sets: Vec<CharSet>,
    open: Vec<Open>,
    weight: usize,
    names: Vec<(Box<[u8]>, u32)>,
    /// Number of capturing groups so far (within `(?|`, of this branch).
    groups: u32,
    most_groups: u32,
    /// Node of each group that is complete, by number.
    group_nodes: Vec<Option<NodeId>>,
    /// Largest number of a back reference.
    top_reference: u32,
    /// Whether a quantifier may follow.
    repeatable: bool,
    /// The next assertion is what a conditional group depends on. (Where that group begins with `(?!)`, which is not read as an
    /// assertion, it is some later one: PCRE has it so.)
    expects_condition: bool,
    /// Within `\Q...\E`
    quoted: bool,
    has_cr_or_lf: bool,
    later: Vec<(Later, usize)>,
    /// Look-behind assertions whose lengths depend on groups that they call.
    unchecked: Vec<NodeId>,
    match_limit: Option<u32>,
    match_limit_recursion: Option<u32>,
}

impl<'a> Parser<'a> {
    fn new(pattern: &'a [u8], options: CompileOptions) -> Parser<'a> {
        Parser {
            pattern,
            at: 0,
            options,
            flags: options.flags,
            nodes: Vec::new(),
            facts: Vec::new(),
            sizes: Vec::new(),
            sets: Vec::new(),
            open: Vec::new(),
            weight: 0,
            names: Vec::new(),
            groups: 0,
            most_groups: 0,
            group_nodes: Vec::new(),
            top_reference: 0,
            repeatable: false,
            expects_condition: false,
            quoted: false,
            has_cr_or_lf: false,
            later: Vec::new(),
            unchecked: Vec::new(),
            match_limit: None,
            match_limit_recursion: None,
        }
    }

    fn has(&self, bits: u32) -> bool {
        self.flags & bits != 0
    }
    /// The byte `ahead` of the current one; 0 beyond the end.
    fn peek(&self, ahead: usize) -> u8 {
        self.pattern.get(self.at + ahead).copied().unwrap_or(0)
    }
    fn rest(&self) -> &'a [u8] {
        self.pattern.get(self.at..).unwrap_or(&[])
    }
    fn error<T>(&self, kind: ErrorKind) -> Result<T> {
        Err(CompileError { kind, offset: self.at.min(self.pattern.len()) })
    }
    /// The character here and its length in bytes.
    fn character(&self) -> (u32, usize) {
        let rest = self.rest();
        if self.options.flags & flag::UTF != 0
            && let Some(c) = std::str::from_utf8(&rest[..rest.len().min(4)])
                .or_else(|error| std::str::from_utf8(&rest[..error.valid_up_to()]))
                .ok()
                .and_then(|text| text.chars().next())
        {
            return (c as u32, c.len_utf8());
        }
        (u32::from(self.peek(0)), 1)
    }
    /// Notes an error that shows at the end only, at the current position.
    fn check_later(&mut self, what: Later) {
        self.later.push((what, self.at.min(self.pattern.len())));
    }

    /// A new node, of which the facts are known.
    fn node(&mut self, node: Node) -> NodeId {
        let utf = self.options.flags & flag::UTF != 0;
        let facts =
            facts::of_node(&node, &self.facts, utf, |call| self.called_group(call).map(|id| self.facts[id as usize]));
        self.sizes.push(size::of_node(&node, &self.nodes, &self.sizes, utf));
        self.nodes.push(node);
        self.facts.push(facts);
        self.nodes.len() as NodeId - 1
    }
    /// The node of the group that a call calls, if it is complete.
    fn called_group(&self, call: &Node) -> Option<NodeId> {
        let Node::Call(reference) = call else { return None };
        let number = self.number_of(reference)?;
        self.group_nodes.get(number as usize).copied().flatten()
    }
    fn number_of(&self, reference: &Reference) -> Option<u32> {
        match reference {
            Reference::Number(number) => Some(*number),
            Reference::Name(name) => self.names.iter().find(|(known, _)| known == name).map(|(_, number)| *number),
        }
    }
    /// Appends an item to the current branch; `repeatable`: a quantifier may follow it.
    fn push(&mut self, node: Node, repeatable: bool) {
        let id = self.node(node);
        let facts = self.facts[id as usize];
        if let Some(open) = self.open.last_mut() {
            open.sequence.push(id);
            open.facts_before_last = open.facts;
            open.facts = open.facts.then(facts);
        }
        self.repeatable = repeatable;
    }
    /// Index of a set.
    fn set(&mut self, ranges: Ranges) -> u32 {
        let set = CharSet::new(ranges);
        let known = self.sets.iter().position(|known| *known == set);
        known.unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len() - 1
        }) as u32
    }
    /// Appends a set that takes `size` bytes in PCRE's compiled form.
    fn push_set(&mut self, ranges: Ranges, size: u32) {
        let set = self.set(ranges);
        self.push(Node::Set(set), true);
        if let Some(last) = self.sizes.last_mut() {
            *last = size;
        }
    }
    fn push_char(&mut self, c: u32) {
        if c == 13 || c == 10 {
            self.has_cr_or_lf = true;
        }
        if self.has(flag::CASELESS) {
            let variants = if self.has(flag::UTF) {
                unicode::case_variants(c)
            } else {
                vec![c, u32::from(latin1::other_case(c as u8))]
            };
            if variants.iter().any(|variant| *variant != c) {
                let ranges = Ranges(variants.into_iter().map(|c| (c, c)).collect());
                return self.push_set(ranges, if self.has(flag::UTF) && c > 0x7f { 3 } else { 2 });
            }
        }
        self.push(Node::Char(c), true);
    }

    fn whole(mut self) -> Result<Ast> {
        self.enter(Open::new(Kind::Pattern, self.flags, 3));
        loop {
            if self.weight > WORKSPACE {
                return self.error(ErrorKind::TooComplicated);
            }
            if self.nodes.len() > MOST_NODES {
                self.at = self.pattern.len();
                return self.error(ErrorKind::TooLarge);
            }
            if self.at >= self.pattern.len() {
                break;
            }
            if self.quoted {
                self.quoted_item();
            } else if self.skips_blanks() {
                continue;
            } else if self.rest().starts_with(b"(?#") {
                self.comment()?;
            } else if self.peek(0) == b')' && self.open.len() == 1 {
                self.check_later(Later::Error(ErrorKind::UnmatchedParenthesis));
                break;
            } else {
                self.item()?;
            }
        }
        if self.open.len() > 1 {
            return self.error(ErrorKind::MissingParenthesis);
        }
        self.end_branch();
        self.finish()
    }

    fn enter(&mut self, open: Open) {
        self.weight += open.weight;
        self.open.push(open);
        self.repeatable = false;
    }

    fn quoted_item(&mut self) {
        if self.rest().starts_with(b"\\E") {
            self.quoted = false;
            self.at += 2;
            return;
        }
        let (c, length) = self.character();
        self.at += length;
        self.push_char(c);
    }

    /// With option `extended`: skips white space and a comment up to the end of the line.
    fn skips_blanks(&mut self) -> bool {
        if !self.has(flag::EXTENDED) {
            return false;
        }
        let start = self.at;
        while matches!(self.peek(0), 9..=13 | b' ') {
            self.at += 1;
        }
        if self.peek(0) == b'#' {
            while self.at < self.pattern.len() {
                if let Some(length) = newline_at(self.options.newline, self.has(flag::UTF), self.rest()) {
                    self.at += length;
                    break;
                }
                self.at += 1;
            }
        }
        self.at > start
    }

    fn comment(&mut self) -> Result<()> {
        self.at += 3;
        while self.at < self.pattern.len() && self.peek(0) != b')' {
            self.at += 1;
        }
        if self.at >= self.pattern.len() {
            return self.error(ErrorKind::CommentNotClosed);
        }
        self.at += 1;
        Ok(())
    }

    fn item(&mut self) -> Result<()> {
        let multiline = self.has(flag::MULTILINE);
        match self.peek(0) {
            b'|' => {
                self.end_branch();
                self.repeatable = false;
                if let Some(open) = self.open.last_mut()
                    && let Some((before, most)) = &mut open.reset
                {
                    *most = (*most).max(self.groups);
                    self.groups = *before;
                }
            }
            b')' => self.close()?,
            b'^' => self.push(Node::Assert(Assertion::LineStart { multiline }), false),
            b'$' => {
                let end_only = self.has(flag::DOLLAR_ENDONLY);
                self.push(Node::Assert(Assertion::LineEnd { multiline, end_only }), false);
            }
            b'.' => self.push(Node::Any { newlines: self.has(flag::DOTALL) }, true),
            b'[' => return self.class(),
            b'(' => return self.parenthesis(),
            b'\\' => return self.escape_item(),
            b'*' => return self.quantifier(0, UNLIMITED),
            b'+' => return self.quantifier(1, UNLIMITED),
            b'?' => return self.quantifier(0, 1),
            b'{' if is_counted_repeat(&self.rest()[1..]) => {
                let (min, max) = self.counts()?;
                return self.quantifier(min, max);
            }
            _ => {
                let (c, length) = self.character();
                self.at += length;
                self.push_char(c);
                return Ok(());
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Ends a branch at `|`, `)` or the end of the pattern.
    fn end_branch(&mut self) {
        let Some(open) = self.open.last_mut() else { return };
        let sequence = std::mem::take(&mut open.sequence);
        let facts = std::mem::replace(&mut open.facts, Facts::NOTHING);
        open.branches.push(sequence);
        open.lengths.push(facts.length);
        if matches!(open.kind, Kind::Look { behind: true, .. }) {
            match facts.length {
                Length::Varies => self.check_later(Later::Error(ErrorKind::LookbehindNotFixed)),
                Length::Bytes => self.check_later(Later::Error(ErrorKind::ByteInLookbehind)),
                Length::Fixed(_) | Length::Calls => {}
            }
        }
    }

    /// Ends a group at its closing parenthesis.
    fn close(&mut self) -> Result<()> {
        self.end_branch();
        let Some(open) = self.open.pop() else { return Ok(()) };
        self.weight -= open.weight;
        self.flags = open.flags;
        if let Some((_, most)) = open.reset {
            self.groups = self.groups.max(most);
        }
        let has_calls = open.lengths.contains(&Length::Calls);
        let repeatable = !matches!(open.kind, Kind::Look { is_condition: true, .. });
        let branches = open.branches;
        let mut unchecked = false;
        let node = match open.kind {
            Kind::Pattern => return Ok(()),
            Kind::Group { capture, atomic } => Node::Group { capture, atomic, branches },
            Kind::Conditional(test) => {
                match (&test, branches.len()) {
                    (Test::Define, 2..) => self.check_later(Later::Error(ErrorKind::DefineBranches)),
                    (_, 3..) => self.check_later(Later::Error(ErrorKind::TooManyBranches)),
                    _ => {}
                }
                Node::Conditional { test, branches }
            }
            Kind::Look { negative, behind: false, .. } => Node::Look { negative, behind: None, branches },
            Kind::Look { negative, behind: true, .. } => {
                unchecked = has_calls;
                let lengths = open.lengths.iter().map(|length| match length {
                    Length::Fixed(n) => *n,
                    _ => 0,
                });
                Node::Look { negative, behind: Some(lengths.collect()), branches }
            }
        };
        let capture = match &node {
            Node::Group { capture, .. } => *capture,
            _ => None,
        };
        self.push(node, repeatable);
        let id = self.nodes.len() as NodeId - 1;
        if unchecked {
            self.unchecked.push(id);
        }
        if let Some(number) = capture {
            let number = number as usize;
            if self.group_nodes.len() <= number {
                self.group_nodes.resize(number + 1, None);
            }
            // Of groups with the same number the first is the one to be called.
            self.group_nodes[number].get_or_insert(id);
        }
        Ok(())
    }
}

/// Length in bytes of a newline at the start of some text.
pub(super) fn newline_at(kind: Newline, utf: bool, text: &[u8]) -> Option<usize> {
    let first = *text.first()?;
    let crlf = text.starts_with(b"\r\n");
    match kind {
        Newline::Cr => (first == 13).then_some(1),
        Newline::Lf => (first == 10).then_some(1),
        Newline::Crlf => crlf.then_some(2),
        Newline::AnyCrlf => matches!(first, 10 | 13).then_some(1 + usize::from(crlf)),
        Newline::Any if utf => match text {
            [0xc2, 0x85, ..] => Some(2),
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => Some(3),
            _ => matches!(first, 10..=13).then_some(1 + usize::from(crlf)),
        },
        Newline::Any => matches!(first, 10..=13 | 0x85).then_some(1 + usize::from(crlf)),
    }
}
