//! Options at the very start of a pattern: `(*UTF)`, `(*CRLF)` and so on.

use super::*;

impl Parser<'_> {
    /// Reads the options at the start; what is none of them is left to be read as a verb.
    pub(super) fn start_of_pattern(&mut self) -> Result<()> {
        while let Some(rest) = self.rest().strip_prefix(b"(*") {
            let Some(end) = rest.iter().position(|c| *c == b')') else { break };
            let newline = |newline| Some((0, Some(newline)));
            let known = match &rest[..end] {
                b"UTF8" | b"UTF" => Some((flag::UTF, None)),
                b"UCP" => Some((flag::UCP, None)),
                b"NO_AUTO_POSSESS" => Some((0, None)),
                b"NO_START_OPT" => Some((flag::NO_START_OPTIMIZE, None)),
                b"BSR_ANYCRLF" => Some((flag::BSR_ANYCRLF, None)),
                b"BSR_UNICODE" => {
                    self.flags &= !flag::BSR_ANYCRLF;
                    Some((0, None))
                }
                b"CR" => newline(Newline::Cr),
                b"LF" => newline(Newline::Lf),
                b"CRLF" => newline(Newline::Crlf),
                b"ANY" => newline(Newline::Any),
                b"ANYCRLF" => newline(Newline::AnyCrlf),
                limit => match self.limit(limit) {
                    true => Some((0, None)),
                    false => None,
                },
            };
            let Some((bits, newline)) = known else { break };
            self.flags |= bits;
            self.options.newline = newline.unwrap_or(self.options.newline);
            self.at += 2 + end + 1;
        }
        // From here on the position of a check for UTF-8 is the whole pattern's.
        self.options.flags = self.flags;
        Ok(())
    }

    /// `LIMIT_MATCH=n`, `LIMIT_RECURSION=n`
    fn limit(&mut self, text: &[u8]) -> bool {
        for (name, is_match) in [(&b"LIMIT_MATCH="[..], true), (b"LIMIT_RECURSION=", false)] {
            let Some(digits) = text.strip_prefix(name) else { continue };
            let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u32>().ok());
            let Some(number) = number else { continue };
            let slot = if is_match { &mut self.match_limit } else { &mut self.match_limit_recursion };
            *slot = Some(slot.map_or(number, |before| before.min(number)));
            return true;
        }
        false
    }
}
