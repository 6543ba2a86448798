//! The events of a run that are kept: the last ones as they are, those before them packed, so that a million fits into a
//! page.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::rc::Rc;

use shared::event::Event;
use shared::ids::EventSeq;
use shared::time::VirtualTime;

/// About how many bytes the chunks may have that are not packed.
const PLAIN_BYTES: usize = 24 << 20;

/// About how many bytes all packed chunks may have.
const PACKED_BYTES: usize = 64 << 20;

/// Unpacked chunks that are remembered.
const UNPACKED: usize = 16;

/// See the module.
#[derive(Debug)]
pub struct Log {
    chunks: VecDeque<Chunk>,
    /// Events that are kept at most, chunks being kept or not as a whole.
    most: usize,
    len: usize,
    plain_bytes: usize,
    packed_bytes: usize,
    /// By the first event of the chunk, the one that was looked at last in front.
    unpacked: RefCell<VecDeque<(EventSeq, Rc<Vec<Event>>)>>,
}

#[derive(Debug)]
struct Chunk {
    first: EventSeq,
    last: EventSeq,
    /// When its last event happened.
    until: VirtualTime,
    len: usize,
    bytes: usize,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Plain(Rc<Vec<Event>>),
    Packed(Box<[u8]>),
}

impl Log {
    /// Events of one chunk. Packing one must fit into a frame.
    pub const CHUNK: usize = 1_024;

    /// An empty one that keeps about this many events.
    pub fn new(most: usize) -> Self {
        Self { chunks: VecDeque::new(), most, len: 0, plain_bytes: 0, packed_bytes: 0, unpacked: RefCell::default() }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::new(self.most);
    }

    /// Adds an event; gives those that are forgotten for it.
    pub fn push(&mut self, event: Event) -> Option<Rc<Vec<Event>>> {
        let bytes = size(&event);
        let mut forgotten = None;
        if self.chunks.back().is_none_or(|chunk| chunk.len == Self::CHUNK) {
            forgotten = self.make_room();
            self.chunks.push_back(Chunk {
                first: event.seq,
                last: event.seq,
                until: event.at,
                len: 0,
                bytes: 0,
                body: Body::Plain(Rc::new(Vec::with_capacity(Self::CHUNK))),
            });
        }
        if let Some(chunk) = self.chunks.back_mut() {
            (chunk.last, chunk.until) = (event.seq, event.at);
            chunk.len += 1;
            chunk.bytes += bytes;
            if let Body::Plain(events) = &mut chunk.body {
                Rc::make_mut(events).push(event);
            }
        }
        self.len += 1;
        self.plain_bytes += bytes;
        forgotten
    }

    /// Before another chunk begins: packs what is too much to be kept as it is, and forgets what is too much at all.
    fn make_room(&mut self) -> Option<Rc<Vec<Event>>> {
        let plain = self.chunks.iter().position(|chunk| matches!(chunk.body, Body::Plain(_)));
        if let Some(at) = plain.filter(|_| self.plain_bytes > PLAIN_BYTES) {
            self.pack(at);
        }
        if self.len < self.most && self.packed_bytes <= PACKED_BYTES {
            return None;
        }
        let events = self.chunk(0)?;
        let chunk = self.chunks.pop_front()?;
        self.len -= chunk.len;
        match chunk.body {
            Body::Plain(_) => self.plain_bytes -= chunk.bytes,
            Body::Packed(packed) => self.packed_bytes -= packed.len(),
        }
        Some(events)
    }

    fn pack(&mut self, at: usize) {
        let Some(chunk) = self.chunks.get_mut(at) else { return };
        let Body::Plain(events) = &chunk.body else { return };
        // Plain data is JSON; if it were not, it would stay as it is.
        let Ok(text) = serde_json::to_vec(&**events) else { return };
        let packed = lz4_flex::compress_prepend_size(&text).into_boxed_slice();
        self.plain_bytes -= chunk.bytes;
        self.packed_bytes += packed.len();
        chunk.body = Body::Packed(packed);
    }

    /// The events of a chunk.
    fn chunk(&self, at: usize) -> Option<Rc<Vec<Event>>> {
        let chunk = self.chunks.get(at)?;
        let packed = match &chunk.body {
            Body::Plain(events) => return Some(events.clone()),
            Body::Packed(packed) => packed,
        };
        let mut unpacked = self.unpacked.borrow_mut();
        if let Some(known) = unpacked.iter().position(|(first, _)| *first == chunk.first) {
            let known = unpacked.remove(known)?;
            unpacked.push_front(known);
        } else {
            let text = lz4_flex::decompress_size_prepended(packed).ok()?;
            let events: Vec<Event> = serde_json::from_slice(&text).ok()?;
            unpacked.push_front((chunk.first, Rc::new(events)));
            unpacked.truncate(UNPACKED);
        }
        unpacked.front().map(|(_, events)| events.clone())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of the first one.
    #[must_use]
    pub fn first(&self) -> Option<EventSeq> {
        self.chunks.front().map(|chunk| chunk.first)
    }

    /// The event of a number.
    #[must_use]
    pub fn get(&self, seq: EventSeq) -> Option<Event> {
        let events = self.chunk(self.chunks.partition_point(|chunk| chunk.last < seq))?;
        let at = events.binary_search_by_key(&seq, |event| event.seq).ok()?;
        events.get(at).cloned()
    }

    /// Looks at the events after a number, the earliest first, until it is told to stop.
    pub fn visit(&self, after: EventSeq, mut look: impl FnMut(&Event) -> ControlFlow<()>) {
        let first = self.chunks.partition_point(|chunk| chunk.last <= after);
        for events in (first..self.chunks.len()).filter_map(|at| self.chunk(at)) {
            let from = events.partition_point(|event| event.seq <= after);
            if events[from..].iter().try_for_each(&mut look).is_break() {
                return;
            }
        }
    }

    /// Looks at the events until a number, that one first, until it is told to stop.
    pub fn visit_back(&self, from: EventSeq, mut look: impl FnMut(&Event) -> ControlFlow<()>) {
        let end = self.chunks.partition_point(|chunk| chunk.first <= from);
        for events in (0..end).rev().filter_map(|at| self.chunk(at)) {
            let until = events.partition_point(|event| event.seq <= from);
            if events[..until].iter().rev().try_for_each(&mut look).is_break() {
                return;
            }
        }
    }

    /// The last event that had happened by a time.
    #[must_use]
    pub fn by(&self, nanos: u64) -> Option<EventSeq> {
        let at = self.chunks.partition_point(|chunk| chunk.until.nanos() <= nanos);
        let within = self.chunk(at).and_then(|events| {
            let after = events.partition_point(|event| event.at.nanos() <= nanos);
            after.checked_sub(1).and_then(|at| events.get(at)).map(|event| event.seq)
        });
        within.or_else(|| at.checked_sub(1).and_then(|before| self.chunks.get(before)).map(|chunk| chunk.last))
    }

    /// About how many events there are from one time to another, never fewer: chunks are counted as a whole.
    #[must_use]
    pub fn about(&self, from: u64, to: u64) -> usize {
        let first = self.chunks.partition_point(|chunk| chunk.until.nanos() < from);
        let mut count = 0;
        for chunk in self.chunks.iter().skip(first) {
            count += chunk.len;
            if chunk.until.nanos() > to {
                break;
            }
        }
        count
    }

    /// The first event after a number.
    #[must_use]
    pub fn after(&self, seq: EventSeq) -> Option<EventSeq> {
        let mut found = None;
        self.visit(seq, |event| {
            found = Some(event.seq);
            ControlFlow::Break(())
        });
        found
    }

    /// The last event before a number.
    #[must_use]
    pub fn before(&self, seq: EventSeq) -> Option<EventSeq> {
        let mut found = None;
        self.visit_back(EventSeq(seq.0.checked_sub(1)?), |event| {
            found = Some(event.seq);
            ControlFlow::Break(())
        });
        found
    }
}

/// About how many bytes an event takes in memory.
fn size(event: &Event) -> usize {
    size_of::<Event>() + 64 + event.kind.payload_bytes()
}

#[cfg(test)]
mod tests {
    use shared::Etf;
    use shared::event::{Destination, EventKind};
    use shared::ids::Pid;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// Every second number, a thousand bytes each.
    fn event(n: u64) -> Event {
        let message = Etf::of(&shared::Term::binary(vec![n as u8; 1_000]));
        let kind = EventKind::Sent { to: Destination::Pid(Pid(2)), receiver: Some(Pid(2)), message };
        Event { seq: EventSeq(2 * n), at: VirtualTime(10 * n), pid: Some(Pid(1)), reductions: n, cause: None, kind }
    }

    #[test]
    fn what_is_packed_is_found_as_what_is_not() {
        let mut log = Log::new(1 << 20);
        let count = 40_000;
        for n in 1..=count {
            assert!(log.push(event(n)).is_none());
        }
        assert!(log.packed_bytes > 0 && log.plain_bytes < PLAIN_BYTES + Log::CHUNK * 1_300, "{log:?}");
        for n in [1, 2, Log::CHUNK as u64, Log::CHUNK as u64 + 1, count / 2, count] {
            assert_eq!(log.get(EventSeq(2 * n)), Some(event(n)));
            assert_eq!(log.get(EventSeq(2 * n + 1)), None);
            assert_eq!(log.by(10 * n + 5), Some(EventSeq(2 * n)));
            assert_eq!(log.after(EventSeq(2 * n - 1)), Some(EventSeq(2 * n)));
            assert_eq!(log.before(EventSeq(2 * n + 1)), Some(EventSeq(2 * n)));
        }
        assert!((count as usize..count as usize + Log::CHUNK).contains(&log.about(0, 10 * count)));
        assert!(
            (100..=3 * Log::CHUNK).contains(&log.about(10 * 5_000, 10 * 5_100)) && log.about(20 * count, u64::MAX) == 0
        );
        assert_eq!((log.by(5), log.before(EventSeq(2)), log.after(EventSeq(2 * count))), (None, None, None));
        let mut seen = Vec::new();
        log.visit(EventSeq(2 * Log::CHUNK as u64 - 4), |event| {
            seen.push(event.seq.0 / 2);
            if seen.len() < 4 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        assert_eq!(seen, (Log::CHUNK as u64 - 1..Log::CHUNK as u64 + 3).collect::<Vec<_>>());
        seen.clear();
        log.visit_back(EventSeq(7), |event| {
            seen.push(event.seq.0 / 2);
            ControlFlow::Continue(())
        });
        assert_eq!(seen, [3, 2, 1]);
    }

    #[test]
    fn the_earliest_are_forgotten_a_chunk_at_a_time() {
        let mut log = Log::new(2 * Log::CHUNK);
        let mut forgotten = 0;
        for n in 1..=5 * Log::CHUNK as u64 {
            forgotten += log.push(event(n)).map_or(0, |events| events.len());
        }
        assert_eq!((forgotten, log.len()), (3 * Log::CHUNK, 2 * Log::CHUNK));
        assert_eq!(log.first(), Some(EventSeq(2 * (3 * Log::CHUNK as u64 + 1))));
    }
}
