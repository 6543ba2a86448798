//! Match specifications (ERTS User's Guide, "Match Specifications in Erlang"), in the dialects of tables and of traces.
//!
//! A specification is compiled once and run on many terms, as long as there is [`Fuel`].
//!
//! Functions of guards that came after Erlang/OTP 25 (`is_boolean`, `tuple_size`, `ceil`, `floor`, `max`, `min`...)
//! are accepted.

pub mod action;
mod arith;
mod compile;
mod fuel;
mod function;
mod pattern;
mod run;

use std::cell::RefCell;

use crate::Term;

use action::{Call, Effects};
pub use fuel::Fuel;
pub use pattern::Pattern;

/// A compiled match specification.
#[derive(Clone, Debug)]
pub struct MatchSpec {
    clauses: Vec<Clause>,
}

/// One clause of a specification.
#[derive(Clone, Debug)]
pub struct Clause {
    /// What it matches.
    pub head: Pattern,
    guards: Vec<Expr>,
    body: Vec<Expr>,
    /// The numbers of the variables, in ascending order: `$$` lists their values so. Slots follow this order.
    variables: Vec<u64>,
    /// The size of the head: what comparing it with a term costs at least.
    head_size: u64,
}

/// Something to be evaluated.
#[derive(Clone, Debug)]
enum Expr {
    Const(Term),
    /// The value of the variable in that slot.
    Variable(usize),
    /// `$_`
    Whole,
    /// `$$`
    AllVariables,
    Tuple(Vec<Expr>),
    List(Vec<Expr>, Box<Expr>),
    Map(Vec<(Expr, Expr)>),
    Call(function::Function, Vec<Expr>),
    /// What only specifications for traces may do.
    Action(action::Action, Vec<Expr>),
}

/// Why something is no match specification, in the words of `erlang:match_spec_test/3`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CompileError(pub String);

/// How `erlang:match_spec_test/3` answers in the dialect of tables.
pub fn test(subject: &Term, spec: &Term, self_pid: crate::Pid) -> Term {
    let compiled = match spec {
        // For tables a specification without clauses is fine; here it is not.
        Term::Nil => MatchSpec::compile(&Term::atom("none")),
        spec => MatchSpec::compile(spec),
    };
    match compiled {
        Ok(spec) => {
            let result = spec.run(subject, self_pid, &Fuel::default()).unwrap_or_else(|| Term::bool(false));
            Term::tuple([Term::atom("ok"), result, Term::Nil, Term::Nil])
        }
        Err(error) => {
            let error = Term::tuple([Term::atom("error"), Term::string(&error.0)]);
            Term::tuple([Term::atom("error"), Term::list([error])])
        }
    }
}

/// A specification whose heads are lists where they are tuples: the test takes either for the arguments of a call.
fn with_list_heads(spec: &Term) -> Term {
    let with_list_head = |clause: &Term| match clause.as_tuple() {
        Some([Term::Tuple(head), rest @ ..]) => {
            let head = Term::list(head.iter().cloned());
            Term::tuple(std::iter::once(head).chain(rest.iter().cloned()).collect::<Vec<_>>())
        }
        _ => clause.clone(),
    };
    spec.as_list().map_or_else(|| spec.clone(), |clauses| Term::list(clauses.iter().map(with_list_head)))
}

/// How `erlang:match_spec_test/3` answers in the dialect of traces, for a list of arguments.
pub fn test_for_trace(arguments: &Term, spec: &Term, pid: crate::Pid) -> Term {
    let spec = match MatchSpec::compile_for_trace(&with_list_heads(spec)) {
        Ok(spec) => spec,
        Err(error) => {
            let error = Term::tuple([Term::atom("error"), Term::string(&error.0)]);
            return Term::tuple([Term::atom("error"), Term::list([error])]);
        }
    };
    let call = Call { pid, caller: Term::atom("undefined"), control_word: 0 };
    let effects = spec.run_for_trace(arguments, &call, &Fuel::default());
    let flags: Vec<Term> = effects.iter().flat_map(Effects::names).map(Term::atom).collect();
    let told = effects.map_or_else(|| Term::bool(false), |effects| effects.message.unwrap_or_else(|| Term::bool(true)));
    Term::tuple([Term::atom("ok"), told, Term::list(flags), Term::Nil])
}

impl MatchSpec {
    /// The result of the first clause that matches `subject`; `None` when none does.
    /// When the fuel runs out, what this gives means nothing: ask [`Fuel::is_exhausted`].
    pub fn run(&self, subject: &Term, self_pid: crate::Pid, fuel: &Fuel) -> Option<Term> {
        self.clauses.iter().find_map(|clause| clause.run(subject, self_pid, fuel, None))
    }

    /// What the first clause that matches the arguments of a call has done; `None` when none does.
    pub fn run_for_trace(&self, arguments: &Term, call: &Call, fuel: &Fuel) -> Option<Effects> {
        let run = |clause: &Clause| {
            let effects = RefCell::new(Effects::default());
            clause.run(arguments, call.pid, fuel, Some((call, &effects)))?;
            Some(effects.into_inner())
        };
        self.clauses.iter().find_map(run)
    }

    /// Whether the result for `subject` is `true`, which is what counting and deleting asks.
    pub fn is_true(&self, subject: &Term, self_pid: crate::Pid, fuel: &Fuel) -> bool {
        self.run(subject, self_pid, fuel).is_some_and(|result| result.is_atom("true"))
    }

    /// The clauses, in the order in which they are tried.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The specification `[{Head, [], ['$_']}]` or `[{Head, [], ['$$']}]`: what `ets:match_object` and `ets:match`
    /// stand for. Anything is a pattern.
    ///
    /// # Errors
    /// When a map key in the pattern holds a variable.
    pub fn of_pattern(head: &Term, result: &str) -> Result<Self, CompileError> {
        let clause = Term::tuple([head.clone(), Term::Nil, Term::list([Term::atom(result)])]);
        Self::compile(&Term::list([clause]))
    }
}
