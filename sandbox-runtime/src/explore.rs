//! Running one program under many schedules to find those under which it fails.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread;

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
/// in the order of the seeds. Seeds are given out to as many threads as the computer has processors.
///
/// `make` must make the same machine each time but for the schedule, without running it.
pub fn explore<F: GuestFactory, S: IntoIterator<Item = u64>>(
    seeds: S,
    rule: impl Fn(u64) -> Schedule + Sync,
    limit: RunLimit,
    make: impl Fn(Schedule) -> Machine<F> + Sync,
    failed: impl Fn(&mut Machine<F>) -> bool + Sync,
) -> Vec<Failure>
where
    S::IntoIter: Send,
{
    let seeds = Mutex::new(seeds.into_iter());
    let failures = Mutex::new(Vec::new());
    let next = || seeds.lock().ok()?.next();
    let run_all = || {
        while let Some(seed) = next() {
            let mut machine = make(rule(seed));
            let journal = machine.kernel_mut().journal_mut();
            journal.set_interest(Interest::Everything);
            journal.set_capacity(usize::MAX);
            machine.run(limit.turns);
            let schedule = Schedule::of_events(&machine.take_events());
            if failed(&mut machine)
                && let Ok(mut failures) = failures.lock()
            {
                failures.push(Failure { seed, schedule });
            }
        }
    };
    thread::scope(|scope| {
        // Anything that panics within a thread panics here when the scope ends.
        for _ in 0..thread::available_parallelism().map_or(1, NonZeroUsize::get) {
            scope.spawn(run_all);
        }
    });
    let mut failures = failures.into_inner().unwrap_or_default();
    failures.sort_by_key(|failure| failure.seed);
    failures
}
