//! Running a clause.

use std::cell::RefCell;

use crate::term::{Atom, Bits, Fun, LOCAL_NODE, List};
use crate::{Pid, Term};

use super::action::{Call, Effects};
use super::function::Function;
use super::{Clause, Expr, Fuel, arith};

struct Frame<'a> {
    subject: &'a Term,
    bound: &'a [Option<Term>],
    self_pid: Pid,
    fuel: &'a Fuel,
    traced: Traced<'a>,
}

/// The call that is traced, and what has been done because of it; none where the specification is for tables.
type Traced<'a> = Option<(&'a Call, &'a RefCell<Effects>)>;

impl Clause {
    /// What this clause gives for a term; `None` when it does not match.
    pub(super) fn run(&self, subject: &Term, self_pid: Pid, fuel: &Fuel, traced: Traced<'_>) -> Option<Term> {
        fuel.spend(self.head_size)?;
        let mut bound = vec![None; self.variables.len()];
        if !self.head.matches(subject, &mut bound) {
            return None;
        }
        let frame = Frame { subject, bound: &bound, self_pid, fuel, traced };
        let holds = |guard: &Expr| frame.eval(guard).is_some_and(|value| value.is_atom("true"));
        if !self.guards.iter().all(holds) {
            return None;
        }
        if traced.is_some() {
            // Each part of a body is done, also behind one that fails.
            self.body.iter().for_each(|part| drop(frame.eval(part)));
            return Some(Term::bool(true));
        }
        // An error in a body is not raised; it becomes the result.
        let results = frame.eval_all(&self.body);
        Some(results.map_or_else(|| Term::atom("EXIT"), |mut results| results.pop().unwrap_or(Term::Nil)))
    }
}

impl Frame<'_> {
    /// The value; `None` when evaluating it raises an error.
    fn eval(&self, expr: &Expr) -> Option<Term> {
        self.fuel.spend(1)?;
        match expr {
            Expr::Const(term) => Some(term.clone()),
            Expr::Variable(slot) => self.bound.get(*slot)?.clone(),
            Expr::Whole => Some(self.subject.clone()),
            Expr::AllVariables => Some(Term::list(self.bound.iter().flatten().cloned())),
            Expr::Tuple(elements) => Some(Term::tuple(self.eval_all(elements)?)),
            Expr::List(elements, end) => Some(List::term(self.eval_all(elements)?, self.eval(end)?)),
            Expr::Map(pairs) => {
                let pair = |(key, value): &(Expr, Expr)| Some((self.eval(key)?, self.eval(value)?));
                Some(Term::map(pairs.iter().map(pair).collect::<Option<Vec<_>>>()?))
            }
            Expr::Call(function, args) => self.call(*function, args),
            Expr::Action(action, args) => {
                let (call, effects) = self.traced?;
                let args = self.eval_all(args)?;
                action.perform(&args, call, &mut effects.borrow_mut())
            }
        }
    }

    fn eval_all(&self, exprs: &[Expr]) -> Option<Vec<Term>> {
        exprs.iter().map(|expr| self.eval(expr)).collect()
    }

    fn call(&self, function: Function, args: &[Expr]) -> Option<Term> {
        match function {
            Function::AndAlso => self.until(args, "false"),
            Function::OrElse => self.until(args, "true"),
            Function::Node => Some(Term::atom(LOCAL_NODE)),
            Function::SelfPid => Some(Term::pid(self.self_pid)),
            _ => {
                let args = self.eval_all(args)?;
                self.fuel.spend(cost(&args, self.fuel.left()))?;
                apply(function, &args)
            }
        }
    }

    /// Evaluates booleans in order until one is `stop`; the last value may be anything.
    fn until(&self, args: &[Expr], stop: &str) -> Option<Term> {
        let (last, others) = args.split_last()?;
        for arg in others {
            let value = self.eval(arg)?;
            as_bool(&value)?;
            if value.is_atom(stop) {
                return Some(value);
            }
        }
        self.eval(last)
    }
}

/// What a function of these arguments may cost: those that are expensive walk through what they get.
fn cost(args: &[Term], most: u64) -> u64 {
    let one = |arg: &Term| match arg {
        Term::Int(_) | Term::Float(_) | Term::Atom(_) | Term::Nil => 0,
        // Multiplying takes more than linear time.
        Term::BigInt(big) => big.bits() / 8 + 1,
        Term::Bits(bits) => bits.padded_bytes().len() as u64 / 64,
        compound => compound.node_count_within(most),
    };
    args.iter().map(one).sum()
}

fn as_bool(term: &Term) -> Option<bool> {
    match term.as_atom() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => None,
    }
}

fn apply(function: Function, args: &[Term]) -> Option<Term> {
    match args {
        _ if matches!(function, Function::And | Function::Or) => {
            let values = args.iter().map(as_bool).collect::<Option<Vec<_>>>()?;
            let all = function == Function::And;
            Some(Term::bool(if all { values.iter().all(|&v| v) } else { values.iter().any(|&v| v) }))
        }
        [a] => test_of(function, a).map(Term::bool).or_else(|| apply_one(function, a)),
        [a, b] => comparison(function, a, b).map(Term::bool).or_else(|| apply_two(function, a, b)),
        [a, b, c] => apply_three(function, a, b, c),
        _ => None,
    }
}

fn test_of(function: Function, a: &Term) -> Option<bool> {
    Some(match function {
        Function::Not => !as_bool(a)?,
        Function::IsAtom => matches!(a, Term::Atom(_)),
        Function::IsFloat => matches!(a, Term::Float(_)),
        Function::IsInteger => matches!(a, Term::Int(_) | Term::BigInt(_)),
        Function::IsList => matches!(a, Term::Nil | Term::List(_)),
        Function::IsNumber => matches!(a, Term::Int(_) | Term::BigInt(_) | Term::Float(_)),
        Function::IsPid => matches!(a, Term::Pid(_)),
        Function::IsPort => matches!(a, Term::Port(_)),
        Function::IsReference => matches!(a, Term::Ref(_)),
        Function::IsTuple => matches!(a, Term::Tuple(_)),
        Function::IsMap => matches!(a, Term::Map(_)),
        Function::IsBinary => a.as_binary().is_some(),
        Function::IsBitstring => matches!(a, Term::Bits(_)),
        Function::IsBoolean => as_bool(a).is_some(),
        Function::IsFun => matches!(a, Term::Fun(_)),
        _ => return None,
    })
}

fn comparison(function: Function, a: &Term, b: &Term) -> Option<bool> {
    Some(match function {
        Function::Less => a.cmp_arith(b).is_lt(),
        Function::LessOrEqual => a.cmp_arith(b).is_le(),
        Function::Greater => a.cmp_arith(b).is_gt(),
        Function::GreaterOrEqual => a.cmp_arith(b).is_ge(),
        Function::Equal => a.eq_arith(b),
        Function::NotEqual => !a.eq_arith(b),
        Function::ExactlyEqual => a == b,
        Function::ExactlyNotEqual => a != b,
        Function::Xor => as_bool(a)? != as_bool(b)?,
        _ => return None,
    })
}

fn size(value: usize) -> Term {
    Term::from(value as u64)
}

fn apply_one(function: Function, a: &Term) -> Option<Term> {
    match (function, a) {
        (Function::Hd, Term::List(list)) => Some(list.head().clone()),
        (Function::Tl, Term::List(list)) => Some(list.tail()),
        (Function::Length, _) => a.as_list().map(|elements| size(elements.len())),
        (Function::MapSize, Term::Map(map)) => Some(size(map.len())),
        (Function::Size | Function::TupleSize, Term::Tuple(elements)) => Some(size(elements.len())),
        (Function::Size, Term::Bits(bits)) => Some(size(bits.bit_len() / 8)),
        (Function::ByteSize, Term::Bits(bits)) => Some(size(bits.padded_bytes().len())),
        (Function::BitSize, Term::Bits(bits)) => Some(size(bits.bit_len())),
        (Function::NodeOf, Term::Pid(pid)) => Some(Term::from(pid.node.clone())),
        (Function::NodeOf, Term::Port(port)) => Some(Term::from(port.node.clone())),
        (Function::NodeOf, Term::Ref(reference)) => Some(Term::from(reference.node.clone())),
        _ => arith::unary(function, a),
    }
}

fn apply_two(function: Function, a: &Term, b: &Term) -> Option<Term> {
    match (function, a, b) {
        (Function::Element, Term::Int(index), Term::Tuple(elements)) => {
            let at = usize::try_from(*index).ok()?.checked_sub(1)?;
            elements.get(at).cloned()
        }
        (Function::MapGet, key, Term::Map(map)) => map.get(key).cloned(),
        (Function::IsMapKey, key, Term::Map(map)) => Some(Term::bool(map.get(key).is_some())),
        (Function::IsFunArity, fun, Term::Int(arity @ 0..)) => {
            let has = match fun {
                Term::Fun(Fun::External(fun)) => i64::from(fun.arity) == *arity,
                Term::Fun(Fun::Internal(fun)) => i64::from(fun.arity) == *arity,
                _ => false,
            };
            Some(Term::bool(has))
        }
        (Function::BinaryPart, bits, range) => match range.as_tuple()? {
            [start, len] => apply_three(Function::BinaryPart, bits, start, len),
            _ => None,
        },
        (Function::Max, ..) => Some(if a.cmp_arith(b).is_ge() { a.clone() } else { b.clone() }),
        (Function::Min, ..) => Some(if a.cmp_arith(b).is_le() { a.clone() } else { b.clone() }),
        _ => arith::binary(function, a, b),
    }
}

fn apply_three(function: Function, a: &Term, b: &Term, c: &Term) -> Option<Term> {
    match function {
        Function::BinaryPart => {
            let bytes = a.as_binary()?;
            // A negative length names the bytes before the start.
            let (start, len) = (b.as_int()?, c.as_int()?);
            let (from, to) = if len < 0 { (start.checked_add(len)?, start) } else { (start, start.checked_add(len)?) };
            let part = bytes.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)?;
            Some(Term::Bits(Bits::binary(part)))
        }
        Function::IsRecord => {
            let name: &Atom = match b {
                Term::Atom(name) => name,
                _ => return None,
            };
            let arity = usize::try_from(c.as_int()?).ok()?;
            let is_record = a.as_tuple().is_some_and(|elements| {
                elements.len() == arity && elements.first().is_some_and(|tag| tag.is_atom(name.as_str()))
            });
            Some(Term::bool(is_record))
        }
        _ => None,
    }
}
