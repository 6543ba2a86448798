//! What all machines of this process start from: the BEAM with the library loaded. It is made when the first one is wanted,
//! on a thread of its own.

use std::sync::Arc;

use sandbox_runtime::boot::Runtime;
use shared::api::ProgramsStatus;
use tokio::sync::OnceCell;

use crate::assets;
use crate::cli;

static RUNTIME: OnceCell<Arc<Runtime>> = OnceCell::const_new();

/// Whether programs can be run.
pub(crate) fn status() -> ProgramsStatus {
    match RUNTIME.initialized() {
        true => ProgramsStatus::Ready,
        false if assets::guest().is_none() || assets::library().is_none() => ProgramsStatus::Missing,
        false => ProgramsStatus::NotYet,
    }
}

/// The runtime. The first time it takes a while.
///
/// # Errors
///
/// When there is none; the text is for people. It is tried again the next time.
pub(super) async fn runtime() -> Result<Arc<Runtime>, String> {
    let made = RUNTIME.get_or_try_init(async || {
        let made = tokio::task::spawn_blocking(|| cli::runtime(None)).await;
        made.map_err(anyhow::Error::from).flatten().map(Arc::new)
    });
    made.await.cloned().map_err(|error| {
        tracing::error!(error = format!("{error:#}"), "there is no runtime");
        "This server cannot run programs: it was built without what runs them".to_owned()
    })
}
