//! Sequences of instructions that occur often, as one instruction of the machine.

use super::{Emitter, frame};
use crate::instr::Operation;
use crate::load::operands::{Half, constant, heap_need, label, number, target};
use crate::loader::{Arg, Instruction, LoadError, Op};
use crate::term::Term;

impl Emitter<'_> {
    /// Emits one instruction for several, where they fit. Gives how many there were.
    pub(super) fn fused(&mut self, code: &[Instruction]) -> Result<usize, LoadError> {
        if self.skipping {
            return Ok(0);
        }
        let [first, rest @ ..] = code else { return Ok(0) };
        let next = rest.first();
        let args = &first.args;
        let next_is = |op: Op| next.is_some_and(|n| n.op == op);
        if let Some(count) = self.move_call(code)? {
            return Ok(count);
        }
        match first.op {
            Op::Move if next_is(Op::Deallocate) && rest.get(1).is_some_and(|n| n.op == Op::Return) => {
                self.words.begin(Operation::MoveDeallocateReturn, 1);
                let source = self.words.source(self.tables, &args[0])?;
                self.words.a(next.map_or(Ok(0), |n| frame(&n.args[0]))? as u16);
                self.words.b(source);
                self.words.c(target(&args[1])?);
                self.words.finish();
                Ok(3)
            }
            Op::Allocate | Op::AllocateHeap if next_is(Op::Move) => self.allocate_move(code),
            // A header says that it is a tuple and of which size.
            Op::IsTuple
                if next.is_some_and(|n| n.op == Op::TestArity && n.args[0] == args[0] && n.args[1] == args[1]) =>
            {
                self.instruction(&rest[0])?;
                Ok(2)
            }
            Op::IsGe => self.between(code),
            Op::Deallocate if next_is(Op::Return) => {
                self.plain(Operation::DeallocateReturn, frame(&args[0])?, 0, 0);
                Ok(2)
            }
            // A fun that is called last may call itself without end.
            Op::CallFun | Op::CallFun2
                if next_is(Op::Deallocate) && rest.get(1).is_some_and(|n| n.op == Op::Return) =>
            {
                let size = next.map_or(Ok(0), |n| frame(&n.args[0]))?;
                if first.op == Op::CallFun {
                    self.plain(Operation::CallFunLast, number(&args[0])?, size, 0);
                } else {
                    self.words.begin(Operation::CallFun2Last, 1);
                    let fun = self.words.source(self.tables, &args[2])?;
                    self.words.a(number(&args[1])? as u16);
                    self.words.b(fun);
                    self.words.c(size as u16);
                    self.words.finish();
                }
                Ok(3)
            }
            Op::Move if next_is(Op::Return) => {
                let (source, destination) = (&args[0], &args[1]);
                match (source, destination) {
                    (Arg::X(from), Arg::X(to)) => {
                        self.words.begin(Operation::MoveXXReturn, 1);
                        self.words.a(8 * *from as u16);
                        self.words.b(8 * *to as u16);
                    }
                    (Arg::Y(_), _) | (_, Arg::Y(_)) => return Ok(0),
                    (_, Arg::X(to)) => {
                        self.words.begin(Operation::MoveCXReturn, 2);
                        let value = constant(self.tables, source)?;
                        self.words.b(8 * *to as u16);
                        self.words.or(1, value.0);
                    }
                    _ => return Ok(0),
                }
                self.words.finish();
                Ok(2)
            }
            Op::IsNonemptyList if next_is(Op::GetList) => {
                let (Arg::X(tested), Some(n)) = (&args[1], next) else { return Ok(0) };
                if n.args[0] != args[1] {
                    return Ok(0);
                }
                self.words.begin(Operation::IsNonemptyListGetList, 2);
                self.words.a(8 * *tested as u16);
                self.words.label(0, Half::High, label(&args[0]));
                self.words.or(1, u64::from(target(&n.args[1])?) << 32 | u64::from(target(&n.args[2])?) << 48);
                self.words.finish();
                Ok(2)
            }
            Op::GetTupleElement if next_is(Op::GetTupleElement) => {
                let (Arg::X(tuple), Some(n)) = (&args[0], next) else { return Ok(0) };
                let (i, j) = (number(&args[1])?, number(&n.args[1])?);
                if n.args[0] != args[0] || args[2] == args[0] || i > 0xffff || j > 0xffff {
                    return Ok(0);
                }
                self.words.begin(Operation::GetTupleElement2, 2);
                self.words.a(8 * *tuple as u16);
                self.words.b(i as u16);
                self.words.c(target(&args[2])?);
                self.words.or(1, (j as u64) << 32 | u64::from(target(&n.args[2])?) << 48);
                self.words.finish();
                Ok(2)
            }
            Op::Move if next_is(Op::Move) => self.moves(code),
            _ => Ok(0),
        }
    }

    /// One or two moves and a call of a function of the same module.
    pub(super) fn move_call(&mut self, code: &[Instruction]) -> Result<Option<usize>, LoadError> {
        let moves = code.iter().take_while(|n| n.op == Op::Move).count();
        // The line of a call may stand between.
        let line = code.get(moves).filter(|n| n.op == Op::Line);
        let count = moves + usize::from(line.is_some());
        let Some(call) = code.get(count) else { return Ok(None) };
        let operation = match (moves, call.op) {
            (1, Op::Call) => Operation::MoveCall,
            (1, Op::CallOnly) => Operation::MoveCallOnly,
            (1, Op::CallLast) => Operation::MoveCallLast,
            (2, Op::Call) => Operation::Move2Call,
            (2, Op::CallOnly) => Operation::Move2CallOnly,
            (2, Op::CallLast) => Operation::Move2CallLast,
            _ => return Ok(None),
        };
        if let Some(line) = line {
            self.line(&line.args)?;
        }
        self.words.begin(operation, 2);
        if call.op == Op::CallLast {
            self.words.a(frame(&call.args[2])? as u16);
        }
        self.words.label(0, Half::High, label(&call.args[1]));
        for (i, step) in code[..moves].iter().enumerate() {
            let source = self.words.source(self.tables, &step.args[0])?;
            self.words.packed(1, 2 * i, source);
            self.words.packed(1, 2 * i + 1, target(&step.args[1])?);
        }
        self.words.finish();
        Ok(Some(count + 1))
    }

    /// A frame, and one or two moves of X registers into it.
    pub(super) fn allocate_move(&mut self, code: &[Instruction]) -> Result<usize, LoadError> {
        let args = &code[0].args;
        let (need, live) = match code[0].op {
            Op::Allocate => (0, number(&args[1])?),
            _ => (heap_need(&args[1]), number(&args[2])?),
        };
        let into_frame =
            |n: &&Instruction| n.op == Op::Move && matches!((&n.args[0], &n.args[1]), (Arg::X(_), Arg::Y(_)));
        let moves: Vec<&Instruction> = code[1..].iter().take(2).take_while(into_frame).collect();
        let (Some(first), Some(last)) = (moves.first(), moves.last()) else { return Ok(0) };
        if need > 0xffff {
            return Ok(0);
        }
        self.plain(Operation::AllocateMove, frame(&args[0])?, live, need);
        // One move is done twice.
        self.words.extend(1);
        for (i, step) in [first, last].into_iter().enumerate() {
            if let (Arg::X(from), Arg::Y(to)) = (&step.args[0], &step.args[1]) {
                self.words.packed(1, 2 * i, 8 * *from as u16);
                self.words.packed(1, 2 * i + 1, 8 * *to as u16);
            }
        }
        self.words.finish();
        Ok(1 + moves.len())
    }

    /// A value at least as large as one small integer and at most as large as another.
    pub(super) fn between(&mut self, code: &[Instruction]) -> Result<usize, LoadError> {
        let bound = |n: &Instruction| -> Option<(bool, Arg, i64)> {
            match (&n.args[1], &n.args[2]) {
                (r @ (Arg::X(_) | Arg::Y(_)), Arg::Int(low)) => Some((true, r.clone(), *low)),
                (Arg::Int(high), r @ (Arg::X(_) | Arg::Y(_))) => Some((false, r.clone(), *high)),
                _ => None,
            }
        };
        let [first, second, ..] = code else { return Ok(0) };
        if second.op != Op::IsGe || first.args[0] != second.args[0] {
            return Ok(0);
        }
        let (Some((is_low, register, one)), Some((is_high, other, two))) = (bound(first), bound(second)) else {
            return Ok(0);
        };
        let (low, high) = if is_low { (one, two) } else { (two, one) };
        let is_small = |value: i64| (crate::term::SMALL_MIN..=crate::term::SMALL_MAX).contains(&value);
        if is_low == is_high || register != other || low > high || !is_small(low) || !is_small(high) {
            return Ok(0);
        }
        self.words.begin(Operation::IsBetween, 3);
        let source = self.words.source(self.tables, &register)?;
        self.words.a(source);
        self.words.label(0, Half::High, label(&first.args[0]));
        self.words.or(1, Term::small(low).0);
        self.words.or(2, Term::small(high).0);
        self.words.finish();
        Ok(2)
    }

    /// Two or three moves in a row.
    pub(super) fn moves(&mut self, code: &[Instruction]) -> Result<usize, LoadError> {
        let three = code.get(2).is_some_and(|n| n.op == Op::Move) && code.get(3).is_none_or(|n| n.op != Op::Return);
        if !three && code.get(2).is_some_and(|n| n.op == Op::Return) {
            return Ok(0);
        }
        self.words.begin(if three { Operation::Move3 } else { Operation::Move2 }, 2);
        let first = self.words.source(self.tables, &code[0].args[0])?;
        let second = self.words.source(self.tables, &code[1].args[0])?;
        self.words.a(first);
        self.words.b(target(&code[0].args[1])?);
        self.words.or(1, u64::from(second) << 16 | u64::from(target(&code[1].args[1])?) << 32);
        if three {
            let third = self.words.source(self.tables, &code[2].args[0])?;
            self.words.c(target(&code[2].args[1])?);
            self.words.or(1, u64::from(third) << 48);
        }
        self.words.finish();
        Ok(if three { 3 } else { 2 })
    }
}
