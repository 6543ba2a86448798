//! Moving through a run with the time of a clock.

use std::time::Duration;

use shared::VirtualTime;
use shared::event::Event;

use super::{Target, Timeline, TravelError};
use crate::guest::GuestFactory;

/// How much virtual time passes in a time outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    /// Virtual nanoseconds for `denominator` outside; negative goes back.
    pub numerator: i32,
    /// See `numerator`; zero counts as one.
    pub denominator: u32,
}

/// Plays a recorded run.
#[derive(Clone, Copy, Debug)]
pub struct Player {
    /// What the clock of the run shows now: between the times of two turns most of the time.
    at: VirtualTime,
    speed: Speed,
}

impl Player {
    /// Plays from where a timeline is.
    pub fn new<F: GuestFactory + Clone>(timeline: &Timeline<F>, speed: Speed) -> Self {
        Self { at: timeline.machine().kernel().now(), speed }
    }

    /// What the clock of the run shows now.
    pub fn at(&self) -> VirtualTime {
        self.at
    }

    /// Plays faster, slower or back from now on.
    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
    }

    /// Lets so much time of the clock outside pass. Gives the events in it that are kept; going back, none.
    ///
    /// # Errors
    /// When the replay diverges.
    pub fn pass<F: GuestFactory + Clone>(
        &mut self,
        timeline: &mut Timeline<F>,
        elapsed: Duration,
    ) -> Result<Vec<Event>, TravelError> {
        let Speed { numerator, denominator } = self.speed;
        let nanos = elapsed.as_nanos() * u128::from(numerator.unsigned_abs()) / u128::from(denominator.max(1));
        let nanos = u64::try_from(nanos).unwrap_or(u64::MAX);
        if numerator < 0 {
            self.at = VirtualTime(self.at.nanos().saturating_sub(nanos));
            timeline.seek(Target::Time(self.at))?;
            return Ok(Vec::new());
        }
        self.at = self.at.saturating_add_nanos(nanos);
        timeline.advance(self.at)
    }
}
