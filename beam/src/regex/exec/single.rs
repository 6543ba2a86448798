//! Runs of characters: greedy ones give back, lazy ones take more.

use super::*;
use crate::regex::program::Single;

impl Matcher {
    /// Matches a run.
    pub(super) fn run<const UTF: bool>(&mut self, program: &Program, text: &Text<'_>, at: u32, run: Run) -> Step {
        let start = self.position as usize;
        let Some(least) = take::<UTF>(program, text, run.single, start, run.min) else { return Step::Fail };
        if run.mode == Mode::Lazy {
            self.position = least as u32;
            if run.max == run.min {
                return Step::Next;
            }
            return self.choice(Frame::LazyRun { at, position: self.position, count: run.min });
        }
        let most = extend::<UTF>(program, text, run.single, least, run.max - run.min);
        self.budget = self.budget.saturating_sub((most - start) as u64 / 64);
        self.position = most as u32;
        if run.mode == Mode::Possessive || most == least {
            return Step::Next;
        }
        let frame = Frame::Run { at, least: least as u32, position: most as u32 };
        if run.next.is_some_and(|next| text.bytes.get(most) != Some(&next)) {
            // What must follow does not: go straight to where it does.
            return self.give_back::<UTF>(program, text, at, least as u32, most as u32).unwrap_or(Step::Fail);
        }
        match self.choice(frame) {
            Step::Next => Step::Next,
            other => other,
        }
    }

    /// Backtracks into a greedy run that stood at a position.
    pub(super) fn give_back<const UTF: bool>(
        &mut self,
        program: &Program,
        text: &Text<'_>,
        at: u32,
        least: u32,
        position: u32,
    ) -> Option<Step> {
        let Inst::Run(run) = program.code[at as usize] else { return None };
        let mut position = position as usize;
        loop {
            if position <= least as usize {
                return None;
            }
            position = match run.single {
                Single::Char(_, length) => position - usize::from(length),
                Single::Byte(_) | Single::Raw => position - 1,
                _ => text.back::<UTF>(position, 1)?,
            };
            self.budget = self.budget.saturating_sub(1);
            if run.next.is_none_or(|next| text.bytes.get(position) == Some(&next)) {
                break;
            }
        }
        self.position = position as u32;
        if position as u32 > least {
            if let Step::Stop(stop) = self.choice(Frame::Run { at, least, position: self.position }) {
                return Some(Step::Stop(stop));
            }
        } else if let Err(stop) = self.count_step() {
            return Some(Step::Stop(stop));
        }
        Some(Step::Jump(at + 1))
    }

    /// Backtracks into a lazy run of characters, or into the head of a lazy loop.
    pub(super) fn take_more<const UTF: bool>(
        &mut self,
        program: &Program,
        text: &Text<'_>,
        at: u32,
        position: u32,
        count: u32,
    ) -> Option<Step> {
        self.position = position;
        let run = match program.code[at as usize] {
            Inst::Run(run) => run,
            Inst::Loop { register, .. } => {
                return Some(match self.set_loop(register, (count.saturating_add(1), position)) {
                    Step::Next => Step::Jump(at + 1),
                    other => other,
                });
            }
            _ => return None,
        };
        let mut position = position as usize;
        let mut count = count;
        loop {
            if count >= run.max {
                return None;
            }
            position += text.one::<UTF>(program, run.single, position)?;
            count += 1;
            self.budget = self.budget.saturating_sub(1);
            if run.next.is_none_or(|next| text.bytes.get(position) == Some(&next)) {
                break;
            }
        }
        self.position = position as u32;
        Some(match self.choice(Frame::LazyRun { at, position: self.position, count }) {
            Step::Next => Step::Jump(at + 1),
            other => other,
        })
    }
}

/// The position behind `count` characters, if there are so many.
fn take<const UTF: bool>(
    program: &Program,
    text: &Text<'_>,
    single: Single,
    start: usize,
    count: u32,
) -> Option<usize> {
    let mut position = start;
    for _ in 0..count {
        position += text.one::<UTF>(program, single, position)?;
    }
    Some(position)
}

/// The position behind as many characters as there are, at most `count`.
fn extend<const UTF: bool>(program: &Program, text: &Text<'_>, single: Single, start: usize, count: u32) -> usize {
    let rest = &text.bytes[start..];
    let limit = rest.len().min(count as usize);
    let bytes = match single {
        Single::Byte(byte) => rest[..limit].iter().position(|b| *b != byte),
        Single::Raw => None,
        Single::Set(set) if !UTF => rest[..limit].iter().position(|b| !program.sets[set as usize].has_byte(*b)),
        Single::Any { newlines: true } if !UTF => None,
        Single::Any { newlines: false } if !UTF && text.newline == Newline::Lf => {
            rest[..limit].iter().position(|b| *b == b'\n')
        }
        _ => {
            let mut position = start;
            for _ in 0..count {
                let Some(length) = text.one::<UTF>(program, single, position) else { break };
                position += length;
            }
            return position;
        }
    };
    start + bytes.unwrap_or(limit)
}
