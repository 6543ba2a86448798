//! An event as the map that patterns see.

use crate::event::{Destination, Device, Entry, Event, EventKind, ExitedBy, TurnOutcome};
use crate::term::Atom;
use crate::{Etf, Pid, Ref, Term, VirtualTime};

/// The event with its parts as terms: times in nanoseconds, what is encoded decoded, what is missing as `nil`.
pub(super) fn of(event: &Event) -> Term {
    let mut pairs = vec![
        ("seq", Term::from(event.seq.0)),
        ("at", time(event.at)),
        ("pid", maybe(event.pid, Term::pid)),
        ("reductions", Term::from(event.reductions)),
        ("cause", maybe(event.cause, |cause| Term::from(cause.0))),
        ("event", Term::atom(event.kind.name())),
    ];
    fields(&event.kind, &mut |name, value| pairs.push((name, value)));
    Term::map(pairs.into_iter().map(|(name, value)| (Term::atom(name), value)))
}

fn maybe<T>(value: Option<T>, term: impl FnOnce(T) -> Term) -> Term {
    value.map_or_else(|| Term::atom("nil"), term)
}

fn time(at: VirtualTime) -> Term {
    Term::from(at.nanos())
}

/// A term that is nested too deep to be read is `nil`.
fn etf(etf: &Etf) -> Term {
    maybe(etf.decode().ok(), |term| term)
}

fn atom(atom: &Atom) -> Term {
    atom.clone().into()
}

fn reference(reference: &Ref) -> Term {
    Term::reference(*reference)
}

fn to(destination: &Destination) -> Term {
    match destination {
        Destination::Pid(pid) => Term::pid(*pid),
        Destination::Name(name) => atom(name),
        Destination::Alias(alias) => Term::reference(*alias),
    }
}

/// `{module, function, arguments}`
fn entry(entry: &Entry) -> Term {
    Term::tuple([atom(&entry.module), atom(&entry.function), etf(&entry.args)])
}

fn by(by: &ExitedBy) -> Term {
    match by {
        ExitedBy::Itself => Term::atom("itself"),
        ExitedBy::Signal { from } => Term::tuple([Term::atom("signal"), maybe(*from, Term::pid)]),
        ExitedBy::Limit(limit) => Term::tuple([Term::atom("limit"), Term::atom(limit.atom())]),
    }
}

fn outcome(outcome: &TurnOutcome) -> Term {
    match outcome {
        TurnOutcome::Yielded => Term::atom("yielded"),
        TurnOutcome::Waiting { until } => Term::tuple([Term::atom("waiting"), maybe(*until, time)]),
        TurnOutcome::Exited => Term::atom("exited"),
    }
}

/// Names and values of what the kind of an event has besides its name.
fn fields(kind: &EventKind, put: &mut impl FnMut(&'static str, Term)) {
    let pid = |pid: &Pid| Term::pid(*pid);
    match kind {
        EventKind::Spawned { child, entry: of, linked, monitor } => {
            put("child", pid(child));
            put("entry", entry(of));
            put("linked", Term::bool(*linked));
            put("monitor", maybe(*monitor, Term::reference));
        }
        EventKind::Exited { reason, by: how } => {
            put("reason", etf(reason));
            put("by", by(how));
        }
        EventKind::Linked { peer } | EventKind::Unlinked { peer } => put("peer", pid(peer)),
        EventKind::Monitored { monitor, target } => {
            put("monitor", reference(monitor));
            put("target", to(target));
        }
        EventKind::Demonitored { monitor } => put("monitor", reference(monitor)),
        EventKind::Aliased { alias } | EventKind::Unaliased { alias } => put("alias", reference(alias)),
        EventKind::Registered { name, target } | EventKind::Unregistered { name, target } => {
            put("name", atom(name));
            put("target", pid(target));
        }
        EventKind::Sent { to: destination, receiver, message } => {
            put("to", to(destination));
            put("receiver", maybe(*receiver, Term::pid));
            put("message", etf(message));
        }
        EventKind::Delivered { message } | EventKind::Rewritten { message } => put("message", etf(message)),
        EventKind::Dropped { message, why } => {
            put("message", etf(message));
            put("why", Term::atom(why.name()));
        }
        EventKind::Delayed { due } => put("due", time(*due)),
        EventKind::ExitSignal { to, reason, through_link } => {
            put("to", pid(to));
            put("reason", etf(reason));
            put("through_link", Term::bool(*through_link));
        }
        EventKind::TimerStarted { timer, due, to: destination } => {
            put("timer", reference(timer));
            put("due", time(*due));
            put("to", to(destination));
        }
        EventKind::TimerFired { timer } | EventKind::TimerCancelled { timer } => put("timer", reference(timer)),
        EventKind::FlagSet { flag, value } => {
            put("flag", atom(flag));
            put("value", etf(value));
        }
        EventKind::GroupLeaderSet { target, leader } => {
            put("target", pid(target));
            put("leader", pid(leader));
        }
        EventKind::Suspended { target } | EventKind::Resumed { target } => put("target", pid(target)),
        EventKind::Ets { operation, arguments } => {
            put("operation", atom(operation));
            put("arguments", etf(arguments));
        }
        EventKind::CodeLoaded { module, version } => {
            put("module", atom(module));
            put("version", Term::from(u64::from(*version)));
        }
        EventKind::CodeDeleted { module } => put("module", atom(module)),
        EventKind::PersistentTerm { key, erased } => {
            put("key", etf(key));
            put("erased", Term::bool(*erased));
        }
        EventKind::Output { device, bytes } => {
            put("device", Term::atom(if *device == Device::Stdout { "stdout" } else { "stderr" }));
            put("bytes", Term::binary(bytes.clone()));
        }
        EventKind::Collected { before, after } => {
            put("before", Term::from(*before));
            put("after", Term::from(*after));
        }
        EventKind::Supervision { action, detail } => {
            put("action", atom(action));
            put("detail", etf(detail));
        }
        EventKind::Guest { what, detail } => {
            put("what", atom(what));
            put("detail", etf(detail));
        }
        EventKind::Denied { capability, detail } => {
            put("capability", atom(capability));
            put("detail", etf(detail));
        }
        EventKind::LimitReached { limit, allowed } => {
            put("limit", Term::atom(limit.atom()));
            put("allowed", Term::from(*allowed));
        }
        EventKind::TurnStarted { budget } => put("budget", Term::from(u64::from(*budget))),
        EventKind::TurnEnded { used, outcome: how } => {
            put("used", Term::from(u64::from(*used)));
            put("outcome", outcome(how));
        }
        EventKind::TimeAdvanced { to } => put("to", time(*to)),
        EventKind::ScheduleDiverged { wanted } => put("wanted", pid(wanted)),
        EventKind::Halted { reason } => put("reason", etf(reason)),
        EventKind::Received | EventKind::StateChanged | EventKind::InputWanted | EventKind::TurnSkipped => {}
    }
}
