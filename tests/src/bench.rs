//! What the programs behind `cargo xtask bench` have in common: the programs of `tests/bench` with the whole library, for ours and for
//! real Erlang.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use sandbox_runtime::host::engine::GuestEngine;
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::host::template::Template;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::kernel::code::AtomNumbers;
use sandbox_runtime::machine::Machine;
use shared::bundle::{Bundle, Kind};

use crate::reference;

/// Prints a figure as one JSON object: what it is, its unit, ours, and theirs where there is one.
pub fn print(name: &str, unit: &str, ours: f64, theirs: Option<f64>) {
    println!("{}", serde_json::json!({ "name": name, "unit": unit, "ours": ours, "theirs": theirs }));
}

/// What this thread has had of a processor: a measure that others who use it at the same time do not change. From the clock of the
/// thread, since `schedstat` is as old as the last tick of the scheduler, which may be milliseconds.
///
/// # Errors
/// When the system does not tell.
pub fn processor_time() -> anyhow::Result<Duration> {
    sandbox_runtime::host::processor_time().context("the system does not tell the time of a thread")
}

/// Compiles files of `tests/bench` into a folder with the real compilers.
///
/// # Errors
/// When there are none, or they refuse.
pub fn compile(folder: &Path, files: &[&str]) -> anyhow::Result<()> {
    let sources: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench");
    for file in files {
        let program = if file.ends_with(".erl") { "erlc" } else { "elixirc" };
        let output = reference::program(program)?.arg("-o").arg(folder).arg(sources.join(file)).output()?;
        ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// The whole library, and the code of a sandbox on top of it.
pub struct Code {
    template: Template,
    numbers: AtomNumbers,
}

impl Code {
    /// The whole library and the modules in a folder, which are to a machine what the modules of its sandbox are.
    ///
    /// # Errors
    /// When the environment does not say where guest and library are, or a module cannot be loaded.
    pub fn load(folder: &Path) -> anyhow::Result<Code> {
        let guest = std::env::var_os("ORRERY_GUEST").context("ORRERY_GUEST is not set; run `cargo xtask bench`")?;
        let engine = GuestEngine::new()?;
        let beam = engine.compile(&std::fs::read(guest)?)?;
        let bundle = reference::library()?;
        let library = Bundle::parse(&bundle)?.library()?;
        let modules = library.entries().iter().filter(|entry| entry.kind == Kind::Module);
        let (below, failures) = Template::new(&engine, &beam, modules.map(|entry| library.content(entry)))?;
        ensure!(failures.is_empty(), "a module of the library cannot be loaded: {failures:?}");
        let mut own = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "beam") {
                own.push(std::fs::read(path)?);
            }
        }
        let mut numbers = AtomNumbers::default();
        let (template, failures) = below.extend(own.iter().map(|file| &file[..]), &mut numbers)?;
        ensure!(failures.is_empty(), "a module cannot be loaded: {failures:?}");
        Ok(Code { template, numbers })
    }
    /// A machine with this code.
    pub fn machine(&self, config: Config) -> Machine<WasmFactory> {
        let mut machine = Machine::new(config, WasmFactory::new(self.template.clone(), None));
        machine.kernel_mut().set_atom_numbers(self.numbers.clone());
        machine
    }
}

/// What real Erlang prints when it evaluates an expression among the modules of a folder.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn erl(expression: &str, folder: &Path) -> anyhow::Result<String> {
    let output = reference::program("erl")?
        .args(["-noshell", "-pa"])
        .arg(reference::elixir_ebin()?)
        .args(["-eval", &format!("{expression}, halt().")])
        .current_dir(folder)
        .output()?;
    let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    ensure!(output.status.success(), "erl: {printed}{}", String::from_utf8_lossy(&output.stderr));
    Ok(printed)
}
