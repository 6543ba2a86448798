//! Breaks a term over lines as `~p` does.
//!
//! Elements follow each other on a line as long as they are plain text and fit; a compound element begins a line of its own.
//! Elements of a tuple with a tag stand under the second element, or four columns further in where that would run out of
//! the first half of the line.

use super::parts::{Parts, Shape};

mod measure;

use measure::Measure;

/// Compound terms nested deeper than this are printed on one line: only then does the native stack stay small.
const MAX_NESTING: usize = 200;

/// A term on one line, or broken into lines of `width` columns (0: always one line).
pub(super) fn print(parts: &Parts, width: usize) -> String {
    let mut printer = Printer {
        parts,
        width: width as i64,
        max: parts[parts.top()].len,
        tag_indent: 0,
        level: 0,
        out: String::new(),
    };
    let top = parts.top();
    if width == 0 || printer.max < printer.width - 1 {
        printer.flat(top);
    } else {
        printer.tag_indent = [-1, 4]
            .into_iter()
            .find(|indent| Measure::new(&printer, *indent).term(top, At::START).is_ok())
            .unwrap_or(1);
        printer.term(top, At::START);
    }
    printer.out
}

/// Where something begins.
#[derive(Clone, Copy)]
struct At {
    /// Column, from 1.
    column: i64,
    /// Columns in front of a continued line.
    indent: i64,
    /// Closing brackets that follow the term.
    closing: i64,
    /// Characters of the line that are taken, indentation not counted.
    taken: i64,
}

impl At {
    const START: At = At { column: 1, indent: 0, closing: 0, taken: 0 };
}

struct Printer<'p> {
    parts: &'p Parts,
    width: i64,
    /// Most characters of a line, indentation not counted.
    max: i64,
    /// Indentation behind a tag: as wide as the tag where it is below 1.
    tag_indent: i64,
    level: usize,
    out: String,
}

impl Printer<'_> {
    /// Whether a part fits on the rest of the line.
    fn fits(&self, number: usize, at: At) -> bool {
        let len = self.parts[number].len;
        len < self.width - at.column - at.closing && len + at.taken + at.closing <= self.max
    }
    /// Whether a part fits behind others, with the comma in front of it. `closing`: brackets behind it, if it is the last.
    fn fits_behind(&self, number: usize, column: i64, taken: i64, closing: i64) -> bool {
        let len = 1 + self.parts[number].len;
        if closing == 0 {
            len + 1 < self.width - column && taken + len < self.max
        } else {
            len < self.width - column - closing && taken + len + closing <= self.max
        }
    }
    /// Whether the tail of a list fits behind its elements.
    fn tail_fits(&self, tail: usize, column: i64, taken: i64, closing: i64) -> bool {
        let len = 1 + self.parts[tail].len;
        self.parts.is_text(tail) && len < self.width - column - closing && len + taken + closing <= self.max
    }
    fn line(&mut self, indent: i64) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent.max(0) as usize));
    }

    fn term(&mut self, number: usize, at: At) {
        if self.fits(number, at) || self.level > MAX_NESTING {
            return self.flat(number);
        }
        self.level += 1;
        let parts = self.parts;
        let inner = |by: i64, taken: i64| At { column: at.column + by, indent: at.indent + by, taken, ..at };
        match &parts[number].shape {
            Shape::Text(text) => self.out.push_str(text),
            Shape::List(elements, tail) => {
                self.out.push('[');
                self.elements(elements, *tail, inner(1, at.taken + 1));
                self.out.push(']');
            }
            Shape::Tuple(elements, true) => {
                self.out.push('{');
                self.tagged(elements, at);
                self.out.push('}');
            }
            Shape::Tuple(elements, false) => {
                self.out.push('{');
                self.elements(elements, None, inner(1, at.taken + 1));
                self.out.push('}');
            }
            Shape::Map(pairs) => {
                self.out.push_str("#{");
                self.pairs(pairs, inner(2, at.taken + 1));
                self.out.push('}');
            }
            Shape::Bytes(numbers) => {
                let room = (self.width - at.column - 2).min(self.max - 4 - at.taken) - at.closing;
                self.bytes(numbers, room.max(8), at.indent + 2);
            }
            Shape::Pair(..) => self.flat(number),
        }
        self.level -= 1;
    }

    fn tagged(&mut self, elements: &[usize], at: At) {
        let Some((tag, rest)) = elements.split_first() else { return };
        let len = self.parts[*tag].len;
        self.flat(*tag);
        let beside = len + 2;
        let taken = at.taken + 1 + len;
        if self.tag_indent > 0 && beside > self.tag_indent {
            let by = self.tag_indent;
            let line = At { column: at.column + by, indent: at.indent + by, taken, ..at };
            self.rest(rest, None, line, at.column + beside);
        } else {
            self.out.push(',');
            let line = At { column: at.column + beside, indent: at.indent + beside, taken: taken + 1, ..at };
            self.elements(rest, None, line);
        }
    }

    /// Elements and a tail, each line of which begins at `line`.
    fn elements(&mut self, elements: &[usize], tail: Option<usize>, line: At) {
        let Some((first, rest)) = elements.split_first() else { return };
        let width = self.element(*first, At { closing: closing(rest, line), ..line });
        self.rest(rest, tail, At { taken: line.taken + width, ..line }, line.column + width);
    }

    /// Elements behind others that end before `column`.
    fn rest(&mut self, elements: &[usize], tail: Option<usize>, line: At, mut column: i64) {
        let mut taken = line.taken;
        for (i, element) in elements.iter().enumerate() {
            let closing = closing(&elements[i + 1..], line);
            self.out.push(',');
            if self.parts.is_text(*element) && self.fits_behind(*element, column, taken, closing) {
                self.flat(*element);
                let len = 1 + self.parts[*element].len;
                (column, taken) = (column + len, taken + len);
            } else {
                self.line(line.indent);
                let width = self.element(*element, At { closing, taken: 0, ..line });
                (column, taken) = (line.column + width, width);
            }
        }
        let Some(tail) = tail else { return };
        self.out.push('|');
        let closing = line.closing + 1;
        if self.tail_fits(tail, column, taken, closing) {
            self.flat(tail);
        } else {
            self.line(line.indent);
            self.term(tail, At { closing, taken: 0, ..line });
        }
    }

    /// An element. Gives its width: so much that nothing fits behind it, unless it is plain text.
    fn element(&mut self, number: usize, at: At) -> i64 {
        if self.parts.is_text(number) && self.fits(number, at) {
            self.flat(number);
            return self.parts[number].len;
        }
        self.term(number, at);
        self.width
    }

    fn pairs(&mut self, pairs: &[usize], line: At) {
        let Some((first, rest)) = pairs.split_first() else { return };
        let width = self.pair(*first, At { closing: closing(rest, line), ..line });
        let (mut column, mut taken) = (line.column + width, width);
        for (i, pair) in rest.iter().enumerate() {
            let closing = closing(&rest[i + 1..], line);
            self.out.push(',');
            if self.parts.is_text_pair(*pair) && self.fits_behind(*pair, column, taken, closing) {
                self.flat(*pair);
                let len = 1 + self.parts[*pair].len;
                (column, taken) = (column + len, taken + len);
            } else {
                self.line(line.indent);
                let width = self.pair(*pair, At { closing, taken: 0, ..line });
                (column, taken) = (line.column + width, width);
            }
        }
    }

    fn pair(&mut self, number: usize, at: At) -> i64 {
        if self.fits(number, at) {
            self.flat(number);
            return if self.parts.is_text_pair(number) { self.parts[number].len } else { self.width };
        }
        if let Shape::Pair(key, value) = self.parts[number].shape {
            self.term(key, at);
            self.out.push_str(" =>");
            let by = value_indent(self.tag_indent);
            self.line(at.indent + by);
            self.term(value, At { column: at.column + by, indent: at.indent + by, taken: 0, ..at });
        } else {
            self.flat(number);
        }
        self.width
    }

    fn bytes(&mut self, numbers: &[String], room: i64, indent: i64) {
        self.out.push_str("<<");
        let mut left = room;
        for (i, number) in numbers.iter().enumerate() {
            let is_last = i + 1 == numbers.len();
            let len = number.len() as i64 + i64::from(!is_last);
            if len > left {
                self.line(indent);
                left = room;
            }
            left -= len;
            self.out.push_str(number);
            if !is_last {
                self.out.push(',');
            }
        }
        self.out.push_str(">>");
    }

    /// A part on one line, however deep it is.
    fn flat(&mut self, number: usize) {
        enum Work<'p> {
            Part(usize),
            Text(&'p str),
        }
        let parts = self.parts;
        let mut work = vec![Work::Part(number)];
        while let Some(next) = work.pop() {
            let number = match next {
                Work::Text(text) => {
                    self.out.push_str(text);
                    continue;
                }
                Work::Part(number) => number,
            };
            let (open, elements, tail, close) = match &parts[number].shape {
                Shape::Text(text) => {
                    self.out.push_str(text);
                    continue;
                }
                Shape::Bytes(numbers) => {
                    self.out.push_str("<<");
                    self.out.push_str(&numbers.join(","));
                    self.out.push_str(">>");
                    continue;
                }
                Shape::Pair(key, value) => {
                    work.extend([Work::Part(*value), Work::Text(" => "), Work::Part(*key)]);
                    continue;
                }
                Shape::List(elements, tail) => ("[", elements, *tail, "]"),
                Shape::Tuple(elements, _) => ("{", elements, None, "}"),
                Shape::Map(pairs) => ("#{", pairs, None, "}"),
            };
            self.out.push_str(open);
            work.push(Work::Text(close));
            if let Some(tail) = tail {
                work.extend([Work::Part(tail), Work::Text("|")]);
            }
            for (i, element) in elements.iter().enumerate().rev() {
                work.push(Work::Part(*element));
                if i > 0 {
                    work.push(Work::Text(","));
                }
            }
        }
    }
}

/// Closing brackets behind an element in front of `rest`: only the last one has them behind it.
fn closing(rest: &[usize], line: At) -> i64 {
    if rest.is_empty() { line.closing + 1 } else { 0 }
}

/// Indentation of a value on a line of its own.
fn value_indent(tag_indent: i64) -> i64 {
    if tag_indent > 0 { tag_indent } else { 4 }
}
