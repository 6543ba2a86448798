//! Runs a program over a subject: a backtracking matcher with a stack of its own.
//!
//! What an instruction changes besides the position is noted on the stack when it changes, and undone when the matcher
//! backtracks over the note. Atomic groups, assertions and calls put a [`Frame::Scope`] there; at their end the choices
//! above it are dropped (the notes stay, for groups and assertions; a call undoes them, as groups keep their values over a call).

use super::ast::{Assertion, Mode};
use super::options::{MatchOptions, Newline, flag};
use super::parse::newline_at;
use super::program::{Inst, Program, Run, VerbCode};

mod scope;
mod search;
mod single;
mod text;
mod verb;

use text::Text;

/// No position, no group value.
const UNSET: u32 = u32::MAX;

/// How a match ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchResult {
    /// First and last byte of the whole match and of each group up to the last one that is set; nothing for one that is not.
    Match(Vec<Option<(usize, usize)>>),
    /// There is none.
    NoMatch,
    /// `match_limit` was reached.
    MatchLimit,
    /// `match_limit_recursion` was reached.
    RecursionLimit,
    /// The matcher would need more memory than it may have.
    OutOfMemory,
    /// The budget of steps is used up; call again to go on.
    Unfinished,
}

/// An entry of the backtracking stack.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// Go on at an instruction and a position.
    Branch { at: u32, position: u32 },
    /// As `Branch`, for a branch of an alternation that holds a `(*THEN)`; at [`UNSET`] there is none left.
    Alternative { at: u32, position: u32, id: u32 },
    /// A greedy run that may give back characters down to `least`.
    Run { at: u32, least: u32, position: u32 },
    /// A lazy run that may take more characters.
    LazyRun { at: u32, position: u32, count: u32 },
    /// A verb that has been passed.
    Verb { at: u32, position: u32 },
    /// Old value of a group.
    Group { group: u32, start: u32, end: u32 },
    /// Old start of a group that is being matched.
    Open { group: u32, start: u32 },
    /// Old value of a loop register.
    Loop { register: u32, count: u32, start: u32 },
    /// Old start of the match, before `\K`.
    Keep { start: u32 },
    /// A mark was added.
    Mark,
    /// A position that belongs to the scope above.
    Position { position: u32 },
    /// Start of an atomic group, an assertion or a call, by its instruction; the scope and the call around it.
    Scope { at: u32, scope: u32, call: u32 },
}

impl Frame {
    /// Whether it notes a change, and is no choice.
    fn is_note(self) -> bool {
        matches!(self, Frame::Group { .. } | Frame::Open { .. } | Frame::Loop { .. } | Frame::Keep { .. } | Frame::Mark)
    }
}

/// What to do after an instruction.
enum Step {
    /// The next instruction.
    Next,
    Jump(u32),
    Fail,
    /// The whole pattern has matched.
    Done,
    /// The match ends without a result.
    Stop(MatchResult),
    /// This start position is given up; goes on at the next one or at a given one.
    Advance(Option<u32>),
}

/// How an attempt at one start position ended.
enum Attempt {
    Matched,
    Failed,
    SkipTo(u32),
    Stop(MatchResult),
}

/// A match in progress. It owns its state, so that it can be put aside and continued.
pub(crate) struct Matcher {
    options: MatchOptions,
    newline: Newline,
    bsr_anycrlf: bool,
    match_limit: u32,
    depth_limit: u32,
    max_frames: usize,
    stack: Vec<Frame>,
    /// Innermost scope and innermost call: indices into the stack, or [`UNSET`].
    scope: u32,
    call: u32,
    groups: Vec<(u32, u32)>,
    opens: Vec<u32>,
    loops: Vec<(u32, u32)>,
    marks: Vec<(u32, u32)>,
    /// Start position of the current attempt, and where `\K` moved it.
    start: u32,
    keep: u32,
    /// Where the current attempt stands, while it is put aside.
    at: u32,
    position: u32,
    /// Steps of the current attempt that count for `match_limit`.
    count: u32,
    /// Steps left before the match is put aside.
    budget: u64,
    /// Whether an attempt is under way.
    is_running: bool,
    is_started: bool,
}

impl Matcher {
    /// A match of a program with some options. `max_frames`: most entries of the stack (16 bytes each).
    pub(super) fn new(program: &Program, options: MatchOptions, max_frames: usize) -> Matcher {
        let own = |limit: u32, own: Option<u32>| own.map_or(limit, |own| own.min(limit));
        Matcher {
            newline: options.newline.unwrap_or(program.options.newline),
            bsr_anycrlf: options.bsr_anycrlf.unwrap_or(program.options.flags & flag::BSR_ANYCRLF != 0),
            match_limit: own(options.match_limit, program.match_limit),
            depth_limit: own(options.match_limit_recursion, program.match_limit_recursion),
            max_frames,
            stack: Vec::new(),
            scope: UNSET,
            call: UNSET,
            groups: vec![(UNSET, UNSET); program.groups as usize + 1],
            opens: vec![UNSET; program.groups as usize + 1],
            loops: vec![(0, UNSET); program.loops as usize],
            marks: Vec::new(),
            start: options.offset as u32,
            keep: 0,
            at: 0,
            position: 0,
            count: 0,
            budget: 0,
            is_running: false,
            is_started: false,
            options,
        }
    }

    /// Prepares an attempt at the current start position.
    fn begin_attempt(&mut self) {
        self.stack.clear();
        self.marks.clear();
        self.scope = UNSET;
        self.call = UNSET;
        self.groups.fill((UNSET, UNSET));
        self.opens.fill(UNSET);
        self.loops.fill((0, UNSET));
        self.keep = self.start;
        self.at = 0;
        self.position = self.start;
        self.count = 0;
        self.is_running = true;
    }

    /// Runs the attempt until it ends or the budget is used up.
    fn attempt<const UTF: bool>(&mut self, program: &Program, text: &Text<'_>) -> Attempt {
        if !self.is_running {
            self.begin_attempt();
            // PCRE enters the pattern, and then its outermost group.
            if let Err(stop) = self.count_step().and_then(|()| self.count_step()) {
                return Attempt::Stop(stop);
            }
            if self.depth_limit == 0 {
                return Attempt::Stop(MatchResult::RecursionLimit);
            }
        }
        let mut at = self.at;
        loop {
            let step = self.step::<UTF>(program, text, at);
            at = match step {
                Step::Next => at + 1,
                Step::Jump(target) => target,
                Step::Done => return Attempt::Matched,
                Step::Stop(stop) => return Attempt::Stop(stop),
                Step::Advance(to) => return to.map_or(Attempt::Failed, Attempt::SkipTo),
                Step::Fail => {
                    if self.budget == 0 {
                        // The stack holds all that is needed to go on.
                        self.at = UNSET;
                        return Attempt::Stop(MatchResult::Unfinished);
                    }
                    match self.backtrack::<UTF>(program, text) {
                        Step::Jump(target) => target,
                        Step::Advance(to) => return to.map_or(Attempt::Failed, Attempt::SkipTo),
                        Step::Stop(stop) => return Attempt::Stop(stop),
                        _ => return Attempt::Failed,
                    }
                }
            };
        }
    }

    /// Counts a step for the limits.
    #[inline]
    fn count_step(&mut self) -> Result<(), MatchResult> {
        if self.count >= self.match_limit {
            return Err(MatchResult::MatchLimit);
        }
        self.count += 1;
        self.budget = self.budget.saturating_sub(1);
        Ok(())
    }

    /// Puts a choice on the stack.
    #[inline]
    fn choice(&mut self, frame: Frame) -> Step {
        if let Err(stop) = self.count_step() {
            return Step::Stop(stop);
        }
        self.note(frame)
    }

    /// Puts a note on the stack.
    #[inline]
    fn note(&mut self, frame: Frame) -> Step {
        if self.stack.len() >= self.max_frames {
            return Step::Stop(MatchResult::OutOfMemory);
        }
        // About two entries for each level of PCRE's recursion.
        if self.stack.len() as u64 / 2 + 1 > u64::from(self.depth_limit) {
            return Step::Stop(MatchResult::RecursionLimit);
        }
        self.stack.push(frame);
        Step::Next
    }

    fn set_group(&mut self, group: u32, value: (u32, u32)) -> Step {
        let old = std::mem::replace(&mut self.groups[group as usize], value);
        self.note(Frame::Group { group, start: old.0, end: old.1 })
    }

    fn set_loop(&mut self, register: u32, value: (u32, u32)) -> Step {
        let old = std::mem::replace(&mut self.loops[register as usize], value);
        self.note(Frame::Loop { register, count: old.0, start: old.1 })
    }

    /// Executes one instruction.
    #[inline]
    fn step<const UTF: bool>(&mut self, program: &Program, text: &Text<'_>, at: u32) -> Step {
        // Where an attempt goes on after having been put aside, it first backtracks.
        let Some(inst) = program.code.get(at as usize) else { return Step::Fail };
        let position = self.position as usize;
        match *inst {
            Inst::Byte(byte) => {
                if text.bytes.get(position) != Some(&byte) {
                    return Step::Fail;
                }
                self.position += 1;
                Step::Next
            }
            Inst::Literal(start, length) => {
                let literal = &program.literals[start as usize..(start + length) as usize];
                if !text.bytes[position..].starts_with(literal) {
                    return Step::Fail;
                }
                self.position += length;
                Step::Next
            }
            Inst::One(single) => match text.one::<UTF>(program, single, position) {
                Some(length) => {
                    self.position += length as u32;
                    Step::Next
                }
                None => Step::Fail,
            },
            Inst::Run(run) => self.run::<UTF>(program, text, at, run),
            Inst::Split(other) => self.choice(Frame::Branch { at: other, position: self.position }),
            Inst::SplitJump(first) => match self.choice(Frame::Branch { at: at + 1, position: self.position }) {
                Step::Next => Step::Jump(first),
                other => other,
            },
            Inst::Alternative(next, id) => {
                self.choice(Frame::Alternative { at: next.unwrap_or(UNSET), position: self.position, id })
            }
            Inst::Jump(target) => Step::Jump(target),
            Inst::Open(group) => {
                let old = std::mem::replace(&mut self.opens[group as usize], self.position);
                self.choice(Frame::Open { group, start: old })
            }
            Inst::Close(group) => {
                if self.is_call_of(program, group) {
                    return self.end_call();
                }
                self.set_group(group, (self.opens[group as usize], self.position))
            }
            Inst::CloseOnly(group) => self.set_group(group, (self.opens[group as usize], self.position)),
            Inst::LoopStart(register) => self.set_loop(register, (0, UNSET)),
            Inst::Loop { register, min, max, is_lazy, exit } => {
                self.enter_loop(at, register, (min, max), is_lazy, exit)
            }
            Inst::LoopBack { register, head, min, is_unlimited } => {
                let (count, start) = self.loops[register as usize];
                // Matching nothing once more would lead nowhere.
                if is_unlimited && count >= min && start == self.position { Step::Next } else { Step::Jump(head) }
            }
            Inst::AtomicStart => self.enter_scope(at, None),
            Inst::AtomicEnd => {
                self.leave_scope(0);
                Step::Next
            }
            Inst::LookStart { negative: false, .. } => self.enter_scope(at, None),
            Inst::LookStart { negative: true, resume } => self.enter_scope(at, Some(resume)),
            Inst::ConditionStart { otherwise, .. } => self.enter_scope(at, Some(otherwise)),
            Inst::LookEnd { negative: false } => {
                self.leave_assertion(false);
                Step::Next
            }
            Inst::LookEnd { negative: true } => {
                self.undo_scope(1);
                Step::Fail
            }
            Inst::ConditionEnd { negative: false, .. } => {
                self.leave_assertion(true);
                Step::Next
            }
            Inst::ConditionEnd { negative: true, otherwise } => {
                self.position = self.undo_scope(1);
                Step::Jump(otherwise)
            }
            Inst::StepBack(count) => match text.back::<UTF>(position, count) {
                Some(position) => {
                    self.position = position as u32;
                    Step::Next
                }
                None => Step::Fail,
            },
            Inst::TestSet(groups, otherwise) => {
                let groups = &program.references[groups as usize];
                let is_set = groups.iter().any(|group| self.groups.get(*group as usize).is_some_and(|g| g.1 != UNSET));
                if is_set { Step::Next } else { Step::Jump(otherwise) }
            }
            Inst::TestRecursion(groups, otherwise) => {
                let called = self.called_group(program);
                let holds = match groups {
                    None => called.is_some(),
                    Some(groups) => called.is_some_and(|called| program.references[groups as usize].contains(&called)),
                };
                if holds { Step::Next } else { Step::Jump(otherwise) }
            }
            Inst::Call(group) => self.enter_call(program, at, group),
            Inst::Keep => {
                let old = std::mem::replace(&mut self.keep, self.position);
                self.note(Frame::Keep { start: old })
            }
            Inst::Mark(name) => {
                self.marks.push((name, self.position));
                self.note(Frame::Mark)
            }
            Inst::Verb(verb) => self.pass_verb(at, verb),
            Inst::Accept => self.accept(program),
            Inst::Fail => Step::Fail,
            Inst::Tick => self.count_step().map_or_else(Step::Stop, |()| Step::Next),
            Inst::Assert(assertion) => {
                if self.holds::<UTF>(program, text, assertion) {
                    Step::Next
                } else {
                    Step::Fail
                }
            }
            Inst::Newline => self.move_by(text.newline_sequence::<UTF>(position, self.bsr_anycrlf)),
            Inst::Cluster => self.move_by(text.cluster::<UTF>(program, position)),
            Inst::Back(groups, fold) => {
                let set = program.references[groups as usize]
                    .iter()
                    .filter_map(|group| self.groups.get(*group as usize).copied())
                    .find(|(_, end)| *end != UNSET);
                let Some((start, end)) = set else { return Step::Fail };
                let range = start.min(end) as usize..end as usize;
                self.move_by(text.repeat_of::<UTF>(program, range, position, fold))
            }
            Inst::Match => {
                if self.call != UNSET {
                    return self.end_call();
                }
                self.finish()
            }
        }
    }

    fn move_by(&mut self, length: Option<usize>) -> Step {
        match length {
            Some(length) => {
                self.position += length as u32;
                Step::Next
            }
            None => Step::Fail,
        }
    }

    /// The end of the pattern, outside of calls.
    fn finish(&mut self) -> Step {
        let is_empty = self.position == self.keep;
        let at_start = self.keep as usize == self.options.offset;
        if is_empty && (self.options.notempty || (self.options.notempty_atstart && at_start)) {
            return Step::Fail;
        }
        Step::Done
    }

    fn enter_loop(&mut self, at: u32, register: u32, (min, max): (u32, u32), is_lazy: bool, exit: u32) -> Step {
        let (count, _) = self.loops[register as usize];
        let position = self.position;
        if count >= max {
            return Step::Jump(exit);
        }
        if count >= min {
            if is_lazy {
                // Entering the body comes second; it is found again through the head, with one more required.
                return match self.choice(Frame::LazyRun { at, position, count }) {
                    Step::Next => Step::Jump(exit),
                    other => other,
                };
            }
            match self.choice(Frame::Branch { at: exit, position }) {
                Step::Next => {}
                other => return other,
            }
        }
        self.set_loop(register, (count.saturating_add(1), position))
    }

    /// Undoes the effect of a frame, where it has one.
    fn undo(&mut self, frame: Frame) {
        match frame {
            Frame::Group { group, start, end } => self.groups[group as usize] = (start, end),
            Frame::Open { group, start } => self.opens[group as usize] = start,
            Frame::Loop { register, count, start } => self.loops[register as usize] = (count, start),
            Frame::Keep { start } => self.keep = start,
            Frame::Mark => drop(self.marks.pop()),
            Frame::Scope { scope, call, .. } => {
                self.scope = scope;
                self.call = call;
            }
            _ => {}
        }
    }

    /// Goes back to the last choice.
    fn backtrack<const UTF: bool>(&mut self, program: &Program, text: &Text<'_>) -> Step {
        while let Some(frame) = self.stack.pop() {
            match frame {
                Frame::Branch { at, position } => {
                    self.position = position;
                    return Step::Jump(at);
                }
                Frame::Alternative { at: UNSET, .. } => {}
                Frame::Alternative { at, position, .. } => {
                    self.position = position;
                    return Step::Jump(at);
                }
                Frame::Run { at, least, position } => {
                    if let Some(step) = self.give_back::<UTF>(program, text, at, least, position) {
                        return step;
                    }
                }
                Frame::LazyRun { at, position, count } => {
                    if let Some(step) = self.take_more::<UTF>(program, text, at, position, count) {
                        return step;
                    }
                }
                Frame::Verb { at, position } => return self.back_onto_verb(program, at, position),
                Frame::Position { .. } => {}
                note => self.undo(note),
            }
        }
        Step::Advance(None)
    }

    /// Whether an assertion about the position holds.
    fn holds<const UTF: bool>(&self, program: &Program, text: &Text<'_>, assertion: Assertion) -> bool {
        let position = self.position as usize;
        let (at_start, at_end) = (position == 0, position == text.bytes.len());
        let newline = |position: usize| newline_at(self.newline, UTF, &text.bytes[position..]);
        let at_last_newline = || newline(position).is_some_and(|length| position + length == text.bytes.len());
        match assertion {
            Assertion::SubjectStart => at_start,
            Assertion::LineStart { .. } if at_start => !self.options.notbol,
            Assertion::LineStart { multiline } => {
                multiline && !at_end && text.is_behind_newline::<UTF>(position, self.newline)
            }
            Assertion::LineEnd { multiline: true, .. } if at_end => !self.options.noteol,
            Assertion::LineEnd { multiline: true, .. } => newline(position).is_some(),
            Assertion::LineEnd { end_only, .. } => !self.options.noteol && (at_end || (!end_only && at_last_newline())),
            Assertion::SubjectEndOrNewline => at_end || at_last_newline(),
            Assertion::SubjectEnd => at_end,
            Assertion::MatchStart => position == self.options.offset,
            Assertion::WordBoundary { negative } => {
                let before = text.back::<UTF>(position, 1).is_some_and(|before| text.is_word::<UTF>(program, before));
                (before != text.is_word::<UTF>(program, position)) != negative
            }
        }
    }
}
