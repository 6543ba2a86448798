//! Speed of BEAM code in a sandbox beside that of real Erlang with its JIT, on the programs of `tests/bench`.
//!
//! Prints one JSON object a program, in milliseconds, the best of several runs each. Started by
//! `cargo xtask bench beam`, which sets the environment variables that it reads.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use sandbox_runtime::kernel::Config;
use sandbox_runtime::machine::Stopped;
use shared::command::Command;
use shared::event::Entry;
use shared::{Etf, Term};
use tests::bench::{self, Code};

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

pub(crate) fn run() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    bench::compile(folder.path(), &["bench_programs.erl", "bench_json.ex"])?;
    let code = Code::load(folder.path())?;
    for (module, function) in PROGRAMS {
        let (theirs, expected) = theirs(folder.path(), module, function)?;
        let (ours, found) = ours(&code, module, function)?;
        ensure!(found == expected, "{function}: ours gives {found}, theirs {expected}");
        bench::print(function, "ms", ours.as_secs_f64() * 1e3, Some(theirs.as_secs_f64() * 1e3));
    }
    Ok(())
}

fn ours(code: &Code, module: &str, function: &str) -> anyhow::Result<(Duration, String)> {
    let mut best = Duration::MAX;
    let mut printed = String::new();
    for _ in 0..RUNS {
        let mut machine = code.machine(Config::default());
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
    let printed = bench::erl(&text, folder)?;
    let (micros, hash) = printed.split_once(' ').with_context(|| format!("erl printed {printed:?}"))?;
    Ok((Duration::from_micros(micros.parse()?), hash.to_owned()))
}
