//! Backtracking verbs.

use super::*;

impl Matcher {
    /// Passes a verb: nothing happens until it is backtracked onto.
    pub(super) fn pass_verb(&mut self, at: u32, verb: VerbCode) -> Step {
        let position = match verb {
            VerbCode::SkipTo(name) => match self.marks.iter().rev().find(|(mark, _)| *mark == name) {
                Some((_, position)) => *position,
                // Without such a mark it is ignored.
                None => return Step::Next,
            },
            _ => self.position,
        };
        self.choice(Frame::Verb { at, position })
    }

    /// Backtracks onto a verb.
    pub(super) fn back_onto_verb(&mut self, program: &Program, at: u32, position: u32) -> Step {
        let Inst::Verb(verb) = program.code[at as usize] else { return Step::Fail };
        while let Some(frame) = self.stack.pop() {
            match frame {
                Frame::Alternative { at, position, id } if verb == VerbCode::Then(Some(id)) => {
                    self.position = position;
                    return if at == UNSET { self.fail_on() } else { Step::Jump(at) };
                }
                Frame::Scope { at, .. } => {
                    self.undo(frame);
                    let ends_here = match program.code[at as usize] {
                        // No verb acts beyond a call or a negative assertion.
                        Inst::Call(_) | Inst::LookStart { negative: true, .. } => true,
                        Inst::ConditionStart { negative, .. } => negative || matches!(verb, VerbCode::Then(_)),
                        _ => false,
                    };
                    if ends_here {
                        return self.fail_on();
                    }
                }
                frame => self.undo(frame),
            }
        }
        match verb {
            VerbCode::Commit => Step::Stop(MatchResult::NoMatch),
            VerbCode::Skip | VerbCode::SkipTo(_) if position > self.start => Step::Advance(Some(position)),
            _ => Step::Advance(None),
        }
    }

    /// Goes on backtracking: at an instruction that there is not, which fails.
    fn fail_on(&self) -> Step {
        Step::Jump(UNSET)
    }
}
