//! How a machine chooses the next process, and how its clock goes.

use serde::{Deserialize, Serialize};

use crate::event::{Event, EventKind};
use crate::ids::Pid;

/// More changes of priorities than these ([`Schedule::Pct`]) find nothing more, and each takes memory.
pub const PCT_CHANGES_MAX: u32 = 10_000;

/// The rule by which the next process is chosen.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// By priority, then first come, first served, as one scheduler of Erlang/OTP.
    #[default]
    Default,
    /// Any process of the highest priority that can run, each as likely; turns of random length.
    Random {
        /// Where the choices come from.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::api::described::Unsigned64))]
        seed: u64,
    },
    /// Probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010): random priorities that change at `changes`
    /// random turns among the first `horizon`. It finds every bug of depth `changes + 1` with a known probability.
    Pct {
        /// Where the choices come from.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::api::described::Unsigned64))]
        seed: u64,
        /// How many times a priority is lowered; more than [`PCT_CHANGES_MAX`] count as that.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::api::described::Unsigned32))]
        changes: u32,
        /// Among how many turns these changes lie.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::api::described::Unsigned64))]
        horizon: u64,
    },
    /// The turns of a recorded run; when they are used up, the default.
    Replay {
        /// The turns in order.
        turns: Vec<TurnChoice>,
    },
}

/// One turn of a schedule.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TurnChoice {
    /// Who runs.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::api::described::Unsigned64))]
    pub pid: Pid,
    /// For at most how many reductions.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::api::described::Unsigned32))]
    pub reductions: u32,
}

impl Schedule {
    /// The schedule that repeats a run, from all events of that run, beginnings of turns included.
    pub fn of_events<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let turn = |event: &Event| match event.kind {
            EventKind::TurnStarted { budget } => Some(TurnChoice { pid: event.pid?, reductions: budget }),
            EventKind::TurnSkipped => Some(TurnChoice { pid: event.pid?, reductions: 0 }),
            _ => None,
        };
        Self::Replay { turns: events.into_iter().filter_map(turn).collect() }
    }
}

/// Virtual nanoseconds of one reduction where time does not follow the clock and nothing else is said.
pub const NANOS_PER_REDUCTION: u32 = 20;

/// How virtual time passes.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeMode {
    /// As the driver says, which follows the wall clock.
    Live,
    /// As the driver says, times `numerator / denominator`.
    Scaled {
        /// Virtual time for `denominator` nanoseconds outside.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::api::described::Unsigned32))]
        numerator: u32,
        /// See `numerator`; never zero, zero counts as one.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::api::described::Unsigned32))]
        denominator: u32,
    },
    /// Each reduction takes a fixed time; when nothing can run, time jumps to the next timer.
    Fast {
        /// Virtual nanoseconds for one reduction. Zero would let a loop that waits for the clock run for ever.
        #[cfg_attr(feature = "openapi", schema(value_type = crate::api::described::Unsigned32))]
        nanos_per_reduction: u32,
    },
    /// It stands still.
    Frozen,
}

impl Default for TimeMode {
    fn default() -> Self {
        Self::Fast { nanos_per_reduction: NANOS_PER_REDUCTION }
    }
}
