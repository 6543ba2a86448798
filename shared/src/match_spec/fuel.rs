//! How much work a match specification may do.

use std::cell::Cell;

/// Steps that are left. A call that needs more than it is given fails as a whole, so that no specification can keep
/// the machine from its other processes for long.
#[derive(Debug)]
pub struct Fuel(Cell<u64>);

/// Steps for one call: about a second.
const STEPS_PER_CALL: u64 = 50_000_000;

impl Default for Fuel {
    fn default() -> Self {
        Self::new(STEPS_PER_CALL)
    }
}

impl Fuel {
    /// Fuel for that many steps.
    pub fn new(steps: u64) -> Self {
        Self(Cell::new(steps))
    }

    /// Takes steps; `None` when there are not enough, and then there are none left.
    pub(crate) fn spend(&self, steps: u64) -> Option<()> {
        let left = self.0.get().checked_sub(steps);
        self.0.set(left.unwrap_or(0));
        left.map(|_| ())
    }

    /// Whether something failed for want of fuel.
    pub fn is_exhausted(&self) -> bool {
        self.0.get() == 0
    }

    pub(crate) fn left(&self) -> u64 {
        self.0.get()
    }
}
