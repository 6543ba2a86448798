//! Text within double quotes.

/// Whether text was cut off.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Truncated {
    Yes,
    No,
}

/// Characters from the front of some bytes: a byte that begins none stands for itself.
fn chars(bytes: &[u8]) -> impl Iterator<Item = Result<char, u8>> {
    bytes.utf8_chunks().flat_map(|chunk| {
        let invalid = chunk.invalid().iter().map(|b| Err(*b));
        chunk.valid().chars().map(Ok).chain(invalid).collect::<Vec<_>>()
    })
}

/// Whether the first `limit` characters are printable (`String.printable?/2`).
pub(super) fn is_printable(bytes: &[u8], limit: usize) -> bool {
    chars(bytes)
        .take(limit)
        .all(|c| c.is_ok_and(|c| is_printable_char(c) || matches!(c, '\u{7}'..='\r' | '\u{1b}' | '\u{7f}')))
}

/// A printable character that needs no escape.
fn is_printable_char(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// A character that cannot be seen, or that turns the direction of the text round.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{34f}' | '\u{61c}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{205f}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}'
    )
}

/// Text for within quotes, of at most `limit` characters.
pub(super) fn escape(bytes: &[u8], quote: char, limit: usize) -> (String, Truncated) {
    escape_with(bytes, quote, limit, |c| match c {
        '\u{7}' => Some("\\a"),
        '\u{8}' => Some("\\b"),
        '\u{7f}' => Some("\\d"),
        '\u{1b}' => Some("\\e"),
        '\u{c}' => Some("\\f"),
        '\n' => Some("\\n"),
        '\r' => Some("\\r"),
        '\t' => Some("\\t"),
        '\u{b}' => Some("\\v"),
        '\\' => Some("\\\\"),
        _ => None,
    })
}

/// As [`escape`], with other short forms.
pub(super) fn escape_with(
    bytes: &[u8],
    quote: char,
    limit: usize,
    short: impl Fn(char) -> Option<&'static str>,
) -> (String, Truncated) {
    let mut out = String::new();
    let mut left = limit;
    let mut chars = chars(bytes).peekable();
    while let Some(c) = chars.next() {
        if left == 0 {
            return (out, Truncated::Yes);
        }
        left -= 1;
        let c = match c {
            Ok(c) => c,
            Err(byte) => {
                out += &format!("\\x{byte:02X}");
                continue;
            }
        };
        if c == quote {
            out.extend(['\\', c]);
        } else if c == '#' && chars.peek() == Some(&Ok('{')) {
            chars.next();
            out += "\\#{";
        } else if let Some(text) = short(c) {
            out += text;
        } else if c == '\0' {
            out += "\\0";
        } else if is_invisible(c) {
            out += &format!("\\u{:04X}", u32::from(c));
        } else if is_printable_char(c) {
            out.push(c);
        } else if u32::from(c) < 256 {
            out += &format!("\\x{:02X}", u32::from(c));
        } else {
            out += &format!("\\x{{{:04X}}}", u32::from(c));
        }
    }
    (out, Truncated::No)
}
