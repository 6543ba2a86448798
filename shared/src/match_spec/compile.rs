//! From terms to match specifications.

use crate::Term;
use crate::term::{List, Map};

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
        let clauses = clauses.iter().map(Clause::compile).collect::<Result<_, _>>()?;
        Ok(Self { clauses })
    }
}

impl Clause {
    fn compile(clause: &Term) -> Result<Self, CompileError> {
        let Some([head_term, guards, body]) = clause.as_tuple() else {
            return error("Match program part is not a tuple of arity 3.");
        };
        let mut variables = Vec::new();
        collect_variables(head_term, &mut variables);
        variables.sort_unstable();
        variables.dedup();
        let head = Pattern::compile(head_term, &variables)?;
        let compile_all =
            |terms: &[Term]| terms.iter().map(|term| compile_expr(term, &variables)).collect::<Result<Vec<_>, _>>();
        let Some(guards) = guards.as_list() else {
            return error("Match expression is not a list.");
        };
        let guards = compile_all(guards)?;
        let body = match body.as_list() {
            None | Some([]) => return error("Body clause does not return anything."),
            Some(body) => compile_all(body)?,
        };
        Ok(Self { head_size: head_term.node_count_within(u64::MAX), head, guards, body, variables })
    }
}

fn compile_expr(term: &Term, variables: &[u64]) -> Result<Expr, CompileError> {
    match term {
        Term::Atom(_) => compile_atom(term, variables),
        Term::Tuple(elements) => compile_tuple(term, elements, variables),
        Term::List(list) => {
            let elements = compile_each(list.elements(), variables)?;
            let end = compile_expr(list.end(), variables)?;
            // Not the term itself: `{const, Value}` within it stands for the value.
            match (constants(&elements), &end) {
                (Some(elements), Expr::Const(end)) => Ok(Expr::Const(List::term(elements, end.clone()))),
                _ => Ok(Expr::List(elements, Box::new(end))),
            }
        }
        Term::Map(map) => compile_map(map, variables),
        _ => Ok(Expr::Const(term.clone())),
    }
}

fn constant(expr: &Expr) -> Option<Term> {
    if let Expr::Const(term) = expr { Some(term.clone()) } else { None }
}

fn constants(exprs: &[Expr]) -> Option<Vec<Term>> {
    exprs.iter().map(constant).collect()
}

fn compile_each(terms: &[Term], variables: &[u64]) -> Result<Vec<Expr>, CompileError> {
    terms.iter().map(|term| compile_expr(term, variables)).collect()
}

fn compile_atom(term: &Term, variables: &[u64]) -> Result<Expr, CompileError> {
    if let Some(number) = variable(term) {
        return match variables.binary_search(&number) {
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

fn compile_map(map: &Map, variables: &[u64]) -> Result<Expr, CompileError> {
    let mut pairs = Vec::with_capacity(map.len());
    for (key, value) in map.pairs() {
        pairs.push((compile_expr(key, variables)?, compile_expr(value, variables)?));
    }
    let known: Option<Vec<(Term, Term)>> =
        pairs.iter().map(|(key, value)| Some((constant(key)?, constant(value)?))).collect();
    Ok(known.map_or(Expr::Map(pairs), |pairs| Expr::Const(Term::map(pairs))))
}

fn compile_tuple(term: &Term, elements: &[Term], variables: &[u64]) -> Result<Expr, CompileError> {
    let not_a_call =
        || error(format!("{term} is neither a function call, nor a tuple (tuples are written {{{{ ... }}}})."));
    match elements {
        [Term::Tuple(inner)] => Ok(Expr::Tuple(compile_each(inner, variables)?)),
        [Term::Atom(name), value] if *name == "const" => Ok(Expr::Const(value.clone())),
        [Term::Atom(name), ..] if *name == "const" => {
            error(format!("Special form 'const' called with more than one argument in {term}."))
        }
        [Term::Atom(name), args @ ..] if variable(&Term::from(name.clone())).is_none() => {
            let name = name.as_str();
            if is_of_tracing(name) {
                return error(format!("Special form '{name}' used in wrong dialect."));
            }
            if args.is_empty() && matches!(name, "and" | "or" | "andalso" | "orelse") {
                return error(format!("Special form '{name}' called without arguments in {{{name}}}."));
            }
            match Function::find(name, args.len()) {
                Some(function) => Ok(Expr::Call(function, compile_each(args, variables)?)),
                None => error(format!("Function {name}/{} does_not_exist.", args.len())),
            }
        }
        _ => not_a_call(),
    }
}
