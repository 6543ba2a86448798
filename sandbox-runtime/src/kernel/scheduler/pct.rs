//! Probabilistic concurrency testing.
//!
//! Every process gets a random priority above all that changes hand out; the highest that can run does. At a few
//! random turns the one that would run falls below all others. A bug that needs d ordered steps among n processes and
//! k turns shows with probability at least 1/(n*k^(d-1)) (Burckhardt et al., ASPLOS 2010).

use std::collections::BTreeSet;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use shared::Pid;
use shared::schedule::PCT_CHANGES_MAX;

use crate::kernel::rng::Rng;

#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub(crate) struct Pct {
    rng: Rng,
    priorities: OrdMap<Pid, u64>,
    turn: u64,
    change_at: BTreeSet<u64>,
    /// What the next process to fall gets. It goes down, so each falls below those that fell before.
    next_low: u64,
}

impl Pct {
    pub(crate) fn new(seed: u64, changes: u32, horizon: u64) -> Self {
        let changes = changes.min(PCT_CHANGES_MAX);
        let mut rng = Rng::new(seed);
        let change_at = (0..changes).map(|_| rng.below(horizon.max(1))).collect();
        Self { rng, priorities: OrdMap::new(), turn: 0, change_at, next_low: u64::from(changes) }
    }

    pub(crate) fn process_added(&mut self, pid: Pid) {
        let above_changes = (1 << 63) | self.rng.next();
        self.priorities.insert(pid, above_changes);
    }

    pub(crate) fn process_ended(&mut self, pid: Pid) {
        self.priorities.remove(&pid);
    }

    pub(crate) fn choose(&mut self, candidates: &[Pid]) -> Option<Pid> {
        if self.change_at.contains(&self.turn)
            && let Some(highest) = self.highest(candidates)
        {
            self.priorities.insert(highest, self.next_low);
            self.next_low = self.next_low.saturating_sub(1);
        }
        self.turn += 1;
        self.highest(candidates)
    }

    fn highest(&self, candidates: &[Pid]) -> Option<Pid> {
        // The pid decides between equal priorities, so the choice does not depend on the order of the queue.
        candidates.iter().copied().max_by_key(|pid| (self.priorities.get(pid).copied().unwrap_or(0), *pid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_asked_for_there_are_only_so_many_changes() {
        let most = usize::try_from(PCT_CHANGES_MAX).unwrap();
        let changes = Pct::new(1, u32::MAX, u64::MAX).change_at.len();
        assert!((most - 1..=most).contains(&changes), "{changes}");
    }
}
