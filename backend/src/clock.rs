//! The time outside, in milliseconds since 1970-01-01 UTC. Everything that has an end asks here, so that tests can let
//! hours pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970-01-01 UTC.
pub type Millis = i64;

/// The clock of one server. Clones show the same time.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// By how much it is ahead of the machine's clock; 0 except in tests.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// What it shows.
    #[must_use]
    pub fn now(&self) -> Millis {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
        millis.saturating_add(self.ahead.load(Ordering::Relaxed))
    }

    /// Lets time pass at once.
    pub fn advance(&self, by: Millis) {
        self.ahead.fetch_add(by, Ordering::Relaxed);
    }
}
