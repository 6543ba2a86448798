//! Limits, tried by programs that abuse what they bound.

use sandbox_runtime::kernel::spawn::SpawnOptions;
use sandbox_runtime::kernel::{Config, Raise};
use sandbox_runtime::machine::Stopped;
use shared::event::{Destination, Entry, EventKind, ExitedBy};
use shared::limits::{LimitKind, Limits};
use shared::term::Atom;
use shared::{Etf, Term, VirtualTime};

use crate::script::{Op, TestMachine, Vars, machine, print, send, spawn, trap_exit};

fn limited(limits: Limits, scripts: &[(&'static str, Vec<Op>)]) -> TestMachine {
    machine(Config { limits, ..Config::default() }, scripts)
}

/// The limits that were reached, and how the processes ended.
fn what_happened(machine: &mut TestMachine) -> (Vec<LimitKind>, Vec<(ExitedBy, String)>) {
    let events = machine.take_events();
    let mut limits: Vec<LimitKind> = Vec::new();
    let mut ends = Vec::new();
    for event in events {
        match event.kind {
            EventKind::LimitReached { limit, .. } => limits.push(limit),
            EventKind::Exited { reason, by } => ends.push((by, reason.to_string())),
            _ => {}
        }
    }
    (limits, ends)
}

#[test]
fn a_fork_bomb_meets_system_limit() {
    let bomb = vec![
        Op::Do(|host, _| {
            let entry = Entry::new("script", "main", Etf::of(&Term::Nil));
            if let Err(error) = host.spawn(entry, SpawnOptions::default()) {
                assert_eq!(error, Raise::SystemLimit(LimitKind::Processes));
            }
        }),
        Op::Repeat,
    ];
    let mut machine = limited(Limits { processes: 50, ..Limits::default() }, &[("main", bomb)]);
    assert_eq!(machine.run(500), Stopped::TurnLimit);
    assert_eq!(machine.kernel().process_count(), 50);
    assert!(what_happened(&mut machine).0.contains(&LimitKind::Processes));
}

#[test]
fn a_full_mailbox_ends_its_owner_and_nobody_else() {
    fn flood(host: &mut sandbox_runtime::host::Host, vars: &mut Vars) {
        send(host, vars.pid("child"), Term::Int(1));
    }
    for (limits, kind) in [
        (Limits { mailbox_messages: 100, ..Limits::default() }, LimitKind::MailboxMessages),
        (Limits { mailbox_bytes: 100, ..Limits::default() }, LimitKind::MailboxBytes),
    ] {
        let mut main = vec![Op::Do(|host, vars| {
            spawn(host, vars, "idle", SpawnOptions::default());
        })];
        main.extend(vec![Op::Do(flood); 300]);
        main.push(Op::ReceiveAfter(10_000, |_, _, _| ()));
        let idle = vec![Op::ReceiveAfter(60_000, |_, _, _| ()), Op::Receive(|_, _, _| ()), Op::Spin(1_000_000)];
        let mut machine = limited(limits, &[("main", main), ("idle", idle)]);
        machine.run(1);
        let (limits, ends) = what_happened(&mut machine);
        assert_eq!(limits, [kind]);
        assert_eq!(ends, [(ExitedBy::Limit(kind), format!("{{system_limit,{}}}", kind.atom()))]);
        assert_eq!(machine.kernel().process_count(), 1);
    }
}

#[test]
fn a_process_that_floods_itself_ends() {
    let main = vec![
        Op::Do(|host, _| {
            let me = host.self_pid();
            send(host, me, Term::Int(1));
        }),
        Op::Repeat,
    ];
    let mut machine = limited(Limits { mailbox_messages: 1_000, ..Limits::default() }, &[("main", main)]);
    assert_eq!(machine.run(100), Stopped::Idle { until: None });
    let (_, ends) = what_happened(&mut machine);
    assert_eq!(ends, [(ExitedBy::Limit(LimitKind::MailboxMessages), "{system_limit,mailbox_messages}".to_owned())]);
}

#[test]
fn a_huge_message_is_refused() {
    let main = vec![Op::Do(|host, _| {
        let me = Destination::Pid(host.self_pid());
        let error = host.send(&me, Etf::of(&Term::binary(vec![0; 2_000])));
        assert_eq!(error, Err(Raise::SystemLimit(LimitKind::MessageBytes)));
        print(host, "refused");
    })];
    let mut machine = limited(Limits { message_bytes: 1_000, ..Limits::default() }, &[("main", main)]);
    machine.run(10);
    assert_eq!(crate::script::output(&machine), "refused\n");
}

#[test]
fn senders_wait_for_the_next_second() {
    let main = vec![
        Op::Do(|host, _| {
            let nobody = Destination::Pid(shared::Pid(999));
            host.send(&nobody, Etf::atom("x")).expect("sent");
        }),
        Op::Repeat,
    ];
    let limits = Limits { messages_per_second: 10_000, ..Limits::default() };
    let mut machine = limited(limits, &[("main", main)]);
    machine.run(60);
    let sent = machine.take_events().iter().filter(|event| matches!(event.kind, EventKind::Sent { .. })).count();
    let seconds = machine.kernel().now().nanos() / 1_000_000_000;
    // Each second lets the turn finish in which the limit was reached.
    assert!(seconds >= 9 && sent as u64 <= (seconds + 1) * (10_000 + 4_000), "{sent} in {seconds} s");
}

#[test]
fn a_restart_storm_is_slowed_down() {
    let main = vec![
        Op::Do(trap_exit),
        Op::Do(|host, vars| {
            spawn(host, vars, "crash", SpawnOptions { link: true, ..SpawnOptions::default() });
        }),
        Op::Receive(|_, _, _| ()),
        Op::Repeat,
    ];
    let crash = vec![Op::Exit(|_| crate::script::atom("crash"))];
    let limits = Limits { spawns_per_second: 20, ..Limits::default() };
    let mut machine = limited(limits, &[("main", main), ("crash", crash)]);
    machine.run(400);
    let seconds = machine.kernel().now().nanos() / 1_000_000_000;
    assert!((5..=12).contains(&seconds), "{seconds}");
}

#[test]
fn too_many_reductions_halt_the_sandbox() {
    let limits = Limits { total_reductions: 50_000, ..Limits::default() };
    let mut machine = limited(limits, &[("main", vec![Op::Spin(100), Op::Repeat])]);
    assert_eq!(machine.run(u64::MAX), Stopped::Halted);
    assert!((50_000..54_001).contains(&machine.kernel().total_reductions()));
    assert_eq!(machine.kernel().halted().map(ToString::to_string).as_deref(), Some("{system_limit,total_reductions}"));
    assert_eq!(machine.run(1), Stopped::Halted);
}

#[test]
fn too_much_memory_ends_the_process() {
    // A script says that it has a thousand bytes.
    for limits in [Limits { process_bytes: 500, ..Limits::default() }, Limits { total_bytes: 500, ..Limits::default() }]
    {
        let mut machine = limited(limits, &[("main", vec![Op::Receive(|_, _, _| ())])]);
        assert_eq!(machine.run(10), Stopped::Idle { until: None });
        assert_eq!((machine.kernel().process_count(), machine.kernel().total_memory()), (0, 0));
    }
}

#[test]
fn timers_and_atoms_and_links_are_limited() {
    let main = vec![
        Op::Do(|host, vars| {
            let me = Destination::Pid(host.self_pid());
            let due = VirtualTime::from_millis(1);
            let mut start =
                || host.start_timer(due, me.clone(), &Etf::atom("x"), sandbox_runtime::kernel::timer::TimerForm::Plain);
            assert!(start().is_ok() && start().is_ok());
            assert_eq!(start(), Err(Raise::SystemLimit(LimitKind::Timers)));
            let mut add = |number: u64| host.add_atom(Atom::new(&format!("atom{number}")));
            for number in 0..10 {
                assert_eq!(add(number), Ok(number as u32 + 1));
            }
            assert_eq!(add(10), Err(Raise::SystemLimit(LimitKind::Atoms)));
            assert_eq!(add(3), Ok(4), "it is there already");
            let first = spawn(host, vars, "idle", SpawnOptions::default());
            assert_eq!(host.link(first), Ok(()));
        }),
        // Links are counted at the end of a turn.
        Op::Spin(5_000),
        Op::Do(|host, vars| {
            let second = spawn(host, vars, "idle", SpawnOptions::default());
            assert_eq!(host.link(second), Err(Raise::SystemLimit(LimitKind::Links)));
            print(host, "done");
        }),
    ];
    let limits = Limits { timers: 2, atoms: 10, links: 1, ..Limits::default() };
    let mut machine = limited(limits, &[("main", main), ("idle", vec![Op::Receive(|_, _, _| ())])]);
    machine.run(10);
    assert_eq!(crate::script::output(&machine), "done\n");
}

#[test]
fn output_keeps_its_newest_part() {
    let main = vec![Op::Do(|host, _| (0..100).for_each(|n| print(host, &format!("line {n:03}"))))];
    let limits = Limits { output_bytes: 20, ..Limits::default() };
    let mut machine = limited(limits, &[("main", main)]);
    machine.run(10);
    assert_eq!(crate::script::output(&machine), "7\nline 098\nline 099\n");
    assert_eq!(machine.kernel().console().dropped_bytes(), 880);
    assert_eq!(what_happened(&mut machine).0, [LimitKind::OutputBytes]);
}

#[test]
fn a_process_that_traps_exits_and_sleeps_cannot_be_filled_up_with_them() {
    let mut main = vec![
        Op::Do(|host, vars| {
            let child = spawn(host, vars, "sleeper", SpawnOptions::default());
            vars.set("sleeper", child);
        }),
        Op::ReceiveAfter(1, |_, _, _| ()),
        Op::Do(|host, vars| host.suspend(vars.pid("sleeper")).expect("alive")),
    ];
    main.extend(vec![Op::Do(|host, vars| host.exit(vars.pid("sleeper"), Etf::atom("poke"))); 3_000]);
    main.push(Op::Receive(|_, _, _| ()));
    let sleeper = vec![Op::Do(trap_exit), Op::ReceiveAfter(100_000, |_, _, _| ()), Op::Receive(|_, _, _| ())];
    let limits = Limits { mailbox_messages: 1_000, ..Limits::default() };
    let mut machine = limited(limits, &[("main", main), ("sleeper", sleeper)]);
    machine.run(50);
    let (limits, ends) = what_happened(&mut machine);
    assert!(limits.contains(&LimitKind::MailboxMessages));
    assert_eq!(ends[0].0, ExitedBy::Limit(LimitKind::MailboxMessages));
}

#[test]
fn large_messages_cannot_hide_in_timers() {
    let main = vec![Op::Do(|host, _| {
        let form = sandbox_runtime::kernel::timer::TimerForm::Plain;
        let later = VirtualTime::from_millis(1_000_000);
        let message = Etf::of(&Term::binary(vec![0; 1_000]));
        let me = Destination::Pid(host.self_pid());
        let mut started = 0;
        while host.start_timer(later, me.clone(), &message, form).is_ok() {
            started += 1;
        }
        print(host, &format!("{started}"));
    })];
    let mut machine = limited(Limits { mailbox_bytes: 20_000, ..Limits::default() }, &[("main", main)]);
    machine.run(5);
    assert_eq!(crate::script::output(&machine), "19\n");
}
