//! Names, flags, suspension and the list of processes.

use shared::Term;

use super::answer::{Answer, Failure};
use super::arguments::Arguments;
use crate::host::Host;

/// `register(Name, Pid)`
pub(super) fn register(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    host.register(&arguments.atom(0)?, arguments.pid(1)?)?;
    Ok(true.into())
}

pub(super) fn unregister(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    host.unregister(&arguments.atom(0)?)?;
    Ok(true.into())
}

pub(super) fn whereis(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let pid = host.whereis(&arguments.atom(0)?);
    Ok(pid.map_or_else(|| Term::atom("undefined"), Term::pid).into())
}

pub(super) fn registered(host: &mut Host, _: &Arguments<'_>) -> Answer {
    Ok(Term::list(host.registered().into_iter().map(Term::from)).into())
}

pub(super) fn processes(host: &mut Host, _: &Arguments<'_>) -> Answer {
    Ok(Term::list(host.processes().into_iter().map(Term::pid)).into())
}

pub(super) fn is_process_alive(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let target = arguments.own_pid(0)?;
    Ok(target.is_some_and(|target| host.is_process_alive(target)).into())
}

/// `erts_internal:is_system_process(Pid)`: the machine has none of OTP's.
pub(super) fn is_system_process(_: &mut Host, arguments: &Arguments<'_>) -> Answer {
    arguments.pid(0)?;
    Ok(false.into())
}

pub(super) fn process_flag(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    Ok(host.process_flag(arguments.atom(0)?.as_str(), &arguments.term(1)?)?.into())
}

/// `process_flag(Pid, Flag, Value)`: the one flag that OTP lets others set is `save_calls`, and calls are not saved here.
pub(super) fn process_flag_of(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    const MAX_SAVED_CALLS: u64 = 10_000;
    let target = arguments.pid(0)?;
    let is_valid = arguments.atom(1)? == *"save_calls" && arguments.natural(2)? <= MAX_SAVED_CALLS;
    if is_valid && host.is_process_alive(target) { Ok(Term::Int(0).into()) } else { Err(Failure::badarg()) }
}

pub(super) fn group_leader(host: &mut Host, _: &Arguments<'_>) -> Answer {
    Ok(host.group_leader().into())
}

/// `group_leader(Leader, Pid)`
pub(super) fn set_group_leader(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    host.set_group_leader(arguments.pid(0)?, arguments.pid(1)?)?;
    Ok(true.into())
}

/// `suspend_process(Pid, Options)`
pub(super) fn suspend_process(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let target = arguments.pid(0)?;
    let (mut only_once, mut reply, mut is_async) = (false, None, false);
    for option in arguments.list(1)? {
        match (option.as_atom(), option.as_tuple()) {
            (Some("unless_suspending"), _) => only_once = true,
            (Some("asynchronous"), _) => is_async = true,
            (_, Some([key, tag])) if key.is_atom("asynchronous") => reply = Some(tag.clone()),
            _ => return Err(Failure::badarg()),
        }
    }
    if only_once && host.is_suspending(target) {
        return Ok(false.into());
    }
    let outcome = host.suspend(target);
    if let Some(tag) = reply {
        let status = if outcome.is_ok() { "suspended" } else { "exited" };
        host.send_to_self(shared::Etf::of(&Term::tuple([tag, Term::atom(status)])));
    } else if !is_async {
        outcome?;
    }
    Ok(true.into())
}

pub(super) fn resume_process(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    host.resume(arguments.pid(0)?)?;
    Ok(true.into())
}

/// `garbage_collect(Pid, Options)` for another process: whether it is alive.
pub(super) fn garbage_collect(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let target = arguments.pid(0)?;
    if !host.is_process_alive(target) {
        return Ok(false.into());
    }
    host.ask(target, &Term::atom("garbage_collect"));
    Ok(true.into())
}

/// `check_process_code(Pid, Module, Options)` for another process: whether it runs old code of the module.
pub(super) fn check_process_code(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (target, module) = (arguments.pid(0)?, arguments.atom(1)?);
    Ok(super::code::uses_old_code(host, target, &module).into())
}
