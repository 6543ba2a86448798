//! Tracing: `erlang:trace/3` and what the module `trace` stands on.

use shared::Term;
use shared::match_spec::MatchSpec;

use super::answer::{Answer, Failure, Value};
use super::arguments::{Arguments, truth};
use crate::host::Host;
use crate::kernel::Raise;
use crate::kernel::trace::calls::{Called, Ending, How, Selector, Setting};
use crate::kernel::trace::counting::{Function, Measure, Order, Progress};
use crate::kernel::trace::events::Messages;
use crate::kernel::trace::flags::Flags;
use crate::kernel::trace::{LEGACY, MAX_SPEC_BYTES, Session, Traced, Whose};

/// Patterns or processes that are looked through for a reduction.
const AT_ONCE: u64 = 16;

/// The number of a session: `legacy`, `{Name, Id}` or `{Handle, {Name, Id}}`.
fn session(host: &Host, term: &Term) -> Result<u64, Failure> {
    const NONE: Failure = Failure::Raise(Raise::BadargCause("session"));
    if term.is_atom("legacy") {
        return Ok(LEGACY);
    }
    let weak = match term.as_tuple() {
        Some([Term::Ref(_), weak]) => weak,
        Some(_) => term,
        None => return Err(NONE),
    };
    let sessions = host.kernel().tracing().sessions();
    sessions.into_iter().find(|(number, session)| weak_handle(*number, session) == *weak).map(|(n, _)| n).ok_or(NONE)
}

/// What names a session and does not keep it.
fn weak_handle(number: u64, session: &Session) -> Term {
    let id = number.checked_sub(1).map_or_else(|| Term::atom("default"), Term::from);
    Term::tuple([Term::from(session.name.clone()), id])
}

/// `trace(Session, Whose, How, Flags)`
pub(super) fn trace(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    const BAD_FLAGS: Failure = Failure::Raise(Raise::BadargCause("badopt"));
    let number = session(host, &arguments.term(0)?)?;
    let has_tracer = host.kernel().tracing().session(number).is_some_and(|session| session.tracer.is_some());
    let (mut flags, mut tracer) = (Flags::default(), host.self_pid());
    for flag in arguments.term(3)?.as_list().ok_or(BAD_FLAGS)? {
        match (flag.as_atom().and_then(Flags::named), flag.as_tuple()) {
            (Some(named), _) => flags = flags.with(named),
            (None, Some([key, who])) if key.is_atom("tracer") && !has_tracer => {
                tracer = who.as_local_pid().ok_or(BAD_FLAGS)?;
            }
            _ => return Err(BAD_FLAGS),
        }
    }
    let on = truth(&arguments.term(2)?)?;
    let whose = match arguments.term(1)? {
        who if who.as_local_pid().is_some() => who.as_local_pid().map(Whose::Process),
        who => match who.as_atom() {
            Some("all" | "processes") => Some(Whose::All),
            Some("existing" | "existing_processes") => Some(Whose::Existing),
            Some("new" | "new_processes") => Some(Whose::New),
            // Nothing of a port is ever told.
            Some("ports" | "existing_ports" | "new_ports") => return Ok(Term::Int(0).into()),
            _ => None,
        },
    };
    let whose = whose.ok_or(Failure::badarg())?;
    let count = host.kernel_mut().trace(number, whose, on, flags, tracer)?;
    Ok(Term::from(count).into())
}

/// `trace_info(Session, Whose, flags | tracer)`, or `trace_info(any, Whose, session)`.
pub(super) fn trace_info(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (of, whose, item) = (arguments.term(0)?, arguments.term(1)?, arguments.atom(2)?);
    if let Some(pid) = whose.as_local_pid()
        && !host.is_process_alive(pid)
    {
        return Ok(Term::atom("undefined").into());
    }
    let traced = |session: &Session| match whose.as_local_pid() {
        Some(pid) => session.process(pid),
        None => session.new_processes(),
    };
    let value = match item.as_str() {
        "session" => {
            let sessions = host.kernel().tracing().sessions();
            let all = whose.is_atom("any");
            let affecting = sessions.filter(|(_, session)| all || traced(session).is_some());
            Term::list(affecting.map(|(number, session)| weak_handle(number, session)))
        }
        item => {
            let number = session(host, &of)?;
            let found = host.kernel().tracing().session(number).and_then(traced);
            info(item, found).ok_or(Failure::badarg())?
        }
    };
    Ok(Value::Term(Term::tuple([Term::from(item), value])))
}

fn info(item: &str, traced: Option<Traced>) -> Option<Term> {
    match (item, traced) {
        ("flags", traced) => Some(Term::list(traced.into_iter().flat_map(|t| t.flags.names()).map(Term::atom))),
        ("tracer", Some(traced)) => Some(Term::pid(traced.tracer)),
        ("tracer", None) => Some(Term::Nil),
        _ => None,
    }
}

/// `trace_session_create(Name, Tracer, [])`
pub(super) fn create_session(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (name, tracer) = (arguments.atom(0)?, arguments.term(1)?);
    let tracer = match tracer.as_local_pid() {
        None if tracer.is_atom("undefined") => None,
        None => return Err(Failure::badarg()),
        tracer => tracer,
    };
    if arguments.term(2)? != Term::Nil {
        return Err(Failure::badarg());
    }
    let by = host.self_pid();
    let (number, handle) = host.kernel_mut().create_trace_session(by, name, tracer)?;
    let weak = host.kernel().tracing().session(number).map(|session| weak_handle(number, session));
    Ok(Term::tuple([Term::reference(handle), weak.unwrap_or(Term::Nil)]).into())
}

/// `trace_session_destroy(Session)`: whether it was there.
pub(super) fn destroy_session(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let handle = arguments.term(0)?;
    let is_session = match handle.as_tuple() {
        Some([Term::Ref(_), weak]) => weak.as_tuple().is_some_and(|weak| weak.len() == 2),
        Some([Term::Atom(_), id]) => id.as_int().is_some(),
        _ => false,
    };
    if !is_session {
        return Err(Failure::Raise(Raise::BadargCause("badopt")));
    }
    let was_there = session(host, &handle).is_ok_and(|number| host.kernel_mut().destroy_trace_session(number));
    Ok(was_there.into())
}

/// `trace_pattern(Session, {Module, Function, Arity}, Specification, Flags)`: the guest has counted the functions.
pub(super) fn trace_pattern(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let number = session(host, &arguments.term(0)?)?;
    let selector = arguments.term(1)?;
    if let Some(which @ ("send" | "receive")) = selector.as_atom() {
        return messages_pattern(host, arguments, number, which == "send");
    }
    let Some([module, function, arity]) = selector.as_tuple() else { return Err(Failure::badarg()) };
    let name = |term: &Term| match term {
        Term::Atom(name) if *name == "_" => Ok(None),
        Term::Atom(name) => Ok(Some(name.clone())),
        _ => Err(Failure::badarg()),
    };
    let arity = match arity {
        Term::Int(arity @ 0..=255) => Some(arity.unsigned_abs()),
        term if term.is_atom("_") => None,
        _ => return Err(Failure::badarg()),
    };
    let selector = Selector { module: name(module)?, function: name(function)?, arity };
    const BAD_FLAGS: Failure = Failure::Raise(Raise::BadargCause("badopt"));
    let (mut is_local, mut is_global, mut measures) = (false, false, Vec::new());
    for flag in arguments.list(3)? {
        match flag.as_atom() {
            Some("local") => is_local = true,
            Some("global") => is_global = true,
            Some("call_count") => measures.push(Measure::Calls),
            Some("call_time") => measures.push(Measure::Time),
            Some("call_memory") => measures.push(Measure::Memory),
            _ => return Err(BAD_FLAGS),
        }
    }
    if is_global && (is_local || !measures.is_empty()) {
        return Err(BAD_FLAGS);
    }
    let is_told = is_local || measures.is_empty();
    let by = host.self_pid();
    let what = arguments.term(2)?;
    let order = match what.as_atom() {
        Some("false") => Order::Stop,
        Some("restart") => Order::Restart,
        Some("pause") => Order::Pause,
        _ => Order::Start,
    };
    let setting = match what {
        term if term.is_atom("false") => None,
        term if term.is_atom("true") || term == Term::Nil => Some(Setting { is_local, spec: None }),
        _ if matches!(order, Order::Restart | Order::Pause) => None,
        _ if arguments.etf(2)?.len() > MAX_SPEC_BYTES => return Err(Failure::reason("system_limit")),
        // What is only counted has no specification.
        _ if !is_told => return Err(Failure::Raise(Raise::BadargCause("call_count"))),
        spec => {
            MatchSpec::compile_for_trace(&spec).map_err(|_| Failure::Raise(Raise::BadargCause("match_spec")))?;
            Some(Setting { is_local, spec: Some(spec) })
        }
    };
    if !measures.is_empty() {
        host.kernel_mut().order_counting(by, number, &selector, &measures, order)?;
        host.charge(host.kernel().pids().count() as u64 / AT_ONCE);
    }
    if is_told && !matches!(order, Order::Restart | Order::Pause) {
        host.kernel_mut().set_trace_pattern(by, number, selector, setting)?;
    }
    host.charge(host.kernel().tracing().traced() as u64 / AT_ONCE);
    Ok(true.into())
}

/// Which messages are told.
fn messages_pattern(host: &mut Host, arguments: &Arguments<'_>, number: u64, are_sent: bool) -> Answer {
    if !arguments.list(3)?.is_empty() {
        return Err(Failure::badarg());
    }
    let messages = match arguments.term(2)? {
        term if term.is_atom("false") => Messages::None,
        term if term.is_atom("true") || term == Term::Nil => Messages::All,
        _ if arguments.etf(2)?.len() > MAX_SPEC_BYTES => return Err(Failure::reason("system_limit")),
        spec => {
            MatchSpec::compile_for_trace(&spec).map_err(|_| Failure::Raise(Raise::BadargCause("match_spec")))?;
            Messages::Matching(spec)
        }
    };
    host.kernel_mut().set_messages_told(number, are_sent, messages);
    Ok(true.into())
}

/// The function that `{Module, Function, Arity}` names.
fn function(term: &Term) -> Option<Function> {
    match term.as_tuple() {
        Some([Term::Atom(module), Term::Atom(name), Term::Int(arity @ 0..)]) => {
            Some((module.clone(), name.clone(), arity.unsigned_abs()))
        }
        _ => None,
    }
}

fn number(term: &Term) -> Result<u64, Failure> {
    term.as_int().and_then(|number| u64::try_from(number).ok()).ok_or(Failure::badarg())
}

/// How far the process has come, as two arguments say.
fn progress(arguments: &Arguments<'_>, first: usize) -> Result<Progress, Failure> {
    Ok(Progress { reductions: number(&arguments.term(first)?)?, words: number(&arguments.term(first + 1)?)? })
}

/// `counts(Session, {Module, Function, Arity})`: calls, time and memory, each `false` where that is not counted.
pub(super) fn counts(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let number = session(host, &arguments.term(0)?)?;
    let function = function(&arguments.term(1)?).ok_or(Failure::badarg())?;
    let session = host.kernel().tracing().session(number).ok_or(Failure::badarg())?;
    Ok(Term::tuple(session.counts(&function)).into())
}

/// `count(Module, Function, Arity, Reductions, Words)`: the process calls a function that may be counted. Gives the sessions in which
/// its end is to be told, and the function that goes on then: `[{Session, {Module, Function, Arity} | undefined}]`.
pub(super) fn count(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let function = (arguments.atom(0)?, arguments.atom(1)?, number(&arguments.term(2)?)?);
    let now = progress(arguments, 3)?;
    let pid = host.self_pid();
    host.charge(host.kernel().tracing().patterns() as u64 / AT_ONCE);
    let ends = host.kernel_mut().count_call(pid, &function, now);
    let encode = |(number, before): (u64, Option<Function>)| {
        let before = before.map_or_else(
            || Term::atom("undefined"),
            |(module, name, arity)| Term::tuple([Term::from(module), Term::from(name), Term::from(arity)]),
        );
        Term::tuple([Term::from(number), before])
    };
    Ok(Term::list(ends.into_iter().map(encode)).into())
}

/// `count_ended(Before, Reductions, Words)`: the call of a function has ended of which [`count`] gave this.
pub(super) fn count_ended(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let decode = |term: &Term| match term.as_tuple() {
        Some([session, before]) => Some((u64::try_from(session.as_int()?).ok()?, function(before))),
        _ => None,
    };
    let before = arguments.list(0)?.iter().filter_map(decode).collect();
    let now = progress(arguments, 1)?;
    let pid = host.self_pid();
    host.kernel_mut().count_end(pid, before, now);
    Ok(true.into())
}

/// `pattern(Session, {Module, Function, Arity})`: `{IsLocal, Specification}` or `false`. For `send` and `receive`, the specification.
pub(super) fn pattern(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let number = session(host, &arguments.term(0)?)?;
    let function = arguments.term(1)?;
    if let Some(which @ ("send" | "receive")) = function.as_atom() {
        let session = host.kernel().tracing().session(number).ok_or(Failure::badarg())?;
        let messages = if which == "send" { &session.sent } else { &session.received };
        return Ok(Value::Term(match messages {
            Messages::All => Term::bool(true),
            Messages::None => Term::bool(false),
            Messages::Matching(spec) => spec.clone(),
        }));
    }
    let Some([Term::Atom(module), Term::Atom(name), Term::Int(arity @ 0..)]) = function.as_tuple() else {
        return Err(Failure::badarg());
    };
    let session = host.kernel().tracing().session(number);
    let setting = session.and_then(|session| session.patterns().of(module, name, arity.unsigned_abs()));
    let value =
        setting.map(|setting| Term::tuple([Term::bool(setting.is_local), setting.spec.clone().unwrap_or(Term::Nil)]));
    Ok(value.unwrap_or_else(|| Term::bool(false)).into())
}

/// `watch()`: what the process has to tell of.
pub(super) fn watch(host: &mut Host, _: &Arguments<'_>) -> Answer {
    let pid = host.self_pid();
    host.kernel_mut().take_new_watch(pid);
    Ok(host.kernel().watch(pid).into())
}

/// `call(Module, Function, Arguments, How, Caller)`: the process calls a function. Gives what is to be told when that ends.
pub(super) fn call(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let how = match arguments.atom(3)?.as_str() {
        "global" => How::Global,
        "local" => How::Local,
        _ => How::Native,
    };
    let function = (arguments.atom(0)?, arguments.atom(1)?, arguments.term(2)?);
    let called = Called { function, how, caller: arguments.term(4)? };
    let pid = host.self_pid();
    host.charge(host.kernel().tracing().patterns() as u64 / AT_ONCE);
    let endings = host.kernel_mut().trace_call(pid, &called);
    let encode = |(number, ending): (u64, Ending)| {
        let bits = [ending.is_return_told, ending.is_exception_told, ending.is_return_to_told];
        Term::tuple([Term::from(number), Term::tuple(bits.map(Term::bool))])
    };
    Ok(Term::list(endings.into_iter().map(encode)).into())
}

/// `ended(Function, Endings, What, IsReturn, To)`: a call has ended.
pub(super) fn ended(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let decode = |term: &Term| {
        let [number, bits] = term.as_tuple()? else { return None };
        let [returned, raised, to] = bits.as_tuple()? else { return None };
        let ending = Ending {
            is_return_told: returned.is_atom("true"),
            is_exception_told: raised.is_atom("true"),
            is_return_to_told: to.is_atom("true"),
        };
        Some((u64::try_from(number.as_int()?).ok()?, ending))
    };
    let endings: Vec<_> = arguments.list(1)?.iter().filter_map(decode).collect();
    let (function, what, to) = (arguments.term(0)?, arguments.term(2)?, arguments.term(4)?);
    let is_return = truth(&arguments.term(3)?)?;
    let pid = host.self_pid();
    host.kernel_mut().trace_end(pid, &function, &endings, &what, is_return, &to);
    Ok(true.into())
}
