//! Functions of `re` (OTP: stdlib, module re, as in OTP 25 to 27, where a compiled pattern is a term).
//!
//! The term of a compiled pattern holds its source and options; what is made of it is kept in the process
//! ([`crate::regex::cache`]). `global`, and lists of characters in `unicode`, are Erlang code of the module `re`, which comes
//! back here with a binary.

use std::borrow::Cow;

use super::Native;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::regex::cache::{Capture, Pattern, Suspended};
use crate::regex::{CompileError, ErrorKind, MatchResult, Matching, Regex, STEPS_PER_REDUCTION};
use crate::term::Term;
use crate::vm::Vm;

mod capture;
mod iodata;
mod options;

use options::Options;

/// Functions of `re`, and the one by which a long match goes on.
pub const NATIVES: &[Native] = &[
    Native::new("re", "version", 0, version),
    Native::new("re", "compile", 1, compile),
    Native::new("re", "compile", 2, compile),
    Native::new("re", "run", 2, run),
    Native::new("re", "run", 3, run),
    Native::new("re", "internal_run", 4, internal_run),
    Native::new("re", "inspect", 2, inspect),
    Native::new("erlang", "re_run_trap", 3, re_run_trap),
];

/// In the form of PCRE's, but not that of any PCRE: Elixir then compiles its literals anew, instead of running what PCRE made
/// of them.
const VERSION: &str = "1.00 2026-01-01";
/// Most entries of the backtracking stack where the process has no limit of its own (16 bytes each).
const MAX_FRAMES: usize = 1 << 23;
/// Bytes looked at for one reduction.
const BYTES_PER_REDUCTION: usize = 1 << 10;

fn version(vm: &mut Vm, _args: &[Term]) -> Outcome {
    Ok(vm.heap.binary(VERSION.as_bytes()))
}

fn badopt() -> Fail {
    Fail::ErrorCause(atoms::BADARG, atoms::BADOPT)
}

fn call_re(vm: &mut Vm, function: Term, args: &[Term]) -> Outcome {
    let args = vm.heap.list(args);
    Err(Fail::Call { module: atoms::RE, function, args })
}

fn compile(vm: &mut Vm, args: &[Term]) -> Outcome {
    let list = args.get(1).copied().unwrap_or(Term::NIL);
    let options = Options::parse(vm, list).filter(|options| !options.is_for_run).ok_or_else(badopt)?;
    let source = args[0];
    if options.is_unicode && !source.is_bits() {
        return call_re(vm, atoms::UCOMPILE, &[source, list]);
    }
    match compiled(vm, source, &options)? {
        Ok((regex, pattern)) => {
            let term = pattern_term(vm, &regex, &pattern);
            Ok(vm.heap.tuple(&[atoms::OK, term]))
        }
        Err(error) => {
            let reason = error_term(vm, error);
            Ok(vm.heap.tuple(&[atoms::ERROR, reason]))
        }
    }
}

type Compiled = Result<(std::rc::Rc<Regex>, Pattern), CompileError>;

/// Compiles the text of a pattern, or finds it compiled.
fn compiled(vm: &mut Vm, source: Term, options: &Options) -> Result<Compiled, Fail> {
    let source = iodata::bytes(source).ok_or(Fail::BADARG)?;
    vm.charge(source.len() / 64);
    let Some(compile) = options.for_compilation() else {
        return Ok(Err(CompileError { kind: ErrorKind::InconsistentNewline, offset: 0 }));
    };
    let pattern = Pattern::new(&source, compile, options.is_unicode);
    Ok(vm.regexes.get(&pattern).map(|regex| (regex, pattern)))
}

/// `{re_pattern, Groups, Unicode, UseCrlf, Binary}`
fn pattern_term(vm: &mut Vm, regex: &Regex, pattern: &Pattern) -> Term {
    let binary = vm.heap.binary(pattern.bytes());
    let has_crlf = regex.options().newline.has_crlf();
    vm.heap.tuple(&[
        atoms::RE_PATTERN,
        Term::small(i64::from(regex.group_count())),
        Term::small(i64::from(pattern.is_unicode())),
        Term::small(i64::from(has_crlf)),
        binary,
    ])
}

/// `{"text", Position}`
fn error_term(vm: &mut Vm, error: CompileError) -> Term {
    let text = vm.heap.string(error.kind.text());
    vm.heap.tuple(&[text, Term::small(error.offset as i64)])
}

/// The pattern of a compiled one's term.
fn pattern_of(vm: &mut Vm, term: Term) -> Option<(std::rc::Rc<Regex>, Pattern)> {
    let [tag, groups, unicode, crlf, binary] = *term.tuple_of()?;
    if tag != atoms::RE_PATTERN || ![groups, unicode, crlf].into_iter().all(Term::is_small) {
        return None;
    }
    let pattern = Pattern::from_bytes(&binary.bits()?.bytes())?;
    let regex = vm.regexes.get(&pattern).ok()?;
    Some((regex, pattern))
}

fn run(vm: &mut Vm, args: &[Term]) -> Outcome {
    run_with(vm, args[0], args[1], args.get(2).copied().unwrap_or(Term::NIL), true)
}

fn internal_run(vm: &mut Vm, args: &[Term]) -> Outcome {
    let is_first = match args[3] {
        atoms::TRUE => true,
        atoms::FALSE => false,
        _ => return Err(Fail::BADARG),
    };
    run_with(vm, args[0], args[1], args[2], is_first)
}

fn run_with(vm: &mut Vm, subject: Term, pattern: Term, list: Term, is_first: bool) -> Outcome {
    let options = Options::parse(vm, list).ok_or_else(badopt)?;
    let regex = if matches!(pattern.tuple(), Some([_, _, _, _, _])) {
        if options.is_for_compilation {
            return Err(Fail::BADARG);
        }
        let (regex, compiled) = pattern_of(vm, pattern).ok_or(Fail::BADARG)?;
        if compiled.is_unicode() && (!subject.is_bits() || options.wants_characters()) {
            return call_re(vm, atoms::URUN, &[subject, pattern, list]);
        }
        if options.is_global {
            let options = vm.heap.tuple(&[list, atoms::FALSE]);
            return call_re(vm, atoms::GRUN, &[subject, pattern, options]);
        }
        regex
    } else {
        if !pattern.is_bits() && !pattern.is_list() {
            return Err(Fail::BADARG);
        }
        if options.is_unicode && (!pattern.is_bits() || !subject.is_bits() || options.wants_characters()) {
            return call_re(vm, atoms::URUN, &[subject, pattern, list]);
        }
        match compiled(vm, pattern, &options)? {
            Ok((regex, compiled)) if options.is_global => {
                let has_compile_options = if options.is_for_compilation { atoms::TRUE } else { atoms::FALSE };
                let compiled = pattern_term(vm, &regex, &compiled);
                let options = vm.heap.tuple(&[list, has_compile_options, pattern]);
                return call_re(vm, atoms::GRUN, &[subject, compiled, options]);
            }
            Ok((regex, _)) => regex,
            Err(error) if options.reports_errors => {
                let error = error_term(vm, error);
                let reason = vm.heap.tuple(&[atoms::COMPILE, error]);
                return Ok(vm.heap.tuple(&[atoms::ERROR, reason]));
            }
            Err(_) => return Err(Fail::BADARG),
        }
    };
    let capture = Capture::parse(vm, options.capture, &regex).ok_or(Fail::BADARG)?;
    let bytes = iodata::bytes(subject).ok_or(Fail::BADARG)?;
    check_subject(vm, &regex, &bytes, options.offset, is_first)?;
    let frames = match vm.heap.max_words {
        0 => MAX_FRAMES,
        most => most.saturating_sub(vm.heap.used_words()) / 2,
    };
    let matching = Matching::new(regex, options.for_match().ok_or_else(internal_error)?, frames);
    let state = Suspended { matching, subject: Vec::new(), capture, reports_errors: options.reports_errors };
    go_on(vm, subject, bytes, state)
}

/// What OTP raises where PCRE finds fault with arguments that it did not expect to be wrong.
fn internal_error() -> Fail {
    Fail::Error(atoms::INTERNAL_ERROR)
}

fn check_subject(vm: &mut Vm, regex: &Regex, bytes: &[u8], offset: usize, is_first: bool) -> Result<(), Fail> {
    if bytes.len() >= u32::MAX as usize {
        return Err(Fail::SYSTEM_LIMIT);
    }
    if offset > bytes.len() {
        return Err(internal_error());
    }
    if regex.is_utf() && is_first {
        vm.charge(bytes.len() / BYTES_PER_REDUCTION);
        let text = std::str::from_utf8(bytes).map_err(|_| Fail::BADARG)?;
        if !text.is_char_boundary(offset) {
            return Err(Fail::BADARG);
        }
    }
    Ok(())
}

/// Runs a match until it ends, or until the reductions of the turn are used up; then it is put aside.
fn go_on(vm: &mut Vm, subject: Term, bytes: Cow<'_, [u8]>, mut state: Suspended) -> Outcome {
    const LEAST_REDUCTIONS: i64 = 100;
    let budget = vm.reductions_left.max(LEAST_REDUCTIONS) as u64 * STEPS_PER_REDUCTION;
    let (result, steps) = state.matching.resume(&bytes, budget);
    vm.charge((steps / STEPS_PER_REDUCTION) as usize);
    let nomatch = |vm: &mut Vm, reason: Term| {
        if state.reports_errors { vm.heap.tuple(&[atoms::ERROR, reason]) } else { atoms::NOMATCH }
    };
    Ok(match result {
        MatchResult::Match(groups) => return state.capture.result(vm, subject, &bytes, &groups),
        MatchResult::NoMatch => atoms::NOMATCH,
        MatchResult::MatchLimit => nomatch(vm, atoms::MATCH_LIMIT),
        MatchResult::RecursionLimit => nomatch(vm, atoms::MATCH_LIMIT_RECURSION),
        MatchResult::OutOfMemory if vm.heap.max_words != 0 => return Err(Fail::OutOfMemory),
        MatchResult::OutOfMemory => nomatch(vm, atoms::MATCH_LIMIT_RECURSION),
        MatchResult::Unfinished => {
            state.subject = bytes.into_owned();
            let number = vm.regexes.suspend(state);
            let args = vm.heap.list(&[subject, Term::small(number), Term::NIL]);
            return Err(Fail::Call { module: atoms::ERLANG, function: atoms::RE_RUN_TRAP, args });
        }
    })
}

/// `erlang:re_run_trap(Subject, Number, [])`: goes on with the match that was put aside.
fn re_run_trap(vm: &mut Vm, args: &[Term]) -> Outcome {
    let number = args[1].small_value().ok_or(Fail::BADARG)?;
    let mut state = vm.regexes.continue_with(number).ok_or(Fail::BADARG)?;
    let bytes = std::mem::take(&mut state.subject);
    go_on(vm, args[0], bytes.into(), state)
}

/// `re:inspect(Compiled, namelist)`
fn inspect(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (regex, pattern) = pattern_of(vm, args[0]).ok_or(Fail::BADARG)?;
    if args[1] != atoms::NAMELIST {
        return Err(Fail::BADARG);
    }
    let mut names: Vec<&[u8]> = regex.names().iter().map(|(name, _)| &**name).collect();
    if pattern.allows_duplicate_names() {
        names.dedup();
    }
    let names: Vec<Term> = names.into_iter().map(|name| vm.heap.binary(name)).collect();
    let names = vm.heap.list(&names);
    Ok(vm.heap.tuple(&[atoms::NAMELIST, names]))
}

#[cfg(test)]
mod tests;
