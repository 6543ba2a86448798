//! `erlang:suspend_process/2` and `erlang:resume_process/1`.

use shared::Pid;
use shared::event::EventKind;

use super::{Kernel, Raise, RunState};

impl Kernel {
    /// Lets `target` take no turns until it is resumed as often. It still takes signals, so it can be killed.
    ///
    /// # Errors
    /// `badarg` when it is the caller or not alive.
    pub fn suspend_process(&mut self, pid: Option<Pid>, target: Pid) -> Result<(), Raise> {
        if pid == Some(target) {
            return Err(Raise::Badarg);
        }
        self.flush_signals(target);
        let process = self.process_mut(target).ok_or(Raise::Badarg)?;
        *process.suspended_by.entry(pid).or_default() += 1;
        if let Some(process) = pid.and_then(|pid| self.process_mut(pid)) {
            *process.suspending.entry(target).or_default() += 1;
        }
        self.record(pid, EventKind::Suspended { target });
        Ok(())
    }

    /// Undoes one suspension by the caller.
    ///
    /// # Errors
    /// `badarg` when the caller did not suspend it, or it is not alive.
    pub fn resume_process(&mut self, pid: Option<Pid>, target: Pid) -> Result<(), Raise> {
        let process = self.process_mut(target).ok_or(Raise::Badarg)?;
        let count = process.suspended_by.get_mut(&pid).ok_or(Raise::Badarg)?;
        *count -= 1;
        if *count == 0 {
            process.suspended_by.remove(&pid);
        }
        if let Some(process) = pid.and_then(|pid| self.process_mut(pid))
            && let Some(count) = process.suspending.get_mut(&target)
        {
            *count -= 1;
            if *count == 0 {
                process.suspending.remove(&target);
            }
        }
        self.record(pid, EventKind::Resumed { target });
        self.ready_when_resumed(target);
        Ok(())
    }

    /// Undoes all suspensions of `target` by a process that ended.
    pub(crate) fn release_suspensions(&mut self, pid: Option<Pid>, target: Pid) {
        let removed = self.process_mut(target).is_some_and(|process| process.suspended_by.remove(&pid).is_some());
        if removed {
            self.record(pid, EventKind::Resumed { target });
            self.ready_when_resumed(target);
        }
    }

    fn ready_when_resumed(&mut self, target: Pid) {
        let Some(process) = self.process(target) else {
            return;
        };
        let has_work = process.state == RunState::Runnable || !process.deliveries.is_empty();
        if has_work && !process.is_suspended() {
            self.make_ready(target);
        }
    }
}
