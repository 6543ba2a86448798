//! Atomic groups, assertions and calls: where they begin and how they end.

use super::*;

impl Matcher {
    /// Begins an atomic group or an assertion. Where its body fails, goes on at `otherwise`, or backtracks further.
    pub(super) fn enter_scope(&mut self, at: u32, otherwise: Option<u32>) -> Step {
        if let Some(otherwise) = otherwise {
            self.stack.push(Frame::Branch { at: otherwise, position: self.position });
        }
        self.stack.push(Frame::Position { position: self.position });
        let scope = self.scope;
        self.scope = self.stack.len() as u32;
        self.choice(Frame::Scope { at, scope, call: self.call })
    }

    /// Drops the choices of the innermost scope, `below` more frames and the scope itself, but keeps its notes.
    pub(super) fn leave_scope(&mut self, below: usize) {
        let index = self.scope as usize;
        if let Some(Frame::Scope { scope, call, .. }) = self.stack.get(index).copied() {
            self.scope = scope;
            self.call = call;
        }
        // The position under each scope goes with it.
        let first = index - 1 - below;
        let mut kept = first;
        for i in index + 1..self.stack.len() {
            let frame = self.stack[i];
            if frame.is_note() {
                self.stack[kept] = frame;
                kept += 1;
            }
        }
        self.stack.truncate(kept);
    }

    /// Ends an assertion that holds: goes back to where it began.
    pub(super) fn leave_assertion(&mut self, is_condition: bool) {
        if let Some(Frame::Position { position }) = self.stack.get(self.scope as usize - 1) {
            self.position = *position;
        }
        self.leave_scope(usize::from(is_condition));
    }

    /// Undoes all that the innermost scope did, and drops it with its position and `below` more frames. Gives the position.
    pub(super) fn undo_scope(&mut self, below: usize) -> u32 {
        let index = self.scope as usize;
        while self.stack.len() > index {
            if let Some(frame) = self.stack.pop() {
                self.undo(frame);
            }
        }
        let position = match self.stack.pop() {
            Some(Frame::Position { position }) => position,
            _ => self.position,
        };
        self.stack.truncate(self.stack.len() - below);
        position
    }

    /// The group that the innermost call calls.
    pub(super) fn called_group(&self, program: &Program) -> Option<u32> {
        let Frame::Scope { at, .. } = self.stack.get(self.call as usize)? else { return None };
        match program.code[*at as usize] {
            Inst::Call(group) => Some(group),
            _ => None,
        }
    }
    pub(super) fn is_call_of(&self, program: &Program, group: u32) -> bool {
        self.call != UNSET && self.called_group(program) == Some(group)
    }

    pub(super) fn enter_call(&mut self, program: &Program, at: u32, group: u32) -> Step {
        let Some(target) = program.group_starts.get(group as usize).copied().flatten() else { return Step::Fail };
        // The same call at the same position would go on for ever: the whole match ends.
        let mut outer = self.call;
        while let Some(Frame::Scope { at: outer_at, call, .. }) = self.stack.get(outer as usize).copied() {
            let is_same = matches!(program.code[outer_at as usize], Inst::Call(called) if called == group);
            let position = self.stack.get(outer as usize - 1);
            if is_same && matches!(position, Some(Frame::Position { position }) if *position == self.position) {
                return Step::Stop(MatchResult::NoMatch);
            }
            // Calls further out began at this position or before it.
            if !matches!(position, Some(Frame::Position { position }) if *position == self.position) {
                break;
            }
            outer = call;
        }
        match self.enter_scope(at, None) {
            Step::Next => {}
            other => return other,
        }
        self.call = self.scope;
        Step::Jump(target)
    }

    /// Ends the innermost call: goes on behind it, with the groups as they were before.
    pub(super) fn end_call(&mut self) -> Step {
        let Some(Frame::Scope { at, .. }) = self.stack.get(self.call as usize).copied() else { return Step::Fail };
        let (position, keep) = (self.position, self.keep);
        // A scope within the call may still be open where `(*ACCEPT)` ended it.
        self.scope = self.call;
        self.undo_scope(0);
        self.position = position;
        if self.keep != keep {
            let old = std::mem::replace(&mut self.keep, keep);
            if let Step::Stop(stop) = self.note(Frame::Keep { start: old }) {
                return Step::Stop(stop);
            }
        }
        Step::Jump(at + 1)
    }

    /// `(*ACCEPT)`: ends the innermost assertion or call, or else the match.
    pub(super) fn accept(&mut self, program: &Program) -> Step {
        loop {
            let Some(Frame::Scope { at, scope, .. }) = self.stack.get(self.scope as usize).copied() else {
                return self.finish();
            };
            match program.code[at as usize] {
                Inst::Call(_) => return self.end_call(),
                Inst::LookStart { negative: true, .. } => {
                    self.undo_scope(1);
                    return Step::Fail;
                }
                Inst::LookStart { negative: false, resume } => {
                    self.leave_assertion(false);
                    return Step::Jump(resume);
                }
                Inst::ConditionStart { negative, .. } => {
                    let end = self.condition_end(program, at);
                    if let Some(Inst::ConditionEnd { otherwise, .. }) = end.map(|end| program.code[end as usize])
                        && negative
                    {
                        self.position = self.undo_scope(1);
                        return Step::Jump(otherwise);
                    }
                    self.leave_assertion(true);
                    return end.map_or(Step::Fail, |end| Step::Jump(end + 1));
                }
                _ => self.scope = scope,
            }
        }
    }

    /// Where the condition that begins at an instruction ends.
    pub(super) fn condition_end(&self, program: &Program, start: u32) -> Option<u32> {
        let mut depth = 0;
        let rest = program.code.get(start as usize..)?;
        let end = rest.iter().position(|inst| {
            match inst {
                Inst::ConditionStart { .. } => depth += 1,
                Inst::ConditionEnd { .. } => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        end.map(|end| start + end as u32)
    }
}
