//! Making processes (`erlang:spawn_opt/4`).

use shared::event::{Entry, EventKind};
use shared::limits::LimitKind;
use shared::schedule::TimeMode;
use shared::{EventSeq, Pid, Ref};

use super::flags::Priority;
use super::link::Link;
use super::monitor::{Monitor, MonitorOptions};
use super::{Kernel, Process, Raise};

/// The options of `spawn_opt` that matter outside the guest.
#[derive(Clone, Debug, Default)]
pub struct SpawnOptions {
    /// `link`
    pub link: bool,
    /// `monitor` or `{monitor, Options}`
    pub monitor: Option<MonitorOptions>,
    /// `{priority, Level}`
    pub priority: Option<Priority>,
    /// A group leader other than the parent's.
    pub group_leader: Option<Pid>,
}

impl Kernel {
    /// Makes a process that will call `entry` at its first turn: the process and its monitor, if one was asked for.
    ///
    /// # Errors
    /// `system_limit` when there are too many processes, or links and monitors.
    pub fn spawn(&mut self, parent: Pid, entry: Entry, options: SpawnOptions) -> Result<(Pid, Option<Ref>), Raise> {
        self.check_process_count(Some(parent))?;
        if options.link || options.monitor.is_some() {
            self.check_relations(parent)?;
        }
        let leader = options.group_leader.or_else(|| self.group_leader(parent)).unwrap_or(parent);
        let child = self.counters.pid();
        let mut process = Process::new(Some(parent), entry.clone(), leader);
        process.flags.priority = options.priority.unwrap_or_default();
        let monitor = options.monitor.as_ref().map(|_| self.make_ref());
        if options.link {
            process.links.insert(parent, Link::default());
        }
        if let Some(monitor) = monitor {
            process.monitored_by.insert(monitor, parent);
        }
        let kind = EventKind::Spawned { child, entry, linked: options.link, monitor };
        process.cause = Some(self.record(Some(parent), kind));
        self.add_process(child, process);
        if let Some(process) = self.process_mut(parent) {
            if options.link {
                process.links.insert(child, Link::default());
            }
            if let (Some(monitor), Some(options)) = (monitor, &options.monitor) {
                let entry = Monitor { target: Some(child), name: None, tag: options.tag.clone() };
                process.monitors.insert(monitor, entry);
            }
        }
        if let (Some(monitor), Some(MonitorOptions { alias: Some(mode), .. })) = (monitor, options.monitor) {
            self.add_alias(parent, monitor, mode);
        }
        self.count_spawn(parent);
        Ok((child, monitor))
    }

    /// Makes a process from outside.
    ///
    /// # Errors
    /// `system_limit` when there are too many processes.
    pub fn spawn_root(&mut self, entry: Entry, leader: Option<Pid>, cause: Option<EventSeq>) -> Result<Pid, Raise> {
        self.check_process_count(None)?;
        let child = self.counters.pid();
        let mut process = Process::new(None, entry.clone(), leader.unwrap_or(child));
        let kind = EventKind::Spawned { child, entry, linked: false, monitor: None };
        process.cause = Some(self.record_caused(None, cause, kind));
        self.add_process(child, process);
        Ok(child)
    }

    fn check_process_count(&mut self, parent: Option<Pid>) -> Result<(), Raise> {
        let allowed = self.limits.processes;
        if self.processes.len() as u64 >= allowed {
            return Err(self.limit_reached(parent, LimitKind::Processes, allowed));
        }
        Ok(())
    }

    fn add_process(&mut self, pid: Pid, process: Process) {
        self.processes.insert(pid, process.into());
        self.scheduler.process_added(pid);
        self.make_ready(pid);
    }

    fn count_spawn(&mut self, parent: Pid) {
        let (now, allowed) = (self.now(), self.limits.spawns_per_second);
        if self.clock.mode() == TimeMode::Frozen {
            return;
        }
        if let Some(until) = self.spawn_rate.count(now, 1, allowed) {
            self.throttle(parent, until, LimitKind::SpawnsPerSecond, allowed);
        }
    }
}
