//! Searching in binaries: `binary:match/2,3`, `matches/2,3`, `split/2,3`, `compile_pattern/1`.
//!
//! Of several patterns the one that begins first is found, and of those the longest. A compiled pattern is `{bm, Binary}`
//! or `{ac, Binaries}`: opaque to programs, and unlike OTP's reference it stays what it is in a message or in a table.

use std::borrow::Cow;

use aho_corasick::automaton::Automaton as _;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Input, MatchKind};
use memchr::memmem;

use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::natives::Native;
use crate::natives::binary::{binary, range};
use crate::term::{Bits, Term};
use crate::vm::Vm;

/// Natives of this file.
pub const NATIVES: &[Native] = &[
    Native::new("binary", "compile_pattern", 1, compile_pattern),
    Native::new("binary", "match", 2, match_first),
    Native::new("binary", "match", 3, match_first),
    Native::new("binary", "matches", 2, matches),
    Native::new("binary", "matches", 3, matches),
    Native::new("binary", "split", 2, split),
    Native::new("binary", "split", 3, split),
];

/// Up to so many patterns of so many bytes are compared one by one: building an automaton takes longer.
const FEW_PATTERNS: usize = 8;
const SHORT_PATTERN: usize = 16;

/// Start and length in bytes.
type Found = (usize, usize);
type Pattern<'a> = Cow<'a, [u8]>;

/// What is searched for.
enum Searcher<'a> {
    Byte(u8),
    One(Box<memmem::Finder<'a>>),
    /// A few short ones, the longest first, and the bytes they begin with.
    Few(Vec<Pattern<'a>>, Box<[bool; 256]>),
    /// Built for one call, so it is of the kind that is built in the least time.
    Many(Box<NFA>),
}

impl<'a> Searcher<'a> {
    fn new(vm: &mut Vm, mut patterns: Vec<Pattern<'a>>) -> Result<Searcher<'a>, Fail> {
        if let [pattern] = &patterns[..] {
            if let [byte] = pattern[..] {
                return Ok(Searcher::Byte(byte));
            }
            let finder = match pattern {
                Cow::Borrowed(bytes) => memmem::Finder::new(*bytes),
                Cow::Owned(bytes) => memmem::Finder::new(bytes).into_owned(),
            };
            return Ok(Searcher::One(Box::new(finder)));
        }
        if patterns.len() <= FEW_PATTERNS && patterns.iter().all(|p| p.len() <= SHORT_PATTERN) {
            patterns.sort_by_key(|p| std::cmp::Reverse(p.len()));
            let mut begins = Box::new([false; 256]);
            patterns.iter().for_each(|p| begins[usize::from(p[0])] = true);
            return Ok(Searcher::Few(patterns, begins));
        }
        let size: usize = patterns.iter().map(|p| p.len()).sum();
        // The automaton takes up to about a hundred bytes for each byte of the patterns.
        vm.heap.check(size * 16)?;
        vm.charge(size / 50);
        let automaton = NFA::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns);
        automaton.map(|automaton| Searcher::Many(Box::new(automaton))).map_err(|_| Fail::SYSTEM_LIMIT)
    }

    /// The first place from `from` on.
    fn find(&self, text: &[u8], from: usize) -> Option<Found> {
        match self {
            Searcher::Byte(byte) => memchr::memchr(*byte, &text[from..]).map(|i| (from + i, 1)),
            Searcher::One(finder) => finder.find(&text[from..]).map(|i| (from + i, finder.needle().len())),
            Searcher::Few(patterns, begins) => {
                (from..text.len()).filter(|i| begins[usize::from(text[*i])]).find_map(|i| {
                    let found = patterns.iter().find(|p| text[i..].starts_with(p))?;
                    Some((i, found.len()))
                })
            }
            Searcher::Many(automaton) => {
                let found = automaton.try_find(&Input::new(&text[from..])).ok().flatten();
                found.map(|m| (from + m.start(), m.len()))
            }
        }
    }

    /// All places from left to right that do not overlap, `most` at most.
    fn find_all(&self, text: &[u8], most: usize) -> Vec<Found> {
        let mut from = 0;
        let next = || {
            let found = self.find(text, from)?;
            from = found.0 + found.1;
            Some(found)
        };
        std::iter::from_fn(next).take(most).collect()
    }
}

/// The bytes of a pattern, which may not be empty.
fn pattern<'a>(term: Term) -> Result<Pattern<'a>, Fail> {
    let bytes = binary(term)?.bytes();
    if bytes.is_empty() { Err(Fail::BADARG) } else { Ok(bytes) }
}

/// The patterns of a binary, a list of binaries or a compiled pattern.
fn patterns<'a>(term: Term) -> Result<Vec<Pattern<'a>>, Fail> {
    match term.tuple_of::<2>() {
        Some([atoms::BM, one]) => Ok(vec![pattern(*one)?]),
        Some([atoms::AC, list]) => listed(*list),
        Some(_) => Err(Fail::BADARG),
        None if term.is_list() => listed(term),
        None => Ok(vec![pattern(term)?]),
    }
}

fn listed<'a>(list: Term) -> Result<Vec<Pattern<'a>>, Fail> {
    let items = list.proper_list().filter(|l| !l.is_empty()).ok_or(Fail::BADARG)?;
    items.into_iter().map(pattern).collect()
}

fn compile_pattern(vm: &mut Vm, args: &[Term]) -> Outcome {
    if args[0].tuple().is_some() {
        return Err(Fail::BADARG);
    }
    patterns(args[0])?;
    let compiled = match args[0].cons() {
        None => [atoms::BM, args[0]],
        Some((one, Term::NIL)) => [atoms::BM, one],
        Some(_) => [atoms::AC, args[0]],
    };
    Ok(vm.heap.tuple(&compiled))
}

/// What may be given in the list of options.
struct Options {
    /// First byte and number of bytes to search in.
    scope: (usize, usize),
    global: bool,
    trim: bool,
    trim_all: bool,
}

impl Options {
    /// `size`: bytes of the subject. Whatever follows the last cell of the list is ignored, as in OTP.
    fn read(term: Option<&Term>, size: usize, splits: bool) -> Result<Options, Fail> {
        let mut options = Options { scope: (0, size), global: false, trim: false, trim_all: false };
        let Some(list) = term else { return Ok(options) };
        if !list.is_list() {
            return Err(Fail::BADARG);
        }
        for item in list.list() {
            match item {
                atoms::GLOBAL if splits => options.global = true,
                atoms::TRIM if splits => options.trim = true,
                atoms::TRIM_ALL if splits => options.trim_all = true,
                _ => match item.tuple_of::<2>() {
                    Some(&[atoms::SCOPE, part]) => {
                        let [start, length] = *part.tuple_of::<2>().ok_or(Fail::BADARG)?;
                        options.scope = range(size, start, length)?;
                    }
                    _ => return Err(Fail::BADARG),
                },
            }
        }
        Ok(options)
    }
}

/// Searches as the arguments say; places are counted from the beginning of the subject.
fn search(vm: &mut Vm, args: &[Term], options: &Options, most: usize) -> Result<Vec<Found>, Fail> {
    let text = binary(args[0])?.bytes();
    let (start, length) = options.scope;
    let searcher = Searcher::new(vm, patterns(args[1])?)?;
    let mut found = searcher.find_all(&text[start..start + length], most);
    let reached = if found.len() < most { length } else { found.last().map_or(0, |f| f.0) };
    vm.charge(reached / 1024 + found.len() / 20);
    found.iter_mut().for_each(|f| f.0 += start);
    Ok(found)
}

fn place(vm: &mut Vm, (start, length): Found) -> Term {
    vm.heap.tuple(&[Term::small(start as i64), Term::small(length as i64)])
}

fn match_first(vm: &mut Vm, args: &[Term]) -> Outcome {
    let size = binary(args[0])?.len / 8;
    let options = Options::read(args.get(2), size, false)?;
    let found = search(vm, args, &options, 1)?;
    Ok(found.first().map_or(atoms::NOMATCH, |f| place(vm, *f)))
}

fn matches(vm: &mut Vm, args: &[Term]) -> Outcome {
    let size = binary(args[0])?.len / 8;
    let options = Options::read(args.get(2), size, false)?;
    let found = search(vm, args, &options, usize::MAX)?;
    vm.heap.check(5 * found.len())?;
    Ok(found.into_iter().rev().fold(Term::NIL, |tail, f| {
        let head = place(vm, f);
        vm.heap.cons(head, tail)
    }))
}

fn split(vm: &mut Vm, args: &[Term]) -> Outcome {
    let whole = args[0];
    let size = binary(whole).map(|b: Bits<'_>| b.len / 8)?;
    let options = Options::read(args.get(2), size, true)?;
    let found = search(vm, args, &options, if options.global { usize::MAX } else { 1 })?;
    let starts = std::iter::once(0).chain(found.iter().map(|(start, length)| start + length));
    let ends = found.iter().map(|(start, _)| *start).chain(std::iter::once(size));
    let mut parts: Vec<Found> = starts.zip(ends).map(|(start, end)| (start, end - start)).collect();
    if options.trim_all {
        parts.retain(|(_, length)| *length > 0);
    } else if options.trim {
        while parts.last().is_some_and(|(_, length)| *length == 0) {
            parts.pop();
        }
    }
    // A part is a shared binary or a copy of up to ten words, and a cell.
    vm.heap.check(12 * parts.len())?;
    Ok(parts.into_iter().rev().fold(Term::NIL, |tail, (start, length)| {
        let part = vm.heap.sub_bits(whole, 8 * start, 8 * length);
        vm.heap.cons(part, tail)
    }))
}
