//! The machine word that holds an Erlang term, and read access to what it points at.
//!
//! A term is 64 bits wide on every target: an immediate, or a pointer with a tag in its low three bits. Boxed values
//! start with a header word. Pointers stay valid until the next garbage collection, and a collection only happens
//! between two instructions (see `gc`), so natives and instructions may hold slices into the heap while they run.
//! This is the invariant that the `unsafe` blocks of this file rest on.

use num_bigint::{BigInt, Sign};

use crate::heap::OffBin;

/// One Erlang value: an immediate or a tagged pointer to the heap or to a literal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Term(pub u64);

/// Low bits of a term.
pub mod tag {
    /// Mask of the tag bits.
    pub const MASK: u64 = 7;
    /// A 61-bit signed integer.
    pub const SMALL: u64 = 0;
    /// Pointer to a head and a tail.
    pub const CONS: u64 = 1;
    /// Pointer to a header word.
    pub const BOXED: u64 = 2;
    /// Index into the atom table.
    pub const ATOM: u64 = 3;
    /// Number of a process of this sandbox.
    pub const PID: u64 = 4;
    /// `[]` and the values that never reach a program.
    pub const SPECIAL: u64 = 5;
    /// A return address on the stack.
    pub const RETURN: u64 = 6;
    /// The first word of a boxed value; on the stack: a catch.
    pub const HEADER: u64 = 7;
}

/// Kind of a boxed value, in its header. From [`kind::RAW`] on, the words behind the header are not terms.
pub mod kind {
    /// Elements.
    pub const TUPLE: u64 = 0;
    /// Tuple of the sorted keys, then the values. At most 32 keys.
    pub const FLATMAP: u64 = 1;
    /// Root of a large map: number of keys (a small integer), then children as in [`HAMT_NODE`].
    pub const HAMT_ROOT: u64 = 2;
    /// Inner node of a large map: one child for each bit of the header's `aux` (16 bits); a leaf is a cons of key and value.
    pub const HAMT_NODE: u64 = 3;
    /// Local fun: index of the fun entry (small), then the captured values.
    pub const FUN: u64 = 4;
    /// `fun M:F/A`: index of the export (small).
    pub const EXPORT: u64 = 5;
    /// Part of a binary: size in bits (small), offset in bits (small), the heap binary or `BINREF` it lies in.
    pub const SUBBITS: u64 = 6;
    /// Match context: the heap binary or `BINREF`, position in bits (small), end in bits (small), start in bits (small).
    pub const MATCH: u64 = 7;
    /// Pid of another node: node, id, serial, creation.
    pub const EXTERNAL_PID: u64 = 8;
    /// Port, local or not: node, id, creation.
    pub const PORT: u64 = 9;
    /// Reference of another node: node, creation, then one small for each 32-bit word.
    pub const EXTERNAL_REF: u64 = 10;
    /// Kinds from here on hold raw words.
    pub const RAW: u64 = 16;
    /// IEEE 754 double.
    pub const FLOAT: u64 = 16;
    /// Magnitude of a positive integer, least significant word first, no leading zero word.
    pub const BIG_POS: u64 = 17;
    /// Magnitude of a negative integer.
    pub const BIG_NEG: u64 = 18;
    /// Small binary: size in bits, then the bytes.
    pub const HEAPBITS: u64 = 19;
    /// Counted reference to an off-heap binary: pointer, next `BINREF` of the process. Only `SUBBITS` and `MATCH` point at it.
    pub const BINREF: u64 = 20;
    /// Reference of this node: three 32-bit words in two.
    pub const REF: u64 = 21;
    /// Raw stack trace: addresses. Lives only in the tuples of `interp::exception`.
    pub const TRACE: u64 = 22;
}

/// Largest integer that is an immediate.
pub const SMALL_MAX: i64 = (1 << 60) - 1;
/// Smallest integer that is an immediate.
pub const SMALL_MIN: i64 = -(1 << 60);

/// Makes a header word. `size`: words behind it; `aux`: 24 bits for the kind's own use.
pub const fn header(kind: u64, size: usize, aux: u64) -> u64 {
    tag::HEADER | kind << 3 | (size as u64 & 0xffff_ffff) << 8 | aux << 40
}
/// Kind in a header word.
pub const fn header_kind(h: u64) -> u64 {
    h >> 3 & 31
}
/// Number of words behind a header word.
pub const fn header_size(h: u64) -> usize {
    (h >> 8 & 0xffff_ffff) as usize
}
/// The kind's own 24 bits of a header word.
pub const fn header_aux(h: u64) -> u64 {
    h >> 40
}

impl Term {
    /// `[]`
    pub const NIL: Term = Term(tag::SPECIAL);
    /// No value: never visible to a program. Used for unset registers and as "not found".
    pub const NONE: Term = Term(tag::SPECIAL | 1 << 3);
    /// Head of a cons that was moved by the collector; the tail holds the new address.
    pub(crate) const MOVED: Term = Term(tag::SPECIAL | 2 << 3);

    /// The atom with an index.
    pub const fn atom(index: u32) -> Term {
        Term((index as u64) << 3 | tag::ATOM)
    }
    /// A small integer. The value must be within [`SMALL_MIN`]..=[`SMALL_MAX`].
    pub const fn small(value: i64) -> Term {
        Term((value << 3) as u64)
    }
    /// A process of this sandbox.
    pub const fn pid(number: u64) -> Term {
        Term(number << 3 | tag::PID)
    }
    /// Tagged pointer to a cons.
    pub fn cons_ptr(p: *mut u64) -> Term {
        Term(p as usize as u64 | tag::CONS)
    }
    /// Tagged pointer to a header.
    pub fn boxed_ptr(p: *mut u64) -> Term {
        Term(p as usize as u64 | tag::BOXED)
    }

    /// The tag bits.
    pub const fn tag(self) -> u64 {
        self.0 & tag::MASK
    }
    /// The untagged address. Only for tagged pointers.
    pub fn ptr(self) -> *mut u64 {
        (self.0 & !tag::MASK) as usize as *mut u64
    }
    /// Whether it is a small integer.
    pub const fn is_small(self) -> bool {
        self.tag() == tag::SMALL
    }
    /// Value of a small integer.
    pub const fn as_small(self) -> i64 {
        self.0 as i64 >> 3
    }
    /// Value of a small integer, or nothing.
    pub fn small_value(self) -> Option<i64> {
        self.is_small().then(|| self.as_small())
    }
    /// Whether it is an atom.
    pub const fn is_atom(self) -> bool {
        self.tag() == tag::ATOM
    }
    /// Index of an atom.
    pub const fn atom_index(self) -> u32 {
        (self.0 >> 3) as u32
    }
    /// Whether it is a non-empty list cell.
    pub const fn is_cons(self) -> bool {
        self.tag() == tag::CONS
    }
    /// Whether it is `[]`.
    pub const fn is_nil(self) -> bool {
        self.0 == Term::NIL.0
    }
    /// Whether it is `[]` or a cell (as `is_list/1`).
    pub const fn is_list(self) -> bool {
        self.is_cons() || self.is_nil()
    }
    /// Whether it is a process of this sandbox.
    pub const fn is_local_pid(self) -> bool {
        self.tag() == tag::PID
    }
    /// Number of a local process.
    pub const fn pid_number(self) -> u64 {
        self.0 >> 3
    }
    /// Whether it points at a header.
    pub const fn is_boxed(self) -> bool {
        self.tag() == tag::BOXED
    }
    /// Whether nothing on the heap belongs to it.
    pub const fn is_immediate(self) -> bool {
        !self.is_cons() && !self.is_boxed()
    }

    /// Head and tail of a list cell.
    pub fn cons(self) -> Option<(Term, Term)> {
        // SAFETY: a term tagged CONS points at two initialised words (module invariant).
        self.is_cons().then(|| unsafe { (Term(*self.ptr()), Term(*self.ptr().add(1))) })
    }
    /// The header word of a boxed term; 0 (which is no header) for any other.
    pub fn header(self) -> u64 {
        // SAFETY: a term tagged BOXED points at a header word (module invariant).
        if self.is_boxed() { unsafe { *self.ptr() } } else { 0 }
    }
    /// Whether it is boxed and of a kind.
    pub fn is_kind(self, kind: u64) -> bool {
        self.is_boxed() && header_kind(self.header()) == kind
    }
    /// The words behind the header of a boxed term.
    pub fn words<'a>(self) -> &'a [u64] {
        let size = header_size(self.header());
        // SAFETY: the header gives the number of initialised words behind it (module invariant).
        unsafe { std::slice::from_raw_parts(self.ptr().add(1), size) }
    }
    /// The terms behind the header of a boxed term of a kind below [`kind::RAW`].
    pub fn elements<'a>(self) -> &'a [Term] {
        let size = header_size(self.header());
        // SAFETY: as `words`; `Term` is transparent.
        unsafe { std::slice::from_raw_parts(self.ptr().add(1).cast(), size) }
    }
    /// Elements of a tuple.
    pub fn tuple<'a>(self) -> Option<&'a [Term]> {
        self.is_kind(kind::TUPLE).then(|| self.elements())
    }
    /// Elements of a tuple of a given size.
    pub fn tuple_of<'a, const N: usize>(self) -> Option<&'a [Term; N]> {
        self.tuple()?.try_into().ok()
    }
    /// Value of a float.
    pub fn float(self) -> Option<f64> {
        self.is_kind(kind::FLOAT).then(|| f64::from_bits(self.words()[0]))
    }
    /// Whether it is an integer outside the small range.
    pub fn is_big(self) -> bool {
        self.is_boxed() && matches!(header_kind(self.header()), kind::BIG_POS | kind::BIG_NEG)
    }
    /// Whether it is an integer.
    pub fn is_integer(self) -> bool {
        self.is_small() || self.is_big()
    }
    /// Value of any integer.
    pub fn bigint(self) -> Option<BigInt> {
        if self.is_small() {
            return Some(BigInt::from(self.as_small()));
        }
        let sign = match header_kind(self.header()) {
            _ if !self.is_boxed() => return None,
            kind::BIG_POS => Sign::Plus,
            kind::BIG_NEG => Sign::Minus,
            _ => return None,
        };
        let digits = self.words().iter().flat_map(|w| [*w as u32, (*w >> 32) as u32]).collect();
        Some(BigInt::new(sign, digits))
    }
    /// Whether it is a map, small or large.
    pub fn is_map(self) -> bool {
        self.is_boxed() && matches!(header_kind(self.header()), kind::FLATMAP | kind::HAMT_ROOT)
    }
    /// Whether it is a fun, local or external.
    pub fn is_fun(self) -> bool {
        self.is_boxed() && matches!(header_kind(self.header()), kind::FUN | kind::EXPORT)
    }
    /// Whether it is a pid of any node.
    pub fn is_pid(self) -> bool {
        self.is_local_pid() || self.is_kind(kind::EXTERNAL_PID)
    }
    /// Whether it is a reference of any node.
    pub fn is_ref(self) -> bool {
        self.is_boxed() && matches!(header_kind(self.header()), kind::REF | kind::EXTERNAL_REF)
    }
    /// Whether it is a bitstring (a match context is none).
    pub fn is_bits(self) -> bool {
        self.is_boxed() && matches!(header_kind(self.header()), kind::HEAPBITS | kind::SUBBITS)
    }
    /// The three words of a reference of this node.
    pub fn local_ref(self) -> Option<[u32; 3]> {
        let w = if self.is_kind(kind::REF) { self.words() } else { return None };
        Some([w[0] as u32, (w[0] >> 32) as u32, w[1] as u32])
    }

    /// The bits of a bitstring.
    pub fn bits<'a>(self) -> Option<Bits<'a>> {
        if !self.is_boxed() {
            return None;
        }
        match header_kind(self.header()) {
            kind::HEAPBITS => Some(Bits { data: self.storage(), offset: 0, len: self.words()[0] as usize }),
            kind::SUBBITS => {
                let e = self.elements();
                Some(Bits { data: e[2].storage(), offset: e[1].as_small() as usize, len: e[0].as_small() as usize })
            }
            _ => None,
        }
    }
    /// The bytes of a binary: a bitstring of whole bytes that starts at a byte. Use [`Term::bits`] and [`Bits::bytes`] where
    /// it may start within one.
    pub fn aligned_bytes<'a>(self) -> Option<&'a [u8]> {
        self.bits().and_then(Bits::aligned)
    }
    /// All bytes of a heap binary or of the off-heap binary behind a `BINREF`; empty for any other term.
    pub(crate) fn storage<'a>(self) -> &'a [u8] {
        match header_kind(self.header()) {
            _ if !self.is_boxed() => &[],
            kind::HEAPBITS => {
                let w = self.words();
                let bytes = (w[0] as usize).div_ceil(8);
                // SAFETY: a heap binary holds its bytes in the words behind the size.
                unsafe { std::slice::from_raw_parts(w.as_ptr().add(1).cast(), bytes) }
            }
            // SAFETY: a BINREF keeps its off-heap binary alive as long as it is reachable.
            kind::BINREF => unsafe { (*(self.words()[0] as usize as *const OffBin)).bytes() },
            _ => &[],
        }
    }

    /// Iterates over the elements of a list. [`ListIter::tail`] tells afterwards whether it was a proper one.
    pub fn list(self) -> ListIter {
        ListIter { rest: self }
    }
    /// The elements of a proper list, or nothing if it is not one.
    pub fn proper_list(self) -> Option<Vec<Term>> {
        let mut iter = self.list();
        let items: Vec<Term> = iter.by_ref().collect();
        iter.rest.is_nil().then_some(items)
    }
}

impl std::fmt::Debug for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Term({:#x})", self.0)
    }
}

/// Walks the cells of a list and stops at the first tail that is not a cell.
pub struct ListIter {
    rest: Term,
}

impl ListIter {
    /// What is left: `[]` at the end of a proper list.
    pub fn tail(&self) -> Term {
        self.rest
    }
}

impl Iterator for ListIter {
    type Item = Term;

    fn next(&mut self) -> Option<Term> {
        let (head, tail) = self.rest.cons()?;
        self.rest = tail;
        Some(head)
    }
}

/// A run of bits within bytes.
#[derive(Clone, Copy, Debug)]
pub struct Bits<'a> {
    /// The bytes it lies in (there may be more on both sides).
    pub data: &'a [u8],
    /// First bit, counted from the most significant bit of `data[0]`.
    pub offset: usize,
    /// Length in bits.
    pub len: usize,
}

impl<'a> Bits<'a> {
    /// Length in bytes, rounded up.
    pub fn byte_len(self) -> usize {
        self.len.div_ceil(8)
    }
    /// Whether it has a whole number of bytes.
    pub fn is_binary(self) -> bool {
        self.len.is_multiple_of(8)
    }
    /// The bytes themselves, where it starts and ends at a byte.
    pub fn aligned(self) -> Option<&'a [u8]> {
        (self.offset.is_multiple_of(8) && self.is_binary())
            .then(|| &self.data[self.offset / 8..(self.offset + self.len) / 8])
    }
    /// The bytes, copied where they do not start at a byte; a last partial byte is filled up with zero bits.
    pub fn bytes(self) -> std::borrow::Cow<'a, [u8]> {
        if let Some(bytes) = self.aligned() {
            return bytes.into();
        }
        let mut out: Vec<u8> = (0..self.byte_len()).map(|i| self.byte(i)).collect();
        let spare = out.len() * 8 - self.len;
        if let Some(last) = out.last_mut() {
            *last &= 0xffu8 << spare;
        }
        out.into()
    }
    /// The eight bits from bit `8 * i` on; bits beyond the data are zero.
    pub fn byte(self, i: usize) -> u8 {
        let at = self.offset + 8 * i;
        let (byte, shift) = (at / 8, at % 8);
        let high = self.data.get(byte).copied().unwrap_or(0);
        if shift == 0 {
            return high;
        }
        let low = self.data.get(byte + 1).copied().unwrap_or(0);
        high << shift | low >> (8 - shift)
    }
}
