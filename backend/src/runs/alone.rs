//! Runs for programs that ask: files in, and out what came of them. Nobody looks and nobody interferes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use shared::VirtualTime;
use shared::api::run::{NewRun, RunEnd, RunOptions, RunResult};
use shared::schedule::TimeMode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::collect::Collector;
use super::machine::Running;
use super::order::{Orders, orders};
use super::pool::{Pool, Task};
use super::{check, engine, prepare, program};
use crate::error::ApiError;
use crate::filter::ready;

/// Runs that go on at the same time.
const AT_ONCE: usize = 4;

/// Runs of one person that go on or wait.
const OF_ONE_PERSON: usize = 8;

/// How long a run waits until it may begin.
const WAIT: Duration = Duration::from_secs(5);

/// How long a run may take outside, and how long when nothing is said. It ends before the request would.
const TIMEOUT_MAX_MILLIS: u64 = 20_000;
const TIMEOUT_MILLIS: u64 = 10_000;

/// Room for runs.
#[derive(Debug, Clone)]
pub(super) struct Room {
    at_once: Arc<Semaphore>,
    of_person: Arc<Mutex<HashMap<String, usize>>>,
}

impl Default for Room {
    fn default() -> Self {
        Self { at_once: Arc::new(Semaphore::new(AT_ONCE)), of_person: Arc::default() }
    }
}

/// A place in the room; given back when it is dropped.
struct Place {
    room: Room,
    person: String,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut of_person = self.room.of_person.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = of_person.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                of_person.remove(&self.person);
            }
        }
    }
}

impl Room {
    async fn enter(&self, person: &str) -> Result<Place, ApiError> {
        let full = ApiError::TooManyRequests { retry_after_secs: 1 };
        {
            let mut of_person = self.of_person.lock().unwrap_or_else(PoisonError::into_inner);
            let count = of_person.entry(person.to_owned()).or_default();
            if *count >= OF_ONE_PERSON {
                return Err(full);
            }
            *count += 1;
        }
        let mut place = Place { room: self.clone(), person: person.to_owned(), _permit: None };
        let permit = tokio::time::timeout(WAIT, self.at_once.clone().acquire_owned()).await;
        place._permit = Some(permit.ok().and_then(Result::ok).ok_or(full)?);
        Ok(place)
    }
}

/// Ends the machine of whoever gives up.
struct Held {
    orders: Option<Orders>,
    task: Task,
}

impl Drop for Held {
    fn drop(&mut self) {
        // A machine that nobody can give orders to ends.
        self.orders = None;
        self.task.wake();
    }
}

/// Runs files to the end, for this person.
///
/// # Errors
///
/// When it makes no sense, or there is no room.
pub(super) async fn run(pool: &Pool, room: &Room, person: &str, new: NewRun) -> Result<RunResult, ApiError> {
    let begun = Instant::now();
    let fast = || RunOptions { time: TimeMode::default(), ..RunOptions::default() };
    let options = new.options.unwrap_or_else(fast);
    check(&options)?;
    let filter = new.filter.as_ref().map_or(Ok(None), ready)?;
    let timeout = new.timeout_millis.unwrap_or(TIMEOUT_MILLIS);
    if !(1..=TIMEOUT_MAX_MILLIS).contains(&timeout) {
        return Err(ApiError::Invalid(format!("A run may take 1 to {TIMEOUT_MAX_MILLIS} ms")));
    }
    let arguments = program::arguments(&new.files, &options).map_err(ApiError::Invalid)?;
    let _place = room.enter(person).await?;
    let mut limits = new.limits.unwrap_or_default();
    limits.wall_clock_millis = limits.wall_clock_millis.min(timeout);
    let seed = options.seed.unwrap_or_else(|| u64::from(rand::random::<u32>()));
    let config = program::config(&options, seed, limits);
    let kit = engine::kit().await.map_err(|_| ApiError::Unavailable)?;
    let time = Duration::from_millis(timeout);
    let order = prepare::Order { files: new.files, arguments, config, before: None, time };
    let prepared = prepare::prepare(&kit, order).await.map_err(ApiError::Invalid)?;
    let took_millis = || u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let Some(machine) = prepared.machine else {
        return Ok(RunResult {
            end: RunEnd::NotCompiled,
            diagnostics: prepared.diagnostics,
            stdout: String::new(),
            stderr: String::new(),
            truncated: false,
            events: Vec::new(),
            events_left_out: 0,
            reductions: 0,
            virtual_time: VirtualTime::ZERO,
            took_millis: took_millis(),
            seed,
        });
    };
    let (sender, receiver) = orders();
    let (to, ended) = oneshot::channel();
    let running = Running::new(machine, receiver, Collector::new(new.events, filter, to)).alone(&new.input);
    let _held = Held { task: pool.add(running), orders: Some(sender) };
    let (end, collected) = ended.await.map_err(|_| ApiError::Internal)?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(RunResult {
        end,
        diagnostics: prepared.diagnostics,
        stdout: text(collected.stdout),
        stderr: text(collected.stderr),
        truncated: collected.truncated,
        events: collected.events,
        events_left_out: collected.left_out,
        reductions: collected.reached.reductions,
        virtual_time: collected.reached.at,
        took_millis: took_millis(),
        seed,
    })
}
