//! ETS, and match specifications outside it.

use shared::Term;
use shared::match_spec::{self, MatchSpec};

use super::answer::{Answer, Failure, Value};
use super::arguments::Arguments;
use super::table::number;
use crate::host::{EtsRaise, Host};
use crate::kernel::Raise;
use crate::kernel::ets::Quick;

/// The functions that have a quick form, by number.
const fn quick_form(function: u16) -> Option<Quick> {
    const LOOKUP: u16 = number("ets", "lookup", 2);
    const LOOKUP_ELEMENT: u16 = number("ets", "lookup_element", 3);
    const MEMBER: u16 = number("ets", "member", 2);
    const INSERT: u16 = number("ets", "insert", 2);
    const UPDATE_COUNTER: u16 = number("ets", "update_counter", 3);
    match function {
        LOOKUP => Some(Quick::Lookup),
        LOOKUP_ELEMENT => Some(Quick::LookupElement),
        MEMBER => Some(Quick::Member),
        INSERT => Some(Quick::Insert),
        UPDATE_COUNTER => Some(Quick::UpdateCounter),
        _ => None,
    }
}

/// Performs the function with this number where it is one of `ets` that goes as usual: whether it did, its encoded value being added
/// to `answer`.
pub(super) fn quick(host: &mut Host, function: u16, arguments: &[u8], answer: &mut Vec<u8>) -> bool {
    quick_form(function).is_some_and(|function| host.ets_quick(function, arguments, answer))
}

/// A function of `ets`.
pub(super) fn ets(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    run(host, arguments.function(), arguments.list_bytes())
}

fn run(host: &mut Host, function: &str, arguments: &[u8]) -> Answer {
    match host.ets(function, arguments) {
        Ok(reply) => {
            host.charge(reply.reductions);
            Ok(Value::Term(reply.value))
        }
        Err(EtsRaise::Undefined) => Err(Failure::reason("undef")),
        Err(EtsRaise::Error(error)) => Err(match error.cause() {
            Some(cause) => Failure::Raise(Raise::BadargCause(cause)),
            None => Failure::reason(error.reason()),
        }),
    }
}

/// `match_spec_compile(Specification)`: a reference that stands for it.
pub(super) fn match_spec_compile(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let specification = Some(arguments.term(0)?).filter(|term| *term != Term::Nil).ok_or(Failure::badarg())?;
    MatchSpec::compile(&specification).map_err(|_| Failure::badarg())?;
    Ok(host.kernel_mut().keep_match_spec(specification).into())
}

/// `is_compiled_ms(Term)`
pub(super) fn is_compiled_ms(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let reference = arguments.term(0)?.as_local_ref();
    Ok(reference.is_some_and(|reference| host.kernel().settings().match_spec(reference).is_some()).into())
}

/// `match_spec_run_r(List, Compiled, Done)`
pub(super) fn match_spec_run_r(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let specification =
        host.kernel().settings().match_spec(arguments.reference(1)?).cloned().ok_or(Failure::badarg())?;
    let list = Term::list([arguments.term(0)?, specification, arguments.term(2)?]);
    run(host, arguments.function(), &list.encode())
}

/// `erlang:match_spec_test(Subject, Specification, Kind)`
pub(super) fn match_spec_test(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    match arguments.atom(2)?.as_str() {
        "table" => Ok(host.match_spec_test(&arguments.term(0)?, &arguments.term(1)?).into()),
        "trace" => {
            let (arguments, specification) = (arguments.term(0)?, arguments.term(1)?);
            arguments.as_list().ok_or(Failure::badarg())?;
            Ok(match_spec::test_for_trace(&arguments, &specification, host.self_pid()).into())
        }
        _ => Err(Failure::badarg()),
    }
}
