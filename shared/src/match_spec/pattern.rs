//! Heads of match specifications.

use crate::Term;
use crate::term::List;

use super::CompileError;

/// What a term is compared with.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// `_`
    Anything,
    /// `$N`: binds, or compares with what it is bound to.
    Variable(usize),
    /// A term without variables, compared with `=:=`.
    Const(Term),
    /// A tuple of these.
    Tuple(Vec<Pattern>),
    /// A list that begins with these and ends so.
    List(Vec<Pattern>, Box<Pattern>),
    /// These keys with these values, among others.
    Map(Vec<(Term, Pattern)>),
}

/// The number of a variable `$N`.
pub(crate) fn variable(term: &Term) -> Option<u64> {
    let digits = term.as_atom()?.strip_prefix('$')?;
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = digits.len() == 1 || !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain && canonical)
}

/// Adds the numbers of the variables in a head, each once.
pub(crate) fn collect_variables(term: &Term, numbers: &mut Vec<u64>) {
    match term {
        Term::Atom(_) => numbers.extend(variable(term)),
        Term::Tuple(elements) => elements.iter().for_each(|element| collect_variables(element, numbers)),
        Term::List(list) => {
            list.elements().iter().for_each(|element| collect_variables(element, numbers));
            collect_variables(list.end(), numbers);
        }
        Term::Map(map) => map.pairs().iter().for_each(|(_, value)| collect_variables(value, numbers)),
        _ => {}
    }
}

impl Pattern {
    /// The pattern for a head; `numbers` are its variables in ascending order.
    pub(crate) fn compile(term: &Term, numbers: &[u64]) -> Result<Self, CompileError> {
        Ok(match term {
            Term::Atom(atom) if *atom == "_" => Self::Anything,
            Term::Atom(_) => match variable(term).and_then(|number| numbers.binary_search(&number).ok()) {
                Some(slot) => Self::Variable(slot),
                None => Self::Const(term.clone()),
            },
            Term::Tuple(elements) => {
                let parts = Self::compile_all(elements, numbers)?;
                Self::folded(term, parts, Self::Tuple)
            }
            Term::List(list) => {
                let parts = Self::compile_all(list.elements(), numbers)?;
                match Self::compile(list.end(), numbers)? {
                    Self::Const(_) if parts.iter().all(Self::is_const) => Self::Const(term.clone()),
                    end => Self::List(parts, Box::new(end)),
                }
            }
            Term::Map(map) => {
                let mut pairs = Vec::with_capacity(map.len());
                for (key, value) in map.pairs() {
                    if !is_ground(key) {
                        return Err(CompileError("Variable found in map key.".to_owned()));
                    }
                    pairs.push((key.clone(), Self::compile(value, numbers)?));
                }
                Self::Map(pairs)
            }
            _ => Self::Const(term.clone()),
        })
    }

    fn compile_all(terms: &[Term], numbers: &[u64]) -> Result<Vec<Self>, CompileError> {
        terms.iter().map(|term| Self::compile(term, numbers)).collect()
    }

    fn folded(term: &Term, parts: Vec<Self>, make: impl Fn(Vec<Self>) -> Self) -> Self {
        if parts.iter().all(Self::is_const) { Self::Const(term.clone()) } else { make(parts) }
    }

    fn is_const(&self) -> bool {
        matches!(self, Self::Const(_))
    }

    /// Whether `term` matches; fills the slots of `bound`.
    pub(crate) fn matches(&self, term: &Term, bound: &mut [Option<Term>]) -> bool {
        match (self, term) {
            (Self::Anything, _) => true,
            (Self::Variable(slot), _) => match bound.get_mut(*slot) {
                Some(Some(value)) => value == term,
                Some(empty) => {
                    *empty = Some(term.clone());
                    true
                }
                None => false,
            },
            (Self::Const(value), _) => value == term,
            (Self::Tuple(parts), Term::Tuple(elements)) => {
                parts.len() == elements.len() && Self::all_match(parts, elements, bound)
            }
            (Self::List(parts, end), Term::List(list)) => Self::list_matches(parts, end, list, bound),
            (Self::Map(pairs), Term::Map(map)) => {
                pairs.iter().all(|(key, part)| map.get(key).is_some_and(|value| part.matches(value, bound)))
            }
            _ => false,
        }
    }

    fn all_match(parts: &[Self], terms: &[Term], bound: &mut [Option<Term>]) -> bool {
        parts.iter().zip(terms).all(|(part, term)| part.matches(term, bound))
    }

    fn list_matches(parts: &[Self], end: &Self, list: &List, bound: &mut [Option<Term>]) -> bool {
        if list.len() < parts.len() || !Self::all_match(parts, list.elements(), bound) {
            return false;
        }
        let mut rest = Term::List(list.clone());
        for _ in parts {
            rest = match rest {
                Term::List(cells) => cells.tail(),
                other => other,
            };
        }
        end.matches(&rest, bound)
    }
}

/// Whether a term holds neither variables nor `_`.
pub(crate) fn is_ground(term: &Term) -> bool {
    match term {
        Term::Atom(atom) => *atom != "_" && variable(term).is_none(),
        Term::Tuple(elements) => elements.iter().all(is_ground),
        Term::List(list) => list.elements().iter().all(is_ground) && is_ground(list.end()),
        Term::Map(map) => map.pairs().iter().all(|(key, value)| is_ground(key) && is_ground(value)),
        _ => true,
    }
}
