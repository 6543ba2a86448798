//! Events in words.

use shared::Pid;
use shared::event::{Destination, Event, EventKind};
use shared::world::World;

use crate::elixir;

/// What happened, in one line. Who did it stands before it.
#[must_use]
pub fn words(event: &Event, world: &World) -> String {
    let name = |pid: Pid| {
        let name = world.processes.get(&pid).and_then(|process| process.name.as_ref());
        elixir::process_name(name, pid)
    };
    let to = |to: &Destination| match to {
        Destination::Pid(pid) => name(*pid),
        Destination::Name(name) => elixir::module(name.as_str()),
        Destination::Alias(alias) => alias.to_string(),
    };
    let line = elixir::line_of;
    match &event.kind {
        EventKind::Spawned { child, entry, linked, .. } => {
            let role = world.processes.get(child).map(|process| process.role.label());
            let what = role
                .unwrap_or_else(|| format!("{}.{}", elixir::module(entry.module.as_str()), entry.function.as_str()));
            format!("starts {} {what}{}", name(*child), if *linked { ", linked" } else { "" })
        }
        EventKind::Exited { reason, .. } => format!("ends: {}", line(reason)),
        EventKind::Linked { peer } => format!("links with {}", name(*peer)),
        EventKind::Unlinked { peer } => format!("unlinks from {}", name(*peer)),
        EventKind::Monitored { target, .. } => format!("monitors {}", to(target)),
        EventKind::Demonitored { monitor } => format!("demonitors {monitor}"),
        EventKind::Aliased { alias } => format!("makes the alias {alias}"),
        EventKind::Unaliased { alias } => format!("gives up the alias {alias}"),
        EventKind::Registered { name: it, target } => {
            format!("{} is now {}", name(*target), elixir::module(it.as_str()))
        }
        EventKind::Unregistered { name, .. } => format!("gives up the name {}", elixir::module(name.as_str())),
        EventKind::Sent { to: whom, receiver, message } => {
            let nobody = if receiver.is_none() { " (nobody)" } else { "" };
            format!("sends to {}{nobody}: {}", to(whom), line(message))
        }
        EventKind::Delivered { message } => format!("gets {}", line(message)),
        EventKind::Received => "takes a message out of its mailbox".to_owned(),
        EventKind::Dropped { message, .. } => format!("dropped: {}", line(message)),
        EventKind::Rewritten { message } => format!("message rewritten to {}", line(message)),
        EventKind::Delayed { due } => format!("message held back until {} ms", due.millis()),
        EventKind::ExitSignal { to, reason, .. } => format!("exit signal to {}: {}", name(*to), line(reason)),
        EventKind::TimerStarted { due, to: whom, .. } => format!("timer for {} at {} ms", to(whom), due.millis()),
        EventKind::TimerFired { .. } => "timer fires".to_owned(),
        EventKind::TimerCancelled { .. } => "timer cancelled".to_owned(),
        EventKind::FlagSet { flag, value } => format!("sets the flag {} to {}", flag.as_str(), line(value)),
        EventKind::GroupLeaderSet { target, leader } => {
            format!("group leader of {} is {}", name(*target), name(*leader))
        }
        EventKind::Suspended { target } => format!("suspends {}", name(*target)),
        EventKind::Resumed { target } => format!("resumes {}", name(*target)),
        EventKind::Ets { operation, arguments } => format!("ets {} {}", operation.as_str(), line(arguments)),
        EventKind::CodeLoaded { module, version } => {
            format!("{} loaded, version {version}", elixir::module(module.as_str()))
        }
        EventKind::CodeDeleted { module } => format!("{} deleted", elixir::module(module.as_str())),
        EventKind::PersistentTerm { key, erased } => {
            format!("persistent term {} {}", line(key), if *erased { "erased" } else { "put" })
        }
        EventKind::Output { bytes, .. } => format!("writes {:?}", String::from_utf8_lossy(bytes)),
        EventKind::InputWanted => "waits for input".to_owned(),
        EventKind::Collected { before, after } => format!("collects garbage: {before} bytes, then {after}"),
        EventKind::StateChanged => "has another state".to_owned(),
        EventKind::Supervision { action, detail } => format!("{}: {}", action.as_str().replace('_', " "), line(detail)),
        EventKind::Guest { what, detail } => format!("{} {}", what.as_str(), line(detail)),
        EventKind::Denied { capability, detail } => format!("may not use {}: {}", capability.as_str(), line(detail)),
        EventKind::LimitReached { limit, allowed } => format!("reached the limit of {allowed} {}", limit.atom()),
        EventKind::TurnStarted { budget } => format!("turn of {budget} reductions"),
        EventKind::TurnEnded { used, .. } => format!("turn took {used} reductions"),
        EventKind::TurnSkipped => "turn skipped".to_owned(),
        EventKind::TimeAdvanced { to } => format!("time goes on to {} ms", to.millis()),
        EventKind::ScheduleDiverged { wanted } => format!("{} could not run", name(*wanted)),
        EventKind::Halted { reason } => format!("the machine halts: {}", line(reason)),
    }
}
