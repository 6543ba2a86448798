//! Quantifiers: `*`, `{2,3}?` and so on.

use super::*;

impl Parser<'_> {
    /// Reads `{n}`, `{n,}` or `{n,m}` up to its closing brace.
    pub(super) fn counts(&mut self) -> Result<(u32, u32)> {
        self.at += 1;
        let min = self.count()?;
        if self.peek(0) == b'}' {
            return Ok((min, min));
        }
        self.at += 1;
        if self.peek(0) == b'}' {
            return Ok((min, UNLIMITED));
        }
        let max = self.count()?;
        if max < min {
            return self.error(ErrorKind::CountsOutOfOrder);
        }
        Ok((min, max))
    }
    fn count(&mut self) -> Result<u32> {
        let mut count = 0;
        while self.peek(0).is_ascii_digit() {
            count = count * 10 + u32::from(self.peek(0) - b'0');
            self.at += 1;
            if count > 0xffff {
                return self.error(ErrorKind::CountTooBig);
            }
        }
        Ok(count)
    }

    /// Applies a quantifier, whose last byte is the current one, to the last item.
    pub(super) fn quantifier(&mut self, min: u32, max: u32) -> Result<()> {
        if !self.repeatable {
            return self.error(ErrorKind::NothingToRepeat);
        }
        let ungreedy = self.has(flag::UNGREEDY);
        self.at += 1;
        loop {
            if self.rest().starts_with(b"(?#") {
                self.comment()?;
            } else if !self.skips_blanks() {
                break;
            }
        }
        let mode = match self.peek(0) {
            b'+' => Mode::Possessive,
            b'?' if ungreedy => Mode::Greedy,
            b'?' => Mode::Lazy,
            _ if ungreedy => Mode::Lazy,
            _ => Mode::Greedy,
        };
        self.at += usize::from(matches!(self.peek(0), b'+' | b'?'));
        self.repeatable = false;
        let Some(node) = self.open.last_mut().and_then(|open| open.sequence.pop()) else { return Ok(()) };
        let repeated = match &self.nodes[node as usize] {
            Node::Conditional { test: Test::Define, .. } => None,
            // An assertion is not worth being made twice.
            Node::Look { .. } if min > 0 => None,
            Node::Look { .. } => Some((0, max.min(1))),
            _ if (min, max) == (1, 1) => None,
            _ => Some((min, max)),
        };
        let node = match repeated {
            Some((min, max)) => self.node(Node::Repeat { node, min, max, mode }),
            None => node,
        };
        let facts = self.facts[node as usize];
        if let Some(open) = self.open.last_mut() {
            open.sequence.push(node);
            open.facts = open.facts_before_last.then(facts);
        }
        Ok(())
    }
}

/// Whether what follows a `{` is a quantifier.
pub(super) fn is_counted_repeat(rest: &[u8]) -> bool {
    let digits = |rest: &[u8]| rest.iter().take_while(|c| c.is_ascii_digit()).count();
    let min = digits(rest);
    if min == 0 {
        return false;
    }
    match rest.get(min) {
        Some(b'}') => true,
        Some(b',') => {
            let rest = &rest[min + 1..];
            rest.get(digits(rest)) == Some(&b'}')
        }
        _ => false,
    }
}
