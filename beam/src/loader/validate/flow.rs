//! Follows each function along all of its paths.
//!
//! The state at each label is what holds on all paths to it (a forward data-flow analysis). Code of the compilers jumps
//! forwards except in `receive`, so taking labels in their order visits nearly every instruction once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::imports::{self, Fact};
use super::state::{self, Frame, State};
use super::{Checked, Function, Layout, Register, at, ensure};
use crate::loader::LoadError;
use crate::loader::compact::Arg;
use crate::loader::file::{BeamFile, Instruction};
use crate::loader::genop::Op;

/// How often an instruction is visited on average, at most. Code of the compilers needs less than two visits.
const MAX_VISITS: usize = 16;
/// Most labels of a function that jumps lead to. Code of the compilers has a few thousand.
const MAX_PLACES: usize = 1 << 16;
/// Most entries of [`Layout::clears`]. Code of the compilers needs a few.
const MAX_CLEARS: usize = 1 << 16;

/// Checks all functions, and finds the places that must not be reached.
pub(super) fn check(file: &BeamFile, layout: &mut Layout) -> Result<(), LoadError> {
    let mut flow = Flow::new(file, layout);
    layout.functions.iter().try_for_each(|function| flow.function(function))?;
    flow.traps.sort_unstable();
    flow.traps.dedup();
    flow.clears.sort_unstable();
    flow.clears.dedup();
    (layout.traps, layout.clears) = (flow.traps, flow.clears);
    Ok(())
}

/// What comes after an instruction.
pub(super) enum Next {
    Following,
    Nothing,
}

/// What is known about an instruction as a place to come to.
pub(super) enum Place {
    /// Only from the instruction before it.
    Inner,
    /// A label that jumps lead to.
    Target,
    /// As `Target`, on at least one path.
    Reached(Box<Reached>),
}

pub(super) struct Reached {
    /// What holds on all paths that were found so far.
    pub(super) state: State,
    /// Whether it is in the queue.
    queued: bool,
}

impl Place {
    fn reached(state: &State, queued: bool) -> Place {
        Place::Reached(Box::new(Reached { state: state.clone(), queued }))
    }
}

pub(super) struct Flow<'a> {
    pub(super) file: &'a BeamFile,
    /// Registers that hold a tuple to which nothing else refers.
    pub(super) fresh: Vec<Arg>,
    layout: &'a Layout,
    /// By index of the import.
    facts: Vec<Fact>,
    /// By the index of the instruction.
    pub(super) places: Vec<Place>,
    place_count: usize,
    /// Labels that have to be visited (again), the first in the code first.
    pub(super) pending: BinaryHeap<Reverse<usize>>,
    traps: Vec<usize>,
    clears: Vec<(usize, Register)>,
    /// Whether the function at hand reads results of instructions that may have failed.
    needs_results: bool,
}

impl<'a> Flow<'a> {
    pub(super) fn new(file: &'a BeamFile, layout: &'a Layout) -> Flow<'a> {
        Flow {
            file,
            fresh: Vec::new(),
            layout,
            facts: imports::facts(file),
            places: std::iter::repeat_with(|| Place::Inner).take(file.code.len()).collect(),
            place_count: 0,
            pending: BinaryHeap::new(),
            traps: Vec::new(),
            clears: Vec::new(),
            needs_results: false,
        }
    }

    /// The compiler knows by types that some tests do not fail and reads their results also where they would have. Most
    /// functions do not; the others are gone through once more, with the results set beforehand.
    fn function(&mut self, function: &Function) -> Result<(), LoadError> {
        let (traps, clears) = (self.traps.len(), self.clears.len());
        let checked = self.paths(function);
        let Err(LoadError::Instruction { reason: state::UNSET_X | state::UNSET_LIVE_X, .. }) = checked else {
            return checked;
        };
        self.traps.truncate(traps);
        self.clears.truncate(clears);
        self.places[function.start..function.end].fill_with(|| Place::Inner);
        self.pending.clear();
        self.needs_results = true;
        let checked = self.paths(function);
        self.needs_results = false;
        checked
    }

    fn paths(&mut self, function: &Function) -> Result<(), LoadError> {
        let code = &self.file.code[function.start..function.end];
        let mut work = code.iter().map(weight).sum::<usize>() * MAX_VISITS;
        self.place_count = 0;
        self.find_targets(function);
        let entry = (function.info + 1, State::entry(function.arity));
        if matches!(self.places[entry.0], Place::Target) {
            self.places[entry.0] = Place::reached(&entry.1, false);
        }
        let mut next = Some(entry);
        while let Some((start, mut state)) = next {
            let mut index = start;
            self.fresh.clear();
            loop {
                let error = |reason| at(self.file, Some(function), index.min(function.end - 1), reason);
                if index != start && !self.enter(function, index, &mut state).map_err(error)? {
                    break;
                }
                let instruction = &self.file.code[index];
                let is_bounded = self.place_count <= MAX_PLACES && self.clears.len() <= MAX_CLEARS;
                work =
                    work.checked_sub(weight(instruction)).filter(|_| is_bounded).ok_or_else(|| error(TOO_COMPLEX))?;
                if matches!(instruction.op, Op::Bif0 | Op::Bif1 | Op::Bif2) && !state.is_frame_set() {
                    self.clear(index, &mut state);
                }
                if self.needs_results {
                    self.set_result(index, &mut state);
                }
                if self.is_jump_to_try_handler(instruction) {
                    self.traps.push(index);
                    break;
                }
                match self.step(&mut state, instruction).map_err(error)? {
                    Next::Following => index += 1,
                    Next::Nothing => break,
                }
            }
            next = self.pending.pop().and_then(|Reverse(index)| {
                let Place::Reached(reached) = &mut self.places[index] else { return None };
                reached.queued = false;
                Some((index, reached.state.clone()))
            });
        }
        self.places[function.start..function.end].fill_with(|| Place::Inner);
        Ok(())
    }

    /// Comes to an instruction from the one before it. Tells whether to go on from here.
    fn enter(&mut self, function: &Function, index: usize, state: &mut State) -> Checked<bool> {
        let met = if index == function.end {
            Err("the function has no end here")
        } else if self.file.code[index].op != Op::Label {
            return Ok(true);
        } else if self.is_try_handler(index) {
            Err("it is reached without an exception")
        } else {
            match &mut self.places[index] {
                Place::Inner => return Ok(true),
                Place::Reached(reached) => reached.state.merge(state).map(|changed| {
                    state.clone_from(&reached.state);
                    changed && !reached.queued
                }),
                place @ Place::Target => {
                    self.place_count += 1;
                    *place = Place::reached(state, false);
                    return Ok(true);
                }
            }
        };
        if met.is_err() && may_not_return(&self.file.code[index - 1]) {
            self.traps.push(index);
            return Ok(false);
        }
        met
    }

    /// Whether the label at an index is the handler of a `try`, where the machine expects to find an exception.
    fn is_try_handler(&self, index: usize) -> bool {
        self.file.code.get(index + 1).is_some_and(|next| next.op == Op::TryCase)
    }

    fn is_jump_to_try_handler(&self, instruction: &Instruction) -> bool {
        let (Op::Jump, [Arg::Label(label)]) = (instruction.op, &*instruction.args) else { return false };
        self.layout.label(*label).is_some_and(|at| self.is_try_handler(at))
    }

    pub(super) fn branch(&mut self, state: &State, label: u32) -> Checked {
        let index = self.layout.label(label).ok_or("its label is not defined")?;
        ensure(state.handler || !self.is_try_handler(index), "it jumps to the handler of a try")?;
        match &mut self.places[index] {
            Place::Reached(reached) => {
                if reached.state.merge(state)? && !reached.queued {
                    reached.queued = true;
                    self.pending.push(Reverse(index));
                }
            }
            place => {
                self.place_count += 1;
                *place = Place::reached(state, true);
                self.pending.push(Reverse(index));
            }
        }
        Ok(())
    }

    /// Marks the labels of a function that jumps lead to.
    fn find_targets(&mut self, function: &Function) {
        for instruction in &self.file.code[function.start..function.end] {
            instruction.args.iter().for_each(|arg| match arg {
                Arg::Label(label) => self.mark_target(*label),
                Arg::List(list) => {
                    for arg in list {
                        if let Arg::Label(label) = arg {
                            self.mark_target(*label);
                        }
                    }
                }
                _ => {}
            });
        }
    }

    fn mark_target(&mut self, label: u32) {
        if let Some(place) = self.layout.label(label).and_then(|at| self.places.get_mut(at)) {
            *place = Place::Target;
        }
    }

    /// Has Y registers cleared before an instruction. The compiler leaves that out where it knows by types that a function
    /// does not raise an exception.
    fn clear(&mut self, index: usize, state: &mut State) {
        let Frame::Size(size) = state.frame else { return };
        for y in (0..size).filter(|y| !state.y.contains(*y) && !state.is_catch(*y)).collect::<Vec<_>>() {
            self.clears.push((index, Register::Y(y)));
            state.y.insert(y);
        }
    }

    /// Has the X register set before an instruction that would set it only if it does not fail.
    fn set_result(&mut self, index: usize, state: &mut State) {
        let instruction = &self.file.code[index];
        let is_test = matches!(instruction.op, Op::Bif1 | Op::Bif2 | Op::GcBif1 | Op::GcBif2 | Op::GcBif3);
        if let (true, [Arg::Label(1..), .., Arg::X(x)]) = (is_test, &*instruction.args)
            && !state.x.contains(*x)
        {
            self.clears.push((index, Register::X(*x)));
            state.x.insert(*x);
        }
    }

    /// What happens if an instruction fails: a jump, or an exception.
    pub(super) fn fail(&mut self, state: &State, arg: &Arg) -> Checked {
        match arg {
            Arg::Label(label) if *label > 0 => self.branch(state, *label),
            Arg::Label(_) => state.raises(),
            _ => Ok(()),
        }
    }

    pub(super) fn fact(&self, import: &Arg) -> Fact {
        let Arg::Unsigned(import) = import else { return Fact::None };
        self.facts.get(*import as usize).copied().unwrap_or(Fact::None)
    }
}

const TOO_COMPLEX: &str = "the paths of the function are too complex";

/// What a visit to an instruction costs: work grows with its operands.
fn weight(instruction: &Instruction) -> usize {
    let list = |arg: &Arg| if let Arg::List(list) = arg { list.len() } else { 0 };
    1 + instruction.args.last().map_or(0, list)
}

/// Whether it is a call, or a function of the machine that may fail, after which the compiler may know that nothing follows.
fn may_not_return(instruction: &Instruction) -> bool {
    match instruction.op {
        Op::Call | Op::CallExt | Op::CallFun | Op::CallFun2 | Op::Apply | Op::RawRaise => true,
        Op::Bif0 => true,
        Op::Bif1 | Op::Bif2 | Op::GcBif1 | Op::GcBif2 | Op::GcBif3 => {
            matches!(instruction.args.first(), Some(Arg::Label(0)))
        }
        _ => false,
    }
}
