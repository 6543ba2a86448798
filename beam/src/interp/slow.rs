//! Operations that are performed by functions of their own: exceptions, records, and in the files below this one calls, values,
//! maps and bitstrings.
//!
//! Each gets the process and its instruction, and gives the address of the next instruction or a failure. What it
//! allocates stays in fragments until the next collection; where its live registers are known, it collects first.

pub(super) mod bitstring;
mod construct;
pub(super) mod control;
mod map;
mod receive;
pub(super) mod values;

use crate::atoms;
use crate::fail::{Class, Fail};
use crate::instr::{Code, OPERAND_CONST, OPERAND_X, OPERAND_Y, split};
use crate::interp::stacktrace;
use crate::probes;
use crate::term::{Term, kind};
use crate::vm::Vm;

/// What an operation gives: the address of the next instruction.
pub(super) type Step = Result<*const u64, Fail>;

/// The functions, in the order of their operations.
const TABLE: &[fn(&mut Vm, Code) -> Step] = &[
    receive::reserve,
    receive::bind,
    receive::use_marker,
    receive::clear,
    catch_end,
    try_case,
    try_case_end,
    raise,
    raw_raise,
    build_stacktrace,
    badmatch,
    case_end,
    if_end,
    badrecord,
    set_tuple_element,
    update_record,
    map::put_assoc,
    map::put_exact,
    map::has_fields,
    map::get_elements,
    is_function2,
    bitstring::get_integer,
    bitstring::get_float,
    bitstring::get_binary,
    bitstring::skip_bits,
    bitstring::test_tail,
    bitstring::test_unit,
    bitstring::match_string,
    bitstring::get_utf,
    bitstring::skip_utf,
    bitstring::get_tail,
    bitstring::bs_match,
    construct::create,
    construct::init,
    construct::add,
    construct::append,
    construct::init_writable,
    construct::put_integer,
    construct::put_float,
    construct::put_binary,
    construct::put_string,
    construct::put_utf,
    construct::utf_size,
    probe,
];

struct At<const NUMBER: usize>;

impl<const NUMBER: usize> At<NUMBER> {
    const FUNCTION: fn(&mut Vm, Code) -> Step = TABLE[NUMBER];
}

/// A function of its own for each operation, as for natives ([`crate::natives::dispatch`]).
#[inline(never)]
fn operation<const NUMBER: usize>(vm: &mut Vm, code: Code) -> Step {
    (At::<NUMBER>::FUNCTION)(vm, code)
}

macro_rules! select {
    ($number:expr, $vm:expr, $code:expr, $($known:literal)*) => {
        match $number {
            $($known => operation::<$known>($vm, $code),)*
            _ => operation::<{ TABLE.len() - 1 }>($vm, $code),
        }
    };
}

// The numbers of the macro below are all but the last one.
const _: () = assert!(TABLE.len() == 44);

/// Does the operation with a number, counted from the first one here.
#[rustfmt::skip]
pub(super) fn call(number: usize, vm: &mut Vm, code: Code) -> Step {
    select!(
        number, vm, code,
        0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27
        28 29 30 31 32 33 34 35 36 37 38 39 40 41 42
    )
}

impl Vm {
    /// Value of a source operand of an instruction.
    pub(super) fn source(&self, code: Code, operand: u16) -> Term {
        let (kind, index) = split(operand);
        match kind {
            OPERAND_X => self.x[index],
            OPERAND_CONST => code.term(index),
            // SAFETY: the loader checked that the frame has this register.
            _ => unsafe { Term(*self.heap.stack.add(index)) },
        }
    }
    /// Writes to a register.
    pub(super) fn set(&mut self, operand: u16, value: Term) {
        let (kind, index) = split(operand);
        if kind == OPERAND_X {
            self.x[index] = value;
        } else {
            // SAFETY: as in `source`.
            unsafe { *self.heap.stack.add(index) = value.0 };
        }
    }
    /// Collects what earlier operations left in fragments, if it is time to. `live`: X registers in use.
    pub(super) fn settle(&mut self, live: u32) -> Result<(), Fail> {
        if live != u32::MAX && self.heap.wants_collection() && !self.collect(0, live as usize) {
            return Err(Fail::OutOfMemory);
        }
        Ok(())
    }
}

/// a: number of the probe.
fn probe(vm: &mut Vm, code: Code) -> Step {
    probes::reached(vm, code.a());
    Ok(code.next())
}

/// An error of the current function.
fn error(reason: Term) -> Fail {
    Fail::Error(reason)
}

fn tagged(vm: &mut Vm, tag: Term, value: Term) -> Step {
    let reason = vm.heap.tuple(&[tag, value]);
    Err(error(reason))
}

fn catch_end(vm: &mut Vm, code: Code) -> Step {
    vm.set(code.a() | OPERAND_Y, Term::NIL);
    if vm.x[0] == Term::NONE {
        let [_, class, value, trace] = [vm.x[0], vm.x[1], vm.x[2], vm.x[3]];
        vm.x[0] = match class {
            atoms::THROW => value,
            atoms::ERROR => {
                let trace = stacktrace::build(vm, trace);
                let reason = vm.heap.tuple(&[value, trace]);
                vm.heap.tuple(&[atoms::EXIT, reason])
            }
            _ => vm.heap.tuple(&[atoms::EXIT, value]),
        };
    }
    Ok(code.next())
}

fn try_case(vm: &mut Vm, code: Code) -> Step {
    vm.set(code.a() | OPERAND_Y, Term::NIL);
    vm.x.copy_within(1..4, 0);
    Ok(code.next())
}

fn try_case_end(vm: &mut Vm, code: Code) -> Step {
    let value = vm.source(code, code.a());
    tagged(vm, atoms::TRY_CLAUSE, value)
}

/// Raises again: a: raw stack trace, b: reason.
fn raise(vm: &mut Vm, code: Code) -> Step {
    let (trace, reason) = (vm.source(code, code.a()), vm.source(code, code.b()));
    let class = trace.tuple_of::<3>().and_then(|t| Class::of(t[2])).unwrap_or(Class::Error);
    Err(Fail::Raise(class, reason, trace))
}

fn raw_raise(vm: &mut Vm, code: Code) -> Step {
    let [class, reason, trace] = [vm.x[0], vm.x[1], vm.x[2]];
    match Class::of(class) {
        Some(class) => Err(Fail::Raise(class, reason, trace)),
        None => {
            vm.x[0] = atoms::BADARG;
            Ok(code.next())
        }
    }
}

fn build_stacktrace(vm: &mut Vm, code: Code) -> Step {
    vm.x[0] = stacktrace::build(vm, vm.x[0]);
    Ok(code.next())
}

fn badmatch(vm: &mut Vm, code: Code) -> Step {
    let value = vm.source(code, code.a());
    tagged(vm, atoms::BADMATCH, value)
}

fn case_end(vm: &mut Vm, code: Code) -> Step {
    let value = vm.source(code, code.a());
    tagged(vm, atoms::CASE_CLAUSE, value)
}

fn if_end(_vm: &mut Vm, _code: Code) -> Step {
    Err(error(atoms::IF_CLAUSE))
}

fn badrecord(vm: &mut Vm, code: Code) -> Step {
    let value = vm.source(code, code.a());
    tagged(vm, atoms::BADRECORD, value)
}

/// Changes a tuple that nothing else refers to yet (the compiler's own `setelement` sequences).
fn set_tuple_element(vm: &mut Vm, code: Code) -> Step {
    let (value, tuple) = (vm.source(code, code.a()), vm.source(code, code.b()));
    let at = code.low(1) as usize;
    if tuple.tuple().is_some_and(|elements| at < elements.len()) {
        // SAFETY: within the tuple, checked above; no slice of it is in use.
        unsafe { *tuple.ptr().add(1 + at) = value.0 };
    }
    Ok(code.next())
}

/// A copy of a record with some elements changed.
fn update_record(vm: &mut Vm, code: Code) -> Step {
    let record = vm.source(code, code.b());
    let mut elements = record.tuple().map_or_else(Vec::new, <[Term]>::to_vec);
    for i in 0..code.low(2) as usize {
        let at = usize::from(code.operand(3, 2 * i));
        let value = vm.source(code, code.operand(3, 2 * i + 1));
        if let Some(slot) = at.checked_sub(1).and_then(|at| elements.get_mut(at)) {
            *slot = value;
        }
    }
    let updated = vm.heap.tuple(&elements);
    vm.set(code.a(), updated);
    Ok(code.behind(code.high(1)))
}

fn is_function2(vm: &mut Vm, code: Code) -> Step {
    let (fun, arity) = (vm.source(code, code.a()), vm.source(code, code.b()));
    let found = fun_arity(vm, fun);
    let holds = found.is_some() && arity.small_value() == found;
    Ok(if holds { code.next() } else { code.jump(code.low(1) as i32) })
}

/// Number of arguments of a fun.
pub(crate) fn fun_arity(vm: &Vm, fun: Term) -> Option<i64> {
    if !fun.is_fun() {
        return None;
    }
    let index = fun.elements()[0].as_small() as usize;
    let code = &vm.image.get().code;
    let arity = if fun.is_kind(kind::EXPORT) { code.exports[index].mfa.2 } else { code.funs[index].arity };
    Some(i64::from(arity))
}
