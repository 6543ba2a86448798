//! Test tables: calls of natives and what Erlang/OTP 27 gives for them, one a line.
//!
//! ```text
//! erlang:'+'(1,2) => 3
//! erlang:'+'(1,a) => error: badarith
//! erlang:exit(1) => exit: 1
//! ```
//! Terms are as `~w` writes them. Some atoms stand for values that have no text: `'$pid'`, `'$ref'`, `'$map'` (an empty one), `'$fun'` (a local fun of
//! one argument) and `'$export'` (`fun lists:reverse/1`).

use std::collections::HashMap;

use num_bigint::BigInt;

use crate::code::FunEntry;
use crate::fail::{Class, Fail};
use crate::host::NoHost;
use crate::image::ImageRef;
use crate::term::{Term, header_kind, kind};
use crate::vm::Vm;

/// Runs every line of a table, in the block of the heap and in fragments, and fails with all lines that are not as expected.
pub(crate) fn check(table: &str) {
    let mut wrong = Vec::new();
    for stress in [false, true] {
        let mut bench = Bench::new();
        bench.vm.heap.stress = stress;
        wrong.extend(table.lines().filter(|l| !l.is_empty()).filter_map(|l| bench.wrong(l)));
    }
    assert!(wrong.is_empty(), "{} lines differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// A process and the values that have no text.
pub(crate) struct Bench {
    vm: Vm,
    special: HashMap<&'static str, Term>,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        let image = ImageRef::new();
        let mut vm = Vm::new(image.clone(), Box::new(NoHost::new()), Term::pid(1));
        let lists = vm.atom("lists").expect("an atom");
        let reverse = vm.atom("reverse").expect("an atom");
        let code = &mut image.get_mut().code;
        let (none, uniq) = (std::ptr::null(), [0; 16]);
        let export = code.export((lists, reverse, 1));
        let function = reverse;
        code.funs.push(FunEntry {
            module: lists,
            function,
            arity: 1,
            free: 1,
            index: 0,
            old_uniq: 0,
            uniq,
            code: none,
        });
        let empty = vm.heap.tuple(&[]);
        let special = HashMap::from([
            ("$pid", vm.pid),
            ("$ref", vm.make_ref()),
            ("$map", vm.heap.boxed_terms(kind::FLATMAP, 0, &[empty])),
            ("$fun", vm.heap.boxed_terms(kind::FUN, 0, &[Term::small(0), Term::NIL])),
            ("$export", vm.heap.boxed_terms(kind::EXPORT, 0, &[Term::small(i64::from(export))])),
        ]);
        Bench { vm, special }
    }

    /// What is wrong with a line, if anything.
    pub(crate) fn wrong(&mut self, line: &str) -> Option<String> {
        self.vm.dictionary.clear();
        let mut reader = Reader { rest: line, bench: self };
        let module = reader.atom_name();
        reader.expect(":");
        let function = reader.atom_name();
        reader.expect("(");
        let args = reader.terms(")");
        reader.expect(" => ");
        let expected = reader.outcome();
        let atom = |name: &str| self.vm.image.get().atoms.existing(name);
        let mfa = atom(&module).zip(atom(&function)).map(|(m, f)| (m, f, args.len() as u32));
        let Some(native) = mfa.and_then(|mfa| self.vm.image.get().native(mfa)) else {
            return Some(format!("{line}\n    there is no such native"));
        };
        let got = super::dispatch::call(native as usize, &mut self.vm, &args);
        let is_same = match (got, expected) {
            (Ok(a), Ok(b)) => same(a, b),
            (Err(Fail::Error(a) | Fail::CallerError { reason: a, .. }), Err((Class::Error, b))) => same(a, b),
            (Err(Fail::Exit(a)), Err((Class::Exit, b))) => same(a, b),
            (Err(Fail::Throw(a)), Err((Class::Throw, b))) => same(a, b),
            _ => false,
        };
        let text = match got {
            Ok(t) => self.text(t),
            Err(Fail::Error(t) | Fail::CallerError { reason: t, .. }) => format!("error: {}", self.text(t)),
            Err(other) => format!("{other:?}"),
        };
        (!is_same).then(|| format!("{line}\n    got {text}"))
    }

    pub(crate) fn vm(&mut self) -> &mut Vm {
        &mut self.vm
    }
    /// The term that some text is.
    pub(crate) fn read(&mut self, text: &str) -> Term {
        Reader { rest: text, bench: self }.term()
    }
    /// The text of the term that some text is.
    pub(crate) fn normal(&mut self, text: &str) -> String {
        let term = self.read(text);
        self.text(term)
    }

    pub(crate) fn text(&self, t: Term) -> String {
        let join = |items: &[Term]| items.iter().map(|t| self.text(*t)).collect::<Vec<_>>().join(",");
        if let Some(i) = t.bigint() {
            return i.to_string();
        }
        if let Some(f) = t.float() {
            return format!("{f:?}");
        }
        if t.is_atom() {
            return format!("'{}'", self.vm.atom_name(t));
        }
        if let Some(elements) = t.tuple() {
            return format!("{{{}}}", join(elements));
        }
        if t.is_list() {
            let mut cells = t.list();
            let items: Vec<Term> = cells.by_ref().collect();
            let tail = if cells.tail().is_nil() { String::new() } else { format!("|{}", self.text(cells.tail())) };
            return format!("[{}{tail}]", join(&items));
        }
        match t.bits() {
            Some(bits) => format!("<<{:?}:{}>>", bits.bytes(), bits.len),
            None => format!("{t:?}"),
        }
    }
}

/// Exact equality, also of the way a value is held: integers must be canonical and zeros have signs.
fn same(a: Term, b: Term) -> bool {
    let mut left = vec![(a, b)];
    while let Some((a, b)) = left.pop() {
        if a == b {
            continue;
        }
        match (a.cons(), b.cons(), a.tuple(), b.tuple(), a.bits(), b.bits()) {
            (Some((h1, t1)), Some((h2, t2)), ..) => left.extend([(h1, h2), (t1, t2)]),
            (_, _, Some(x), Some(y), ..) if x.len() == y.len() => left.extend(x.iter().copied().zip(y.iter().copied())),
            (.., Some(x), Some(y)) if x.len == y.len && x.bytes() == y.bytes() => {}
            _ => {
                let is_raw = |t: Term| {
                    t.is_boxed() && matches!(header_kind(t.header()), kind::FLOAT | kind::BIG_POS | kind::BIG_NEG)
                };
                if !(is_raw(a) && is_raw(b) && a.header() == b.header() && a.words() == b.words()) {
                    return false;
                }
            }
        }
    }
    true
}

/// Reads terms as `~w` writes them. Tables are ours, so malformed text is a panic.
struct Reader<'a, 'b> {
    rest: &'a str,
    bench: &'b mut Bench,
}

impl Reader<'_, '_> {
    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
    fn expect(&mut self, text: &str) {
        assert!(self.eat(text), "expected {text} at {}", self.rest);
    }
    fn take(&mut self, is_part: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (part, rest) = self.rest.split_at(end);
        self.rest = rest;
        part.into()
    }
    fn outcome(&mut self) -> Result<Term, (Class, Term)> {
        let class = match () {
            () if self.eat("error: ") => Class::Error,
            () if self.eat("exit: ") => Class::Exit,
            () if self.eat("throw: ") => Class::Throw,
            () => return Ok(self.term()),
        };
        Err((class, self.term()))
    }
    fn atom_name(&mut self) -> String {
        if !self.eat("'") {
            return self.take(|c| c.is_alphanumeric() || c == '_' || c == '@');
        }
        let mut name = String::new();
        loop {
            let c = self.rest.chars().next().expect("a closing quote");
            self.rest = &self.rest[c.len_utf8()..];
            match c {
                '\'' => return name,
                '\\' if self.eat("x{") => {
                    let code = u32::from_str_radix(&self.take(|c| c != '}'), 16).expect("a code point");
                    self.expect("}");
                    name.push(char::from_u32(code).expect("a character"));
                }
                '\\' if self.rest.starts_with(|c: char| c.is_ascii_digit()) => {
                    let (digits, rest) = self.rest.split_at(3);
                    self.rest = rest;
                    name.push(char::from(u8::from_str_radix(digits, 8).expect("an octal number")));
                }
                '\\' => {
                    let c = self.rest.chars().next().expect("an escaped character");
                    self.rest = &self.rest[c.len_utf8()..];
                    name.push(match c {
                        'n' => '\n',
                        't' => '\t',
                        's' => ' ',
                        c => c,
                    });
                }
                c => name.push(c),
            }
        }
    }
    fn terms(&mut self, end: &str) -> Vec<Term> {
        let mut terms = Vec::new();
        while !self.eat(end) {
            terms.push(self.term());
            self.eat(",");
        }
        terms
    }
    fn term(&mut self) -> Term {
        if self.eat("<<") {
            return self.bits();
        }
        if self.eat("{") {
            let elements = self.terms("}");
            return self.bench.vm.heap.tuple(&elements);
        }
        if self.eat("[") {
            let mut elements = Vec::new();
            let mut tail = Term::NIL;
            while !self.eat("]") {
                if self.eat("|") {
                    tail = self.term();
                    continue;
                }
                elements.push(self.term());
                self.eat(",");
            }
            return self.bench.vm.heap.list_with_tail(&elements, tail);
        }
        if self.rest.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            let digits = self.take(|c| c == '-' || c == '+' || c == '.' || c == 'e' || c.is_ascii_digit());
            return match digits.parse::<BigInt>() {
                Ok(i) => self.bench.vm.heap.bigint(&i),
                Err(_) => self.bench.vm.heap.float(digits.parse().expect("a number")),
            };
        }
        let name = self.atom_name();
        match self.bench.special.get(name.as_str()) {
            Some(term) => *term,
            None => self.bench.vm.atom(&name).expect("an atom"),
        }
    }
    fn bits(&mut self) -> Term {
        let (mut bytes, mut len) = (Vec::new(), 0);
        while !self.eat(">>") {
            let value: u8 = self.take(|c| c.is_ascii_digit()).parse().expect("a byte");
            let size = if self.eat(":") { self.take(|c| c.is_ascii_digit()).parse().expect("a size") } else { 8 };
            bytes.push(value << (8 - size));
            len += size;
            self.eat(",");
        }
        self.bench.vm.heap.bits(&bytes, len)
    }
}
