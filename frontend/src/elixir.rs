//! Terms as Elixir writes them (`Inspect`): for reading, not for reading back.

use shared::term::{Atom, Fun, List, Term};
use shared::{Etf, Pid};

/// Longest text of one term in a line.
const LINE_MAX: usize = 400;

/// Deepest level that is written out.
const DEPTH_MAX: usize = 12;

/// An encoded term in one line; the end is left out where it is too long.
#[must_use]
pub fn line_of(etf: &Etf) -> String {
    etf.decode().map_or_else(|_| "…".to_owned(), |term| line(&term))
}

/// A term in one line; the end is left out where it is too long.
#[must_use]
pub fn line(term: &Term) -> String {
    let mut out = String::new();
    write(&mut out, term, 0);
    if out.len() > LINE_MAX {
        let end = (0..=LINE_MAX).rev().find(|at| out.is_char_boundary(*at)).unwrap_or(0);
        out.truncate(end);
        out.push('…');
    }
    out
}

/// The parts that can be folded, each with what stands before it; nothing for what is written in one piece.
#[must_use]
pub fn parts(term: &Term) -> Option<Vec<(String, Term)>> {
    match term {
        Term::Tuple(elements) if !elements.is_empty() => {
            Some(elements.iter().map(|element| (String::new(), element.clone())).collect())
        }
        Term::List(list) if text_of(list).is_none() => {
            let elements = list.elements().iter();
            let pair = |element: &Term| match keyword(element) {
                Some((key, value)) if is_keywords(list) => (format!("{key}: "), value.clone()),
                _ => (String::new(), element.clone()),
            };
            Some(elements.map(pair).collect())
        }
        Term::Map(map) if !map.is_empty() => {
            let shown = map.pairs().iter().filter(|(key, _)| !key.is_atom("__struct__"));
            Some(shown.map(|(key, value)| (key_text(key, 0), value.clone())).collect())
        }
        _ => None,
    }
}

/// What stands around the parts of a term.
#[must_use]
pub fn brackets(term: &Term) -> (String, &'static str) {
    match term {
        Term::Tuple(_) => ("{".to_owned(), "}"),
        Term::Map(map) => match map.get(&Term::atom("__struct__")).and_then(Term::as_atom) {
            Some(name) => (format!("%{}{{", module(name)), "}"),
            None => ("%{".to_owned(), "}"),
        },
        _ => ("[".to_owned(), "]"),
    }
}

/// The name of a module as Elixir writes it.
#[must_use]
pub fn module(name: &str) -> String {
    match name.strip_prefix("Elixir.") {
        Some(name) => name.to_owned(),
        None => atom(name),
    }
}

/// A registered name or a pid.
#[must_use]
pub fn process_name(name: Option<&Atom>, pid: Pid) -> String {
    name.map_or_else(|| pid_text(pid), |name| module(name.as_str()))
}

/// A pid as Elixir writes it, without the `#PID`.
#[must_use]
pub fn pid_text(pid: Pid) -> String {
    pid.to_string()
}

fn write(out: &mut String, term: &Term, depth: usize) {
    if depth > DEPTH_MAX || out.len() > LINE_MAX {
        out.push('…');
        return;
    }
    match term {
        Term::Atom(name) => out.push_str(&atom(name.as_str())),
        Term::Pid(pid) => out.push_str(&format!("#PID<0.{}.{}>", pid.id, pid.serial)),
        Term::Bits(bits) => match bits.as_binary().map(std::str::from_utf8) {
            Some(Ok(text)) if text.chars().all(is_printable) => out.push_str(&format!("{text:?}")),
            _ => out.push_str(&term.to_string()),
        },
        Term::Fun(Fun::External(fun)) => {
            out.push_str(&format!("&{}.{}/{}", module(fun.module.as_str()), fun.function.as_str(), fun.arity));
        }
        Term::Fun(Fun::Internal(fun)) => {
            out.push_str(&format!("#Function<{}.{}>", fun.index, module(fun.module.as_str())));
        }
        Term::List(list) => write_list(out, list, depth),
        Term::Tuple(_) | Term::Map(_) => {
            let (open, close) = brackets(term);
            out.push_str(&open);
            separated(out, parts(term).unwrap_or_default(), depth);
            out.push_str(close);
        }
        _ => out.push_str(&term.to_string()),
    }
}

fn separated(out: &mut String, parts: Vec<(String, Term)>, depth: usize) {
    for (at, (before, part)) in parts.into_iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        out.push_str(&before);
        write(out, &part, depth + 1);
    }
}

fn write_list(out: &mut String, list: &List, depth: usize) {
    if let Some(text) = text_of(list) {
        return out.push_str(&format!("~c{text:?}"));
    }
    let term = Term::List(list.clone());
    out.push('[');
    separated(out, parts(&term).unwrap_or_default(), depth);
    if !list.is_proper() {
        out.push_str(" | ");
        write(out, list.end(), depth + 1);
    }
    out.push(']');
}

/// The text of a list of characters.
fn text_of(list: &List) -> Option<String> {
    let as_char = |term: &Term| {
        let code = u32::try_from(term.as_int()?).ok()?;
        char::from_u32(code).filter(|it| is_printable(*it) && it.is_ascii())
    };
    if list.is_proper() { list.elements().iter().map(as_char).collect() } else { None }
}

fn is_keywords(list: &List) -> bool {
    list.is_proper() && list.elements().iter().all(|element| keyword(element).is_some())
}

fn keyword(term: &Term) -> Option<(String, &Term)> {
    match term.as_tuple()? {
        [key, value] => {
            let name = key.as_atom().filter(|name| !name.starts_with("Elixir."))?;
            Some((atom(name).strip_prefix(':')?.to_owned(), value))
        }
        _ => None,
    }
}

fn key_text(key: &Term, depth: usize) -> String {
    let short = key.as_atom().filter(|name| !name.starts_with("Elixir.")).map(atom);
    match short.as_deref().and_then(|text| text.strip_prefix(':')) {
        Some(name) => format!("{name}: "),
        None => {
            let mut text = String::new();
            write(&mut text, key, depth + 1);
            format!("{text} => ")
        }
    }
}

/// An atom: `:ok`, `true`, `Enum`, `:"with blanks"`.
fn atom(name: &str) -> String {
    if matches!(name, "true" | "false" | "nil") {
        return name.to_owned();
    }
    if let Some(module) = name.strip_prefix("Elixir.")
        && !module.is_empty()
    {
        return module.to_owned();
    }
    let mut chars = name.chars();
    let first = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    let body = name.trim_end_matches(['?', '!']);
    let rest = name.len() - body.len() <= 1 && body.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '@');
    if first && rest { format!(":{name}") } else { format!(":{name:?}") }
}

fn is_printable(c: char) -> bool {
    !c.is_control() || c == '\n' || c == '\t'
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn text(text: &str) -> Term {
        Term::binary(text.as_bytes())
    }

    fn check(term: Term, expected: &str) {
        assert_eq!(line(&term), expected);
    }

    #[test]
    fn terms_look_as_elixir_writes_them() {
        let pair = |key: &str, value: u64| Term::tuple([Term::atom(key), Term::from(value)]);
        check(Term::atom("ok"), ":ok");
        check(Term::atom("Elixir.Enum"), "Enum");
        check(Term::atom("nil"), "nil");
        check(Term::atom("two words"), ":\"two words\"");
        check(text("grüß"), "\"grüß\"");
        check(Term::list([pair("a", 1), pair("b?", 2)]), "[a: 1, b?: 2]");
        check(Term::tuple([Term::atom("error"), Term::Nil]), "{:error, []}");
        check(Term::list([Term::from(104_u64), Term::from(105_u64)]), "~c\"hi\"");
        let map = [(Term::atom("a"), Term::from(1_u64)), (text("b"), Term::atom("true"))];
        check(Term::map(map.clone()), "%{a: 1, \"b\" => true}");
        let tagged = map.into_iter().chain([(Term::atom("__struct__"), Term::atom("Elixir.My.User"))]);
        check(Term::map(tagged), "%My.User{a: 1, \"b\" => true}");
        check(Term::pid(Pid(90)), "#PID<0.90.0>");
    }

    #[test]
    fn what_is_long_or_deep_is_cut() {
        let long = text(&"x".repeat(2 * LINE_MAX));
        assert!(line(&long).ends_with('…') && line(&long).len() < LINE_MAX + 10);
        let deep = (0..1_000).fold(Term::atom("ok"), |inner, _| Term::tuple([inner]));
        assert!(line(&deep).contains('…'));
    }
}
