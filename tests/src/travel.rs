//! Programs for time travel (`tests/travel`) and machines in which they run, in wasm.

use std::path::Path;
use std::sync::LazyLock;

use anyhow::Context as _;
use sandbox_runtime::host::engine::GuestEngine;
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::host::template::Template;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::machine::Machine;
use shared::bundle::{Bundle, Kind};
use shared::command::Command;
use shared::event::Entry;
use shared::{Etf, Term};

use crate::conformance::reference::{Reference, files};

/// A machine of wasm processes.
pub type WasmMachine = Machine<WasmFactory>;

/// Functions of `travel_programs` that run to an end, or wait for ever.
pub const PROGRAMS: [&str; 4] = ["counters", "family", "idle", "tables"];

/// Modules of the library that the programs use.
const LIBRARY: [&str; 48] = [
    "erlang",
    "erts_internal",
    "erl_init",
    "init",
    "prim_eval",
    "lists",
    "maps",
    "proplists",
    "gen",
    "gen_server",
    "gen_event",
    "gen_statem",
    "proc_lib",
    "supervisor",
    "sys",
    "error_logger",
    "logger",
    "logger_config",
    "logger_server",
    "erl_eval",
    "erl_lint",
    "erl_bits",
    "erl_features",
    "orddict",
    "ordsets",
    "sets",
    "rand",
    "queue",
    "io",
    "io_lib",
    "erl_internal",
    "timer",
    "ets",
    "gb_sets",
    "gb_trees",
    "erl_anno",
    "erl_parse",
    "erl_scan",
    "erl_pp",
    "string",
    "unicode",
    "unicode_util",
    "otp_internal",
    "compile",
    "os",
    "io_lib_pretty",
    "io_lib_format",
    "filename",
];

static TEMPLATE: LazyLock<Template> = LazyLock::new(|| template().expect("the environment of `cargo xtask`"));

fn template() -> anyhow::Result<Template> {
    let build = tempfile::tempdir()?;
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("travel");
    let reference = Reference::of_files(&files(&sources, "erl"), build.path());
    let mut beams: Vec<Vec<u8>> = Vec::new();
    let packed = crate::reference::library()?;
    let library = Bundle::parse(&packed)?.library()?;
    for entry in library.entries().iter().filter(|entry| entry.kind == Kind::Module) {
        if LIBRARY.contains(&entry.name.as_str()) {
            beams.push(library.content(entry).to_vec());
        }
    }
    for file in files(&reference.build, "beam") {
        beams.push(std::fs::read(file)?);
    }
    let guest = std::env::var_os("ORRERY_GUEST").context("ORRERY_GUEST is not set")?;
    let engine = GuestEngine::new()?;
    let module = engine.compile(&std::fs::read(guest)?)?;
    let (template, failures) = Template::new(&engine, &module, beams.iter().map(|beam| &beam[..]))?;
    anyhow::ensure!(failures.is_empty(), "{failures:?}");
    Ok(template)
}

/// Processes on the template of all these machines.
///
/// # Panics
/// When the environment does not say where guest, library and reference are.
pub fn factory() -> WasmFactory {
    WasmFactory::new(TEMPLATE.clone(), None)
}

/// A machine in which `travel_programs:Function()` runs.
///
/// # Panics
/// As [`factory`].
pub fn machine(config: Config, function: &str) -> WasmMachine {
    let mut machine = Machine::new(config, factory());
    let entry = Entry::new("travel_programs", function, Etf::of(&Term::Nil));
    machine.command(Command::Spawn { entry, group_leader: None, name: None }).expect("there is room for a process");
    machine
}

/// What a machine has written to its console.
pub fn output(machine: &WasmMachine) -> String {
    String::from_utf8_lossy(&machine.kernel().console().output()).into_owned()
}
