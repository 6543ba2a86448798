//! Tables of calls with the results that Erlang/OTP gives, for tests of natives.
//!
//! A line is `module:function(Arguments) => Result`; arguments may be calls themselves. Results are as `~kw` writes them, or
//! `error: Reason`. `tables/evaluate.escript` fills the results in by running the calls in Erlang/OTP.

pub(crate) mod host;

use num_bigint::BigInt;

use crate::fail::{Fail, Outcome};
use crate::host::NoHost;
use crate::image::ImageRef;
use crate::term::{Term, header_kind, kind};
use crate::vm::Vm;

/// A process without code.
pub(crate) fn process() -> Vm {
    Vm::new(ImageRef::new(), Box::new(NoHost::new()), Term::pid(1))
}

/// Runs all calls of a table and compares the results; reports every line that differs.
pub(crate) fn check_table(table: &str) {
    let mut vm = process();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in table.lines().filter(|l| !l.is_empty() && !l.starts_with('%')) {
        let (call, expected) = line.split_once(" => ").expect("a line is a call and its result");
        let result = Parser { text: call, at: 0 }.value(&mut vm);
        let shown = match result {
            Ok(value) => show(&vm, value),
            Err(Fail::Error(reason) | Fail::ErrorCause(reason, _)) => format!("error: {}", show(&vm, reason)),
            Err(other) => format!("{other:?}"),
        };
        count += 1;
        if shown != expected {
            wrong.push(format!("{call}\n  gives    {shown}\n  expected {expected}"));
        }
    }
    assert!(count > 0, "the table is empty");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The term that a text stands for.
pub(crate) fn parse(vm: &mut Vm, text: &str) -> Term {
    Parser { text, at: 0 }.value(vm).expect("the term has no calls that fail")
}

/// Calls a native.
pub(crate) fn call(vm: &mut Vm, module: &str, function: &str, args: &[Term]) -> Outcome {
    let image = vm.image.clone();
    let mfa = (vm.atom(module)?, vm.atom(function)?, args.len() as u32);
    let number = image.get().native(mfa).unwrap_or_else(|| panic!("no native {module}:{function}/{}", args.len()));
    crate::natives::dispatch::call(number as usize, vm, args)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }
    fn peek(&mut self) -> char {
        self.at += self.rest().len() - self.rest().trim_start().len();
        self.rest().chars().next().unwrap_or('\0')
    }
    fn take(&mut self, text: &str) -> bool {
        self.peek();
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }
    fn need(&mut self, text: &str) {
        assert!(self.take(text), "{text} is missing at {}", self.rest());
    }
    fn while_true(&mut self, test: impl Fn(char) -> bool) -> String {
        let end = self.rest().find(|c| !test(c)).unwrap_or(self.rest().len());
        let found = self.rest()[..end].to_string();
        self.at += end;
        found
    }
    fn quoted(&mut self, quote: char) -> String {
        self.at += 1;
        let mut out = String::new();
        loop {
            let c = self.rest().chars().next().expect("a quote ends");
            self.at += c.len_utf8();
            match c {
                '\\' => {
                    out.push(self.rest().chars().next().expect("something is escaped"));
                    self.at += 1;
                }
                c if c == quote => return out,
                c => out.push(c),
            }
        }
    }
    fn many(&mut self, vm: &mut Vm, end: &str) -> Result<Vec<Term>, Fail> {
        let mut items = Vec::new();
        while !self.take(end) {
            items.push(self.value(vm)?);
            self.take(",");
        }
        Ok(items)
    }
    fn integer(&mut self) -> BigInt {
        let negative = self.take("-");
        let mut digits = self.while_true(|c| c.is_ascii_digit());
        let mut base = 10;
        if self.rest().starts_with('#') {
            self.at += 1;
            base = digits.parse().expect("a base");
            digits = self.while_true(|c| c.is_ascii_alphanumeric());
        }
        let value = BigInt::parse_bytes(digits.as_bytes(), base).expect("digits");
        if negative { -value } else { value }
    }
    fn value(&mut self, vm: &mut Vm) -> Outcome {
        match self.peek() {
            '<' => self.bits(vm),
            '"' => {
                let text = self.quoted('"');
                Ok(vm.heap.string(&text))
            }
            '[' => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    if self.take("]") {
                        return Ok(vm.heap.list(&items));
                    }
                    if self.take("|") {
                        let tail = self.value(vm)?;
                        self.need("]");
                        return Ok(vm.heap.list_with_tail(&items, tail));
                    }
                    items.push(self.value(vm)?);
                    self.take(",");
                }
            }
            '{' => {
                self.at += 1;
                let items = self.many(vm, "}")?;
                Ok(vm.heap.tuple(&items))
            }
            c if c == '-' || c.is_ascii_digit() => {
                let start = self.at;
                let value = self.integer();
                if self.rest().starts_with('.') {
                    self.at += 1;
                    self.while_true(|c| c.is_ascii_alphanumeric() || c == '-');
                    let float = self.text[start..self.at].parse().expect("a float");
                    return Ok(vm.heap.float(float));
                }
                Ok(vm.heap.bigint(&value))
            }
            quote => {
                let name = if quote == '\'' { self.quoted('\'') } else { self.word() };
                if !self.take(":") {
                    return vm.atom(&name);
                }
                let function = self.word();
                self.need("(");
                let args = self.many(vm, ")")?;
                call(vm, &name, &function, &args)
            }
        }
    }
    fn word(&mut self) -> String {
        self.while_true(|c| c.is_alphanumeric() || c == '_' || c == '@')
    }
    fn bits(&mut self, vm: &mut Vm) -> Outcome {
        self.need("<<");
        let (mut bytes, mut len) = (Vec::new(), 0);
        let mut push = |value: u64, size: usize| {
            bytes.resize((len + size).div_ceil(8), 0);
            crate::bits::write(&mut bytes, len, size, value);
            len += size;
        };
        while !self.take(">>") {
            if self.peek() == '"' {
                let text = self.quoted('"');
                if self.take("/utf8") {
                    text.bytes().for_each(|b| push(u64::from(b), 8));
                } else {
                    text.chars().for_each(|c| push(u64::from(c as u32 & 0xff), 8));
                }
            } else {
                let value = i64::try_from(self.integer()).expect("a small number") as u64;
                let size = if self.take(":") { usize::try_from(self.integer()).expect("a size") } else { 8 };
                push(value, size);
            }
            self.take(",");
        }
        Ok(vm.heap.bits(&bytes, len))
    }
}

/// A term as `~kw` writes it.
pub(crate) fn show(vm: &Vm, term: Term) -> String {
    let many = |terms: &[Term]| terms.iter().map(|t| show(vm, *t)).collect::<Vec<_>>().join(",");
    if let Some(number) = term.bigint() {
        return number.to_string();
    }
    if term.is_atom() {
        let name = vm.atom_name(term);
        let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '@');
        return if plain { name.to_string() } else { format!("'{name}'") };
    }
    if term.is_list() {
        let mut iter = term.list();
        let items: Vec<Term> = iter.by_ref().collect();
        let tail = if iter.tail().is_nil() { String::new() } else { format!("|{}", show(vm, iter.tail())) };
        return format!("[{}{tail}]", many(&items));
    }
    if let Some(bits) = term.bits() {
        let bytes = bits.bytes();
        let mut parts: Vec<String> = bytes.iter().map(u8::to_string).collect();
        if let (Some(part), extra @ 1..) = (parts.last_mut(), bits.len % 8) {
            *part = format!("{}:{extra}", bytes[bytes.len() - 1] >> (8 - extra));
        }
        return format!("<<{}>>", parts.join(","));
    }
    match header_kind(term.header()) {
        kind::TUPLE if term.is_boxed() => format!("{{{}}}", many(term.elements())),
        kind::FLATMAP => {
            let (keys, values) = (term.elements()[0].elements(), &term.elements()[1..]);
            let mut pairs: Vec<String> =
                keys.iter().zip(values).map(|(k, v)| format!("{} => {}", show(vm, *k), show(vm, *v))).collect();
            pairs.sort();
            format!("#{{{}}}", pairs.join(","))
        }
        kind::FLOAT => format!("{:?}", term.float()),
        kind::REF => "#Ref<>".to_string(),
        _ => format!("{term:?}"),
    }
}
