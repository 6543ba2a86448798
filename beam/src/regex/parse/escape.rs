//! Escapes: `\` and what follows.

use super::*;
use crate::regex::set::max_char;

/// What an escape stands for.
pub(super) enum Escape {
    Char(u32),
    /// A back reference by number.
    Back(u32),
    /// A letter with a meaning of its own.
    Letter(u8),
}

impl Parser<'_> {
    /// Reads an escape, at its backslash. Afterwards the position is the last byte of the escape (of a letter's, the letter).
    pub(super) fn escape(&mut self, in_class: bool) -> Result<Escape> {
        self.at += 1;
        if self.at >= self.pattern.len() {
            return self.error(ErrorKind::BackslashAtEnd);
        }
        let (c, length) = self.character();
        let Ok(byte) = u8::try_from(c) else {
            self.at += length - 1;
            return Ok(Escape::Char(c));
        };
        Ok(match byte {
            b'a' => Escape::Char(7),
            b'e' => Escape::Char(27),
            b'f' => Escape::Char(12),
            b'n' => Escape::Char(10),
            b'r' => Escape::Char(13),
            b't' => Escape::Char(9),
            b'l' | b'L' | b'u' | b'U' => return self.error(ErrorKind::UnsupportedEscape),
            b'N' if self.peek(1) == b'{' && !is_counted_repeat(self.rest().get(2..).unwrap_or(&[])) => {
                return self.error(ErrorKind::UnsupportedEscape);
            }
            b'g' if in_class => Escape::Char(c),
            b'g' => return self.back_reference(),
            b'1'..=b'9' if !in_class => return self.digits(),
            b'0'..=b'7' => return self.octal(),
            b'o' => return self.braced_octal(),
            b'x' => return self.hexadecimal(),
            b'c' => return self.control(),
            b'A' | b'G' | b'K' | b'B' | b'b' | b'D' | b'd' | b'S' | b's' | b'W' | b'w' | b'N' | b'C' | b'P' | b'p'
            | b'R' | b'H' | b'h' | b'V' | b'v' | b'X' | b'Z' | b'z' | b'k' | b'E' | b'Q' => Escape::Letter(byte),
            _ => {
                self.at += length - 1;
                Escape::Char(c)
            }
        })
    }

    /// A number as far as its digits go, the position at the last of them.
    fn number_from(&mut self, first: u32) -> Result<u32> {
        let mut number = Some(first);
        while self.peek(1).is_ascii_digit() {
            self.at += 1;
            let digit = u32::from(self.peek(0) - b'0');
            number = number.and_then(|n| next_digit(n, digit));
        }
        match number {
            Some(number) => Ok(number),
            None => self.error(ErrorKind::NumberTooBig),
        }
    }

    /// `\g`, `\g1`, `\g{-1}`, `\g{name}`, `\g<...>`
    fn back_reference(&mut self) -> Result<Escape> {
        if matches!(self.peek(1), b'<' | b'\'') {
            return Ok(Escape::Letter(b'g'));
        }
        let braced = self.peek(1) == b'{';
        if braced {
            let inner = self.rest().get(2..).unwrap_or(&[]);
            let end = inner.iter().position(|c| *c != b'-' && !c.is_ascii_digit());
            if end.is_some_and(|end| inner[end] != b'}') {
                return Ok(Escape::Letter(b'k'));
            }
            self.at += 1;
        }
        let negated = self.peek(1) == b'-';
        if negated {
            self.at += 1;
        }
        let number = self.number_from(0)?;
        if braced {
            self.at += 1;
            if self.peek(0) != b'}' {
                return self.error(ErrorKind::MalformedReference);
            }
        }
        if number == 0 {
            return self.error(ErrorKind::ReferenceZero);
        }
        if !negated {
            return Ok(Escape::Back(number));
        }
        if number > self.groups {
            return self.error(ErrorKind::UnknownReference);
        }
        Ok(Escape::Back(self.groups - (number - 1)))
    }

    /// `\1` and so on: a back reference, or an octal number or a digit where there are not so many groups yet.
    fn digits(&mut self) -> Result<Escape> {
        let start = self.at;
        let first = self.peek(0);
        let number = self.number_from(u32::from(first - b'0'))?;
        if number < 8 || number <= self.groups {
            return Ok(Escape::Back(number));
        }
        self.at = start;
        if first >= b'8' {
            return Ok(Escape::Char(u32::from(first)));
        }
        self.octal()
    }

    fn octal(&mut self) -> Result<Escape> {
        let mut c = u32::from(self.peek(0) - b'0');
        for _ in 0..2 {
            if !matches!(self.peek(1), b'0'..=b'7') {
                break;
            }
            self.at += 1;
            c = c * 8 + u32::from(self.peek(0) - b'0');
        }
        if !self.has(flag::UTF) && c > 0xff {
            return self.error(ErrorKind::OctalTooLarge);
        }
        Ok(Escape::Char(c))
    }

    fn braced_octal(&mut self) -> Result<Escape> {
        if self.peek(1) != b'{' {
            return self.error(ErrorKind::OctalWithoutBrace);
        }
        if self.peek(2) == b'}' {
            return self.error(ErrorKind::DigitsMissing);
        }
        self.at += 2;
        self.braced_number(8, ErrorKind::NotOctal)
    }

    fn hexadecimal(&mut self) -> Result<Escape> {
        if self.peek(1) == b'{' {
            self.at += 2;
            if self.peek(0) == b'}' {
                return self.error(ErrorKind::DigitsMissing);
            }
            return self.braced_number(16, ErrorKind::NotHex);
        }
        let mut c = 0;
        for _ in 0..2 {
            let Some(digit) = char::from(self.peek(1)).to_digit(16) else { break };
            self.at += 1;
            c = c * 16 + digit;
        }
        Ok(Escape::Char(c))
    }

    /// Digits up to a closing brace.
    fn braced_number(&mut self, radix: u32, not_a_digit: ErrorKind) -> Result<Escape> {
        let most = max_char(self.has(flag::UTF));
        let mut c = 0;
        while let Some(digit) = char::from(self.peek(0)).to_digit(radix) {
            self.at += 1;
            if c <= most {
                c = c * radix + digit;
            }
        }
        if c > most {
            return self.error(ErrorKind::CharacterTooLarge);
        }
        if self.peek(0) != b'}' {
            return self.error(not_a_digit);
        }
        if self.has(flag::UTF) && (0xd800..=0xdfff).contains(&c) {
            return self.error(ErrorKind::Surrogate);
        }
        Ok(Escape::Char(c))
    }

    fn control(&mut self) -> Result<Escape> {
        self.at += 1;
        if self.at >= self.pattern.len() {
            return self.error(ErrorKind::ControlAtEnd);
        }
        let c = self.peek(0);
        if !c.is_ascii() {
            return self.error(ErrorKind::ControlNotAscii);
        }
        Ok(Escape::Char(u32::from(c.to_ascii_uppercase() ^ 0x40)))
    }

    /// An escape that is an item of its own.
    pub(super) fn escape_item(&mut self) -> Result<()> {
        match self.escape(false)? {
            Escape::Char(c) => self.push_char(c),
            Escape::Back(number) => self.push_back(Reference::Number(number)),
            Escape::Letter(letter) => return self.letter_item(letter),
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn push_back(&mut self, reference: Reference) {
        if let Reference::Number(number) = &reference {
            self.top_reference = self.top_reference.max(*number);
        }
        // A group that refers to itself does not give back what it has matched.
        let number = self.number_of(&reference);
        for open in &mut self.open {
            if let Kind::Group { capture, atomic } = &mut open.kind
                && capture.is_some()
                && *capture == number
            {
                *atomic = true;
            }
        }
        let fold = self.has(flag::CASELESS);
        self.push(Node::Back { reference, fold }, true);
    }

    fn letter_item(&mut self, letter: u8) -> Result<()> {
        match letter {
            b'Q' => self.quoted = true,
            b'E' => {}
            b'g' => return self.oniguruma_call(),
            b'k' => {
                let terminator = match self.peek(1) {
                    b'{' => b'}',
                    b'<' => b'>',
                    b'\'' => b'\'',
                    _ => return self.error(ErrorKind::MalformedNamedReference),
                };
                self.at += 1;
                return self.named(terminator, false);
            }
            b'A' => self.push(Node::Assert(Assertion::SubjectStart), false),
            b'G' => self.push(Node::Assert(Assertion::MatchStart), false),
            b'Z' => self.push(Node::Assert(Assertion::SubjectEndOrNewline), false),
            b'z' => self.push(Node::Assert(Assertion::SubjectEnd), false),
            b'b' | b'B' => self.push(Node::Assert(Assertion::WordBoundary { negative: letter == b'B' }), false),
            b'K' => self.push(Node::Keep, false),
            b'N' => self.push(Node::Any { newlines: false }, true),
            b'C' => self.push(Node::Byte, true),
            b'R' => self.push(Node::Newline, true),
            b'X' => self.push(Node::Cluster, true),
            b'p' | b'P' => {
                let set = self.property()?;
                self.push_set(set, size::PROPERTY);
            }
            b'w' | b'W' if self.has(flag::UTF) && !self.has(flag::UCP) => self.push_word(letter),
            _ => {
                let set = self.class_of(letter);
                self.push_set(set, 1);
            }
        }
        self.at += 1;
        Ok(())
    }

    /// `\w`, `\W` in UTF-8 without `ucp`: the repetitions that a quantifier requires know ASCII only (PCRE 8 has it so).
    fn push_word(&mut self, letter: u8) {
        let set = self.set(self.class_of(letter));
        let ascii = Ranges::of(latin1::WORD).normal().intersection(&Ranges::of(&[(0, 0x7f)]));
        let required = self.set(if letter == b'w' { ascii } else { ascii.complement(max_char(true)) });
        self.push(Node::Word { set, required }, true);
    }

    /// `\d`, `\W` and so on.
    pub(super) fn class_of(&self, letter: u8) -> Ranges {
        let ucp = self.has(flag::UCP);
        let set = match letter.to_ascii_lowercase() {
            b'd' if ucp => unicode::property("Nd").unwrap_or_default(),
            b's' if ucp => unicode::property("Xsp").unwrap_or_default(),
            b'w' if ucp => unicode::property("Xwd").unwrap_or_default(),
            b'd' => Ranges::of(latin1::DIGIT),
            b's' => Ranges::of(latin1::SPACE),
            b'w' => Ranges::of(latin1::WORD),
            b'h' => Ranges::of(latin1::HORIZONTAL),
            _ => Ranges::of(latin1::VERTICAL),
        };
        let max = max_char(self.has(flag::UTF));
        if letter.is_ascii_uppercase() { set.complement(max) } else { set }
    }

    /// `\p` and `\P`, the position at the letter and then at the last byte.
    pub(super) fn property(&mut self) -> Result<Ranges> {
        let mut negated = self.peek(0) == b'P';
        self.at += 1;
        if self.at >= self.pattern.len() {
            return self.error(ErrorKind::MalformedProperty);
        }
        let name = if self.peek(0) == b'{' {
            if self.peek(1) == b'^' {
                negated = !negated;
                self.at += 1;
            }
            let rest = self.rest().get(1..).unwrap_or(&[]);
            // Names have at most 49 bytes; what is longer is as malformed as what does not end.
            const LONGEST: usize = 49;
            let Some(end) = rest.iter().take(LONGEST + 1).position(|c| *c == b'}') else {
                self.at += rest.len().min(LONGEST) + 1;
                return self.error(ErrorKind::MalformedProperty);
            };
            self.at += end + 1;
            &rest[..end]
        } else {
            &self.rest()[..1]
        };
        let set = std::str::from_utf8(name).ok().and_then(unicode::property);
        let Some(set) = set else {
            return self.error(ErrorKind::UnknownProperty);
        };
        Ok(if negated { set.complement(max_char(true)) } else { set })
    }
}

/// A number with another digit, where it does not become too big for `re`.
pub(super) fn next_digit(number: u32, digit: u32) -> Option<u32> {
    const MOST: u32 = i32::MAX as u32 / 10 - 1;
    (number <= MOST).then(|| number * 10 + digit)
}
