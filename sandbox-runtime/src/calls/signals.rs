//! Links, monitors, aliases, exit signals.

use shared::term::LOCAL_NODE;
use shared::{Etf, Term};

use super::answer::{Answer, Failure};
use super::arguments::{Arguments, destination};
use super::options;
use crate::host::Host;
use crate::kernel::alias::AliasMode;
use crate::kernel::error::Raise;
use crate::kernel::monitor::MonitorOptions;

/// Whether an argument is a process or port that is not of this sandbox. Links with one never fire.
fn is_foreign(term: &Term) -> bool {
    matches!(term, Term::Pid(_) | Term::Port(_)) && term.as_local_pid().is_none()
}

pub(super) fn link(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let peer = arguments.term(0)?;
    match peer.as_local_pid() {
        Some(peer) => host.link(peer)?,
        None if is_foreign(&peer) => return Err(Failure::reason("noproc")),
        None => return Err(Failure::badarg()),
    }
    Ok(true.into())
}

pub(super) fn unlink(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let peer = arguments.term(0)?;
    match peer.as_local_pid() {
        Some(peer) => host.unlink(peer),
        None if is_foreign(&peer) => {}
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
        "process" => Ok(host.monitor(&destination(&item)?, options)?.into()),
        "port" => monitor_port(host, item, options),
        // The clock of a sandbox never leaps, so this monitor never fires.
        "time_offset" if item.is_atom("clock_service") => Ok(host.make_ref().into()),
        "time_offset" => Err(Failure::badarg()),
        _ => Err(Failure::Raise(Raise::BadargCause("badtype"))),
    }
}

/// There are no ports, so the message comes at once.
fn monitor_port(host: &mut Host, item: Term, options: MonitorOptions) -> Answer {
    let object = match &item {
        Term::Port(_) => item,
        Term::Atom(_) => Term::tuple([item, Term::atom(LOCAL_NODE)]),
        _ => return Err(Failure::badarg()),
    };
    let monitor = host.make_ref();
    let tag = options.tag.and_then(|tag| tag.decode().ok()).unwrap_or_else(|| Term::atom("DOWN"));
    let parts = [tag, Term::reference(monitor), Term::atom("port"), object, Term::atom("noproc")];
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
        None if is_foreign(&to) => {}
        None => return Err(Failure::badarg()),
    }
    Ok(true.into())
}
