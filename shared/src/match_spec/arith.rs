//! Arithmetic on terms, as the guard functions of Erlang do it: integers without bounds, floats that must stay finite.

use crate::Term;
use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};

use super::function::Function;

/// Integers of more bits than this cannot be made, as Erlang/OTP has such a limit (`system_limit`).
const MAX_BITS: u64 = 1 << 22;

pub(super) fn unary(function: Function, a: &Term) -> Option<Term> {
    match (function, a) {
        (Function::Plus, Term::Int(_) | Term::BigInt(_) | Term::Float(_)) => Some(a.clone()),
        (Function::Minus, Term::Float(float)) => Term::float(-float),
        (Function::Minus, _) => Some(Term::integer(-big(a)?)),
        (Function::Abs, Term::Float(float)) => Term::float(float.abs()),
        (Function::Abs, _) => Some(Term::integer(big(a)?.abs())),
        (Function::Bnot, _) => Some(Term::integer(!big(a)?)),
        (Function::Float, _) => Term::float(float(a)?),
        (Function::Round, Term::Float(value)) => whole(value.round()),
        (Function::Trunc, Term::Float(value)) => whole(value.trunc()),
        (Function::Ceil, Term::Float(value)) => whole(value.ceil()),
        (Function::Floor, Term::Float(value)) => whole(value.floor()),
        (Function::Round | Function::Trunc | Function::Ceil | Function::Floor, _) => Some(Term::integer(big(a)?)),
        _ => None,
    }
}

pub(super) fn binary(function: Function, a: &Term, b: &Term) -> Option<Term> {
    match function {
        Function::Plus | Function::Minus | Function::Times => match (a, b) {
            (Term::Float(_), _) | (_, Term::Float(_)) => in_floats(function, float(a)?, float(b)?),
            _ => in_integers(function, a, b),
        },
        Function::Divide => {
            let divisor = float(b)?;
            if divisor == 0.0 { None } else { Term::float(float(a)? / divisor) }
        }
        _ => in_integers(function, a, b),
    }
}

fn in_floats(function: Function, a: f64, b: f64) -> Option<Term> {
    Term::float(match function {
        Function::Plus => a + b,
        Function::Minus => a - b,
        _ => a * b,
    })
}

fn in_integers(function: Function, a: &Term, b: &Term) -> Option<Term> {
    if let (Term::Int(a), Term::Int(b)) = (a, b) {
        let small = match function {
            Function::Plus => a.checked_add(*b),
            Function::Minus => a.checked_sub(*b),
            Function::Times => a.checked_mul(*b),
            _ => None,
        };
        if let Some(small) = small {
            return Some(Term::Int(small));
        }
    }
    let (left, right) = (big(a)?, big(b)?);
    let value = match function {
        Function::Plus => left + right,
        Function::Minus => left - right,
        Function::Times if left.bits() + right.bits() > MAX_BITS => return None,
        Function::Times => left * right,
        Function::Div | Function::Rem if right.is_zero() => return None,
        Function::Div => left / right,
        Function::Rem => left % right,
        Function::Band => left & right,
        Function::Bor => left | right,
        Function::Bxor => left ^ right,
        Function::Bsl => shift_left(left, right.to_i64()?)?,
        Function::Bsr => shift_left(left, right.to_i64()?.checked_neg()?)?,
        _ => return None,
    };
    Some(Term::integer(value))
}

fn shift_left(value: BigInt, bits: i64) -> Option<BigInt> {
    let count = bits.unsigned_abs();
    if bits < 0 {
        // Right shifts round towards minus infinity and never fail.
        return Some(value >> count.min(u64::from(u32::MAX)));
    }
    if value.is_zero() {
        return Some(value);
    }
    (value.bits().saturating_add(count) <= MAX_BITS).then(|| value << count)
}

fn big(term: &Term) -> Option<BigInt> {
    match term {
        Term::Int(int) => Some(BigInt::from(*int)),
        Term::BigInt(big) => Some((**big).clone()),
        _ => None,
    }
}

fn float(term: &Term) -> Option<f64> {
    match term {
        Term::Int(int) => Some(*int as f64),
        Term::BigInt(big) => big.to_f64().filter(|value| value.is_finite()),
        Term::Float(float) => Some(*float),
        _ => None,
    }
}

fn whole(value: f64) -> Option<Term> {
    BigInt::from_f64(value).map(Term::integer)
}
