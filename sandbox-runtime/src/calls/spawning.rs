//! New processes: `spawn/3`, `spawn_link/3`, `spawn_opt/4` and what `spawn_request` is made of.

use shared::event::Entry;
use shared::term::{Atom, LOCAL_NODE};
use shared::{Etf, Pid, Ref, Term};

use super::answer::{Answer, Failure, atom};
use super::arguments::Arguments;
use super::options::{self, Form, Spawn};
use crate::host::Host;
use crate::kernel::Raise;
use crate::kernel::spawn::SpawnOptions;

/// Most arguments of the first call.
const MAX_ARITY: usize = 255;

/// `Module, Function, Arguments` from argument `i` on, with flags for the guest.
fn entry(host: &Host, arguments: &Arguments<'_>, i: usize, mut flags: Vec<Term>) -> Result<Entry, Failure> {
    let (module, function) = (arguments.atom(i)?, arguments.atom(i + 1)?);
    if arguments.list_len(i + 2)? > MAX_ARITY {
        return Err(Failure::Raise(Raise::SystemLimit(shared::limits::LimitKind::MessageBytes)));
    }
    let depth = Atom::new("backtrace_depth");
    if let Some(value) = host.kernel().settings().flag(&depth) {
        flags.push(Term::tuple([depth.into(), value.clone()]));
    }
    let flags = if flags.is_empty() { None } else { Some(Etf::of(&Term::list(flags))) };
    Ok(Entry { module, function, args: arguments.etf(i + 2)?, flags })
}

pub(super) fn spawn(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (pid, _) = host.spawn(entry(host, arguments, 0, vec![])?, SpawnOptions::default())?;
    Ok(pid.into())
}

pub(super) fn spawn_link(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let options = SpawnOptions { link: true, ..SpawnOptions::default() };
    let (pid, _) = host.spawn(entry(host, arguments, 0, vec![])?, options)?;
    Ok(pid.into())
}

pub(super) fn spawn_opt(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let Spawn { kernel, flags, .. } = options::spawn(&arguments.list(3)?, Form::Spawn)?;
    let (pid, monitor) = host.spawn(entry(host, arguments, 0, flags)?, kernel)?;
    Ok(match monitor {
        Some(monitor) => Term::tuple([Term::pid(pid), Term::reference(monitor)]).into(),
        None => pid.into(),
    })
}

/// `erts_internal:spawn_request(Module, Function, Arguments, Options)`: the answer comes as a message that names the request,
/// which is the monitor where one was asked for. It is on its way when the call returns.
pub(super) fn spawn_request(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let raw = arguments.list(3)?;
    let parsed = options::spawn(&raw, Form::Request)
        .and_then(|spawn| Ok((entry(host, arguments, 0, spawn.flags)?, spawn.kernel, spawn.reply)));
    let (outcome, reply) = match parsed {
        Ok((entry, options, reply)) => (host.spawn(entry, options).map_err(Raise::reason), reply),
        Err(Failure::Raise(Raise::Badarg)) if arguments.list_len(2).is_ok() => {
            (Err("badopt"), options::Reply::default())
        }
        Err(failure) => return Err(failure),
    };
    let request = match outcome {
        Ok((_, Some(monitor))) => monitor,
        _ => host.make_ref(),
    };
    let is_told = if outcome.is_ok() { reply.on_success } else { reply.on_error };
    if is_told {
        tell(host, reply.tag, request, outcome.map(|(pid, _)| pid));
    }
    Ok(request.into())
}

fn tell(host: &mut Host, tag: Term, request: Ref, outcome: Result<Pid, &str>) {
    let (status, value) = match outcome {
        Ok(pid) => ("ok", Term::pid(pid)),
        Err(reason) => ("error", Term::atom(reason)),
    };
    let answer = Term::tuple([tag, Term::reference(request), Term::atom(status), value]);
    host.send_to_self(Etf::of(&answer));
}

/// `spawn_request_abandon(Request)`: the answer is given at once, so there is never anything left to abandon.
pub(super) fn spawn_request_abandon(_: &mut Host, arguments: &Arguments<'_>) -> Answer {
    arguments.check_reference(0)?;
    Ok(false.into())
}

/// `erts_internal:spawn_system_process(Module, Function, Arguments)`: a process like any other.
pub(super) fn spawn_system_process(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    spawn(host, arguments)
}

/// `erts_internal:dist_spawn_request(Node, {Module, Function, Arguments}, Options, Form)`: another node cannot be reached. The
/// form `spawn_opt` gives the request and whether it is a monitor, `spawn_request` the request alone.
pub(super) fn dist_spawn_request(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    if arguments.atom(0)? == *LOCAL_NODE {
        return atom("badarg");
    }
    let form = arguments.atom(3)?;
    let Ok(spawn) = options::spawn(&arguments.list(2)?, Form::Request) else { return atom("badarg") };
    let request = host.make_ref();
    if form == *"spawn_request" {
        if spawn.reply.on_error {
            tell(host, spawn.reply.tag, request, Err("noconnection"));
        }
        return Ok(request.into());
    }
    tell(host, Term::atom("spawn_reply"), request, Err("noconnection"));
    Ok(Term::tuple([Term::reference(request), Term::bool(spawn.kernel.monitor.is_some())]).into())
}
