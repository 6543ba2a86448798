//! Lists with at least one element.

use std::iter;

use super::{Term, Terms};

/// A non-empty list: its elements in one block, and what stands after the last cell.
///
/// Taking the tail shares the block, so walking a list cell by cell costs nothing.
#[derive(Clone)]
pub struct List {
    /// The elements, and then the end: [`Term::Nil`] for a proper list; never itself a list.
    cells: Terms,
    /// Elements in front of this list.
    from: usize,
}

impl List {
    /// The list of `elements` that ends in `end`: `end` itself when there are none; joined when `end` is a list.
    pub fn term(mut elements: Vec<Term>, end: Term) -> Term {
        if elements.is_empty() {
            return end;
        }
        match end {
            Term::List(rest) => elements.extend_from_slice(rest.cells.get(rest.from..).unwrap_or_default()),
            end => elements.push(end),
        }
        Term::List(Self { cells: elements.into(), from: 0 })
    }

    /// The proper list of these tuples.
    pub fn of_tuples(tuples: &[Terms]) -> Term {
        if tuples.is_empty() {
            return Term::Nil;
        }
        let cells = tuples.iter().cloned().map(Term::Tuple).chain(iter::once(Term::Nil)).collect();
        Term::List(Self { cells, from: 0 })
    }

    /// The elements, at least one.
    pub fn elements(&self) -> &[Term] {
        self.cells.get(self.from..self.cells.len() - 1).unwrap_or_default()
    }

    /// What stands after the last element: [`Term::Nil`] in a proper list.
    pub fn end(&self) -> &Term {
        self.cells.last().unwrap_or(&Term::Nil)
    }

    /// Whether the list ends in `[]`.
    pub fn is_proper(&self) -> bool {
        matches!(self.end(), Term::Nil)
    }

    /// The first element.
    pub fn head(&self) -> &Term {
        self.elements().first().unwrap_or(&Term::Nil)
    }

    /// The list without its first element.
    pub fn tail(&self) -> Term {
        if self.len() > 1 {
            Term::List(Self { cells: self.cells.clone(), from: self.from + 1 })
        } else {
            self.end().clone()
        }
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.elements().len()
    }

    /// Always false: an empty list is [`Term::Nil`].
    pub fn is_empty(&self) -> bool {
        false
    }
}
