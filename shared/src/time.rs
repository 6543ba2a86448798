//! Virtual time: what a sandbox believes the clock says.
//!
//! A machine never asks an operating system for the time; its driver tells it. So a recording replays with the same
//! times, and a run may go faster or slower than the wall clock.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Nanoseconds since the sandbox was started. This is Erlang's monotonic time of the sandbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VirtualTime(pub u64);

impl VirtualTime {
    /// The moment at which a sandbox starts.
    pub const ZERO: Self = Self(0);
    /// The end of time: nothing that waits until then ever runs.
    pub const MAX: Self = Self(u64::MAX);

    /// The moment `millis` milliseconds after the start.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// Nanoseconds since the start.
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// Whole milliseconds since the start.
    pub const fn millis(self) -> u64 {
        self.0 / 1_000_000
    }

    /// This moment plus a number of nanoseconds, held at [`VirtualTime::MAX`].
    pub const fn saturating_add_nanos(self, nanos: u64) -> Self {
        Self(self.0.saturating_add(nanos))
    }

    /// This moment plus a duration, held at [`VirtualTime::MAX`].
    pub fn saturating_add(self, duration: Duration) -> Self {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.saturating_add_nanos(nanos)
    }

    /// The time from `earlier` to this moment; zero when `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for VirtualTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:09}s", self.0 / 1_000_000_000, self.0 % 1_000_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stops_at_its_end_instead_of_wrapping() {
        assert_eq!(VirtualTime::MAX.saturating_add_nanos(1), VirtualTime::MAX);
        assert_eq!(VirtualTime::from_millis(u64::MAX), VirtualTime::MAX);
        assert_eq!(VirtualTime(5).since(VirtualTime(9)), Duration::ZERO);
        assert_eq!(VirtualTime(1_000_000_001).to_string(), "1.000000001s");
    }
}
