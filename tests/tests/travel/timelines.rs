//! Recordings of runs whose processes are wasm instances.

use sandbox_runtime::explore::{RunLimit, explore};
use sandbox_runtime::kernel::Config;
use sandbox_runtime::kernel::journal::Interest;
use sandbox_runtime::timeline::change::replace_state;
use sandbox_runtime::timeline::diff::difference;
use sandbox_runtime::timeline::{Origin, Target, Timeline};
use shared::command::Command;
use shared::recording::Recording;
use shared::schedule::Schedule;
use shared::{Etf, EventSeq, Pid, Term};

use tests::travel::{PROGRAMS, WasmMachine, factory, machine, output};

type WasmTimeline = Timeline<sandbox_runtime::host::instance::WasmFactory>;

fn record(config: Config, program: &str) -> WasmTimeline {
    let origin = Origin { image: factory().template().id().to_string(), config: config.clone(), start: None };
    Timeline::record(machine(config, program), origin).expect("wasm guests can be saved")
}

fn events(machine: &mut WasmMachine) -> Vec<String> {
    machine.take_events().iter().map(|event| serde_json::to_string(event).expect("json")).collect()
}

#[test]
fn every_program_does_the_same_twice_recorded_or_not_traced_or_not() {
    for program in PROGRAMS {
        let run = |interest: Interest, recorded: bool| {
            let mut plain = machine(Config::default(), program);
            plain.kernel_mut().journal_mut().set_interest(interest);
            plain.take_events();
            if recorded {
                let mut timeline = Timeline::record(plain, Origin::default()).expect("wasm guests can be saved");
                timeline.run(u64::MAX).expect("at the end");
                (events(timeline.machine_mut()), timeline.machine_mut().state_hash())
            } else {
                plain.run(u64::MAX);
                (events(&mut plain), plain.state_hash())
            }
        };
        let (log, hash) = run(Interest::Everything, false);
        assert!(log.len() > 100, "{program}: {}", log.len());
        assert_eq!(run(Interest::Everything, false), (log.clone(), hash), "{program}");
        assert_eq!(run(Interest::Everything, true), (log, hash), "{program}");
        assert_eq!(run(Interest::Nothing, true).1, hash, "{program}");
        assert_eq!(run(Interest::Actions, false).1, hash, "{program}");
    }
}

#[test]
fn a_recording_replays_and_any_moment_of_it_can_be_visited() {
    for (program, schedule) in PROGRAMS.into_iter().zip([3, 5, 7, 11].map(|seed| Schedule::Random { seed })) {
        let config = Config { schedule, seed: 9, ..Config::default() };
        let mut timeline = record(config.clone(), program);
        timeline.run(u64::MAX).expect("at the end");
        let text = serde_json::to_string(&timeline.recording().expect("wasm guests can be saved")).expect("json");
        let stored: Recording = serde_json::from_str(&text).expect("what was written");
        let mut again = Timeline::replay(machine(config.clone(), program), stored).expect("the same machine");
        again.verify().unwrap_or_else(|error| panic!("{program}: {error}"));

        let last = timeline.last_seq().0;
        for part in [7, 2, 9, 5, 1, 8, 0] {
            let position = timeline.seek(Target::Event(EventSeq(last * part / 10))).expect("it replays");
            let mut straight = machine(config.clone(), program);
            straight.run(position.turns);
            assert_eq!(timeline.machine_mut().guest_digest(Pid(0)), straight.guest_digest(Pid(0)));
            assert_eq!(timeline.machine_mut().state_hash(), straight.state_hash(), "{program} at {position:?}");
        }
        timeline.seek(Target::End).expect("it replays");
        again.seek(Target::End).expect("it replays");
        assert_eq!(output(timeline.machine()), output(again.machine()), "{program}");
    }
}

#[test]
fn the_state_of_a_server_is_changed_in_a_fork() {
    let mut timeline = record(Config::default(), "counters");
    timeline.run(u64::MAX).expect("at the end");
    let middle = EventSeq(timeline.last_seq().0 / 2);
    timeline.seek(Target::Event(middle)).expect("it replays");
    let boundary = timeline.machine().kernel().last_seq();
    // The first server; its number is what it counts to.
    let change = replace_state(Pid(1), Term::Int(1_000_000));
    let mut fork = timeline.fork_at(Target::Event(middle), [change]).expect("there is room");
    fork.run(u64::MAX).expect("at the end");
    fork.verify().expect("it replays");
    timeline.seek(Target::End).expect("it replays");
    let first = |text: &str| {
        let number = text.trim_start_matches('{').split(',').next().and_then(|number| number.parse::<u64>().ok());
        number.unwrap_or_else(|| panic!("{text}"))
    };
    let (before, after) = (first(&output(timeline.machine())), first(&output(fork.machine())));
    assert!(before < 10_000 && after > 1_000_000, "{before} and {after}");
    let found = difference(&mut timeline, &mut fork).expect("both replay").expect("they differ");
    let seq = found.right.expect("an event").seq;
    assert!(seq > boundary, "{seq} and {boundary}");
    assert!(!found.states.is_empty());
}

#[test]
fn killing_any_process_at_any_moment_leaves_nothing_behind() {
    let mut killed = 0;
    for program in ["family", "tables"] {
        let mut timeline = record(Config::default(), program);
        timeline.run(u64::MAX).expect("at the end");
        let last = timeline.last_seq().0;
        for part in 0..12 {
            timeline.seek(Target::Event(EventSeq(last * part / 12))).expect("it replays");
            for pid in timeline.machine().kernel().pids().collect::<Vec<_>>() {
                let kill = |pid| Command::Exit { pid, reason: Etf::atom("kill") };
                let mut fork = timeline.fork([kill(pid)]).expect("always");
                fork.run(100_000).expect("at the end");
                killed += 1;
                let machine = fork.machine();
                assert!(machine.guest_count() <= machine.kernel().process_count(), "{program}: {pid} at {part}");
                for left in machine.kernel().pids().collect::<Vec<_>>() {
                    fork.command(kill(left)).expect("always");
                }
                fork.run(100_000).expect("at the end");
                let kernel = fork.machine().kernel();
                let left =
                    (kernel.process_count(), fork.machine().guest_count(), kernel.ets().bytes(), kernel.next_due());
                assert_eq!(left, (0, 0, 0, None), "{program}: {pid} killed at {part}");
                assert_eq!(kernel.registered().count(), 0);
            }
        }
    }
    assert!(killed > 30, "{killed}");
}

#[test]
fn schedules_that_lose_an_update_are_found_and_replay() {
    let make = |schedule| machine(Config { schedule, ..Config::default() }, "lost_update");
    let limit = RunLimit { turns: 10_000 };
    let failed = |machine: &mut WasmMachine| output(machine).trim() != "2";
    let failures = explore(0..40, |seed| Schedule::Random { seed }, limit, make, failed);
    assert!(!failures.is_empty() && failures.len() < 40, "{} of 40", failures.len());
    for failure in failures {
        let mut again = make(failure.schedule);
        again.run(10_000);
        assert_eq!(output(&again).trim(), "1", "seed {}", failure.seed);
    }
}
