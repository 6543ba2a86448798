//! Atoms (`Macro.inspect_atom/2`).

use super::escape::escape;

/// Atoms of punctuation that stand without quotes, though nothing can be called so.
const NOT_CALLABLE: &[&str] = &["%", "%{}", "{}", "<<>>", "...", "..", ".", "..//", "->"];
/// Operators that stand without quotes.
const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "++", "--", "**", "+++", "---", "<>", "|>", "<<<", ">>>", "<<~", "~>>", "<~", "~>", "<~>",
    "&&&", "|||", "==", "=~", "===", "!=", "!==", "<=", ">=", "&&", "||", "!", "^", "&", "@", "|", "=", "<", ">", "<-",
    "\\\\",
];
/// Operators that need quotes as atoms.
const QUOTED_OPERATORS: &[&str] = &["::", "^^^", "~~~", "<|>"];

enum Class {
    Alias,
    Identifier,
    Operator,
    QuotedOperator,
    NotCallable,
    Other,
}

fn classify(name: &str) -> Class {
    if NOT_CALLABLE.contains(&name) {
        Class::NotCallable
    } else if QUOTED_OPERATORS.contains(&name) {
        Class::QuotedOperator
    } else if OPERATORS.contains(&name) {
        Class::Operator
    } else if is_alias(name) {
        Class::Alias
    } else {
        identifier(name)
    }
}

/// `Elixir` and names of modules behind it.
fn is_alias(name: &str) -> bool {
    let mut parts = name.split('.');
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    parts.next() == Some("Elixir") && parts.all(part)
}

/// Names of variables and functions, and what differs from them in its first letter or by an `@` only.
fn identifier(name: &str) -> Class {
    let body = name.strip_suffix(['?', '!']).unwrap_or(name);
    let mut chars = body.chars();
    let Some(first) = chars.next() else { return Class::Other };
    if !is_start(first) || !chars.all(|c| is_continue(c) || c == '@') {
        return Class::Other;
    }
    if first.is_uppercase() || body.contains('@') { Class::NotCallable } else { Class::Identifier }
}

/// Letters, as far as they are their own normal form.
fn is_start(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic() || !c.is_ascii() && unicode_ident::is_xid_start(c) && !is_compatibility(c)
}

fn is_continue(c: char) -> bool {
    is_start(c) || c.is_ascii_digit() || !c.is_ascii() && unicode_ident::is_xid_continue(c) && !is_combining(c)
}

/// Characters that stand for others, such as ligatures (`NFKC` replaces them).
fn is_compatibility(c: char) -> bool {
    matches!(c, 'ª' | 'º' | 'µ' | 'ſ' | '\u{2100}'..='\u{214f}' | '\u{fb00}'..='\u{fb4f}' | '\u{ff00}'..='\u{ffef}')
}

/// Diacritics, which belong to one character with the letter in front of them (`NFC`), and joiners.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}')
}

fn quoted(name: &str) -> String {
    escape(name.as_bytes(), '"', usize::MAX).0
}

/// An atom by itself.
pub(super) fn literal(name: &str) -> String {
    if matches!(name, "nil" | "true" | "false") {
        return name.into();
    }
    match classify(name) {
        Class::Alias => match name.strip_prefix("Elixir.") {
            Some(rest) if rest != "Elixir" && !rest.starts_with("Elixir.") => rest.into(),
            _ => name.into(),
        },
        Class::Other | Class::QuotedOperator => format!(":\"{}\"", quoted(name)),
        Class::Identifier | Class::Operator | Class::NotCallable => format!(":{name}"),
    }
}

/// An atom as a key, with its colon.
pub(super) fn key(name: &str) -> String {
    match classify(name) {
        Class::Alias => format!("\"{name}\":"),
        Class::Other | Class::QuotedOperator => format!("\"{}\":", quoted(name)),
        Class::Identifier | Class::Operator | Class::NotCallable => format!("{name}:"),
    }
}

/// An atom as the name of a function.
pub(super) fn remote_call(name: &str) -> String {
    match classify(name) {
        Class::Identifier | Class::Operator | Class::QuotedOperator => name.into(),
        Class::NotCallable | Class::Alias => format!("\"{name}\""),
        Class::Other => format!("\"{}\"", quoted(name)),
    }
}

/// Name and arity of the function that a fun stands in, from the name of the function that holds the fun's body, such as
/// `-parent/2-fun-0-`.
pub(super) fn parent_of_fun(name: &str) -> Option<(String, String)> {
    let (parent, trailing) = name.strip_prefix('-')?.rsplit_once('/')?;
    let parts: Vec<&str> = trailing.split('-').collect();
    match parts[..] {
        [arity, _, _, ""] => Some((parent.into(), arity.into())),
        _ => None,
    }
}
