//! Machines that nobody looks at are put away: written to the disk as they are, and brought back when somebody comes. The
//! same happens when the server stops.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::machine::Machine;
use shared::api::run::{RunEnd, RunState};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::machine::Running;
use super::order::{Moment, Order};
use super::run::{Run, Stored};
use super::screen::LiveScreen;
use super::{Runs, engine};
use crate::clock::Millis;
use crate::state::AppState;

impl Runs {
    /// Puts machines away that nobody has looked at for so long.
    pub(crate) async fn park_unseen(&self, app: &AppState, after: Millis) {
        let now = self.0.clock.now();
        let is_unseen = |run: &&Arc<Run>| run.unseen_since().is_some_and(|since| now - since >= after);
        let unseen: Vec<Arc<Run>> = self.runs().values().filter(is_unseen).cloned().collect();
        for run in unseen {
            match run.status().state {
                RunState::Running | RunState::Paused => self.park(app, &run).await,
                // What is on the disk need not be kept here too.
                RunState::Parked | RunState::Ended { .. } => self.forget(&run).await,
                RunState::Compiling => {}
            }
        }
    }

    async fn forget(&self, run: &Arc<Run>) {
        let _stored = run.stored().await;
        let mut runs = self.runs();
        if runs.get(run.sandbox()).is_some_and(|last| Arc::ptr_eq(last, run)) && run.unseen_since().is_some() {
            runs.remove(run.sandbox());
        }
    }

    /// Puts a machine away. One that cannot be written goes on.
    async fn park(&self, app: &AppState, run: &Arc<Run>) {
        // Nobody brings it back before it is away.
        let mut stored = run.stored().await;
        let held = run.status().state == RunState::Paused;
        let (to, parked) = oneshot::channel();
        if run.ask(Order::Park { to }).await.is_err() {
            return;
        }
        let Ok(parked) = parked.await else { return };
        if let Err(error) = self.store(app, run, &mut stored, &parked, held).await {
            tracing::error!(%error, "a machine cannot be parked and goes on");
            metrics::counter!("orrery_machines_not_parked_total").increment(1);
            self.go_on(app, run, Machine::restore(&parked.snapshot), parked.wall, held);
            return;
        }
        metrics::counter!("orrery_machines_parked_total").increment(1);
    }

    /// Writes machines down that run, so that not all is lost when the server fails.
    pub(crate) async fn checkpoint(&self, app: &AppState, after: Millis) {
        let is_due = |run: &&Arc<Run>| {
            matches!(run.status().state, RunState::Running | RunState::Paused) && run.is_checkpoint_due(after)
        };
        let due: Vec<Arc<Run>> = self.runs().values().filter(is_due).cloned().collect();
        for run in due {
            if let Err(error) = self.write_down(app, &run).await {
                tracing::error!(%error, "a machine that runs cannot be written down");
            }
        }
    }

    async fn write_down(&self, app: &AppState, run: &Arc<Run>) -> io::Result<()> {
        run.begins_checkpoint();
        // It is neither put away meanwhile, nor forgotten should it end.
        let mut stored = run.stored().await;
        let held = run.status().state == RunState::Paused;
        let (to, moment) = oneshot::channel();
        if run.ask(Order::Checkpoint { to }).await.is_err() {
            return Ok(());
        }
        let Ok(moment) = moment.await else { return Ok(()) };
        let known = stored.as_ref().map(|stored| (stored.through, stored.held));
        // What sleeps is as it was.
        if moment.picture.as_ref().map(|picture| (picture.through, held)) == known {
            return Ok(());
        }
        self.store(app, run, &mut stored, &moment, held).await?;
        metrics::counter!("orrery_machine_checkpoints_total").increment(1);
        Ok(())
    }

    /// Writes a machine to the disk in place of what is there of it, with what people saw of it then.
    async fn store(
        &self,
        app: &AppState,
        run: &Run,
        stored: &mut Option<Stored>,
        moment: &Moment,
        held: bool,
    ) -> io::Result<()> {
        let file = format!("{}-{}", run.id(), Uuid::new_v4().simple());
        let snapshot = moment.snapshot.clone();
        let write = move |out: &mut _| snapshot.write(out).map(drop).map_err(io::Error::other);
        app.store().write_machine(&file, write).await?;
        let picture = moment.picture.clone().unwrap_or_else(|| run.picture());
        let away = Stored { file, wall: moment.wall, held, through: picture.through };
        // What is there already is forgotten only when the row names the new one.
        let kept = app.store().keep_run(run.sandbox(), &run.row_with(Some(&away), picture)).await;
        let forgotten = match kept {
            Ok(true) => stored.replace(away).map(|older| older.file),
            // The sandbox is gone, or its row is as it was.
            Ok(false) | Err(_) => Some(away.file),
        };
        if let Some(file) = forgotten {
            app.store().remove_machine(&file).await;
        }
        kept.map(drop).map_err(io::Error::other)
    }

    /// Brings a machine back that is parked.
    pub(super) async fn bring_back(&self, app: &AppState, run: &Arc<Run>) {
        if run.status().state != RunState::Parked {
            return;
        }
        let stored = run.stored().await;
        if run.status().state != RunState::Parked {
            return;
        }
        let Some(parked) = stored.clone() else { return };
        match open(app, &parked).await {
            Ok(machine) => {
                // The file stays: should the server fail, it is what is left.
                self.go_on(app, run, machine, parked.wall, parked.held);
                metrics::counter!("orrery_machines_brought_back_total").increment(1);
            }
            Err(message) => run.end(RunEnd::Failed { message }),
        }
    }

    /// Gives a machine turns again that has had this time outside.
    fn go_on(&self, app: &AppState, run: &Arc<Run>, machine: Machine<WasmFactory>, wall: Duration, held: bool) {
        let running = Running::new(machine, run.begins_again(), LiveScreen::new(run.clone())).after(wall);
        let running = if held { running.held() } else { running };
        run.changed(|status| status.state = if held { RunState::Paused } else { RunState::Running });
        run.began(self.0.pool.add(running));
        self.follow(app, run);
    }

    /// Puts everything away that runs, and ends the rest.
    pub(crate) async fn close(&self, app: &AppState) {
        let all: Vec<Arc<Run>> = self.runs().values().cloned().collect();
        for run in all {
            if matches!(run.status().state, RunState::Running | RunState::Paused) {
                self.park(app, &run).await;
            }
        }
        self.0.pool.close();
    }
}

async fn open(app: &AppState, parked: &Stored) -> Result<Machine<WasmFactory>, String> {
    let kit = engine::kit().await?;
    let opened = async {
        let file = app.store().open_machine(&parked.file).await?;
        let reading = tokio::task::spawn_blocking(move || kit.workbench.reopen(&file).map_err(io::Error::other));
        reading.await.map_err(io::Error::other).flatten()
    };
    opened.await.map_err(|error| {
        tracing::error!(%error, "a parked machine cannot be brought back");
        "It was parked and cannot be brought back: start it again".to_owned()
    })
}
