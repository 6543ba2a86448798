//! A pattern of Elixir with guards, as guards of a match specification over the whole term.
//!
//! Each part of a pattern is a condition on a place of the term, `{element, 2, {map_get, message, '$_'}}`; a variable is the place where
//! it stands first. A guard whose evaluation fails does not hold, so conditions need only stand in the right order.

use std::collections::HashMap;

use crate::Term;

use super::FilterError;
use super::scan::{Token, error, tokens};

/// Most levels of a pattern or guard.
const MAX_DEPTH: usize = 50;

/// The guards that stand for a pattern.
pub(super) fn guards(text: &str) -> Result<Vec<Term>, FilterError> {
    let end = text.chars().count();
    let mut parser =
        Parser { tokens: tokens(text)?, next: 0, end, places: HashMap::new(), conditions: Vec::new(), depth: 0 };
    parser.pattern(&Term::atom("$_"))?;
    if parser.takes_name("when") {
        let guard = parser.expression(0)?;
        parser.conditions.push(guard);
    }
    match parser.peek() {
        None => Ok(parser.conditions),
        Some(_) => parser.fail("nothing more is expected here"),
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    /// Characters of the text.
    end: usize,
    /// Where each variable stands.
    places: HashMap<String, Term>,
    conditions: Vec<Term>,
    depth: usize,
}

fn call(function: &str, arguments: impl IntoIterator<Item = Term>) -> Term {
    let parts: Vec<Term> = std::iter::once(Term::atom(function)).chain(arguments).collect();
    Term::tuple(parts)
}

fn constant(term: Term) -> Term {
    call("const", [term])
}

/// Operators with the strength of their binding and what they are called in guards.
const OPERATORS: [(&str, u8, &str); 17] = [
    ("or", 1, "orelse"),
    ("||", 1, "orelse"),
    ("and", 2, "andalso"),
    ("&&", 2, "andalso"),
    ("==", 3, "=="),
    ("!=", 3, "/="),
    ("===", 3, "=:="),
    ("!==", 3, "=/="),
    ("<", 4, "<"),
    (">", 4, ">"),
    ("<=", 4, "=<"),
    (">=", 4, ">="),
    ("in", 5, "in"),
    ("+", 6, "+"),
    ("-", 6, "-"),
    ("*", 7, "*"),
    ("/", 7, "/"),
];

/// Functions with their number of arguments that are called the same in guards.
const FUNCTIONS: [(&str, usize); 24] = [
    ("abs", 1),
    ("bit_size", 1),
    ("byte_size", 1),
    ("ceil", 1),
    ("div", 2),
    ("floor", 1),
    ("hd", 1),
    ("is_atom", 1),
    ("is_binary", 1),
    ("is_bitstring", 1),
    ("is_boolean", 1),
    ("is_float", 1),
    ("is_function", 1),
    ("is_integer", 1),
    ("is_list", 1),
    ("is_map", 1),
    ("is_number", 1),
    ("is_pid", 1),
    ("is_reference", 1),
    ("is_tuple", 1),
    ("length", 1),
    ("map_size", 1),
    ("rem", 2),
    ("tl", 1),
];

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn fail<T>(&self, text: impl Into<String>) -> Result<T, FilterError> {
        error(self.tokens.get(self.next).map_or(self.end, |(at, _)| *at), text)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.next += 1;
        token
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.next += usize::from(is_it);
        is_it
    }

    fn takes_name(&mut self, name: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Token::Name(found)) if found == name);
        self.next += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, sign: &str) -> Result<(), FilterError> {
        if self.takes(sign) { Ok(()) } else { self.fail(format!("`{sign}` is expected here")) }
    }

    /// Something within something else.
    fn deeper<T>(&mut self, part: impl FnOnce(&mut Self) -> Result<T, FilterError>) -> Result<T, FilterError> {
        if self.depth == MAX_DEPTH {
            return self.fail("it is nested too deep");
        }
        self.depth += 1;
        let result = part(self);
        self.depth -= 1;
        result
    }

    /// Parts with commas between them until a sign closes them.
    fn each(
        &mut self,
        close: &str,
        mut part: impl FnMut(&mut Self, usize) -> Result<(), FilterError>,
    ) -> Result<usize, FilterError> {
        let mut count = 0;
        while !self.takes(close) {
            if count > 0 {
                self.expect(",")?;
            }
            part(self, count)?;
            count += 1;
        }
        Ok(count)
    }

    fn holds(&mut self, condition: Term) {
        self.conditions.push(condition);
    }

    /// A pattern at a place of the term.
    fn pattern(&mut self, place: &Term) -> Result<(), FilterError> {
        self.deeper(|parser| parser.pattern_here(place))?;
        while self.takes("=") {
            self.deeper(|parser| parser.pattern_here(place))?;
        }
        Ok(())
    }

    fn pattern_here(&mut self, place: &Term) -> Result<(), FilterError> {
        if let Some(literal) = self.literal()? {
            self.holds(call("=:=", [place.clone(), constant(literal)]));
            return Ok(());
        }
        match self.peek().cloned() {
            Some(Token::Name(name)) if name != "when" => {
                self.next += 1;
                match self.places.get(&name) {
                    _ if name.starts_with('_') => {}
                    Some(first) => self.conditions.push(call("=:=", [first.clone(), place.clone()])),
                    None => drop(self.places.insert(name, place.clone())),
                }
                Ok(())
            }
            Some(Token::Sign("{")) => {
                self.next += 1;
                self.tuple(place)
            }
            Some(Token::Sign("[")) => {
                self.next += 1;
                self.list(place)
            }
            Some(Token::Sign("%{")) => {
                self.next += 1;
                self.map(place)
            }
            Some(Token::Sign("%")) => {
                self.next += 1;
                let Some(Token::Atom(module)) = self.take() else {
                    self.next -= 1;
                    return self.fail("the name of a struct is expected here");
                };
                self.holds(call("is_map", [place.clone()]));
                let module = constant(Term::atom(&module));
                self.holds(call("=:=", [call("map_get", [Term::atom("__struct__"), place.clone()]), module]));
                self.expect("{")?;
                self.map(place)
            }
            _ => self.fail("a pattern is expected here"),
        }
    }

    fn tuple(&mut self, place: &Term) -> Result<(), FilterError> {
        self.holds(call("is_tuple", [place.clone()]));
        // The size comes to stand in front of what is said of the elements.
        let at = self.conditions.len();
        let size =
            self.each("}", |parser, i| parser.pattern(&call("element", [Term::from(i as u64 + 1), place.clone()])))?;
        self.conditions.insert(at, call("=:=", [call("tuple_size", [place.clone()]), Term::from(size as u64)]));
        Ok(())
    }

    fn list(&mut self, place: &Term) -> Result<(), FilterError> {
        let mut rest = place.clone();
        let mut is_open = false;
        self.each("]", |parser, _| {
            if is_open {
                return parser.fail("nothing can follow the tail");
            }
            parser.holds(call("is_list", [rest.clone()]));
            parser.holds(call("=/=", [rest.clone(), Term::Nil]));
            parser.pattern(&call("hd", [rest.clone()]))?;
            rest = call("tl", [rest.clone()]);
            if parser.takes("|") {
                is_open = true;
                parser.pattern(&rest)?;
            }
            Ok(())
        })?;
        if !is_open {
            self.holds(call("=:=", [rest, Term::Nil]));
        }
        Ok(())
    }

    fn map(&mut self, place: &Term) -> Result<(), FilterError> {
        self.holds(call("is_map", [place.clone()]));
        self.each("}", |parser, _| {
            let key = match parser.peek().cloned() {
                Some(Token::Key(name)) => {
                    parser.next += 1;
                    Term::atom(&name)
                }
                _ => {
                    let Some(key) = parser.literal()? else { return parser.fail("a key is expected here") };
                    parser.expect("=>")?;
                    key
                }
            };
            parser.holds(call("is_map_key", [constant(key.clone()), place.clone()]));
            parser.pattern(&call("map_get", [constant(key), place.clone()]))
        })?;
        Ok(())
    }

    /// A term that stands for itself, if there is one.
    fn literal(&mut self) -> Result<Option<Term>, FilterError> {
        let is_negative = matches!(self.peek(), Some(Token::Sign("-")));
        let at = self.next + usize::from(is_negative);
        let literal = match self.tokens.get(at).map(|(_, token)| token) {
            Some(Token::Int(value)) => Term::Int(if is_negative { -value } else { *value }),
            Some(Token::Float(value)) => {
                let Some(value) = Term::float(if is_negative { -value } else { *value }) else {
                    return self.fail("a number that is too large");
                };
                value
            }
            _ if is_negative => return Ok(None),
            Some(Token::Atom(name)) if name.chars().count() > 255 => return self.fail("an atom that is too long"),
            Some(Token::Atom(name)) => Term::atom(name),
            Some(Token::Text(text)) => Term::binary(text.as_bytes()),
            _ => return Ok(None),
        };
        self.next = at + 1;
        Ok(Some(literal))
    }

    /// A guard whose operators bind more strongly than that.
    fn expression(&mut self, weakest: u8) -> Result<Term, FilterError> {
        self.deeper(|parser| parser.operators(weakest))
    }

    fn operators(&mut self, weakest: u8) -> Result<Term, FilterError> {
        let mut left = self.operand()?;
        loop {
            let symbol = match self.peek() {
                Some(Token::Sign(sign)) => *sign,
                Some(Token::Name(name)) => name.as_str(),
                _ => return Ok(left),
            };
            let operator = OPERATORS.iter().find(|(name, ..)| *name == symbol);
            let Some((_, strength, function)) = operator.filter(|(_, strength, _)| *strength > weakest) else {
                return Ok(left);
            };
            self.next += 1;
            left = if *function == "in" {
                self.one_of(&left)?
            } else {
                let right = self.expression(*strength)?;
                call(function, [left, right])
            };
        }
    }

    /// The list behind `in`.
    fn one_of(&mut self, left: &Term) -> Result<Term, FilterError> {
        self.expect("[")?;
        let mut any = Term::bool(false);
        self.each("]", |parser, _| {
            let right = parser.expression(0)?;
            any = call("orelse", [any.clone(), call("=:=", [left.clone(), right])]);
            Ok(())
        })?;
        Ok(any)
    }

    fn operand(&mut self) -> Result<Term, FilterError> {
        if self.takes_name("not") || self.takes("!") {
            let operand = self.expression(7)?;
            return Ok(call("not", [operand]));
        }
        if let Some(literal) = self.literal()? {
            return Ok(constant(literal));
        }
        if self.takes("-") {
            let operand = self.expression(7)?;
            return Ok(call("-", [operand]));
        }
        if self.takes("(") {
            let inner = self.expression(0)?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.takes("[") {
            let mut elements = Vec::new();
            self.each("]", |parser, _| {
                elements.push(parser.expression(0)?);
                Ok(())
            })?;
            return Ok(Term::list(elements));
        }
        if self.takes("{") {
            let mut elements = Vec::new();
            self.each("}", |parser, _| {
                elements.push(parser.expression(0)?);
                Ok(())
            })?;
            return Ok(Term::tuple([Term::tuple(elements)]));
        }
        let Some(Token::Name(name)) = self.peek().cloned() else { return self.fail("a value is expected here") };
        if matches!(self.tokens.get(self.next + 1), Some((_, Token::Sign("(")))) {
            return self.function(&name);
        }
        let Some(mut place) = self.places.get(&name).cloned() else {
            return self.fail(format!("there is no variable {name}"));
        };
        self.next += 1;
        while self.takes(".") {
            let Some(Token::Name(key)) = self.take() else {
                self.next -= 1;
                return self.fail("a key is expected here");
            };
            place = call("map_get", [constant(Term::atom(&key)), place]);
        }
        Ok(place)
    }

    fn function(&mut self, name: &str) -> Result<Term, FilterError> {
        let at = self.next;
        self.next += 2;
        let mut arguments = Vec::new();
        self.each(")", |parser, _| {
            arguments.push(parser.expression(0)?);
            Ok(())
        })?;
        Ok(match (name, &arguments[..]) {
            ("elem", [tuple, index]) => call("element", [call("+", [index.clone(), Term::Int(1)]), tuple.clone()]),
            ("is_nil", [value]) => call("=:=", [value.clone(), Term::atom("nil")]),
            ("is_map_key", [map, key]) => call("is_map_key", [key.clone(), map.clone()]),
            ("tuple_size", [tuple]) => call("tuple_size", [tuple.clone()]),
            _ if FUNCTIONS.contains(&(name, arguments.len())) => call(name, arguments),
            _ => {
                self.next = at;
                return self.fail(format!("{name}/{} cannot be called in a guard", arguments.len()));
            }
        })
    }
}
