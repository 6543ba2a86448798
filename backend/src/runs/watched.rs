//! The states that watched processes had, for people who ask how one became another.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::machine::Machine;
use shared::api::run::{ReplyValue, StateAt};
use shared::event::{Event, EventKind};
use shared::{Etf, EventSeq, Pid};

use crate::error::ApiError;

/// Processes that are watched at the same time; beyond that, the one goes that nobody has asked for longest.
const WATCHED_MAX: usize = 16;

/// States of one process, and bytes that they may have together.
const STATES_MAX: usize = 200;
const STATES_BYTES_MAX: usize = 4 << 20;

/// A larger state is not kept.
const STATE_BYTES_MAX: usize = 256 << 10;

/// A process that nobody has asked for is watched for so long.
const WATCHED_FOR: Duration = Duration::from_secs(30);

/// The item that gives the state of a generic process.
const STATE: &str = "state";

/// Watched processes.
#[derive(Debug, Default)]
pub(super) struct Watched(BTreeMap<Pid, History>);

#[derive(Debug)]
struct History {
    states: VecDeque<StateAt>,
    bytes: usize,
    asked: Instant,
}

impl History {
    fn push(&mut self, state: StateAt) {
        let size = |state: &StateAt| state.state.as_ref().map_or(0, Etf::len);
        if self.states.back().is_some_and(|last| last.state == state.state) {
            return;
        }
        self.bytes += size(&state);
        self.states.push_back(state);
        while self.states.len() > STATES_MAX || self.bytes > STATES_BYTES_MAX {
            let Some(oldest) = self.states.pop_front() else { break };
            self.bytes -= size(&oldest);
        }
    }
}

impl Watched {
    /// Whether nobody watches any more.
    pub(super) fn is_empty(&self, now: Instant) -> bool {
        self.0.values().all(|history| now.saturating_duration_since(history.asked) > WATCHED_FOR)
    }

    /// The states of a process; from now on all that it has are kept.
    pub(super) fn states(
        &mut self,
        machine: &mut Machine<WasmFactory>,
        pid: Pid,
        now: Instant,
    ) -> Result<ReplyValue, ApiError> {
        if machine.kernel().process(pid).is_some() {
            let new = || History { states: VecDeque::new(), bytes: 0, asked: now };
            self.0.entry(pid).or_insert_with(new).asked = now;
            self.remember(machine, pid, machine.kernel().last_seq());
        }
        while self.0.len() > WATCHED_MAX {
            let oldest = self.0.iter().min_by_key(|(_, history)| history.asked).map(|(pid, _)| *pid);
            oldest.map(|pid| self.0.remove(&pid));
        }
        let history = self.0.get(&pid).ok_or(ApiError::NotFound)?;
        Ok(ReplyValue::States { states: history.states.iter().cloned().collect() })
    }

    /// Looks at those that have changed.
    pub(super) fn look(&mut self, machine: &mut Machine<WasmFactory>, events: &[Event]) {
        if self.0.is_empty() {
            return;
        }
        let mut changed = BTreeMap::new();
        for event in events.iter().filter(|event| matches!(event.kind, EventKind::StateChanged)) {
            if let Some(pid) = event.pid.filter(|pid| self.0.contains_key(pid)) {
                changed.insert(pid, event.seq);
            }
        }
        for (pid, seq) in changed {
            self.remember(machine, pid, seq);
        }
    }

    fn remember(&mut self, machine: &mut Machine<WasmFactory>, pid: Pid, seq: EventSeq) {
        let at = machine.kernel().now();
        let Some(state) = machine.inspect(pid, STATE) else { return };
        let state = Some(state).filter(|state| state.len() <= STATE_BYTES_MAX);
        if let Some(history) = self.0.get_mut(&pid) {
            history.push(StateAt { seq, at, state });
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::{Term, VirtualTime};

    use super::*;

    fn history() -> History {
        History { states: VecDeque::new(), bytes: 0, asked: Instant::now() }
    }

    fn state(n: usize, bytes: usize) -> StateAt {
        let term = Term::binary(vec![n as u8; bytes]);
        StateAt { seq: EventSeq(n as u64), at: VirtualTime(n as u64), state: Some(Etf::of(&term)) }
    }

    #[test]
    fn only_what_is_another_state_is_kept_and_not_too_much() {
        let mut few = history();
        few.push(state(1, 10));
        few.push(StateAt { seq: EventSeq(9), ..state(1, 10) });
        assert_eq!(few.states.iter().map(|state| state.seq.0).collect::<Vec<_>>(), [1]);
        let mut many = history();
        (0..3 * STATES_MAX).for_each(|n| many.push(state(n, 10)));
        assert_eq!((many.states.len(), many.states[0].seq.0), (STATES_MAX, 2 * STATES_MAX as u64));
        let mut large = history();
        (0..STATES_MAX).for_each(|n| large.push(state(n, STATE_BYTES_MAX / 2)));
        assert!(large.bytes <= STATES_BYTES_MAX && large.states.len() > 20);
    }
}
