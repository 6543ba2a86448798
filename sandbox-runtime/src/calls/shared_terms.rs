//! Values that all processes share: `persistent_term`, `atomics`, `counters`.

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use shared::{Ref, Term};

use super::answer::{Answer, Failure, atom};
use super::arguments::Arguments;
use crate::host::Host;
use crate::kernel::atomics::AtomicOp;

/// `persistent_term:get()`
pub(super) fn persistent_terms(host: &mut Host, _: &Arguments<'_>) -> Answer {
    let mut pairs = Vec::new();
    for (key, value) in host.kernel().persistent_terms().iter() {
        let value = value.decode().map_err(|_| Failure::reason("system_limit"))?;
        pairs.push(Term::tuple([key.clone(), value]));
    }
    Ok(Term::list(pairs).into())
}

/// `persistent_term:get(Key)` and `persistent_term:get(Key, Default)`
pub(super) fn persistent_term_get(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    match host.persistent_term_get(&arguments.term(0)?) {
        Some(value) => Ok(value.clone().into()),
        None if arguments.len() > 1 => Ok(arguments.etf(1)?.into()),
        None => Err(Failure::badarg()),
    }
}

pub(super) fn persistent_term_put(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    host.persistent_term_put(arguments.term(0)?, arguments.etf(1)?)?;
    atom("ok")
}

/// `persistent_term:put_new(Key, Value)`: as `put`, but another value must not be there.
pub(super) fn persistent_term_put_new(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (key, value) = (arguments.term(0)?, arguments.etf(1)?);
    match host.persistent_term_get(&key) {
        Some(old) if *old != value => Err(Failure::badarg()),
        _ => persistent_term_put(host, arguments),
    }
}

pub(super) fn persistent_term_erase(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    Ok(host.persistent_term_erase(&arguments.term(0)?).into())
}

pub(super) fn persistent_term_info(host: &mut Host, _: &Arguments<'_>) -> Answer {
    let terms = host.kernel().persistent_terms();
    let count = Term::from(terms.iter().count() as u64);
    Ok(Term::map([(Term::atom("count"), count), (Term::atom("memory"), Term::from(terms.bytes()))]).into())
}

/// `erts_internal:erase_persistent_terms()`
pub(super) fn persistent_term_erase_all(host: &mut Host, _: &Arguments<'_>) -> Answer {
    let keys: Vec<Term> = host.kernel().persistent_terms().iter().map(|(key, _)| key.clone()).collect();
    for key in keys {
        host.persistent_term_erase(&key);
    }
    atom("ok")
}

/// The bit of the encoded options of `atomics:new/2` that says "signed".
const SIGNED: u64 = 1;

/// How many elements an array is to have.
fn elements(arguments: &Arguments<'_>) -> Result<u64, Failure> {
    match arguments.term(0)? {
        Term::BigInt(size) if *size > BigInt::ZERO => Err(Failure::reason("system_limit")),
        _ => arguments.natural(0),
    }
}

/// `erts_internal:atomics_new(Arity, Options)`
pub(super) fn atomics_new(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    Ok(host.atomics_new(elements(arguments)?, arguments.natural(1)? & SIGNED != 0)?.into())
}

/// `erts_internal:counters_new(Size)`
pub(super) fn counters_new(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    Ok(host.atomics_new(elements(arguments)?, true)?.into())
}

/// An array and its element, which the first two arguments name.
struct Place {
    array: Ref,
    index: u64,
    is_signed: bool,
}

fn place(host: &Host, arguments: &Arguments<'_>) -> Result<Place, Failure> {
    let array = arguments.reference(0)?;
    let is_signed = host.kernel().atomics_info(array).ok_or(Failure::badarg())?.signed;
    Ok(Place { array, index: arguments.natural(1)?, is_signed })
}

fn integer(arguments: &Arguments<'_>, i: usize) -> Result<BigInt, Failure> {
    match arguments.term(i)? {
        Term::Int(value) => Ok(value.into()),
        Term::BigInt(value) => Ok((*value).clone()),
        _ => Err(Failure::badarg()),
    }
}

/// The 64 bits of a value that an element of the array can have.
fn value(place: &Place, arguments: &Arguments<'_>, i: usize) -> Result<u64, Failure> {
    let value = integer(arguments, i)?;
    let bits = if place.is_signed { value.to_i64().map(i64::cast_unsigned) } else { value.to_u64() };
    bits.ok_or(Failure::badarg())
}

/// The 64 bits of what is added: of either sign in every array.
fn increment(arguments: &Arguments<'_>, i: usize) -> Result<u64, Failure> {
    let value = integer(arguments, i)?;
    value.to_u64().or_else(|| value.to_i64().map(i64::cast_unsigned)).ok_or(Failure::badarg())
}

/// The integer that some bits stand for in an array.
fn shown(place: &Place, bits: u64) -> Term {
    if place.is_signed { Term::Int(bits.cast_signed()) } else { Term::from(bits) }
}

pub(super) fn atomics_get(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let place = place(host, arguments)?;
    let result = host.atomics_apply(place.array, place.index, AtomicOp::Get)?;
    Ok(shown(&place, result.old).into())
}

pub(super) fn atomics_put(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let place = place(host, arguments)?;
    let bits = value(&place, arguments, 2)?;
    host.atomics_apply(place.array, place.index, AtomicOp::Put(bits))?;
    atom("ok")
}

pub(super) fn atomics_add(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    atomics_add_get(host, arguments)?;
    atom("ok")
}

pub(super) fn atomics_add_get(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let place = place(host, arguments)?;
    let result = host.atomics_apply(place.array, place.index, AtomicOp::Add(increment(arguments, 2)?))?;
    Ok(shown(&place, result.new).into())
}

pub(super) fn atomics_exchange(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let place = place(host, arguments)?;
    let bits = value(&place, arguments, 2)?;
    let result = host.atomics_apply(place.array, place.index, AtomicOp::Exchange(bits))?;
    Ok(shown(&place, result.old).into())
}

pub(super) fn atomics_compare_exchange(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let place = place(host, arguments)?;
    let (expected, desired) = (value(&place, arguments, 2)?, value(&place, arguments, 3)?);
    let result = host.atomics_apply(place.array, place.index, AtomicOp::CompareExchange { expected, desired })?;
    if result.old == expected { atom("ok") } else { Ok(shown(&place, result.old).into()) }
}

/// Size in bytes that is told for an array: its header and its elements.
fn array_bytes(len: usize) -> Term {
    Term::from(40 + 8 * len as u64)
}

pub(super) fn atomics_info(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let array = host.kernel().atomics_info(arguments.reference(0)?).ok_or(Failure::badarg())?;
    let (min, max) =
        if array.signed { (Term::Int(i64::MIN), Term::Int(i64::MAX)) } else { (Term::Int(0), Term::from(u64::MAX)) };
    let size = Term::from(array.len() as u64);
    let pairs = [("size", size), ("max", max), ("min", min), ("memory", array_bytes(array.len()))];
    Ok(Term::map(pairs.map(|(name, value)| (Term::atom(name), value))).into())
}

pub(super) fn counters_info(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let array = host.kernel().atomics_info(arguments.reference(0)?).ok_or(Failure::badarg())?;
    let pairs = [("size", Term::from(array.len() as u64)), ("memory", array_bytes(array.len()))];
    Ok(Term::map(pairs.map(|(name, value)| (Term::atom(name), value))).into())
}
