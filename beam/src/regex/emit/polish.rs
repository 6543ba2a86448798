//! Last steps on a program: targets instead of labels, and what a run of characters can know of what follows it.

use crate::regex::ast::Mode;
use crate::regex::program::{Inst, Program, Single};
use crate::regex::set::{CharSet, Ranges};

/// Replaces the numbers of labels by the places of instructions.
pub(super) fn place_labels(program: &mut Program, labels: &[u32]) {
    let at = |target: &mut u32| *target = labels[*target as usize];
    for inst in &mut program.code {
        match inst {
            Inst::Split(target) | Inst::SplitJump(target) | Inst::Jump(target) => at(target),
            Inst::Alternative(Some(target), _) => at(target),
            Inst::Loop { exit, .. } => at(exit),
            Inst::LoopBack { head, .. } => at(head),
            Inst::LookStart { resume, .. } => at(resume),
            Inst::ConditionStart { otherwise, .. } | Inst::ConditionEnd { otherwise, .. } => at(otherwise),
            Inst::TestSet(_, target) | Inst::TestRecursion(_, target) => at(target),
            _ => {}
        }
    }
}

/// Lets runs know the byte that must follow, and makes those possessive that could not give back anything of use.
pub(super) fn look_ahead(program: &mut Program, has_calls: bool) {
    for i in 0..program.code.len() {
        let Inst::Run(run) = program.code[i] else { continue };
        let Some(next) = follower(program, i + 1, has_calls) else { continue };
        let mut better = run;
        if let Follower::Byte(byte) = next {
            better.next = Some(byte);
        }
        if run.mode == Mode::Greedy && is_apart(program, run.single, next) {
            better.mode = Mode::Possessive;
        }
        program.code[i] = Inst::Run(better);
    }
}

/// What must follow a place of a program.
#[derive(Clone, Copy)]
enum Follower {
    /// A character that begins with this byte.
    Byte(u8),
    Set(u32),
}

fn follower(program: &Program, mut at: usize, has_calls: bool) -> Option<Follower> {
    // A program has no cycle of these instructions only, but its length bounds the search in any case.
    for _ in 0..program.code.len() {
        match *program.code.get(at)? {
            Inst::Byte(byte) => return Some(Follower::Byte(byte)),
            Inst::Literal(start, _) => return Some(Follower::Byte(program.literals[start as usize])),
            Inst::One(single) => return of_single(program, single),
            Inst::Run(run) if run.min > 0 => return of_single(program, run.single),
            Inst::Jump(target) => at = target as usize,
            // A group that is called may end somewhere else than here.
            Inst::Close(_) if has_calls => return None,
            Inst::Open(_) | Inst::Close(_) | Inst::Tick => at += 1,
            _ => return None,
        }
    }
    None
}

fn of_single(program: &Program, single: Single) -> Option<Follower> {
    match single {
        Single::Byte(byte) => Some(Follower::Byte(byte)),
        Single::Char(start, _) => Some(Follower::Byte(program.literals[start as usize])),
        Single::Set(set) => Some(Follower::Set(set)),
        Single::Any { .. } | Single::Raw => None,
    }
}

/// Whether no character of a run can begin what must follow it.
fn is_apart(program: &Program, single: Single, next: Follower) -> bool {
    let set_of = |byte: u8| CharSet::new(Ranges::of(&[(u32::from(byte), u32::from(byte))]));
    match (single, next) {
        (Single::Byte(a), Follower::Byte(b)) => a != b,
        // The first byte of a longer character says little about characters.
        (Single::Byte(a), Follower::Set(set)) => a.is_ascii() && program.sets[set as usize].is_disjoint(&set_of(a)),
        (Single::Set(set), Follower::Byte(b)) => b.is_ascii() && program.sets[set as usize].is_disjoint(&set_of(b)),
        (Single::Set(a), Follower::Set(b)) => program.sets[a as usize].is_disjoint(&program.sets[b as usize]),
        _ => false,
    }
}
