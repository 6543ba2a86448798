//! Telling the person at the terminal what happens and why.

use std::time::{Duration, Instant};

/// A step that has begun. Dropped without [`Step::done`], it says nothing more: the error that follows does.
#[derive(Debug)]
pub(crate) struct Step {
    what: String,
    begun: Instant,
}

/// Says what is about to happen and why it is needed.
pub(crate) fn begin(what: &str, why: &str) -> Step {
    eprintln!("• {what}: {why}");
    Step { what: what.to_owned(), begun: Instant::now() }
}

impl Step {
    /// Says that a long part of the step begins.
    pub(crate) fn progress(&self, text: &str) {
        eprintln!("  {:>6}  {text}", seconds(self.begun.elapsed()));
    }

    /// Says that the step has ended well, and how long it took.
    pub(crate) fn done(self) {
        eprintln!("  {:>6}  {} done", seconds(self.begun.elapsed()), self.what);
    }
}

/// A duration as people read it: `0.4 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
