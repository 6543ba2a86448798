//! Links, monitors, aliases, exit signals.

use shared::term::{Atom, LOCAL_NODE};
use shared::{Etf, Term};

use super::answer::{Answer, Failure};
use super::arguments::{Arguments, destination};
use super::options;
use crate::host::Host;
use crate::kernel::alias::AliasMode;
use crate::kernel::error::Raise;
use crate::kernel::monitor::MonitorOptions;

/// A process or port that is not there: of which node it is said to be.
fn gone(term: &Term) -> Option<&Atom> {
    match term {
        Term::Pid(pid) => Some(&pid.node),
        Term::Port(port) if port.node == LOCAL_NODE => Some(&port.node),
        _ => None,
    }
}

/// Whether this is the port of the console, the only one that there is.
fn is_console(term: &Term) -> bool {
    matches!(term, Term::Port(port) if port.node == LOCAL_NODE && (port.id, port.creation) == (0, 0))
}

pub(super) fn link(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let peer = arguments.term(0)?;
    if let Some(pid) = peer.as_local_pid() {
        host.link(pid)?;
    } else if !is_console(&peer) {
        let node = gone(&peer).ok_or(Failure::badarg())?;
        let reason = if *node == LOCAL_NODE { "noproc" } else { "noconnection" };
        let is_trapped = host.kernel().process(host.self_pid()).is_some_and(|process| process.flags.trap_exit);
        if is_trapped {
            let signal = [Term::atom("EXIT"), peer.clone(), Term::atom(reason)];
            host.send_to_self(Etf::of(&Term::tuple(signal)));
        } else if *node == LOCAL_NODE {
            return Err(Failure::reason(reason));
        } else {
            host.exit(host.self_pid(), Etf::atom(reason));
        }
    }
    Ok(true.into())
}

pub(super) fn unlink(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let peer = arguments.term(0)?;
    match peer.as_local_pid() {
        Some(peer) => host.unlink(peer),
        None if gone(&peer).is_some() => {}
        None => return Err(Failure::badarg()),
    }
    Ok(true.into())
}

/// `monitor/2,3`
pub(super) fn monitor(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let item = arguments.term(1)?;
    let bad_option = || Failure::Raise(Raise::BadargCause("badopt"));
    let options = match arguments.len() {
        3 => arguments.list(2).and_then(|list| options::monitor(&list)).map_err(|_| bad_option())?,
        _ => MonitorOptions::default(),
    };
    let kind = arguments.term(0)?;
    match kind.as_atom().unwrap_or_default() {
        "process" if matches!(item, Term::Ref(_)) => Err(Failure::badarg()),
        "process" if matches!(item, Term::Pid(_)) && item.as_local_pid().is_none() => {
            monitor_gone(host, kind, item, options)
        }
        "process" => Ok(host.monitor(&destination(&item)?, options)?.into()),
        "port" => monitor_port(host, item, options),
        // The clock of a sandbox never leaps, so this monitor never fires.
        "time_offset" if item.is_atom("clock_service") => Ok(host.make_ref().into()),
        "time_offset" => Err(Failure::badarg()),
        _ => Err(Failure::Raise(Raise::BadargCause("badtype"))),
    }
}

/// The one port lives as long as the sandbox, so that its monitor never fires.
fn monitor_port(host: &mut Host, item: Term, options: MonitorOptions) -> Answer {
    if is_console(&item) {
        return Ok(host.make_ref().into());
    }
    let object = match (&item, item.as_tuple()) {
        (Term::Port(port), _) if port.node == LOCAL_NODE => item,
        (Term::Atom(_), _) => Term::tuple([item, Term::atom(LOCAL_NODE)]),
        (_, Some([Term::Atom(_), node])) if node.is_atom(LOCAL_NODE) => item,
        _ => return Err(Failure::badarg()),
    };
    monitor_gone(host, Term::atom("port"), object, options)
}

/// What is not there ends at once.
fn monitor_gone(host: &mut Host, kind: Term, object: Term, options: MonitorOptions) -> Answer {
    let is_elsewhere = gone(&object).is_some_and(|node| *node != LOCAL_NODE);
    let reason = Term::atom(if is_elsewhere { "noconnection" } else { "noproc" });
    let monitor = host.make_ref();
    let tag = options.tag.and_then(|tag| tag.decode().ok()).unwrap_or_else(|| Term::atom("DOWN"));
    let parts = [tag, Term::reference(monitor), kind, object, reason];
    host.send_to_self(Etf::of(&Term::tuple(parts)));
    Ok(monitor.into())
}

/// `demonitor(Monitor)`
pub(super) fn demonitor(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    demonitor_with(host, arguments)?;
    Ok(true.into())
}

/// `demonitor(Monitor, Options)`: whether it was there. What the options ask for is done by the guest.
pub(super) fn demonitor_with(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    arguments.check_reference(0)?;
    let Ok(monitor) = arguments.reference(0) else { return Ok(false.into()) };
    Ok(host.demonitor(monitor).into())
}

/// `alias/0,1`
pub(super) fn alias(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let mut mode = AliasMode::ExplicitUnalias;
    for option in if arguments.is_empty() { vec![] } else { arguments.list(0)? } {
        mode = match option.as_atom() {
            Some("reply") => AliasMode::Reply,
            Some("explicit_unalias") => AliasMode::ExplicitUnalias,
            _ => return Err(Failure::badarg()),
        };
    }
    Ok(host.alias(mode)?.into())
}

pub(super) fn unalias(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    arguments.check_reference(0)?;
    let Ok(alias) = arguments.reference(0) else { return Ok(false.into()) };
    Ok(host.unalias(alias).into())
}

/// `exit/2` and `exit_signal/2`
pub(super) fn exit(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let to = arguments.term(0)?;
    match to.as_local_pid() {
        Some(to) => host.exit(to, arguments.etf(1)?),
        None if gone(&to).is_some() => {}
        None => return Err(Failure::badarg()),
    }
    Ok(true.into())
}
