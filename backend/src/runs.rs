//! Programs that run: for each sandbox the machine of its last run.
//!
//! Machines are no tasks of the async runtime: they compute. A few threads give them short turns, one after another; orders go
//! in over bounded queues, and what happens comes out as a picture and events of [`crate::live`].
//!
//! - `pool`: the threads.
//! - `run`: one run, as all see it.
//! - `order`: what a machine is asked for.
//! - `machine`: the job that runs a machine.
//! - `look`: looks into one.
//! - `screen`: shows people what happens.
//! - `alone`: runs that nobody looks at, from files to what came of them.
//! - `collect`: what such a run leaves.
//! - `program`: files as a program.
//! - `engine`: what all machines start from.

mod alone;
mod collect;
mod engine;
mod look;
mod machine;
mod order;
mod pool;
mod program;
mod run;
mod screen;

use std::collections::HashMap;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use shared::api::live::LiveCommand;
use shared::api::run::{NewRun, ReplyValue, RunEnd, RunOptions, RunResult, RunSnapshot, RunState};
use shared::command::Command;
use shared::limits::Limits;

use self::alone::Room;
use self::machine::Running;
use self::order::{Asked, Order, not_running};
use self::pool::Pool;
use self::run::Run;
use self::screen::LiveScreen;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::live::LiveSandboxes;
use crate::state::AppState;

pub(crate) use engine::status;

/// Machines that live at the same time.
const MACHINES_MAX: usize = 500;

/// Arguments of a program, and how long they may be together.
const ARGUMENTS_MAX: usize = 100;
const ARGUMENTS_BYTES_MAX: usize = 16 << 10;

/// Longest piece that is typed at once.
const INPUT_BYTES_MAX: usize = 64 << 10;

/// All runs of a server. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Runs(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: Pool,
    live: LiveSandboxes,
    clock: Clock,
    room: Room,
    /// The last run of each sandbox.
    last: Mutex<HashMap<String, Arc<Run>>>,
}

impl Runs {
    pub(crate) fn new(live: LiveSandboxes, clock: Clock) -> Self {
        Self(Arc::new(Inner { pool: Pool::start(), live, clock, room: Room::default(), last: Mutex::default() }))
    }

    fn last(&self, sandbox: &str) -> Option<Arc<Run>> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner).get(sandbox).cloned()
    }

    /// The last run of a sandbox as it is now.
    pub(crate) fn snapshot(&self, sandbox: &str) -> Option<RunSnapshot> {
        self.last(sandbox).map(|run| run.snapshot())
    }

    /// Carries out a command that somebody gave who may give it.
    ///
    /// # Errors
    ///
    /// When it makes no sense, or there is no machine.
    pub(crate) async fn command(
        &self,
        app: &AppState,
        sandbox: &str,
        by: &str,
        command: LiveCommand,
    ) -> Result<Option<ReplyValue>, ApiError> {
        let order = match command {
            LiveCommand::Run { options } => return self.start(app, sandbox, by, *options).map(Some),
            LiveCommand::Restart => {
                let asked = self.last(sandbox).map(|run| run.asked().clone()).unwrap_or_default();
                return self.start(app, sandbox, by, asked).map(Some);
            }
            LiveCommand::Picture => {
                let run = self.last(sandbox).ok_or_else(not_running)?;
                return Ok(Some(ReplyValue::Picture(Box::new(run.picture()))));
            }
            LiveCommand::Stop => Order::Stop { end: RunEnd::Stopped { by: Some(by.to_owned()) } },
            LiveCommand::Pause => Order::Hold,
            LiveCommand::Continue => Order::Go,
            LiveCommand::Step { turns } => Order::Step { turns },
            LiveCommand::Tell { input } => Order::Tell { input: told(input)? },
            LiveCommand::Input { text } => Order::Tell { input: Box::new(typed(text.as_deref())?) },
            LiveCommand::Inspect { pid, items } => Order::Inspect { pid, items },
            LiveCommand::Tables => Order::Tables,
            LiveCommand::Rows { table, from, count } => Order::Rows { table, from, count },
            LiveCommand::Evaluate { code } => Order::Evaluate { code },
            LiveCommand::Ping | LiveCommand::Say { .. } | LiveCommand::Filter { .. } => return Ok(None),
        };
        let run = self.last(sandbox).ok_or_else(not_running)?;
        run.ask(order).await
    }

    /// Begins a run, unless one is beginning already: then that one is what everybody gets who asks.
    fn start(&self, app: &AppState, sandbox: &str, by: &str, options: RunOptions) -> Result<ReplyValue, ApiError> {
        check(&options)?;
        let (run, receiver) = Run::new(sandbox, by, options, &self.0.live, &self.0.clock);
        let run = Arc::new(run);
        let before = {
            let mut last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
            match last.get(sandbox) {
                Some(begun) if begun.status().state == RunState::Compiling => {
                    return Ok(ReplyValue::Run { status: Box::new(begun.status()) });
                }
                _ => last.insert(sandbox.to_owned(), run.clone()),
            }
        };
        metrics::counter!("orrery_runs_started_total").increment(1);
        let status = Box::new(run.status());
        let (runs, app, by) = (self.clone(), app.clone(), by.to_owned());
        tokio::spawn(async move {
            if let Some(before) = before {
                // Nothing of it comes after the beginning of the new one.
                drop(before.ask(Order::Stop { end: RunEnd::Stopped { by: Some(by) } }).await);
                if before.status().state.is_alive() {
                    before.over().await;
                }
            }
            run.changed(|_| {});
            if let Err(message) = runs.begin(&app, &run, receiver).await {
                run.end(RunEnd::Failed { message });
            }
        });
        Ok(ReplyValue::Run { status })
    }

    /// Makes the machine. An error is a sentence for people.
    async fn begin(&self, app: &AppState, run: &Arc<Run>, orders: Receiver<Asked>) -> Result<(), String> {
        if self.0.pool.jobs() >= MACHINES_MAX {
            return Err("The server runs as many programs as it can: try again later".to_owned());
        }
        let files = app.documents().files(app, run.sandbox()).await;
        let files = files.map_err(|error| format!("The files cannot be read: {error}"))?;
        let limits = app.store().limits(run.sandbox()).await;
        let limits = limits.map_err(|error| format!("The limits cannot be read: {error}"))?;
        let limits = limits.ok_or_else(|| "The sandbox is gone".to_owned())?;
        let options = run.status().options;
        let program = program::program(&files, &options)?;
        let config = program::config(run.asked(), options.seed.unwrap_or_default(), limits);
        let runtime = engine::runtime().await?;
        let made = tokio::task::spawn_blocking(move || runtime.sandbox(config, &program)).await;
        let machine = made.map_err(|_| "The server made a mistake".to_owned())?.map_err(|error| error.to_string())?;
        let running = Running::new(machine, orders, LiveScreen::new(run.clone()));
        let running = if options.paused { running.held() } else { running };
        run.began(self.0.pool.add(running));
        Ok(())
    }

    /// Runs files to the end, for this person.
    ///
    /// # Errors
    ///
    /// When it makes no sense, or there is no room.
    pub(crate) async fn to_end(&self, person: &str, new: NewRun) -> Result<RunResult, ApiError> {
        alone::run(&self.0.pool, &self.0.room, person, new).await
    }

    /// What a sandbox may use changed.
    pub(crate) async fn limits_changed(&self, sandbox: &str, limits: Limits) {
        if let Some(run) = self.last(sandbox) {
            let input = Box::new(Command::SetLimits { limits: Box::new(limits) });
            // Where nothing runs, the next run begins with them.
            drop(run.ask(Order::Tell { input }).await);
        }
    }

    /// A sandbox is gone, and with it what ran in it.
    pub(crate) async fn sandbox_deleted(&self, sandbox: &str) {
        let run = self.0.last.lock().unwrap_or_else(PoisonError::into_inner).remove(sandbox);
        if let Some(run) = run {
            drop(run.ask(Order::Stop { end: RunEnd::Stopped { by: None } }).await);
        }
    }

    /// Ends everything.
    pub(crate) async fn close(&self) {
        let all: Vec<Arc<Run>> = {
            let mut last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.drain().map(|(_, run)| run).collect()
        };
        for run in all {
            drop(run.ask(Order::Stop { end: RunEnd::Stopped { by: None } }).await);
        }
        self.0.pool.close();
    }
}

fn check(options: &RunOptions) -> Result<(), ApiError> {
    let bytes: usize = options.arguments.iter().map(String::len).sum();
    if options.arguments.len() > ARGUMENTS_MAX || bytes > ARGUMENTS_BYTES_MAX {
        return Err(ApiError::Invalid(format!("A program gets {ARGUMENTS_MAX} arguments at most")));
    }
    Ok(())
}

/// What people may tell a machine; the rest is for the server to decide.
fn told(input: Box<Command>) -> Result<Box<Command>, ApiError> {
    match *input {
        Command::Send { .. }
        | Command::Exit { .. }
        | Command::Suspend { .. }
        | Command::Resume { .. }
        | Command::SetTimeMode { .. }
        | Command::SetSchedule { .. }
        | Command::CancelTimer { .. }
        | Command::Intercept { .. }
        | Command::StopIntercepting { .. } => Ok(input),
        _ => Err(ApiError::Invalid("A machine cannot be told this from outside".to_owned())),
    }
}

fn typed(text: Option<&str>) -> Result<Command, ApiError> {
    let text = text.unwrap_or_default();
    if text.len() > INPUT_BYTES_MAX {
        return Err(ApiError::TooLarge);
    }
    Ok(Command::ConsoleInput { bytes: text.as_bytes().into() })
}
