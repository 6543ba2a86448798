//! Reads terms as Erlang writes them, as far as the tests use them.

use std::sync::Arc;

use num_bigint::BigInt;
use shared::Term;
use shared::term::List;

/// The term that `text` spells.
pub(crate) fn term(text: &str) -> Term {
    let (term, rest) = prefix(text);
    assert_eq!(rest.trim(), "", "after a term in {text}");
    term
}

/// The term at the beginning of `text`, and what follows.
pub(crate) fn prefix(text: &str) -> (Term, &str) {
    let mut parser = Parser { rest: text.trim_start() };
    let term = parser.term();
    (term, parser.rest)
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn accept(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn expect(&mut self, token: &str) {
        assert!(self.accept(token), "no {token} at {:?}", self.rest);
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn until(&mut self, end: &str) -> Vec<Term> {
        let mut terms = Vec::new();
        while !self.accept(end) {
            terms.push(self.term());
            self.accept(",");
        }
        terms
    }

    fn term(&mut self) -> Term {
        if self.accept("<<") {
            return self.binary();
        }
        if self.accept("#{") {
            let mut pairs = Vec::new();
            while !self.accept("}") {
                let key = self.term();
                self.expect("=>");
                pairs.push((key, self.term()));
                self.accept(",");
            }
            return Term::map(pairs);
        }
        if self.accept("{") {
            return Term::tuple(self.until("}"));
        }
        if self.accept("[") {
            return self.list();
        }
        if self.accept("'") {
            return Term::atom(self.quoted('\''));
        }
        if self.accept("\"") {
            return Term::string(self.quoted('"'));
        }
        match self.rest.chars().next() {
            Some(c) if c.is_ascii_digit() || c == '-' => self.number(),
            _ => {
                let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_' || c == '@');
                assert_ne!(name, "", "no term at {:?}", self.rest);
                Term::atom(name)
            }
        }
    }

    fn quoted(&mut self, end: char) -> &'a str {
        let text = self.take_while(|c| c != end);
        self.rest = &self.rest[1..];
        text
    }

    fn number(&mut self) -> Term {
        let text = self.take_while(|c| c.is_ascii_digit() || matches!(c, '-' | '.' | 'e'));
        if text.contains('.') {
            return Term::float(text.parse().expect("a float")).expect("finite");
        }
        Term::integer(text.parse::<BigInt>().expect("an integer"))
    }

    fn binary(&mut self) -> Term {
        if self.accept("\"") {
            let text = self.quoted('"');
            self.expect(">>");
            return Term::binary(text.as_bytes());
        }
        let bytes = self.until(">>").iter().map(|byte| byte.as_int().expect("a byte") as u8).collect::<Arc<[u8]>>();
        Term::binary(bytes)
    }

    fn list(&mut self) -> Term {
        let mut elements = Vec::new();
        loop {
            if self.accept("]") {
                return Term::list(elements);
            }
            elements.push(self.term());
            if self.accept("|") {
                let end = self.term();
                self.expect("]");
                return List::term(elements, end);
            }
            self.accept(",");
        }
    }
}
