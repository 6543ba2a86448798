//! Takes terms apart, without recursion.

use crate::etf::map_iter;
use crate::image::Image;
use crate::print::{Limits, erlang, quote};
use crate::term::{Bits, Term};

use super::{Part, Parts, Shape};

/// A compound term of which some parts are done.
struct Open<'t> {
    todo: Todo<'t>,
    /// Numbers of the parts that are done.
    done: Vec<usize>,
}

/// What is left of a compound term.
enum Todo<'t> {
    List(Term),
    /// Nothing: the last part done was the tail of an improper list.
    Tail,
    Tuple(&'t [Term], bool),
    /// Keys and values in turn.
    Map(std::vec::IntoIter<Term>),
}

/// Either a part, or a compound term whose parts come first.
enum Start<'t> {
    Done(Shape),
    Open(Open<'t>),
}

struct Builder<'i> {
    image: &'i Image,
    limits: &'i Limits,
    strings: bool,
    parts: Vec<Part>,
    /// Terms looked at.
    seen: usize,
}

pub(super) fn build(term: Term, image: &Image, limits: &Limits, strings: bool) -> Parts {
    let mut builder = Builder { image, limits, strings, parts: Vec::new(), seen: 0 };
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut next = Some(term);
    loop {
        builder.seen += usize::from(next.is_some());
        let mut finished = match next.take().map(|t| builder.start(t)) {
            Some(Start::Done(shape)) => Some(builder.add(shape)),
            Some(Start::Open(new)) => {
                open.push(new);
                None
            }
            None => open.pop().map(|complete| builder.finish(complete)),
        };
        let Some(top) = open.last_mut() else {
            return Parts { top: finished.unwrap_or(0), parts: builder.parts };
        };
        top.done.extend(finished.take());
        next = if builder.seen <= limits.parts { top.todo.next() } else { builder.cut(top) };
    }
}

impl Todo<'_> {
    /// The next part, until there is none.
    fn next(&mut self) -> Option<Term> {
        match self {
            Todo::List(rest) => {
                let t = *rest;
                match t.cons() {
                    Some((head, tail)) => {
                        *rest = tail;
                        Some(head)
                    }
                    None if t.is_nil() => None,
                    None => {
                        *self = Todo::Tail;
                        Some(t)
                    }
                }
            }
            Todo::Tail => None,
            Todo::Tuple(elements, _) => {
                let (first, rest) = elements.split_first()?;
                *elements = rest;
                Some(*first)
            }
            Todo::Map(terms) => terms.next(),
        }
    }
    fn is_complete(&self) -> bool {
        match self {
            Todo::List(rest) => rest.is_nil(),
            Todo::Tail => true,
            Todo::Tuple(elements, _) => elements.is_empty(),
            Todo::Map(terms) => terms.len() == 0,
        }
    }
}

impl Builder<'_> {
    fn add(&mut self, shape: Shape) -> usize {
        let sum = |numbers: &[usize]| -> i64 {
            numbers.iter().map(|n| self.parts[*n].len + 1).sum::<i64>() - i64::from(!numbers.is_empty())
        };
        let len = match &shape {
            Shape::Text(text) => text.chars().count() as i64,
            Shape::Bytes(numbers) => 3 + numbers.iter().map(|n| n.len() as i64 + 1).sum::<i64>(),
            Shape::List(elements, tail) => 2 + sum(elements) + tail.map_or(0, |t| 1 + self.parts[t].len),
            Shape::Tuple(elements, _) => 2 + sum(elements),
            Shape::Map(pairs) => 3 + sum(pairs),
            Shape::Pair(key, value) => self.parts[*key].len + 4 + self.parts[*value].len,
        };
        self.parts.push(Part { shape, len });
        self.parts.len() - 1
    }

    /// Leaves out what is left of a compound term.
    fn cut(&mut self, open: &mut Open<'_>) -> Option<Term> {
        // The value of a key is still printed.
        let half = matches!(open.todo, Todo::Map(_)) && open.done.len() % 2 == 1;
        if !half && !open.todo.is_complete() {
            let dots = self.add(Shape::Text("...".into()));
            open.done.push(dots);
            open.todo = match open.todo {
                Todo::List(_) => Todo::Tail,
                Todo::Map(_) => Todo::Map(Vec::new().into_iter()),
                Todo::Tuple(_, tagged) => Todo::Tuple(&[], tagged),
                Todo::Tail => Todo::Tail,
            };
            return None;
        }
        open.todo.next()
    }

    fn finish(&mut self, open: Open<'_>) -> usize {
        let mut done = open.done;
        let shape = match open.todo {
            Todo::List(_) => Shape::List(done, None),
            Todo::Tail => {
                let tail = done.pop();
                Shape::List(done, tail)
            }
            Todo::Tuple(_, tagged) => {
                let tagged = tagged && done.len() > 1;
                Shape::Tuple(done, tagged)
            }
            Todo::Map(_) => {
                let pairs = done.chunks(2).map(|pair| match *pair {
                    [key, value] => self.add(Shape::Pair(key, value)),
                    _ => pair[0],
                });
                Shape::Map(pairs.collect())
            }
        };
        self.add(shape)
    }

    fn start<'t>(&self, t: Term) -> Start<'t> {
        let text = |text: String| Start::Done(Shape::Text(text));
        if t.is_cons() {
            return match self.strings.then(|| self.string(t)).flatten() {
                Some(string) => text(string),
                None => Start::Open(Open { todo: Todo::List(t), done: Vec::new() }),
            };
        }
        if let Some(elements) = t.tuple() {
            if elements.is_empty() {
                return text("{}".into());
            }
            return Start::Open(Open { todo: Todo::Tuple(elements, elements[0].is_atom()), done: Vec::new() });
        }
        if t.is_map() {
            let terms: Vec<Term> = map_iter(t).flat_map(|(key, value)| [key, value]).collect();
            if terms.is_empty() {
                return text("#{}".into());
            }
            return Start::Open(Open { todo: Todo::Map(terms.into_iter()), done: Vec::new() });
        }
        if let Some(bits) = t.bits() {
            if bits.len == 0 {
                return text("<<>>".into());
            }
            return Start::Done(match self.strings.then(|| self.text_of(bits)).flatten() {
                Some(string) => Shape::Text(string),
                None => {
                    let shown = Bits { len: bits.len.min(self.limits.parts * 8), ..bits };
                    let mut numbers = erlang::numbers(shown);
                    if shown.len < bits.len {
                        numbers.push("...".into());
                    }
                    Shape::Bytes(numbers)
                }
            });
        }
        text(erlang::atomic(t, self.image, self.limits.unicode))
    }

    /// A list of printable characters.
    fn string(&self, t: Term) -> Option<String> {
        let mut cells = t.list();
        let mut chars = String::new();
        for head in cells.by_ref().take(self.limits.parts) {
            let c = char::from_u32(u32::try_from(head.small_value()?).ok()?)?;
            if !is_printable(c, self.limits.unicode) {
                return None;
            }
            chars.push(c);
        }
        let more = match cells.tail() {
            t if t.is_nil() => "",
            t if t.is_cons() => "...",
            _ => return None,
        };
        Some(quote::string(chars.chars(), '"', self.limits.unicode) + more)
    }

    /// A binary of printable characters.
    fn text_of(&self, bits: Bits<'_>) -> Option<String> {
        if !bits.is_binary() {
            return None;
        }
        let shown = Bits { len: bits.len.min(self.limits.parts * 8), ..bits };
        let more = if shown.len < bits.len { "..." } else { "" };
        let bytes = shown.bytes();
        if self.limits.unicode
            && let Ok(text) = std::str::from_utf8(&bytes)
        {
            let printable = text.chars().all(|c| is_printable(c, true));
            let encoding = if text.is_ascii() { "" } else { "/utf8" };
            return printable.then(|| format!("<<{}{encoding}{more}>>", quote::string(text.chars(), '"', true)));
        }
        let chars = || bytes.iter().map(|b| char::from(*b));
        let printable = chars().all(|c| is_printable(c, false));
        printable.then(|| format!("<<{}{more}>>", quote::string(chars(), '"', false)))
    }
}

/// Whether `io_lib` takes a character for a part of a text.
fn is_printable(c: char, unicode: bool) -> bool {
    match c {
        ' '..='~' | '\n' | '\r' | '\t' | '\u{b}' | '\u{8}' | '\u{c}' | '\u{1b}' | '\u{a0}'..='\u{ff}' => true,
        c => unicode && c > '\u{ff}' && !matches!(c, '\u{fffe}' | '\u{ffff}'),
    }
}
