//! Exit signals: every combination of reason, way and trapping, as Erlang/OTP 25 treats them.

use sandbox_runtime::kernel::monitor::MonitorOptions;
use sandbox_runtime::kernel::spawn::SpawnOptions;
use shared::event::EventKind;
use shared::{Etf, Term};

use crate::script::{Op, atom, check, output, print, send, show, spawn, trap_exit};

fn linked() -> SpawnOptions {
    SpawnOptions { link: true, ..SpawnOptions::default() }
}

fn monitored() -> SpawnOptions {
    SpawnOptions { monitor: Some(MonitorOptions::default()), ..SpawnOptions::default() }
}

#[test]
fn exit_2_by_reason_and_trapping() {
    let mut table = String::new();
    for reason in ["normal", "kill", "shutdown"] {
        for traps in [false, true] {
            let victim = vec![
                if traps { Op::Do(trap_exit) } else { Op::Spin(0) },
                Op::Do(|host, vars| send(host, vars.boss(), atom("ready"))),
                Op::ReceiveAfter(10, |host, vars, message| {
                    let what = message.map_or_else(
                        || atom("nothing"),
                        |message| message.as_tuple().map_or(Term::Nil, |parts| parts[2].clone()),
                    );
                    send(host, vars.boss(), Term::tuple([atom("got"), what]));
                }),
            ];
            let kill: fn(&mut sandbox_runtime::host::Host, &mut crate::script::Vars, Term) = match reason {
                "normal" => |host, vars, _| host.exit(vars.pid("child"), Etf::atom("normal")),
                "kill" => |host, vars, _| host.exit(vars.pid("child"), Etf::atom("kill")),
                _ => |host, vars, _| host.exit(vars.pid("child"), Etf::atom("shutdown")),
            };
            let main = vec![
                Op::Do(|host, vars| {
                    spawn(host, vars, "victim", monitored());
                }),
                Op::Receive(kill),
                Op::Receive(|host, _, message| {
                    let parts = message.as_tuple().expect("a tuple").to_vec();
                    let last = parts.last().expect("not empty");
                    print(host, &format!("{} {last}", parts[0]));
                }),
            ];
            let machine = crate::script::machine(Default::default(), &[("main", main), ("victim", victim)]);
            let mut machine = machine;
            machine.run(1_000);
            table.push_str(&format!("{reason} traps={traps}: {}", output(&machine)));
        }
    }
    let expected = "normal traps=false: got nothing\n\
                    normal traps=true: got normal\n\
                    kill traps=false: 'DOWN' killed\n\
                    kill traps=true: 'DOWN' killed\n\
                    shutdown traps=false: 'DOWN' shutdown\n\
                    shutdown traps=true: got shutdown\n";
    assert_eq!(table, expected);
}

#[test]
fn a_linked_process_that_traps_sees_every_reason() {
    for (exit, expected) in [
        (Op::Exit(|_| atom("normal")), "{'EXIT',<0.1.0>,normal}"),
        (Op::Exit(|_| atom("kill")), "{'EXIT',<0.1.0>,kill}"),
        (Op::Exit(|_| Term::tuple([atom("a"), Term::Int(1)])), "{'EXIT',<0.1.0>,{a,1}}"),
        (Op::Trap, "{'EXIT',<0.1.0>,trapped}"),
    ] {
        let main = vec![
            Op::Do(trap_exit),
            Op::Do(|host, vars| {
                spawn(host, vars, "child", linked());
            }),
            Op::Receive(show),
        ];
        check(&[("main", main), ("child", vec![exit])], expected);
    }
}

#[test]
fn a_linked_process_that_does_not_trap_dies_of_all_reasons_but_normal() {
    // An exit reason `kill` that comes through a link is an ordinary reason.
    for (exit, expected) in [
        (Op::Exit(|_| atom("normal")), "still here"),
        (Op::Exit(|_| atom("kill")), "{'DOWN',#Ref<0.0.0.1>,process,<0.1.0>,kill}"),
        (Op::Exit(|_| atom("oops")), "{'DOWN',#Ref<0.0.0.1>,process,<0.1.0>,oops}"),
    ] {
        let main = vec![
            Op::Do(|host, vars| {
                spawn(host, vars, "middle", monitored());
            }),
            Op::Receive(show),
        ];
        let middle = vec![
            Op::Do(|host, vars| {
                spawn(host, vars, "child", linked());
            }),
            Op::ReceiveAfter(5, |host, _, _| print(host, "still here")),
            Op::Receive(show),
        ];
        let scripts = [("main", main), ("middle", middle), ("child", vec![exit])];
        check(&scripts, expected);
    }
}

#[test]
fn a_kill_passes_through_links_as_killed() {
    let main = vec![
        Op::Do(trap_exit),
        Op::Do(|host, vars| {
            let child = spawn(host, vars, "child", linked());
            host.exit(child, Etf::atom("kill"));
        }),
        Op::Receive(show),
    ];
    check(&[("main", main), ("child", vec![Op::Receive(show)])], "{'EXIT',<0.1.0>,killed}");
}

#[test]
fn exit_signals_to_oneself_act_at_once() {
    for (index, expected) in ["normal", "killed", "x"].into_iter().enumerate() {
        let child = match index {
            0 => Op::Do(|host, _| host.exit(host.self_pid(), Etf::atom("normal"))),
            1 => Op::Do(|host, _| host.exit(host.self_pid(), Etf::atom("kill"))),
            _ => Op::Do(|host, _| host.exit(host.self_pid(), Etf::atom("x"))),
        };
        let main = vec![
            Op::Do(|host, vars| {
                spawn(host, vars, "child", monitored());
            }),
            Op::Receive(show),
        ];
        let child = vec![child, Op::Do(|host, _| print(host, "never"))];
        let expected = format!("{{'DOWN',#Ref<0.0.0.1>,process,<0.1.0>,{expected}}}");
        check(&[("main", main), ("child", child)], &expected);
    }
    let main =
        vec![Op::Do(trap_exit), Op::Do(|host, _| host.exit(host.self_pid(), Etf::atom("normal"))), Op::Receive(show)];
    check(&[("main", main)], "{'EXIT',<0.0.0>,normal}");
}

#[test]
fn an_end_goes_through_a_chain_of_links() {
    let main = vec![
        Op::Do(trap_exit),
        Op::Do(|host, vars| {
            spawn(host, vars, "first", linked());
        }),
        Op::Receive(show),
    ];
    let first = vec![
        Op::Do(|host, vars| {
            spawn(host, vars, "second", linked());
        }),
        Op::Receive(show),
    ];
    let second = vec![
        Op::Do(|host, vars| {
            spawn(host, vars, "third", linked());
        }),
        Op::Receive(show),
    ];
    let third = vec![Op::Exit(|_| atom("broken"))];
    let scripts = [("main", main), ("first", first), ("second", second), ("third", third)];
    let mut machine = check(&scripts, "{'EXIT',<0.1.0>,broken}");
    assert_eq!((machine.kernel().process_count(), machine.guest_count()), (0, 0));
    let events = machine.take_events();
    let ends: Vec<_> = events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Exited { .. }))
        .map(|event| event.pid.expect("a process").0)
        .collect();
    assert_eq!(ends, [3, 2, 1, 0]);
}
