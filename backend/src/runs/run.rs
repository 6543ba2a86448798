//! One run of a sandbox: how it is, its picture, and the way to its machine.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sandbox_runtime::compile::Compiled;
use shared::EventSeq;
use shared::api::code::Diagnostic;
use shared::api::live::LiveEvent;
use shared::api::run::{Picture, ReplyValue, RunEnd, RunOptions, RunSnapshot, RunState, RunStatus};
use shared::world::World;
use tokio::sync::watch;

use super::order::{Asked, Order, Orders, not_running, orders};
use super::pool::Task;
use crate::clock::{Clock, Millis};
use crate::error::ApiError;
use crate::live::LiveSandboxes;
use crate::secret;
use crate::store::RunRow;

/// A run.
pub(super) struct Run {
    sandbox: String,
    /// As somebody asked for it; to ask for the same again.
    asked: RunOptions,
    live: LiveSandboxes,
    clock: Clock,
    shown: Mutex<Shown>,
    way: Mutex<Way>,
    over: watch::Sender<bool>,
    /// Its machine, while it is parked. Locked while it is being parked or brought back.
    stored: tokio::sync::Mutex<Option<Stored>>,
    /// When somebody was last seen to look.
    looked_at: AtomicI64,
    /// When its machine was last written to the disk while it ran.
    checkpoint_at: AtomicI64,
    is_followed: AtomicBool,
    /// What came of its files, or of those of the run before it.
    compiled: Mutex<Option<Arc<Compiled>>>,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("sandbox", &self.sandbox).finish_non_exhaustive()
    }
}

/// The way to the machine.
#[derive(Debug)]
struct Way {
    orders: Orders,
    /// Once there is one.
    task: Option<Task>,
}

/// A machine on the disk.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    /// The name of its file.
    pub(super) file: String,
    /// Time outside that it has had.
    pub(super) wall: Duration,
    /// Whether somebody holds it.
    pub(super) held: bool,
    /// The last event that it knows.
    pub(super) through: EventSeq,
}

/// What everybody may see.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) status: RunStatus,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) world: World,
    /// The number up to which the picture is drawn.
    pub(super) through: EventSeq,
}

impl Run {
    /// A run that is about to begin, and where its orders come out.
    pub(super) fn new(
        sandbox: &str,
        by: &str,
        asked: RunOptions,
        live: &LiveSandboxes,
        clock: &Clock,
    ) -> (Self, Receiver<Asked>) {
        let (sender, receiver) = orders();
        // Readers in browsers count in floating point.
        let seed = asked.seed.unwrap_or_else(|| u64::from(rand::random::<u32>()));
        let status = RunStatus {
            run: secret::id("run"),
            state: RunState::Compiling,
            by: by.to_owned(),
            started_at: clock.now(),
            time: asked.time,
            options: RunOptions { seed: Some(seed), ..asked.clone() },
            wants_input: false,
        };
        let shown = Shown { status, diagnostics: Vec::new(), world: World::default(), through: EventSeq(0) };
        let run = Self {
            sandbox: sandbox.to_owned(),
            asked,
            live: live.clone(),
            clock: clock.clone(),
            shown: Mutex::new(shown),
            way: Mutex::new(Way { orders: sender, task: None }),
            over: watch::Sender::new(false),
            stored: tokio::sync::Mutex::default(),
            looked_at: AtomicI64::new(clock.now()),
            checkpoint_at: AtomicI64::new(clock.now()),
            is_followed: AtomicBool::new(false),
            compiled: Mutex::default(),
        };
        (run, receiver)
    }

    /// A run as it was kept.
    pub(super) fn restored(sandbox: &str, row: RunRow, live: &LiveSandboxes, clock: &Clock) -> Self {
        let RunRow { mut status, asked, diagnostics, picture, machine, wall_nanos, held } = row;
        let through = picture.through;
        let stored = machine.map(|file| Stored { file, wall: Duration::from_nanos(wall_nanos), held, through });
        if status.state.is_alive() {
            let message = "The server stopped while it ran".to_owned();
            let end = RunEnd::Failed { message };
            status.state = if stored.is_some() { RunState::Parked } else { RunState::Ended { end, at: clock.now() } };
        }
        let is_over = !status.state.is_alive();
        let shown = Shown { status, diagnostics, world: picture.world, through: picture.through };
        Self {
            sandbox: sandbox.to_owned(),
            asked,
            live: live.clone(),
            clock: clock.clone(),
            shown: Mutex::new(shown),
            way: Mutex::new(Way { orders: orders().0, task: None }),
            over: watch::Sender::new(is_over),
            stored: tokio::sync::Mutex::new(stored),
            looked_at: AtomicI64::new(clock.now()),
            checkpoint_at: AtomicI64::new(clock.now()),
            is_followed: AtomicBool::new(false),
            compiled: Mutex::default(),
        }
    }

    /// As it is to be kept.
    pub(super) fn row(&self) -> RunRow {
        self.row_with(None, self.picture())
    }

    /// As it is to be kept, with its machine on the disk and what people saw when that was written.
    pub(super) fn row_with(&self, stored: Option<&Stored>, picture: Picture) -> RunRow {
        let shown = self.shown();
        RunRow {
            status: shown.status.clone(),
            asked: self.asked.clone(),
            diagnostics: shown.diagnostics.clone(),
            picture,
            machine: stored.map(|stored| stored.file.clone()),
            wall_nanos: stored.map_or(0, |stored| u64::try_from(stored.wall.as_nanos()).unwrap_or(u64::MAX)),
            held: stored.is_some_and(|stored| stored.held),
        }
    }

    /// Whether its machine is to be written down again after so long.
    pub(super) fn is_checkpoint_due(&self, after: Millis) -> bool {
        self.clock.now() - self.checkpoint_at.load(Ordering::Relaxed) >= after
    }

    /// Its machine is being written down.
    pub(super) fn begins_checkpoint(&self) {
        self.checkpoint_at.store(self.clock.now(), Ordering::Relaxed);
    }

    pub(super) async fn stored(&self) -> tokio::sync::MutexGuard<'_, Option<Stored>> {
        self.stored.lock().await
    }

    /// Whether this is asked for the first time.
    pub(super) fn is_followed_first(&self) -> bool {
        !self.is_followed.swap(true, Ordering::Relaxed)
    }

    /// Since when nobody has looked, if nobody does.
    pub(super) fn unseen_since(&self) -> Option<Millis> {
        if self.live.has_participants(&self.sandbox) {
            self.looked_at.store(self.clock.now(), Ordering::Relaxed);
            return None;
        }
        Some(self.looked_at.load(Ordering::Relaxed))
    }

    fn way(&self) -> MutexGuard<'_, Way> {
        self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn sandbox(&self) -> &str {
        &self.sandbox
    }

    pub(super) fn id(&self) -> String {
        self.shown().status.run.clone()
    }

    pub(super) fn asked(&self) -> &RunOptions {
        &self.asked
    }

    pub(super) fn status(&self) -> RunStatus {
        self.shown().status.clone()
    }

    pub(super) fn picture(&self) -> Picture {
        let shown = self.shown();
        Picture { run: shown.status.run.clone(), through: shown.through, world: shown.world.clone() }
    }

    pub(super) fn snapshot(&self) -> RunSnapshot {
        let picture = self.picture();
        let shown = self.shown();
        RunSnapshot { status: shown.status.clone(), picture, diagnostics: shown.diagnostics.clone() }
    }

    /// Whether somebody looks at the sandbox; if not, those who come back begin with a picture.
    pub(super) fn is_watched(&self) -> bool {
        self.live.is_watched(&self.sandbox)
    }

    /// Tells those who look; gives how many bytes each of them is sent.
    pub(super) fn publish(&self, event: LiveEvent) -> usize {
        self.live.publish(&self.sandbox, event)
    }

    /// Changes how it is, and tells everybody.
    pub(super) fn changed(&self, change: impl FnOnce(&mut RunStatus)) {
        let status = {
            let mut shown = self.shown();
            change(&mut shown.status);
            shown.status.clone()
        };
        self.publish(LiveEvent::Run { status: Box::new(status) });
    }

    /// It is over.
    pub(super) fn end(&self, end: RunEnd) {
        let at = self.clock.now();
        metrics::counter!("orrery_runs_ended_total", "how" => how(&end)).increment(1);
        self.changed(|status| {
            status.state = RunState::Ended { end, at };
            status.wants_input = false;
        });
        self.over.send_replace(true);
    }

    /// What was compiled last, here or for the run before.
    pub(super) fn compiled(&self) -> Option<Arc<Compiled>> {
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What has not changed since that run need not be compiled again.
    pub(super) fn compiles_after(&self, before: &Self) {
        *self.compiled.lock().unwrap_or_else(PoisonError::into_inner) = before.compiled();
    }

    /// Its files were compiled, or not; tells everybody.
    pub(super) fn set_compiled(&self, compiled: Arc<Compiled>, diagnostics: Vec<Diagnostic>) {
        *self.compiled.lock().unwrap_or_else(PoisonError::into_inner) = Some(compiled);
        self.set_diagnostics(diagnostics);
    }

    /// What the compilers said of its files; tells everybody.
    pub(super) fn set_diagnostics(&self, diagnostics: Vec<Diagnostic>) {
        self.shown().diagnostics.clone_from(&diagnostics);
        self.publish(LiveEvent::Diagnostics { run: self.id(), diagnostics });
    }

    /// It has a system that has booted; tells everybody.
    pub(super) fn booted(&self, world: &World) {
        {
            let mut shown = self.shown();
            shown.world.clone_from(world);
            shown.through = world.seq;
        }
        self.publish(LiveEvent::Picture(Box::new(self.picture())));
    }

    /// It has a machine.
    pub(super) fn began(&self, task: Task) {
        self.way().task = Some(task);
    }

    /// Whether it has a machine that could be asked at once.
    pub(super) fn has_machine(&self) -> bool {
        matches!(self.status().state, RunState::Running | RunState::Paused) && self.way().task.is_some()
    }

    /// It is about to have another machine; gives where the orders for that come out.
    pub(super) fn begins_again(&self) -> Receiver<Asked> {
        let (sender, receiver) = orders();
        *self.way() = Way { orders: sender, task: None };
        self.looked_at.store(self.clock.now(), Ordering::Relaxed);
        receiver
    }

    /// Its machine was put away.
    pub(super) fn parked(&self) {
        self.changed(|status| status.state = RunState::Parked);
    }

    /// Waits until it is over.
    pub(super) async fn over(&self) {
        let mut over = self.over.subscribe();
        // The sender lives as long as we do.
        drop(over.wait_for(|over| *over).await);
    }

    /// Asks the machine.
    pub(super) async fn ask(&self, order: Order) -> Result<Option<ReplyValue>, ApiError> {
        if !self.status().state.is_alive() {
            return Err(not_running());
        }
        let answer = {
            let way = self.way();
            let answer = way.orders.give(order)?;
            if let Some(task) = &way.task {
                task.wake();
            }
            answer
        };
        answer.await.unwrap_or_else(|_| Err(not_running()))
    }
}

/// For the metrics.
fn how(end: &RunEnd) -> &'static str {
    match end {
        RunEnd::Exited { status: 0 } => "success",
        RunEnd::Exited { .. } => "failure",
        RunEnd::Halted { .. } => "halted",
        RunEnd::NotCompiled => "not_compiled",
        RunEnd::InitEnded => "init_ended",
        RunEnd::Stuck => "stuck",
        RunEnd::Stopped { .. } => "stopped",
        RunEnd::Limit { .. } => "limit",
        RunEnd::Failed { .. } => "failed",
    }
}
