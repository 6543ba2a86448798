//! What all machines of this process start from: a booted system, the compilers in it, and the picture of it. It is made when the
//! first one is wanted, on a thread of its own.

use std::sync::Arc;

use sandbox_runtime::compile::Compiler;
use sandbox_runtime::tools::Tools;
use sandbox_runtime::workbench::Workbench;
use shared::api::ProgramsStatus;
use shared::world::World;
use tokio::sync::{OnceCell, Semaphore};

use super::complete::Offers;
use crate::assets;
use crate::cli;

/// What machines start from.
pub(super) struct Kit {
    pub(super) workbench: Workbench,
    pub(super) compiler: Compiler,
    pub(super) offers: Offers,
    /// What can be seen of a system that has booted and runs nothing yet.
    pub(super) world: World,
    /// Programs that are compiled at the same time.
    pub(super) compiling: Semaphore,
    /// Questions of editors that are answered at the same time.
    pub(super) asking: Semaphore,
}

/// More would only wait for each other.
const COMPILING_AT_ONCE: usize = 2;
const ASKING_AT_ONCE: usize = 2;

static KIT: OnceCell<Arc<Kit>> = OnceCell::const_new();

/// Whether programs can be run.
pub(crate) fn status() -> ProgramsStatus {
    match KIT.initialized() {
        true => ProgramsStatus::Ready,
        false if assets::guest().is_none() || assets::library().is_none() => ProgramsStatus::Missing,
        false => ProgramsStatus::NotYet,
    }
}

/// Makes what machines start from, if it can be made.
pub(crate) async fn prepare() {
    if status() == ProgramsStatus::NotYet {
        // Whoever runs the first program will be told what is wrong.
        drop(kit().await);
    }
}

/// What machines start from. The first time it takes a while.
///
/// # Errors
///
/// When there is none; the text is for people. It is tried again the next time.
pub(super) async fn kit() -> Result<Arc<Kit>, String> {
    let made = KIT.get_or_try_init(async || {
        let made = tokio::task::spawn_blocking(make).await;
        made.map_err(anyhow::Error::from).flatten().map(Arc::new)
    });
    made.await.cloned().map_err(|error| {
        tracing::error!(error = format!("{error:#}"), "there is nothing that programs could run on");
        "This server cannot run programs: it was built without what runs them".to_owned()
    })
}

fn make() -> anyhow::Result<Kit> {
    let workbench = cli::workbench()?;
    let mut world = World::default();
    for event in workbench.events() {
        world.apply(event);
    }
    let compiler = Compiler::new(workbench.clone());
    let offers = Offers::new(Tools::new(workbench.clone()));
    Ok(Kit {
        workbench,
        compiler,
        offers,
        world,
        compiling: Semaphore::new(COMPILING_AT_ONCE),
        asking: Semaphore::new(ASKING_AT_ONCE),
    })
}
