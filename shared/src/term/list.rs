//! Lists with at least one element.

use std::sync::Arc;

use super::Term;

/// A non-empty list: its elements in one block, and what stands after the last cell.
///
/// Taking the tail shares the block, so walking a list cell by cell costs nothing.
#[derive(Clone)]
pub struct List(Arc<Cells>, usize);

struct Cells {
    elements: Box<[Term]>,
    /// [`Term::Nil`] for a proper list; never itself a list.
    end: Term,
}

impl List {
    /// The list of `elements` that ends in `end`: `end` itself when there are none; joined when `end` is a list.
    pub fn term(mut elements: Vec<Term>, end: Term) -> Term {
        let end = match end {
            Term::List(rest) if !elements.is_empty() => {
                elements.extend_from_slice(rest.elements());
                rest.end().clone()
            }
            end => end,
        };
        if elements.is_empty() {
            return end;
        }
        Term::List(Self(Arc::new(Cells { elements: elements.into(), end }), 0))
    }

    /// The elements, at least one.
    pub fn elements(&self) -> &[Term] {
        self.0.elements.get(self.1..).unwrap_or_default()
    }

    /// What stands after the last element: [`Term::Nil`] in a proper list.
    pub fn end(&self) -> &Term {
        &self.0.end
    }

    /// Whether the list ends in `[]`.
    pub fn is_proper(&self) -> bool {
        matches!(self.0.end, Term::Nil)
    }

    /// The first element.
    pub fn head(&self) -> &Term {
        self.elements().first().unwrap_or(&Term::Nil)
    }

    /// The list without its first element.
    pub fn tail(&self) -> Term {
        if self.1 + 1 < self.0.elements.len() {
            Term::List(Self(Arc::clone(&self.0), self.1 + 1))
        } else {
            self.0.end.clone()
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
