//! From files to a machine that is about to run them: compiled in a sandbox of their own, then put into one that has booted.

use std::sync::Arc;
use std::time::Duration;

use sandbox_runtime::compile::{CompileLimits, Compiled, Sources};
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::machine::Machine;
use shared::api::code::{Diagnostic, Severity};
use shared::api::sandboxes::Files;

use super::engine::Kit;
use super::program;

/// What came of the files.
pub(super) struct Prepared {
    /// To compile only what changes, the next time.
    pub(super) compiled: Arc<Compiled>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Nothing when they could not be compiled.
    pub(super) machine: Option<Machine<WasmFactory>>,
}

/// Files to be run, and how.
pub(super) struct Order {
    pub(super) files: Files,
    /// Of Elixir's command line.
    pub(super) arguments: Vec<String>,
    pub(super) config: Config,
    /// What came of earlier versions of the files.
    pub(super) before: Option<Arc<Compiled>>,
    /// How long compiling may take.
    pub(super) time: Duration,
}

/// Compiles the files and makes the machine. An error is a sentence for people.
pub(super) async fn prepare(kit: &Arc<Kit>, order: Order) -> Result<Prepared, String> {
    let _permit = kit.compiling.acquire().await.map_err(|_| "The server is stopping".to_owned())?;
    let kit = kit.clone();
    let made = tokio::task::spawn_blocking(move || make(&kit, order)).await;
    made.map_err(|_| "The server made a mistake".to_owned())?
}

fn make(kit: &Kit, order: Order) -> Result<Prepared, String> {
    let Order { files, arguments, config, before, time } = order;
    let compiled = compile(kit, &files, before.as_deref(), time)?;
    let machine = match is_complete(&compiled) {
        false => None,
        true => {
            let program = program::program(&compiled, arguments);
            Some(kit.workbench.start(config, &program).map_err(|error| error.to_string())?)
        }
    };
    let diagnostics = compiled.diagnostics().cloned().collect();
    Ok(Prepared { compiled: Arc::new(compiled), diagnostics, machine })
}

/// Compiles what has changed in the files. An error is a sentence for people.
pub(super) fn compile(kit: &Kit, files: &Files, before: Option<&Compiled>, time: Duration) -> Result<Compiled, String> {
    let sources: Sources = files.iter().map(|(path, text)| (path.clone(), text.as_bytes().into())).collect();
    let limits = CompileLimits { time, ..CompileLimits::default() };
    kit.compiler.compile(&sources, before, &limits).map_err(|error| error.to_string())
}

/// Whether all modules could be compiled. A script says for itself what is wrong with it when it runs; others may be unfinished.
pub(super) fn is_complete(compiled: &Compiled) -> bool {
    let is_script = |file: &String| file.ends_with(".exs");
    compiled.diagnostics().all(|it| it.severity != Severity::Error || it.file.as_ref().is_some_and(is_script))
}
