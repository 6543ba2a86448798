//! What long work shows on a terminal meanwhile: one line, which is gone when the work is done. Where standard error is no
//! terminal, nothing is shown.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Work that is done sooner shows nothing.
const PATIENCE: Duration = Duration::from_millis(400);
/// Time between two lines.
const PACE: Duration = Duration::from_millis(100);

/// The line of some work. It goes away when this is dropped.
pub(super) struct Progress {
    is_terminal: bool,
    /// When the next line may be shown, and whether there was one.
    next: Mutex<(Instant, bool)>,
}

impl Progress {
    /// Of work that begins now.
    pub(super) fn new() -> Progress {
        Progress { is_terminal: stderr().is_terminal(), next: Mutex::new((Instant::now() + PATIENCE, false)) }
    }

    /// Of work that takes seconds and cannot say how far it is: what it is stands there at once.
    pub(super) fn of(what: &str) -> Progress {
        let progress = Progress { next: Mutex::new((Instant::now(), false)), ..Progress::new() };
        progress.at(|| what.to_owned());
        progress
    }

    /// Says how far the work is, if it is time to say it.
    pub(super) fn at(&self, text: impl FnOnce() -> String) {
        let now = Instant::now();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_terminal && now >= next.0 {
            *next = (now + PACE, true);
            // Nobody minds when it cannot be seen.
            drop(write!(stderr(), "\r\x1b[Korrery: {}", text()));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let next = self.next.get_mut().unwrap_or_else(PoisonError::into_inner);
        if next.1 {
            drop(write!(stderr(), "\r\x1b[K"));
        }
    }
}
