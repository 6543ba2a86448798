//! Terms as the runtime system itself prints them (`erlang:display/1`): on one line.

use crate::etf::map_iter;
use crate::image::Image;
use crate::term::{Bits, Term, header_kind, kind};

use super::{float, quote};

/// What is still to be printed.
enum Work<'a> {
    Text(&'static str),
    Term(Term),
    /// Terms with commas between them.
    Terms(&'a [Term]),
    /// The rest of a list behind its first element.
    Rest(Term),
    /// Pairs with commas between them, the last one first.
    Pairs(Vec<(Term, Term)>),
}

/// A term as `erlang:display/1` prints it, without the newline.
pub fn display(term: Term, image: &Image) -> String {
    let mut out = String::new();
    let mut work = vec![Work::Term(term)];
    while let Some(next) = work.pop() {
        match next {
            Work::Text(text) => out.push_str(text),
            Work::Term(t) => one(t, image, &mut out, &mut work),
            Work::Terms(terms) => {
                if let Some((first, rest)) = terms.split_first() {
                    work.push(Work::Terms(rest));
                    if !rest.is_empty() {
                        work.push(Work::Text(","));
                    }
                    one(*first, image, &mut out, &mut work);
                }
            }
            Work::Rest(t) => match t.cons() {
                Some((head, tail)) => {
                    out.push(',');
                    work.push(Work::Rest(tail));
                    one(head, image, &mut out, &mut work);
                }
                None if t.is_nil() => out.push(']'),
                None => {
                    out.push('|');
                    work.push(Work::Text("]"));
                    one(t, image, &mut out, &mut work);
                }
            },
            Work::Pairs(mut pairs) => {
                if let Some((key, value)) = pairs.pop() {
                    let between = if pairs.is_empty() { "" } else { "," };
                    work.push(Work::Pairs(pairs));
                    work.extend([Work::Text(between), Work::Term(value), Work::Text("=>")]);
                    one(key, image, &mut out, &mut work);
                }
            }
        }
    }
    out
}

fn one(t: Term, image: &Image, out: &mut String, work: &mut Vec<Work<'_>>) {
    if let Some((head, tail)) = t.cons() {
        if let Some(text) = string(t) {
            return out.push_str(&text);
        }
        out.push('[');
        work.push(Work::Rest(tail));
        return one_of_list(head, image, out, work);
    }
    if let Some(bits) = t.bits() {
        return out.push_str(&bitstring(bits));
    }
    if !t.is_boxed() || header_kind(t.header()) >= kind::FUN {
        return out.push_str(&atomic(t, image));
    }
    match header_kind(t.header()) {
        kind::TUPLE => {
            out.push('{');
            work.extend([Work::Text("}"), Work::Terms(t.elements())]);
        }
        kind::FLATMAP | kind::HAMT_ROOT => {
            out.push_str("#{");
            let mut pairs: Vec<(Term, Term)> = map_iter(t).collect();
            pairs.reverse();
            work.extend([Work::Text("}"), Work::Pairs(pairs)]);
        }
        _ => out.push_str(&super::unknown(t)),
    }
}

/// The head of a list may be a list itself; going through `work` keeps the native stack flat.
fn one_of_list(head: Term, image: &Image, out: &mut String, work: &mut Vec<Work<'_>>) {
    if head.is_cons() { work.push(Work::Term(head)) } else { one(head, image, out, work) }
}

fn atomic(t: Term, image: &Image) -> String {
    if let Some(value) = t.float() {
        return float::six_digits(value);
    }
    if t.is_atom() {
        return quote::display_atom(super::name(image, t));
    }
    super::erlang::atomic(t, image, true)
}

/// A list of printable characters of Latin-1.
fn string(t: Term) -> Option<String> {
    let mut out = String::from('"');
    let mut cells = t.list();
    for head in cells.by_ref() {
        match head.small_value().and_then(|v| u8::try_from(v).ok()).map(char::from)? {
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            c @ ('\t' | '\r' | ' '..='~' | '\u{a0}'..='\u{ff}') => out.push(c),
            _ => return None,
        }
    }
    out.push('"');
    cells.tail().is_nil().then_some(out)
}

fn bitstring(bits: Bits<'_>) -> String {
    let bytes = bits.bytes();
    if bits.is_binary() && !bytes.is_empty() && bytes.iter().all(|b| (b' '..=b'~').contains(b)) {
        let text: String = bytes.iter().map(|b| char::from(*b)).collect();
        return format!("<<\"{}\">>", text.replace('"', "\\\""));
    }
    format!("<<{}>>", super::erlang::numbers(bits).join(","))
}
