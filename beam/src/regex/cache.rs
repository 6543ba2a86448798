//! What a process keeps of regular expressions: those that it has compiled, and a match that it has put aside.

use std::collections::HashMap;
use std::rc::Rc;

use super::{CompileError, CompileOptions, Matching, Newline, Regex, flag};

/// Compiled patterns that are kept.
const CAPACITY: usize = 64;
/// First bytes of a pattern's stored form; the last is its version.
const MAGIC: &[u8; 5] = b"\0ORR\x01";

/// A pattern with its options in its stored form: it stands for the compiled pattern wherever that is a term.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pattern(Box<[u8]>);

impl Pattern {
    const FLAGS: usize = MAGIC.len();
    const NEWLINE: usize = Self::FLAGS + 4;
    const UNICODE: usize = Self::NEWLINE + 1;
    const SOURCE: usize = Self::UNICODE + 1;

    /// A pattern and its options. `is_unicode`: option `unicode` was given (a pattern may ask for UTF-8 itself as well).
    pub fn new(source: &[u8], options: CompileOptions, is_unicode: bool) -> Pattern {
        let end = source.iter().position(|byte| *byte == 0).unwrap_or(source.len());
        let newline = match options.newline {
            Newline::Cr => 1,
            Newline::Lf => 2,
            Newline::Crlf => 3,
            Newline::Any => 4,
            Newline::AnyCrlf => 5,
        };
        let flags = options.flags.to_le_bytes();
        Pattern([&MAGIC[..], &flags, &[newline, u8::from(is_unicode)], &source[..end]].concat().into())
    }
    /// A pattern from its stored form.
    pub fn from_bytes(bytes: &[u8]) -> Option<Pattern> {
        let is_whole =
            bytes.starts_with(MAGIC) && bytes.len() >= Self::SOURCE && (1..=5).contains(&bytes[Self::NEWLINE]);
        is_whole.then(|| Pattern(bytes.into()))
    }
    /// Its stored form.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
    /// Whether option `unicode` was given.
    pub fn is_unicode(&self) -> bool {
        self.0[Self::UNICODE] != 0
    }
    /// Whether option `dupnames` was given.
    pub fn allows_duplicate_names(&self) -> bool {
        self.options().flags & flag::DUPNAMES != 0
    }
    fn options(&self) -> CompileOptions {
        let flags =
            self.0[Self::FLAGS..Self::NEWLINE].iter().rev().fold(0, |flags, byte| flags << 8 | u32::from(*byte));
        let newline = match self.0[Self::NEWLINE] {
            1 => Newline::Cr,
            3 => Newline::Crlf,
            4 => Newline::Any,
            5 => Newline::AnyCrlf,
            _ => Newline::Lf,
        };
        CompileOptions { flags, newline }
    }
    fn compile(&self) -> Result<Regex, CompileError> {
        Regex::new(&self.0[Self::SOURCE..], self.options())
    }
}

/// As what `re:run/3` gives the parts of a match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum CaptureKind {
    /// Only that there is a match.
    Nothing,
    /// `{Start, Length}` in bytes.
    Index,
    /// A list of bytes.
    List,
    /// A binary.
    Binary,
}

/// What `re:run/3` gives of a match.
pub struct Capture {
    /// As what.
    pub(crate) kind: CaptureKind,
    /// Without `values`: the first group to give, of all.
    pub(crate) first: usize,
    /// The groups of each value; the first of them that is set counts.
    pub(crate) values: Option<Vec<Vec<u32>>>,
}

/// A match that was put aside when the reductions of a turn were used up.
pub struct Suspended {
    /// The match.
    pub(crate) matching: Matching,
    /// A copy of its subject.
    pub(crate) subject: Vec<u8>,
    /// What to give of it.
    pub(crate) capture: Capture,
    /// Option `report_errors`.
    pub(crate) reports_errors: bool,
}

/// Regular expressions of one process.
#[derive(Default)]
pub struct Regexes {
    compiled: HashMap<Pattern, (Rc<Regex>, u64)>,
    /// Counts uses, to tell which pattern was used least recently.
    uses: u64,
    suspended: Option<(i64, Suspended)>,
}

impl Regexes {
    /// Compiles a pattern, or gives what is kept of it.
    pub(crate) fn get(&mut self, pattern: &Pattern) -> Result<Rc<Regex>, CompileError> {
        self.uses += 1;
        if let Some((regex, used)) = self.compiled.get_mut(pattern) {
            *used = self.uses;
            return Ok(regex.clone());
        }
        let regex = Rc::new(pattern.compile()?);
        if self.compiled.len() >= CAPACITY
            && let Some(oldest) = self.compiled.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone())
        {
            self.compiled.remove(&oldest);
        }
        self.compiled.insert(pattern.clone(), (regex.clone(), self.uses));
        Ok(regex)
    }
    /// Puts a match aside; only one at a time, as a process does one thing at a time. Gives its number.
    pub(crate) fn suspend(&mut self, state: Suspended) -> i64 {
        self.uses += 1;
        let number = self.uses as i64;
        self.suspended = Some((number, state));
        number
    }
    /// The match that was put aside, if it has this number.
    pub(crate) fn continue_with(&mut self, number: i64) -> Option<Suspended> {
        self.suspended.take_if(|(known, _)| *known == number).map(|(_, state)| state)
    }
}
