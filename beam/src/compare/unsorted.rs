//! Order of large maps without sorting their keys, which would take comparisons within this one.
//!
//! Only maps as keys of maps as keys of maps, and so on, come here: see `order`.

use std::cmp::Ordering;

use crate::term::Term;

use super::maps::{Difference, Entry};
use super::order::{Frame, Look, look};
use super::{Mode, Tables};

/// A comparison of two maps of the same size.
pub(super) struct Unsorted {
    /// Keys, each with its values in both maps or the order that follows from it alone.
    entries: Vec<(Term, Decision)>,
    mode: Mode,
    /// The entry that is being compared.
    at: usize,
    /// The smallest key so far that decides, and how.
    best: Option<(Term, Ordering)>,
    waits_for: Part,
}

#[derive(Clone, Copy)]
enum Decision {
    Known(Ordering),
    Values(Term, Term),
}

/// The part of an entry whose order a comparison waits for.
#[derive(Clone, Copy)]
enum Part {
    /// None: the entry has not been looked at.
    Nothing,
    /// The order of the two values.
    Values,
    /// The order of the key to the smallest one so far; the entry decides for the order given here.
    Key(Ordering),
}

impl Unsorted {
    pub(super) fn new(difference: Difference, mode: Mode) -> Unsorted {
        let entries = match difference {
            Difference::Values(entries) => {
                entries.into_iter().map(|(key, a, b): Entry| (key, Decision::Values(a, b))).collect()
            }
            Difference::Keys(keys) => keys.into_iter().map(|(key, order)| (key, Decision::Known(order))).collect(),
        };
        Unsorted { entries, mode, at: 0, best: None, waits_for: Part::Nothing }
    }

    /// Goes on now that the order of the part that was waited for is known.
    pub(super) fn resume<'a>(mut self, order: Ordering, tables: Tables<'a>, frames: &mut Vec<Frame<'a>>) -> Look<'a> {
        let mut decided = match self.waits_for {
            Part::Nothing => None,
            Part::Values => Some(order),
            Part::Key(found) => {
                if order.is_lt() {
                    self.best = Some((self.entries[self.at].0, found));
                }
                self.at += 1;
                None
            }
        };
        loop {
            let Some((key, decision)) = self.entries.get(self.at).copied() else {
                return Look::Order(self.best.map_or(Ordering::Equal, |(_, order)| order));
            };
            let order = match (decided.take(), decision) {
                (Some(order), _) | (None, Decision::Known(order)) => order,
                (None, Decision::Values(a, b)) => {
                    let mode = self.mode;
                    self.waits_for = Part::Values;
                    frames.push(Frame::Unsorted(self));
                    return look(a, b, mode, tables);
                }
            };
            match self.best {
                _ if order.is_eq() => self.at += 1,
                None => {
                    self.best = Some((key, order));
                    self.at += 1;
                }
                Some((best, _)) => {
                    self.waits_for = Part::Key(order);
                    frames.push(Frame::Unsorted(self));
                    return look(key, best, Mode::Exact, tables);
                }
            }
        }
    }
}
