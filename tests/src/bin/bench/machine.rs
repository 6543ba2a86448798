//! What processes, messages and tables cost in a machine beside real Erlang, and what idle processes take: the programs of
//! `tests/bench/machine_programs.erl` on the whole library.
//!
//! Prints one JSON object a figure. Started by `cargo xtask bench machine`, which sets the environment variables that it reads.
//! Arguments are names of figures; without any, all are measured.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::kernel::journal::Interest;
use sandbox_runtime::machine::{Machine, Stopped};
use shared::command::Command;
use shared::event::Entry;
use shared::limits::Limits;
use shared::{Etf, Term};
use tests::bench::{self, Code, print, processor_time};

/// Programs whose time is counted for each thing that they do, with how often they do it here.
const PROGRAMS: [(&str, &str, i64); 9] = [
    ("spawn", "spawned", 4_000),
    ("spawn-and-exit", "ended", 5_000),
    ("round-trip", "round_trips", 50_000),
    ("gen-server-call", "calls", 20_000),
    ("fan-in-100", "fan_in", 100_000),
    ("ets-insert", "inserts", 100_000),
    ("ets-lookup", "lookups", 100_000),
    ("ets-update-counter", "counts", 100_000),
    ("persistent-term-get", "persistent_reads", 100_000),
];
/// Runs of which the best counts.
const RUNS: usize = 5;
/// Processes that are spawned from outside.
const NEW: u32 = 1_000;
/// Servers that are alive at once.
const SERVERS: i64 = 10_000;
/// What Linux allows by default.
const DEFAULT_MAX_MAP_COUNT: f64 = 65_530.0;

pub(crate) fn run(wanted: &[String]) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    bench::compile(folder.path(), &["machine_programs.erl"])?;
    let code = Code::load(folder.path())?;
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| name.starts_with(wanted.as_str()));
    for (name, function, count) in PROGRAMS {
        if is_wanted(name) {
            let (ours, faults) = ours(&code, function, count)?;
            let theirs = theirs(folder.path(), function, count)?;
            print(name, "us", ours, Some(theirs));
            if name.starts_with("spawn") {
                print(&format!("{name}-faults"), "faults", faults, None);
            }
        }
    }
    if is_wanted("first-turn") {
        first_turn(&code)?;
    }
    if is_wanted("idle") {
        idle(&code, folder.path())?;
    }
    Ok(())
}

fn machine(code: &Code, function: &str, arguments: &[Term]) -> anyhow::Result<Machine<WasmFactory>> {
    let limits = Limits { processes: 20_000, messages_per_second: u64::MAX, ..Limits::default() };
    let mut machine = code.machine(Config { limits, ..Config::default() });
    machine.kernel_mut().journal_mut().set_interest(Interest::Nothing);
    let entry = Entry::new("machine_programs", function, Etf::of(&Term::list(arguments.to_vec())));
    let spawned = machine.command(Command::Spawn { entry, group_leader: None, name: None });
    spawned.map_err(|raise| anyhow::anyhow!("spawning: {raise:?}"))?;
    Ok(machine)
}

/// Microseconds of a processor for each of the things that a program does so many of, and the page faults of each. A machine runs
/// in one thread.
fn ours(code: &Code, function: &str, count: i64) -> anyhow::Result<(f64, f64)> {
    let mut best = Duration::MAX;
    let mut faults = f64::MAX;
    for _ in 0..RUNS {
        let mut machine = machine(code, function, &[Term::Int(count)])?;
        let (begun, faulted) = (processor_time()?, page_faults()?);
        while machine.run(10_000) == Stopped::TurnLimit {}
        best = best.min(processor_time()? - begun);
        faults = faults.min(page_faults()? - faulted);
        // Its first process is over; those that it was linked to are with it unless they wait for ever.
        ensure!(machine.kernel().process_count() <= usize::try_from(count)?, "{function} has not ended");
    }
    Ok((best.as_secs_f64() * 1e6 / count as f64, faults / count as f64))
}

/// What it takes from the command that spawns a process to the end of its first turn, in which it begins to wait: the first time
/// that the machine has so many, when it had nothing to do before that and made ready for it, and when others have ended before it.
/// What making ready takes is told by itself.
fn first_turn(code: &Code) -> anyhow::Result<()> {
    let mut new = Duration::MAX;
    let mut again = Duration::MAX;
    let (mut ready, mut preparing) = (Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        let mut machine = machine(code, "ended", &[Term::Int(0)])?;
        while machine.run(10_000) == Stopped::TurnLimit {}
        new = new.min(spawns(&mut machine, "forever", NEW)?);
        again = again.min(spawns(&mut machine, "nothing", NEW)?);
        let (spawned, prepared) = spawns_when_ready(code)?;
        (ready, preparing) = (ready.min(spawned), preparing.min(prepared));
    }
    let figures = [
        ("first-turn", new),
        ("first-turn-prepared", ready),
        ("first-turn-preparing", preparing),
        ("first-turn-after-others", again),
    ];
    for (name, time) in figures {
        print(name, "us", time.as_secs_f64() * 1e6 / f64::from(NEW), None);
    }
    Ok(())
}

/// The processor time of spawning processes that wait while the machine is given time to make ready in between, and that of making
/// ready.
fn spawns_when_ready(code: &Code) -> anyhow::Result<(Duration, Duration)> {
    let mut machine = machine(code, "ended", &[Term::Int(1)])?;
    while machine.run(10_000) == Stopped::TurnLimit {}
    // Those that are there of what has ended.
    spawns(&mut machine, "forever", 10)?;
    let (mut spawned, mut preparing) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..NEW {
        let begun = processor_time()?;
        machine.prepare();
        preparing += processor_time()? - begun;
        spawned += spawns(&mut machine, "forever", 1)?;
    }
    Ok((spawned, preparing))
}

/// The processor time of spawning so many processes that wait, or end, one after another.
fn spawns(machine: &mut Machine<WasmFactory>, function: &str, count: u32) -> anyhow::Result<Duration> {
    let begun = processor_time()?;
    for _ in 0..count {
        let entry = Entry::new("machine_programs", function, Etf::of(&Term::Nil));
        let spawned = machine.command(Command::Spawn { entry, group_leader: None, name: None });
        spawned.map_err(|raise| anyhow::anyhow!("spawning: {raise:?}"))?;
        while machine.run(10_000) == Stopped::TurnLimit {}
    }
    Ok(processor_time()? - begun)
}

fn theirs(folder: &Path, function: &str, count: i64) -> anyhow::Result<f64> {
    let text = format!("io:format(\"~p\", [machine_programs:time({function}, {count})])");
    let micros: f64 = bench::erl(&text, folder)?.parse().context("erl printed something odd")?;
    Ok(micros / count as f64)
}

/// What servers take that wait.
fn idle(code: &Code, folder: &Path) -> anyhow::Result<()> {
    let theirs: f64 = bench::erl("io:format(\"~p\", [machine_programs:server_bytes()])", folder)?.parse()?;
    let (anonymous, tables, mappings) = (status("RssAnon")?, status("VmPTE")?, mappings()?);
    let mut machine = machine(code, "servers", &[Term::Int(SERVERS)])?;
    while machine.run(10_000) == Stopped::TurnLimit {}
    let alive = machine.guest_count();
    ensure!(alive > usize::try_from(SERVERS)?, "only {alive} are alive");
    let each = |before: f64, now: f64| (now - before) / SERVERS as f64;
    print("idle-server", "kB", each(anonymous, status("RssAnon")?), Some(theirs / 1e3));
    print("idle-server-page-tables", "kB", each(tables, status("VmPTE")?), None);
    print("idle-10000-mappings", "maps", mappings_since(mappings)?, Some(DEFAULT_MAX_MAP_COUNT));
    Ok(())
}

/// A line of `/proc/self/status` in kilobytes of 1000 bytes.
fn status(field: &str) -> anyhow::Result<f64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let kibibytes: f64 = line.context("the system tells it")?.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1.024)
}

/// Page faults of this thread so far (`proc_pid_stat(5)`: `minflt`).
fn page_faults() -> anyhow::Result<f64> {
    let text = fs::read_to_string("/proc/thread-self/stat")?;
    let fields = text.rsplit(')').next().context("the name is in brackets")?;
    Ok(fields.split_whitespace().nth(7).context("the system tells it")?.parse()?)
}

fn mappings() -> anyhow::Result<usize> {
    Ok(fs::read_to_string("/proc/self/maps")?.lines().count())
}

fn mappings_since(before: usize) -> anyhow::Result<f64> {
    Ok((mappings()? - before) as f64)
}
