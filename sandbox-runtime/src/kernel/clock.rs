//! Virtual time.

use serde::{Deserialize, Serialize};
use shared::VirtualTime;
use shared::schedule::TimeMode;

/// Keeps the time of a sandbox. It only goes forward.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Clock {
    mode: TimeMode,
    now: VirtualTime,
    /// What the clock outside showed when it was last told.
    wall: VirtualTime,
}

impl Clock {
    pub(crate) fn new(mode: TimeMode) -> Self {
        Self { mode, now: VirtualTime::ZERO, wall: VirtualTime::ZERO }
    }

    /// The virtual time.
    pub fn now(&self) -> VirtualTime {
        self.now
    }

    /// How time passes.
    pub fn mode(&self) -> TimeMode {
        self.mode
    }

    /// Changes how time passes from now on.
    pub(crate) fn set_mode(&mut self, mode: TimeMode) {
        self.mode = mode;
    }

    /// Tells what the clock outside shows. A clock that goes back is taken to stand still.
    pub(crate) fn tell_wall(&mut self, wall: VirtualTime) {
        let passed = wall.nanos().saturating_sub(self.wall.nanos());
        self.wall = self.wall.max(wall);
        let passed = match self.mode {
            TimeMode::Live => passed,
            TimeMode::Scaled { numerator, denominator } => {
                let scaled = u128::from(passed) * u128::from(numerator) / u128::from(denominator.max(1));
                u64::try_from(scaled).unwrap_or(u64::MAX)
            }
            TimeMode::Fast { .. } | TimeMode::Frozen => 0,
        };
        self.now = self.now.saturating_add_nanos(passed);
    }

    /// Lets the time pass that reductions take.
    pub(crate) fn spend(&mut self, reductions: u32) {
        if let TimeMode::Fast { nanos_per_reduction } = self.mode {
            let nanos = u64::from(reductions) * u64::from(nanos_per_reduction);
            self.now = self.now.saturating_add_nanos(nanos);
        }
    }

    /// Whether time may jump when nothing can run.
    pub(crate) fn jumps(&self) -> bool {
        matches!(self.mode, TimeMode::Fast { .. })
    }

    pub(crate) fn jump_to(&mut self, to: VirtualTime) {
        self.now = self.now.max(to);
    }
}
