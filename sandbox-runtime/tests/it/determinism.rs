//! The same inputs give the same events; looking changes nothing.

use sandbox_runtime::kernel::Config;
use sandbox_runtime::kernel::journal::Interest;
use sandbox_runtime::kernel::spawn::SpawnOptions;
use shared::command::Command;
use shared::event::{Destination, EventKind};
use shared::{Etf, EventSeq, Term};

use crate::script::{Op, TestMachine, Vars, log, machine, print, send, show, spawn, trap_exit};

/// Workers that draw random numbers, some of which make them crash; their boss starts them again.
fn busy() -> Vec<(&'static str, Vec<Op>)> {
    fn start(host: &mut sandbox_runtime::host::Host, vars: &mut Vars) {
        spawn(host, vars, "worker", SpawnOptions { link: true, ..SpawnOptions::default() });
    }
    let mut main = vec![Op::Do(trap_exit)];
    main.extend(vec![Op::Do(start); 5]);
    for _ in 0..40 {
        main.push(Op::Receive(|host, vars, message| {
            print(host, &message.to_string());
            start(host, vars);
        }));
    }
    let worker = vec![
        Op::Do(|host, vars| {
            let number = host.random() % 100;
            vars.set("number", number);
            let boss = vars.boss();
            if number % 3 == 0 {
                send(host, boss, Term::from(number));
            }
            if number % 5 == 0 {
                host.exit(host.self_pid(), Etf::atom("unlucky"));
            }
        }),
        Op::ReceiveAfter(7, |_, _, _| ()),
        Op::Exit(|vars| vars.get("number")),
    ];
    vec![("main", main), ("worker", worker)]
}

fn start(seed: u64) -> TestMachine {
    machine(Config { seed, ..Config::default() }, &busy())
}

#[test]
fn two_runs_give_the_same_events_and_another_seed_others() {
    let run = |seed| {
        let mut machine = start(seed);
        machine.run(10_000);
        (log(&machine.take_events()), machine.kernel().state_hash())
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).0, run(2).0);
    assert!(run(1).0.lines().count() > 200);
}

#[test]
fn what_is_kept_of_the_events_does_not_change_the_state() {
    let run = |interest| {
        let mut machine = start(1);
        machine.kernel_mut().journal_mut().set_interest(interest);
        let mut hashes = Vec::new();
        for _ in 0..100 {
            machine.run(1);
            hashes.push(machine.kernel().state_hash());
        }
        (machine.take_events().len(), hashes)
    };
    let (nothing, everything) = (run(Interest::Nothing), run(Interest::Everything));
    assert_eq!(nothing.1, everything.1);
    assert_eq!(nothing.0, 1, "what happened before anybody asked");
    assert!(everything.0 > 150, "{}", everything.0);
}

#[test]
fn the_state_hash_sees_every_step() {
    let mut machine = start(1);
    let mut before = machine.kernel().state_hash();
    for _ in 0..50 {
        machine.run(1);
        let after = machine.kernel().state_hash();
        assert_ne!(before, after);
        before = after;
    }
}

#[test]
fn a_kernel_that_was_set_aside_is_not_changed_by_the_one_that_runs_on() {
    let mut machine = start(1);
    machine.run(20);
    let aside = machine.kernel().clone();
    let hash = aside.state_hash();
    machine.run(50);
    assert_eq!(aside.state_hash(), hash);
    assert_ne!(machine.kernel().state_hash(), hash);
}

#[test]
fn events_are_numbered_without_gaps_and_name_earlier_causes() {
    let mut machine = start(3);
    machine.kernel_mut().journal_mut().set_interest(Interest::Everything);
    machine.run(10_000);
    // The first events came before the interest was set.
    let events = machine.take_events();
    for pair in events.windows(2).skip(2) {
        assert_eq!(pair[1].seq.0, pair[0].seq.0 + 1);
        assert!(pair[1].at >= pair[0].at);
    }
    assert!(events.iter().all(|event| event.cause.is_none_or(|cause| cause < event.seq)));
    // Every delivery is caused by what sent it: a send, an end or a signal.
    let by_seq = |seq: EventSeq| events.iter().find(|event| event.seq == seq);
    for event in events.iter().filter(|event| matches!(event.kind, EventKind::Delivered { .. })) {
        let cause = event.cause.and_then(by_seq).expect("a cause");
        assert!(
            matches!(cause.kind, EventKind::Sent { .. } | EventKind::ExitSignal { .. } | EventKind::Exited { .. }),
            "{cause:?}"
        );
    }
}

#[test]
fn commands_from_outside_reach_processes() {
    let main = vec![Op::Do(|host, _| host.console_open()), Op::Receive(show), Op::Receive(show), Op::Receive(show)];
    let mut machine = machine(Config::default(), &[("main", main)]);
    let typed = Command::ConsoleInput { bytes: (*b"typed early").into() };
    machine.command(typed).expect("always");
    machine.run(10);
    let to = Destination::Pid(shared::Pid(0));
    machine.command(Command::Send { to, message: Etf::atom("hello") }).expect("always");
    machine.command(Command::ConsoleInput { bytes: [].into() }).expect("always");
    machine.run(10);
    assert_eq!(crate::script::output(&machine), "{console,<<\"typed early\">>}\nhello\n{console,eof}\n");
    assert!(machine.command(Command::Resume { pid: shared::Pid(7) }).is_err());
}

#[test]
fn a_fork_does_the_same_until_it_is_told_something_else() {
    let mut original = start(5);
    original.run(40);
    original.take_events();
    let (mut same, mut other) = (original.fork().expect("a script"), original.fork().expect("a script"));
    let victim = other.kernel().pids().last().expect("alive");
    other.command(Command::Exit { pid: victim, reason: Etf::atom("kill") }).expect("always");
    for machine in [&mut original, &mut same, &mut other] {
        machine.run(10_000);
    }
    let (original_log, same_log, other_log) =
        (log(&original.take_events()), log(&same.take_events()), log(&other.take_events()));
    assert_eq!(original_log, same_log);
    assert_eq!(original.kernel().state_hash(), same.kernel().state_hash());
    assert_ne!(original_log, other_log);
}

#[test]
fn a_configuration_is_plain_data() {
    let text = r#"{"seed":7,"schedule":{"pct":{"seed":1,"changes":2,"horizon":3}},"time_mode":"frozen"}"#;
    let config: Config = serde_json::from_str(text).expect("a configuration");
    assert_eq!(config.seed, 7);
    let again = serde_json::to_string(&config).expect("json");
    assert_eq!(serde_json::from_str::<Config>(&again).expect("a configuration"), config);
}

#[test]
fn events_that_nobody_takes_are_dropped_oldest_first_and_counted() {
    let mut machine = start(1);
    machine.take_events();
    let before = machine.kernel_mut().journal_mut().last_seq();
    machine.kernel_mut().journal_mut().set_capacity(10);
    machine.run(50);
    let last = machine.kernel_mut().journal_mut().last_seq();
    let dropped = machine.kernel_mut().journal_mut().dropped();
    let events = machine.take_events();
    assert_eq!(events.len(), 10);
    assert!(dropped > 10 && dropped + 10 <= last.0 - before.0);
    assert!(events.iter().all(|event| event.seq.0 > before.0 + dropped));
}
