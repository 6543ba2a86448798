//! Runs for programs that ask: files in, and out what came of them. Nobody looks and nobody interferes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use shared::VirtualTime;
use shared::api::bounds::{RUN_MILLIS, RUN_MILLIS_MAX};
use shared::api::code::{Diagnostic, Severity};
use shared::api::run::{NewRun, RunEnd, RunOptions, RunResult, WantedEvents};
use shared::event::EventKind;
use shared::filter::Filter;
use shared::schedule::TimeMode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::collect::Collector;
use super::machine::Running;
use super::order::{Orders, orders};
use super::pool::{Pool, Task};
use super::program::Company;
use super::{check, engine, prepare, program};
use crate::error::ApiError;
use crate::filter::ready;

/// Runs that go on at the same time.
const AT_ONCE: usize = 4;

/// Runs of one person that go on or wait.
const OF_ONE_PERSON: usize = 8;

/// How long a run waits until it may begin.
const WAIT: Duration = Duration::from_secs(5);

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

fn check_kinds(wanted: &WantedEvents) -> Result<(), ApiError> {
    match wanted.kinds.iter().find(|kind| !EventKind::NAMES.contains(&kind.as_str())) {
        Some(unknown) => Err(ApiError::Invalid(format!("There is no event {unknown:?}"))),
        None => Ok(()),
    }
}

/// What is wrong with a filter.
fn of_filter(message: String) -> Diagnostic {
    Diagnostic { file: None, start: None, end: None, severity: Severity::Error, message }
}

/// What comes of files that nothing is run of.
fn not_compiled(diagnostics: Vec<Diagnostic>, begun: Instant, seed: u64) -> RunResult {
    RunResult {
        end: RunEnd::NotCompiled,
        diagnostics,
        stdout: String::new(),
        stderr: String::new(),
        truncated: false,
        events: Vec::new(),
        events_left_out: 0,
        reductions: 0,
        virtual_time: VirtualTime::ZERO,
        took_millis: millis_since(begun),
        seed,
    }
}

fn millis_since(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX)
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
    let timeout = new.timeout_millis.unwrap_or(RUN_MILLIS);
    if !(1..=RUN_MILLIS_MAX).contains(&timeout) {
        return Err(ApiError::Invalid(format!("A run may take 1 to {RUN_MILLIS_MAX} ms")));
    }
    let arguments = program::arguments(&new.files, &options, Company::Nobody).map_err(ApiError::Conflict)?;
    let seed = options.seed.unwrap_or_else(|| u64::from(rand::random::<u32>()));
    new.filter.as_ref().map_or(Ok(()), check_kinds)?;
    // A filter is code too: what is wrong with it is told as of the files.
    let filter = new.filter.map_or(Ok(Filter::default()), WantedEvents::filter).map_err(ApiError::Invalid);
    let filter = match filter.and_then(|filter| ready(&filter)) {
        Err(ApiError::Invalid(why)) => return Ok(not_compiled(vec![of_filter(why)], begun, seed)),
        filter => filter?,
    };
    let _place = room.enter(person).await?;
    let mut limits = new.limits.unwrap_or_default();
    limits.wall_clock_millis = limits.wall_clock_millis.min(timeout);
    let config = program::config(&options, seed, limits);
    let kit = engine::kit().await.map_err(|_| ApiError::Unavailable)?;
    let time = Duration::from_millis(timeout);
    let order = prepare::Order { files: new.files, arguments, config, before: None, time };
    let prepared = prepare::prepare(&kit, order).await.map_err(ApiError::Conflict)?;
    let Some(machine) = prepared.machine else {
        return Ok(not_compiled(prepared.diagnostics, begun, seed));
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
        took_millis: millis_since(begun),
        seed,
    })
}
