//! `unicode:characters_to_binary/2`, `characters_to_list/2` and `bin_is_7bit/1`.
//!
//! Text is a deep list of code points and binaries. Binaries in UTF-8 may be cut within a character, which then goes on in
//! the next binary. UTF-16 and UTF-32 are decoded by the `unicode` module itself.

use super::Native;
use super::iolist::{finish, grow};
use crate::atoms;
use crate::bitstring::utf;
use crate::fail::{Fail, Outcome};
use crate::heap::Heap;
use crate::term::Term;
use crate::vm::Vm;

/// Natives of this file.
pub const NATIVES: &[Native] = &[
    Native::new("unicode", "characters_to_binary", 2, characters_to_binary),
    Native::new("unicode", "characters_to_list", 2, characters_to_list),
    Native::new("unicode", "bin_is_7bit", 1, bin_is_7bit),
];

/// How binaries are to be read, and which code points are allowed.
#[derive(Clone, Copy, PartialEq)]
enum Encoding {
    Latin1,
    Utf8,
    /// UTF-16 or UTF-32.
    Wide,
}

impl Encoding {
    fn read(term: Term) -> Result<Encoding, Fail> {
        match term {
            atoms::LATIN1 => Ok(Encoding::Latin1),
            atoms::UTF8 | atoms::UNICODE => Ok(Encoding::Utf8),
            atoms::UTF16 | atoms::UTF32 => Ok(Encoding::Wide),
            _ => match term.tuple_of::<2>() {
                Some([atoms::UTF16 | atoms::UTF32, atoms::BIG | atoms::LITTLE]) => Ok(Encoding::Wide),
                _ => Err(Fail::BADARG),
            },
        }
    }
}

/// How a conversion ended. The converted text is beside it.
enum End {
    Complete,
    /// Bytes at the very end that begin a character.
    Incomplete(Vec<u8>),
    /// What could not be converted.
    Error(Term),
}

/// Fails with `badarg` unless the term is text of integers and binaries, whatever their values. Gives the number of cells.
fn check(text: Term) -> Result<usize, Fail> {
    let is_binary = |t: Term| t.bits().is_some_and(|b| b.is_binary());
    let (mut current, mut tails, mut count) = (text, Vec::new(), 0);
    loop {
        if let Some((head, tail)) = current.cons() {
            count += 1;
            current = tail;
            if head.is_list() {
                tails.push(tail);
                current = head;
            } else if head.is_big() {
                // No conversion gets further than this, and OTP looks no further either.
                return Ok(count);
            } else if !head.is_small() && !is_binary(head) {
                return Err(Fail::BADARG);
            }
        } else if !current.is_nil() && !is_binary(current) {
            return Err(Fail::BADARG);
        } else {
            match tails.pop() {
                Some(tail) => current = tail,
                None => return Ok(count),
            }
        }
    }
}

/// Number of bytes of a character that begins with a byte, as far as the byte tells.
fn sequence_size(lead: u8) -> Option<usize> {
    match lead {
        0..=0x7f => Some(1),
        0xc0..=0xdf => Some(2),
        0xe0..=0xef => Some(3),
        0xf0..=0xf7 => Some(4),
        _ => None,
    }
}

/// Text under conversion to UTF-8.
struct Converter<'h> {
    heap: &'h mut Heap,
    encoding: Encoding,
    out: Vec<u8>,
    /// Beginning of a character whose end is still to come.
    begun: Vec<u8>,
}

impl Converter<'_> {
    fn room(&mut self, bytes: usize) -> Result<(), Fail> {
        let need = self.out.len() + bytes;
        if need > self.out.capacity() { grow(self.heap, &mut self.out, need) } else { Ok(()) }
    }

    /// Converts a code point. False if it is none, or comes within a character.
    fn code_point(&mut self, value: Term) -> Result<bool, Fail> {
        let most = if self.encoding == Encoding::Latin1 { 0xff } else { i64::MAX };
        let c = value.small_value().filter(|v| *v <= most).and_then(utf::scalar);
        let Some(c) = c.filter(|_| self.begun.is_empty()) else { return Ok(false) };
        self.room(4)?;
        self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(true)
    }

    /// Converts a binary. Gives the number of bytes before the first that cannot be converted, if there is one.
    fn bytes(&mut self, bytes: &[u8]) -> Result<Option<usize>, Fail> {
        if self.encoding == Encoding::Latin1 {
            self.room(2 * bytes.len())?;
            for byte in bytes {
                self.out.extend_from_slice(char::from(*byte).encode_utf8(&mut [0; 2]).as_bytes());
            }
            return Ok(None);
        }
        let mut from = 0;
        if let Some(size) = self.begun.first().and_then(|lead| sequence_size(*lead)) {
            let missing = size - self.begun.len();
            from = missing.min(bytes.len());
            let whole = [&self.begun[..], &bytes[..from]].concat();
            if from < missing {
                self.begun = whole;
                return Ok(None);
            }
            if std::str::from_utf8(&whole).is_err() {
                return Ok(Some(0));
            }
            self.room(whole.len())?;
            self.out.extend_from_slice(&whole);
            self.begun.clear();
        }
        let rest = &bytes[from..];
        self.room(rest.len())?;
        let valid = match std::str::from_utf8(rest) {
            Ok(_) => rest.len(),
            Err(error) => error.valid_up_to(),
        };
        self.out.extend_from_slice(&rest[..valid]);
        match rest.get(valid).map(|lead| sequence_size(*lead)) {
            None => Ok(None),
            Some(Some(size)) if rest.len() - valid < size => {
                self.begun = rest[valid..].to_vec();
                Ok(None)
            }
            Some(_) => Ok(Some(from + valid)),
        }
    }

    /// Converts a binary. Gives its rest from the first byte that cannot be converted, if there is one.
    fn binary(&mut self, binary: Term) -> Result<Option<Term>, Fail> {
        let Some(bits) = binary.bits() else { return Ok(None) };
        let failed = self.bytes(&bits.bytes())?;
        Ok(failed.map(|at| self.heap.sub_bits(binary, 8 * at, bits.len - 8 * at)))
    }

    /// Converts text that [`check`] has passed.
    fn text(&mut self, text: Term) -> Result<End, Fail> {
        let (mut current, mut tails) = (text, Vec::new());
        loop {
            let next = match current.cons() {
                Some((head, tail)) if head.is_list() => {
                    tails.push(tail);
                    Ok(head)
                }
                Some((head, tail)) if head.is_bits() => match self.binary(head)? {
                    None => Ok(tail),
                    Some(rest) => Err(self.heap.cons(rest, tail)),
                },
                Some((head, tail)) => {
                    if self.code_point(head)? {
                        Ok(tail)
                    } else {
                        Err(current)
                    }
                }
                None => match (self.binary(current)?, tails.pop()) {
                    (None, None) => return Ok(self.end()),
                    (None, Some(tail)) => Ok(tail),
                    (Some(rest), tail) => {
                        tails.extend(tail);
                        Err(rest)
                    }
                },
            };
            match next {
                Ok(next) => current = next,
                Err(rest) => return Ok(End::Error(self.rest(rest, &tails))),
            }
        }
    }

    /// What was not converted: from the place of the error to the end, with the bytes of a begun character in front.
    fn rest(&mut self, rest: Term, tails: &[Term]) -> Term {
        let rest = tails.iter().rev().fold(rest, |rest, tail| self.heap.cons(rest, *tail));
        if self.begun.is_empty() {
            return rest;
        }
        let begun = self.heap.binary(&self.begun);
        self.heap.list(&[begun, rest])
    }

    fn end(&mut self) -> End {
        if self.begun.is_empty() {
            return End::Complete;
        }
        let begun = std::mem::take(&mut self.begun);
        if begun[1..].iter().all(|b| b & 0xc0 == 0x80) {
            return End::Incomplete(begun);
        }
        End::Error(self.heap.binary(&begun))
    }
}

/// Converts text and gives it, in UTF-8, to `result`; what is wrong comes in a tuple with what was converted.
fn convert(vm: &mut Vm, args: &[Term], elsewhere: &str, result: fn(&mut Vm, Vec<u8>) -> Result<Term, Fail>) -> Outcome {
    let encoding = Encoding::read(args[1])?;
    if encoding == Encoding::Wide {
        let (function, args) = (vm.atom(elsewhere)?, vm.heap.list(args));
        return Err(Fail::Call { module: atoms::UNICODE, function, args });
    }
    let cells = check(args[0])?;
    let mut converter = Converter { heap: &mut vm.heap, encoding, out: Vec::new(), begun: Vec::new() };
    let end = converter.text(args[0])?;
    let out = converter.out;
    vm.charge(cells / 20 + out.len() / 512);
    let converted = result(vm, out)?;
    let (tag, rest) = match end {
        End::Complete => return Ok(converted),
        End::Incomplete(bytes) => (atoms::INCOMPLETE, vm.heap.binary(&bytes)),
        End::Error(rest) => (atoms::ERROR, rest),
    };
    Ok(vm.heap.tuple(&[tag, converted, rest]))
}

fn characters_to_binary(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut text = args[0];
    if matches!(args[1], atoms::UTF8 | atoms::UNICODE) {
        // OTP takes a list of one binary for the binary, which shows in what it gives back after an error.
        if let Some((head, Term::NIL)) = text.cons().filter(|(head, _)| head.is_bits()) {
            text = head;
        }
        if text.aligned_bytes().is_some_and(|bytes| std::str::from_utf8(bytes).is_ok()) {
            vm.charge(text.bits().map_or(0, |b| b.len / 8192));
            return Ok(text);
        }
    }
    convert(vm, &[text, args[1]], "characters_to_binary_int", |vm, bytes| {
        let len = bytes.len() * 8;
        Ok(finish(vm, bytes, len))
    })
}

fn characters_to_list(vm: &mut Vm, args: &[Term]) -> Outcome {
    convert(vm, args, "characters_to_list_int", |vm, bytes| {
        // The converter writes nothing but UTF-8.
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        vm.heap.check(2 * text.chars().count())?;
        Ok(text.chars().rev().fold(Term::NIL, |tail, c| vm.heap.cons(Term::small(c as i64), tail)))
    })
}

fn bin_is_7bit(vm: &mut Vm, args: &[Term]) -> Outcome {
    let Some(bits) = args[0].bits().filter(|b| b.is_binary()) else { return Ok(atoms::FALSE) };
    vm.charge(bits.len / 8192);
    Ok(if bits.bytes().is_ascii() { atoms::TRUE } else { atoms::FALSE })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{call, check_table, process};

    #[test]
    fn text_is_converted_as_otp_does() {
        check_table(include_str!("../../tables/unicode.txt"));
    }

    #[test]
    fn only_binaries_of_small_bytes_are_7_bit() {
        // OTP 27 alone denies it for all but the empty binary.
        let mut vm = process();
        for (bytes, expected) in [(&b""[..], atoms::TRUE), (b"abc", atoms::TRUE), (b"ab\x80", atoms::FALSE)] {
            let binary = vm.heap.binary(bytes);
            assert_eq!(call(&mut vm, "unicode", "bin_is_7bit", &[binary]), Ok(expected), "{bytes:?}");
        }
    }

    #[test]
    fn wide_encodings_are_left_to_the_library() {
        let mut vm = process();
        let data = vm.heap.binary(&[0, 65]);
        let encoding = vm.heap.tuple(&[atoms::UTF16, atoms::LITTLE]);
        for encoding in [atoms::UTF16, atoms::UTF32, encoding] {
            let result = call(&mut vm, "unicode", "characters_to_list", &[data, encoding]);
            let Err(Fail::Call { module, function, args }) = result else { panic!("{result:?}") };
            assert_eq!((module, vm.atom_name(function)), (atoms::UNICODE, "characters_to_list_int"));
            assert_eq!(args.proper_list(), Some(vec![data, encoding]));
        }
    }
}
