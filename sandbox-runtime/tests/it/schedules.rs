//! Rules for who goes next.

use std::collections::BTreeSet;

use sandbox_runtime::explore::{RunLimit, explore};
use sandbox_runtime::host::Host;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::kernel::flags::Priority;
use sandbox_runtime::kernel::journal::Interest;
use sandbox_runtime::kernel::spawn::SpawnOptions;
use shared::Term;
use shared::event::{Event, EventKind};
use shared::schedule::{Schedule, TurnChoice};

use crate::script::{self, Op, Vars, check, log, machine, output, print, spawn};

fn spawn_with(host: &mut sandbox_runtime::host::Host, vars: &mut crate::script::Vars, priority: Priority) {
    spawn(host, vars, priority.name(), SpawnOptions { priority: Some(priority), ..SpawnOptions::default() });
}

#[test]
fn urgent_processes_go_first_and_low_ones_each_eighth_time() {
    let main = vec![Op::Do(|host, vars| {
        for priority in [Priority::Low, Priority::Normal, Priority::High, Priority::Max] {
            spawn_with(host, vars, priority);
        }
    })];
    let busy = |text: &'static str| match text {
        "max" => vec![Op::Do(|host, _| print(host, "max")), Op::Spin(5_000), Op::Do(|host, _| print(host, "max"))],
        "high" => vec![Op::Do(|host, _| print(host, "high")), Op::Spin(5_000), Op::Do(|host, _| print(host, "high"))],
        "low" => vec![Op::Do(|host, _| print(host, "low"))],
        _ => [Op::Do(|host, _| print(host, "normal")), Op::Spin(4_100)].repeat(9),
    };
    let scripts = [
        ("main", main),
        ("max", busy("max")),
        ("high", busy("high")),
        ("normal", busy("normal")),
        ("low", busy("low")),
    ];
    let expected = "max\nmax\nhigh\nhigh\nnormal\nnormal\nnormal\nnormal\nnormal\nnormal\nnormal\nlow\nnormal\nnormal";
    check(&scripts, expected);
}

/// Three processes that each print twice, with a turn in between.
fn race() -> [(&'static str, Vec<Op>); 2] {
    let main = vec![Op::Do(|host, vars| {
        for _ in 0..3 {
            spawn(host, vars, "racer", SpawnOptions::default());
        }
    })];
    let racer = vec![
        Op::Do(|host, _| {
            let me = host.self_pid();
            print(host, &me.to_string());
        }),
        Op::Spin(5_000),
        Op::Do(|host, _| {
            let me = host.self_pid();
            print(host, &me.to_string());
        }),
    ];
    [("main", main), ("racer", racer)]
}

fn run_with(schedule: Schedule) -> (String, Vec<Event>) {
    let mut machine = machine(Config { schedule, ..Config::default() }, &race());
    machine.kernel_mut().journal_mut().set_interest(Interest::Everything);
    machine.run(10_000);
    (output(&machine), machine.take_events())
}

#[test]
fn other_rules_find_other_orders_and_each_of_them_replays() {
    let rules: [fn(u64) -> Schedule; 2] =
        [|seed| Schedule::Random { seed }, |seed| Schedule::Pct { seed, changes: 3, horizon: 10 }];
    for rule in rules {
        let mut orders = BTreeSet::new();
        for seed in 0..60 {
            let (printed, events) = run_with(rule(seed));
            let replay = run_with(Schedule::of_events(&events));
            assert_eq!(log(&replay.1), log(&events), "seed {seed}");
            assert_eq!(run_with(rule(seed)).0, printed);
            orders.insert(printed);
        }
        assert!(orders.len() > 10, "{} orders", orders.len());
    }
}

#[test]
fn a_schedule_that_does_not_fit_is_reported_and_the_run_goes_on() {
    let wrong = TurnChoice { pid: shared::Pid(55), reductions: 10 };
    let (printed, events) = run_with(Schedule::Replay { turns: vec![wrong] });
    assert!(events.iter().any(|event| event.kind == EventKind::ScheduleDiverged { wanted: wrong.pid }));
    assert_eq!(printed, run_with(Schedule::Default).0);
}

/// A counter that two processes read, add to and write back: one of the two additions is lost when they meet.
fn lost_update() -> Vec<(&'static str, Vec<Op>)> {
    fn ask(host: &mut Host, vars: &mut Vars) {
        let me = Term::pid(host.self_pid());
        script::send(host, vars.boss(), Term::tuple([script::atom("get"), me]));
    }
    fn put(host: &mut Host, vars: &mut Vars, value: Term) {
        let value = value.as_int().expect("a number") + 1;
        script::send(host, vars.boss(), Term::tuple([script::atom("put"), Term::Int(value)]));
    }
    fn serve(host: &mut Host, vars: &mut Vars, request: Term) {
        match request.as_tuple().expect("a request") {
            [get, from] if get.is_atom("get") => {
                let value = vars.get("counter").as_int().unwrap_or(0);
                script::send(host, from.as_local_pid().expect("a pid"), Term::Int(value));
            }
            [_, value] => vars.set("counter", value.clone()),
            _ => panic!("no such request"),
        }
    }
    let mut main = vec![Op::Do(|host, vars| {
        spawn(host, vars, "adder", SpawnOptions::default());
        spawn(host, vars, "adder", SpawnOptions::default());
    })];
    main.extend(vec![Op::Receive(serve); 4]);
    main.push(Op::Do(|host, vars| {
        let counter = vars.get("counter");
        print(host, &counter.to_string());
    }));
    let adder = vec![Op::Do(ask), Op::Receive(put)];
    vec![("main", main), ("adder", adder)]
}

#[test]
fn a_schedule_that_loses_an_update_is_found_and_replays() {
    let make = |schedule| machine(Config { schedule, ..Config::default() }, &lost_update());
    let failed = |machine: &mut script::TestMachine| output(machine) != "2\n";
    let limit = RunLimit { turns: 1_000 };
    let failures = explore(0..40, |seed| Schedule::Random { seed }, limit, make, failed);
    assert!(!failures.is_empty() && failures.len() < 40, "{} of 40", failures.len());
    for failure in failures {
        let mut again = make(failure.schedule);
        again.run(1_000);
        assert_eq!(output(&again), "1\n", "seed {}", failure.seed);
    }
}

#[test]
fn machines_and_hosts_can_go_to_other_threads() {
    fn is_send<T: Send>() {}
    is_send::<script::TestMachine>();
    is_send::<Host>();
}
