//! Character classes: `[...]`.

use super::escape::Escape;
use super::*;
use crate::regex::set::max_char;

/// What a class holds.
#[derive(Default)]
struct Items {
    /// Classes within it.
    set: Ranges,
    /// Characters and ranges of them, for which case may not count.
    characters: Ranges,
    /// Unicode properties.
    properties: Ranges,
    /// Negative classes: `\W`, `[:^alpha:]` and so on.
    negative: Ranges,
}

impl Parser<'_> {
    /// Reads a class, at its opening bracket.
    pub(super) fn class(&mut self) -> Result<()> {
        for (syntax, negative) in [(b"[[:<:]]", false), (b"[[:>:]]", true)] {
            if self.rest().starts_with(syntax) {
                self.word_edge(negative);
                self.at += syntax.len();
                return Ok(());
            }
        }
        if self.is_posix_syntax() {
            return self.error(match self.peek(1) {
                b':' => ErrorKind::PosixOutsideClass,
                _ => ErrorKind::CollatingElement,
            });
        }
        let mut negated = false;
        loop {
            self.at += 1;
            if self.rest().starts_with(b"\\E") {
                self.at += 1;
            } else if self.rest().starts_with(b"\\Q\\E") {
                self.at += 3;
            } else if !negated && self.peek(0) == b'^' {
                negated = true;
            } else {
                break;
            }
        }
        let mut items = Items::default();
        let mut is_first = true;
        while self.at < self.pattern.len() && (is_first || self.quoted || self.peek(0) != b']') {
            is_first = false;
            self.class_item(&mut items)?;
            self.at += 1;
        }
        if self.at >= self.pattern.len() {
            self.at = self.pattern.len();
            return self.error(ErrorKind::ClassNotClosed);
        }
        let set = self.members(items, negated);
        let max = max_char(self.has(flag::UTF));
        self.push_set(if negated { set.complement(max) } else { set }, size::CLASS);
        self.at += 1;
        Ok(())
    }

    fn members(&self, items: Items, negated: bool) -> Ranges {
        let Items { mut set, mut characters, properties, negative } = items;
        if self.has(flag::CASELESS) {
            if self.has(flag::UTF) {
                unicode::fold(&mut characters);
            } else {
                latin1::fold(&mut characters);
            }
        }
        set.extend(&characters);
        set.extend(&properties);
        if negated && !properties.0.is_empty() && !self.has(flag::UCP) {
            // Next to properties, what is not to be a word or a digit only counts below 256 (PCRE 8 has it so).
            set.extend(&negative.normal().intersection(&Ranges::of(&[(0, 0xff)])));
        } else {
            set.extend(&negative);
        }
        set
    }

    /// `[[:<:]]`, `[[:>:]]`: a boundary with a word character after or before it.
    fn word_edge(&mut self, at_end: bool) {
        let index = self.set(self.class_of(b'w'));
        self.push(Node::Assert(Assertion::WordBoundary { negative: false }), false);
        let word = self.node(Node::Set(index));
        let behind = at_end.then(|| vec![1]);
        self.push(Node::Look { negative: false, behind, branches: vec![vec![word]] }, false);
    }

    /// Whether `[:`, `[.` or `[=` begins here something that is ended as it should.
    fn is_posix_syntax(&self) -> bool {
        self.posix_end().is_some()
    }
    /// Where the `:]` of a `[:name:]` at the current position is, relative to it.
    fn posix_end(&self) -> Option<usize> {
        let terminator = self.peek(1);
        if self.peek(0) != b'[' || !matches!(terminator, b':' | b'.' | b'=') {
            return None;
        }
        let mut i = 2;
        while self.at + i < self.pattern.len() {
            match (self.peek(i), self.peek(i + 1)) {
                (b'\\', b']' | b'\\') => i += 1,
                (b'[', next) if next == terminator => return None,
                (b']', _) => return None,
                (c, b']') if c == terminator => return Some(i),
                _ => {}
            }
            i += 1;
        }
        None
    }

    /// One item of a class; the position ends at its last byte.
    fn class_item(&mut self, items: &mut Items) -> Result<()> {
        if self.quoted {
            if self.rest().starts_with(b"\\E") {
                self.quoted = false;
                self.at += 1;
                return Ok(());
            }
        } else if let Some(end) = self.posix_end() {
            return self.posix_class(end, items);
        }
        let mut c = self.class_character();
        if c == u32::from(b'\\') && !self.quoted {
            match self.escape(true)? {
                Escape::Char(escaped) => c = escaped,
                Escape::Back(_) => return Ok(()),
                Escape::Letter(b'b') => c = 8,
                Escape::Letter(b'N') => return self.error(ErrorKind::NotNewlineInClass),
                Escape::Letter(b'E') => return Ok(()),
                Escape::Letter(b'Q') => {
                    if self.rest()[1..].starts_with(b"\\E") {
                        self.at += 2;
                    } else {
                        self.quoted = true;
                    }
                    return Ok(());
                }
                Escape::Letter(b'p' | b'P') => {
                    let property = self.property()?;
                    items.properties.extend(&property);
                    return Ok(());
                }
                Escape::Letter(letter @ (b'd' | b'D' | b'w' | b'W' | b's' | b'S' | b'h' | b'H' | b'v' | b'V')) => {
                    let class = self.class_of(letter);
                    let is_negative = matches!(letter, b'D' | b'W' | b'S');
                    let part = if is_negative { &mut items.negative } else { &mut items.set };
                    part.extend(&class);
                    return Ok(());
                }
                // Other letters stand for themselves.
                Escape::Letter(letter) => c = u32::from(letter),
            }
        }
        self.range_from(c, &mut items.characters)
    }

    /// The character here, the position at its last byte.
    fn class_character(&mut self) -> u32 {
        let (c, length) = self.character();
        self.at += length - 1;
        c
    }

    fn posix_class(&mut self, end: usize, items: &mut Items) -> Result<()> {
        if self.peek(1) != b':' {
            return self.error(ErrorKind::CollatingElement);
        }
        let close = self.at + end;
        self.at += 2;
        let negated = self.peek(0) == b'^';
        if negated {
            self.at += 1;
        }
        let name = &self.pattern[self.at.min(close)..close];
        let Some(number) = latin1::POSIX.iter().position(|(known, _)| known.as_bytes() == name) else {
            return self.error(ErrorKind::UnknownPosixClass);
        };
        // Without regard to case, `lower` and `upper` are `alpha`.
        let number = if self.has(flag::CASELESS) && number <= 2 { 0 } else { number };
        let (name, bytes) = latin1::POSIX[number];
        let by_property = if self.has(flag::UCP) { unicode::posix(name) } else { None };
        let class = by_property.unwrap_or_else(|| Ranges::of(bytes));
        if negated {
            items.negative.extend(&class.complement(max_char(self.has(flag::UTF))));
        } else {
            items.set.extend(&class);
        }
        self.at = close + 1;
        Ok(())
    }

    /// Adds a character, or the range that it begins.
    fn range_from(&mut self, c: u32, set: &mut Ranges) -> Result<()> {
        while self.rest()[1..].starts_with(b"\\E") {
            self.quoted = false;
            self.at += 2;
        }
        self.note_newline(c);
        let before = self.at;
        if self.quoted || self.peek(1) != b'-' {
            set.add(c, c);
            return Ok(());
        }
        self.at += 2;
        while self.rest().starts_with(b"\\E") {
            self.at += 2;
        }
        while self.rest().starts_with(b"\\Q") {
            self.at += 2;
            if self.rest().starts_with(b"\\E") {
                self.at += 2;
            } else {
                self.quoted = true;
                break;
            }
        }
        if self.at >= self.pattern.len() || (!self.quoted && self.peek(0) == b']') {
            // A hyphen at the end is one of the characters.
            self.at = before;
            set.add(c, c);
            return Ok(());
        }
        if !self.quoted && self.is_posix_syntax() {
            return self.error(ErrorKind::InvalidRange);
        }
        let mut last = self.class_character();
        if last == u32::from(b'\\') && !self.quoted {
            last = match self.escape(true)? {
                Escape::Char(escaped) => escaped,
                Escape::Letter(b'b') => 8,
                _ => return self.error(ErrorKind::InvalidRange),
            };
        }
        if last < c {
            return self.error(ErrorKind::RangeOutOfOrder);
        }
        self.note_newline(last);
        set.add(c, last);
        Ok(())
    }

    fn note_newline(&mut self, c: u32) {
        if c == 13 || c == 10 {
            self.has_cr_or_lf = true;
        }
    }
}
