//! Hashing that agrees with the two equalities.

use std::hash::{Hash, Hasher};

use super::num::{float_as_big, float_as_i64};
use super::{Fun, Term};

impl Hash for Term {
    /// Agrees with `=:=`.
    fn hash<H: Hasher>(&self, state: &mut H) {
        feed(self, state, false, LEVELS);
    }
}

impl Term {
    /// Agrees with `==`: a float that equals an integer is hashed as that integer.
    pub fn hash_arith<H: Hasher>(&self, state: &mut H) {
        feed(self, state, true, LEVELS);
    }
}

/// Levels of a term that are gone into by recursion, which is quicker; those below are walked through.
const LEVELS: u32 = 32;

fn feed<H: Hasher>(term: &Term, state: &mut H, by_value: bool, levels: u32) {
    let Some(levels) = levels.checked_sub(1) else {
        // Keys of maps are equal by `=:=` only, so by `==` they are hashed coarser here than they are compared.
        term.walk(&mut |part| {
            feed_head(part, state, by_value);
            true
        });
        return;
    };
    feed_head(term, state, by_value);
    match term {
        Term::Tuple(elements) => elements.iter().for_each(|element| feed(element, state, by_value, levels)),
        Term::List(list) => {
            list.elements().iter().for_each(|element| feed(element, state, by_value, levels));
            feed(list.end(), state, by_value, levels);
        }
        Term::Map(map) => {
            for (key, value) in map.pairs() {
                feed(key, state, false, levels);
                feed(value, state, by_value, levels);
            }
        }
        Term::Fun(Fun::Internal(fun)) => fun.free.iter().for_each(|value| feed(value, state, by_value, levels)),
        _ => {}
    }
}

/// A term without its parts. One byte for each type keeps `{}` apart from `[]` and the like.
fn feed_head<H: Hasher>(term: &Term, state: &mut H, by_value: bool) {
    match term {
        Term::Int(int) => {
            state.write_u8(0);
            state.write_i64(*int);
        }
        Term::BigInt(big) => feed_big(big, state),
        Term::Float(float) => feed_float(*float, state, by_value),
        Term::Atom(atom) => {
            state.write_u8(3);
            atom.hash(state);
        }
        Term::Ref(reference) => {
            state.write_u8(4);
            reference.hash(state);
        }
        Term::Fun(Fun::External(fun)) => {
            state.write_u8(5);
            fun.hash(state);
        }
        Term::Fun(Fun::Internal(fun)) => {
            state.write_u8(6);
            // The creator is no part of a function's identity.
            (&fun.module, fun.index, fun.uniq, fun.arity).hash(state);
        }
        Term::Port(port) => {
            state.write_u8(7);
            port.hash(state);
        }
        Term::Pid(pid) => {
            state.write_u8(8);
            pid.hash(state);
        }
        Term::Tuple(elements) => {
            state.write_u8(9);
            state.write_u64(elements.len() as u64);
        }
        Term::Map(map) => {
            state.write_u8(10);
            state.write_u64(map.len() as u64);
        }
        Term::Nil => state.write_u8(11),
        Term::List(list) => {
            state.write_u8(12);
            state.write_u64(list.len() as u64);
        }
        Term::Bits(bits) => {
            state.write_u8(13);
            bits.hash(state);
        }
    }
}

fn feed_big<H: Hasher>(big: &num_bigint::BigInt, state: &mut H) {
    state.write_u8(1);
    state.write(&big.to_signed_bytes_le());
}

fn feed_float<H: Hasher>(float: f64, state: &mut H, by_value: bool) {
    if by_value {
        if let Some(int) = float_as_i64(float) {
            state.write_u8(0);
            state.write_i64(int);
            return;
        }
        if let Some(big) = float_as_big(float) {
            feed_big(&big, state);
            return;
        }
    }
    state.write_u8(2);
    state.write_u64(float.to_bits());
}
