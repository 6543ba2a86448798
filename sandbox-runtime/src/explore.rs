//! Running one program under many schedules to find those under which it fails.
//!
//! Each run is a machine of its own, so whoever calls this may give the seeds out to as many threads as there are.

use shared::schedule::Schedule;

use crate::guest::GuestFactory;
use crate::kernel::journal::Interest;
use crate::machine::Machine;

/// A run that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The seed of its schedule.
    pub seed: u64,
    /// The turns it took: a machine with this schedule does the same again.
    pub schedule: Schedule,
}

/// What a run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunLimit {
    /// Turns of one run.
    pub turns: u64,
}

/// Runs a machine for each seed under the schedule that `rule` makes of it; gives those for which `failed` says so,
/// in the order of the seeds.
///
/// `make` must make the same machine each time but for the schedule, without running it.
pub fn explore<F: GuestFactory>(
    seeds: impl IntoIterator<Item = u64>,
    rule: impl Fn(u64) -> Schedule,
    limit: RunLimit,
    make: impl Fn(Schedule) -> Machine<F>,
    failed: impl Fn(&mut Machine<F>) -> bool,
) -> Vec<Failure> {
    let mut failures = Vec::new();
    for seed in seeds {
        let mut machine = make(rule(seed));
        let journal = machine.kernel_mut().journal_mut();
        journal.set_interest(Interest::Everything);
        journal.set_capacity(usize::MAX);
        machine.run(limit.turns);
        let schedule = Schedule::of_events(&machine.take_events());
        if failed(&mut machine) {
            failures.push(Failure { seed, schedule });
        }
    }
    failures
}
