//! How matches are chosen.

use super::stream::Io;
use super::{Deflate, EFFORTS, Flush, MAX_MATCH, MIN_LOOKAHEAD, MIN_MATCH, Progress, Strategy};

/// A match of three bytes from farther away costs more than its literals.
const TOO_FAR: usize = 4096;
/// `Strategy::Filtered` takes no matches up to this length.
const FILTERED_LENGTH: usize = 5;

impl Deflate {
    /// Reads if fewer bytes than `enough` are ahead. Gives false where there is nothing left to do for now, or why to stop.
    fn look_ahead(&mut self, io: &mut Io<'_>, flush: Flush, enough: usize) -> Result<bool, Progress> {
        if self.window.ahead < enough {
            self.window.fill(io);
            if self.window.ahead < enough && flush == Flush::None {
                return Err(Progress::NeedMore);
            }
        }
        Ok(self.window.ahead > 0)
    }

    /// Writes the block and drains what is pending. Gives true where there is no room left.
    fn write_block(&mut self, io: &mut Io<'_>, last: bool) -> bool {
        let data =
            usize::try_from(self.window.block_start).ok().map(|start| &self.window.bytes()[start..self.window.at]);
        self.blocks.write(data, self.window.unwritten(), self.strategy, last);
        self.window.block_start = self.window.at as isize;
        self.blocks.drain(io);
        io.is_full()
    }

    fn finish(&mut self, io: &mut Io<'_>, flush: Flush, uninserted: usize) -> Progress {
        self.window.uninserted = uninserted;
        if flush == Flush::Finish {
            return if self.write_block(io, true) { Progress::FinishStarted } else { Progress::FinishDone };
        }
        if self.blocks.has_symbols() && self.write_block(io, false) { Progress::NeedMore } else { Progress::BlockDone }
    }

    fn literal(&mut self, at: usize) -> bool {
        self.blocks.literal(self.window.byte(at))
    }

    /// Takes every match at once.
    pub(super) fn fast(&mut self, io: &mut Io<'_>, flush: Flush) -> Progress {
        let effort = &EFFORTS[self.level];
        loop {
            match self.look_ahead(io, flush, MIN_LOOKAHEAD) {
                Ok(true) => {}
                Ok(false) => break,
                Err(progress) => return progress,
            }
            let w = &mut self.window;
            let place = if w.ahead >= MIN_MATCH { w.insert(w.at) } else { 0 };
            if place != 0 && w.at - place <= w.reach() {
                w.match_length = w.longest_match(place, effort);
            }
            let is_full = if w.match_length >= MIN_MATCH {
                let length = std::mem::take(&mut w.match_length);
                let is_full = self.blocks.matched(w.at - w.match_start, length);
                w.ahead -= length;
                let end = w.at + length;
                if length <= effort.lazy && w.ahead >= MIN_MATCH {
                    for at in w.at + 1..end {
                        w.insert(at);
                    }
                } else {
                    w.begin_hash(end);
                }
                w.at = end;
                is_full
            } else {
                let is_full = self.literal(self.window.at);
                self.window.ahead -= 1;
                self.window.at += 1;
                is_full
            };
            if is_full && self.write_block(io, false) {
                return Progress::NeedMore;
            }
        }
        self.finish(io, flush, self.window.at.min(MIN_MATCH - 1))
    }

    /// Takes a match only if there is no better one at the next byte.
    pub(super) fn slow(&mut self, io: &mut Io<'_>, flush: Flush) -> Progress {
        let effort = &EFFORTS[self.level];
        loop {
            match self.look_ahead(io, flush, MIN_LOOKAHEAD) {
                Ok(true) => {}
                Ok(false) => break,
                Err(progress) => return progress,
            }
            let is_filtered = self.strategy == Strategy::Filtered;
            let w = &mut self.window;
            let place = if w.ahead >= MIN_MATCH { w.insert(w.at) } else { 0 };
            let previous_start = w.match_start;
            w.previous_length = std::mem::replace(&mut w.match_length, MIN_MATCH - 1);
            if place != 0 && w.previous_length < effort.lazy && w.at - place <= w.reach() {
                w.match_length = w.longest_match(place, effort);
                let is_far = w.match_length == MIN_MATCH && w.at - w.match_start > TOO_FAR;
                if w.match_length <= FILTERED_LENGTH && (is_filtered || is_far) {
                    w.match_length = MIN_MATCH - 1;
                }
            }
            if w.previous_length >= MIN_MATCH && w.match_length <= w.previous_length {
                let last_insert = w.at + w.ahead - MIN_MATCH;
                let is_full = self.blocks.matched(w.at - 1 - previous_start, w.previous_length);
                let end = w.at - 1 + w.previous_length;
                w.ahead -= w.previous_length - 1;
                for at in w.at + 1..end {
                    if at <= last_insert {
                        w.insert(at);
                    }
                }
                (w.at, w.previous_length, w.match_length, w.owes_literal) = (end, 0, MIN_MATCH - 1, false);
                if is_full && self.write_block(io, false) {
                    return Progress::NeedMore;
                }
            } else if w.owes_literal {
                let is_full = self.literal(self.window.at - 1);
                if is_full {
                    self.write_block(io, false);
                }
                self.window.at += 1;
                self.window.ahead -= 1;
                if io.is_full() {
                    return Progress::NeedMore;
                }
            } else {
                w.owes_literal = true;
                w.at += 1;
                w.ahead -= 1;
            }
        }
        if std::mem::take(&mut self.window.owes_literal) {
            self.literal(self.window.at - 1);
        }
        self.finish(io, flush, self.window.at.min(MIN_MATCH - 1))
    }

    /// Takes runs of the same byte.
    pub(super) fn runs(&mut self, io: &mut Io<'_>, flush: Flush) -> Progress {
        loop {
            match self.look_ahead(io, flush, MAX_MATCH + 1) {
                Ok(true) => {}
                Ok(false) => break,
                Err(progress) => return progress,
            }
            let w = &mut self.window;
            w.match_length = 0;
            if w.ahead >= MIN_MATCH && w.at > 0 {
                let byte = w.byte(w.at - 1);
                let run = w.bytes()[w.at..w.at + MAX_MATCH].iter().take_while(|b| **b == byte).count();
                if run >= MIN_MATCH {
                    w.match_length = run.min(w.ahead);
                }
            }
            let is_full = if w.match_length >= MIN_MATCH {
                let length = std::mem::take(&mut w.match_length);
                w.at += length;
                w.ahead -= length;
                self.blocks.matched(1, length)
            } else {
                w.at += 1;
                w.ahead -= 1;
                self.literal(self.window.at - 1)
            };
            if is_full && self.write_block(io, false) {
                return Progress::NeedMore;
            }
        }
        self.finish(io, flush, 0)
    }

    /// Takes no matches.
    pub(super) fn literals(&mut self, io: &mut Io<'_>, flush: Flush) -> Progress {
        loop {
            match self.look_ahead(io, flush, 1) {
                Ok(true) => {}
                Ok(false) => break,
                Err(progress) => return progress,
            }
            self.window.match_length = 0;
            let is_full = self.literal(self.window.at);
            self.window.at += 1;
            self.window.ahead -= 1;
            if is_full && self.write_block(io, false) {
                return Progress::NeedMore;
            }
        }
        self.finish(io, flush, 0)
    }
}
