//! Quoting and escaping of atoms and strings.

/// Words that are no atoms without quotes (Erlang Reference Manual, Reserved Words).
const RESERVED: &[&str] = &[
    "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor", "case", "catch", "cond", "div",
    "else", "end", "fun", "if", "let", "maybe", "not", "of", "or", "orelse", "receive", "rem", "try", "when", "xor",
];

/// A letter of Latin-1 in lower case.
fn is_lower(c: char) -> bool {
    matches!(c, 'a'..='z' | 'ß'..='ÿ') && c != '÷'
}

/// A letter of Latin-1, a digit or `_`.
fn is_name(c: char) -> bool {
    is_lower(c) || matches!(c, 'A'..='Z' | '0'..='9' | '_' | 'À'..='Þ') && c != '×'
}

/// An atom as `io_lib:write_atom/1` prints it or, without `unicode`, as `io_lib:write_atom_as_latin1/1`.
pub(super) fn atom(name: &str, unicode: bool) -> String {
    let plain = name.starts_with(is_lower)
        && name.chars().all(|c| is_name(c) || c == '@')
        // Reserved only where its feature is on, so `io_lib` does not quote it.
        && (name == "maybe" || !RESERVED.contains(&name));
    if plain { name.into() } else { string(name.chars(), '\'', unicode) }
}

/// Characters within quotes, as `io_lib:write_string/2` or, without `unicode`, `io_lib:write_latin1_string/2`.
pub(super) fn string(chars: impl Iterator<Item = char>, quote: char, unicode: bool) -> String {
    let mut out = String::from(quote);
    for c in chars {
        match c {
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', quote]),
            ' '..='~' | '\u{a0}'..='\u{ff}' => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\u{1b}' => out.push_str("\\e"),
            '\u{7f}' => out.push_str("\\d"),
            c if u32::from(c) < 256 => out.push_str(&format!("\\{:03o}", u32::from(c))),
            c if unicode => out.push(c),
            c => out.push_str(&format!("\\x{{{:X}}}", u32::from(c))),
        }
    }
    out.push(quote);
    out
}

/// An atom as the runtime system itself prints it (`erlang:display/1`).
pub(super) fn display_atom(name: &str) -> String {
    if name.starts_with(is_lower) && name.chars().all(is_name) {
        return name.into();
    }
    let mut out = String::from('\'');
    for c in name.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..=' ' | '\u{80}'..='\u{9f}' if c != ' ' => out.push_str(&format!("\\{:03o}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}
