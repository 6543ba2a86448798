//! One run of a sandbox: how it is, its picture, and the way to its machine.

use std::sync::mpsc::Receiver;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use shared::EventSeq;
use shared::api::code::Diagnostic;
use shared::api::live::LiveEvent;
use shared::api::run::{Picture, ReplyValue, RunEnd, RunOptions, RunSnapshot, RunState, RunStatus};
use shared::world::World;
use tokio::sync::watch;

use super::order::{Asked, Order, Orders, not_running, orders};
use super::pool::Task;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::live::LiveSandboxes;
use crate::secret;

/// A run.
#[derive(Debug)]
pub(super) struct Run {
    sandbox: String,
    /// As somebody asked for it; to ask for the same again.
    asked: RunOptions,
    live: LiveSandboxes,
    clock: Clock,
    shown: Mutex<Shown>,
    orders: Orders,
    /// Once it has a machine.
    task: OnceLock<Task>,
    over: watch::Sender<bool>,
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
            orders: sender,
            task: OnceLock::new(),
            over: watch::Sender::new(false),
        };
        (run, receiver)
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

    pub(super) fn publish(&self, event: LiveEvent) {
        self.live.publish(&self.sandbox, event);
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

    /// It has a machine.
    pub(super) fn began(&self, task: Task) {
        // It begins once.
        drop(self.task.set(task));
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
        let answer = self.orders.give(order)?;
        if let Some(task) = self.task.get() {
            task.wake();
        }
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
