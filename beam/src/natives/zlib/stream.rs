//! Streams of `zlib`: compression or decompression under way, with the input that waits for it.

use std::collections::{HashMap, VecDeque};

use zlib_rs::{Inflate, InflateError, InflateFlush, Status as InflateStatus};

use crate::deflate::{Deflate, Flush, Status, Strategy};
use crate::heap::Heap;
use crate::term::Term;

/// Most bytes of history that a stream looks back at.
const WINDOW_BYTES: usize = 1 << 15;
/// Streams above this number make the lost ones go.
const MANY: usize = 16;
/// Closed streams that are remembered, to tell them from what never was a stream.
const REMEMBERED: usize = 32;

/// What went wrong, by its name in OTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// `data_error`
    Data,
    /// `stream_error`
    Stream,
    /// `not_initialized`
    NotInitialized,
    /// `already_initialized`
    AlreadyInitialized,
    /// `mem_error`
    Memory,
    /// `buf_error`
    Buffer,
}

/// What a stream does when data follows the end of what it decompresses.
#[derive(Clone, Copy, PartialEq)]
pub enum AtEnd {
    /// It is an error.
    Fail,
    /// Decompresses what follows as well.
    Restart,
    /// Drops what follows.
    Drop,
}

/// What a step of a stream ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is more to do.
    Continue,
    /// All input is used up, or what it decompresses is at its end.
    Finished,
    /// It needs the dictionary with this checksum.
    NeedDictionary(u32),
}

struct Decompression {
    codec: Inflate,
    window_bits: i32,
    at_end: AtEnd,
    ended: bool,
    /// Checksum of the dictionary that is asked for.
    wanted: Option<u32>,
    /// The last bytes of what came out.
    window: Vec<u8>,
}

enum State {
    /// It may be begun: nothing was, or that has ended.
    New,
    Deflate(Box<Deflate>),
    Inflate(Decompression),
}

/// One stream.
pub struct Stream {
    state: State,
    input: VecDeque<Vec<u8>>,
    /// Bytes of the first of `input` that are used up.
    used: usize,
    /// Output that `zlib.erl` puts aside: its kind and its bytes.
    pub stash: Option<(Term, Vec<u8>)>,
    /// The process that may use it.
    pub controller: Term,
}

fn inflate(window_bits: i32) -> Inflate {
    Inflate::new(window_bits > 0, window_bits.unsigned_abs() as u8)
}

impl Stream {
    fn new(controller: Term) -> Stream {
        Stream { state: State::New, input: VecDeque::new(), used: 0, stash: None, controller }
    }

    fn begin(&mut self, state: State) -> Result<(), Wrong> {
        match self.state {
            State::New => {
                self.state = state;
                Ok(())
            }
            _ => Err(Wrong::AlreadyInitialized),
        }
    }

    /// `deflateInit/6` with the numbers of zlib.
    pub fn begin_deflate(&mut self, level: i32, window_bits: i32, mem_level: i32, strategy: i32) -> Result<(), Wrong> {
        if !matches!(self.state, State::New) {
            return Err(Wrong::AlreadyInitialized);
        }
        let strategy = Strategy::numbered(strategy).ok_or(Wrong::Stream)?;
        let codec = Deflate::new(level, window_bits, mem_level, strategy).ok_or(Wrong::Stream)?;
        self.begin(State::Deflate(Box::new(codec)))
    }

    /// `inflateInit/3` with the numbers of zlib.
    pub fn begin_inflate(&mut self, window_bits: i32, at_end: AtEnd) -> Result<(), Wrong> {
        if !matches!(self.state, State::New) {
            return Err(Wrong::AlreadyInitialized);
        }
        if !matches!(window_bits, -15..=-8 | 8..=15 | 24..=31 | 40..=47) {
            return Err(Wrong::Stream);
        }
        let (codec, window) = (inflate(window_bits), Vec::new());
        self.begin(State::Inflate(Decompression { codec, window_bits, at_end, ended: false, wanted: None, window }))
    }

    /// Adds input.
    pub fn enqueue(&mut self, bytes: Vec<u8>) -> Result<(), Wrong> {
        if matches!(self.state, State::New) {
            return Err(Wrong::NotInitialized);
        }
        if !bytes.is_empty() {
            self.input.push_back(bytes);
        }
        Ok(())
    }

    fn deflating(&mut self) -> Result<&mut Deflate, Wrong> {
        if let State::Deflate(codec) = &mut self.state { Ok(codec) } else { Err(Wrong::NotInitialized) }
    }

    fn inflating(&mut self) -> Result<&mut Decompression, Wrong> {
        if let State::Inflate(decompression) = &mut self.state { Ok(decompression) } else { Err(Wrong::NotInitialized) }
    }

    fn clear_input(&mut self) {
        self.input.clear();
        self.used = 0;
    }

    fn take_input(&mut self, count: usize) {
        self.used += count;
        if self.input.front().is_some_and(|chunk| chunk.len() <= self.used) {
            self.input.pop_front();
            self.used = 0;
        }
    }

    /// Compresses up to `input` bytes into up to `output` bytes. The flush is asked for once all input is taken.
    pub fn deflate(&mut self, input: usize, output: usize, flush: Flush) -> Result<(Step, Vec<u8>), Wrong> {
        let mut out = Vec::new();
        let mut consumed = 0;
        let mut status = Status::Ok;
        self.deflating()?;
        while status == Status::Ok && consumed < input {
            let State::Deflate(codec) = &mut self.state else { return Err(Wrong::NotInitialized) };
            let Some(chunk) = self.input.front() else { break };
            let chunk = &chunk[self.used..];
            let chunk = &chunk[..chunk.len().min(input)];
            let (mut rest, room) = (chunk, output - out.len());
            status = codec.compress(&mut rest, &mut out, room, Flush::None);
            let (read, is_used_up) = (chunk.len() - rest.len(), rest.is_empty());
            consumed += read;
            self.take_input(read);
            if !is_used_up {
                break;
            }
        }
        let waiting = !self.input.is_empty();
        if status == Status::Ok && !waiting && out.len() < output {
            let room = output - out.len();
            status = self.deflating()?.compress(&mut &[][..], &mut out, room, flush);
        }
        if status == Status::StreamError {
            return Err(Wrong::Stream);
        }
        if consumed == 0 && out.is_empty() && waiting {
            return Err(Wrong::Data);
        }
        Ok((if waiting || out.len() >= output { Step::Continue } else { Step::Finished }, out))
    }

    /// Decompresses up to `input` bytes into up to `output` bytes.
    pub fn inflate(&mut self, input: usize, output: usize) -> Result<(Step, Vec<u8>), Wrong> {
        let waiting = !self.input.is_empty();
        let state = self.inflating()?;
        if state.ended && waiting {
            match state.at_end {
                AtEnd::Fail => return Err(Wrong::Data),
                AtEnd::Restart => self.restart()?,
                AtEnd::Drop => {
                    self.clear_input();
                    return Ok((Step::Finished, Vec::new()));
                }
            }
        } else if state.ended {
            return Ok((Step::Finished, Vec::new()));
        } else if state.wanted.is_some() {
            return Err(Wrong::Data);
        }
        let (mut out, mut written, mut left) = (vec![0; output], 0, input);
        let mut dictionary = None;
        loop {
            let used = self.used;
            let chunk = self.input.front().map_or(&[][..], |c| &c[used..]);
            let chunk = &chunk[..chunk.len().min(left)];
            let State::Inflate(state) = &mut self.state else { return Err(Wrong::NotInitialized) };
            let (was_in, was_out) = (state.codec.total_in(), state.codec.total_out());
            let result = state.codec.decompress(chunk, &mut out[written..], InflateFlush::NoFlush);
            let read = (state.codec.total_in() - was_in) as usize;
            written += (state.codec.total_out() - was_out) as usize;
            let mut idle = false;
            match result {
                Ok(status) => {
                    state.ended |= status == InflateStatus::StreamEnd;
                    idle = status == InflateStatus::BufError;
                }
                Err(InflateError::NeedDict { dict_id }) => {
                    state.wanted = Some(dict_id);
                    dictionary = Some(dict_id);
                }
                Err(InflateError::DataError) => return Err(Wrong::Data),
                Err(InflateError::MemError) => return Err(Wrong::Memory),
                Err(InflateError::StreamError) => return Err(Wrong::Stream),
            }
            let stop = state.ended || dictionary.is_some() || idle;
            left -= read;
            self.take_input(read);
            if stop || written == output || left == 0 || self.input.is_empty() {
                break;
            }
        }
        out.truncate(written);
        let waiting = !self.input.is_empty();
        let state = self.inflating()?;
        remember(&mut state.window, &out);
        let more = waiting || written == output && !state.ended;
        let step = match dictionary {
            Some(checksum) => Step::NeedDictionary(checksum),
            None if more => Step::Continue,
            None => Step::Finished,
        };
        Ok((step, out))
    }

    fn restart(&mut self) -> Result<(), Wrong> {
        let state = self.inflating()?;
        state.codec = inflate(state.window_bits);
        state.ended = false;
        state.wanted = None;
        state.window.clear();
        Ok(())
    }

    /// `inflateReset/1`
    pub fn reset_inflate(&mut self) -> Result<(), Wrong> {
        self.restart()?;
        self.clear_input();
        Ok(())
    }

    /// `deflateReset/1`
    pub fn reset_deflate(&mut self) -> Result<(), Wrong> {
        self.deflating()?.reset();
        self.clear_input();
        Ok(())
    }

    /// `deflateParams/3` with the numbers of zlib.
    pub fn set_params(&mut self, level: i32, strategy: i32) -> Result<(), Wrong> {
        let codec = self.deflating()?;
        let strategy = Strategy::numbered(strategy).ok_or(Wrong::Stream)?;
        match codec.set_params(level, strategy) {
            Status::Ok | Status::StreamEnd => Ok(()),
            Status::BufError => Err(Wrong::Buffer),
            Status::StreamError => Err(Wrong::Stream),
        }
    }

    /// `deflateSetDictionary/2`: gives the checksum of the dictionary.
    pub fn set_deflate_dictionary(&mut self, dictionary: &[u8]) -> Result<u32, Wrong> {
        self.deflating()?.set_dictionary(dictionary).ok_or(Wrong::Stream)
    }

    /// `inflateSetDictionary/2`
    pub fn set_inflate_dictionary(&mut self, dictionary: &[u8]) -> Result<(), Wrong> {
        let state = self.inflating()?;
        if state.window_bits > 0 && state.wanted.is_none() {
            return Err(Wrong::Stream);
        }
        state.codec.set_dictionary(dictionary).map_err(|error| match error {
            InflateError::DataError => Wrong::Data,
            _ => Wrong::Stream,
        })?;
        state.wanted = None;
        remember(&mut state.window, dictionary);
        Ok(())
    }

    /// `inflateGetDictionary/1`: what may be referred back to.
    pub fn dictionary(&mut self) -> Result<Vec<u8>, Wrong> {
        self.inflating().map(|state| state.window.clone())
    }

    /// `deflateEnd/1`: an error if compression is under way.
    pub fn end_deflate(&mut self) -> Result<(), Wrong> {
        let complete = !self.deflating()?.is_under_way() && self.input.is_empty();
        self.end();
        if complete { Ok(()) } else { Err(Wrong::Data) }
    }

    /// `inflateEnd/1`: an error if the end was not reached.
    pub fn end_inflate(&mut self) -> Result<(), Wrong> {
        let complete = self.inflating()?.ended;
        self.end();
        if complete { Ok(()) } else { Err(Wrong::Data) }
    }

    fn end(&mut self) {
        self.state = State::New;
        self.clear_input();
    }
}

fn remember(window: &mut Vec<u8>, bytes: &[u8]) {
    window.extend_from_slice(&bytes[bytes.len().saturating_sub(WINDOW_BYTES)..]);
    let excess = window.len().saturating_sub(WINDOW_BYTES);
    window.drain(..excess);
}

/// The streams of a process, by the words of their references.
#[derive(Default)]
pub struct Streams {
    open: HashMap<[u32; 3], Stream>,
    closed: VecDeque<[u32; 3]>,
}

impl Streams {
    /// Adds a stream. Where there are many, those go whose references the program has lost.
    pub fn open(&mut self, heap: &mut Heap, reference: Term, controller: Term) {
        let Some(words) = reference.local_ref() else { return };
        if self.open.len() > MANY {
            for lost in heap.lost.drain(..) {
                self.open.remove(&lost);
            }
        }
        heap.weak.push(reference);
        self.open.insert(words, Stream::new(controller));
    }
    /// Number of streams.
    pub fn len(&self) -> usize {
        self.open.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
    /// The stream of a reference. An error is for one that was closed; nothing where it never was one.
    pub fn get(&mut self, reference: Term) -> Option<Result<&mut Stream, Wrong>> {
        let words = reference.local_ref()?;
        if self.closed.contains(&words) {
            return Some(Err(Wrong::NotInitialized));
        }
        self.open.get_mut(&words).map(Ok)
    }
    /// Removes a stream.
    pub fn close(&mut self, reference: Term) {
        let Some(words) = reference.local_ref() else { return };
        self.open.remove(&words);
        self.closed.push_back(words);
        if self.closed.len() > REMEMBERED {
            self.closed.pop_front();
        }
    }
}
