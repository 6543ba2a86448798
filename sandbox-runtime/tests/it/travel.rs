//! Recordings: any moment of a run can be visited, and run on differently from there.

use std::time::Duration;

use sandbox_runtime::kernel::Config;
use sandbox_runtime::kernel::journal::Interest;
use sandbox_runtime::timeline::diff::difference;
use sandbox_runtime::timeline::player::{Player, Speed};
use sandbox_runtime::timeline::{DivergenceKind, Origin, Target, Timeline, TravelError};
use shared::command::Command;
use shared::event::{Destination, EventKind};
use shared::interception::{InterceptAction, Interception, MessageFilter};
use shared::recording::Recording;
use shared::schedule::{Schedule, TimeMode};
use shared::{Etf, EventSeq, Pid, Term, VirtualTime};

use crate::programs::{self, Random};
use crate::script::{Op, Scripts, TestMachine, machine, output, print, send, show};

fn origin(config: Config) -> Origin {
    Origin { config, ..Origin::default() }
}

/// A run in which somebody outside meddles at random.
fn meddled_with(seed: u64) -> Timeline<Scripts> {
    let mut random = Random(seed);
    let config = programs::config(&mut random);
    let program = programs::random(&mut random);
    let mut timeline = Timeline::record(machine(config.clone(), &program), origin(config)).expect("scripts are saved");
    timeline.machine_mut().kernel_mut().journal_mut().set_interest(Interest::Everything);
    timeline.take_events();
    for wall in 0..12 {
        let now = timeline.machine().kernel().now();
        let horizon = [VirtualTime::MAX, now.saturating_add_nanos(random.below(5_000_000))][random.below(2) as usize];
        timeline.run_until(horizon, random.below(60)).expect("at the end");
        let command = programs::command(&mut random, wall);
        // Some of them fail, which is part of the run.
        drop(timeline.command(command));
    }
    timeline.run(250).expect("at the end");
    timeline
}

/// One of these runs that takes its time.
fn long_run() -> Timeline<Scripts> {
    (0..).map(meddled_with).find(|timeline| timeline.last_seq() > EventSeq(500)).expect("one of them")
}

/// The machine that the timeline was made with, as it was at first.
fn from_the_start(seed: u64) -> TestMachine {
    let mut random = Random(seed);
    let config = programs::config(&mut random);
    machine(config, &programs::random(&mut random))
}

#[test]
fn a_thousand_random_runs_replay_exactly() {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    std::thread::scope(|scope| {
        for first in 0..threads {
            scope.spawn(move || (first..1_000).step_by(threads as usize).for_each(replays_exactly));
        }
    });
}

fn replays_exactly(seed: u64) {
    let mut timeline = meddled_with(seed);
    let events = timeline.take_events();
    let recording = timeline.recording().expect("scripts are saved");
    let text = serde_json::to_string(&recording).expect("json");
    let stored: Recording = serde_json::from_str(&text).expect("what was written");
    assert_eq!(stored, recording);

    let mut machine = from_the_start(seed);
    machine.kernel_mut().journal_mut().set_interest(Interest::Everything);
    machine.take_events();
    let mut again = Timeline::replay(machine, stored).expect("the same machine");
    while again.step(100).unwrap_or_else(|error| panic!("seed {seed}: {error}")) > 0 {}
    let same = again.take_events() == events;
    assert!(same, "seed {seed}");
    again.verify().unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    assert_eq!(again.recording().expect("scripts are saved"), recording, "seed {seed}");
}

#[test]
fn going_to_an_event_is_as_having_run_there() {
    for seed in 0..60 {
        let mut timeline = meddled_with(seed);
        let last = timeline.last_seq().0;
        let mut straight = Timeline::replay(from_the_start(seed), timeline.recording().expect("scripts")).expect("it");
        let mut random = Random(seed + 7);
        for _ in 0..12 {
            let wanted = EventSeq(random.below(last + 10));
            let position = timeline.seek(Target::Event(wanted)).expect("it replays");
            assert!(timeline.machine().kernel().last_seq() <= wanted || position.turns == 0);
            let reached = timeline.machine_mut().state_hash();
            straight.seek(Target::Event(EventSeq(0))).expect("the beginning");
            while straight.position() < position {
                assert_eq!(straight.step(1).expect("it replays"), 1);
            }
            assert_eq!(straight.machine_mut().state_hash(), reached, "seed {seed}, event {wanted}");
            // One step more is too far.
            let more = timeline.step(1).expect("it replays");
            assert!(more == 0 || timeline.machine().kernel().last_seq() > wanted, "seed {seed}, event {wanted}");
        }
        timeline.seek(Target::End).expect("it replays");
        assert!(timeline.is_at_end());
    }
}

#[test]
fn steps_lead_back_and_forth() {
    let mut timeline = long_run();
    let end = timeline.position();
    let mut hashes = vec![timeline.machine_mut().state_hash()];
    for _ in 0..40 {
        assert_eq!(timeline.step(-1).expect("it replays"), 1);
        hashes.push(timeline.machine_mut().state_hash());
    }
    for expected in hashes.iter().rev().skip(1) {
        assert_eq!(timeline.step(1).expect("it replays"), 1);
        assert_eq!(timeline.machine_mut().state_hash(), *expected);
    }
    assert_eq!(timeline.position(), end);
    assert_eq!(timeline.step(1).expect("the end"), 0);
    let steps = timeline.step(-1_000_000).expect("it replays");
    assert_eq!(timeline.step(i64::MAX).expect("it replays"), steps);
    assert_eq!(timeline.position(), end);
}

#[test]
fn recording_changes_nothing() {
    for seed in 0..50 {
        let mut random = Random(seed);
        let config = programs::config(&mut random);
        let program = programs::random(&mut random);
        let mut plain = machine(config.clone(), &program);
        let mut recorded = Timeline::record(machine(config.clone(), &program), origin(config)).expect("scripts");
        for _ in 0..5 {
            plain.run(150);
            recorded.run(150).expect("at the end");
            recorded.seek(Target::Event(EventSeq(20))).expect("it replays");
            recorded.seek(Target::End).expect("it replays");
        }
        assert_eq!(recorded.machine_mut().state_hash(), plain.state_hash(), "seed {seed}");
    }
}

#[test]
fn the_past_is_told_nothing_but_can_be_forked() {
    let mut timeline = long_run();
    let end = timeline.machine_mut().state_hash();
    timeline.seek(Target::Event(EventSeq(40))).expect("it replays");
    let kill = Command::Exit { pid: Pid(0), reason: Etf::atom("kill") };
    assert!(matches!(timeline.command(kill.clone()), Err(TravelError::Past)));
    assert!(matches!(timeline.run(1), Err(TravelError::Past)));
    let mut fork = timeline.fork([kill]).expect("it can be killed");
    fork.run(10_000).expect("its own end");
    assert_ne!(fork.machine_mut().state_hash(), end);
    assert_eq!(timeline.position().turns, fork.recording().expect("scripts").inputs.last().expect("the kill").turns);
    fork.verify().expect("a fork replays from the beginning of the first run");
    timeline.seek(Target::End).expect("it replays");
    assert_eq!(timeline.machine_mut().state_hash(), end);
    // At its end it goes on and is recorded on.
    timeline.command(Command::Send { to: Destination::Pid(Pid(0)), message: Etf::atom("more") }).expect("at the end");
    timeline.run(100).expect("at the end");
    timeline.verify().expect("what came later belongs to it too");
}

/// `main` shows what `child` sends.
fn talk() -> Vec<(&'static str, Vec<Op>)> {
    let main = vec![
        Op::Do(|host, vars| {
            crate::script::spawn(host, vars, "child", sandbox_runtime::kernel::spawn::SpawnOptions::default());
        }),
        Op::ReceiveAfter(5, crate::script::show_or_timeout),
        Op::ReceiveAfter(5, crate::script::show_or_timeout),
        Op::ReceiveAfter(5, crate::script::show_or_timeout),
    ];
    let child = vec![
        Op::Do(|host, vars| send(host, vars.boss(), Term::atom("one"))),
        Op::Do(|host, vars| send(host, vars.boss(), Term::tuple([Term::atom("two"), Term::Int(2)]))),
        Op::Receive(show),
    ];
    vec![("main", main), ("child", child)]
}

#[test]
fn messages_are_dropped_held_back_and_rewritten() {
    let run = |rules: Vec<Interception>| {
        let timeline = Timeline::record(machine(Config::default(), &talk()), Origin::default());
        let mut timeline = timeline.expect("scripts are saved");
        for rule in rules {
            timeline.command(Command::Intercept { rule }).expect("a rule");
        }
        timeline.run(1_000).expect("at the end");
        timeline.verify().expect("rules replay");
        output(timeline.machine())
    };
    let rule = |of, action| Interception { id: 1, of, action, times: None };
    let two = |result: Term| {
        let pattern = Term::tuple([Term::atom("two"), Term::atom("$1")]);
        let clause = Term::tuple([pattern, Term::Nil, Term::list([result])]);
        MessageFilter { matching: Some(Etf::of(&Term::list([clause]))), ..MessageFilter::default() }
    };
    let any = MessageFilter::default;
    assert_eq!(run(vec![]), "one\n{two,2}\ntimeout\n");
    assert_eq!(run(vec![rule(two(Term::Int(0)), InterceptAction::Drop)]), "one\ntimeout\ntimeout\n");
    let doubled = Term::tuple([Term::atom("+"), Term::atom("$1"), Term::atom("$1")]);
    assert_eq!(run(vec![rule(two(doubled), InterceptAction::Transform)]), "one\n4\ntimeout\n");
    let other = InterceptAction::Replace { message: Etf::atom("other") };
    assert_eq!(run(vec![Interception { times: Some(1), ..rule(any(), other) }]), "other\n{two,2}\ntimeout\n");
    let late = InterceptAction::Delay { nanos: 7_000_000 };
    assert_eq!(run(vec![Interception { times: Some(1), ..rule(any(), late) }]), "{two,2}\ntimeout\none\n");
    let to_child = MessageFilter { to: Some(Pid(1)), from: Some(Pid(0)), ..any() };
    assert_eq!(run(vec![rule(to_child, InterceptAction::Drop)]), "one\n{two,2}\ntimeout\n");

    let mut machine = machine(Config::default(), &talk());
    let senseless = rule(any(), InterceptAction::Transform);
    assert!(machine.command(Command::Intercept { rule: senseless }).is_err());
    let no_spec = MessageFilter { matching: Some(Etf::atom("x")), ..any() };
    assert!(machine.command(Command::Intercept { rule: rule(no_spec, InterceptAction::Drop) }).is_err());
    machine.command(Command::Intercept { rule: rule(any(), InterceptAction::Drop) }).expect("a rule");
    machine.command(Command::StopIntercepting { id: 1 }).expect("always");
    machine.run(1_000);
    assert_eq!(output(&machine), "one\n{two,2}\ntimeout\n");
}

#[test]
fn one_message_of_the_past_is_changed_and_the_difference_is_found() {
    let mut timeline = Timeline::record(machine(Config::default(), &talk()), Origin::default()).expect("scripts");
    timeline.machine_mut().kernel_mut().journal_mut().set_interest(Interest::Everything);
    timeline.run(1_000).expect("at the end");
    let events = timeline.take_events();
    let is_second = |event: &&shared::event::Event| matches!(event.kind, EventKind::Sent { .. });
    let sent = events.iter().filter(is_second).nth(1).expect("two messages").seq;
    let rule = Interception {
        id: 1,
        of: MessageFilter { event: Some(sent), ..MessageFilter::default() },
        action: InterceptAction::Replace { message: Etf::atom("three") },
        times: None,
    };
    let mut fork =
        timeline.fork_at(Target::Event(EventSeq(sent.0 - 1)), [Command::Intercept { rule }]).expect("a rule");
    fork.run(1_000).expect("its end");
    assert_eq!(output(fork.machine()), "one\nthree\ntimeout\n");
    let difference = difference(&mut timeline, &mut fork).expect("both replay").expect("they differ");
    let right = difference.right.expect("an event");
    assert!(matches!(right.kind, EventKind::Rewritten { .. }) && right.cause == Some(sent), "{right:?}");
    assert_eq!(difference.left.expect("an event").seq, right.seq);

    timeline.seek(Target::End).expect("it replays");
    let mut states = sandbox_runtime::timeline::diff::state_differences(timeline.machine_mut(), fork.machine_mut());
    states.retain(|state| state.field == "output");
    let expected =
        ["one\n{two,2}\ntimeout\n", "one\nthree\ntimeout\n"].map(|text| Some(Etf::of(&Term::binary(text.as_bytes()))));
    assert_eq!([states[0].left.clone(), states[0].right.clone()], expected);
    let same = &mut timeline.fork([]).expect("scripts");
    assert_eq!(sandbox_runtime::timeline::diff::difference(&mut timeline, same).expect("both replay"), None);
}

#[test]
fn what_is_not_the_same_run_is_told_with_its_place() {
    let mut timeline = meddled_with(2);
    let recording = timeline.recording().expect("scripts");
    // Another machine from the beginning.
    let other = Timeline::replay(from_the_start(3), recording.clone()).map(drop);
    let other = other.and_then(|()| Timeline::replay(from_the_start(3), recording.clone())?.verify());
    assert!(matches!(other, Err(TravelError::Diverged(_))), "{other:?}");
    // An input that was told something else.
    let mut forged = recording.clone();
    let at = forged.inputs.len() / 2;
    forged.inputs[at].command = Command::Halt { reason: Etf::atom("forged") };
    let divergence = match Timeline::replay(from_the_start(2), forged).expect("it begins alike").verify() {
        Err(TravelError::Diverged(divergence)) => divergence,
        other => panic!("{other:?}"),
    };
    assert!(divergence.found.position.inputs as usize > at, "{divergence}");
    // A state that was another one.
    let mut forged = recording.clone();
    forged.end.state_hash ^= 1;
    let state = Timeline::replay(from_the_start(2), forged).expect("it begins alike").verify();
    let Err(TravelError::Diverged(divergence)) = state else { panic!("{state:?}") };
    assert!(matches!(divergence.what, DivergenceKind::State { .. }));
    let newer = Recording { format: 99, ..recording };
    assert!(matches!(Timeline::replay(from_the_start(2), newer), Err(TravelError::Format { found: 99, .. })));
}

#[test]
fn a_run_is_played_with_the_time_of_a_clock() {
    let ticks = vec![("main", [Op::ReceiveAfter(10, |host, _, _| print(host, "tick"))].repeat(50))];
    let mut timeline = Timeline::record(machine(Config::default(), &ticks), Origin::default()).expect("scripts");
    timeline.run(1_000).expect("at the end");
    timeline.seek(Target::Time(VirtualTime::ZERO)).expect("it replays");
    let mut player = Player::new(&timeline, Speed { numerator: 2, denominator: 1 });
    let heard = |timeline: &Timeline<Scripts>| output(timeline.machine()).lines().count();
    let events = player.pass(&mut timeline, Duration::from_millis(51)).expect("it replays");
    assert_eq!(heard(&timeline), 10);
    let outputs = events.iter().filter(|event| matches!(event.kind, EventKind::Output { .. })).count();
    assert_eq!(outputs, 10);
    player.set_speed(Speed { numerator: -1, denominator: 2 });
    player.pass(&mut timeline, Duration::from_millis(101)).expect("it replays");
    assert_eq!(heard(&timeline), 5);
    player.set_speed(Speed { numerator: 1, denominator: 1 });
    player.pass(&mut timeline, Duration::from_secs(5)).expect("it replays");
    assert_eq!((heard(&timeline), timeline.is_at_end()), (50, true));
}

#[test]
fn what_a_server_could_not_bear_is_recorded_and_replays() {
    let main = vec![
        Op::Do(|host, vars| {
            crate::script::spawn(host, vars, "child", sandbox_runtime::kernel::spawn::SpawnOptions::default());
        }),
        Op::ReceiveAfter(5, crate::script::show_or_timeout),
    ];
    let child = vec![Op::ReceiveAfter(2, |_, _, _| ()), Op::Overrun];
    let program = [("main", main), ("child", child)];
    let mut timeline = Timeline::record(machine(Config::default(), &program), Origin::default()).expect("scripts");
    timeline.run(1_000).expect("at the end");
    let recording = timeline.recording().expect("scripts");
    assert!(matches!(recording.inputs[..], [shared::recording::Input { command: Command::Interrupt { .. }, .. }]));
    timeline.verify().expect("the turn is ended again");
    let steps = timeline.step(-100).expect("it replays");
    assert_eq!(timeline.step(100).expect("it replays"), steps);
    timeline.command(Command::Reseed { seed: 1 }).expect("at the end");
    timeline.run(10).expect("at the end");
    assert_eq!(timeline.recording().expect("scripts").inputs.len(), 2);
    timeline.verify().expect("what came later belongs to it too");
}

#[test]
fn a_fork_runs_under_another_schedule_seed_and_clock() {
    let mut timeline = long_run();
    let changes = [
        Command::SetSchedule { schedule: Schedule::Random { seed: 3 } },
        Command::Reseed { seed: 77 },
        Command::SetTimeMode { mode: TimeMode::Fast { nanos_per_reduction: 900 } },
    ];
    let mut fork = timeline.fork_at(Target::Event(EventSeq(30)), changes).expect("they hold");
    fork.run(2_000).expect("its end");
    fork.verify().expect("it replays");
    assert!(difference(&mut timeline, &mut fork).expect("both replay").is_some());
}
