//! What each instruction asks for and leaves behind.

use super::flow::{Flow, Next};
use super::imports::Fact;
use super::state::{Catch, Frame, Heap, State};
use super::{Checked, ensure};
use crate::loader::bits::{self, MatchCommand, SegmentKind, SegmentSize};
use crate::loader::compact::{AllocKind, Arg};
use crate::loader::file::Instruction;
use crate::loader::genop::{Kind, Op};

/// Most registers that are known to hold one new tuple.
const MAX_COPIES: usize = 4;

impl<'a> Flow<'a> {
    pub(super) fn step(&mut self, state: &mut State, instruction: &'a Instruction) -> Checked<Next> {
        let Instruction { op, args } = instruction;
        if !self.fresh.is_empty() {
            self.follow_fresh(*op, args);
        }
        match (op, &**args) {
            (Op::Label | Op::Line | Op::ExecutableLine | Op::DebugLine | Op::OnLoad | Op::NifStart, _) => {}
            (Op::FuncInfo, [_, _, arity]) => {
                state.live(number(arity))?;
                state.raises()?;
                return Ok(Next::Nothing);
            }

            (Op::CallExt | Op::CallExtOnly | Op::CallExtLast, [count, import, ..])
                if self.fact(import) == Fact::NeverReturns =>
            {
                state.live(number(count))?;
                state.raises()?;
                return Ok(Next::Nothing);
            }
            (Op::Call | Op::CallFun | Op::Apply | Op::CallExt, [count, ..]) => {
                state.live(number(count) + found_behind(*op))?;
                state.raises()?;
                ensure(matches!(state.frame, Frame::Size(_)), "it has no stack frame")?;
                state.after_call();
                if *op == Op::CallExt && self.fact(&args[1]) == Fact::MakesTuple {
                    self.fresh.push(Arg::X(0));
                }
            }
            (Op::CallFun2, [_, count, fun]) => {
                state.live(number(count))?;
                state.read(fun)?;
                state.raises()?;
                ensure(matches!(state.frame, Frame::Size(_)), "it has no stack frame")?;
                state.after_call();
            }
            (Op::CallOnly | Op::CallExtOnly, [count, ..]) => {
                state.live(number(count))?;
                ensure(state.frame == Frame::None, "it leaves a stack frame")?;
                return Ok(Next::Nothing);
            }
            (Op::CallLast | Op::CallExtLast | Op::ApplyLast, [count, .., size]) => {
                state.live(number(count) + found_behind(*op))?;
                state.deallocate(number(size))?;
                return Ok(Next::Nothing);
            }
            (Op::Return, _) => {
                state.live(1)?;
                ensure(state.frame == Frame::None, "it leaves a stack frame")?;
                return Ok(Next::Nothing);
            }

            (Op::Allocate | Op::AllocateZero, [size, live]) => {
                state.allocate(number(size), number(live), *op == Op::AllocateZero)?;
            }
            (Op::AllocateHeap | Op::AllocateHeapZero, [size, heap, live]) => {
                state.allocate(number(size), number(live), *op == Op::AllocateHeapZero)?;
                state.heap = need(heap);
            }
            (Op::TestHeap, [heap, live]) => {
                state.collect(number(live))?;
                state.heap = need(heap);
            }
            (Op::Deallocate, [size]) => state.deallocate(number(size))?,
            (Op::Trim, [count, rest]) => state.trim(number(count), number(rest))?,
            (Op::Init, [y]) => state.write(y)?,
            (Op::InitYregs, [Arg::List(list)]) => list.iter().try_for_each(|y| state.write(y))?,

            (Op::Send, _) => {
                state.live(2)?;
                state.raises()?;
                state.after_call();
            }
            (Op::RemoveMessage | Op::Timeout | Op::RecvMark | Op::RecvSet, _) => {}
            (Op::LoopRec, [Arg::Label(label), target]) => {
                state.collect(0)?;
                self.branch(state, *label)?;
                state.write(target)?;
            }
            (Op::LoopRecEnd | Op::Wait, [Arg::Label(label)]) => {
                state.collect(0)?;
                self.branch(state, *label)?;
                return Ok(Next::Nothing);
            }
            (Op::WaitTimeout, [Arg::Label(label), time]) => {
                state.read(time)?;
                state.collect(0)?;
                // The code may come back here when a message has arrived. The timer runs already then, and the register's
                // value is not used again; the machine leaves some immediate in it.
                if let Arg::X(_) = time {
                    state.write(time)?;
                }
                self.branch(state, *label)?;
            }

            (Op::Jump, [Arg::Label(label)]) => {
                self.branch(state, *label)?;
                return Ok(Next::Nothing);
            }
            (Op::SelectVal | Op::SelectTupleArity, [value, fail, Arg::List(list)]) => {
                state.read(value)?;
                self.fail(state, fail)?;
                for pair in list.as_chunks::<2>().0 {
                    self.fail(state, &pair[1])?;
                }
                return Ok(Next::Nothing);
            }

            (Op::Catch | Op::Try, [Arg::Y(y), Arg::Label(handler)]) => {
                state.catch(*y, if *op == Op::Try { Catch::Try } else { Catch::Catch })?;
                self.branch(&state.caught(), *handler)?;
            }
            (Op::CatchEnd, [Arg::Y(y)]) => {
                state.live(1)?;
                state.end_catch(*y, Catch::Catch)?;
                state.collect(1)?;
                state.handler = false;
            }
            (Op::TryEnd, [Arg::Y(y)]) => state.end_catch(*y, Catch::Try)?,
            (Op::TryCase, [Arg::Y(y)]) => {
                ensure(state.handler, "it is no handler")?;
                state.end_catch(*y, Catch::Try)?;
                state.handler = false;
            }
            (Op::Badmatch | Op::CaseEnd | Op::TryCaseEnd | Op::Badrecord | Op::IfEnd | Op::Raise, _) => {
                args.iter().try_for_each(|arg| state.read(arg))?;
                state.raises()?;
                return Ok(Next::Nothing);
            }
            (Op::RawRaise, _) => {
                state.live(3)?;
                state.raises()?;
                state.after_call();
            }
            (Op::BuildStacktrace | Op::BsInitWritable, _) => state.collect(1)?,

            (Op::PutList, [head, tail, target]) => {
                state.read(head)?;
                state.read(tail)?;
                state.use_words(2)?;
                state.write(target)?;
            }
            (Op::PutTuple2, [target, Arg::List(list)]) => {
                list.iter().try_for_each(|arg| state.read(arg))?;
                state.use_words(list.len() as u64 + 1)?;
                state.write(target)?;
            }
            (Op::UpdateRecord, [_, size, record, target, Arg::List(list)]) => {
                state.read(record)?;
                list.iter().try_for_each(|arg| state.read(arg))?;
                state.raises()?;
                state.use_words(u64::from(number(size)) + 1)?;
                state.write(target)?;
            }
            (Op::SetTupleElement, [value, tuple, _]) => {
                ensure(self.fresh.contains(tuple), "it changes a tuple that is not new")?;
                ensure(!self.fresh.contains(value), "a tuple becomes part of itself")?;
                state.read(value)?;
            }
            (Op::MakeFun2, [Arg::Unsigned(fun)]) => {
                let free = self.file.funs.get(*fun as usize).ok_or("the fun is out of range")?.free;
                state.collect(free)?;
                state.x.insert(0);
            }
            (Op::MakeFun3, [_, target, Arg::List(list)]) => {
                list.iter().try_for_each(|arg| state.read(arg))?;
                state.use_words(list.len() as u64)?;
                state.use_fun()?;
                state.write(target)?;
            }
            (Op::PutMapAssoc | Op::PutMapExact, [fail, map, target, live, Arg::List(list)]) => {
                state.read(map)?;
                list.iter().try_for_each(|arg| state.read(arg))?;
                state.collect(number(live))?;
                self.fail(state, fail)?;
                state.write(target)?;
            }
            (Op::GetMapElements, [fail, map, Arg::List(list)]) => {
                let pairs = list.as_chunks::<2>().0;
                state.read(map)?;
                pairs.iter().try_for_each(|[key, _]| state.read(key))?;
                self.fail(state, fail)?;
                pairs.iter().try_for_each(|[_, target]| state.write(target))?;
            }
            (Op::HasMapFields, [fail, map, Arg::List(list)]) => {
                state.read(map)?;
                list.iter().try_for_each(|arg| state.read(arg))?;
                self.fail(state, fail)?;
            }
            (Op::Swap, [first, second]) => {
                state.read(first)?;
                state.read(second)?;
            }

            (Op::Fmove, [from, to]) => {
                state.read(from)?;
                if !matches!(to, Arg::FloatReg(_)) {
                    state.use_float()?;
                }
                state.write(to)?;
            }
            (Op::Fconv, [from, _]) => {
                state.read(from)?;
                state.raises()?;
            }

            (Op::BsInit2 | Op::BsInitBits, [fail, size, heap, live, _, target]) => {
                state.read(size)?;
                state.collect(number(live))?;
                self.fail(state, fail)?;
                state.heap = need(heap);
                state.write(target)?;
                state.building = true;
            }
            (Op::BsAppend, [fail, size, heap, live, _, binary, _, target]) => {
                state.read(size)?;
                state.read(binary)?;
                state.collect(number(live))?;
                self.fail(state, fail)?;
                state.heap = need(heap);
                state.write(target)?;
                state.building = true;
            }
            (Op::BsPrivateAppend, [fail, size, _, binary, _, target]) => {
                state.read(size)?;
                state.read(binary)?;
                self.fail(state, fail)?;
                state.write(target)?;
                state.building = true;
            }
            (
                Op::BsPutInteger
                | Op::BsPutBinary
                | Op::BsPutFloat
                | Op::BsPutUtf8
                | Op::BsPutUtf16
                | Op::BsPutUtf32
                | Op::BsPutString,
                [fail, ..],
            ) => {
                ensure(state.building, "no binary is under construction")?;
                args.iter().try_for_each(|arg| state.read(arg))?;
                self.fail(state, fail)?;
            }
            (Op::BsCreateBin, [fail, heap, live, _, target, Arg::List(list)]) => {
                for segment in bits::segments(self.file, list).ok_or("a segment is malformed")? {
                    if !matches!(segment.kind, SegmentKind::String { .. }) {
                        state.read(segment.value)?;
                    }
                    if let SegmentSize::Value(size) = segment.size {
                        state.read(size)?;
                    }
                }
                state.collect(number(live))?;
                self.fail(state, fail)?;
                state.heap = need(heap);
                state.write(target)?;
            }
            (Op::BsMatch, [fail, context, Arg::List(list)]) => {
                state.read(context)?;
                for command in bits::commands(self.file, list).ok_or("a command is malformed")? {
                    match command {
                        MatchCommand::Binary { live, target, .. }
                        | MatchCommand::Integer { live, target, .. }
                        | MatchCommand::GetTail { live, target } => {
                            state.collect(live as u32)?;
                            state.write(target)?;
                        }
                        MatchCommand::EnsureAtLeast { .. }
                        | MatchCommand::EnsureExactly { .. }
                        | MatchCommand::Equal { .. } => self.fail(state, fail)?,
                        MatchCommand::Skip { .. } => {}
                    }
                }
            }
            _ => self.regular(state, instruction)?,
        }
        Ok(Next::Following)
    }

    /// Keeps track of the registers that hold a new tuple, as long as nothing can have made another reference to it.
    fn follow_fresh(&mut self, op: Op, args: &[Arg]) {
        let fresh = &mut self.fresh;
        match (op, args) {
            (Op::Line | Op::SetTupleElement, _) => {}
            (Op::Move, [from, to]) => {
                let is_copied = fresh.contains(from);
                fresh.retain(|register| register != to);
                if is_copied && fresh.len() < MAX_COPIES {
                    fresh.push(to.clone());
                } else if is_copied {
                    fresh.clear();
                }
            }
            (Op::GetTupleElement | Op::GetList | Op::GetHd | Op::GetTl, [from, targets @ ..])
                if !fresh.contains(from) =>
            {
                fresh.retain(|register| !targets.contains(register));
            }
            (Op::Init, [y]) => fresh.retain(|register| register != y),
            (Op::InitYregs, [Arg::List(list)]) => fresh.retain(|register| !list.contains(register)),
            (Op::Trim, [count, _]) => {
                let count = number(count);
                fresh.retain_mut(|register| match register {
                    Arg::Y(y) => y.checked_sub(count).map(|moved| *y = moved).is_some(),
                    _ => true,
                });
            }
            _ => fresh.clear(),
        }
    }

    /// An instruction whose operands tell what it does: it reads sources, may collect garbage if it has a live count, may
    /// fail, and then writes.
    fn regular(&mut self, state: &mut State, instruction: &Instruction) -> Checked {
        let operands = || instruction.op.kinds().iter().zip(&*instruction.args);
        for (kind, arg) in operands() {
            if matches!(kind, Kind::Source | Kind::Register | Kind::Size) {
                state.read(arg)?;
            }
        }
        for (kind, arg) in operands() {
            if *kind == Kind::Live {
                state.collect(number(arg))?;
            }
        }
        for (kind, arg) in operands() {
            if matches!(kind, Kind::Label | Kind::Fail | Kind::MatchFail) {
                self.fail(state, arg)?;
            }
        }
        for (kind, arg) in operands() {
            if *kind == Kind::Target {
                state.write(arg)?;
            }
        }
        Ok(())
    }
}

/// A number that was found to be in range before.
fn number(arg: &Arg) -> u32 {
    match arg {
        Arg::Unsigned(n) => u32::try_from(*n).unwrap_or(u32::MAX),
        _ => u32::MAX,
    }
}

/// Number of X registers that are read behind the arguments.
fn found_behind(op: Op) -> u32 {
    match op {
        Op::CallFun => 1,
        Op::Apply | Op::ApplyLast => 2,
        _ => 0,
    }
}

fn need(arg: &Arg) -> Heap {
    let mut heap = Heap::default();
    match arg {
        Arg::Unsigned(words) => heap.words = *words,
        Arg::Alloc(needs) => {
            for (kind, count) in needs {
                *match kind {
                    AllocKind::Words => &mut heap.words,
                    AllocKind::Floats => &mut heap.floats,
                    AllocKind::Funs => &mut heap.funs,
                } += count;
            }
        }
        _ => {}
    }
    heap
}
