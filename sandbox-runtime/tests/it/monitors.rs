//! Monitors and aliases.

use sandbox_runtime::kernel::alias::AliasMode;
use sandbox_runtime::kernel::monitor::MonitorOptions;
use sandbox_runtime::kernel::spawn::SpawnOptions;
use shared::event::Destination;
use shared::{Etf, Pid, Ref, Term};

use crate::script::{Op, Vars, atom, check, name, print, send, show, show_or_timeout, spawn, trap_exit};

fn reference(vars: &Vars, name: &str) -> Ref {
    vars.get(name).as_local_ref().expect("a reference")
}

#[test]
fn watching_nobody_says_noproc_at_once() {
    let main = vec![
        Op::Do(|host, _| {
            host.monitor(&Destination::Pid(Pid(77)), MonitorOptions::default()).expect("a monitor");
            host.monitor(&name("nobody"), MonitorOptions::default()).expect("a monitor");
        }),
        Op::Receive(show),
        Op::Receive(show),
    ];
    let expected = "{'DOWN',#Ref<0.0.0.1>,process,<0.77.0>,noproc}\n\
                    {'DOWN',#Ref<0.0.0.2>,process,{nobody,nonode@nohost},noproc}";
    check(&[("main", main)], expected);
}

#[test]
fn watching_a_process_that_was_just_killed_says_noproc() {
    let main = vec![
        Op::Do(|host, vars| {
            let child = spawn(host, vars, "child", SpawnOptions::default());
            host.exit(child, Etf::atom("kill"));
            host.monitor(&Destination::Pid(child), MonitorOptions::default()).expect("a monitor");
        }),
        Op::Receive(show),
    ];
    check(&[("main", main), ("child", vec![Op::Receive(show)])], "{'DOWN',#Ref<0.0.0.1>,process,<0.1.0>,noproc}");
}

#[test]
fn exit_comes_before_down_whichever_was_asked_for_first() {
    let main = vec![
        Op::Do(trap_exit),
        Op::Do(|host, vars| {
            let child = spawn(host, vars, "child", SpawnOptions::default());
            host.monitor(&Destination::Pid(child), MonitorOptions::default()).expect("a monitor");
            host.link(child).expect("alive");
            send(host, child, atom("go"));
        }),
        Op::Receive(show),
        Op::Receive(show),
    ];
    let child = vec![Op::Receive(|_, _, _| ()), Op::Exit(|_| atom("bye"))];
    let expected = "{'EXIT',<0.1.0>,bye}\n{'DOWN',#Ref<0.0.0.1>,process,<0.1.0>,bye}";
    check(&[("main", main), ("child", child)], expected);
}

#[test]
fn a_tag_stands_in_place_of_down_and_a_name_is_kept() {
    let main = vec![
        Op::Do(|host, vars| {
            let child = spawn(host, vars, "child", SpawnOptions::default());
            host.register(&"worker".into(), child).expect("free");
            let tag = Some(Etf::of(&Term::tuple([atom("tag"), Term::Int(1)])));
            host.monitor(&name("worker"), MonitorOptions { tag, alias: None }).expect("a monitor");
            host.exit(child, Etf::atom("stop"));
        }),
        Op::Receive(show),
    ];
    let expected = "{{tag,1},#Ref<0.0.0.1>,process,{worker,nonode@nohost},stop}";
    check(&[("main", main), ("child", vec![Op::Receive(show)])], expected);
}

#[test]
fn after_demonitor_nothing_comes() {
    let main = vec![
        Op::Do(|host, vars| {
            let options = SpawnOptions { monitor: Some(MonitorOptions::default()), ..SpawnOptions::default() };
            spawn(host, vars, "child", options);
        }),
        Op::Do(|host, vars| {
            let monitor = reference(vars, "monitor");
            let was_there = (host.demonitor(monitor), host.demonitor(monitor));
            assert_eq!(was_there, (true, false));
        }),
        Op::ReceiveAfter(5, show_or_timeout),
    ];
    check(&[("main", main), ("child", vec![])], "timeout");
}

#[test]
fn a_monitor_of_oneself_never_fires() {
    let main = vec![
        Op::Do(|host, _| {
            host.monitor(&Destination::Pid(host.self_pid()), MonitorOptions::default()).expect("a monitor");
            let monitors = host.process_info(host.self_pid(), "monitors");
            print(host, &format!("{monitors:?}"));
        }),
        Op::ReceiveAfter(5, show_or_timeout),
    ];
    check(&[("main", main)], "Value([])\ntimeout");
}

/// A child that sends two messages through the alias that it is given, then ends.
fn child_that_answers_twice() -> Vec<Op> {
    vec![
        Op::Receive(|_, vars, message| vars.set("alias", message)),
        Op::Do(|host, vars| {
            let alias = Destination::Alias(reference(vars, "alias"));
            host.send(&alias, Etf::atom("one")).expect("sent");
            host.send(&alias, Etf::atom("two")).expect("sent");
        }),
    ]
}

fn with_alias(mode: AliasMode, expected: &str) {
    fn start(host: &mut sandbox_runtime::host::Host, vars: &mut Vars, mode: AliasMode) {
        let child = spawn(host, vars, "child", SpawnOptions::default());
        let options = MonitorOptions { alias: Some(mode), tag: None };
        let monitor = host.monitor(&Destination::Pid(child), options).expect("a monitor");
        send(host, child, Term::reference(monitor));
        vars.set("alias", monitor);
    }
    let first = match mode {
        AliasMode::Demonitor => Op::Do(|host, vars| start(host, vars, AliasMode::Demonitor)),
        AliasMode::ReplyDemonitor => Op::Do(|host, vars| start(host, vars, AliasMode::ReplyDemonitor)),
        _ => Op::Do(|host, vars| start(host, vars, AliasMode::ExplicitUnalias)),
    };
    let main = vec![
        first,
        Op::ReceiveAfter(5, show_or_timeout),
        Op::ReceiveAfter(5, show_or_timeout),
        Op::ReceiveAfter(5, show_or_timeout),
        Op::Do(|host, vars| {
            let active = host.unalias(reference(vars, "alias"));
            print(host, &format!("active {active}"));
        }),
    ];
    check(&[("main", main), ("child", child_that_answers_twice())], expected);
}

#[test]
fn aliases_end_as_their_mode_says() {
    let down = "{'DOWN',#Ref<0.0.0.1>,process,<0.1.0>,normal}";
    with_alias(AliasMode::ExplicitUnalias, &format!("one\ntwo\n{down}\nactive true"));
    with_alias(AliasMode::Demonitor, &format!("one\ntwo\n{down}\nactive false"));
    with_alias(AliasMode::ReplyDemonitor, "one\ntimeout\ntimeout\nactive false");
}

#[test]
fn what_is_sent_to_an_alias_that_was_given_up_is_lost() {
    let main = vec![
        Op::Do(|host, vars| {
            let child = spawn(host, vars, "child", SpawnOptions::default());
            let alias = host.alias(AliasMode::ExplicitUnalias).expect("room");
            vars.set("alias", alias);
            send(host, child, Term::reference(alias));
        }),
        Op::Do(|host, vars| assert!(host.unalias(reference(vars, "alias")))),
        Op::ReceiveAfter(5, show_or_timeout),
    ];
    check(&[("main", main), ("child", child_that_answers_twice())], "timeout");
}
