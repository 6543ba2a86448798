//! The private memory of a process: heap and stack in one block, fragments, off-heap binaries.
//!
//! The heap grows upwards from the start of the block, the stack downwards from its end. Natives allocate with
//! [`Heap::alloc`], which never collects: what does not fit goes into a fragment, and the next collection moves it into
//! the block. So a native may keep terms in local variables.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::collections::HashMap;

use num_bigint::{BigInt, Sign};

use crate::copy;
use crate::fail::Fail;
use crate::term::{SMALL_MAX, SMALL_MIN, Term, header, header_kind, kind, tag};

/// Words of the block of a new process, stack included (OTP's default `min_heap_size`).
pub const MIN_BLOCK_WORDS: usize = 233;
/// Words that always stay free between heap and stack: a call pushes its return address without a check.
pub(crate) const RESERVED_WORDS: usize = 4;
/// Binaries of more bytes than this live outside the heap and are shared by reference (as in OTP).
pub const MAX_HEAP_BINARY_BYTES: usize = 64;
/// Off-heap bytes after which a collection is due even where the heap has room.
const OFF_HEAP_PRESSURE_BYTES: usize = 1 << 20;

/// A binary outside the heap, shared by counted references of the processes of one instance.
pub struct OffBin {
    references: Cell<usize>,
    data: Vec<u8>,
    /// Bits written so far; whoever holds a part that ends exactly here may append in place.
    pub(crate) used_bits: usize,
}

impl OffBin {
    /// The bytes written so far.
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }
    /// Where its bytes begin.
    #[inline]
    pub(crate) fn start(&self) -> *const u8 {
        self.data.as_ptr()
    }
    /// How many bytes there are to write to.
    #[inline]
    pub(crate) fn ready(&self) -> usize {
        self.data.len()
    }
    /// Bytes that it takes.
    pub(crate) fn capacity(&self) -> usize {
        self.data.capacity()
    }
    /// The bytes, to write to those that nobody uses yet.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }
    /// Makes the bytes reach up to a bit, if there is room for that without moving them.
    #[inline]
    pub(crate) fn reach(&mut self, end: usize) -> bool {
        // Bytes are made ready in steps, as that is quicker than one by one.
        const STEP: usize = 256;
        let need = end.div_ceil(8);
        if need <= self.data.len() {
            return true;
        }
        let room = self.data.capacity();
        if need <= room {
            self.data.resize(room.min(need + STEP), 0);
        }
        need <= room
    }
}

/// A run of words from the allocator.
pub(crate) struct Block {
    pub(crate) start: *mut u64,
    pub(crate) words: usize,
}

impl Block {
    pub(crate) fn new(words: usize) -> Block {
        let layout = Self::layout(words);
        // SAFETY: the layout has a size above zero.
        let start: *mut u64 = unsafe { alloc(layout) }.cast();
        if start.is_null() {
            handle_alloc_error(layout);
        }
        Block { start, words }
    }
    pub(crate) fn end(&self) -> *mut u64 {
        // SAFETY: one past the end of the allocation.
        unsafe { self.start.add(self.words) }
    }
    pub(crate) fn contains(&self, p: *const u64) -> bool {
        (p as usize).wrapping_sub(self.start as usize) < self.words * 8
    }
    fn layout(words: usize) -> Layout {
        Layout::array::<u64>(words.max(1)).expect("a block is smaller than the address space")
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with the same layout.
        unsafe { dealloc(self.start.cast(), Self::layout(self.words)) }
    }
}

pub(crate) struct Fragment {
    pub(crate) block: Block,
    pub(crate) used: usize,
}

/// Heap and stack of one process.
pub struct Heap {
    pub(crate) block: Block,
    /// First free word of the heap.
    pub(crate) top: *mut u64,
    /// Last word pushed on the stack.
    pub(crate) stack: *mut u64,
    /// What natives allocated beyond the block since the last collection.
    pub(crate) fragments: Vec<Fragment>,
    pub(crate) fragment_words: usize,
    /// Newest `BINREF` of the process (a tagged pointer), or NIL: the list that is swept after a collection.
    pub(crate) binrefs: Term,
    /// References to things that the process keeps outside the heap; those that a collection does not reach go to `lost`.
    pub(crate) weak: Vec<Term>,
    /// Words of the references in `weak` that are gone.
    pub(crate) lost: Vec<[u32; 3]>,
    /// Bytes of off-heap binaries made since the last collection.
    pub(crate) off_heap_bytes: usize,
    /// Bytes of off-heap binaries that the last collection left.
    pub(crate) off_heap_live: usize,
    /// Hard limit of heap, stack and fragments in words; 0: none.
    pub(crate) max_words: usize,
    /// Smallest block a collection may shrink to.
    pub(crate) min_words: usize,
    /// Words that survived the last collection.
    pub(crate) live_words: usize,
    /// Number of collections so far.
    pub collections: u64,
    /// Collect at every opportunity: finds missing roots in tests.
    pub stress: bool,
    /// The program asked for a collection, which is due at the next opportunity.
    pub(crate) is_requested: bool,
}

impl Heap {
    /// An empty heap with a block of a number of words.
    pub fn new(words: usize) -> Heap {
        Heap::with(Block::new(words.max(MIN_BLOCK_WORDS)))
    }

    fn with(block: Block) -> Heap {
        let (top, stack, min_words) = (block.start, block.end(), block.words);
        Heap {
            block,
            top,
            stack,
            fragments: Vec::new(),
            fragment_words: 0,
            binrefs: Term::NIL,
            weak: Vec::new(),
            lost: Vec::new(),
            off_heap_bytes: 0,
            off_heap_live: 0,
            max_words: 0,
            min_words,
            live_words: 0,
            collections: 0,
            stress: false,
            is_requested: false,
        }
    }

    /// A heap whose block has no room, so that all that it holds lies in fragments. It is not collected.
    pub(crate) fn of_fragments() -> Heap {
        Heap::with(Block::new(0))
    }

    /// Takes over what a heap of fragments holds: the next collection keeps what is in use of it.
    pub(crate) fn absorb(&mut self, mut other: Heap) {
        self.fragment_words += std::mem::take(&mut other.fragment_words);
        self.fragments.append(&mut other.fragments);
        self.off_heap_bytes += other.off_heap_bytes;
        let mut last = Term::NIL;
        let mut list = std::mem::replace(&mut other.binrefs, Term::NIL);
        let first = list;
        while !list.is_nil() {
            last = list;
            list = Term(list.words()[1]);
        }
        if !last.is_nil() {
            // SAFETY: the last BINREF of the other heap, whose second word links to the next one.
            unsafe { *last.ptr().add(2) = self.binrefs.0 };
            self.binrefs = first;
        }
    }

    /// Room for `words` words, uninitialised: fill it before the next collection. Never collects.
    pub fn alloc(&mut self, words: usize) -> *mut u64 {
        let room = ((self.stack as usize - self.top as usize) / 8).saturating_sub(RESERVED_WORDS);
        if words <= room && !self.stress {
            let p = self.top;
            // SAFETY: within the block, checked above.
            self.top = unsafe { p.add(words) };
            return p;
        }
        self.alloc_fragment(words)
    }

    #[cold]
    fn alloc_fragment(&mut self, words: usize) -> *mut u64 {
        let fits = self.fragments.last().is_some_and(|f| f.block.words - f.used >= words);
        if !fits {
            let size = words.max(128).max(self.fragment_words.min(1 << 16));
            self.fragments.push(Fragment { block: Block::new(size), used: 0 });
        }
        let fragment = self.fragments.last_mut().expect("pushed above");
        // SAFETY: the fragment has at least `words` words left.
        let p = unsafe { fragment.block.start.add(fragment.used) };
        fragment.used += words;
        self.fragment_words += words;
        p
    }

    /// Fails where a native is about to allocate more than the process may have. Call it before an allocation whose size
    /// the program chooses.
    pub fn check(&self, words: usize) -> Result<(), Fail> {
        // Beyond this no allocation can succeed in a 32-bit memory, so it is refused before it is tried.
        const LARGEST: usize = 1 << 28;
        if words > LARGEST {
            return Err(Fail::OutOfMemory);
        }
        let over = self.max_words != 0 && self.used_words() + words > self.max_words;
        if over { Err(Fail::OutOfMemory) } else { Ok(()) }
    }
    /// Words that the process may still allocate.
    pub fn words_left(&self) -> usize {
        if self.max_words == 0 { usize::MAX } else { self.max_words.saturating_sub(self.used_words()) }
    }
    /// Whether a term lies in this heap: literals do not.
    pub fn holds(&self, t: Term) -> bool {
        !t.is_immediate() && (self.block.contains(t.ptr()) || self.fragments.iter().any(|f| f.block.contains(t.ptr())))
    }
    /// As [`Heap::check`] for the bytes of a binary.
    pub fn check_bytes(&self, bytes: usize) -> Result<(), Fail> {
        self.check(bytes / 8)
    }
    /// Sets the hard limit in words of heap, stack and fragments; 0: none.
    pub fn set_max_words(&mut self, words: usize) {
        self.max_words = words;
    }
    /// Words of heap, stack and fragments in use, and of off-heap binaries made since the last collection.
    pub fn used_words(&self) -> usize {
        let off_heap = self.off_heap_bytes + self.off_heap_live;
        self.heap_words() + self.stack_words() + self.fragment_words + off_heap / 8
    }
    /// Words in use in the heap part of the block.
    pub fn heap_words(&self) -> usize {
        (self.top as usize - self.block.start as usize) / 8
    }
    /// Words in use by the stack.
    pub fn stack_words(&self) -> usize {
        (self.block.end() as usize - self.stack as usize) / 8
    }
    /// Words of the block.
    pub fn block_words(&self) -> usize {
        self.block.words
    }
    /// Whether natives left so much behind that a collection is due.
    pub fn wants_collection(&self) -> bool {
        self.stress || self.is_requested || self.fragment_words > 0 || self.off_heap_bytes > OFF_HEAP_PRESSURE_BYTES
    }

    /// Makes a collection due.
    pub fn request_collection(&mut self) {
        self.is_requested = true;
    }
    /// Hard limit of heap, stack and fragments in words; 0: none.
    pub fn max_words(&self) -> usize {
        self.max_words
    }
    /// Sets the smallest block in words that a collection may shrink to.
    pub fn set_min_words(&mut self, words: usize) {
        self.min_words = words.max(MIN_BLOCK_WORDS);
    }
    /// A number, bytes and number of references for each reference to an off-heap binary, newest first. References to the same one
    /// have the same number.
    pub fn off_heap_binaries(&self) -> Vec<[usize; 3]> {
        let mut found = Vec::new();
        let mut numbers = HashMap::new();
        let mut list = self.binrefs;
        while !list.is_nil() {
            let words = list.words();
            // SAFETY: the list links the BINREFs of this heap, each of which keeps its binary alive.
            let bin = unsafe { &*(words[0] as usize as *const OffBin) };
            let number = *numbers.entry(words[0]).or_insert(found.len());
            found.push([number, bin.bytes().len(), bin.references.get()]);
            list = Term(words[1]);
        }
        found
    }

    /// A list cell.
    pub fn cons(&mut self, head: Term, tail: Term) -> Term {
        let p = self.alloc(2);
        // SAFETY: `alloc` gave room for two words.
        unsafe {
            *p = head.0;
            *p.add(1) = tail.0;
        }
        Term::cons_ptr(p)
    }
    /// A boxed value of a header and the words behind it.
    pub fn boxed(&mut self, kind: u64, aux: u64, words: &[u64]) -> Term {
        let p = self.alloc(1 + words.len());
        // SAFETY: `alloc` gave room for the header and the words.
        unsafe {
            *p = header(kind, words.len(), aux);
            copy::words(words.as_ptr(), p.add(1), words.len());
        }
        Term::boxed_ptr(p)
    }
    /// A boxed value of terms.
    pub fn boxed_terms(&mut self, kind: u64, aux: u64, terms: &[Term]) -> Term {
        // SAFETY: `Term` is a transparent `u64`.
        self.boxed(kind, aux, unsafe { std::slice::from_raw_parts(terms.as_ptr().cast(), terms.len()) })
    }
    /// A tuple.
    pub fn tuple(&mut self, elements: &[Term]) -> Term {
        self.boxed_terms(kind::TUPLE, 0, elements)
    }
    /// A proper list.
    pub fn list(&mut self, elements: &[Term]) -> Term {
        self.list_with_tail(elements, Term::NIL)
    }
    /// A list in front of a tail.
    pub fn list_with_tail(&mut self, elements: &[Term], tail: Term) -> Term {
        elements.iter().rev().fold(tail, |tail, head| self.cons(*head, tail))
    }
    /// A list of the first `len` items in front of a tail, in cells that follow each other in memory; of fewer, if there
    /// are no more.
    pub fn list_of(&mut self, len: usize, items: impl Iterator<Item = Term>, tail: Term) -> Term {
        let start = self.alloc(2 * len);
        let mut written = 0;
        for item in items.take(len) {
            // SAFETY: `alloc` gave room for `len` cells; the tail of each points at the next one.
            unsafe {
                let cell = start.add(2 * written);
                *cell = item.0;
                *cell.add(1) = Term::cons_ptr(cell.add(2)).0;
            }
            written += 1;
        }
        self.give_back(start, 2 * len, 2 * written);
        if written == 0 {
            return tail;
        }
        // SAFETY: the last word of the last cell.
        unsafe { *start.add(2 * written - 1) = tail.0 };
        Term::cons_ptr(start)
    }
    /// A list of the characters of a string.
    pub fn string(&mut self, text: &str) -> Term {
        let chars: Vec<Term> = text.chars().map(|c| Term::small(c as i64)).collect();
        self.list(&chars)
    }
    /// A float.
    pub fn float(&mut self, value: f64) -> Term {
        self.boxed(kind::FLOAT, 0, &[value.to_bits()])
    }
    /// An integer, small where it fits.
    pub fn int(&mut self, value: i64) -> Term {
        if (SMALL_MIN..=SMALL_MAX).contains(&value) {
            return Term::small(value);
        }
        let kind = if value < 0 { kind::BIG_NEG } else { kind::BIG_POS };
        self.boxed(kind, 0, &[value.unsigned_abs()])
    }
    /// An integer, small where it fits.
    pub fn uint(&mut self, value: u64) -> Term {
        if value <= SMALL_MAX as u64 { Term::small(value as i64) } else { self.boxed(kind::BIG_POS, 0, &[value]) }
    }
    /// An integer, small where it fits.
    pub fn bigint(&mut self, value: &BigInt) -> Term {
        if let Ok(v) = i64::try_from(value) {
            return self.int(v);
        }
        let (sign, words) = value.to_u64_digits();
        self.boxed(if sign == Sign::Minus { kind::BIG_NEG } else { kind::BIG_POS }, 0, &words)
    }
    /// An integer whose magnitude is written straight into the heap. `fill` gets `words` zero words, sets
    /// them, least significant first, and tells whether the integer is negative. Leading zero words are given back, and a small result is immediate.
    pub(crate) fn integer(&mut self, words: usize, fill: impl FnOnce(&mut [u64]) -> bool) -> Term {
        let p = self.alloc(1 + words);
        // SAFETY: `alloc` gave room for the header and the words; they are set to zero before they are a slice.
        let digits = unsafe {
            std::ptr::write_bytes(p.add(1), 0, words);
            std::slice::from_raw_parts_mut(p.add(1), words)
        };
        let negative = fill(digits);
        let used = words - digits.iter().rev().take_while(|w| **w == 0).count();
        let small = match digits[..used] {
            [] => Some(0),
            [word] if negative && word <= SMALL_MIN.unsigned_abs() => Some(-(word as i64)),
            [word] if !negative && word <= SMALL_MAX as u64 => Some(word as i64),
            _ => None,
        };
        let kept = if small.is_some() { 0 } else { 1 + used };
        self.give_back(p, 1 + words, kept);
        if let Some(value) = small {
            return Term::small(value);
        }
        // SAFETY: the first word was allocated above and is kept.
        unsafe { *p = header(if negative { kind::BIG_NEG } else { kind::BIG_POS }, used, 0) };
        Term::boxed_ptr(p)
    }
    /// Returns the end of the newest allocation: of its `words` words at `p` only `kept` remain.
    fn give_back(&mut self, p: *mut u64, words: usize, kept: usize) {
        // SAFETY: both stay within the allocation, and the block or fragment it came from ends it.
        let (end, new_end) = unsafe { (p.add(words), p.add(kept)) };
        if self.block.contains(p) && self.top == end {
            self.top = new_end;
        } else if let Some(fragment) = self.fragments.last_mut() {
            fragment.used -= words - kept;
            self.fragment_words -= words - kept;
        }
    }
    /// A reference of this node made from its three words.
    pub fn reference(&mut self, words: [u32; 3]) -> Term {
        self.boxed(kind::REF, 0, &[u64::from(words[0]) | u64::from(words[1]) << 32, u64::from(words[2])])
    }
    /// A binary with these bytes.
    pub fn binary(&mut self, bytes: &[u8]) -> Term {
        self.bits(bytes, bytes.len() * 8)
    }
    /// A bitstring of the first `len` bits of some bytes.
    pub fn bits(&mut self, bytes: &[u8], len: usize) -> Term {
        let size = len.div_ceil(8);
        let bytes = &bytes[..size];
        if size > MAX_HEAP_BINARY_BYTES {
            return self.off_heap(bytes.to_vec(), len);
        }
        let words = size.div_ceil(8);
        let p = self.alloc(2 + words);
        // SAFETY: `alloc` gave room for header, size and the words of the bytes; the last word is cleared first.
        unsafe {
            *p = header(kind::HEAPBITS, 1 + words, 0);
            *p.add(1) = len as u64;
            if words > 0 {
                *p.add(1 + words) = 0;
            }
            copy::bytes(bytes.as_ptr(), p.add(2).cast(), size);
        }
        Term::boxed_ptr(p)
    }
    /// A bitstring that owns a vector; short ones go to the heap.
    pub fn binary_from_vec(&mut self, bytes: Vec<u8>, len: usize) -> Term {
        if bytes.len() <= MAX_HEAP_BINARY_BYTES { self.bits(&bytes, len) } else { self.off_heap(bytes, len) }
    }
    fn off_heap(&mut self, data: Vec<u8>, len: usize) -> Term {
        let storage = self.binref(data, len);
        self.boxed_terms(kind::SUBBITS, 0, &[Term::small(len as i64), Term::small(0), storage])
    }
    /// The counted reference to a new off-heap binary (not a value of its own: wrap it in a `SUBBITS`).
    pub(crate) fn binref(&mut self, data: Vec<u8>, used_bits: usize) -> Term {
        self.off_heap_bytes += data.capacity();
        let bin = Box::into_raw(Box::new(OffBin { references: Cell::new(1), data, used_bits }));
        let term = self.boxed(kind::BINREF, 0, &[bin as usize as u64, self.binrefs.0]);
        self.binrefs = term;
        term
    }
    /// A part of a bitstring, sharing its storage where that saves memory. `offset` and `len` are in bits and must lie within it.
    pub fn sub_bits(&mut self, whole: Term, offset: usize, len: usize) -> Term {
        let Some(bits) = whole.bits() else { return whole };
        if offset == 0 && len == bits.len {
            return whole;
        }
        let (storage, base) = whole.storage_and_offset();
        self.part(storage, base + offset, len)
    }
    /// `len` bits of a heap binary or `BINREF` from bit `at` on, which must lie within it; shared where that saves memory.
    pub(crate) fn part(&mut self, storage: Term, at: usize, len: usize) -> Term {
        if len <= MAX_HEAP_BINARY_BYTES * 8 {
            let copy = self.zeroed_bits(len);
            // SAFETY: the copy is new, so nothing else refers to its bytes.
            crate::bits::copy(unsafe { copy.storage_mut() }, 0, storage.storage(), at, len);
            return copy;
        }
        self.boxed_terms(kind::SUBBITS, 0, &[Term::small(len as i64), Term::small(at as i64), storage])
    }
    /// A heap binary of zero bits, of at most [`MAX_HEAP_BINARY_BYTES`] bytes.
    pub(crate) fn zeroed_bits(&mut self, len: usize) -> Term {
        let words = len.div_ceil(64);
        let p = self.alloc(2 + words);
        // SAFETY: `alloc` gave room for header, size and the words of the bytes.
        unsafe {
            *p = header(kind::HEAPBITS, 1 + words, 0);
            *p.add(1) = len as u64;
            p.add(2).write_bytes(0, words);
        }
        Term::boxed_ptr(p)
    }

    /// Frees the off-heap binaries whose references a collection did not reach. `list` is the list before it.
    pub(crate) fn release_binrefs(mut list: Term, is_alive: impl Fn(Term) -> bool) {
        while !list.is_nil() {
            // SAFETY: the list links BINREFs of from-space, which is still there; a moved one keeps its two words.
            let (bin, next) = unsafe { (*list.ptr().add(1), Term(*list.ptr().add(2))) };
            if !is_alive(list) {
                release(bin as usize as *mut OffBin);
            }
            list = next;
        }
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        Self::release_binrefs(self.binrefs, |_| false);
    }
}

impl Term {
    /// Storage, first bit in it and number of bits of a bitstring.
    #[inline]
    pub(crate) fn place(self) -> Option<(Term, usize, usize)> {
        let header = self.header();
        if header & tag::MASK != tag::HEADER {
            return None;
        }
        match header_kind(header) {
            kind::HEAPBITS => Some((self, 0, self.words()[0] as usize)),
            kind::SUBBITS => {
                let e = self.elements();
                Some((e[2], e[1].as_small() as usize, e[0].as_small() as usize))
            }
            _ => None,
        }
    }
    /// The storage term (heap binary or `BINREF`) of a bitstring and the bit at which it starts there.
    pub(crate) fn storage_and_offset(self) -> (Term, usize) {
        if self.is_kind(kind::SUBBITS) {
            (self.elements()[2], self.elements()[1].as_small() as usize)
        } else {
            (self, 0)
        }
    }
    /// As [`Term::storage`], to write to.
    ///
    /// # Safety
    /// No other reference to these bytes may be in use, and nobody may see the bits that are written: they are those of
    /// a new binary, or lie behind the last used bit of an off-heap one.
    pub(crate) unsafe fn storage_mut<'a>(self) -> &'a mut [u8] {
        if let Some(bin) = self.off_bin() {
            // SAFETY: a BINREF keeps its off-heap binary alive; the caller answers for the rest.
            return unsafe { (*bin).bytes_mut() };
        }
        let bytes = self.storage();
        // SAFETY: the words behind the header belong to the heap, which may be written to through `alloc`'s pointer.
        unsafe { std::slice::from_raw_parts_mut(self.ptr().add(2).cast(), bytes.len()) }
    }
    /// The off-heap binary of a `BINREF`.
    pub(crate) fn off_bin(self) -> Option<*mut OffBin> {
        self.is_kind(kind::BINREF).then(|| self.words()[0] as usize as *mut OffBin)
    }
}

fn release(bin: *mut OffBin) {
    // SAFETY: `bin` came from `Box::into_raw` and this reference to it is the one being given up.
    unsafe {
        let left = (*bin).references.get() - 1;
        (*bin).references.set(left);
        if left == 0 {
            drop(Box::from_raw(bin));
        }
    }
}
