//! Speed of BEAM code in a sandbox beside that of real Erlang with its JIT, on the programs of `tests/bench`.
//!
//! Prints one JSON object a program: `{"name", "ours", "theirs"}` in milliseconds, the best of several runs each. Started by
//! `cargo xtask bench beam`, which sets the environment variables that it reads.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use sandbox_runtime::host::engine::GuestEngine;
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::host::template::Template;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::machine::{Machine, Stopped};
use shared::bundle::{Bundle, Kind};
use shared::command::Command;
use shared::event::Entry;
use shared::{Etf, Term};
use tests::reference;

/// Module and function of each program.
const PROGRAMS: [(&str, &str); 13] = [
    ("bench_programs", "fib"),
    ("bench_programs", "tak"),
    ("bench_programs", "nbody"),
    ("bench_programs", "sort"),
    ("bench_programs", "fold"),
    ("bench_programs", "maps"),
    ("bench_programs", "binary_build"),
    ("bench_programs", "binary_parse"),
    ("bench_programs", "unicode"),
    ("bench_programs", "pidigits"),
    ("bench_programs", "states"),
    ("Elixir.BenchJson", "json"),
    ("Elixir.BenchJson", "strings"),
];

/// Runs of each program, of which the best counts.
const RUNS: usize = 5;

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    compile(folder.path())?;
    let template = template(folder.path())?;
    for (module, function) in PROGRAMS {
        let (theirs, expected) = theirs(folder.path(), module, function)?;
        let (ours, found) = ours(&template, module, function)?;
        ensure!(found == expected, "{function}: ours gives {found}, theirs {expected}");
        let (ours, theirs) = (ours.as_secs_f64() * 1e3, theirs.as_secs_f64() * 1e3);
        println!("{}", serde_json::json!({ "name": function, "ours": ours, "theirs": theirs }));
    }
    Ok(())
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("bench")
}

fn compile(folder: &Path) -> anyhow::Result<()> {
    for (program, file) in [("erlc", "bench_programs.erl"), ("elixirc", "bench_json.ex")] {
        let output = reference::program(program)?.arg("-o").arg(folder).arg(sources().join(file)).output()?;
        ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// The whole library and the programs.
fn template(folder: &Path) -> anyhow::Result<Template> {
    let guest = std::env::var_os("ORRERY_GUEST").context("ORRERY_GUEST is not set; run `cargo xtask bench beam`")?;
    let engine = GuestEngine::new()?;
    let beam = engine.compile(&std::fs::read(guest)?)?;
    let bundle = reference::library()?;
    let library = Bundle::parse(&bundle)?.library()?;
    let mut files: Vec<Vec<u8>> = library
        .entries()
        .iter()
        .filter(|entry| entry.kind == Kind::Module)
        .map(|entry| library.content(entry).to_vec())
        .collect();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "beam") {
            files.push(std::fs::read(path)?);
        }
    }
    let (template, failures) = Template::new(&engine, &beam, files.iter().map(|file| &file[..]))?;
    if let Some(failure) = failures.first() {
        bail!("module {} of the library cannot be loaded: {}", failure.index, failure.reason);
    }
    Ok(template)
}

fn ours(template: &Template, module: &str, function: &str) -> anyhow::Result<(Duration, String)> {
    let mut best = Duration::MAX;
    let mut printed = String::new();
    for _ in 0..RUNS {
        let mut machine = Machine::new(Config::default(), WasmFactory::new(template.clone(), None));
        let arguments = Etf::of(&Term::list([Term::atom(module), Term::atom(function)]));
        let entry = Entry::new("bench_programs", "show", arguments);
        let begun = Instant::now();
        let spawned = machine.command(Command::Spawn { entry, group_leader: None, name: None });
        spawned.map_err(|raise| anyhow::anyhow!("spawning: {raise:?}"))?;
        while machine.run(10_000) == Stopped::TurnLimit {}
        best = best.min(begun.elapsed());
        printed = String::from_utf8_lossy(&machine.kernel().console().output()).trim().to_owned();
    }
    Ok((best, printed))
}

fn theirs(folder: &Path, module: &str, function: &str) -> anyhow::Result<(Duration, String)> {
    let text = format!(
        "M = '{module}', Times = [element(1, timer:tc(M, {function}, [])) || _ <- lists:seq(1, {RUNS})], \
         io:format(\"~p ~p\", [lists:min(Times), erlang:phash2(M:{function}())])"
    );
    let elixir = reference::elixir_ebin()?;
    let output = reference::program("erl")?
        .args(["-noshell", "-pa"])
        .arg(elixir)
        .args(["-eval", &format!("{text}, halt().")])
        .current_dir(folder)
        .output()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let (micros, hash) = printed.trim().split_once(' ').with_context(|| format!("erl printed {printed:?}"))?;
    Ok((Duration::from_micros(micros.parse()?), hash.to_owned()))
}
