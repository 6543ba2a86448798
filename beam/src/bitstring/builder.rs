//! The bitstring under construction, and appending in place.
//!
//! A bitstring that ends where its off-heap binary was written to last, may grow there if the off-heap binary has
//! room: those who hold the shorter bitstring see only their own part. So a loop that appends copies its accumulator
//! only when the room is used up, and each time makes twice as much.

use crate::bits::{self, flag, half, integer};
use crate::bitstring::utf;
use crate::fail::Fail;
use crate::heap::{Heap, MAX_HEAP_BINARY_BYTES};
use crate::term::{Bits, Term, kind};

/// Least room in bytes of an off-heap binary that was appended to (as in OTP).
const MIN_ROOM_BYTES: usize = 256;

/// A bitstring of which not all bits are written yet. The garbage collector must see [`Builder::storage`] as a root if
/// it may run before the last segment is there.
pub struct Builder {
    /// The heap binary or `BINREF` that is written to.
    pub storage: Term,
    position: usize,
    end: usize,
    /// Where writing began.
    start: usize,
}

/// Why a segment cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The value has the wrong type, or is no character.
    Type,
    /// The bitstring is shorter than the segment.
    Short,
    /// Its size is not a multiple of the unit.
    Unit,
    /// A float has no such size.
    Size,
    /// The integer is too large for a float.
    NoFloat,
    /// The size is no number that counts something.
    NoSize,
    /// The size is too large for any bitstring.
    Large,
    /// The segment does not fit into the size that was announced.
    Room,
}

impl Builder {
    /// Begins a bitstring of a size in bits. Gives the bitstring as well. The size must be at most [`bits::MAX_BITS`].
    pub fn new(heap: &mut Heap, size: usize) -> Result<(Builder, Term), Fail> {
        if size > MAX_HEAP_BINARY_BYTES * 8 {
            return Builder::off_heap(heap, Bits::of(&[]), size, size.div_ceil(8));
        }
        let whole = heap.zeroed_bits(size);
        Ok((Builder { storage: whole, position: 0, end: size, start: 0 }, whole))
    }

    /// An empty bitstring with room for some bytes at least.
    pub fn empty_with_room(heap: &mut Heap, bytes: usize) -> Result<Term, Fail> {
        Ok(Builder::off_heap(heap, Bits::of(&[]), 0, bytes)?.1)
    }

    /// Begins with a bitstring, to append `extra` bits to it. Gives the longer bitstring as well.
    pub fn append(heap: &mut Heap, prefix: Term, extra: usize) -> Result<(Builder, Term), Fail> {
        let Some((storage, offset, len)) = prefix.place() else { return Err(Fail::BADARG) };
        if extra > bits::MAX_BITS - len {
            return Err(Fail::SYSTEM_LIMIT);
        }
        if let Some(bin) = storage.off_bin() {
            // SAFETY: the BINREF keeps the off-heap binary alive, and no slice of it is in use here.
            let bin = unsafe { &mut *bin };
            let (start, end) = (offset + len, offset + len + extra);
            if bin.used_bits == start && bin.reach(end) {
                bin.used_bits = end;
                let (size, offset) = (Term::small((len + extra) as i64), Term::small(offset as i64));
                let whole = heap.boxed_terms(kind::SUBBITS, 0, &[size, offset, storage]);
                return Ok((Builder { storage, position: start, end, start }, whole));
            }
        }
        Builder::append_to_copy(heap, Bits { data: storage.storage(), offset, len }, len + extra)
    }

    #[cold]
    fn append_to_copy(heap: &mut Heap, prefix: Bits<'_>, size: usize) -> Result<(Builder, Term), Fail> {
        if size > MAX_HEAP_BINARY_BYTES * 8 {
            return Builder::off_heap(heap, prefix, size, (2 * size.div_ceil(8)).max(MIN_ROOM_BYTES));
        }
        let whole = heap.zeroed_bits(size);
        // SAFETY: the bitstring is new.
        prefix.copy_to(unsafe { whole.storage_mut() }, 0);
        Ok((Builder { storage: whole, position: prefix.len, end: size, start: prefix.len }, whole))
    }

    /// An off-heap binary that begins with some bits, with `size` bits in use and room for `room` bytes.
    fn off_heap(heap: &mut Heap, prefix: Bits<'_>, size: usize, room: usize) -> Result<(Builder, Term), Fail> {
        let bytes = size.div_ceil(8);
        heap.check_bytes(bytes)?;
        let mut data = Vec::new();
        if heap.check_bytes(room).is_err() || data.try_reserve_exact(room).is_err() {
            data.try_reserve_exact(bytes).map_err(|_| Fail::OutOfMemory)?;
        }
        data.resize(bytes, 0);
        prefix.copy_to(&mut data, 0);
        let storage = heap.binref(data, size);
        let whole = heap.boxed_terms(kind::SUBBITS, 0, &[Term::small(size as i64), Term::small(0), storage]);
        Ok((Builder { storage, position: prefix.len, end: size, start: prefix.len }, whole))
    }

    /// Gives an unfinished bitstring up, so that the one it began with can be appended to again.
    pub fn abandon(self) {
        if let Some(bin) = self.storage.off_bin() {
            // SAFETY: the BINREF keeps the off-heap binary alive, and no slice of it is in use here.
            unsafe { (*bin).used_bits = self.start }
        }
    }

    /// Lets `write` write segments. Nothing may be allocated meanwhile.
    #[inline]
    pub fn write(&mut self, write: impl FnOnce(&mut Writer<'_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
        // SAFETY: the bits from `position` on were reserved by this builder and nobody has a bitstring that holds them but
        // the one under construction; sources that lie in the same storage are copied first (`Writer::bits`).
        let data = unsafe { self.storage.storage_mut() };
        let mut writer = Writer { storage: self.storage, data, position: self.position, end: self.end };
        let result = write(&mut writer);
        self.position = writer.position;
        result
    }
}

/// Where the segments of a [`Builder`] go.
pub struct Writer<'a> {
    storage: Term,
    data: &'a mut [u8],
    position: usize,
    end: usize,
}

impl Writer<'_> {
    /// Where the next `size` bits go.
    #[inline]
    fn take(&mut self, size: usize) -> Result<usize, Refusal> {
        let at = self.position;
        if size > self.end - at {
            return Err(Refusal::Room);
        }
        self.position += size;
        Ok(at)
    }

    /// An integer.
    #[inline]
    pub fn integer(&mut self, value: Term, size: usize, flags: u32) -> Result<(), Refusal> {
        let at = self.take(size)?;
        if size == 8 && value.is_small() && at.is_multiple_of(8) {
            if let Some(byte) = self.data.get_mut(at / 8) {
                *byte = value.as_small() as u8;
            }
            return Ok(());
        }
        if integer::write(self.data, at, size, value, flags) { Ok(()) } else { Err(Refusal::Type) }
    }
    /// A float or an integer as a float of 16, 32 or 64 bits.
    pub fn float(&mut self, value: Term, size: usize, flags: u32) -> Result<(), Refusal> {
        if !matches!(size, 16 | 32 | 64) {
            return Err(Refusal::Size);
        }
        let value = as_float(value)?;
        let word = match size {
            16 => u64::from(half::from_double(value)),
            32 => u64::from((value as f32).to_bits()),
            _ => value.to_bits(),
        };
        let at = self.take(size)?;
        bits::write(self.data, at, size, if flag::is_little(flags) { word.swap_bytes() >> (64 - size) } else { word });
        Ok(())
    }
    /// The first `size` bits of a bitstring.
    pub fn binary(&mut self, value: Term, size: usize) -> Result<(), Refusal> {
        let (storage, offset, len) = value.place().ok_or(Refusal::Type)?;
        if size > len { Err(Refusal::Short) } else { self.bits(storage, offset, size) }
    }
    /// A bitstring that must be a multiple of the unit.
    pub fn whole(&mut self, value: Term, unit: usize) -> Result<(), Refusal> {
        let (storage, offset, len) = value.place().ok_or(Refusal::Type)?;
        if unit > 1 && !len.is_multiple_of(unit) { Err(Refusal::Unit) } else { self.bits(storage, offset, len) }
    }
    fn bits(&mut self, storage: Term, offset: usize, len: usize) -> Result<(), Refusal> {
        let at = self.take(len)?;
        let shares = storage == self.storage || storage.off_bin().is_some_and(|b| Some(b) == self.storage.off_bin());
        if shares {
            // Reading through the slice that is written to: the source lies before the place it goes to.
            let copy = Bits { data: self.data, offset, len }.bytes().into_owned();
            bits::copy(self.data, at, &copy, 0, len);
        } else {
            bits::copy(self.data, at, storage.storage(), offset, len);
        }
        Ok(())
    }
    /// Bytes.
    pub fn string(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let at = self.take(bytes.len() * 8)?;
        bits::copy(self.data, at, bytes, 0, bytes.len() * 8);
        Ok(())
    }
    /// A character in UTF-8.
    pub fn utf8(&mut self, value: Term) -> Result<(), Refusal> {
        let c = character(value)?;
        self.string(c.encode_utf8(&mut [0; 4]).as_bytes())
    }
    /// A character in UTF-16.
    pub fn utf16(&mut self, value: Term, flags: u32) -> Result<(), Refusal> {
        let (bytes, count) = utf::encode_utf16(character(value)?, flag::is_little(flags));
        self.string(&bytes[..count])
    }
    /// A character in UTF-32.
    pub fn utf32(&mut self, value: Term, flags: u32) -> Result<(), Refusal> {
        let c = character(value)? as u32;
        self.string(&if flag::is_little(flags) { c.to_le_bytes() } else { c.to_be_bytes() })
    }
}

/// The character with a term's number.
pub(crate) fn character(value: Term) -> Result<char, Refusal> {
    value.small_value().and_then(utf::scalar).ok_or(Refusal::Type)
}

fn as_float(value: Term) -> Result<f64, Refusal> {
    if let Some(float) = value.float() {
        return Ok(float);
    }
    if let Some(small) = value.small_value() {
        return Ok(small as f64);
    }
    if !value.is_big() {
        return Err(Refusal::Type);
    }
    Some(integer::to_double(value)).filter(|f| f.is_finite()).ok_or(Refusal::NoFloat)
}
