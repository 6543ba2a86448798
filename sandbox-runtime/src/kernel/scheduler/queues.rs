//! Run queues by priority (`process_flag/2`, `priority`).
//!
//! Processes of priority `max` go first, then `high`, then `normal` and `low` among each other, of which a low one is
//! taken each eighth time, as Erlang/OTP does.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use shared::Pid;

use crate::kernel::flags::Priority;

/// Processes that can run. Nobody stands there twice.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub(crate) struct Queues {
    max: VecDeque<Pid>,
    high: VecDeque<Pid>,
    normal: VecDeque<Pid>,
    low: VecDeque<Pid>,
    /// Normal processes that were taken while a low one waited.
    low_passed_over: u32,
}

/// How many normal processes go before a low one.
const NORMAL_BEFORE_LOW: u32 = 7;

impl Queues {
    fn all(&mut self) -> [&mut VecDeque<Pid>; 4] {
        [&mut self.max, &mut self.high, &mut self.normal, &mut self.low]
    }

    pub(crate) fn push(&mut self, pid: Pid, priority: Priority) {
        match priority {
            Priority::Max => self.max.push_back(pid),
            Priority::High => self.high.push_back(pid),
            Priority::Normal => self.normal.push_back(pid),
            Priority::Low => self.low.push_back(pid),
        }
    }

    pub(crate) fn remove(&mut self, pid: Pid) {
        for queue in self.all() {
            // Whoever is taken by the default rule stands at the front, so this is rarely a search.
            if let Some(at) = queue.iter().position(|&other| other == pid) {
                queue.remove(at);
                return;
            }
        }
    }

    /// The next process by the default rule. It is left in its queue.
    pub(crate) fn next(&mut self) -> Option<Pid> {
        let urgent = self.max.front().or_else(|| self.high.front());
        if let Some(&pid) = urgent {
            return Some(pid);
        }
        match (self.normal.front(), self.low.front()) {
            (Some(_), Some(&low)) if self.low_passed_over >= NORMAL_BEFORE_LOW => {
                self.low_passed_over = 0;
                Some(low)
            }
            (Some(&normal), low) => {
                self.low_passed_over += u32::from(low.is_some());
                Some(normal)
            }
            (None, low) => {
                self.low_passed_over = 0;
                low.copied()
            }
        }
    }

    /// Those among whom another rule may choose: all of the highest priority that can run, normal and low being one.
    pub(crate) fn candidates(&self) -> Vec<Pid> {
        for queue in [&self.max, &self.high] {
            if !queue.is_empty() {
                return queue.iter().copied().collect();
            }
        }
        self.normal.iter().chain(&self.low).copied().collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    pub(crate) fn contains(&self, pid: Pid) -> bool {
        self.iter().any(|other| other == pid)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Pid> + '_ {
        self.max.iter().chain(&self.high).chain(&self.normal).chain(&self.low).copied()
    }
}
