//! Checks each operand by itself, and the tables.

use super::{
    Checked, FLOAT_REGISTERS, Function, Layout, MAX_ARITY, MAX_HEAP_NEED, X_REGISTERS, Y_REGISTERS, at, ensure,
};
use crate::loader::LoadError;
use crate::loader::bits::{self, MatchCommand, SegmentKind, SegmentSize};
use crate::loader::compact::{AllocKind, Arg};
use crate::loader::file::{BeamFile, Instruction};
use crate::loader::genop::{Kind, Op};

/// Most elements of a tuple (Efficiency Guide, System Limits).
const MAX_TUPLE: u64 = (1 << 24) - 1;
/// Largest number that stands for itself in an instruction: a size in bits.
const MAX_NUMBER: u64 = 1 << 40;

/// Checks the tables that are no code.
pub(super) fn check_tables(file: &BeamFile, layout: &Layout) -> Result<(), LoadError> {
    let error = |chunk, reason| Err(LoadError::Chunk { chunk, reason });
    let is_atom = |index: u32| index > 0 && (index as usize) < file.atoms.len();
    let in_range = |row: &(u32, u32, u32)| is_atom(row.0) && is_atom(row.1) && row.2 <= MAX_ARITY;
    if !file.imports.iter().all(in_range) {
        return error("ImpT", "a row is out of range");
    }
    for (chunk, rows) in [("ExpT", &file.exports), ("LocT", &file.locals)] {
        for (name, arity, label) in rows {
            match layout.function_at(*label) {
                Some(function) if function.arity == *arity && is_atom(*name) => {}
                _ => return error(chunk, "a row does not lead to a function"),
            }
        }
    }
    for fun in &file.funs {
        match layout.function_at(fun.label) {
            Some(function) if function.arity == fun.arity && is_atom(fun.function) && fun.free <= fun.arity => {}
            _ => return error("FunT", "a row does not lead to a function"),
        }
    }
    let lines = &file.lines;
    if lines.items.iter().any(|(index, _)| *index as usize >= lines.files.len()) {
        return error("Line", "a file is out of range");
    }
    if file.literals.iter().any(|literal| literal.first() != Some(&131) || literal.len() < 2) {
        return error("LitT", "a literal is no term");
    }
    Ok(())
}

/// Checks the operands of all instructions of a function.
pub(super) fn check(file: &BeamFile, layout: &Layout, function: &Function) -> Result<(), LoadError> {
    let scope = Scope { file, layout, function };
    for (offset, instruction) in file.code[function.start..function.end].iter().enumerate() {
        let index = function.start + offset;
        scope.instruction(index, instruction).map_err(|reason| at(file, Some(function), index, reason))?;
    }
    Ok(())
}

struct Scope<'a> {
    file: &'a BeamFile,
    layout: &'a Layout,
    function: &'a Function,
}

impl Scope<'_> {
    fn instruction(&self, index: usize, instruction: &Instruction) -> Checked {
        let Instruction { op, args } = instruction;
        let kinds = op.kinds();
        ensure(kinds.len() == args.len(), "it has the wrong number of operands")?;
        for (at, (kind, arg)) in kinds.iter().zip(args).enumerate() {
            match (op, kind) {
                (Op::Call | Op::CallLast | Op::CallOnly, Kind::Label) => {}
                (_, Kind::Text) => self.text(*op, &args[at - 1], arg)?,
                _ => self.operand(*kind, arg)?,
            }
        }
        self.whole(index, *op, args)
    }

    /// Checks an operand that stands for itself.
    fn operand(&self, kind: Kind, arg: &Arg) -> Checked {
        let holds = match (kind, arg) {
            (Kind::Fail, Arg::Label(0)) => true,
            (Kind::Label | Kind::Fail | Kind::MatchFail, Arg::Label(label)) => {
                return ensure(self.is_local(*label), "it jumps out of its function");
            }
            (Kind::MatchFail, Arg::Atom(_)) => matches!(self.name(arg), Some("no_fail" | "resume")),
            (Kind::Register | Kind::Target, Arg::X(_) | Arg::Y(_)) => return register(arg),
            (Kind::Y, Arg::Y(_)) => return register(arg),
            (Kind::Float | Kind::FloatOrSource | Kind::FloatOrTarget, Arg::FloatReg(_)) => return register(arg),
            (Kind::FloatOrTarget, Arg::X(_) | Arg::Y(_)) => return register(arg),
            (Kind::Size, Arg::Unsigned(size)) => *size <= MAX_NUMBER,
            (Kind::Source | Kind::FloatOrSource | Kind::Size, _) => return self.source(arg),
            (Kind::Definition, Arg::Unsigned(_)) => true,
            (Kind::Unsigned, Arg::Unsigned(number)) => *number <= MAX_NUMBER,
            (Kind::Live, Arg::Unsigned(live)) => *live < u64::from(X_REGISTERS),
            (Kind::Arity, Arg::Unsigned(arity)) => *arity <= u64::from(MAX_ARITY),
            (Kind::Frame, Arg::Unsigned(size)) => *size <= u64::from(Y_REGISTERS),
            (Kind::Heap, Arg::Unsigned(words)) => *words <= MAX_HEAP_NEED,
            (Kind::Heap, Arg::Alloc(needs)) => heap_need(needs),
            (Kind::Import, Arg::Unsigned(index)) => *index < self.file.imports.len() as u64,
            (Kind::Fun | Kind::FunTag, Arg::Unsigned(index)) => *index < self.file.funs.len() as u64,
            (Kind::FunTag, Arg::Atom(_)) => matches!(self.name(arg), Some("safe" | "unsafe")),
            // A file without lines may still hold the instructions for them.
            (Kind::Line, Arg::Unsigned(index)) => {
                let lines = self.file.lines.items.len() as u64;
                *index < lines || lines == 0 && *index <= u64::from(u32::MAX)
            }
            (Kind::Atom, Arg::Atom(_)) => self.name(arg).is_some(),
            (Kind::Atom, Arg::Nil) => true,
            (Kind::List, Arg::List(_)) => true,
            _ => return Err("an operand is of the wrong kind"),
        };
        ensure(holds, "an operand is out of range")
    }

    fn source(&self, arg: &Arg) -> Checked {
        match arg {
            Arg::X(_) | Arg::Y(_) => register(arg),
            Arg::Nil | Arg::Int(_) | Arg::Big(_) => Ok(()),
            Arg::Atom(_) => ensure(self.name(arg).is_some(), "an atom is out of range"),
            Arg::Literal(index) => ensure((*index as usize) < self.file.literals.len(), "a literal is out of range"),
            _ => Err("an operand is of the wrong kind"),
        }
    }

    fn text(&self, op: Op, len: &Arg, offset: &Arg) -> Checked {
        let (Arg::Unsigned(len), Arg::Unsigned(offset)) = (len, offset) else {
            return Err("an operand is of the wrong kind");
        };
        let bytes = if op == Op::BsMatchString { len.div_ceil(8) } else { *len };
        let fits = offset.checked_add(bytes).is_some_and(|end| end <= self.file.strings.len() as u64);
        ensure(fits, "it goes beyond the string table")
    }

    /// Checks what concerns more than one operand.
    fn whole(&self, index: usize, op: Op, args: &[Arg]) -> Checked {
        match (op, args) {
            (Op::FuncInfo, [module, Arg::Atom(_), _]) => {
                ensure(index == self.function.info, "it stands within a function")?;
                ensure(*module == Arg::Atom(1), "it is of another module")
            }
            (Op::FuncInfo, _) => Err("an operand is of the wrong kind"),
            (Op::IntCodeEnd, _) => Err("it stands within a function"),
            (Op::Call | Op::CallLast | Op::CallOnly, [arity, label, ..]) => {
                let Arg::Label(label) = label else { return Err("an operand is of the wrong kind") };
                let target = self.layout.function_at(*label).ok_or("it calls what is no function")?;
                ensure(*arity == Arg::Unsigned(target.arity.into()), "it calls a function of another arity")
            }
            (Op::CallExt | Op::CallExtLast | Op::CallExtOnly, [Arg::Unsigned(arity), import, ..]) => {
                self.import_arity(import, *arity)
            }
            (Op::Bif0, [import, ..]) => self.import_arity(import, 0),
            (Op::Bif1, [_, import, ..]) => self.import_arity(import, 1),
            (Op::Bif2, [_, import, ..]) => self.import_arity(import, 2),
            (Op::GcBif1, [_, _, import, ..]) => self.import_arity(import, 1),
            (Op::GcBif2, [_, _, import, ..]) => self.import_arity(import, 2),
            (Op::GcBif3, [_, _, import, ..]) => self.import_arity(import, 3),
            (Op::Catch | Op::Try, [y, Arg::Label(handler)]) => self.handler(op, y, *handler),
            (Op::SelectVal | Op::SelectTupleArity, [_, _, Arg::List(list)]) => self.select(op, list),
            (Op::PutTuple2, [_, Arg::List(list)]) => {
                ensure(list.len() as u64 <= MAX_TUPLE, "the tuple is too large")?;
                self.sources(list)
            }
            (Op::HasMapFields, [_, _, Arg::List(list)]) => {
                ensure(!list.is_empty(), "its list is empty")?;
                self.sources(list)
            }
            (Op::GetMapElements, [_, _, Arg::List(list)]) => pairs(list, |key, target| {
                self.source(key)?;
                self.operand(Kind::Target, target)
            }),
            (Op::PutMapAssoc | Op::PutMapExact, [.., Arg::List(list)]) => pairs(list, |key, value| {
                self.source(key)?;
                self.source(value)
            }),
            (Op::MakeFun3, [Arg::Unsigned(fun), _, Arg::List(list)]) => {
                let fun = self.file.funs.get(*fun as usize).ok_or("the fun is out of range")?;
                ensure(fun.free as usize == list.len(), "the fun captures another number of values")?;
                self.sources(list)
            }
            (Op::InitYregs, [Arg::List(list)]) => list.iter().try_for_each(|arg| self.operand(Kind::Y, arg)),
            (Op::UpdateRecord, [hint, Arg::Unsigned(size), _, _, Arg::List(list)]) => {
                ensure(matches!(self.name(hint), Some("copy" | "reuse" | "inplace")), "its hint is unknown")?;
                ensure((1..=MAX_TUPLE).contains(size), "an operand is out of range")?;
                pairs(list, |position, value| {
                    let inside = matches!(position, Arg::Unsigned(n) if (1..=*size).contains(n));
                    ensure(inside, "a position is out of range")?;
                    self.source(value)
                })
            }
            (Op::BsCreateBin, [_, _, _, Arg::Unsigned(unit), _, Arg::List(list)]) => {
                ensure(*unit <= 256, "the unit is out of range")?;
                self.segments(list)
            }
            (Op::BsMatch, [.., Arg::List(list)]) => self.commands(list),
            (Op::SetTupleElement, [value, tuple, _]) => ensure(value != tuple, "a tuple becomes part of itself"),
            (Op::Fmove, [from, to]) => {
                let float = |arg: &Arg| matches!(arg, Arg::FloatReg(_));
                ensure(float(from) || float(to), "no operand is a floating-point register")
            }
            _ => numbers(op, args),
        }
    }

    fn segments(&self, list: &[Arg]) -> Checked {
        for segment in bits::segments(self.file, list).ok_or("a segment is malformed")? {
            if !matches!(segment.kind, SegmentKind::String { .. }) {
                self.source(segment.value)?;
            }
            if let SegmentSize::Value(size) = segment.size {
                self.source(size)?;
            }
        }
        Ok(())
    }

    fn commands(&self, list: &[Arg]) -> Checked {
        for command in bits::commands(self.file, list).ok_or("a command is malformed")? {
            if let MatchCommand::Binary { live, target, .. }
            | MatchCommand::Integer { live, target, .. }
            | MatchCommand::GetTail { live, target } = command
            {
                self.operand(Kind::Live, &Arg::Unsigned(live))?;
                register(target)?;
            }
        }
        Ok(())
    }

    /// The handler of a catch begins with the instruction that ends it, so that nothing can run before that does.
    fn handler(&self, op: Op, y: &Arg, handler: u32) -> Checked {
        let end = if op == Op::Try { Op::TryCase } else { Op::CatchEnd };
        let at = self.layout.label(handler).ok_or("its label is not defined")?;
        match self.file.code.get(at + 1) {
            Some(next) if next.op == end && next.args.first() == Some(y) => Ok(()),
            _ => Err("its label does not lead to its end"),
        }
    }

    fn select(&self, op: Op, list: &[Arg]) -> Checked {
        pairs(list, |value, label| {
            match (op, value) {
                (Op::SelectTupleArity, Arg::Unsigned(arity)) => {
                    ensure(*arity <= MAX_TUPLE, "an arity is out of range")?
                }
                (Op::SelectVal, Arg::Nil | Arg::Atom(_) | Arg::Int(_) | Arg::Big(_) | Arg::Literal(_)) => {
                    self.source(value)?;
                }
                _ => return Err("a value is of the wrong kind"),
            }
            self.operand(Kind::Label, label)
        })
    }

    fn sources(&self, list: &[Arg]) -> Checked {
        list.iter().try_for_each(|arg| self.source(arg))
    }

    fn import_arity(&self, import: &Arg, arity: u64) -> Checked {
        let Arg::Unsigned(import) = import else { return Err("an operand is of the wrong kind") };
        let row = self.file.imports.get(*import as usize).ok_or("the import is out of range")?;
        ensure(u64::from(row.2) == arity, "it calls a function of another arity")
    }

    fn is_local(&self, label: u32) -> bool {
        self.layout.label(label).is_some_and(|at| (self.function.start..self.function.end).contains(&at))
    }

    fn name(&self, arg: &Arg) -> Option<&str> {
        match arg {
            Arg::Atom(index) => self.file.atoms.get(*index as usize).map(String::as_str),
            _ => None,
        }
    }
}

/// Checks numbers that must not be larger than what their instruction can use.
fn numbers(op: Op, args: &[Arg]) -> Checked {
    let within = |at: usize, max: u64| {
        let holds = matches!(args.get(at), Some(Arg::Unsigned(n)) if *n <= max);
        ensure(holds, "an operand is out of range")
    };
    let unit = |at: usize| {
        within(at, 256)?;
        ensure(args[at] != Arg::Unsigned(0), "the unit is 0")
    };
    let flags = |at: usize| within(at, 31);
    match op {
        Op::BsPutInteger | Op::BsPutBinary | Op::BsPutFloat => unit(2).and(flags(3)),
        Op::BsInit2 | Op::BsInitBits => flags(4),
        Op::BsAdd => unit(3),
        Op::BsGetInteger2 | Op::BsGetFloat2 | Op::BsGetBinary2 => unit(4).and(flags(5)),
        Op::BsSkipBits2 => unit(3).and(flags(4)),
        Op::BsTestUnit => unit(2),
        Op::BsAppend => unit(4).and(flags(6)),
        Op::BsPrivateAppend => unit(2).and(flags(4)),
        Op::BsGetUtf8 | Op::BsGetUtf16 | Op::BsGetUtf32 => flags(3),
        Op::BsSkipUtf8 | Op::BsSkipUtf16 | Op::BsSkipUtf32 => flags(3),
        Op::BsPutUtf8 | Op::BsPutUtf16 | Op::BsPutUtf32 => flags(1),
        Op::TestArity | Op::IsTaggedTuple => within(2, MAX_TUPLE),
        Op::GetTupleElement => within(1, MAX_TUPLE - 1),
        // `call_fun` and `apply` find the fun, or module and function, behind the arguments.
        Op::CallFun | Op::Apply | Op::ApplyLast => within(0, u64::from(MAX_ARITY)),
        _ => Ok(()),
    }
}

fn pairs(list: &[Arg], check: impl Fn(&Arg, &Arg) -> Checked) -> Checked {
    let (pairs, rest) = list.as_chunks::<2>();
    ensure(rest.is_empty() && !pairs.is_empty(), "its list has no pairs")?;
    pairs.iter().try_for_each(|[first, second]| check(first, second))
}

fn register(arg: &Arg) -> Checked {
    let holds = match arg {
        Arg::X(n) => *n < X_REGISTERS,
        Arg::Y(n) => *n < Y_REGISTERS,
        Arg::FloatReg(n) => *n < FLOAT_REGISTERS,
        _ => false,
    };
    ensure(holds, "a register is out of range")
}

fn heap_need(needs: &[(AllocKind, u64)]) -> bool {
    let total = needs.iter().try_fold(0u64, |sum, (_, n)| sum.checked_add(*n));
    total.is_some_and(|total| total <= MAX_HEAP_NEED)
}
