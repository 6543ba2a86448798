//! Module `prim_buffer`: byte queues of one process, which raw files read ahead into.
//!
//! A queue exists while it holds bytes or is locked: most never do, and nothing tells when a program has let go of one.

use std::collections::{HashMap, VecDeque};

use super::Native;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Natives of byte queues.
pub const NATIVES: &[Native] = &[
    Native::new("prim_buffer", "new", 0, new),
    Native::new("prim_buffer", "size", 1, size),
    Native::new("prim_buffer", "peek_head", 1, peek_head),
    Native::new("prim_buffer", "copying_read", 2, copying_read),
    Native::new("prim_buffer", "write", 2, write),
    Native::new("prim_buffer", "skip", 2, skip),
    Native::new("prim_buffer", "find_byte_index", 2, find_byte_index),
    Native::new("prim_buffer", "try_lock", 1, try_lock),
    Native::new("prim_buffer", "unlock", 1, unlock),
];

/// The queues of a process by the words of their reference.
pub(crate) type Buffers = HashMap<[u32; 3], Buffer>;

/// One queue.
#[derive(Default)]
pub(crate) struct Buffer {
    bytes: VecDeque<u8>,
    is_locked: bool,
}

fn key(buffer: Term) -> Result<[u32; 3], Fail> {
    buffer.local_ref().ok_or(Fail::BADARG)
}

/// Does something with a queue and forgets it where it is as good as new.
fn with<T>(vm: &mut Vm, buffer: Term, body: impl FnOnce(&mut Buffer) -> T) -> Result<T, Fail> {
    let key = key(buffer)?;
    let buffer = vm.buffers.entry(key).or_default();
    let result = body(buffer);
    if buffer.bytes.is_empty() && !buffer.is_locked {
        vm.buffers.remove(&key);
    }
    Ok(result)
}

fn number(term: Term) -> Result<usize, Fail> {
    term.small_value().and_then(|n| usize::try_from(n).ok()).ok_or(Fail::BADARG)
}

fn new(vm: &mut Vm, _: &[Term]) -> Outcome {
    Ok(vm.make_ref())
}

fn size(vm: &mut Vm, args: &[Term]) -> Outcome {
    let size = with(vm, args[0], |buffer| buffer.bytes.len())?;
    Ok(Term::small(size as i64))
}

/// Bytes from the front, which stay in the queue: all of them.
fn peek_head(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bytes = with(vm, args[0], |buffer| buffer.bytes.make_contiguous().to_vec())?;
    if bytes.is_empty() {
        return Err(Fail::BADARG);
    }
    binary(vm, bytes)
}

fn binary(vm: &mut Vm, bytes: Vec<u8>) -> Outcome {
    vm.heap.check_bytes(bytes.len())?;
    vm.charge(bytes.len() / 1024);
    let bits = bytes.len() * 8;
    Ok(vm.heap.binary_from_vec(bytes, bits))
}

/// Takes a number of bytes from the front; so many must be there.
fn take(vm: &mut Vm, buffer: Term, count: Term) -> Result<Vec<u8>, Fail> {
    let count = number(count)?;
    let taken =
        with(vm, buffer, |buffer| (count <= buffer.bytes.len()).then(|| buffer.bytes.drain(..count).collect()))?;
    taken.ok_or(Fail::BADARG)
}

fn copying_read(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bytes = take(vm, args[0], args[1])?;
    binary(vm, bytes)
}

fn skip(vm: &mut Vm, args: &[Term]) -> Outcome {
    take(vm, args[0], args[1])?;
    Ok(atoms::OK)
}

fn write(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut new = Vec::new();
    for part in args[1].proper_list().ok_or(Fail::BADARG)? {
        let bits = part.bits().filter(|bits| bits.is_binary()).ok_or(Fail::BADARG)?;
        new.extend_from_slice(&bits.bytes());
    }
    vm.heap.check_bytes(new.len())?;
    vm.charge(new.len() / 1024);
    with(vm, args[0], |buffer| buffer.bytes.extend(new))?;
    Ok(atoms::OK)
}

fn find_byte_index(vm: &mut Vm, args: &[Term]) -> Outcome {
    let byte = u8::try_from(number(args[1])?).map_err(|_| Fail::BADARG)?;
    match with(vm, args[0], |buffer| buffer.bytes.iter().position(|b| *b == byte))? {
        Some(index) => Ok(vm.heap.tuple(&[atoms::OK, Term::small(index as i64)])),
        None => vm.atom("not_found"),
    }
}

fn try_lock(vm: &mut Vm, args: &[Term]) -> Outcome {
    let was_locked = with(vm, args[0], |buffer| std::mem::replace(&mut buffer.is_locked, true))?;
    vm.atom(if was_locked { "busy" } else { "acquired" })
}

fn unlock(vm: &mut Vm, args: &[Term]) -> Outcome {
    with(vm, args[0], |buffer| buffer.is_locked = false)?;
    Ok(atoms::OK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::NoHost;
    use crate::image::ImageRef;

    #[test]
    fn bytes_come_out_in_order_and_an_empty_queue_takes_no_room() {
        let mut vm = Vm::new(ImageRef::new(), Box::new(NoHost::new()), Term::pid(1));
        let queue = new(&mut vm, &[]).unwrap();
        let parts = [b"ab".as_slice(), b"c\nd"].map(|part| vm.heap.binary(part));
        let parts = vm.heap.list(&parts);
        assert_eq!(write(&mut vm, &[queue, parts]), Ok(atoms::OK));
        assert_eq!(size(&mut vm, &[queue]), Ok(Term::small(5)));
        let found = find_byte_index(&mut vm, &[queue, Term::small(10)]).unwrap();
        assert_eq!(found.tuple(), Some(&[atoms::OK, Term::small(3)][..]));
        let head = copying_read(&mut vm, &[queue, Term::small(3)]).unwrap();
        assert_eq!(head.aligned_bytes(), Some(&b"abc"[..]));
        assert_eq!(copying_read(&mut vm, &[queue, Term::small(3)]), Err(Fail::BADARG));
        let rest = peek_head(&mut vm, &[queue]).unwrap();
        assert_eq!(rest.aligned_bytes(), Some(&b"\nd"[..]));
        assert_eq!(skip(&mut vm, &[queue, Term::small(2)]), Ok(atoms::OK));
        assert_eq!(peek_head(&mut vm, &[queue]), Err(Fail::BADARG));
        assert!(vm.buffers.is_empty());
        let [acquired, busy] = ["acquired", "busy"].map(|name| vm.atom(name));
        assert_eq!(try_lock(&mut vm, &[queue]), acquired);
        assert_eq!(try_lock(&mut vm, &[queue]), busy);
        assert_eq!(unlock(&mut vm, &[queue]), Ok(atoms::OK));
        assert!(vm.buffers.is_empty());
    }
}
