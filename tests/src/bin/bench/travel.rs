//! What time travel costs, on the programs of `tests/travel` in wasm processes.
//!
//! Prints one JSON object a figure: `{"name", "unit", "ours", "theirs"}`. Started by `cargo xtask bench travel`, which sets the
//! environment variables that this reads.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::kernel::journal::Interest;
use sandbox_runtime::machine::{Machine, Stopped};
use sandbox_runtime::snapshot::Snapshot;
use sandbox_runtime::timeline::{Origin, Target, Timeline};
use shared::EventSeq;
use tests::bench::{print, processor_time};
use tests::travel::{WasmMachine, factory, machine};

/// Runs with and without a recording, alternating; the least processor time of each counts: whatever else a machine does makes some of
/// them take twice as much.
const PAIRS: usize = 25;
/// Events of the run in which moments are sought.
const EVENTS: u64 = 1_000_000;

pub(crate) fn run() -> anyhow::Result<()> {
    recording()?;
    hundred_processes()?;
    seeking()
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn quiet(config: Config, program: &str) -> WasmMachine {
    let mut machine = machine(config, program);
    machine.kernel_mut().journal_mut().set_interest(Interest::Nothing);
    machine
}

/// The same run recorded and not.
fn recording() -> anyhow::Result<()> {
    for (name, program) in [("ring", "ring"), ("counters", "counters_long")] {
        let (mut off, mut on) = (Vec::new(), Vec::new());
        for pair in 0..PAIRS {
            // What a processor does better the second time is shared out.
            let is_first = pair % 2 == 0;
            let plain = || -> anyhow::Result<_> {
                let mut plain = quiet(Config::default(), program);
                let begun = processor_time()?;
                plain.run(EVENTS / 20);
                Ok((processor_time()? - begun, plain.state_hash()))
            };
            let recorded = || -> anyhow::Result<_> {
                let mut timeline = Timeline::record(quiet(Config::default(), program), Origin::default())?;
                let begun = processor_time()?;
                timeline.run(EVENTS / 20)?;
                Ok((processor_time()? - begun, timeline.machine_mut().state_hash()))
            };
            let ((without, expected), (with, found)) = if is_first {
                let first = plain()?;
                (first, recorded()?)
            } else {
                let first = recorded()?;
                (plain()?, first)
            };
            ensure!(found == expected, "recording changed the run");
            off.push(without);
            on.push(with);
        }
        let least = |times: Vec<Duration>| times.into_iter().min().unwrap_or_default();
        print(&format!("recording-{name}"), "ms", millis(least(on)), Some(millis(least(off))));
    }
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn hundred_processes() -> anyhow::Result<()> {
    let mut machine = quiet(Config::default(), "idle");
    ensure!(matches!(machine.run(1_000_000), Stopped::Idle { .. }), "the program waits");
    ensure!(machine.kernel().process_count() == 101, "{} processes", machine.kernel().process_count());
    let snapshot = machine.snapshot().context("wasm guests can be saved")?;
    let mut times = Vec::new();
    for _ in 0..20 {
        // Nothing of it has been saved before.
        let mut fresh = quiet(Config::default(), "idle");
        fresh.run(1_000_000);
        let begun = processor_time()?;
        let snapshot = fresh.snapshot();
        times.push(processor_time()? - begun);
        ensure!(snapshot.is_some_and(|snapshot| snapshot.own_bytes() > 0), "pages were copied");
    }
    print("snapshot-100", "ms", millis(median(times)), None);
    print("snapshot-100-bytes", "kB", snapshot.own_bytes() as f64 / 1e3, None);

    let pids: Vec<_> = machine.kernel().pids().collect();
    let (mut lazy, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let begun = Instant::now();
        let fork = machine.fork().context("wasm guests can be saved")?;
        lazy.push(begun.elapsed());
        drop(fork);
        // Until every process of it is there.
        let begun = Instant::now();
        let mut fork = machine.fork().context("wasm guests can be saved")?;
        for pid in &pids {
            ensure!(fork.guest_mut(*pid).is_some(), "a guest");
        }
        whole.push(begun.elapsed());
    }
    print("fork-100", "ms", millis(median(lazy)), None);
    print("fork-100-all-instances", "ms", millis(median(whole)), None);

    let mut file = tempfile::tempfile()?;
    snapshot.write(&mut file)?;
    let mut times = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        let (_, opened): (_, Snapshot<WasmFactory>) = Snapshot::open(&file, factory())?;
        drop(Machine::restore(&opened));
        times.push(begun.elapsed());
    }
    print("open-snapshot-100", "ms", millis(median(times)), None);
    print("snapshot-file-100", "kB", file.metadata()?.len() as f64 / 1e3, None);
    Ok(())
}

/// Going to random moments of a long run.
fn seeking() -> anyhow::Result<()> {
    let mut timeline = Timeline::record(quiet(Config::default(), "ring"), Origin::default())?;
    let begun = Instant::now();
    while timeline.last_seq() < EventSeq(EVENTS) {
        ensure!(timeline.run(10_000)? == Stopped::TurnLimit, "the program goes on");
    }
    print("record-1M-events", "ms", millis(begun.elapsed()), None);
    let mut times = Vec::new();
    let mut wanted = 1_u64;
    for _ in 0..200 {
        wanted = wanted.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let begun = Instant::now();
        timeline.seek(Target::Event(EventSeq((wanted >> 33) % EVENTS)))?;
        times.push(begun.elapsed());
    }
    times.sort();
    print("seek-1M-p50", "ms", millis(times[times.len() / 2]), None);
    print("seek-1M-p95", "ms", millis(times[times.len() * 95 / 100]), None);
    let begun = Instant::now();
    for _ in 0..20 {
        timeline.step(-1)?;
    }
    print("step-back", "ms", millis(begun.elapsed()) / 20.0, None);
    Ok(())
}
