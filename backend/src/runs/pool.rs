//! Threads that give turns to machines, one after another, each a short one: however many there are, and whatever they do,
//! everybody's turn comes. A machine that waits costs nothing.
//!
//! The next turn is that of the job which has had the least time of a processor. A job cannot be interrupted, so a turn may take
//! longer than it should; whoever takes long turns gets fewer of them. A job that slept is taken to have had as much as whoever
//! had least meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use sandbox_runtime::host::processor_time;

/// Something that gets turns.
pub(super) trait Job: Send {
    /// Does a little of its work.
    fn turn(&mut self) -> Next;

    /// A turn panicked; there will be no other.
    fn failed(&mut self);
}

/// When a job wants its next turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// As soon as it may.
    Again,
    /// Then, or when it is woken.
    At(Instant),
    /// When it is woken.
    Asleep,
    /// Never.
    Done,
}

/// The threads. They end when nobody holds the pool or a task any more.
#[derive(Debug, Clone)]
pub(super) struct Pool(Arc<Queue>);

/// A job in the pool.
#[derive(Debug)]
pub(super) struct Task {
    queue: Arc<Queue>,
    number: u64,
}

#[derive(Debug, Default)]
struct Queue {
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Default)]
struct State {
    jobs: BTreeMap<u64, Entry>,
    /// Jobs that may have a turn, by the time that they have had.
    ready: BTreeSet<(Duration, u64)>,
    /// What the job had had that was taken last.
    least: Duration,
    timers: BTreeMap<(Instant, u64), ()>,
    last: u64,
    closed: bool,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("jobs", &self.jobs.len()).field("ready", &self.ready.len()).finish()
    }
}

struct Entry {
    /// `None` while a thread has it.
    job: Option<Box<dyn Job>>,
    /// Whether it is in `ready`, or was woken while a thread has it.
    woken: bool,
    timer: Option<Instant>,
    /// The time of a processor that it has had.
    had: Duration,
}

impl Entry {
    fn new(job: Box<dyn Job>, had: Duration) -> Self {
        Self { job: Some(job), woken: true, timer: None, had }
    }
}

impl Pool {
    /// A pool with a thread for each processor.
    pub(super) fn start() -> Self {
        let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let pool = Self(Arc::default());
        for number in 0..threads {
            let queue = Arc::clone(&pool.0);
            let thread = thread::Builder::new().name(format!("machines-{number}"));
            if let Err(error) = thread.spawn(move || queue.work()) {
                tracing::error!(%error, "a thread for machines cannot be started");
            }
        }
        pool
    }

    /// Gives a job turns from now on.
    pub(super) fn add(&self, job: impl Job + 'static) -> Task {
        let mut state = self.0.state();
        let number = state.add(Box::new(job));
        drop(state);
        self.0.work.notify_one();
        Task { queue: Arc::clone(&self.0), number }
    }

    /// How many jobs there are.
    pub(super) fn jobs(&self) -> usize {
        self.0.state().jobs.len()
    }

    /// Lets the threads end after the turns that they are giving.
    pub(super) fn close(&self) {
        self.0.state().closed = true;
        self.0.work.notify_all();
    }
}

impl Task {
    /// Lets the job have a turn, as soon as it may.
    pub(super) fn wake(&self) {
        self.queue.state().wake(self.number);
        self.queue.work.notify_one();
    }
}

impl State {
    fn add(&mut self, job: Box<dyn Job>) -> u64 {
        self.last += 1;
        self.jobs.insert(self.last, Entry::new(job, self.least));
        self.ready.insert((self.least, self.last));
        self.last
    }

    fn wake(&mut self, number: u64) {
        let Some(entry) = self.jobs.get_mut(&number).filter(|entry| !entry.woken) else { return };
        entry.woken = true;
        if let Some(at) = entry.timer.take() {
            self.timers.remove(&(at, number));
        }
        if entry.job.is_some() {
            entry.had = entry.had.max(self.least);
            self.ready.insert((entry.had, number));
        }
    }

    /// Takes the next job that may have a turn.
    fn take(&mut self, now: Instant) -> Option<(u64, Box<dyn Job>)> {
        while let Some((&(at, number), ())) = self.timers.first_key_value() {
            if at > now {
                break;
            }
            self.wake(number);
        }
        loop {
            let (had, number) = self.ready.pop_first()?;
            let Some(entry) = self.jobs.get_mut(&number) else { continue };
            self.least = self.least.max(had);
            entry.woken = false;
            if let Some(job) = entry.job.take() {
                return Some((number, job));
            }
        }
    }

    /// Puts a job back after its turn, which took so long; gives it out again when there will be no other.
    fn put(&mut self, number: u64, job: Box<dyn Job>, next: Next, took: Duration) -> Option<Box<dyn Job>> {
        if next == Next::Done {
            self.jobs.remove(&number);
            return Some(job);
        }
        let Some(entry) = self.jobs.get_mut(&number) else { return Some(job) };
        entry.job = Some(job);
        entry.had += took;
        if entry.woken || next == Next::Again {
            entry.woken = true;
            self.ready.insert((entry.had, number));
        } else if let Next::At(at) = next {
            entry.timer = Some(at);
            self.timers.insert((at, number), ());
        }
        None
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread does.
    fn work(&self) {
        let mut state = self.state();
        loop {
            if state.closed {
                return;
            }
            let now = Instant::now();
            let Some((number, mut job)) = state.take(now) else {
                let first = state.timers.first_key_value().map(|((at, _), ())| *at);
                state = match first {
                    Some(at) => {
                        let waited = self.work.wait_timeout(state, at.saturating_duration_since(now));
                        waited.unwrap_or_else(PoisonError::into_inner).0
                    }
                    None => self.work.wait(state).unwrap_or_else(PoisonError::into_inner),
                };
                continue;
            };
            drop(state);
            let before = processor_time();
            let next = catch_unwind(AssertUnwindSafe(|| job.turn())).unwrap_or_else(|_| {
                tracing::error!("a machine panicked and is given up");
                job.failed();
                Next::Done
            });
            // While a thread waits for a processor or a disk, its machine has nothing.
            let took = processor_time()
                .zip(before)
                .map_or_else(|| now.elapsed(), |(after, before)| after.saturating_sub(before));
            state = self.state();
            let done = state.put(number, job, next, took);
            // The other threads may wait for a timer that is later than the one that was just set.
            if matches!(next, Next::At(_)) {
                self.work.notify_one();
            }
            if done.is_some() {
                // A machine is large: nobody waits until it is taken apart.
                drop(state);
                drop(done);
                state = self.state();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    struct Script {
        name: &'static str,
        turns: VecDeque<Next>,
        log: Sender<&'static str>,
    }

    impl Job for Script {
        fn turn(&mut self) -> Next {
            self.log.send(self.name).unwrap();
            self.turns.pop_front().expect("it does not panic before its script ends")
        }

        fn failed(&mut self) {
            self.log.send("failed").unwrap();
        }
    }

    fn script(name: &'static str, turns: &[Next]) -> (Script, Receiver<&'static str>) {
        let (log, seen) = channel();
        (Script { name, turns: turns.iter().copied().collect(), log }, seen)
    }

    #[test]
    fn a_job_has_turns_until_it_is_done_and_sleeps_until_it_is_woken() {
        let pool = Pool::start();
        let soon = Next::At(Instant::now() + Duration::from_millis(1));
        let (job, seen) = script("a", &[Next::Again, soon, Next::Asleep, Next::Done]);
        let task = pool.add(job);
        for _ in 0..3 {
            assert_eq!(seen.recv(), Ok("a"));
        }
        task.wake();
        assert_eq!(seen.recv(), Ok("a"));
        // It is dropped, and with it its end of the channel.
        assert!(seen.recv().is_err());
        assert_eq!(pool.jobs(), 0);
        task.wake();
        pool.close();
    }

    #[test]
    fn a_job_that_panics_hurts_no_other() {
        let pool = Pool::start();
        let (bad, seen) = script("bad", &[]);
        pool.add(bad);
        assert_eq!((seen.recv(), seen.recv()), (Ok("bad"), Ok("failed")));
        let (good, seen) = script("good", &[Next::Done]);
        pool.add(good);
        assert_eq!(seen.recv(), Ok("good"));
        pool.close();
    }

    #[test]
    fn a_wake_during_a_turn_is_not_lost() {
        let mut state = State::default();
        let (job, _seen) = script("a", &[]);
        state.add(Box::new(job));
        let now = Instant::now();
        let (number, job) = state.take(now).unwrap();
        state.wake(number);
        assert!(state.take(now).is_none());
        assert!(state.put(number, job, Next::Asleep, Duration::ZERO).is_none());
        assert!(state.take(now).is_some());
    }

    #[test]
    fn whoever_takes_long_turns_gets_fewer() {
        let mut state = State::default();
        let took = [1, 10, 2].map(Duration::from_millis);
        let numbers = took.map(|_| state.add(Box::new(script("a", &[]).0)));
        let now = Instant::now();
        let mut turns = [0; 3];
        for _ in 0..1_600 {
            let (number, job) = state.take(now).unwrap();
            let which = numbers.iter().position(|it| *it == number).unwrap();
            turns[which] += 1;
            assert!(state.put(number, job, Next::Again, took[which]).is_none());
        }
        assert_eq!(turns, [1_000, 100, 500]);
    }

    #[test]
    fn whoever_sleeps_saves_nothing_up() {
        let mut state = State::default();
        let [sleeper, worker] = [(); 2].map(|()| state.add(Box::new(script("a", &[]).0)));
        let now = Instant::now();
        let turn = |state: &mut State, next| {
            let (number, job) = state.take(now).unwrap();
            assert!(state.put(number, job, next, Duration::from_millis(4)).is_none());
            number
        };
        assert_eq!(turn(&mut state, Next::Asleep), sleeper);
        for _ in 0..100 {
            assert_eq!(turn(&mut state, Next::Again), worker);
        }
        state.wake(sleeper);
        let turns = [(); 10].map(|()| turn(&mut state, Next::Again));
        assert!(turns.iter().filter(|number| **number == sleeper).count() <= 6, "{turns:?}");
    }
}
