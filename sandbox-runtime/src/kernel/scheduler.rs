//! Who runs next.

mod pct;
mod queues;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use shared::Pid;
use shared::schedule::{Schedule, TurnChoice};

use super::flags::Priority;
use super::rng::Rng;
use pct::Pct;
use queues::Queues;

/// The run queues and the rule by which they are read.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Scheduler {
    queues: Queues,
    rule: Rule,
}

#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
enum Rule {
    Default,
    Random(Rng),
    Pct(Pct),
    Replay(VecDeque<TurnChoice>),
}

/// What the scheduler says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// This process, for at most so many reductions.
    Run { pid: Pid, budget: u32 },
    /// The schedule names a process that cannot run. The next call goes on after it.
    Diverged { wanted: Pid },
    /// Nobody can run.
    Nobody,
}

impl Scheduler {
    pub(crate) fn new(schedule: Schedule) -> Self {
        Self { queues: Queues::default(), rule: Rule::new(schedule) }
    }

    /// Changes the rule; who stands in the queues stays there.
    pub(crate) fn set_schedule(&mut self, schedule: Schedule) {
        self.rule = Rule::new(schedule);
        if let Rule::Pct(pct) = &mut self.rule {
            self.queues.iter().for_each(|pid| pct.process_added(pid));
        }
    }

    pub(crate) fn process_added(&mut self, pid: Pid) {
        if let Rule::Pct(pct) = &mut self.rule {
            pct.process_added(pid);
        }
    }

    pub(crate) fn push(&mut self, pid: Pid, priority: Priority) {
        self.queues.push(pid, priority);
    }

    /// A process ended; `queued` says whether it stands in a queue.
    pub(crate) fn process_ended(&mut self, pid: Pid, queued: bool) {
        if queued {
            self.queues.remove(pid);
        }
        if let Rule::Pct(pct) = &mut self.rule {
            pct.process_ended(pid);
        }
    }

    /// Takes the next process out of the queues.
    pub(crate) fn choose(&mut self, full_budget: u32) -> Choice {
        let full_budget = full_budget.max(1);
        // Asking when nobody can run changes nothing, so it makes no difference how often a driver asks.
        if self.queues.is_empty() {
            return Choice::Nobody;
        }
        let chosen = match &mut self.rule {
            Rule::Default => self.queues.next().map(|pid| (pid, full_budget)),
            Rule::Random(rng) => {
                let candidates = self.queues.candidates();
                let pid = candidates.get(rng.below(candidates.len() as u64) as usize).copied();
                pid.map(|pid| (pid, 1 + rng.below(u64::from(full_budget)) as u32))
            }
            Rule::Pct(pct) => pct.choose(&self.queues.candidates()).map(|pid| (pid, full_budget)),
            Rule::Replay(turns) => match turns.pop_front() {
                None => self.queues.next().map(|pid| (pid, full_budget)),
                Some(turn) if self.queues.contains(turn.pid) => Some((turn.pid, turn.reductions.max(1))),
                Some(turn) => return Choice::Diverged { wanted: turn.pid },
            },
        };
        match chosen {
            Some((pid, budget)) => {
                self.queues.remove(pid);
                Choice::Run { pid, budget }
            }
            None => Choice::Nobody,
        }
    }
}

impl Rule {
    fn new(schedule: Schedule) -> Self {
        match schedule {
            Schedule::Default => Self::Default,
            Schedule::Random { seed } => Self::Random(Rng::new(seed)),
            Schedule::Pct { seed, changes, horizon } => Self::Pct(Pct::new(seed, changes, horizon)),
            Schedule::Replay { turns } => Self::Replay(turns.into()),
        }
    }
}
