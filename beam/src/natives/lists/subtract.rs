//! `Left -- Right`: for each element of `Right` the first one like it is taken out of `Left`.
//!
//! Elements are looked up in a sorted table, so that the time grows little more than in proportion to both lengths, as
//! in OTP since release 22.

use std::cmp::Ordering;

use super::CELLS_PER_REDUCTION;
use crate::compare;
use crate::fail::{Fail, Outcome};
use crate::image::Image;
use crate::term::Term;
use crate::vm::Vm;

/// Both lists must be proper ones.
pub(super) fn subtract(vm: &mut Vm, left: Term, right: Term) -> Outcome {
    let kept = left.proper_list().ok_or(Fail::BADARG)?;
    let taken = right.proper_list().ok_or(Fail::BADARG)?;
    vm.charge((kept.len() + taken.len()) / CELLS_PER_REDUCTION);
    if kept.is_empty() || taken.is_empty() {
        return Ok(left);
    }
    let mut table = Table::new(vm.image.get(), taken);
    let rest: Vec<Term> = kept.into_iter().filter(|item| !table.take(*item)).collect();
    vm.heap.check(rest.len() * 2)?;
    Ok(vm.heap.list_of(rest.len(), rest.iter().copied(), Term::NIL))
}

/// What is still to be taken out: each element once, in order, with its number.
struct Table<'a> {
    image: &'a Image,
    items: Vec<(Term, usize)>,
}

impl Table<'_> {
    fn new(image: &Image, mut items: Vec<Term>) -> Table<'_> {
        items.sort_unstable_by(|a, b| order(*a, *b, image));
        let mut counted: Vec<(Term, usize)> = Vec::with_capacity(items.len());
        for item in items {
            match counted.last_mut() {
                Some((last, count)) if order(*last, item, image).is_eq() => *count += 1,
                _ => counted.push((item, 1)),
            }
        }
        Table { image, items: counted }
    }
    fn take(&mut self, item: Term) -> bool {
        let found = self.items.binary_search_by(|(other, _)| order(*other, item, self.image));
        let Some((_, count)) = found.ok().and_then(|at| self.items.get_mut(at)) else { return false };
        let is_taken = *count > 0;
        *count -= usize::from(is_taken);
        is_taken
    }
}

/// Any order will do in which only equal terms (`=:=`) are equal. Immediate terms need no look at what they mean.
fn order(a: Term, b: Term, image: &Image) -> Ordering {
    match (a.is_immediate(), b.is_immediate()) {
        (true, true) => a.cmp(&b),
        (false, false) => compare::cmp_exact(a, b, image),
        (is_a, is_b) => is_b.cmp(&is_a),
    }
}
