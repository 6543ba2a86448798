//! Timers and virtual time.

use sandbox_runtime::kernel::Config;
use sandbox_runtime::kernel::spawn::SpawnOptions;
use sandbox_runtime::kernel::timer::TimerForm;
use sandbox_runtime::machine::Stopped;
use shared::command::Command;
use shared::event::Destination;
use shared::schedule::TimeMode;
use shared::{Etf, Ref, Term, VirtualTime};

use crate::script::{Op, Vars, check, machine, name, output, print, show, show_or_timeout, spawn};

fn after(host: &mut sandbox_runtime::host::Host, millis: u64, message: i64, form: TimerForm) -> Ref {
    let due = host.now().saturating_add_nanos(millis * 1_000_000);
    let me = Destination::Pid(host.self_pid());
    host.start_timer(due, me, &Etf::of(&Term::Int(message)), form).expect("a timer")
}

#[test]
fn timers_fire_in_the_order_of_their_times_then_of_their_start() {
    let main = vec![
        Op::Do(|host, _| {
            after(host, 20, 1, TimerForm::Plain);
            after(host, 10, 2, TimerForm::Timeout);
            after(host, 20, 3, TimerForm::Plain);
            after(host, 0, 4, TimerForm::Plain);
        }),
        Op::Receive(show),
        Op::Receive(show),
        Op::Receive(show),
        Op::Receive(show),
    ];
    let machine = check(&[("main", main)], "4\n{timeout,#Ref<0.0.0.2>,2}\n1\n3");
    assert_eq!(machine.kernel().now().millis(), 20);
}

#[test]
fn a_timer_can_be_read_and_cancelled_once() {
    let main = vec![
        Op::Do(|host, vars| {
            let timer = after(host, 50, 1, TimerForm::Plain);
            vars.set("timer", timer);
            assert_eq!(host.read_timer(timer), Some(50_000_000));
        }),
        Op::ReceiveAfter(20, show_or_timeout),
        Op::Do(|host, vars| {
            let timer = vars.get("timer").as_local_ref().expect("a reference");
            let left = host.read_timer(timer).expect("running");
            assert_eq!(host.cancel_timer(timer), Some(left));
            assert_eq!((host.cancel_timer(timer), host.read_timer(timer)), (None, None));
            print(host, &format!("{} left", left.div_ceil(1_000_000)));
        }),
        Op::ReceiveAfter(100, show_or_timeout),
    ];
    check(&[("main", main)], "timeout\n30 left\ntimeout");
}

#[test]
fn a_timer_to_a_process_ends_with_it_and_one_to_a_name_looks_it_up_late() {
    let main = vec![
        Op::Do(|host, vars| {
            let child = spawn(host, vars, "child", SpawnOptions::default());
            let due = VirtualTime::from_millis(10);
            let message = Etf::atom("hello");
            host.start_timer(due, Destination::Pid(child), &message, TimerForm::Plain).expect("a timer");
            host.start_timer(due, name("late"), &message, TimerForm::Plain).expect("a timer");
            host.start_timer(due, name("never"), &message, TimerForm::Plain).expect("a timer");
        }),
        Op::ReceiveAfter(1, show_or_timeout),
        Op::Do(|host, _| host.register(&"late".into(), host.self_pid()).expect("free")),
        Op::Receive(show),
    ];
    check(&[("main", main), ("child", vec![])], "timeout\nhello");
}

fn sleeper() -> Vec<Op> {
    vec![Op::ReceiveAfter(1_000, show_or_timeout), Op::ReceiveAfter(1_000, show_or_timeout)]
}

fn in_mode(time_mode: TimeMode) -> crate::script::TestMachine {
    machine(Config { time_mode, ..Config::default() }, &[("main", sleeper())])
}

fn idle_until(millis: u64) -> Stopped {
    Stopped::Idle { until: Some(VirtualTime::from_millis(millis)) }
}

fn advance(machine: &mut crate::script::TestMachine, wall_millis: u64) {
    let wall = VirtualTime::from_millis(wall_millis);
    machine.command(Command::AdvanceTime { wall }).expect("always");
}

#[test]
fn live_time_is_what_the_driver_says() {
    let mut machine = in_mode(TimeMode::Live);
    assert_eq!(machine.run(10), idle_until(1_000));
    advance(&mut machine, 999);
    assert_eq!(machine.run(10), idle_until(1_000));
    advance(&mut machine, 1_500);
    assert_eq!(machine.run(10), idle_until(2_500));
    advance(&mut machine, 1_200);
    assert_eq!(machine.kernel().now().millis(), 1_500, "a clock that goes back stands still");
    assert_eq!(output(&machine), "timeout\n");
}

#[test]
fn scaled_time_goes_slower_and_frozen_time_not_at_all() {
    let mut machine = in_mode(TimeMode::Scaled { numerator: 1, denominator: 10 });
    machine.run(10);
    advance(&mut machine, 5_000);
    assert_eq!(machine.kernel().now().millis(), 500);
    machine.command(Command::SetTimeMode { mode: TimeMode::Frozen }).expect("always");
    advance(&mut machine, 50_000);
    assert_eq!(machine.run(10), idle_until(1_000));
    machine.command(Command::SetTimeMode { mode: TimeMode::default() }).expect("always");
    assert_eq!(machine.run(10), Stopped::Idle { until: None });
    assert_eq!(output(&machine), "timeout\ntimeout\n");
}

#[test]
fn fast_time_passes_with_reductions_so_a_loop_that_watches_the_clock_ends() {
    fn watch(host: &mut sandbox_runtime::host::Host, vars: &mut Vars) {
        vars.set("late", u64::from(host.now().millis() >= 1));
    }
    let main = vec![
        Op::Do(watch),
        Op::Spin(100_000),
        Op::Do(watch),
        Op::Do(|host, vars| {
            let late = vars.get("late");
            print(host, &late.to_string());
        }),
    ];
    check(&[("main", main)], "1");
}

#[test]
fn a_wait_of_no_time_still_sees_what_the_process_sent_to_itself() {
    let main = vec![
        Op::Do(|host, _| {
            let me = Destination::Pid(host.self_pid());
            host.send(&me, Etf::atom("mine")).expect("sent");
        }),
        Op::ReceiveAfter(0, show_or_timeout),
        Op::ReceiveAfter(0, show_or_timeout),
    ];
    let machine = check(&[("main", main)], "mine\ntimeout");
    assert_eq!(machine.turns(), 1, "all of it within one turn");
}

#[test]
fn a_run_can_stop_at_a_time() {
    let mut machine = in_mode(TimeMode::default());
    assert_eq!(machine.run_until(VirtualTime::from_millis(500), 100), idle_until(1_000));
    assert!(machine.kernel().now() < VirtualTime::from_millis(500));
    assert_eq!(machine.run_until(VirtualTime::from_millis(1_000), 100), Stopped::Horizon);
    // The turn that began at that time has taken some of it.
    assert_eq!(machine.kernel().now().millis(), 1_000);
    assert_eq!(machine.run(100), Stopped::Idle { until: None });
    assert_eq!(output(&machine), "timeout\ntimeout\n");
}
