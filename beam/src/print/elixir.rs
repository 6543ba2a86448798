//! Terms as Elixir's `inspect/2` prints them (Elixir 1.18, `Inspect` and `Inspect.Algebra`).
//!
//! Structs of Elixir's own library print as their `Inspect` implementations do; those of programs as `inspect/2` prints a
//! struct without one, for no code runs here.

use crate::etf::map_iter;
use crate::image::Image;
use crate::term::{Bits, Term, header_kind, kind};

use super::{Limits, float, identity};

mod algebra;
mod atom;
mod escape;
mod structs;

use algebra::{Break, Doc, Docs};
use escape::{Truncated, escape};

/// Terms nested deeper than this are left out, however many items may be shown.
const MAX_NESTING: usize = 100;

/// A term as `inspect(term, pretty: true)` prints it or, with a width of 0, as `inspect(term)`.
pub fn elixir(term: Term, image: &Image, limits: &Limits) -> String {
    let mut printer = Printer { image, limits, docs: Docs::default(), left: limits.parts };
    let doc = printer.term(term, Options { items: limits.items, charlists: true, nesting: 0 });
    printer.docs.print(doc, limits.width)
}

/// What holds for a part of a term.
#[derive(Clone, Copy)]
struct Options {
    /// Elements of a compound term that are shown.
    items: usize,
    /// Whether lists of printable characters are shown as such.
    charlists: bool,
    nesting: usize,
}

struct Printer<'i> {
    image: &'i Image,
    limits: &'i Limits,
    docs: Docs,
    /// Parts that may still be printed.
    left: usize,
}

impl Printer<'_> {
    fn text(&mut self, text: impl Into<String>) -> Doc {
        self.docs.text(text.into())
    }

    fn term(&mut self, t: Term, options: Options) -> Doc {
        if self.left == 0 || options.nesting > MAX_NESTING {
            return self.text("...");
        }
        self.left -= 1;
        let options = Options { nesting: options.nesting + 1, ..options };
        if t.is_cons() {
            return self.list(t, options);
        }
        if let Some(elements) = t.tuple() {
            let items = self.items(elements.iter().copied(), options, |printer, t, o| printer.term(t, o));
            return self.docs.container("{", items, "}", Break::Flex);
        }
        if t.is_map() {
            return self.map(t, options);
        }
        if let Some(bits) = t.bits() {
            return self.bits(bits, options);
        }
        let text = self.atomic(t);
        self.text(text)
    }

    fn atomic(&self, t: Term) -> String {
        if t.is_atom() {
            return atom::literal(super::name(self.image, t));
        }
        if let Some(value) = t.float() {
            return float_text(value);
        }
        if !t.is_boxed() {
            return if t.is_local_pid() {
                format!("#PID{}", identity::pid(t))
            } else {
                super::erlang::atomic(t, self.image, true)
            };
        }
        match header_kind(t.header()) {
            kind::EXTERNAL_PID => format!("#PID{}", identity::pid(t)),
            kind::REF | kind::EXTERNAL_REF => identity::reference(t).replacen("#Ref", "#Reference", 1),
            kind::FUN | kind::EXPORT => self.fun(t),
            _ => super::erlang::atomic(t, self.image, true),
        }
    }

    /// The first items of a collection, each with one item less to show than the one before it; then `...`.
    fn items<T>(
        &mut self,
        collection: impl Iterator<Item = T>,
        options: Options,
        mut print: impl FnMut(&mut Self, T, Options) -> Doc,
    ) -> Vec<Doc> {
        let mut items = Vec::new();
        let mut left = options.items;
        for item in collection {
            if left == 0 || self.left == 0 {
                items.push(self.text("..."));
                break;
            }
            left -= 1;
            items.push(print(self, item, Options { items: left, ..options }));
        }
        items
    }

    fn list(&mut self, t: Term, options: Options) -> Doc {
        if options.charlists
            && let Some(text) = self.charlist(t)
        {
            return self.text(text);
        }
        if self.is_keyword(t.list().by_ref().map(|e| e.tuple_of::<2>().map(|[key, _]| *key))) && is_proper(t) {
            let pairs = t.list().filter_map(|e| e.tuple_of::<2>().copied());
            let items = self.items(pairs, options, |printer, [key, value], o| printer.keyword(key, value, o));
            return self.docs.container("[", items, "]", Break::Strict);
        }
        self.elements(t, options)
    }

    /// A list that is neither text nor keywords.
    fn elements(&mut self, t: Term, options: Options) -> Doc {
        let mut cells = t.list();
        let shown: Vec<Term> = cells.by_ref().take(options.items + 1).collect();
        let count = shown.len();
        let mut items = self.items(shown.into_iter(), options, |printer, t, o| printer.term(t, o));
        let tail = cells.tail();
        if !tail.is_nil() && !tail.is_cons() && count <= options.items {
            let last = Options { items: options.items - count, ..options };
            let tail = self.term(tail, last);
            return self.docs.container_with_tail("[", items, tail, "]");
        }
        if items.is_empty() {
            items.push(self.text("..."));
        }
        self.docs.container("[", items, "]", Break::Maybe)
    }

    /// A list of printable characters of ASCII.
    fn charlist(&self, t: Term) -> Option<String> {
        let mut cells = t.list();
        let mut text = Vec::new();
        for head in cells.by_ref().take(self.limits.printable) {
            match head.small_value()? {
                c @ (7..=13 | 27 | 32..=126) => text.push(c as u8),
                _ => return None,
            }
        }
        let tail = cells.tail();
        if !tail.is_nil() && !tail.is_cons() {
            return None;
        }
        let (text, _) = escape(&text, '"', usize::MAX);
        let more = if tail.is_cons() { " ++ ..." } else { "" };
        Some(format!("~c\"{text}\"{more}"))
    }

    /// Whether all keys are atoms other than aliases.
    fn is_keyword(&self, mut keys: impl Iterator<Item = Option<Term>>) -> bool {
        keys.all(|key| key.is_some_and(|k| k.is_atom() && !super::name(self.image, k).starts_with("Elixir.")))
    }

    fn keyword(&mut self, key: Term, value: Term, options: Options) -> Doc {
        let key = atom::key(super::name(self.image, key));
        let key = self.text(key + " ");
        let value = self.term(value, options);
        self.docs.sequence(vec![key, value])
    }

    fn map(&mut self, t: Term, options: Options) -> Doc {
        if let Some(doc) = self.structure(t, options) {
            return doc;
        }
        let mut pairs: Vec<(Term, Term)> = map_iter(t).collect();
        // As `maps:to_list/1` gives them.
        if t.is_kind(kind::HAMT_ROOT) {
            pairs.reverse();
        }
        let items = if self.is_keyword(pairs.iter().map(|(key, _)| Some(*key))) {
            self.items(pairs.into_iter(), options, |printer, (key, value), o| printer.keyword(key, value, o))
        } else {
            self.items(pairs.into_iter(), options, |printer, (key, value), o| {
                let parts = vec![printer.term(key, o), printer.text(" => "), printer.term(value, o)];
                printer.docs.sequence(parts)
            })
        };
        self.docs.container("%{", items, "}", Break::Strict)
    }

    fn bits(&mut self, bits: Bits<'_>, options: Options) -> Doc {
        if bits.is_binary()
            && let Some(text) = self.string(bits)
        {
            return self.text(text);
        }
        let (whole, rest) = (bits.len / 8, bits.len % 8);
        let count = whole + usize::from(rest > 0);
        let mut items: Vec<Doc> = Vec::new();
        for i in 0..count.min(options.items) {
            let text = if i < whole {
                bits.byte(i).to_string()
            } else {
                format!("{}::size({rest})", bits.byte(i) >> (8 - rest))
            };
            items.push(self.text(text));
        }
        if count > options.items {
            items.push(self.text("..."));
        }
        self.docs.bytes(items)
    }

    /// A binary of printable characters.
    fn string(&self, bits: Bits<'_>) -> Option<String> {
        let limit = self.limits.printable;
        let bytes = bits.bytes();
        if !escape::is_printable(&bytes, limit) {
            return None;
        }
        let (text, truncated) = escape(&bytes, '"', limit);
        let more = if truncated == Truncated::Yes { " <> ..." } else { "" };
        Some(format!("\"{text}\"{more}"))
    }

    fn fun(&self, t: Term) -> String {
        let number = t.elements().first().map_or(0, |n| n.as_small() as usize);
        let name = |atom| super::name(self.image, atom);
        if t.is_kind(kind::EXPORT) {
            let Some(export) = self.image.code.exports.get(number) else { return super::unknown(t) };
            let (module, function, arity) = export.mfa;
            return format!("&{}.{}/{arity}", atom::literal(name(module)), atom::remote_call(name(function)));
        }
        let Some(entry) = self.image.code.funs.get(number) else { return super::unknown(t) };
        let mut text = format!(
            "#Function<{}.{}/{} in {}",
            entry.index,
            entry.old_uniq as i32,
            entry.arity,
            atom::literal(name(entry.module))
        );
        if entry.function.is_atom() {
            let function = name(entry.function);
            text += &match atom::parent_of_fun(function) {
                Some((parent, arity)) => format!(".{}/{arity}", atom::remote_call(&parent)),
                None => format!(".{}", atom::remote_call(function)),
            };
        }
        text + ">"
    }
}

fn is_proper(t: Term) -> bool {
    let mut cells = t.list();
    cells.by_ref().for_each(drop);
    cells.tail().is_nil()
}

/// Whole numbers below 10^16 as such, others as short as they can be.
fn float_text(value: f64) -> String {
    let whole = (1.0..1.0e16).contains(&value.abs()) && value.trunc() == value;
    if whole { format!("{}.0", value as i64) } else { float::short(value) }
}
