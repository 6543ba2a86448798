//! Tries one start position after the other.

use super::*;
use crate::regex::program::Starts;

/// Bytes up to which PCRE looks for a byte that every match must have.
const REQUIRED_WITHIN: usize = 1000;

impl Matcher {
    /// Goes on with the match for a number of steps. The program and the subject must be those of the first call; the
    /// subject must be valid UTF-8 where the program asks for it.
    pub(in crate::regex) fn resume(&mut self, program: &Program, subject: &[u8], budget: u64) -> MatchResult {
        self.budget = budget;
        let text = Text { bytes: subject, newline: self.newline };
        if program.options.flags & flag::UTF != 0 {
            self.search::<true>(program, &text)
        } else {
            self.search::<false>(program, &text)
        }
    }

    /// Steps left of the budget of the last call.
    pub(in crate::regex) fn budget_left(&self) -> u64 {
        self.budget
    }

    fn search<const UTF: bool>(&mut self, program: &Program, text: &Text<'_>) -> MatchResult {
        let anchored =
            self.options.anchored || program.options.flags & flag::ANCHORED != 0 || program.starts == Starts::Nowhere;
        let line_end = self.last_start::<UTF>(program, text);
        loop {
            if !self.is_running {
                if self.is_started && (anchored || !self.advance::<UTF>(program, text)) {
                    return MatchResult::NoMatch;
                }
                if !self.skip_hopeless(program, text, anchored, line_end) {
                    return MatchResult::NoMatch;
                }
                if self.start as usize > line_end {
                    return MatchResult::NoMatch;
                }
            }
            self.is_started = true;
            if self.budget == 0 {
                return MatchResult::Unfinished;
            }
            match self.attempt::<UTF>(program, text) {
                Attempt::Matched => return MatchResult::Match(self.captured()),
                Attempt::Stop(stop) => return stop,
                Attempt::Failed => self.is_running = false,
                Attempt::SkipTo(position) => {
                    self.is_running = false;
                    if anchored {
                        return MatchResult::NoMatch;
                    }
                    self.start = position;
                    self.is_started = false;
                }
            }
        }
    }

    /// Last position at which a match may start: with `firstline`, that of the first newline.
    fn last_start<const UTF: bool>(&self, program: &Program, text: &Text<'_>) -> usize {
        let end = text.bytes.len();
        if program.options.flags & flag::FIRSTLINE == 0 {
            return end;
        }
        let from = self.options.offset.min(end);
        (from..end).find(|i| newline_at(self.newline, UTF, &text.bytes[*i..]).is_some()).unwrap_or(end)
    }

    /// Moves the start by one character, or over the LF of a CRLF. False at the end of the subject.
    fn advance<const UTF: bool>(&mut self, program: &Program, text: &Text<'_>) -> bool {
        let Some((_, length)) = text.character::<UTF>(self.start as usize) else { return false };
        self.start += length as u32;
        let start = self.start as usize;
        let within_crlf = text.bytes[start - 1] == b'\r' && text.bytes.get(start) == Some(&b'\n');
        if within_crlf && self.newline.has_crlf() && !program.has_cr_or_lf {
            self.start += 1;
        }
        if program.starts == Starts::Lines && self.newline == Newline::Lf {
            let start = self.start as usize;
            let rest = text.bytes[start - 1..].iter().position(|byte| *byte == b'\n');
            self.start = rest.map_or(text.bytes.len(), |line| start + line) as u32;
        }
        true
    }

    /// Skips positions at which no match can start. False where there is none left.
    fn skip_hopeless(&mut self, program: &Program, text: &Text<'_>, anchored: bool, line_end: usize) -> bool {
        let bytes = text.bytes;
        if let Some(first) = &program.first
            && !anchored
        {
            let start = self.start as usize;
            let end = (line_end + 1).min(bytes.len()).max(start);
            // Where there is none, the end is tried all the same: PCRE does so, and it counts for the limits.
            let skipped = bytes[start..end].iter().position(|byte| first[usize::from(*byte)]).unwrap_or(end - start);
            self.start += skipped as u32;
            self.budget = self.budget.saturating_sub(skipped as u64 / 64);
        }
        let rest = &bytes[self.start as usize..];
        program.required.is_none_or(|byte| rest.len() >= REQUIRED_WITHIN || rest.contains(&byte))
    }

    /// The match and its groups up to the last one that is set.
    fn captured(&self) -> Vec<Option<(usize, usize)>> {
        let groups = self.groups.iter().skip(1).map(|(start, end)| {
            let is_set = *start != UNSET && *end != UNSET;
            is_set.then_some((*start as usize, *end as usize))
        });
        let mut all = vec![Some((self.keep as usize, self.position as usize))];
        all.extend(groups);
        while all.last().is_some_and(Option::is_none) {
            all.pop();
        }
        all
    }
}
