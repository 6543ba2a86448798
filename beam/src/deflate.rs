//! Compression with the very bytes of zlib 1.2.12 to 1.3.1.
//!
//! OTP compresses with zlib, and what comes out is visible: `term_to_binary/2`, `zlib:compress/1`, files in archives. The
//! compressors that crates offer find other matches or end blocks elsewhere, which any decompressor accepts, but the bytes differ.
//! This one makes the same decisions in the same order: how strings are hashed and chains followed (`window`), when a match is
//! taken or put off (`strategies`), when a block ends, and how its codes are chosen (`blocks`, `huffman`).

mod blocks;
mod huffman;
mod stored;
mod strategies;
mod stream;
#[cfg(test)]
mod tests;
mod window;

use blocks::Blocks;
use stream::{Check, Io};
use window::Window;

/// Bytes of the shortest match.
const MIN_MATCH: usize = 3;
/// Bytes of the longest match.
const MAX_MATCH: usize = 258;
/// With fewer bytes ahead, a match might be cut off.
const MIN_LOOKAHEAD: usize = MAX_MATCH + MIN_MATCH + 1;

/// How data are looked at (`zlib:deflateInit/6`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Matches and literals.
    Default,
    /// As `Default`, without short matches.
    Filtered,
    /// Literals only.
    Huffman,
    /// Matches of the byte before only.
    Rle,
    /// As `Default`, with the fixed codes.
    Fixed,
}

/// What a call asks for beside taking its input (`zlib:deflate/3`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flush {
    /// Nothing.
    None,
    /// All input so far can be decompressed from the output, up to some bits.
    Partial,
    /// All input so far can be decompressed from the output, which ends with a byte.
    Sync,
    /// As `Sync`, and nothing later refers back to what came before.
    Full,
    /// This is the end.
    Finish,
    /// The block ends.
    Block,
}

impl Flush {
    /// The flush with this number in zlib.
    pub fn numbered(number: i32) -> Option<Flush> {
        use Flush::{Block, Finish, Full, None as Nothing, Partial, Sync};
        [Nothing, Partial, Sync, Full, Finish, Block].into_iter().find(|flush| *flush as i32 == number)
    }

    /// The order of flushes that asks for more each time: `Block` comes after `None`.
    fn rank(self) -> i32 {
        let number = self as i32;
        number * 2 - if number > 4 { 9 } else { 0 }
    }
}

impl Strategy {
    /// The strategy with this number in zlib.
    pub fn numbered(number: i32) -> Option<Strategy> {
        use Strategy::{Default, Filtered, Fixed, Huffman, Rle};
        [Default, Filtered, Huffman, Rle, Fixed].into_iter().find(|strategy| *strategy as i32 == number)
    }
}

/// What stands around the compressed data.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrap {
    Raw,
    Zlib,
    Gzip,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing was asked for yet.
    New,
    /// The header is written.
    Busy,
    /// The last block is written.
    Finished,
    /// The checksum behind it as well.
    Ended,
}

/// What a call ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It did something.
    Ok,
    /// Everything is written.
    StreamEnd,
    /// There was nothing to do, or no room to do it.
    BufError,
    /// That cannot be asked for now.
    StreamError,
}

/// How far the work on the input came.
#[derive(PartialEq, Eq)]
enum Progress {
    /// It needs more input or more room.
    NeedMore,
    /// The block is finished.
    BlockDone,
    /// The last block is written, but not all of it is out.
    FinishStarted,
    /// Everything is out.
    FinishDone,
}

/// How much effort a level makes.
#[derive(Clone, Copy)]
struct Effort {
    /// With a match of this length at hand, a better one is looked for in a quarter of the chain.
    good: usize,
    /// With a match of this length at hand, no better one is looked for.
    lazy: usize,
    /// A match of this length is good enough.
    nice: usize,
    /// How many places are looked at.
    chain: usize,
    method: Method,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Stored,
    Fast,
    Slow,
}

/// The efforts of the levels 0 to 9.
const EFFORTS: [Effort; 10] = {
    const fn effort(good: usize, lazy: usize, nice: usize, chain: usize, method: Method) -> Effort {
        Effort { good, lazy, nice, chain, method }
    }
    [
        effort(0, 0, 0, 0, Method::Stored),
        effort(4, 4, 8, 4, Method::Fast),
        effort(4, 5, 16, 8, Method::Fast),
        effort(4, 6, 32, 32, Method::Fast),
        effort(4, 4, 16, 16, Method::Slow),
        effort(8, 16, 32, 32, Method::Slow),
        effort(8, 16, 128, 128, Method::Slow),
        effort(8, 32, 128, 256, Method::Slow),
        effort(32, 128, 258, 1024, Method::Slow),
        effort(32, 258, 258, 4096, Method::Slow),
    ]
};

/// A stream of compressed data in the making.
pub struct Deflate {
    level: usize,
    strategy: Strategy,
    wrap: Wrap,
    /// The base-2 logarithm of the bytes of history.
    window_bits: u32,
    phase: Phase,
    /// What the last call asked for; none where it is to be asked for again.
    last_flush: Option<Flush>,
    /// Whether there was a call.
    used: bool,
    check: Check,
    window: Window,
    blocks: Blocks,
    /// How often the window moved while data were stored: chains have to be mended before they are followed again.
    slides: u8,
}

/// The level that stands for 6.
const DEFAULT_LEVEL: i32 = -1;

fn level_of(number: i32) -> Option<usize> {
    let number = if number == DEFAULT_LEVEL { 6 } else { number };
    usize::try_from(number).ok().filter(|level| *level < EFFORTS.len())
}

impl Deflate {
    /// A stream with the numbers of `deflateInit2`: `level` is -1 to 9; negative `window_bits` are for data without header,
    /// and those above 15 for gzip. None for numbers that zlib refuses.
    pub fn new(level: i32, window_bits: i32, mem_level: i32, strategy: Strategy) -> Option<Deflate> {
        let level = level_of(level)?;
        let (wrap, bits) = match window_bits {
            -15..=-9 => (Wrap::Raw, window_bits.unsigned_abs()),
            8..=15 => (Wrap::Zlib, window_bits.unsigned_abs().max(9)),
            25..=31 => (Wrap::Gzip, window_bits.unsigned_abs() - 16),
            _ => return None,
        };
        let memory = u32::try_from(mem_level).ok().filter(|m| (1..=9).contains(m))?;
        let check = Check::new(wrap);
        let (window, blocks) = (Window::new(bits, memory + 7), Blocks::new(1 << (memory + 6)));
        Some(Deflate {
            level,
            strategy,
            wrap,
            window_bits: bits,
            phase: Phase::New,
            last_flush: None,
            used: false,
            check,
            window,
            blocks,
            slides: 0,
        })
    }

    /// Begins anew with the same numbers.
    pub fn reset(&mut self) {
        self.phase = Phase::New;
        (self.last_flush, self.used, self.slides) = (None, false, 0);
        self.check = Check::new(self.wrap);
        self.window.reset();
        self.blocks.reset();
    }

    /// Whether there was a call whose end is not written.
    pub fn is_under_way(&self) -> bool {
        self.phase == Phase::Busy
    }

    /// Lets what follows refer to a dictionary (`zlib:deflateSetDictionary/2`); gives its checksum. None where it is too late.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> Option<u32> {
        // Behind the end of the data zlib takes a dictionary again, and their checksum stays.
        let is_ended = self.phase == Phase::Ended;
        let too_late = match self.wrap {
            Wrap::Gzip => !is_ended,
            Wrap::Zlib => !is_ended && self.phase != Phase::New,
            Wrap::Raw => false,
        };
        if too_late || self.window.ahead > 0 {
            return None;
        }
        let checksum = match &mut self.check {
            Check::Adler(adler) => {
                if !is_ended {
                    adler.write_slice(dictionary);
                }
                adler.checksum()
            }
            Check::Crc(crc, _) => crc.clone().finalize(),
            Check::None => {
                // Without header there is no checksum of zlib's; OTP then begins its own with 0.
                let mut adler = adler2::Adler32::from_checksum(0);
                adler.write_slice(dictionary);
                adler.checksum()
            }
        };
        self.window.learn(dictionary, self.wrap == Wrap::Raw);
        Some(checksum)
    }

    /// Goes on with another level and strategy (`zlib:deflateParams/3`), as zlib does where there is no room for output: all
    /// input has to be written before.
    pub fn set_params(&mut self, level: i32, strategy: Strategy) -> Status {
        let Some(level) = level_of(level) else { return Status::StreamError };
        let same = strategy == self.strategy && EFFORTS[self.level].method == EFFORTS[level].method;
        if !same && self.used {
            if matches!(self.phase, Phase::Finished | Phase::Ended) {
                return Status::StreamError;
            }
            if self.window.unwritten() + self.window.ahead > 0 {
                return Status::BufError;
            }
        }
        if self.level != level {
            match self.slides {
                _ if self.level > 0 => {}
                0 => {}
                1 => self.window.slide_chains(),
                _ => self.window.forget(),
            }
            self.slides = 0;
            self.level = level;
        }
        self.strategy = strategy;
        Status::Ok
    }

    /// Compresses the beginning of `input`, which is shortened by what was taken, and adds up to `room` bytes to `out`.
    pub fn compress(&mut self, input: &mut &[u8], out: &mut Vec<u8>, room: usize, flush: Flush) -> Status {
        let finished = matches!(self.phase, Phase::Finished | Phase::Ended);
        if finished && flush != Flush::Finish {
            return Status::StreamError;
        }
        if room == 0 {
            return Status::BufError;
        }
        let before = self.last_flush.replace(flush);
        let asks_more = !std::mem::replace(&mut self.used, true) || before.is_none_or(|b| flush.rank() > b.rank());
        let check = std::mem::replace(&mut self.check, Check::None);
        let limit = out.len() + room;
        let mut io = Io { input, out: std::mem::take(out), limit, check };
        let status = self.step(&mut io, flush, asks_more);
        (*input, *out, self.check) = (io.input, io.out, io.check);
        status
    }

    fn step(&mut self, io: &mut Io<'_>, flush: Flush, asks_more: bool) -> Status {
        if self.blocks.has_pending() {
            self.blocks.drain(io);
            if io.is_full() {
                self.last_flush = None;
                return Status::Ok;
            }
        } else if io.input.is_empty() && !asks_more && flush != Flush::Finish {
            return Status::BufError;
        }
        if self.phase == Phase::New {
            self.header(&mut io.check);
            self.blocks.drain(io);
            if self.blocks.has_pending() {
                self.last_flush = None;
                return Status::Ok;
            }
        }
        let finished = self.phase != Phase::Busy;
        if finished && !io.input.is_empty() {
            return Status::BufError;
        }
        if !io.input.is_empty() || self.window.ahead > 0 || flush != Flush::None && !finished {
            let progress = self.work(io, flush);
            if matches!(progress, Progress::FinishStarted | Progress::FinishDone) {
                self.phase = Phase::Finished;
            }
            if matches!(progress, Progress::NeedMore | Progress::FinishStarted) {
                if io.is_full() {
                    self.last_flush = None;
                }
                return Status::Ok;
            }
            if progress == Progress::BlockDone {
                self.mark(flush);
                self.blocks.drain(io);
                if io.is_full() {
                    self.last_flush = None;
                    return Status::Ok;
                }
            }
        }
        if flush != Flush::Finish {
            return Status::Ok;
        }
        if self.phase != Phase::Ended {
            self.phase = Phase::Ended;
            match &io.check {
                Check::None => {}
                Check::Adler(adler) => self.blocks.put(&adler.checksum().to_be_bytes()),
                Check::Crc(crc, length) => {
                    self.blocks.put(&crc.clone().finalize().to_le_bytes());
                    self.blocks.put(&length.to_le_bytes());
                }
            }
            self.blocks.drain(io);
        }
        if self.blocks.has_pending() { Status::Ok } else { Status::StreamEnd }
    }

    fn header(&mut self, check: &mut Check) {
        self.phase = Phase::Busy;
        let no_matches = matches!(self.strategy, Strategy::Huffman | Strategy::Rle | Strategy::Fixed);
        match self.wrap {
            Wrap::Raw => {}
            Wrap::Zlib => {
                let effort = match self.level {
                    _ if no_matches => 0,
                    0 | 1 => 0,
                    2..=5 => 1,
                    6 => 2,
                    _ => 3,
                };
                let has_dictionary = self.window.at > 0;
                let header = ((8 + ((self.window_bits - 8) << 4)) << 8) | effort << 6 | u32::from(has_dictionary) << 5;
                let header = header + 31 - header % 31;
                self.blocks.put(&(header as u16).to_be_bytes());
                if let Check::Adler(adler) = check {
                    if has_dictionary {
                        self.blocks.put(&adler.checksum().to_be_bytes());
                    }
                    *adler = adler2::Adler32::new();
                }
            }
            Wrap::Gzip => {
                let effort = match self.level {
                    9 => 2,
                    level if no_matches || level < 2 => 4,
                    _ => 0,
                };
                self.blocks.put(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, effort, 3]);
            }
        }
    }

    fn work(&mut self, io: &mut Io<'_>, flush: Flush) -> Progress {
        match (EFFORTS[self.level].method, self.strategy) {
            (Method::Stored, _) => self.store(io, flush),
            (_, Strategy::Huffman) => self.literals(io, flush),
            (_, Strategy::Rle) => self.runs(io, flush),
            (Method::Fast, _) => self.fast(io, flush),
            (Method::Slow, _) => self.slow(io, flush),
        }
    }

    /// Ends what was asked for with what a decompressor can see.
    fn mark(&mut self, flush: Flush) {
        match flush {
            Flush::Partial => self.blocks.align(),
            Flush::Block => {}
            _ => {
                self.blocks.stored(&[], false);
                if flush == Flush::Full {
                    self.window.forget();
                    if self.window.ahead == 0 {
                        self.window.restart();
                    }
                }
            }
        }
    }
}
