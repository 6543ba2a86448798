//! Limits on how often something may happen.

use serde::{Deserialize, Serialize};
use shared::VirtualTime;

/// Counts what happens within one second of virtual time.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct Rate {
    window_start: VirtualTime,
    count: u64,
}

const WINDOW_NANOS: u64 = 1_000_000_000;

impl Rate {
    /// Counts so many more; says until when to wait when that is more than `per_second` within this second.
    pub(crate) fn count(&mut self, now: VirtualTime, more: u64, per_second: u64) -> Option<VirtualTime> {
        let end = self.window_start.saturating_add_nanos(WINDOW_NANOS);
        if now >= end {
            self.window_start = now;
            self.count = 0;
        }
        self.count = self.count.saturating_add(more);
        (self.count > per_second).then(|| self.window_start.saturating_add_nanos(WINDOW_NANOS))
    }
}
