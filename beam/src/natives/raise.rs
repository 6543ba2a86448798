//! Functions that end in an exception (OTP: `erlang:error/3`, `exit/1`, `throw/1`, `raise/3`).

use super::Native;
use crate::atoms;
use crate::fail::{Class, Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "error", 1, |_, a| error(a[0], Term::NONE, Term::NONE)),
    Native::new("erlang", "error", 2, |_, a| error(a[0], a[1], Term::NONE)),
    Native::new("erlang", "error", 3, |_, a| error(a[0], a[1], error_info(a[2]))),
    Native::new("erlang", "exit", 1, |_, a| Err(Fail::Exit(a[0]))),
    Native::new("erlang", "throw", 1, |_, a| Err(Fail::Throw(a[0]))),
    Native::new("erlang", "raise", 3, raise),
    // A stub whose library is not loaded; OTP shows the call of `nif_error` itself on top of the stack.
    Native::new("erlang", "nif_error", 1, |_, a| Err(Fail::Error(a[0]))),
    Native::new("erlang", "nif_error", 2, |_, a| Err(Fail::Error(a[0]))),
];

/// Arguments count if they are a list, also an improper one; `none` and anything else leave the arity.
fn error(reason: Term, args: Term, info: Term) -> Outcome {
    let args = if args.is_list() { args } else { Term::NONE };
    Err(Fail::CallerError { reason, args, info })
}

/// The map of the last `error_info` option. Options that are malformed in any place count as none at all.
fn error_info(options: Term) -> Term {
    let Some(options) = options.proper_list() else { return Term::NONE };
    let info = |option: &Term| match option.tuple_of() {
        Some([atoms::ERROR_INFO, info]) if info.is_map() => Some(*info),
        _ => None,
    };
    let infos: Option<Vec<Term>> = options.iter().map(info).collect();
    infos.and_then(|infos| infos.last().copied()).unwrap_or(Term::NONE)
}

/// Malformed arguments are no error: the value is `badarg`.
fn raise(vm: &mut Vm, args: &[Term]) -> Outcome {
    let class = match args[0] {
        atoms::ERROR => Class::Error,
        atoms::LC_EXIT => Class::Exit,
        atoms::THROW => Class::Throw,
        _ => return Ok(atoms::BADARG),
    };
    match stack_trace(vm, args[2]) {
        Some(trace) => Err(Fail::Raise(class, args[1], trace)),
        None => Ok(atoms::BADARG),
    }
}

/// A stack trace as given, where items without location get an empty one; nothing if it is malformed.
fn stack_trace(vm: &mut Vm, given: Term) -> Option<Term> {
    let items = given.proper_list()?;
    let mut complete = Vec::with_capacity(items.len());
    for item in &items {
        let parts = item.tuple()?;
        let has_location = match parts {
            [module, function, _, location] if module.is_atom() && function.is_atom() && location.is_list() => true,
            [module, function, _] if module.is_atom() && function.is_atom() => false,
            [fun, _, location] if fun.is_fun() && location.is_list() => true,
            [fun, _] if fun.is_fun() => false,
            _ => return None,
        };
        if has_location {
            complete.push(*item);
            continue;
        }
        complete.push(vm.heap.tuple(&[parts, &[Term::NIL]].concat()));
    }
    if complete == items { Some(given) } else { Some(vm.heap.list(&complete)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::natives::table::Bench;

    /// Calls `erlang:raise(error, reason, Trace)`: gives the stack trace as far as it is text, or the value.
    fn check(trace: &str, expected: &str) {
        let mut bench = Bench::new();
        let args = [atoms::ERROR, Term::small(1), bench.read(trace)];
        let got = match raise(bench.vm(), &args) {
            Err(Fail::Raise(Class::Error, _, trace)) => trace,
            other => other.expect("a value"),
        };
        assert_eq!(bench.text(got), bench.normal(expected), "{trace}");
    }

    #[test]
    fn a_stack_trace_is_completed_or_refused() {
        check("[]", "[]");
        check("[{m,f,1,[]}]", "[{m,f,1,[]}]");
        check("[{m,f,1},{n,g,[a],[{line,2}]}]", "[{m,f,1,[]},{n,g,[a],[{line,2}]}]");
        check("[{m,f,-1},{m,f,x}]", "[{m,f,-1,[]},{m,f,x,[]}]");
        check("[{'$fun',[1]},{'$export',[1],[{line,2}]}]", "[{'$fun',[1],[]},{'$export',[1],[{line,2}]}]");
        for malformed in ["b", "[b]", "[{}]", "[{m,f,1,a}]", "[{1,f,1}]", "[{m,1,1}]", "[{foo,[1]}]", "[{m,f,1}|x]"] {
            check(malformed, "badarg");
        }
        check("[{'$fun',[1],foo}]", "badarg");
    }

    /// Calls `erlang:error(1, [], Options)` and compares whether there is an `error_info` map.
    fn check_info(options: &str, expected: &str) {
        let mut bench = Bench::new();
        let options = bench.read(options);
        let (info, expected) = (error_info(options), bench.read(expected));
        assert!(info == expected || expected == atoms::NONE && info == Term::NONE, "{options:?}");
    }

    #[test]
    fn options_of_error_count_only_if_all_are_well_formed() {
        check_info("[]", "none");
        check_info("[{error_info,'$map'}]", "'$map'");
        check_info("[{error_info,'$map'},foo]", "none");
        check_info("[{error_info,'$map'}|foo]", "none");
        check_info("[{error_info,x},{error_info,'$map'}]", "none");
    }

    #[test]
    fn arguments_of_error_are_lists_or_do_not_count() {
        let args = |t| match error(Term::NIL, t, Term::NONE) {
            Err(Fail::CallerError { args, .. }) => args,
            other => other.expect("an error of the caller"),
        };
        assert_eq!(args(Term::NIL), Term::NIL);
        assert_eq!(args(atoms::NONE), Term::NONE);
    }
}
