//! Links.

use sandbox_runtime::kernel::Raise;
use sandbox_runtime::kernel::spawn::SpawnOptions;
use shared::{Etf, Pid, Term};

use crate::script::{Op, atom, check, print, send, show, show_or_timeout, spawn, trap_exit};

#[test]
fn linking_to_nobody_raises_or_sends_noproc() {
    let main = vec![
        Op::Do(|host, _| {
            let error = host.link(Pid(99));
            assert_eq!(error, Err(Raise::Noproc));
        }),
        Op::Do(trap_exit),
        Op::Do(|host, _| host.link(Pid(99)).expect("traps exits")),
        Op::Receive(show),
    ];
    check(&[("main", main)], "{'EXIT',<0.99.0>,noproc}");
}

#[test]
fn linking_to_a_process_that_was_just_killed_gives_noproc() {
    let main = vec![
        Op::Do(trap_exit),
        Op::Do(|host, vars| {
            let child = spawn(host, vars, "child", SpawnOptions::default());
            host.exit(child, Etf::atom("kill"));
            host.link(child).expect("traps exits");
        }),
        Op::Receive(show),
        Op::ReceiveAfter(5, show_or_timeout),
    ];
    check(&[("main", main), ("child", vec![Op::Receive(show)])], "{'EXIT',<0.1.0>,noproc}\ntimeout");
}

#[test]
fn after_unlink_nothing_comes_through_the_link() {
    let main = vec![
        Op::Do(trap_exit),
        Op::Do(|host, vars| {
            let options = SpawnOptions { link: true, ..SpawnOptions::default() };
            spawn(host, vars, "child", options);
        }),
        Op::Do(|host, vars| host.unlink(vars.pid("child"))),
        Op::ReceiveAfter(5, show_or_timeout),
    ];
    check(&[("main", main), ("child", vec![Op::Exit(|_| atom("oops"))])], "timeout");
}

#[test]
fn what_came_through_a_link_before_unlink_stays_in_the_mailbox() {
    let main = vec![
        Op::Do(trap_exit),
        Op::Do(|host, vars| {
            let options = SpawnOptions { link: true, ..SpawnOptions::default() };
            spawn(host, vars, "child", options);
        }),
        Op::Spin(10_000),
        Op::Do(|host, vars| host.unlink(vars.pid("child"))),
        Op::ReceiveAfter(5, show_or_timeout),
    ];
    check(&[("main", main), ("child", vec![Op::Exit(|_| atom("oops"))])], "{'EXIT',<0.1.0>,oops}");
}

#[test]
fn a_link_that_is_removed_and_made_again_holds() {
    let main = vec![
        Op::Do(trap_exit),
        Op::Do(|host, vars| {
            let child = spawn(host, vars, "child", SpawnOptions::default());
            for _ in 0..3 {
                host.link(child).expect("alive");
                host.unlink(child);
            }
            host.link(child).expect("alive");
        }),
        Op::Receive(show),
        Op::Do(|host, vars| {
            let links = host.process_info(host.self_pid(), "links");
            print(host, &format!("{links:?}"));
            send(host, vars.pid("child"), atom("go"));
        }),
        Op::Receive(show),
    ];
    let child = vec![
        Op::Do(|host, vars| send(host, vars.boss(), atom("ready"))),
        Op::Receive(|_, _, _| ()),
        Op::Exit(|_| atom("done")),
    ];
    check(&[("main", main), ("child", child)], "ready\nValue([<0.1.0>])\n{'EXIT',<0.1.0>,done}");
}

#[test]
fn both_sides_may_link_and_unlink_across_each_other() {
    // Both ask to remove the link at the same time; then neither hears of the other's end.
    let main = vec![
        Op::Do(trap_exit),
        Op::Do(|host, vars| {
            let options = SpawnOptions { link: true, ..SpawnOptions::default() };
            let child = spawn(host, vars, "child", options);
            host.unlink(child);
        }),
        Op::ReceiveAfter(20, show_or_timeout),
        Op::Do(|host, _| {
            let links = host.process_info(host.self_pid(), "links");
            print(host, &format!("{links:?}"));
        }),
    ];
    let child = vec![Op::Do(|host, vars| host.unlink(vars.boss())), Op::Exit(|_| atom("quiet"))];
    let machine = check(&[("main", main), ("child", child)], "timeout\nValue([])");
    assert_eq!(machine.kernel().process_count(), 0);
}

#[test]
fn messages_and_exit_signals_keep_their_order() {
    let main = vec![
        Op::Do(trap_exit),
        Op::Do(|host, vars| {
            let options = SpawnOptions { link: true, ..SpawnOptions::default() };
            spawn(host, vars, "child", options);
        }),
        Op::Receive(show),
        Op::Receive(show),
        Op::Receive(show),
    ];
    let child = vec![
        Op::Do(|host, vars| {
            send(host, vars.boss(), Term::Int(1));
            host.exit(vars.boss(), Etf::atom("between"));
            send(host, vars.boss(), Term::Int(2));
        }),
        Op::Receive(show),
    ];
    check(&[("main", main), ("child", child)], "1\n{'EXIT',<0.1.0>,between}\n2");
}
