//! Looking at a process without running code in it: where it is, and what its stack holds.

use crate::atoms;
use crate::interp::stacktrace;
use crate::term::{Term, tag};
use crate::vm::Vm;

impl Vm {
    /// The functions that the process is in, innermost first, as `{Module, Function, Arity, Location}`. As many as a stack
    /// trace has, and at most `max`.
    pub fn current_functions(&mut self, max: usize) -> Vec<Term> {
        if self.hibernating.is_some()
            && let Ok(hibernate) = self.atom("hibernate")
        {
            return vec![self.heap.tuple(&[atoms::ERLANG, hibernate, Term::small(3), Term::NIL])];
        }
        stacktrace::current(self).list().take(max).collect()
    }
    /// Number of catches on the stack.
    pub fn catch_count(&self) -> usize {
        self.heap.stack_terms().iter().filter(|word| word.tag() == tag::HEADER).count()
    }
    /// The text of `process_info(Pid, backtrace)`: one line for each function. Addresses, which would differ between two
    /// instances of the same sandbox, are left out.
    pub fn backtrace(&mut self) -> String {
        let mut text = String::new();
        for (i, frame) in self.current_functions(usize::MAX).into_iter().enumerate() {
            let Some([module, function, arity, _]) = frame.tuple() else { continue };
            let (module, function) = (self.atom_name(*module), self.atom_name(*function));
            let what = if i == 0 { "Program counter" } else { "Return addr" };
            text.push_str(&format!("{what}: {module}:{function}/{}\n", arity.as_small()));
        }
        text
    }
}
