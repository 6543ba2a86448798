//! Deep lists of bytes and binaries, and what is made of them.
//!
//! An iolist is a list, possibly with a binary as its tail, of bytes, binaries and iolists (OTP Reference Manual, type
//! `iolist/0`). Everything here goes through [`walk`], which needs no recursion.

use super::Native;
use crate::fail::{Fail, Outcome};
use crate::heap::Heap;
use crate::term::{Bits, Term};
use crate::vm::Vm;

/// Natives of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "iolist_to_binary", 1, iolist_to_binary),
    Native::new("erlang", "iolist_size", 1, iolist_size),
    Native::new("erlang", "iolist_to_iovec", 1, iolist_to_iovec),
    Native::new("erlang", "list_to_binary", 1, list_to_binary),
    Native::new("erlang", "list_to_bitstring", 1, list_to_bitstring),
    Native::new("binary", "list_to_bin", 1, list_to_binary),
];

/// Binaries of more bytes than this stay binaries of their own in `iolist_to_iovec/1` (as in OTP).
const IOVEC_OWN_BYTES: usize = 512;

/// What an iolist consists of.
pub(crate) enum Part<'a> {
    /// A byte.
    Byte(u8),
    /// A bitstring, as a term and as its bits.
    Bits(Term, Bits<'a>),
}

/// Visits all parts in order. Gives the number of parts; `badarg` at anything that belongs into no iolist.
pub(crate) fn walk<'a>(iolist: Term, visit: &mut impl FnMut(Part<'a>) -> Result<(), Fail>) -> Result<usize, Fail> {
    let (mut current, mut tails, mut count) = (iolist, Vec::new(), 0);
    loop {
        if let Some((head, tail)) = current.cons() {
            count += 1;
            current = tail;
            match head.small_value() {
                Some(byte) => visit(Part::Byte(u8::try_from(byte).map_err(|_| Fail::BADARG)?))?,
                None if head.is_list() => {
                    if !tail.is_nil() {
                        tails.push(tail);
                    }
                    current = head;
                }
                None => visit(Part::Bits(head, head.bits().ok_or(Fail::BADARG)?))?,
            }
            continue;
        }
        if !current.is_nil() {
            count += 1;
            visit(Part::Bits(current, current.bits().ok_or(Fail::BADARG)?))?;
        }
        match tails.pop() {
            Some(tail) => current = tail,
            None => return Ok(count),
        }
    }
}

/// Bits that are appended to without going over the memory of the process.
pub(crate) struct Sink<'h> {
    heap: &'h Heap,
    /// What is there so far.
    pub(crate) bytes: Vec<u8>,
    /// Number of bits in it.
    pub(crate) len: usize,
}

impl<'h> Sink<'h> {
    pub(crate) fn new(heap: &'h Heap) -> Sink<'h> {
        Sink { heap, bytes: Vec::new(), len: 0 }
    }
    fn room(&mut self, bytes: usize) -> Result<(), Fail> {
        let need = self.bytes.len() + bytes + 1;
        if need > self.bytes.capacity() {
            grow(self.heap, &mut self.bytes, need)?;
        }
        Ok(())
    }
    /// Appends a byte.
    #[inline]
    pub(crate) fn byte(&mut self, byte: u8) -> Result<(), Fail> {
        self.room(1)?;
        if self.len.is_multiple_of(8) {
            self.bytes.push(byte);
            self.len += 8;
            return Ok(());
        }
        self.unaligned(Bits::of(&[byte]));
        Ok(())
    }
    /// Appends bits.
    pub(crate) fn bits(&mut self, bits: Bits<'_>) -> Result<(), Fail> {
        self.room(bits.byte_len())?;
        match bits.aligned() {
            Some(bytes) if self.len.is_multiple_of(8) => {
                self.bytes.extend_from_slice(bytes);
                self.len += bits.len;
            }
            _ => self.unaligned(bits),
        }
        Ok(())
    }
    fn unaligned(&mut self, bits: Bits<'_>) {
        self.bytes.resize((self.len + bits.len).div_ceil(8), 0);
        bits.copy_to(&mut self.bytes, self.len);
        self.len += bits.len;
    }
}

/// Makes room for `need` bytes at least, twice as much as there is where the process may have that.
pub(crate) fn grow(heap: &Heap, bytes: &mut Vec<u8>, need: usize) -> Result<(), Fail> {
    if need > crate::bits::MAX_BITS / 8 {
        return Err(Fail::SYSTEM_LIMIT);
    }
    heap.check_bytes(need)?;
    let twice = need.max(2 * bytes.capacity());
    let wanted = if heap.check_bytes(twice).is_ok() { twice } else { need };
    bytes.try_reserve_exact(wanted - bytes.len()).map_err(|_| Fail::OutOfMemory)
}

/// The bits of a list of bytes and bitstrings, and how many there are.
fn bits(vm: &mut Vm, list: Term) -> Result<(Vec<u8>, usize), Fail> {
    let mut sink = Sink::new(&vm.heap);
    let count = walk(list, &mut |part| match part {
        Part::Byte(byte) => sink.byte(byte),
        Part::Bits(_, bits) => sink.bits(bits),
    })?;
    let Sink { bytes, len, .. } = sink;
    vm.charge(count / 20 + bytes.len() / 1024);
    Ok((bytes, len))
}

/// A binary of bytes that were collected; gives back room that was not needed.
pub(crate) fn finish(vm: &mut Vm, mut bytes: Vec<u8>, len: usize) -> Term {
    if bytes.capacity() > bytes.len() + bytes.len() / 4 {
        bytes.shrink_to_fit();
    }
    vm.heap.binary_from_vec(bytes, len)
}

fn iolist_to_binary(vm: &mut Vm, args: &[Term]) -> Outcome {
    match args[0].bits() {
        Some(bits) if bits.is_binary() => Ok(args[0]),
        Some(_) => Err(Fail::BADARG),
        None => list_to_binary(vm, args),
    }
}

fn list_to_binary(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[0].is_list() {
        return Err(Fail::BADARG);
    }
    let bytes = bytes(vm, args[0])?;
    let len = bytes.len() * 8;
    Ok(finish(vm, bytes, len))
}

/// The bytes of an iolist; `badarg` where it is none. Bitstrings of partial bytes are refused even if their sum is whole.
pub(crate) fn bytes(vm: &mut Vm, iolist: Term) -> Result<Vec<u8>, Fail> {
    let mut sink = Sink::new(&vm.heap);
    let count = walk(iolist, &mut |part| match part {
        Part::Byte(byte) => sink.byte(byte),
        Part::Bits(_, bits) if bits.is_binary() => sink.bits(bits),
        Part::Bits(..) => Err(Fail::BADARG),
    })?;
    let bytes = sink.bytes;
    vm.charge(count / 20 + bytes.len() / 1024);
    Ok(bytes)
}

fn list_to_bitstring(vm: &mut Vm, args: &[Term]) -> Outcome {
    if !args[0].is_list() {
        return Err(Fail::BADARG);
    }
    let (bytes, len) = bits(vm, args[0])?;
    Ok(finish(vm, bytes, len))
}

fn iolist_size(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut size = 0;
    let count = walk(args[0], &mut |part| {
        size += match part {
            Part::Byte(_) => 1,
            Part::Bits(_, bits) if bits.is_binary() => bits.len as u64 / 8,
            Part::Bits(..) => return Err(Fail::BADARG),
        };
        Ok(())
    })?;
    vm.charge(count / 20);
    Ok(vm.heap.uint(size))
}

fn iolist_to_iovec(vm: &mut Vm, args: &[Term]) -> Outcome {
    // Sizes first, so that small parts are collected into binaries of the right size.
    let mut parts: Vec<Term> = Vec::new();
    let mut sink = Sink::new(&vm.heap);
    let mut pieces: Vec<Result<Vec<u8>, Term>> = Vec::new();
    let count = walk(args[0], &mut |part| match part {
        Part::Byte(byte) => sink.byte(byte),
        Part::Bits(term, bits) if bits.is_binary() => {
            if bits.len <= IOVEC_OWN_BYTES * 8 {
                return sink.bits(bits);
            }
            pieces.push(Ok(std::mem::take(&mut sink.bytes)));
            sink.len = 0;
            pieces.push(Err(term));
            Ok(())
        }
        Part::Bits(..) => Err(Fail::BADARG),
    })?;
    pieces.push(Ok(sink.bytes));
    vm.charge(count / 20);
    for piece in pieces {
        match piece {
            Ok(bytes) if bytes.is_empty() => {}
            Ok(bytes) => {
                vm.charge(bytes.len() / 1024);
                let len = bytes.len() * 8;
                parts.push(finish(vm, bytes, len));
            }
            Err(term) => parts.push(term),
        }
    }
    vm.heap.check(2 * parts.len())?;
    Ok(vm.heap.list(&parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{call, process};

    #[test]
    fn what_a_process_may_not_have_is_refused_before_it_is_made() {
        let mut vm = process();
        vm.heap.max_words = 4000;
        let kilobyte = vm.heap.binary(&[7; 1024]);
        let once = vm.heap.list(&[kilobyte; 20]);
        // The same twenty kilobytes a hundred times.
        let bomb = vm.heap.list(&[once; 100]);
        let times = Term::small(1 << 10);
        for (module, function, args) in [
            ("erlang", "iolist_to_binary", &[bomb][..]),
            ("erlang", "list_to_bitstring", &[bomb]),
            ("erlang", "iolist_to_iovec", &[bomb]),
            ("erlang", "md5", &[bomb]),
            ("unicode", "characters_to_binary", &[bomb, crate::atoms::LATIN1]),
            ("unicode", "characters_to_list", &[once, crate::atoms::LATIN1]),
            ("binary", "copy", &[kilobyte, times]),
            ("erlang", "binary_to_list", &[bomb]),
        ] {
            let expected = if function == "binary_to_list" { Fail::BADARG } else { Fail::OutOfMemory };
            assert_eq!(call(&mut vm, module, function, args), Err(expected), "{module}:{function}");
        }
        assert_eq!(call(&mut vm, "erlang", "iolist_size", &[bomb]), Ok(Term::small(2_048_000)));
    }

    #[test]
    fn binaries_that_are_kept_count_after_a_collection_too() {
        let mut vm = process();
        vm.heap.max_words = 4000;
        let mut kept = vm.heap.binary(&[7; 20_000]);
        for _ in 0..2 {
            assert!(vm.heap.collect(0, &mut |visit| visit(&mut kept)));
            assert!(vm.heap.check_bytes(11_000).is_ok() && vm.heap.check_bytes(13_000).is_err());
        }
        kept = Term::NIL;
        assert!(vm.heap.collect(0, &mut |visit| visit(&mut kept)));
        assert!(vm.heap.check_bytes(30_000).is_ok());
    }

    #[test]
    fn deep_lists_need_no_stack() {
        let mut vm = process();
        let mut deep = Term::NIL;
        for byte in 0..200_000 {
            let head = vm.heap.cons(deep, Term::NIL);
            deep = vm.heap.cons(Term::small(byte & 0xff), head);
        }
        let binary = call(&mut vm, "erlang", "list_to_binary", &[deep]).expect("a deep list");
        assert_eq!(binary.bits().map(|b| b.len / 8), Some(200_000));
    }
}
