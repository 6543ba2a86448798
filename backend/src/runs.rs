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
//! - `watched`: remembers the states of processes that people watch.
//! - `sessions`: sessions with `IEx` in one.
//! - `park`: puts machines away that nobody looks at, and brings them back.
//! - `screen`: shows people what happens.
//! - `alone`: runs that nobody looks at, from files to what came of them.
//! - `collect`: what such a run leaves.
//! - `prepare`: compiles files and makes a machine of them.
//! - `program`: what a machine is given to run.
//! - `upgrade`: brings what changed in the files into a machine that runs.
//! - `format`: formats files; `edits` says what that changes.
//! - `complete`: says what may be meant by the beginning of a name.
//! - `engine`: what all machines start from.

mod alone;
mod collect;
mod complete;
mod edits;
mod engine;
mod format;
mod look;
mod machine;
mod order;
mod park;
mod pool;
mod prepare;
mod program;
mod run;
mod screen;
mod sessions;
mod upgrade;
mod watched;

use std::collections::HashMap;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shared::api::bounds::ARGUMENTS_MAX;
use shared::api::live::LiveCommand;
use shared::api::run::{NewRun, ReplyValue, RunEnd, RunOptions, RunResult, RunSnapshot, RunState, RunStatus};
use shared::command::Command;
use shared::limits::Limits;

use self::alone::Room;
use self::machine::Running;
use self::order::{Asked, Order, not_running};
use self::pool::Pool;
use self::program::Company;
use self::run::Run;
use self::screen::LiveScreen;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::live::LiveSandboxes;
use crate::state::AppState;
use crate::store::RunRow;

pub(crate) use engine::{prepare, status};

/// Machines that live at the same time.
const MACHINES_MAX: usize = 500;

/// How long the arguments of a program may be together.
const ARGUMENTS_BYTES_MAX: usize = 16 << 10;

/// How long compiling may take.
const COMPILE_TIME: Duration = Duration::from_secs(20);

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

    fn runs(&self) -> MutexGuard<'_, HashMap<String, Arc<Run>>> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last run of a sandbox.
    async fn last(&self, app: &AppState, sandbox: &str) -> Result<Option<Arc<Run>>, ApiError> {
        if let Some(run) = self.runs().get(sandbox) {
            return Ok(Some(run.clone()));
        }
        let Some(row) = app.store().run(sandbox).await? else { return Ok(None) };
        let run = Run::restored(sandbox, row, &self.0.live, &self.0.clock);
        // Somebody else may have been faster.
        Ok(Some(self.runs().entry(sandbox.to_owned()).or_insert_with(|| Arc::new(run)).clone()))
    }

    /// The last run of a sandbox as it is now, for somebody who begins to look: what is parked comes back for them.
    pub(crate) async fn look(&self, app: &AppState, sandbox: &str) -> Result<Option<RunSnapshot>, ApiError> {
        let Some(run) = self.last(app, sandbox).await? else { return Ok(None) };
        if run.status().state == RunState::Parked {
            let (runs, app, run) = (self.clone(), app.clone(), run.clone());
            tokio::spawn(async move { runs.bring_back(&app, &run).await });
        }
        Ok(Some(run.snapshot()))
    }

    /// How the last run of a sandbox is.
    pub(crate) async fn status(&self, app: &AppState, sandbox: &str) -> Result<Option<RunStatus>, ApiError> {
        Ok(self.last(app, sandbox).await?.map(|run| run.status()))
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
            LiveCommand::Run { options } => return self.start(app, sandbox, by, *options).await.map(Some),
            LiveCommand::Restart => {
                let asked = self.last(app, sandbox).await?.map(|run| run.asked().clone()).unwrap_or_default();
                return self.start(app, sandbox, by, asked).await.map(Some);
            }
            LiveCommand::Picture => {
                let run = self.last(app, sandbox).await?.ok_or_else(not_running)?;
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
            LiveCommand::Upgrade => {
                let run = self.last(app, sandbox).await?.ok_or_else(not_running)?;
                self.bring_back(app, &run).await;
                return upgrade::upgrade(app, &run, COMPILE_TIME).await.map(Some);
            }
            LiveCommand::Session { text } => Order::Session { user: by.to_owned(), text },
            LiveCommand::EndSession => Order::EndSession { user: by.to_owned() },
            LiveCommand::States { pid } => Order::States { pid },
            LiveCommand::Usage => Order::Usage,
            LiveCommand::Format { file } => {
                let formatted = Box::new(self.format(app, sandbox, file).await?);
                return Ok(Some(ReplyValue::Formatted { formatted }));
            }
            LiveCommand::Complete { path, before } => {
                return self.complete(app, sandbox, &path, &before).await.map(ReplyValue::Completions).map(Some);
            }
            LiveCommand::Ping | LiveCommand::Say { .. } | LiveCommand::Filter { .. } => return Ok(None),
        };
        let run = self.last(app, sandbox).await?.ok_or_else(not_running)?;
        self.bring_back(app, &run).await;
        run.ask(order).await
    }

    /// Begins a run, unless one is beginning already: then that one is what everybody gets who asks.
    async fn start(
        &self,
        app: &AppState,
        sandbox: &str,
        by: &str,
        options: RunOptions,
    ) -> Result<ReplyValue, ApiError> {
        check(&options)?;
        let (run, receiver) = Run::new(sandbox, by, options, &self.0.live, &self.0.clock);
        let run = Arc::new(run);
        // So that the one before is known, also if the server has been started anew since.
        self.last(app, sandbox).await?;
        let before = {
            let mut last = self.runs();
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
                run.compiles_after(&before);
                // Nothing of it comes after the beginning of the new one.
                runs.stop(&app, &before, Some(by)).await;
            }
            run.changed(|_| {});
            runs.keep(&app, &run, run.row()).await;
            runs.follow(&app, &run);
            if let Err(message) = runs.begin(&app, &run, receiver).await {
                run.end(RunEnd::Failed { message });
            }
        });
        Ok(ReplyValue::Run { status })
    }

    /// Ends a run and waits until it is over.
    async fn stop(&self, app: &AppState, run: &Run, by: Option<String>) {
        let end = RunEnd::Stopped { by };
        {
            // Neither on its way to the disk nor back.
            let mut stored = run.stored().await;
            if run.status().state == RunState::Parked {
                run.end(end);
                if let Some(parked) = stored.take() {
                    app.store().remove_machine(&parked.file).await;
                }
                return;
            }
        }
        drop(run.ask(Order::Stop { end }).await);
        if run.status().state.is_alive() {
            run.over().await;
        }
    }

    /// Writes down how a run ended once it has.
    fn follow(&self, app: &AppState, run: &Arc<Run>) {
        if !run.is_followed_first() {
            return;
        }
        let (runs, app, run) = (self.clone(), app.clone(), run.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = run.over() => {}
                // Until then it is put away, or ends with the server.
                () = app.stopping() => return,
            }
            let parked = run.stored().await.take();
            runs.keep(&app, &run, run.row()).await;
            if let Some(parked) = parked {
                app.store().remove_machine(&parked.file).await;
            }
        });
    }

    /// Writes down how a run is.
    async fn keep(&self, app: &AppState, run: &Run, row: RunRow) {
        if let Err(error) = app.store().keep_run(run.sandbox(), &row).await {
            tracing::error!(error = format!("{error:#}"), "a run cannot be kept");
        }
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
        let arguments = program::arguments(&files, &options, Company::People)?;
        let config = program::config(run.asked(), options.seed.unwrap_or_default(), limits);
        let kit = engine::kit().await?;
        let order = prepare::Order { files, arguments, config, before: run.compiled(), time: COMPILE_TIME };
        let prepared = prepare::prepare(&kit, order).await?;
        run.set_compiled(prepared.compiled, prepared.diagnostics);
        let Some(machine) = prepared.machine else {
            run.end(RunEnd::NotCompiled);
            return Ok(());
        };
        run.booted(&kit.world);
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
        let run = self.runs().get(sandbox).cloned();
        if let Some(run) = run {
            let input = Box::new(Command::SetLimits { limits: Box::new(limits) });
            // Where nothing runs, the next run begins with them.
            drop(run.ask(Order::Tell { input }).await);
        }
    }

    /// A sandbox is gone, and with it what ran in it.
    pub(crate) async fn sandbox_deleted(&self, app: &AppState, sandbox: &str) {
        let run = self.runs().remove(sandbox);
        if let Some(run) = run {
            self.stop(app, &run, None).await;
            // Whoever deletes it may expect that nothing is left.
            let parked = run.stored().await.take();
            if let Some(parked) = parked {
                app.store().remove_machine(&parked.file).await;
            }
        }
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
