//! A turn that goes on for ever is ended by the server, whatever it does; the rest goes on, and the run can be repeated.

use std::time::Duration;

use sandbox_runtime::timeline::{Origin, Target, Timeline};
use shared::Term;
use shared::command::Command;
use shared::limits::LimitKind;

use crate::sandbox::{end, sandbox_with_turn_time, victim, victim_alone};

const MAX_TURNS: u64 = 10_000;
/// Short enough to wait for.
const SHORT: Duration = Duration::from_millis(300);

/// Runs a program of which one process never ends its turn.
fn check(program: &str, argument: i64) {
    let mut machine = sandbox_with_turn_time(SHORT, program, Term::Int(argument));
    machine.run(MAX_TURNS);
    let (events, hash) = (machine.take_events(), machine.kernel().state_hash());
    // The process is over, and the one that watched it goes on and is told why.
    let end = end(&machine, &events);
    assert_eq!(end.reason, "{told,{system_limit,turn_time}}");
    assert_eq!(end.reached, [LimitKind::TurnTime]);
    assert!(end.halted.is_none());
    let interruptions = machine.take_interruptions();
    let [interruption] = interruptions[..] else { panic!("{interruptions:?}") };
    assert!(interruption.calls > 0 && interruption.limit == LimitKind::TurnTime, "{interruption:?}");

    // Nothing has to be waited for when it is known where the turn ended: this server would never end it.
    let mut again = sandbox_with_turn_time(Duration::MAX, program, Term::Int(argument));
    again.command(Command::Interrupt { interruption }).expect("it is never refused");
    again.run(MAX_TURNS);
    assert!(again.take_events() == events && again.kernel().state_hash() == hash);
}

#[test]
fn a_native_without_end_is_ended_and_a_repeated_run_ends_in_the_same_place() {
    check("compare_shared", 200);
}

#[test]
fn forged_code_without_end_is_ended_and_a_repeated_run_ends_in_the_same_place() {
    check("forged_loop", 0);
}

#[test]
fn a_recording_replays_to_the_same_end() {
    let machine = |time| sandbox_with_turn_time(time, "forged_loop", Term::Int(0));
    let mut timeline = Timeline::record(machine(SHORT), Origin::default()).expect("it can be saved");
    timeline.run(MAX_TURNS).expect("it is at its end");
    let recording = timeline.recording().expect("it can be saved");
    let ends = recording.inputs.iter().filter(|input| matches!(input.command, Command::Interrupt { .. }));
    assert_eq!(ends.count(), 1);

    let mut again = Timeline::replay(machine(Duration::MAX), recording).expect("the same machine");
    // Compares the states along the way and at the end.
    again.seek(Target::End).expect("it does not diverge");
    assert_eq!(again.machine().kernel().state_hash(), timeline.machine().kernel().state_hash());
}

#[test]
fn other_sandboxes_of_the_same_thread_go_on() {
    let mut machine = sandbox_with_turn_time(SHORT, "forged_loop", Term::Int(0));
    let mut other = victim();
    let mut events = Vec::new();
    while machine.kernel().process(crate::sandbox::FIRST).is_some() {
        machine.run(1);
        other.run(1);
        events.extend(machine.take_events());
    }
    other.run(MAX_TURNS);
    assert!(other.take_events() == *victim_alone());
    assert_eq!(end(&machine, &events).reached, [LimitKind::TurnTime]);
}

#[test]
fn an_honest_long_turn_is_left_alone() {
    let mut machine = sandbox_with_turn_time(Duration::from_secs(60), "compare_shared", Term::Int(20));
    machine.run(MAX_TURNS);
    let events = machine.take_events();
    assert_eq!(end(&machine, &events).reason, "{told,normal}");
    assert_eq!(machine.take_interruptions(), []);
}
