//! Numbers that nobody gets twice.

use serde::{Deserialize, Serialize};
use shared::{Pid, Ref};

/// The counters of a sandbox. They only go up.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Counters {
    next_pid: u64,
    next_ref: u64,
    next_unique: u64,
    next_unlink: u64,
}

impl Default for Counters {
    fn default() -> Self {
        // Erlang/OTP begins with <0.0.0> too, which is `init`.
        Self { next_pid: 0, next_ref: 1, next_unique: 1, next_unlink: 1 }
    }
}

fn next(counter: &mut u64) -> u64 {
    let value = *counter;
    *counter += 1;
    value
}

impl Counters {
    pub(crate) fn pid(&mut self) -> Pid {
        Pid(next(&mut self.next_pid))
    }

    pub(crate) fn reference(&mut self) -> Ref {
        Ref(next(&mut self.next_ref))
    }

    pub(crate) fn unique(&mut self) -> u64 {
        next(&mut self.next_unique)
    }

    pub(crate) fn unlink_id(&mut self) -> u64 {
        next(&mut self.next_unlink)
    }
}

impl super::Kernel {
    /// `make_ref/0`.
    pub fn make_ref(&mut self) -> Ref {
        self.counters.reference()
    }

    /// The next unique integer: positive, and greater than all before it. It serves every form of
    /// `erlang:unique_integer/1`.
    pub fn unique_integer(&mut self) -> u64 {
        self.counters.unique()
    }
}
