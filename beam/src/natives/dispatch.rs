//! Calls of natives by number.
//!
//! What holds the address of a function keeps it in the table of a wasm module, and an engine gives every instance room for a
//! reference to each of those: for a thousand natives that was half of what an idle process took. So their bodies are known
//! here while this is compiled, and nowhere else.

use super::{Native, NativeFn, Signature, TABLES};
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Number of rows of all tables.
const COUNT: usize = {
    let (mut count, mut table) = (0, 0);
    while table < TABLES.len() {
        count += TABLES[table].len();
        table += 1;
    }
    count
};

/// All rows, one table after another.
#[expect(clippy::large_const_arrays, reason = "it is used while this is compiled, and must not be there afterwards")]
const ALL: [Native; COUNT] = {
    let mut all = [Native::new("", "", 0, none); COUNT];
    let (mut at, mut table) = (0, 0);
    while table < TABLES.len() {
        let mut row = 0;
        while row < TABLES[table].len() {
            all[at] = TABLES[table][row];
            (at, row) = (at + 1, row + 1);
        }
        table += 1;
    }
    all
};

/// What natives are called, by number.
pub(super) static SIGNATURES: [Signature; COUNT] = {
    let mut names = [Signature { module: "", function: "", arity: 0 }; COUNT];
    let mut at = 0;
    while at < COUNT {
        let Native { module, function, arity, .. } = ALL[at];
        names[at] = Signature { module, function, arity };
        at += 1;
    }
    names
};

/// No number leads here.
fn none(_: &mut Vm, _: &[Term]) -> Outcome {
    Err(Fail::SYSTEM_LIMIT)
}

struct At<const NUMBER: usize>;

impl<const NUMBER: usize> At<NUMBER> {
    const BODY: NativeFn = if NUMBER < COUNT { ALL[NUMBER].body } else { none };
}

/// A function of its own for each native: all of them within one would need the stack of all of them.
#[inline(never)]
fn body<const NUMBER: usize>(vm: &mut Vm, args: &[Term]) -> Outcome {
    (At::<NUMBER>::BODY)(vm, args)
}

macro_rules! select {
    ($number:expr, $vm:expr, $args:expr, $($high:literal)*) => {
        match $number / 16 {
            $($high => select!(row $number, $vm, $args, $high, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15),)*
            _ => none($vm, $args),
        }
    };
    (row $number:expr, $vm:expr, $args:expr, $high:literal, $($low:literal)*) => {
        match $number % 16 {
            $($low => body::<{ $high * 16 + $low }>($vm, $args),)*
            _ => none($vm, $args),
        }
    };
}

// The numbers of the macro below reach as far.
const _: () = assert!(COUNT <= 64 * 16);

/// Calls the native with a number.
#[rustfmt::skip]
pub fn call(number: usize, vm: &mut Vm, args: &[Term]) -> Outcome {
    select!(
        number, vm, args,
        0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
        32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63
    )
}
