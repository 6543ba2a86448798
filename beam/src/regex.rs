//! Regular expressions as OTP's `re` has them: Perl's, as PCRE 8 understands them.
//!
//! A pattern is read into a tree ([`parse`], [`ast`]), made into a program ([`emit`], [`program`]) and run by a backtracking
//! matcher ([`exec`]). A crate does not serve here: recursion, calls of groups, conditions on them and backtracking verbs need
//! a matcher made for them, and what a pattern means (and the text and place of what is wrong with it) must be PCRE's.
//!
//! All positions are bytes. Without option `unicode` a character is a byte, and means ISO 8859-1.

use std::rc::Rc;

mod ast;
pub mod cache;
mod emit;
mod error;
mod exec;
mod facts;
mod latin1;
pub mod options;
mod parse;
mod program;
mod set;
mod unicode;

#[cfg(test)]
mod tests;

pub use error::{CompileError, ErrorKind};
pub use exec::MatchResult;
pub use options::{CompileOptions, MatchOptions, Newline, flag};

/// Steps of a matcher that take about as long as one reduction.
pub const STEPS_PER_REDUCTION: u64 = 20;

/// A compiled pattern.
pub struct Regex {
    program: program::Program,
    /// Names of groups in order, with the number of the group.
    names: Vec<(Box<[u8]>, u32)>,
}

impl Regex {
    /// Compiles a pattern. It ends at its first zero byte.
    pub fn new(pattern: &[u8], options: CompileOptions) -> Result<Regex, CompileError> {
        let ast = parse::parse(pattern, options)?;
        let mut names = ast.names.clone();
        names.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Regex { program: emit::emit(ast), names })
    }
    /// Number of capturing groups.
    pub fn group_count(&self) -> u32 {
        self.program.groups
    }
    /// Names and numbers of groups by name; of one name in the order of the pattern.
    pub fn names(&self) -> &[(Box<[u8]>, u32)] {
        &self.names
    }
    /// Options, with what the pattern itself sets at its start.
    pub fn options(&self) -> CompileOptions {
        self.program.options
    }
    /// Whether option `dupnames` was given: one name may then stand for several groups.
    pub fn allows_duplicate_names(&self) -> bool {
        self.program.options.flags & flag::DUPNAMES != 0
    }
    /// Whether subjects must be valid UTF-8.
    pub fn is_utf(&self) -> bool {
        self.program.options.flags & flag::UTF != 0
    }
}

/// A match that is being looked for.
pub struct Matching {
    regex: Rc<Regex>,
    matcher: exec::Matcher,
}

impl Matching {
    /// Prepares a match. `max_frames`: most entries of the backtracking stack (16 bytes each). The offset must not be beyond the
    /// subject, and at a character.
    pub fn new(regex: Rc<Regex>, options: MatchOptions, max_frames: usize) -> Matching {
        let matcher = exec::Matcher::new(&regex.program, options, max_frames);
        Matching { regex, matcher }
    }
    /// Looks for the match for a number of steps, and gives the result or [`MatchResult::Unfinished`], and the steps taken. The
    /// subject must be the same in all calls, at most 4 GB, and valid UTF-8 where the pattern asks for it.
    pub fn resume(&mut self, subject: &[u8], budget: u64) -> (MatchResult, u64) {
        let result = self.matcher.resume(&self.regex.program, subject, budget);
        (result, budget - self.matcher.budget_left())
    }
}
