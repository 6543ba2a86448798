//! Parentheses: groups, assertions, conditions, recursion, options, names.

use super::escape::next_digit;
use super::*;

/// Weight of an open group in PCRE's working space, and what a number or a condition adds to it.
const GROUP_WEIGHT: usize = 3;
const NUMBER_WEIGHT: usize = 2;
/// Most named groups, and most bytes of a name.
const MAX_NAMES: usize = 10_000;
const MAX_NAME_BYTES: usize = 32;

impl Parser<'_> {
    /// Reads what an opening parenthesis begins.
    pub(super) fn parenthesis(&mut self) -> Result<()> {
        self.at += 1;
        if self.peek(0) == b'*' && (self.peek(1) == b':' || latin1::is_letter(self.peek(1))) {
            return self.verb();
        }
        if self.peek(0) != b'?' {
            if self.has(flag::NO_AUTO_CAPTURE) {
                self.plain_group();
            } else {
                self.numbered_group();
            }
            return Ok(());
        }
        self.at += 1;
        match self.peek(0) {
            b':' => {
                self.at += 1;
                self.plain_group();
            }
            b'|' => {
                self.at += 1;
                let mut open = self.group(None, false);
                open.reset = Some((self.groups, self.groups));
                self.enter(open);
            }
            b'>' => {
                self.at += 1;
                let open = self.group(None, true);
                self.enter(open);
            }
            b'=' => {
                self.at += 1;
                self.look(false, false);
            }
            b'!' => {
                self.at += 1;
                let followed = self.rest().get(1..).unwrap_or(&[]);
                let quantified = match followed.first() {
                    Some(b'*' | b'+' | b'?') => true,
                    Some(b'{') => is_counted_repeat(&followed[1..]),
                    _ => false,
                };
                if self.peek(0) == b')' && !quantified {
                    self.at += 1;
                    self.push(Node::Fail, false);
                } else {
                    self.look(true, false);
                }
            }
            b'<' if matches!(self.peek(1), b'=' | b'!') => {
                let negative = self.peek(1) == b'!';
                self.at += 2;
                self.look(negative, true);
            }
            b'<' if latin1::is_word(self.peek(1)) => return self.named_group(),
            b'<' => {
                self.at += 1;
                return self.error(ErrorKind::UnknownAfterLess);
            }
            b'\'' => return self.named_group(),
            b'P' => {
                self.at += 1;
                match self.peek(0) {
                    b'=' => return self.named(b')', false),
                    b'>' => return self.named(b')', true),
                    b'<' => return self.named_group(),
                    _ => return self.error(ErrorKind::UnknownAfterP),
                }
            }
            b'(' => return self.conditional(),
            b'C' => return self.callout(),
            b'&' => return self.named(b')', true),
            b'R' => {
                self.at += 1;
                if self.peek(0) != b')' {
                    return self.error(ErrorKind::RecursionNotClosed);
                }
                self.call(Reference::Number(0));
                self.at += 1;
            }
            b'-' if !self.peek(1).is_ascii_digit() => return self.option_setting(),
            b'+' | b'-' | b'0'..=b'9' => return self.numbered_call(b')'),
            _ => return self.option_setting(),
        }
        Ok(())
    }

    fn group(&self, capture: Option<u32>, atomic: bool) -> Open {
        let weight = GROUP_WEIGHT + if capture.is_some() { NUMBER_WEIGHT } else { 0 };
        Open::new(Kind::Group { capture, atomic }, self.flags, weight)
    }
    fn plain_group(&mut self) {
        let open = self.group(None, false);
        self.enter(open);
    }
    fn numbered_group(&mut self) {
        self.groups += 1;
        self.most_groups = self.most_groups.max(self.groups);
        let open = self.group(Some(self.groups), false);
        self.enter(open);
    }
    #[expect(clippy::fn_params_excessive_bools, reason = "the two questions that a look-around is made of")]
    fn look(&mut self, negative: bool, behind: bool) {
        // A look-behind also holds the distance of its branch.
        let weight = GROUP_WEIGHT + if behind { GROUP_WEIGHT } else { 0 };
        let is_condition = std::mem::take(&mut self.expects_condition);
        self.enter(Open::new(Kind::Look { negative, behind, is_condition }, self.flags, weight));
    }

    /// A name here, the position at the byte behind it.
    fn name(&mut self) -> Box<[u8]> {
        let start = self.at;
        while latin1::is_word(self.peek(0)) {
            self.at += 1;
        }
        self.pattern[start..self.at].into()
    }

    /// `(?<name>`, at the byte in front of the name.
    fn named_group(&mut self) -> Result<()> {
        let terminator = if self.peek(0) == b'<' { b'>' } else { b'\'' };
        self.at += 1;
        if self.peek(0).is_ascii_digit() {
            return self.error(ErrorKind::NameStartsWithDigit);
        }
        let name = self.name();
        if self.peek(0) != terminator {
            return self.error(ErrorKind::NameNotClosed);
        }
        if self.names.len() >= MAX_NAMES {
            return self.error(ErrorKind::TooManyNames);
        }
        if name.len() > MAX_NAME_BYTES {
            return self.error(ErrorKind::NameTooLong);
        }
        let number = self.groups + 1;
        let mut is_known = false;
        for (known, known_number) in &self.names {
            if *known == name {
                if *known_number == number {
                    is_known = true;
                    break;
                }
                if !self.has(flag::DUPNAMES) {
                    return self.error(ErrorKind::DuplicateName);
                }
            } else if *known_number == number {
                return self.error(ErrorKind::NamesOfOneNumber);
            }
        }
        if !is_known {
            self.names.push((name, number));
        }
        self.at += 1;
        self.numbered_group();
        Ok(())
    }

    /// A reference by name, at the byte in front of it: a call or a back reference.
    pub(super) fn named(&mut self, terminator: u8, is_call: bool) -> Result<()> {
        self.at += 1;
        if self.peek(0).is_ascii_digit() {
            return self.error(ErrorKind::NameStartsWithDigit);
        }
        let name = self.name();
        if name.is_empty() {
            return self.error(ErrorKind::NameExpected);
        }
        if self.peek(0) != terminator {
            return self.error(ErrorKind::NameNotClosed);
        }
        if name.len() > MAX_NAME_BYTES {
            return self.error(ErrorKind::NameTooLong);
        }
        let reference = Reference::Name(name);
        self.check_later(Later::Group(reference.clone()));
        if is_call {
            self.call(reference);
        } else {
            self.push_back(reference);
        }
        self.at += 1;
        Ok(())
    }

    /// `\g<1>`, `\g'-1'`, `\g<name>`: a call.
    pub(super) fn oniguruma_call(&mut self) -> Result<()> {
        self.at += 1;
        let terminator = if self.peek(0) == b'<' { b'>' } else { b'\'' };
        if !matches!(self.peek(1), b'+' | b'-' | b'0'..=b'9') {
            return self.named(terminator, true);
        }
        let rest = self.rest().get(2..).unwrap_or(&[]);
        let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
        if rest.get(digits) != Some(&terminator) {
            return self.error(ErrorKind::MalformedReference);
        }
        self.at += 1;
        self.numbered_call(terminator)
    }

    /// Digits here, the position behind them.
    fn number(&mut self) -> Result<u32> {
        let mut number = Some(0);
        while self.peek(0).is_ascii_digit() {
            let digit = u32::from(self.peek(0) - b'0');
            number = number.and_then(|n| next_digit(n, digit));
            self.at += 1;
        }
        match number {
            Some(number) => Ok(number),
            None => self.error(ErrorKind::NumberTooBig),
        }
    }

    /// A call by number, at its sign or first digit.
    fn numbered_call(&mut self, terminator: u8) -> Result<()> {
        let sign = self.peek(0);
        if matches!(sign, b'+' | b'-') {
            self.at += 1;
            if sign == b'+' && !self.peek(0).is_ascii_digit() {
                return self.error(ErrorKind::DigitExpected);
            }
        }
        let mut number = self.number()?;
        if self.peek(0) != terminator {
            return self.error(ErrorKind::RecursionNotClosed);
        }
        if matches!(sign, b'+' | b'-') && number == 0 {
            return self.error(ErrorKind::ReferenceZero);
        }
        if sign == b'-' {
            if number > self.groups {
                return self.error(ErrorKind::UnknownReference);
            }
            number = self.groups - number + 1;
        } else if sign == b'+' {
            number += self.groups;
        }
        self.check_later(Later::Group(Reference::Number(number)));
        self.call(Reference::Number(number));
        self.at += 1;
        Ok(())
    }

    /// Calls a group. A call of a group that is still open must not be reached again before anything has been matched.
    fn call(&mut self, reference: Reference) {
        let called = self.number_of(&reference);
        let from = self.open.iter().position(|open| match open.kind {
            Kind::Pattern => called == Some(0),
            Kind::Group { capture: Some(number), .. } => called == Some(number),
            _ => false,
        });
        // Within a conditional group the recursion may well end.
        let is_conditional = self.open.iter().any(|open| matches!(open.kind, Kind::Conditional(_)));
        // What is in front of a recursion within an assertion is the first branch of that assertion.
        let starts_empty = |open: &Open| match (&open.kind, open.branches.first()) {
            (Kind::Look { .. }, Some(branch)) => branch.iter().all(|id| self.facts[*id as usize].may_be_empty),
            _ => true,
        };
        // In `(?|` there may be an earlier group of this number, which is the one to be called.
        let is_complete = self.called_group(&Node::Call(reference.clone())).is_some();
        if !is_conditional
            && !is_complete
            && let Some(from) = from
            && self.open[from..].iter().all(|open| open.facts.may_be_empty && starts_empty(open))
        {
            self.check_later(Later::Error(ErrorKind::EndlessRecursion));
        }
        self.push(Node::Call(reference), true);
    }

    fn callout(&mut self) -> Result<()> {
        self.at += 1;
        let digits = self.rest().iter().take_while(|c| c.is_ascii_digit()).count();
        let number = self.rest()[..digits].iter().fold(0u32, |n, c| (n * 10 + u32::from(c - b'0')).min(1000));
        self.at += digits;
        if self.peek(0) != b')' {
            return self.error(ErrorKind::CalloutNotClosed);
        }
        if number > 255 {
            return self.error(ErrorKind::CalloutTooBig);
        }
        self.repeatable = false;
        self.at += 1;
        Ok(())
    }

    /// `(?(condition)`, at the parenthesis of the condition.
    fn conditional(&mut self) -> Result<()> {
        let mut ahead = 0;
        if self.peek(1) == b'?' && self.peek(2) == b'C' {
            let mut i = 3;
            while self.peek(i).is_ascii_digit() {
                i += 1;
            }
            if self.peek(i) == b')' {
                ahead = i + 1;
            }
            if self.peek(ahead) != b'(' {
                return self.error(ErrorKind::AssertionExpected);
            }
        }
        let is_assertion = self.peek(ahead + 1) == b'?'
            && match self.peek(ahead + 2) {
                b'=' | b'!' => true,
                b'<' => matches!(self.peek(ahead + 3), b'=' | b'!'),
                _ => false,
            };
        let test = if is_assertion { Test::Assertion } else { self.condition()? };
        self.expects_condition |= is_assertion;
        let weight = GROUP_WEIGHT + if is_assertion { 0 } else { GROUP_WEIGHT };
        self.enter(Open::new(Kind::Conditional(test), self.flags, weight));
        Ok(())
    }

    /// A condition that is no assertion, at its opening parenthesis. The position is behind it afterwards.
    fn condition(&mut self) -> Result<Test> {
        self.at += 1;
        let is_recursion = self.rest().starts_with(b"R&");
        let terminator = match self.peek(0) {
            _ if is_recursion => None,
            b'<' => Some(b'>'),
            b'\'' => Some(b'\''),
            _ => None,
        };
        let mut sign = None;
        if is_recursion {
            self.at += 2;
        } else if terminator.is_some() {
            self.at += 1;
        } else if matches!(self.peek(0), b'-' | b'+') {
            sign = Some(self.peek(0));
            self.at += 1;
        } else if self.peek(0).is_ascii_digit() {
            sign = Some(b'0');
        }
        let mut number = 0;
        let mut name = Box::default();
        if sign.is_some() {
            number = self.number()?;
        } else {
            if self.peek(0).is_ascii_digit() {
                return self.error(ErrorKind::NameStartsWithDigit);
            }
            if !latin1::is_word(self.peek(0)) {
                return self.error(ErrorKind::AssertionExpected);
            }
            name = self.name();
        }
        if let Some(terminator) = terminator {
            if self.peek(0) != terminator {
                return self.error(ErrorKind::MalformedCondition);
            }
            self.at += 1;
        }
        if self.peek(0) != b')' {
            return self.error(ErrorKind::MalformedCondition);
        }
        self.at += 1;
        if let Some(sign) = sign {
            return Ok(self.numbered_condition(sign, number));
        }
        Ok(self.named_condition(name, is_recursion))
    }

    fn numbered_condition(&mut self, sign: u8, number: u32) -> Test {
        let absolute = match sign {
            _ if number == 0 => {
                self.check_later(Later::Error(ErrorKind::ConditionZero));
                0
            }
            b'-' if number > self.groups => {
                self.check_later(Later::Error(ErrorKind::UnknownReference));
                0
            }
            b'-' => self.groups - number + 1,
            b'+' => number.saturating_add(self.groups),
            _ => number,
        };
        self.check_later(Later::Group(Reference::Number(absolute)));
        Test::Set(Reference::Number(absolute))
    }

    /// A name in a condition: of a group, or else `R`, `R1`, `DEFINE`.
    fn named_condition(&mut self, name: Box<[u8]>, is_recursion: bool) -> Test {
        let digits = |digits: &[u8]| {
            let number = |n: u32, c: &u8| n.saturating_mul(10).saturating_add(u32::from(c - b'0'));
            digits.iter().all(u8::is_ascii_digit).then(|| digits.iter().fold(0, number))
        };
        let reference = Reference::Name(name.clone());
        let is_known = self.number_of(&reference).is_some();
        match &*name {
            b"DEFINE" if !is_known && !is_recursion => return Test::Define,
            [b'R', rest @ ..]
                if !is_known
                    && !is_recursion
                    && let Some(number) = digits(rest) =>
            {
                return Test::Recursion((number != 0).then_some(Reference::Number(number)));
            }
            _ => {}
        }
        self.check_later(Later::Group(reference.clone()));
        if is_recursion { Test::Recursion(Some(reference)) } else { Test::Set(reference) }
    }

    /// `(?imsxJUX-imsx)` or `(?i:`, at its first letter.
    fn option_setting(&mut self) -> Result<()> {
        let (mut set, mut unset) = (0, 0);
        let mut is_unset = false;
        while !matches!(self.peek(0), b')' | b':') {
            let bit = match self.peek(0) {
                b'-' => {
                    is_unset = true;
                    self.at += 1;
                    continue;
                }
                b'J' => flag::DUPNAMES,
                b'i' => flag::CASELESS,
                b'm' => flag::MULTILINE,
                b's' => flag::DOTALL,
                b'x' => flag::EXTENDED,
                b'U' => flag::UNGREEDY,
                b'X' => flag::EXTRA,
                _ => return self.error(ErrorKind::UnknownAfterQuery),
            };
            if is_unset {
                unset |= bit;
            } else {
                set |= bit;
            }
            self.at += 1;
        }
        let flags = (self.flags | set) & !unset;
        let is_group = self.peek(0) == b':';
        self.at += 1;
        if is_group {
            self.plain_group();
        } else {
            self.repeatable = false;
        }
        self.flags = flags;
        Ok(())
    }
}
