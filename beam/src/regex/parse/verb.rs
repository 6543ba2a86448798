//! Backtracking verbs: `(*COMMIT)` and its kind.

use super::*;
use crate::regex::ast::Verb;

/// Most bytes of a name.
const MAX_MARK_BYTES: usize = 255;

impl Parser<'_> {
    /// Reads a verb, at its asterisk.
    pub(super) fn verb(&mut self) -> Result<()> {
        self.at += 1;
        let start = self.at;
        while latin1::is_letter(self.peek(0)) {
            self.at += 1;
        }
        let verb = &self.pattern[start..self.at];
        let mut argument = None;
        if self.peek(0) == b':' {
            self.at += 1;
            let start = self.at;
            while self.at < self.pattern.len() && self.peek(0) != b')' {
                self.at += 1;
            }
            let name = &self.pattern[start..self.at];
            if name.len() > MAX_MARK_BYTES {
                return self.error(ErrorKind::MarkNameTooLong);
            }
            argument = Some(name).filter(|name| !name.is_empty());
        }
        if self.peek(0) != b')' {
            return self.error(ErrorKind::UnknownVerb);
        }
        let node = match (verb, argument) {
            (b"" | b"MARK", None) => return self.error(ErrorKind::MarkWithoutName),
            (b"ACCEPT" | b"COMMIT" | b"F" | b"FAIL", Some(_)) => return self.error(ErrorKind::VerbArgument),
            (b"ACCEPT", None) => Node::Accept(self.open_groups()),
            (b"F" | b"FAIL", None) => Node::Fail,
            (b"COMMIT", None) => Node::Verb(Verb::Commit),
            (b"PRUNE", None) => Node::Verb(Verb::Prune),
            (b"SKIP", None) => Node::Verb(Verb::Skip),
            (b"THEN", None) => Node::Verb(Verb::Then),
            (b"SKIP", Some(name)) => Node::Verb(Verb::SkipTo(name.into())),
            (b"" | b"MARK", Some(name)) => Node::Mark(name.into()),
            // Only names of marks can be skipped to.
            (b"PRUNE", Some(_)) => Node::Verb(Verb::Prune),
            (b"THEN", Some(_)) => Node::Verb(Verb::Then),
            _ => return self.error(ErrorKind::UnknownVerb),
        };
        self.push(node, false);
        self.at += 1;
        Ok(())
    }

    /// Numbers of the capturing groups that are open here, innermost first.
    fn open_groups(&self) -> Vec<u32> {
        let numbers = self.open.iter().rev().filter_map(|open| match open.kind {
            Kind::Group { capture, .. } => capture,
            _ => None,
        });
        numbers.collect()
    }
}
