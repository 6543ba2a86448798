//! The parts of a term with the width that each takes on one line.

use crate::image::Image;
use crate::print::Limits;
use crate::term::Term;

mod build;

/// A part and what it holds; other parts by their numbers.
pub(super) enum Shape {
    /// Text that is never broken.
    Text(String),
    /// A bitstring by its bytes.
    Bytes(Vec<String>),
    /// Elements, and the tail of an improper list.
    List(Vec<usize>, Option<usize>),
    /// Elements; the first one is the tag where it is an atom and others follow.
    Tuple(Vec<usize>, bool),
    /// Pairs.
    Map(Vec<usize>),
    /// Key and value.
    Pair(usize, usize),
}

/// A part of a term.
pub(super) struct Part {
    pub(super) shape: Shape,
    /// Characters on one line.
    pub(super) len: i64,
}

/// All parts of a term. Whole terms come behind their parts.
pub(super) struct Parts {
    parts: Vec<Part>,
    top: usize,
}

impl std::ops::Index<usize> for Parts {
    type Output = Part;

    fn index(&self, number: usize) -> &Part {
        &self.parts[number]
    }
}

impl Parts {
    /// Takes a term apart. `strings`: whether lists and binaries of printable characters are strings.
    pub(super) fn new(term: Term, image: &Image, limits: &Limits, strings: bool) -> Parts {
        build::build(term, image, limits, strings)
    }
    /// The number of the whole term.
    pub(super) fn top(&self) -> usize {
        self.top
    }
    /// Whether a part is text.
    pub(super) fn is_text(&self, number: usize) -> bool {
        matches!(self[number].shape, Shape::Text(_))
    }
    /// Whether key and value of a pair are text.
    pub(super) fn is_text_pair(&self, number: usize) -> bool {
        match self[number].shape {
            Shape::Pair(key, value) => self.is_text(key) && self.is_text(value),
            _ => self.is_text(number),
        }
    }
}
