//! New code for a program that runs: what changed in its files is compiled and brought into its machine.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sandbox_runtime::compile::{Compiled, Module};
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::hot::{self, Loaded, LoadedModule, Upgraded};
use sandbox_runtime::kernel::outside::Outcome;
use sandbox_runtime::machine::Machine;
use shared::api::code::Diagnostic;
use shared::api::run::{ReplyValue, RunState, UpgradedModule, UpgradedProcess};
use shared::term::Atom;
use shared::{Etf, Pid};

use super::order::{Answer, Order, not_running};
use super::run::Run;
use super::{engine, prepare};
use crate::error::ApiError;
use crate::state::AppState;

/// Compiles what has changed since the program was compiled, and loads it. Nothing is loaded when there are errors.
pub(super) async fn upgrade(app: &AppState, run: &Arc<Run>, time: Duration) -> Result<ReplyValue, ApiError> {
    if !matches!(run.status().state, RunState::Running | RunState::Paused) {
        return Err(not_running());
    }
    let files = app.documents().files(app, run.sandbox()).await?;
    let kit = engine::kit().await.map_err(ApiError::Conflict)?;
    let _permit = kit.compiling.acquire().await.map_err(|_| ApiError::Unavailable)?;
    let before = run.compiled();
    let (compiler, known) = (kit.clone(), before.clone());
    let compiled =
        tokio::task::spawn_blocking(move || prepare::compile(&compiler, &files, known.as_deref(), time)).await;
    let compiled = compiled.map_err(|_| ApiError::Internal)?.map_err(ApiError::Conflict)?;
    let said: Vec<Diagnostic> = compiled.diagnostics().cloned().collect();
    if !prepare::is_complete(&compiled) {
        run.set_diagnostics(said.clone());
        return Ok(ReplyValue::Upgraded { diagnostics: said, modules: Vec::new(), processes: Vec::new() });
    }
    let modules = changed(&compiled, before.as_deref());
    let answer = match modules.is_empty() {
        true => None,
        false => run.ask(Order::Load { modules }).await?,
    };
    run.set_compiled(Arc::new(compiled), said.clone());
    let (modules, processes) = match answer {
        Some(ReplyValue::Upgraded { modules, processes, .. }) => (modules, processes),
        _ => (Vec::new(), Vec::new()),
    };
    Ok(ReplyValue::Upgraded { diagnostics: said, modules, processes })
}

/// The modules whose code is another one than before: of a protocol the code with all implementations built in.
fn changed(compiled: &Compiled, before: Option<&Compiled>) -> Vec<Module> {
    let running = before.map(in_use).unwrap_or_default();
    let is_new = |module: &&Module| running.get(module.name.as_str()).is_none_or(|known| known.code != module.code);
    in_use(compiled).into_values().filter(is_new).cloned().collect()
}

fn in_use(compiled: &Compiled) -> BTreeMap<&str, &Module> {
    compiled.modules().chain(compiled.consolidated()).map(|module| (module.name.as_str(), module)).collect()
}

/// Starts the process that loads modules; when it ends, [`loaded`] reads from its exit reason what came of it.
pub(super) fn load(machine: &mut Machine<WasmFactory>, modules: &[Module]) -> Result<Pid, ApiError> {
    let console = machine.kernel().whereis(&Atom::new("user"));
    match machine.command(hot::load(modules, console)) {
        Ok(Outcome::Spawned(pid)) => Ok(pid),
        Ok(Outcome::Done) => Err(ApiError::Internal),
        Err(raise) => Err(ApiError::Conflict(format!("No process can be started: {}", raise.reason()))),
    }
}

/// What the loading process says with its exit reason.
pub(super) fn loaded(reason: &Etf) -> Answer {
    let stopped = || ApiError::Conflict(format!("The process that loads the code was stopped: {reason}"));
    let Loaded { modules, upgraded } = Loaded::read(reason).ok_or_else(stopped)?;
    let module =
        |LoadedModule { name, failure, ended, in_old_code }| UpgradedModule { name, failure, ended, in_old_code };
    let process = |Upgraded { pid, module, failure }| UpgradedProcess { pid, module, failure };
    Ok(Some(ReplyValue::Upgraded {
        diagnostics: Vec::new(),
        modules: modules.into_iter().map(module).collect(),
        processes: upgraded.into_iter().map(process).collect(),
    }))
}
