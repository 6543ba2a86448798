//! Registered names, group leaders, suspension, questions about others.

use sandbox_runtime::kernel::Raise;
use sandbox_runtime::kernel::spawn::SpawnOptions;
use shared::{Etf, Pid, Term};

use crate::script::{Op, atom, check, name, print, send, show, show_or_timeout, spawn};

#[test]
fn names_are_unique_and_end_with_their_process() {
    let main = vec![
        Op::Do(|host, vars| {
            let me = host.self_pid();
            let child = spawn(host, vars, "child", SpawnOptions::default());
            assert_eq!(host.register(&"undefined".into(), me), Err(Raise::BadargCause("none")));
            assert_eq!(host.register(&"x".into(), Pid(9)), Err(Raise::BadargCause("notalive")));
            assert_eq!(host.register(&"x".into(), child), Ok(()));
            assert_eq!(host.register(&"x".into(), me), Err(Raise::BadargCause("registered_name")));
            assert_eq!(host.register(&"y".into(), child), Err(Raise::BadargCause("registered_name")));
            assert_eq!(host.unregister(&"y".into()), Err(Raise::Badarg));
            assert_eq!(host.send(&name("y"), Etf::atom("m")), Err(Raise::Badarg));
            host.send(&name("x"), Etf::atom("hello")).expect("registered");
            assert_eq!(host.whereis(&"x".into()), Some(child));
        }),
        Op::ReceiveAfter(1, show_or_timeout),
        Op::Do(|host, _| {
            let names = (host.whereis(&"x".into()), host.registered());
            print(host, &format!("{names:?}"));
        }),
    ];
    check(&[("main", main), ("child", vec![Op::Receive(show)])], "hello\ntimeout\n(None, [])");
}

#[test]
fn group_leaders_are_inherited() {
    let main = vec![Op::Do(|host, vars| {
        host.set_group_leader(Pid(42), host.self_pid()).expect("alive");
        spawn(host, vars, "child", SpawnOptions::default());
        assert_eq!(host.set_group_leader(Pid(1), Pid(77)), Err(Raise::Badarg));
    })];
    let child = vec![Op::Do(|host, _| {
        let leader = host.group_leader();
        print(host, &leader.to_string());
    })];
    check(&[("main", main), ("child", child)], "<0.42.0>");
}

#[test]
fn a_suspended_process_takes_no_turns_but_can_be_killed() {
    let main = vec![
        Op::Do(|host, vars| {
            let child = spawn(host, vars, "child", SpawnOptions::default());
            assert_eq!(host.suspend(host.self_pid()), Err(Raise::Badarg));
            host.suspend(child).expect("alive");
            host.suspend(child).expect("alive");
            send(host, child, atom("hello"));
        }),
        Op::ReceiveAfter(5, show_or_timeout),
        Op::Do(|host, vars| {
            let child = vars.pid("child");
            let status = host.process_info(child, "status");
            print(host, &format!("{status:?}"));
            host.resume(child).expect("suspended");
        }),
        Op::ReceiveAfter(5, show_or_timeout),
        Op::Do(|host, vars| {
            host.resume(vars.pid("child")).expect("suspended");
            assert_eq!(host.resume(vars.pid("child")), Err(Raise::Badarg));
        }),
        Op::ReceiveAfter(5, show_or_timeout),
        Op::Do(|host, vars| {
            let child = vars.pid("child");
            host.suspend(child).expect("alive");
            host.exit(child, Etf::atom("kill"));
            let alive = host.is_process_alive(child);
            print(host, &format!("alive {alive}"));
        }),
    ];
    let child = vec![Op::Receive(show), Op::Receive(show)];
    check(&[("main", main), ("child", child)], "timeout\nValue(suspended)\ntimeout\nhello\ntimeout\nalive false");
}

#[test]
fn a_suspension_ends_with_the_process_that_asked_for_it() {
    let main = vec![
        Op::Do(|host, vars| {
            spawn(host, vars, "victim", SpawnOptions::default());
            spawn(host, vars, "suspender", SpawnOptions::default());
        }),
        Op::ReceiveAfter(50, show_or_timeout),
    ];
    let victim = vec![Op::ReceiveAfter(1, |host, vars, _| send(host, vars.boss(), atom("awake")))];
    let suspender = vec![Op::Do(|host, _| host.suspend(Pid(1)).expect("alive")), Op::ReceiveAfter(10, show_or_timeout)];
    check(&[("main", main), ("victim", victim), ("suspender", suspender)], "timeout\nawake");
}

#[test]
fn what_is_asked_about_a_process_sees_what_was_done_to_it() {
    let main = vec![Op::Do(|host, vars| {
        let child = spawn(host, vars, "child", SpawnOptions { link: true, ..SpawnOptions::default() });
        send(host, child, Term::Int(1));
        for item in ["links", "message_queue_len", "parent", "status", "registered_name", "dictionary"] {
            let info = host.process_info(child, item);
            print(host, &format!("{item} {info:?}"));
        }
        host.exit(child, Etf::atom("kill"));
        host.unlink(child);
        let info = host.process_info(child, "links");
        print(host, &format!("{info:?}"));
    })];
    let expected = "links Value([<0.0.0>])\nmessage_queue_len Value(1)\nparent Value(<0.0.0>)\nstatus Value(runnable)\n\
                    registered_name Value([])\ndictionary AskGuest\nDead";
    check(&[("main", main), ("child", vec![Op::Receive(show)])], expected);
}

#[test]
fn what_only_the_guest_of_another_process_knows_is_asked_there() {
    let main = vec![
        Op::Do(|host, vars| {
            let child = spawn(host, vars, "child", SpawnOptions::default());
            send(host, child, atom("first"));
            send(host, child, atom("second"));
        }),
        Op::ReceiveAfter(1, |_, _, _| ()),
        Op::Do(|host, vars| {
            let info = host.process_info(vars.pid("child"), "messages");
            print(host, &format!("{info:?}"));
            let info = host.process_info(host.self_pid(), "messages");
            print(host, &format!("{info:?}"));
        }),
    ];
    let child = vec![Op::Receive(|_, _, _| ()), Op::Spin(100_000)];
    check(&[("main", main), ("child", child)], "Value([second])\nAskGuest");
}
