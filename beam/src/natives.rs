//! Functions that the runtime system provides itself, because library code imports them (OTP: BIFs and NIFs).
//!
//! One file a concept; each lists its functions in a `NATIVES` table.

use crate::fail::Outcome;
use crate::term::Term;
use crate::vm::Vm;

pub mod atoms;
pub mod binary;
pub mod buffers;
pub mod calendar;
pub mod code;
pub mod control;
pub mod crypto;
pub mod debug;
pub mod dictionary;
pub mod digest;
pub mod dispatch;
pub mod float_text;
pub mod funs;
pub mod hosted;
pub mod integer_text;
pub mod iolist;
pub mod lists;
pub mod logic;
pub mod maps;
pub mod math;
pub mod messages;
pub mod nodes;
pub mod numbers;
pub mod operators;
pub mod os;
pub mod packet;
pub mod persistent_terms;
pub mod processes;
pub mod raise;
pub mod re;
pub mod references;
pub mod system;
#[cfg(test)]
pub(crate) mod table;
pub mod terms;
pub mod time;
pub mod trace;
pub mod tuples;
pub mod types;
pub mod unicode;
pub mod zlib;

/// Body of a native: gets the process and the arguments, whose number is the native's arity.
pub type NativeFn = fn(&mut Vm, &[Term]) -> Outcome;

/// What a native is called.
#[derive(Clone, Copy)]
pub struct Signature {
    /// Module that it belongs to.
    pub module: &'static str,
    /// Its name.
    pub function: &'static str,
    /// Number of arguments.
    pub arity: u8,
}

/// One native function: a row of a table.
#[derive(Clone, Copy)]
pub struct Native {
    /// Module that it belongs to.
    pub module: &'static str,
    /// Its name.
    pub function: &'static str,
    /// Number of arguments.
    pub arity: u8,
    /// Its body.
    pub body: NativeFn,
}

impl Native {
    /// A table row.
    pub const fn new(module: &'static str, function: &'static str, arity: u8, body: NativeFn) -> Native {
        Native { module, function, arity, body }
    }
}

/// Most arguments that a call of a function value may have.
pub(crate) const MAX_ARITY: usize = 255;

/// `true` or `false`.
pub(crate) fn boolean(value: bool) -> Term {
    if value { crate::atoms::TRUE } else { crate::atoms::FALSE }
}

/// Every native. Where a function is in two tables the later row holds: hosted functions come first, and those of them that
/// have a part within the process follow.
const TABLES: &[&[Native]] = &[
    hosted::NATIVES,
    atoms::NATIVES,
    binary::NATIVES,
    binary::search::NATIVES,
    binary::unsigned::NATIVES,
    buffers::NATIVES,
    calendar::NATIVES,
    code::NATIVES,
    control::NATIVES,
    crypto::NATIVES,
    crypto::hash::NATIVES,
    crypto::random::NATIVES,
    debug::NATIVES,
    dictionary::NATIVES,
    digest::NATIVES,
    float_text::NATIVES,
    funs::NATIVES,
    integer_text::NATIVES,
    iolist::NATIVES,
    lists::NATIVES,
    logic::NATIVES,
    maps::NATIVES,
    math::NATIVES,
    messages::NATIVES,
    nodes::NATIVES,
    numbers::NATIVES,
    operators::NATIVES,
    os::NATIVES,
    packet::NATIVES,
    persistent_terms::NATIVES,
    processes::NATIVES,
    raise::NATIVES,
    re::NATIVES,
    references::NATIVES,
    system::NATIVES,
    time::NATIVES,
    trace::NATIVES,
    tuples::NATIVES,
    terms::NATIVES,
    types::NATIVES,
    unicode::NATIVES,
    zlib::NATIVES,
];

/// What every native is called, by number. [`dispatch::call`] calls them.
pub fn all() -> impl Iterator<Item = Signature> {
    dispatch::SIGNATURES.iter().copied()
}
