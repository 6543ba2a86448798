//! Guard functions, arithmetic and comparisons.

use super::{Emitter, Import, float_register};
use crate::atoms;
use crate::instr::{OPERAND_X, Operation, split};
use crate::load::operands::{Half, constant, invalid, label, number, target};
use crate::loader::{Arg, LoadError};
use crate::term::Term;

impl Emitter<'_> {
    pub(super) fn compare(
        &mut self,
        operation: Operation,
        immediate: Option<Operation>,
        args: &[Arg],
    ) -> Result<(), LoadError> {
        let ordered = matches!(operation, Operation::IsLt | Operation::IsGe);
        let is_constant = |arg: &Arg| !matches!(arg, Arg::X(_) | Arg::Y(_));
        let (mut l, mut r, mut immediate) = (&args[1], &args[2], immediate);
        if is_constant(l) {
            std::mem::swap(&mut l, &mut r);
            immediate = match immediate {
                Some(Operation::IsLtImm) => Some(Operation::IsGtImm),
                Some(Operation::IsGeImm) => Some(Operation::IsLeImm),
                same => same,
            };
        }
        if is_constant(r) && !is_constant(l) {
            let value = constant(self.tables, r)?;
            if let Some(immediate) = immediate.filter(|_| if ordered { value.is_small() } else { value.is_immediate() })
            {
                self.words.begin(immediate, 2);
                let source = self.words.source(self.tables, l)?;
                self.words.a(source);
                self.words.label(0, Half::High, label(&args[0]));
                self.words.or(1, value.0);
                self.words.finish();
                return Ok(());
            }
        }
        self.test2(operation, args)
    }

    pub(super) fn float_register_from(&mut self, operation: Operation, from: &Arg, to: u32) -> Result<(), LoadError> {
        self.words.begin(operation, 1);
        let source = self.words.source(self.tables, from)?;
        self.words.a(source);
        self.words.b(8 * to as u16);
        self.words.finish();
        Ok(())
    }

    pub(super) fn float(&mut self, operation: Operation, args: &[Arg]) -> Result<(), LoadError> {
        self.plain(operation, float_register(&args[1])?, float_register(&args[2])?, float_register(&args[3])?);
        Ok(())
    }

    /// A guard function: an operation of its own, or a call of its native.
    pub(super) fn bif(
        &mut self,
        fail: u32,
        live: u64,
        import: &Arg,
        arguments: &[Arg],
        to: &Arg,
    ) -> Result<(), LoadError> {
        let number = number(import)? as u32;
        if let Some(operation) = self.special.get(&number).copied() {
            // `+X` is `X + 0`, also where it fails.
            if let (Operation::Add, [operand]) = (operation, arguments) {
                return self.guard(operation, fail, live, &[operand.clone(), Arg::Int(0)], to);
            }
            return self.guard(operation, fail, live, arguments, to);
        }
        if let Some((test, swapped)) = self.comparisons.get(&number).copied() {
            let (l, r) = if swapped { (&arguments[1], &arguments[0]) } else { (&arguments[0], &arguments[1]) };
            return self.comparison(test, l, r, to);
        }
        let native = match self.import(import)? {
            Import::Native(native) => native,
            // A function that the machine does not have always fails, and so does this one.
            Import::Export(_) => {
                let fails = self.image.get().native((atoms::ERLANG, atoms::UNDEF, 0));
                fails.ok_or_else(|| invalid("a guard function that is not known"))?
            }
        };
        let operation = [Operation::Bif0, Operation::Bif1, Operation::Bif2, Operation::Bif3][arguments.len()];
        self.words.begin(operation, if arguments.is_empty() { 2 } else { 3 });
        self.words.a(target(to)?);
        self.words.b(native as u16);
        self.words.or(1, live << 32);
        self.words.label(1, Half::Low, fail);
        self.pack(2, arguments)?;
        self.words.finish();
        Ok(())
    }

    /// A comparison whose result is a value: a test and two moves.
    pub(super) fn comparison(&mut self, test: Operation, l: &Arg, r: &Arg, to: &Arg) -> Result<(), LoadError> {
        let to = target(to)?;
        self.words.begin(test, 2);
        let (l, r) = (self.words.source(self.tables, l)?, self.words.source(self.tables, r)?);
        self.words.a(l);
        self.words.b(r);
        self.words.finish();
        let length = self.words.length();
        // Behind the test: a move of three words, then a jump over the other one.
        self.words.or(1, 8 * (length as u64 + 3));
        self.value(to, atoms::TRUE);
        self.words.begin(Operation::Jump, 1);
        self.words.bc(8 * 3);
        self.words.finish();
        self.value(to, atoms::FALSE);
        Ok(())
    }

    /// Two words that put a constant into a register.
    pub(super) fn value(&mut self, to: u16, value: Term) {
        let (kind, index) = split(to);
        self.words.begin(if kind == OPERAND_X { Operation::MoveCX } else { Operation::MoveCY }, 2);
        self.words.b(8 * index as u16);
        self.words.or(1, value.0);
        self.words.finish();
    }

    pub(super) fn guard(
        &mut self,
        operation: Operation,
        fail: u32,
        live: u64,
        arguments: &[Arg],
        to: &Arg,
    ) -> Result<(), LoadError> {
        if operation == Operation::Self_ {
            self.plain(operation, usize::from(target(to)?), 0, 0);
            return Ok(());
        }
        if let Some(()) = self.add_small(operation, fail, live, arguments, to)? {
            return Ok(());
        }
        self.words.begin(operation, 2);
        let first = self.words.source(self.tables, &arguments[0])?;
        self.words.a(first);
        if let Some(second) = arguments.get(1) {
            let second = self.words.source(self.tables, second)?;
            self.words.b(second);
        }
        self.words.c(target(to)?);
        self.words.or(1, live << 32);
        self.words.label(1, Half::Low, fail);
        self.words.finish();
        Ok(())
    }

    /// Adding or subtracting a small constant.
    pub(super) fn add_small(
        &mut self,
        operation: Operation,
        fail: u32,
        live: u64,
        arguments: &[Arg],
        to: &Arg,
    ) -> Result<Option<()>, LoadError> {
        let (register, value) = match (operation, arguments) {
            (Operation::Add, [r @ (Arg::X(_) | Arg::Y(_)), Arg::Int(n)]) => (r, *n),
            (Operation::Sub, [r @ (Arg::X(_) | Arg::Y(_)), Arg::Int(n)]) => (r, n.wrapping_neg()),
            _ => return Ok(None),
        };
        if value.unsigned_abs() > 1 << 40 {
            return Ok(None);
        }
        self.words.begin(Operation::AddSmall, 3);
        let source = self.words.source(self.tables, register)?;
        self.words.a(source);
        self.words.b(u16::from(operation == Operation::Sub));
        self.words.c(target(to)?);
        self.words.or(1, live << 32);
        self.words.label(1, Half::Low, fail);
        self.words.or(2, Term::small(value).0);
        self.words.finish();
        Ok(Some(()))
    }
}

/// The test that a comparison stands for, and whether its operands change places.
pub(super) fn comparison(name: &str, arity: u32) -> Option<(Operation, bool)> {
    Some(match (name, arity) {
        ("=:=", 2) => (Operation::IsEqExact, false),
        ("=/=", 2) => (Operation::IsNeExact, false),
        ("==", 2) => (Operation::IsEq, false),
        ("/=", 2) => (Operation::IsNe, false),
        ("<", 2) => (Operation::IsLt, false),
        (">=", 2) => (Operation::IsGe, false),
        (">", 2) => (Operation::IsLt, true),
        ("=<", 2) => (Operation::IsGe, true),
        _ => return None,
    })
}

/// The operation of a guard function of `erlang`.
pub(super) fn operation(name: &str, arity: u32) -> Option<Operation> {
    Some(match (name, arity) {
        ("+", 1 | 2) => Operation::Add,
        ("-", 2) => Operation::Sub,
        ("*", 2) => Operation::Mul,
        ("div", 2) => Operation::IntDiv,
        ("rem", 2) => Operation::IntRem,
        ("band", 2) => Operation::Band,
        ("bor", 2) => Operation::Bor,
        ("bxor", 2) => Operation::Bxor,
        ("bsl", 2) => Operation::Bsl,
        ("bsr", 2) => Operation::Bsr,
        ("hd", 1) => Operation::Hd,
        ("tl", 1) => Operation::Tl,
        ("element", 2) => Operation::Element,
        ("tuple_size", 1) => Operation::TupleSize,
        ("length", 1) => Operation::Length,
        ("map_get", 2) => Operation::MapGet,
        ("self", 0) => Operation::Self_,
        _ => return None,
    })
}
