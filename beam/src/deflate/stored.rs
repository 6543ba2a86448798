//! Data that are not compressed.

use super::stream::Io;
use super::{Deflate, Flush, Progress};

/// Most bytes of a stored block.
const MAX_STORED: usize = 65_535;

impl Deflate {
    /// Copies input to output in blocks as large as possible. What is too little for a block waits in the window.
    pub(super) fn store(&mut self, io: &mut Io<'_>, flush: Flush) -> Progress {
        let input = io.input;
        if self.store_directly(io, flush) {
            self.remember(&input[..input.len() - io.input.len()]);
            return Progress::FinishDone;
        }
        self.remember(&input[..input.len() - io.input.len()]);
        let is_marked = !matches!(flush, Flush::None | Flush::Finish);
        if is_marked && io.input.is_empty() && self.window.unwritten() == 0 {
            return Progress::BlockDone;
        }
        let w = &mut self.window;
        if io.input.len() > w.room() && w.block_start >= w.size() as isize {
            w.move_down();
            self.slides = (self.slides + 1).min(2);
        }
        let read = io.read(w.room());
        w.append(read);
        let most = (self.blocks.room() - self.blocks.stored_header()).min(MAX_STORED);
        let left = w.unwritten();
        let is_due =
            (left > 0 || flush == Flush::Finish) && flush != Flush::None && io.input.is_empty() && left <= most;
        if left < most.min(w.size()) && !is_due {
            return Progress::NeedMore;
        }
        let length = left.min(most);
        let last = flush == Flush::Finish && io.input.is_empty() && length == left;
        self.blocks.stored(w.take_unwritten(length), last);
        self.blocks.drain(io);
        if last { Progress::FinishStarted } else { Progress::NeedMore }
    }

    /// Writes blocks that are large enough, or all that there is, without taking them into the window. True: the last one.
    fn store_directly(&mut self, io: &mut Io<'_>, flush: Flush) -> bool {
        let least = (self.blocks.room() - 5).min(self.window.size());
        loop {
            let header = self.blocks.stored_header();
            let Some(room) = io.room().checked_sub(header) else { return false };
            let left = self.window.unwritten();
            let all = left + io.input.len();
            let length = MAX_STORED.min(all).min(room);
            let waits = length == 0 && flush != Flush::Finish || flush == Flush::None || length != all;
            if length < least && waits {
                return false;
            }
            let last = flush == Flush::Finish && length == all;
            self.blocks.stored_start(length, last);
            self.blocks.drain(io);
            let from_window = left.min(length);
            io.out.extend_from_slice(self.window.take_unwritten(from_window));
            let read = io.read(length - from_window);
            io.out.extend_from_slice(read);
            if last {
                return true;
            }
        }
    }

    /// Takes bytes that were written directly as history.
    fn remember(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let w = &mut self.window;
        if bytes.len() >= w.size() {
            w.replace(&bytes[bytes.len() - w.size()..]);
            self.slides = 2;
        } else {
            if w.room() <= bytes.len() {
                w.move_down();
                self.slides = (self.slides + 1).min(2);
            }
            w.append(bytes);
        }
        w.block_start = w.at as isize;
    }
}
