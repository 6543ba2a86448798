//! Tests that no single way through accepted code does what the analysis of all ways is to prevent.

use std::cmp::Reverse;

use super::flow::{Flow, Next, Place};
use super::state::State;
use super::{Layout, Register, validate};
use crate::loader::compact::Arg;
use crate::loader::file::{BeamFile, Instruction, parse};
use crate::loader::genop::Op;

#[path = "../../../tests/loader/support.rs"]
mod support;

/// Marsaglia's xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % n.max(1)
    }
}

/// Takes one way through a function, choosing at random at each branch, and checks each instruction for this way alone.
/// Gives the number of instructions on the way.
fn walk(flow: &mut Flow<'_>, layout: &Layout, function: usize, random: &mut Random) -> usize {
    let function = &layout.functions[function];
    let (mut index, mut state, mut is_jump) = (function.info + 1, State::entry(function.arity), false);
    flow.fresh.clear();
    for steps in 0..300 {
        let is_trap = layout.traps.binary_search(&index).is_ok();
        if is_trap && (!is_jump || flow.file.code[index].op == Op::Jump) {
            return steps;
        }
        assert!(index < function.end, "the way leads out of the function");
        for (_, register) in layout.clears.iter().filter(|(at, _)| *at == index) {
            let register = match *register {
                Register::X(x) => Arg::X(x),
                Register::Y(y) => Arg::Y(y),
            };
            state.write(&register).expect("the register can be cleared");
        }
        let instruction = &flow.file.code[index];
        let next = flow.step(&mut state, instruction);
        let next = next.unwrap_or_else(|reason| panic!("instruction {index} ({}): {reason}", instruction.op.name()));
        let mut ways = reached(flow);
        if let Next::Following = next {
            ways.push((index + 1, state, false));
        }
        if ways.is_empty() {
            return steps;
        }
        let chosen = random.below(ways.len());
        (index, state, is_jump) = ways.swap_remove(chosen);
    }
    300
}

/// The labels that the last step reached.
fn reached(flow: &mut Flow<'_>) -> Vec<(usize, State, bool)> {
    let mut found = Vec::new();
    while let Some(Reverse(index)) = flow.pending.pop() {
        if let Place::Reached(reached) = std::mem::replace(&mut flow.places[index], Place::Target) {
            found.push((index, reached.state, true));
        }
    }
    found
}

/// The module with the code of one function; of the others only the entry is left.
fn only(file: &BeamFile, layout: &Layout, kept: usize) -> BeamFile {
    let mut code = Vec::new();
    for (at, function) in layout.functions.iter().enumerate() {
        let end = if at == kept { function.end } else { function.info + 2 };
        code.extend_from_slice(&file.code[function.start..end]);
        if at != kept {
            code.push(Instruction { op: Op::IfEnd, args: Box::default() });
        }
    }
    code.push(Instruction { op: Op::IntCodeEnd, args: Box::default() });
    BeamFile { code, ..file.clone() }
}

/// Exchanges operands and instructions of a function in such a way that much of its code stays sensible.
fn change(code: &mut [Instruction], random: &mut Random) {
    let (first, second) = (random.below(code.len()), random.below(code.len()));
    match random.below(5) {
        0 => code.swap(first, second),
        1 => code[first] = code[second].clone(),
        2 => {
            let label = |i: &Instruction| match (i.op, i.args.first()) {
                (Op::Label, Some(Arg::Unsigned(label))) => Some(*label as u32),
                _ => None,
            };
            let labels: Vec<u32> = code.iter().filter_map(label).collect();
            let new = labels[random.below(labels.len())];
            if let Some(Arg::Label(label)) = code[first].args.iter_mut().find(|arg| matches!(arg, Arg::Label(_))) {
                *label = new;
            }
        }
        _ => {
            let (number, is_x) = (random.below(4) as u32, random.below(2) == 0);
            let args = &mut code[first].args;
            let which = random.below(args.len());
            match args.get_mut(which) {
                Some(arg @ (Arg::X(_) | Arg::Y(_))) => *arg = if is_x { Arg::X(number) } else { Arg::Y(number) },
                Some(Arg::Unsigned(n)) => *n = u64::from(number),
                _ => {}
            }
        }
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "it reads modules from files")]
fn no_way_through_accepted_code_is_wrong() {
    let mut random = Random(7);
    let (mut accepted, mut steps) = (0, 0);
    for name in ["gen_server", "erl_scan", "io_lib_pretty", "ets"] {
        let file = parse(&support::library_module(name), &Default::default()).expect("it parses");
        let layout = validate(&file).expect("it is valid");
        for function in 0..layout.functions.len() {
            let original = only(&file, &layout, function);
            let range = super::layout(&original).expect("it is valid").functions[function];
            for round in 0..ROUNDS {
                let mut changed = original.clone();
                for _ in 0..round % 4 {
                    change(&mut changed.code[range.start..range.end], &mut random);
                }
                let Ok(layout) = validate(&changed) else { continue };
                accepted += usize::from(round % 4 > 0);
                let mut flow = Flow::new(&changed, &layout);
                steps += (0..8).map(|_| walk(&mut flow, &layout, function, &mut random)).sum::<usize>();
            }
        }
    }
    assert!(accepted > 500 && steps > 50_000, "{accepted} changed functions were accepted, {steps} steps taken");
}

/// Number of changes that are made to each function.
const ROUNDS: usize = 24;
