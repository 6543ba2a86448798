//! The text of a pattern as tokens.

use super::FilterError;

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// `:name`, `:"name"`, `true`, `Some.Module`
    Atom(String),
    /// `name:` in front of a value.
    Key(String),
    /// A variable, a function or a word such as `when`.
    Name(String),
    Int(i64),
    Float(f64),
    Text(String),
    /// Punctuation and operators.
    Sign(&'static str),
}

/// Longest first where one begins with another.
const SIGNS: [&str; 31] = [
    "%{", "===", "!==", "==", "!=", "=>", "<=", ">=", "&&", "||", "<<", ">>", "<>", "..", "^", "%", "{", "}", "[", "]",
    "(", ")", ",", "|", "=", "<", ">", "+", "-", "*", "/",
];
/// Operators of one character that are found last.
const LAST: [&str; 2] = [".", "!"];

/// Most characters of a pattern.
const MAX_CHARS: usize = 10_000;

pub(super) fn error<T>(at: usize, text: impl Into<String>) -> Result<T, FilterError> {
    Err(FilterError::Pattern { at, text: text.into() })
}

/// Tokens with the number of characters in front of each.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, FilterError> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > MAX_CHARS {
        return error(MAX_CHARS, "it is too long");
    }
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        let (token, length) = token(&chars[at..]).map_err(|text| FilterError::Pattern { at, text })?;
        found.push((at, token));
        at += length;
    }
    Ok(found)
}

fn is_in_name(c: &char) -> bool {
    c.is_alphanumeric() || *c == '_'
}

/// The first token and its length.
fn token(chars: &[char]) -> Result<(Token, usize), String> {
    let next = chars.get(1);
    match chars[0] {
        '"' => {
            let (text, length) = quoted(chars)?;
            let is_key = chars.get(length) == Some(&':') && chars.get(length + 1) != Some(&':');
            Ok(if is_key { (Token::Key(text), length + 1) } else { (Token::Text(text), length) })
        }
        ':' if next == Some(&'"') => quoted(&chars[1..]).map(|(text, length)| (Token::Atom(text), length + 1)),
        ':' if next.is_some_and(is_in_name) => {
            let name = name(&chars[1..]);
            let length = 1 + name.chars().count();
            Ok((Token::Atom(name), length))
        }
        c if c.is_ascii_digit() => number(chars),
        c if c.is_alphabetic() || c == '_' => Ok(word(chars)),
        c => {
            let begins = |sign: &&&str| sign.chars().zip(chars).filter(|(a, b)| a == *b).count() == sign.len();
            let sign = SIGNS.iter().chain(&LAST).find(begins).ok_or_else(|| format!("{c:?} has no meaning here"))?;
            Ok((Token::Sign(sign), sign.len()))
        }
    }
}

fn name(chars: &[char]) -> String {
    let mut name: String = chars.iter().take_while(|c| is_in_name(c)).collect();
    if let Some(end @ ('?' | '!')) = chars.get(name.chars().count())
        && chars.get(name.chars().count() + 1) != Some(&'=')
    {
        name.push(*end);
    }
    name
}

fn word(chars: &[char]) -> (Token, usize) {
    if chars[0].is_uppercase() {
        let alias: String = chars.iter().take_while(|c| is_in_name(c) || **c == '.').collect();
        let alias = alias.trim_end_matches('.');
        let length = alias.chars().count();
        if chars.get(length) == Some(&':') {
            return (Token::Key(alias.to_owned()), length + 1);
        }
        return (Token::Atom(format!("Elixir.{alias}")), length);
    }
    let name = name(chars);
    let length = name.chars().count();
    match chars.get(length) {
        Some(':') if chars.get(length + 1) != Some(&':') => (Token::Key(name), length + 1),
        _ if matches!(name.as_str(), "true" | "false" | "nil") => (Token::Atom(name), length),
        _ => (Token::Name(name), length),
    }
}

fn quoted(chars: &[char]) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut rest = chars.iter().enumerate().skip(1);
    while let Some((at, c)) = rest.next() {
        match c {
            '"' => return Ok((text, at + 1)),
            '#' if chars.get(at + 1) == Some(&'{') => return Err("a pattern is not computed".into()),
            '\\' => match rest.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, c @ ('"' | '\\' | '#'))) => text.push(*c),
                _ => return Err("an escape that is not known here".into()),
            },
            c => text.push(*c),
        }
    }
    Err("the text has no end".into())
}

fn number(chars: &[char]) -> Result<(Token, usize), String> {
    let digits = |chars: &[char]| chars.iter().take_while(|c| c.is_ascii_digit() || **c == '_').count();
    let mut length = digits(chars);
    let mut is_float = false;
    if chars.get(length) == Some(&'.') && chars.get(length + 1).is_some_and(char::is_ascii_digit) {
        is_float = true;
        length += 1 + digits(&chars[length + 1..]);
        if chars.get(length) == Some(&'e') {
            let sign = usize::from(matches!(chars.get(length + 1), Some('-' | '+')));
            length += 1 + sign + digits(chars.get(length + 1 + sign..).unwrap_or_default());
        }
    }
    let text: String = chars[..length].iter().filter(|c| **c != '_').collect();
    let token = if is_float { text.parse().ok().map(Token::Float) } else { text.parse().ok().map(Token::Int) };
    Ok((token.ok_or("a number that is too large")?, length))
}
