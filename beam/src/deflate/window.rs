//! The bytes that matches may refer to, and where strings of three bytes were seen.

use super::stream::Io;
use super::{Effort, MAX_MATCH, MIN_LOOKAHEAD, MIN_MATCH};

/// The window holds twice the history, and the upper half becomes the lower one when it is full. Place 0 stands for no place, so
/// the string that begins there is never found.
pub(super) struct Window {
    bytes: Vec<u8>,
    /// Bytes of history; a power of 2.
    size: usize,
    /// The last place of each hash.
    head: Vec<u16>,
    /// The place before with the same hash, for each place modulo `size`.
    chain: Vec<u16>,
    hash: usize,
    hash_shift: u32,
    /// Where the next string begins.
    pub(super) at: usize,
    /// Bytes from `at` on that are known.
    pub(super) ahead: usize,
    /// Where the block under way begins; negative where that has left the window.
    pub(super) block_start: isize,
    /// Bytes before `at` that are not in the chains yet.
    pub(super) uninserted: usize,
    /// Where the last match that was found begins.
    pub(super) match_start: usize,
    /// Length of the match at `at`, and of the one at the byte before.
    pub(super) match_length: usize,
    pub(super) previous_length: usize,
    /// Whether the byte before `at` is still to be written.
    pub(super) owes_literal: bool,
}

impl Window {
    pub(super) fn new(window_bits: u32, hash_bits: u32) -> Window {
        let size = 1 << window_bits;
        Window {
            bytes: vec![0; 2 * size],
            size,
            head: vec![0; 1 << hash_bits],
            chain: vec![0; size],
            hash: 0,
            hash_shift: hash_bits.div_ceil(MIN_MATCH as u32),
            at: 0,
            ahead: 0,
            block_start: 0,
            uninserted: 0,
            match_start: 0,
            match_length: MIN_MATCH - 1,
            previous_length: MIN_MATCH - 1,
            owes_literal: false,
        }
    }

    pub(super) fn reset(&mut self) {
        self.forget();
        self.restart();
        (self.ahead, self.hash, self.match_start, self.owes_literal) = (0, 0, 0, false);
        (self.match_length, self.previous_length) = (MIN_MATCH - 1, MIN_MATCH - 1);
    }

    /// Forgets where strings were seen.
    pub(super) fn forget(&mut self) {
        self.head.fill(0);
    }

    /// Begins again at the start of the window.
    pub(super) fn restart(&mut self) {
        (self.at, self.block_start, self.uninserted) = (0, 0, 0);
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes[at]
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes before `at` that are in no block yet.
    pub(super) fn unwritten(&self) -> usize {
        (self.at as isize - self.block_start).unsigned_abs()
    }

    /// Takes so many of the bytes that are in no block yet.
    pub(super) fn take_unwritten(&mut self, length: usize) -> &[u8] {
        let start = usize::try_from(self.block_start).unwrap_or(0);
        self.block_start += length as isize;
        &self.bytes[start..start + length]
    }

    /// Bytes that fit behind `at`.
    pub(super) fn room(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// How far back a match may begin.
    pub(super) fn reach(&self) -> usize {
        self.size - MIN_LOOKAHEAD
    }

    fn roll(&mut self, byte: u8) {
        self.hash = ((self.hash << self.hash_shift) ^ usize::from(byte)) & (self.head.len() - 1);
    }

    /// Begins the hash with the two bytes from here.
    pub(super) fn begin_hash(&mut self, at: usize) {
        self.hash = usize::from(self.bytes[at]);
        self.roll(self.bytes[at + 1]);
    }

    /// Notes the string that begins here, and gives the place of the last one with the same hash; 0 for none.
    pub(super) fn insert(&mut self, at: usize) -> usize {
        self.roll(self.bytes[at + MIN_MATCH - 1]);
        let last = std::mem::replace(&mut self.head[self.hash], at as u16);
        self.chain[at & (self.size - 1)] = last;
        usize::from(last)
    }

    /// Lets places refer to the window after it has moved by its half.
    pub(super) fn slide_chains(&mut self) {
        let size = self.size;
        for place in self.head.iter_mut().chain(&mut self.chain) {
            *place = usize::from(*place).saturating_sub(size) as u16;
        }
    }

    /// Moves the upper half down; the chains stay as they are.
    pub(super) fn move_down(&mut self) {
        self.bytes.copy_within(self.size.., 0);
        self.at -= self.size;
        self.block_start -= self.size as isize;
        self.uninserted = self.uninserted.min(self.at);
    }

    /// Reads until a longest match fits ahead, or the input is used up.
    pub(super) fn fill(&mut self, io: &mut Io<'_>) {
        loop {
            if self.at >= self.size + self.reach() {
                self.move_down();
                self.match_start = self.match_start.wrapping_sub(self.size);
                self.slide_chains();
            }
            if io.input.is_empty() {
                return;
            }
            let end = self.at + self.ahead;
            let read = io.read(self.bytes.len() - end);
            self.bytes[end..end + read.len()].copy_from_slice(read);
            self.ahead += read.len();
            if self.ahead + self.uninserted >= MIN_MATCH {
                let mut place = self.at - self.uninserted;
                self.begin_hash(place);
                while self.uninserted > 0 {
                    self.insert(place);
                    place += 1;
                    self.uninserted -= 1;
                    if self.ahead + self.uninserted < MIN_MATCH {
                        break;
                    }
                }
            }
            if self.ahead >= MIN_LOOKAHEAD {
                return;
            }
        }
    }

    /// Takes a dictionary as what came before the data.
    pub(super) fn learn(&mut self, mut dictionary: &[u8], forget: bool) {
        if dictionary.len() >= self.size {
            if forget {
                self.forget();
                self.restart();
            }
            dictionary = &dictionary[dictionary.len() - self.size..];
        }
        let mut io = Io::dictionary(dictionary);
        self.fill(&mut io);
        while self.ahead >= MIN_MATCH {
            let end = self.at + self.ahead - (MIN_MATCH - 1);
            for place in self.at..end {
                self.insert(place);
            }
            (self.at, self.ahead) = (end, MIN_MATCH - 1);
            self.fill(&mut io);
        }
        self.at += self.ahead;
        self.block_start = self.at as isize;
        self.uninserted = std::mem::take(&mut self.ahead);
        (self.match_length, self.previous_length) = (MIN_MATCH - 1, MIN_MATCH - 1);
        self.owes_literal = false;
    }

    /// Appends stored bytes, which have to fit; they are put into the chains if ever matches are looked for.
    pub(super) fn append(&mut self, bytes: &[u8]) {
        self.bytes[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
        self.uninserted += bytes.len().min(self.size - self.uninserted);
    }

    /// Replaces the history as a whole.
    pub(super) fn replace(&mut self, bytes: &[u8]) {
        self.bytes[..self.size].copy_from_slice(bytes);
        (self.at, self.uninserted) = (self.size, self.size);
    }

    /// Follows the chain from this place for a match that is longer than the one at the byte before, and gives its length.
    pub(super) fn longest_match(&mut self, mut place: usize, effort: &Effort) -> usize {
        let mut best = self.previous_length;
        let mut tries = if best >= effort.good { effort.chain >> 2 } else { effort.chain };
        let enough = effort.nice.min(self.ahead);
        let limit = self.at.saturating_sub(self.reach());
        let (bytes, at) = (&self.bytes, self.at);
        loop {
            // With a `best` of 0 these are the bytes before both; zlib compares them as well.
            let same = |offset: usize| bytes[place + offset - 1] == bytes[at + offset - 1];
            if same(best + 1) && same(best) && same(1) && same(2) {
                let (scan, other) = (&bytes[at..at + MAX_MATCH], &bytes[place..place + MAX_MATCH]);
                let length = scan.iter().zip(other).take_while(|(a, b)| a == b).count();
                if length > best {
                    self.match_start = place;
                    best = length;
                    if length >= enough {
                        break;
                    }
                }
            }
            place = usize::from(self.chain[place & (self.size - 1)]);
            tries -= 1;
            if place <= limit || tries == 0 {
                break;
            }
        }
        best.min(self.ahead)
    }
}
