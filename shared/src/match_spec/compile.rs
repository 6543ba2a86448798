//! From terms to match specifications.

use crate::Term;
use crate::term::{List, MAX_DEPTH, Map};

use super::action::Action;
use super::function::{Function, is_of_tracing};
use super::pattern::{Pattern, collect_variables, variable};
use super::{Clause, CompileError, Expr, MatchSpec};

fn error<T>(text: impl Into<String>) -> Result<T, CompileError> {
    Err(CompileError(text.into()))
}

impl MatchSpec {
    /// Compiles a list of clauses `{Head, Guards, Body}`.
    ///
    /// # Errors
    /// What is wrong with it, in OTP's words.
    pub fn compile(spec: &Term) -> Result<Self, CompileError> {
        let Some(clauses) = spec.as_list() else {
            return error("Match programs are not in a list.");
        };
        // Compiling recurses.
        if spec.is_deeper_than(MAX_DEPTH) {
            return error("Excessive nesting.");
        }
        let clauses = clauses.iter().map(|clause| Clause::compile(clause, Dialect::Table)).collect::<Result<_, _>>()?;
        Ok(Self { clauses })
    }

    /// The same in the dialect of traces: heads match lists of arguments, and bodies may be empty.
    ///
    /// # Errors
    /// As [`MatchSpec::compile`].
    pub fn compile_for_trace(spec: &Term) -> Result<Self, CompileError> {
        let Some(clauses) = spec.as_list() else {
            return error("Match programs are not in a list.");
        };
        if spec.is_deeper_than(MAX_DEPTH) {
            return error("Excessive nesting.");
        }
        let is_head =
            |head: &Term| matches!(head, Term::Nil | Term::List(_)) || variable(head).is_some() || head.is_atom("_");
        if clauses.iter().filter_map(Term::as_tuple).any(|clause| !clause.first().is_some_and(is_head)) {
            return error("Match head is invalid in this context.");
        }
        let clauses = clauses.iter().map(|clause| Clause::compile(clause, Dialect::Trace)).collect::<Result<_, _>>()?;
        Ok(Self { clauses })
    }
}

/// What expressions may contain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// What specifications for tables may.
    Table,
    /// Guards of specifications for traces.
    Trace,
    /// Their bodies.
    TraceBody,
}

/// What names mean within a clause.
#[derive(Clone, Copy)]
struct Scope<'a> {
    variables: &'a [u64],
    dialect: Dialect,
}

impl Clause {
    fn compile(clause: &Term, dialect: Dialect) -> Result<Self, CompileError> {
        let Some([head_term, guards, body]) = clause.as_tuple() else {
            return error("Match program part is not a tuple of arity 3.");
        };
        let mut variables = Vec::new();
        collect_variables(head_term, &mut variables);
        variables.sort_unstable();
        variables.dedup();
        let head = Pattern::compile(head_term, &variables)?;
        let compile_all = |terms: &[Term], dialect| compile_each(terms, Scope { variables: &variables, dialect });
        let Some(guards) = guards.as_list() else {
            return error("Match expression is not a list.");
        };
        let guards = compile_all(guards, dialect)?;
        let body = match body.as_list() {
            Some([]) if dialect == Dialect::Trace => vec![Expr::Const(Term::bool(true))],
            None | Some([]) => return error("Body clause does not return anything."),
            Some(body) if dialect == Dialect::Trace => compile_all(body, Dialect::TraceBody)?,
            Some(body) => compile_all(body, dialect)?,
        };
        Ok(Self { head_size: head_term.node_count_within(u64::MAX), head, guards, body, variables })
    }
}

fn compile_expr(term: &Term, scope: Scope<'_>) -> Result<Expr, CompileError> {
    match term {
        Term::Atom(_) => compile_atom(term, scope),
        Term::Tuple(elements) => compile_tuple(term, elements, scope),
        Term::List(list) => {
            let elements = compile_each(list.elements(), scope)?;
            let end = compile_expr(list.end(), scope)?;
            // Not the term itself: `{const, Value}` within it stands for the value.
            match (constants(&elements), &end) {
                (Some(elements), Expr::Const(end)) => Ok(Expr::Const(List::term(elements, end.clone()))),
                _ => Ok(Expr::List(elements, Box::new(end))),
            }
        }
        Term::Map(map) => compile_map(map, scope),
        _ => Ok(Expr::Const(term.clone())),
    }
}

fn constant(expr: &Expr) -> Option<Term> {
    if let Expr::Const(term) = expr { Some(term.clone()) } else { None }
}

fn constants(exprs: &[Expr]) -> Option<Vec<Term>> {
    exprs.iter().map(constant).collect()
}

fn compile_each(terms: &[Term], scope: Scope<'_>) -> Result<Vec<Expr>, CompileError> {
    terms.iter().map(|term| compile_expr(term, scope)).collect()
}

fn compile_atom(term: &Term, scope: Scope<'_>) -> Result<Expr, CompileError> {
    if let Some(number) = variable(term) {
        return match scope.variables.binary_search(&number) {
            Ok(slot) => Ok(Expr::Variable(slot)),
            Err(_) => error(format!("Variable ${number} is unbound.")),
        };
    }
    Ok(match term.as_atom() {
        Some("$_") => Expr::Whole,
        Some("$$") => Expr::AllVariables,
        _ => Expr::Const(term.clone()),
    })
}

fn compile_map(map: &Map, scope: Scope<'_>) -> Result<Expr, CompileError> {
    let mut pairs = Vec::with_capacity(map.len());
    for (key, value) in map.pairs() {
        pairs.push((compile_expr(key, scope)?, compile_expr(value, scope)?));
    }
    let known: Option<Vec<(Term, Term)>> =
        pairs.iter().map(|(key, value)| Some((constant(key)?, constant(value)?))).collect();
    Ok(known.map_or(Expr::Map(pairs), |pairs| Expr::Const(Term::map(pairs))))
}

fn compile_tuple(term: &Term, elements: &[Term], scope: Scope<'_>) -> Result<Expr, CompileError> {
    let not_a_call =
        || error(format!("{term} is neither a function call, nor a tuple (tuples are written {{{{ ... }}}})."));
    match elements {
        [Term::Tuple(inner)] => Ok(Expr::Tuple(compile_each(inner, scope)?)),
        [Term::Atom(name), value] if *name == "const" => Ok(Expr::Const(value.clone())),
        [Term::Atom(name), ..] if *name == "const" => {
            error(format!("Special form 'const' called with more than one argument in {term}."))
        }
        [Term::Atom(name), args @ ..] if variable(&Term::from(name.clone())).is_none() => {
            let name = name.as_str();
            if is_of_tracing(name) {
                return match (scope.dialect, Action::find(name, args.len())) {
                    (Dialect::Table, _) => error(format!("Special form '{name}' used in wrong dialect.")),
                    (_, None) => error(format!("Special form '{name}' called with wrong number of arguments.")),
                    (Dialect::Trace, Some(action)) if !action.is_allowed_in_guard() => {
                        error(format!("Special form '{name}' used in guard."))
                    }
                    (_, Some(action)) => Ok(Expr::Action(action, compile_each(args, scope)?)),
                };
            }
            if args.is_empty() && matches!(name, "and" | "or" | "andalso" | "orelse") {
                return error(format!("Special form '{name}' called without arguments in {{{name}}}."));
            }
            match Function::find(name, args.len()) {
                Some(function) => Ok(Expr::Call(function, compile_each(args, scope)?)),
                None => error(format!("Function {name}/{} does_not_exist.", args.len())),
            }
        }
        _ => not_a_call(),
    }
}
