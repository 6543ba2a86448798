//! Random programs and random ends: nothing may dangle.

use sandbox_runtime::host::Host;
use sandbox_runtime::kernel::alias::AliasMode;
use sandbox_runtime::kernel::info::Info;
use sandbox_runtime::kernel::monitor::MonitorOptions;
use sandbox_runtime::kernel::spawn::SpawnOptions;
use sandbox_runtime::kernel::{Config, Kernel, Next, TurnReport, TurnResult};
use shared::event::{Destination, Entry};
use shared::{Etf, Pid, Ref, Term, VirtualTime};

use crate::script::{self, Op, Vars};

/// A small generator of its own, so that a failing seed is a whole test case.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn entry() -> Entry {
    Entry::new("random", "walk", Etf::of(&Term::Nil))
}

/// One random call of the process `me`.
fn random_call(kernel: &mut Kernel, random: &mut Random, me: Pid, refs: &mut Vec<Ref>) {
    let other = Pid(random.below(12));
    let reason = Etf::atom(["normal", "kill", "shutdown", "oops"][random.below(4) as usize]);
    let some_ref = refs.get(random.below(refs.len().max(1) as u64) as usize).copied().unwrap_or_default();
    let options = MonitorOptions {
        alias: [None, Some(AliasMode::Demonitor), Some(AliasMode::ReplyDemonitor)][random.below(3) as usize],
        tag: None,
    };
    match random.below(18) {
        0..=2 => drop(kernel.link(me, other)),
        3 | 4 => kernel.unlink(me, other),
        5 | 6 => refs.extend(kernel.monitor(me, &Destination::Pid(other), options)),
        7 => drop(kernel.demonitor(me, some_ref)),
        8 => kernel.exit_signal(me, other, reason),
        9 => drop(kernel.send(me, &Destination::Pid(other), Etf::atom("hello"))),
        10 => drop(kernel.send(me, &Destination::Alias(some_ref), Etf::atom("hello"))),
        11 | 12 => {
            let monitor = (random.below(2) == 0).then_some(options);
            let options = SpawnOptions { link: random.below(2) == 0, monitor, ..SpawnOptions::default() };
            refs.extend(kernel.spawn(me, entry(), options).ok().and_then(|(_, monitor)| monitor));
        }
        13 => drop(kernel.process_flag(me, "trap_exit", &Term::bool(random.below(2) == 0))),
        14 => drop(kernel.suspend_process(Some(me), other)),
        15 => drop(kernel.resume_process(Some(me), other)),
        16 => {
            let due = VirtualTime(kernel.now().nanos() + random.below(1_000_000));
            let form = sandbox_runtime::kernel::timer::TimerForm::Plain;
            refs.extend(kernel.start_timer(me, due, Destination::Pid(other), &Etf::atom("tick"), form));
        }
        _ => drop(kernel.register(Some(me), &["a", "b", "c"][random.below(3) as usize].into(), other)),
    }
}

fn random_turn(kernel: &mut Kernel, random: &mut Random, me: Pid, refs: &mut Vec<Ref>) {
    for _ in 0..random.below(4) {
        if !kernel.is_doomed(me) {
            random_call(kernel, random, me, refs);
        }
    }
    let result = match random.below(12) {
        0 => TurnResult::Exited { reason: Etf::atom("oops") },
        1..=3 => TurnResult::Yield,
        4..=6 => TurnResult::Waiting { until: Some(VirtualTime(kernel.now().nanos() + random.below(2_000_000))) },
        _ => TurnResult::Waiting { until: None },
    };
    let report = TurnReport { result, reductions: 10, mailbox_messages: 0, mailbox_bytes: 0, memory: 100 };
    kernel.end_turn(me, report);
}

fn pids(kernel: &mut Kernel, pid: Pid, item: &str) -> Vec<Pid> {
    let Info::Value(value) = kernel.process_info(pid, item) else { panic!("{pid} is dead") };
    let pid_of = |term: &Term| match term {
        Term::Tuple(parts) => parts[1].as_local_pid().expect("a pid"),
        term => term.as_local_pid().expect("a pid"),
    };
    value.as_list().expect("a list").iter().map(pid_of).collect()
}

/// When every signal has been taken, both sides of everything agree.
fn check_nothing_dangles(kernel: &mut Kernel, seed: u64) {
    loop {
        let before = kernel.journal_mut().last_seq();
        for pid in kernel.pids().collect::<Vec<_>>() {
            kernel.is_process_alive(pid);
        }
        if kernel.journal_mut().last_seq() == before {
            break;
        }
    }
    // Acknowledgements make no events, so one more round.
    for pid in kernel.pids().collect::<Vec<_>>() {
        kernel.is_process_alive(pid);
    }
    for pid in kernel.pids().collect::<Vec<_>>() {
        for peer in pids(kernel, pid, "links") {
            assert!(kernel.process(peer).is_some(), "seed {seed}: {pid} is linked to dead {peer}");
            assert!(pids(kernel, peer, "links").contains(&pid), "seed {seed}: only {pid} knows of {peer}");
        }
        for watched in pids(kernel, pid, "monitors") {
            assert!(kernel.process(watched).is_some(), "seed {seed}: {pid} watches dead {watched}");
            assert!(pids(kernel, watched, "monitored_by").contains(&pid), "seed {seed}");
        }
        for watcher in pids(kernel, pid, "monitored_by") {
            assert!(pids(kernel, watcher, "monitors").contains(&pid), "seed {seed}");
        }
    }
    let names: Vec<_> = kernel.registered().cloned().collect();
    for name in names {
        let owner = kernel.whereis(&name).expect("registered");
        assert_eq!(kernel.process(owner).and_then(|process| process.name.clone()), Some(name), "seed {seed}");
    }
}

fn walk(seed: u64, turns: u64) -> (Kernel, u64) {
    let mut kernel = Kernel::new(Config { seed, ..Config::default() });
    let mut random = Random(seed);
    let mut refs = Vec::new();
    let mut given = 0;
    for _ in 0..3 {
        kernel.spawn_root(entry(), None, None).expect("room");
    }
    while given < turns {
        match kernel.next_turn() {
            Next::Turn(turn) => random_turn(&mut kernel, &mut random, turn.pid, &mut refs),
            Next::Idle { .. } => {
                // Everyone waits or is gone: give them something to do.
                kernel.spawn_root(entry(), None, None).expect("room");
            }
            Next::Halted => panic!("nobody halts"),
        }
        given += 1;
    }
    (kernel, given)
}

#[test]
fn random_walks_leave_nothing_dangling() {
    for seed in 0..400 {
        let (mut kernel, _) = walk(seed, 60);
        check_nothing_dangles(&mut kernel, seed);
    }
}

#[test]
fn when_all_are_killed_nothing_is_left() {
    for seed in 0..200 {
        let (mut kernel, _) = walk(seed, 40);
        for pid in kernel.pids().collect::<Vec<_>>() {
            let command = shared::command::Command::Exit { pid, reason: Etf::atom("kill") };
            kernel.command(command).expect("always");
        }
        assert_eq!(kernel.next_turn(), Next::Idle { until: None }, "seed {seed}");
        assert_eq!(kernel.process_count(), 0, "seed {seed}");
        assert_eq!(kernel.registered().count(), 0);
        assert_eq!(kernel.total_memory(), 0);
        assert_eq!(kernel.next_due(), None, "seed {seed}: a timer is left");
    }
}

#[test]
fn random_walks_are_the_same_twice() {
    for seed in 0..50 {
        let (first, second) = (walk(seed, 50).0, walk(seed, 50).0);
        assert_eq!(first.state_hash(), second.state_hash(), "seed {seed}");
    }
}

/// A boss that starts a worker again whenever one ends, and workers that wait, send and time out.
fn workers() -> Vec<(&'static str, Vec<Op>)> {
    fn start(host: &mut Host, vars: &mut Vars) {
        script::spawn(host, vars, "worker", SpawnOptions { link: true, ..SpawnOptions::default() });
    }
    let mut main = vec![Op::Do(script::trap_exit), Op::Do(start), Op::Do(start), Op::Do(start)];
    main.extend(vec![Op::Receive(|host, vars, _| start(host, vars)); 6]);
    main.push(Op::ReceiveAfter(50, |_, _, _| ()));
    let worker = vec![
        Op::Do(|host, vars| {
            let boss = Destination::Pid(vars.boss());
            host.monitor(&boss, MonitorOptions::default()).expect("room");
            let table = Etf::of(&Term::list([Term::atom("t"), Term::Nil]));
            host.ets("new", &table).expect("a table");
            let due = VirtualTime(host.now().nanos() + 3_000_000);
            let form = sandbox_runtime::kernel::timer::TimerForm::Timeout;
            host.start_timer(due, boss, &Etf::atom("tick"), form).expect("a timer");
        }),
        Op::ReceiveAfter(5, |_, _, _| ()),
    ];
    vec![("main", main), ("worker", worker)]
}

#[test]
fn killing_any_process_at_any_turn_leaves_nothing_behind() {
    let mut killed = 0;
    for turns in 0..25 {
        for victim in 0..6 {
            let mut machine = script::machine(Config::default(), &workers());
            machine.run(turns);
            killed += u64::from(machine.kernel().process(Pid(victim)).is_some());
            let command = shared::command::Command::Exit { pid: Pid(victim), reason: Etf::atom("kill") };
            machine.command(command).expect("always");
            machine.run(100_000);
            assert!(machine.guest_count() <= machine.kernel().process_count());
            check_nothing_dangles(machine.kernel_mut(), turns * 10 + victim);
            for pid in machine.kernel().pids().collect::<Vec<_>>() {
                let command = shared::command::Command::Exit { pid, reason: Etf::atom("kill") };
                machine.command(command).expect("always");
            }
            machine.run(100_000);
            let kernel = machine.kernel();
            let left = (kernel.process_count(), machine.guest_count(), kernel.ets().bytes(), kernel.next_due());
            assert_eq!(left, (0, 0, 0, None), "after {turns} turns, {victim} killed");
        }
    }
    assert!(killed > 50, "{killed}");
}
