//! Machines that nobody looks at are put away: written to the disk as they are, and brought back when somebody comes. The
//! same happens when the server stops.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::machine::Machine;
use shared::api::run::{RunEnd, RunState};
use tokio::sync::oneshot;

use super::machine::Running;
use super::order::{Order, Parked};
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
        let (store, file) = (app.clone(), format!("{}-{}", run.id(), self.0.clock.now()));
        let written = tokio::task::spawn_blocking(move || (write(&store, &file, &parked), file, parked)).await;
        let away = match written {
            Ok((Ok(()), file, parked)) => Stored { file, wall: parked.wall, held },
            Ok((Err(error), _, parked)) => {
                tracing::error!(%error, "a machine cannot be parked and goes on");
                metrics::counter!("orrery_machines_not_parked_total").increment(1);
                self.go_on(app, run, Machine::restore(&parked.snapshot), parked.wall, held);
                return;
            }
            Err(error) => {
                tracing::error!(%error, "a machine cannot be parked and is lost");
                run.end(RunEnd::Failed { message: "The server made a mistake while it put this away".to_owned() });
                return;
            }
        };
        metrics::counter!("orrery_machines_parked_total").increment(1);
        self.keep(app, run, Some(&away)).await;
        if let Some(older) = stored.replace(away) {
            app.store().remove_machine(&older.file);
        }
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

fn write(app: &AppState, file: &str, parked: &Parked) -> io::Result<()> {
    app.store().write_machine(file, |out| parked.snapshot.write(out).map(drop).map_err(io::Error::other))
}

async fn open(app: &AppState, parked: &Stored) -> Result<Machine<WasmFactory>, String> {
    let kit = engine::kit().await?;
    let (app, file) = (app.clone(), parked.file.clone());
    let opened = tokio::task::spawn_blocking(move || {
        let file = app.store().open_machine(&file)?;
        kit.workbench.reopen(&file).map_err(io::Error::other)
    });
    opened.await.map_err(io::Error::other).flatten().map_err(|error| {
        tracing::error!(%error, "a parked machine cannot be brought back");
        "It was parked and cannot be brought back: start it again".to_owned()
    })
}
