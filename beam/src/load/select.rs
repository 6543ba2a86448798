//! Multi-way branches: `select_val` and `select_tuple_arity`.

use crate::instr::Operation;
use crate::interp::tuple_header;
use crate::load::Tables;
use crate::load::operands::{Half, Words, constant, label, number};
use crate::loader::{Arg, LoadError};
use crate::term::{Term, tag};

/// Up to this many values a linear search is as fast as any.
const LINEAR: usize = 5;

/// `select_val`: a branch by value. Values that are no immediates are compared one by one first.
pub(super) fn values(
    words: &mut Words,
    tables: &Tables,
    subject: &Arg,
    default: u32,
    pairs: &[Arg],
) -> Result<(), LoadError> {
    let mut immediates: Vec<(Term, u32)> = Vec::with_capacity(pairs.len() / 2);
    for pair in pairs.chunks_exact(2) {
        let (value, to) = (constant(tables, &pair[0])?, label(&pair[1]));
        if value.is_immediate() {
            immediates.push((value, to));
            continue;
        }
        words.begin(Operation::IsNeExact, 2);
        let l = words.source(tables, subject)?;
        let r = words.source(tables, &pair[0])?;
        words.a(l);
        words.b(r);
        words.label(1, Half::Low, to);
        words.finish();
    }
    if let Some(subject) = constant_subject(tables, subject)? {
        decided(words, subject.0, default, immediates.iter().map(|(value, to)| (value.0, *to)));
        return Ok(());
    }
    immediates.sort_by_key(|(value, _)| value.0);
    immediates.dedup_by_key(|(value, _)| value.0);
    let (Some((low, _)), Some((high, _))) = (immediates.first().copied(), immediates.last().copied()) else {
        decided(words, 0, default, []);
        return Ok(());
    };
    let span = (high.0.wrapping_sub(low.0) >> 3) as usize;
    let one_tag = immediates.iter().all(|(value, _)| value.tag() == low.tag() && low.tag() != tag::SPECIAL);
    if immediates.len() > LINEAR && one_tag && span < immediates.len() * 3 {
        return dense(words, tables, subject, default, &immediates, low, span + 1);
    }
    let operation = if immediates.len() > LINEAR { Operation::SelectBinary } else { Operation::SelectLinear };
    table(words, tables, operation, subject, default, &immediates.iter().map(|(v, to)| (v.0, *to)).collect::<Vec<_>>())
}

/// `select_tuple_arity`: a branch by the size of a tuple.
pub(super) fn arities(
    words: &mut Words,
    tables: &Tables,
    subject: &Arg,
    default: u32,
    pairs: &[Arg],
) -> Result<(), LoadError> {
    let mut rows = Vec::with_capacity(pairs.len() / 2);
    for pair in pairs.chunks_exact(2) {
        rows.push((tuple_header(number(&pair[0])?), label(&pair[1])));
    }
    if let Some(subject) = constant_subject(tables, subject)? {
        decided(words, if subject.is_boxed() { subject.header() } else { 0 }, default, rows);
        return Ok(());
    }
    table(words, tables, Operation::SelectArity, subject, default, &rows)
}

/// The subject of a branch that the compiler left though it is a constant, as it does where it is told not to optimise.
fn constant_subject(tables: &Tables, subject: &Arg) -> Result<Option<Term>, LoadError> {
    match subject {
        Arg::X(_) | Arg::Y(_) => Ok(None),
        _ => constant(tables, subject).map(Some),
    }
}

/// A branch of which it is known where it goes.
fn decided(words: &mut Words, subject: u64, default: u32, rows: impl IntoIterator<Item = (u64, u32)>) {
    let to = rows.into_iter().find(|(value, _)| *value == subject).map_or(default, |(_, to)| to);
    words.begin(Operation::Jump, 1);
    words.label(0, Half::High, to);
}

fn table(
    words: &mut Words,
    tables: &Tables,
    operation: Operation,
    subject: &Arg,
    default: u32,
    rows: &[(u64, u32)],
) -> Result<(), LoadError> {
    words.begin(operation, 2 + 2 * rows.len());
    let source = words.source(tables, subject)?;
    words.a(source);
    words.bc(rows.len() as u32);
    words.label(1, Half::Whole, default);
    for (i, (value, to)) in rows.iter().enumerate() {
        words.or(2 + i, *value);
        words.label(2 + rows.len() + i, Half::Whole, *to);
    }
    Ok(())
}

fn dense(
    words: &mut Words,
    tables: &Tables,
    subject: &Arg,
    default: u32,
    rows: &[(Term, u32)],
    low: Term,
    slots: usize,
) -> Result<(), LoadError> {
    words.begin(Operation::SelectDense, 3 + slots);
    let source = words.source(tables, subject)?;
    words.a(source);
    words.bc(slots as u32);
    words.label(1, Half::Whole, default);
    words.or(2, low.0);
    let mut row = rows.iter().peekable();
    for slot in 0..slots {
        let value = low.0.wrapping_add((slot as u64) << 3);
        let to = match row.next_if(|(v, _)| v.0 == value) {
            Some((_, to)) => *to,
            None => default,
        };
        words.label(3 + slot, Half::Whole, to);
    }
    Ok(())
}
