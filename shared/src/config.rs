//! What a machine starts from.

use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::schedule::{Schedule, TimeMode};

/// What a machine starts from. Together with the inputs it decides everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where all randomness of the sandbox comes from.
    pub seed: u64,
    /// What the sandbox may use.
    pub limits: Limits,
    /// How processes are chosen.
    pub schedule: Schedule,
    /// How time passes.
    pub time_mode: TimeMode,
    /// What the calendar shows when the sandbox starts: nanoseconds since 1970-01-01T00:00:00Z.
    pub epoch_nanos: u64,
}
