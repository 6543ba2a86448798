//! Monitors (Erlang Reference Manual, "Processes", "Monitors"; `erlang:monitor/3`).

use serde::{Deserialize, Serialize};
use shared::event::{Destination, EventKind};
use shared::term::Atom;
use shared::{Etf, Pid, Ref};

use super::alias::AliasMode;
use super::signal::Signal;
use super::{Kernel, Raise};

/// One monitor, as the process that made it holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Monitor {
    /// The process, when there was one.
    pub target: Option<Pid>,
    /// The name by which it was found; the message then names that.
    pub name: Option<Atom>,
    /// What stands in place of `'DOWN'`.
    pub tag: Option<Etf>,
}

/// Options of `monitor/3` and of the `monitor` option of `spawn_opt`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonitorOptions {
    /// Makes the monitor an alias of the caller too.
    pub alias: Option<AliasMode>,
    /// What stands in place of `'DOWN'`.
    pub tag: Option<Etf>,
}

impl Kernel {
    /// `monitor/3` of a process, by pid or registered name. When there is none, the message comes at once, with
    /// reason `noproc`.
    ///
    /// # Errors
    /// `badarg` when the target is an alias; `system_limit` when there are too many.
    pub fn monitor(&mut self, pid: Pid, target: &Destination, options: MonitorOptions) -> Result<Ref, Raise> {
        let (target_pid, name) = match target {
            Destination::Pid(target) => (Some(*target), None),
            Destination::Name(name) => (self.whereis(name), Some(name.clone())),
            Destination::Alias(_) => return Err(Raise::Badarg),
        };
        self.check_relations(pid)?;
        let monitor = self.make_ref();
        if let Some(mode) = options.alias {
            self.add_alias(pid, monitor, mode);
        }
        let seq = self.record(Some(pid), EventKind::Monitored { monitor, target: target.clone() });
        if target_pid == Some(pid) {
            // Nobody lives to see their own end, so such a monitor never fires and is not kept.
            return Ok(monitor);
        }
        let entry = Monitor { target: target_pid, name, tag: options.tag };
        if let Some(process) = self.process_mut(pid) {
            process.monitors.insert(monitor, entry);
        }
        match target_pid.filter(|&target| self.process(target).is_some()) {
            Some(target) => self.enqueue(target, Signal::Monitor { from: pid, monitor }, seq),
            None => self.enqueue(pid, Signal::Down { monitor, reason: Etf::atom("noproc") }, seq),
        }
        Ok(monitor)
    }

    /// `demonitor/1`: whether the monitor was there. After it, no message comes from it.
    pub fn demonitor(&mut self, pid: Pid, monitor: Ref) -> bool {
        let Some(entry) = self.process_mut(pid).and_then(|process| process.monitors.remove(&monitor)) else {
            // A monitor of oneself is not kept, but its alias is.
            self.monitor_is_gone(pid, monitor);
            return false;
        };
        self.monitor_is_gone(pid, monitor);
        let seq = self.record(Some(pid), EventKind::Demonitored { monitor });
        if let Some(target) = entry.target {
            self.enqueue(target, Signal::Demonitor { monitor }, seq);
        }
        true
    }
}
