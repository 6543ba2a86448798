//! Finds the indentation behind tags.

use super::super::parts::Shape;
use super::{At, MAX_NESTING, Printer, closing, value_indent};

/// A dry run that finds out whether an indentation behind tags keeps within the first half of the lines.
pub(super) struct Measure<'p> {
    printer: &'p Printer<'p>,
    tag_indent: i64,
    level: usize,
}

/// The indentation is too wide.
pub(super) struct TooWide;

impl<'p> Measure<'p> {
    pub(super) fn new(printer: &'p Printer<'p>, tag_indent: i64) -> Measure<'p> {
        Measure { printer, tag_indent, level: 0 }
    }

    pub(super) fn term(&mut self, number: usize, at: At) -> Result<(), TooWide> {
        if self.printer.fits(number, at) || self.level > MAX_NESTING {
            return Ok(());
        }
        self.level += 1;
        let inner = |by: i64, taken: i64| At { column: at.column + by, taken: at.taken + taken, ..at };
        match &self.printer.parts[number].shape {
            Shape::List(elements, tail) => self.elements(elements, *tail, inner(1, 1))?,
            Shape::Tuple(elements, true) => self.tagged(elements, at)?,
            Shape::Tuple(elements, false) => self.elements(elements, None, inner(1, 1))?,
            Shape::Map(pairs) => self.pairs(pairs, inner(2, 2))?,
            Shape::Text(_) | Shape::Bytes(_) | Shape::Pair(..) => {}
        }
        self.level -= 1;
        Ok(())
    }

    fn tagged(&mut self, elements: &[usize], at: At) -> Result<(), TooWide> {
        let Some((tag, rest)) = elements.split_first() else { return Ok(()) };
        let (width, max) = (self.printer.width, self.printer.max);
        let len = self.printer.parts[*tag].len;
        let beside = at.column + len + 2;
        if self.tag_indent > 0 && len + 2 > self.tag_indent {
            let column = at.column + self.tag_indent;
            if max + column > width && column > width / 2 {
                return Err(TooWide);
            }
            return self.rest(rest, None, At { column, taken: at.taken + 1 + len, ..at }, beside);
        }
        if max + beside >= width && beside >= width / 2 {
            return Err(TooWide);
        }
        self.elements(rest, None, At { column: beside, taken: at.taken + 2 + len, ..at })
    }

    fn elements(&mut self, elements: &[usize], tail: Option<usize>, line: At) -> Result<(), TooWide> {
        let Some((first, rest)) = elements.split_first() else { return Ok(()) };
        let width = self.element(*first, At { closing: closing(rest, line), ..line })?;
        self.rest(rest, tail, At { taken: line.taken + width, ..line }, line.column + width)
    }

    fn rest(&mut self, elements: &[usize], tail: Option<usize>, line: At, mut column: i64) -> Result<(), TooWide> {
        let mut taken = line.taken;
        for (i, element) in elements.iter().enumerate() {
            let closing = closing(&elements[i + 1..], line);
            if self.printer.parts.is_text(*element) && self.printer.fits_behind(*element, column, taken, closing) {
                let len = 1 + self.printer.parts[*element].len;
                (column, taken) = (column + len, taken + len);
            } else {
                let width = self.element(*element, At { closing, taken: 0, ..line })?;
                (column, taken) = (line.column + width, width);
            }
        }
        match tail {
            Some(tail) if !self.printer.tail_fits(tail, column, taken, line.closing + 1) => {
                self.term(tail, At { column, closing: line.closing + 1, taken: 0, ..line })
            }
            _ => Ok(()),
        }
    }

    fn element(&mut self, number: usize, at: At) -> Result<i64, TooWide> {
        if self.printer.parts.is_text(number) && self.printer.fits(number, at) {
            return Ok(self.printer.parts[number].len);
        }
        self.term(number, at)?;
        Ok(self.printer.width)
    }

    fn pairs(&mut self, pairs: &[usize], line: At) -> Result<(), TooWide> {
        let Some((first, rest)) = pairs.split_first() else { return Ok(()) };
        let width = self.pair(*first, At { closing: closing(rest, line), ..line })?;
        let (mut column, mut taken) = (line.column + width, line.taken + width);
        for (i, pair) in rest.iter().enumerate() {
            let closing = closing(&rest[i + 1..], line);
            if self.printer.parts.is_text_pair(*pair) && self.printer.fits_behind(*pair, column, taken, closing) {
                let len = 1 + self.printer.parts[*pair].len;
                (column, taken) = (column + len, taken + len);
            } else {
                let width = self.pair(*pair, At { closing, taken: 0, ..line })?;
                (column, taken) = (line.column + width, width);
            }
        }
        Ok(())
    }

    fn pair(&mut self, number: usize, at: At) -> Result<i64, TooWide> {
        if self.printer.fits(number, at) {
            let is_text = self.printer.parts.is_text_pair(number);
            return Ok(if is_text { self.printer.parts[number].len } else { self.printer.width });
        }
        if let Shape::Pair(key, value) = self.printer.parts[number].shape {
            self.term(key, at)?;
            let by = value_indent(self.tag_indent);
            self.term(value, At { column: at.column + by, taken: 0, ..at })?;
        }
        Ok(self.printer.width)
    }
}
