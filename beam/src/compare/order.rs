//! The order of terms.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::term::{Term, header_kind, kind};

use super::equal::cell;
use super::maps::{self, Difference};
use super::unsorted::Unsorted;
use super::{Mode, Tables, identity, number};

/// Types in their order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Number,
    Atom,
    Reference,
    Fun,
    Port,
    Pid,
    Tuple,
    Map,
    Nil,
    List,
    Bits,
    /// What no program sees, such as unset registers: after everything else.
    Other,
}

fn rank(t: Term) -> Rank {
    if t.is_boxed() {
        return match header_kind(t.header()) {
            kind::TUPLE => Rank::Tuple,
            kind::FLATMAP | kind::HAMT_ROOT => Rank::Map,
            kind::FUN | kind::EXPORT => Rank::Fun,
            kind::SUBBITS | kind::HEAPBITS => Rank::Bits,
            kind::EXTERNAL_PID => Rank::Pid,
            kind::PORT => Rank::Port,
            kind::REF | kind::EXTERNAL_REF => Rank::Reference,
            kind::FLOAT | kind::BIG_POS | kind::BIG_NEG => Rank::Number,
            _ => Rank::Other,
        };
    }
    match () {
        _ if t.is_small() => Rank::Number,
        _ if t.is_atom() => Rank::Atom,
        _ if t.is_cons() => Rank::List,
        _ if t.is_nil() => Rank::Nil,
        _ if t.is_local_pid() => Rank::Pid,
        _ => Rank::Other,
    }
}

/// A comparison that waits for the outcome of one of its parts.
pub(super) enum Frame<'a> {
    /// The first pair that differs decides.
    Terms(&'a [Term], &'a [Term], Mode),
    /// As `Terms`, from the place given on.
    Owned(Vec<Term>, Vec<Term>, usize, Mode),
    /// First the keys of two small maps decide, then the values: two runs each.
    SmallMaps(Box<[Runs<'a>; 2]>, Mode),
    /// Large maps within whose keys there are too many others.
    Unsorted(Unsorted),
}

/// Two runs of terms of the same length.
pub(super) type Runs<'a> = (Cow<'a, [Term]>, Cow<'a, [Term]>);

/// What is known of two terms after a first look.
pub(super) enum Look<'a> {
    Order(Ordering),
    /// Their parts decide.
    Into(Frame<'a>),
}

/// Comparisons within comparisons, as sorting the keys of large maps takes them, up to which the native stack holds out.
const MAX_NESTING: u32 = 32;

/// Order of two terms.
#[inline]
pub(super) fn compare(a: Term, b: Term, mode: Mode, tables: Tables<'_>) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if a.is_small() && b.is_small() {
        return a.as_small().cmp(&b.as_small());
    }
    if a.is_atom() && b.is_atom() {
        return tables.atoms.name(a).cmp(tables.atoms.name(b));
    }
    walk(a, b, mode, tables)
}

fn walk(a: Term, b: Term, mode: Mode, tables: Tables<'_>) -> Ordering {
    let mut frames = Vec::new();
    let mut next = look(a, b, mode, tables);
    loop {
        next = match next {
            Look::Into(frame) => resume(frame, Ordering::Equal, tables, &mut frames),
            Look::Order(order) => match frames.pop() {
                Some(frame) => resume(frame, order, tables, &mut frames),
                None => return order,
            },
        };
    }
}

pub(super) fn look<'a>(a: Term, b: Term, mode: Mode, tables: Tables<'a>) -> Look<'a> {
    if a == b {
        return Look::Order(Ordering::Equal);
    }
    if a.is_cons() && b.is_cons() {
        return Look::Into(Frame::Terms(cell(a), cell(b), mode));
    }
    let (rank_a, rank_b) = (rank(a), rank(b));
    if rank_a != rank_b {
        return Look::Order(rank_a.cmp(&rank_b));
    }
    Look::Order(match rank_a {
        Rank::Number => number::compare(a, b, mode),
        Rank::Atom => tables.atoms.name(a).cmp(tables.atoms.name(b)),
        Rank::Reference => identity::refs(a, b, tables),
        Rank::Fun => return funs(a, b, mode, tables),
        Rank::Port => identity::ports(a, b, tables),
        Rank::Pid => identity::pids(a, b, tables),
        Rank::Tuple => return runs(a.elements(), b.elements(), mode),
        Rank::Map => return look_at_maps(a, b, mode, tables),
        Rank::Bits => match (a.bits(), b.bits()) {
            (Some(x), Some(y)) => identity::bits(x, y),
            _ => Ordering::Equal,
        },
        Rank::List | Rank::Nil | Rank::Other => a.0.cmp(&b.0),
    })
}

/// Runs of terms: the shorter one first, then element by element.
fn runs<'a>(x: &'a [Term], y: &'a [Term], mode: Mode) -> Look<'a> {
    match x.len().cmp(&y.len()) {
        Ordering::Equal => Look::Into(Frame::Terms(x, y, mode)),
        order => Look::Order(order),
    }
}

fn funs<'a>(a: Term, b: Term, mode: Mode, tables: Tables<'a>) -> Look<'a> {
    let (x, y) = (a.elements(), b.elements());
    let by_kind = header_kind(a.header()).cmp(&header_kind(b.header()));
    if by_kind.is_ne() {
        return Look::Order(by_kind);
    }
    let numbers = (x[0].as_small() as usize, y[0].as_small() as usize);
    let name = |atom| tables.atoms.name(atom);
    if a.is_kind(kind::EXPORT) {
        let entries = tables.code.exports.get(numbers.0).zip(tables.code.exports.get(numbers.1));
        return Look::Order(entries.map_or(numbers.0.cmp(&numbers.1), |(e, f)| {
            let key = |(module, function, arity)| (name(module), name(function), arity);
            key(e.mfa).cmp(&key(f.mfa))
        }));
    }
    let entries = tables.code.funs.get(numbers.0).zip(tables.code.funs.get(numbers.1));
    let by_entry = entries.map_or(numbers.0.cmp(&numbers.1), |(e, f)| {
        (name(e.module), e.index, e.old_uniq).cmp(&(name(f.module), f.index, f.old_uniq))
    });
    if by_entry.is_ne() { Look::Order(by_entry) } else { runs(&x[1..], &y[1..], mode) }
}

fn look_at_maps<'a>(a: Term, b: Term, mode: Mode, tables: Tables<'a>) -> Look<'a> {
    let by_size = maps::size(a).cmp(&maps::size(b));
    if by_size.is_ne() {
        return Look::Order(by_size);
    }
    if a.is_kind(kind::FLATMAP) {
        let ((keys, values), (other, other_values)) = (maps::sorted(a, tables.atoms), maps::sorted(b, tables.atoms));
        return Look::Into(Frame::SmallMaps(Box::new([(keys, other), (values, other_values)]), mode));
    }
    let too_deep = tables.nesting >= MAX_NESTING;
    match maps::difference(a, b) {
        difference if too_deep => Look::Into(Frame::Unsorted(Unsorted::new(difference, mode))),
        Difference::Values(mut entries) => {
            entries.sort_by(|(a, ..), (b, ..)| nested(*a, *b, tables));
            let (x, y) = entries.iter().map(|(_, a, b)| (*a, *b)).unzip();
            Look::Into(Frame::Owned(x, y, 0, mode))
        }
        Difference::Keys(keys) => {
            let smallest = keys.iter().min_by(|(a, _), (b, _)| nested(*a, *b, tables));
            Look::Order(smallest.map_or(Ordering::Equal, |(_, order)| *order))
        }
    }
}

/// Order of two keys within a comparison.
fn nested(a: Term, b: Term, tables: Tables<'_>) -> Ordering {
    compare(a, b, Mode::Exact, Tables { nesting: tables.nesting + 1, ..tables })
}

/// Goes on with a comparison now that the order of its last part is known.
fn resume<'a>(frame: Frame<'a>, order: Ordering, tables: Tables<'a>, frames: &mut Vec<Frame<'a>>) -> Look<'a> {
    match frame {
        Frame::Unsorted(unsorted) => return unsorted.resume(order, tables, frames),
        _ if order.is_ne() => {}
        Frame::Terms(x, y, mode) => return resume_terms(x, y, mode, tables, frames),
        Frame::SmallMaps(runs, mode) => {
            let [keys, values] = *runs;
            frames.push(frame_of(values, mode));
            return Look::Into(frame_of(keys, Mode::Exact));
        }
        Frame::Owned(x, y, at, mode) => {
            if let (Some(a), Some(b)) = (x.get(at).copied(), y.get(at).copied()) {
                frames.push(Frame::Owned(x, y, at + 1, mode));
                return look(a, b, mode, tables);
            }
        }
    }
    Look::Order(order)
}

fn frame_of(runs: Runs<'_>, mode: Mode) -> Frame<'_> {
    match runs {
        (Cow::Borrowed(x), Cow::Borrowed(y)) => Frame::Terms(x, y, mode),
        (x, y) => Frame::Owned(x.into_owned(), y.into_owned(), 0, mode),
    }
}

/// Compares two runs up to the first pair whose parts decide; what is behind it goes to `frames`.
fn resume_terms<'a>(
    mut x: &'a [Term],
    mut y: &'a [Term],
    mode: Mode,
    tables: Tables<'a>,
    frames: &mut Vec<Frame<'a>>,
) -> Look<'a> {
    while let ([a, x_rest @ ..], [b, y_rest @ ..]) = (x, y) {
        (x, y) = (x_rest, y_rest);
        match look(*a, *b, mode, tables) {
            Look::Order(Ordering::Equal) => {}
            Look::Into(frame) if !x.is_empty() => {
                frames.push(Frame::Terms(x, y, mode));
                return Look::Into(frame);
            }
            decided => return decided,
        }
    }
    Look::Order(Ordering::Equal)
}
