//! Room on the server: the process that is one too many is refused, and everything else goes on.

use sandbox_runtime::host::admission::Capacity;
use shared::Term;
use shared::limits::LimitKind;

use crate::sandbox::{FIRST, end, sandbox_of_server};

const MAX_TURNS: u64 = 100_000;

#[test]
fn ten_thousand_processes_are_alive_and_one_too_many_is_refused() {
    let real = Capacity::of_this_machine();
    assert!(real.instances() > 10_001, "{real:?}");
    // The mappings of 10,000 instances: one for the program that starts the others.
    let capacity = Capacity { mappings: 30_000, bytes: real.bytes };
    let (engine, mut machine) = sandbox_of_server(capacity, "sleepers", Term::Int(9_999));
    machine.run(MAX_TURNS);
    // The first one has told its number and ended.
    assert_eq!((machine.guest_count(), machine.kernel().process_count()), (9_999, 9_999));
    assert_eq!(engine.admission().in_use().mappings, 29_997);
    let events = machine.take_events();
    assert_eq!(end(&machine, &events).reason, "{told,9999}");
    assert_eq!(machine.take_interruptions(), []);
}

#[test]
fn who_is_refused_hears_of_it_and_a_repeated_run_does_the_same() {
    let capacity = Capacity { mappings: 30, bytes: 1 << 30 };
    let (engine, mut machine) = sandbox_of_server(capacity, "sleepers", Term::Int(20));
    machine.run(MAX_TURNS);
    let interruptions = machine.take_interruptions();
    let events = machine.take_events();
    assert_eq!(end(&machine, &events).reached, [LimitKind::Server]);
    assert!(interruptions.len() >= 10 && interruptions.iter().all(|i| (i.calls, i.limit) == (0, LimitKind::Server)));
    assert_eq!(machine.guest_count(), 10);
    assert_eq!(engine.admission().in_use().mappings, 30);
    let hash = machine.kernel().state_hash();
    drop(machine);
    assert_eq!(engine.admission().in_use(), Capacity { mappings: 0, bytes: 0 });

    // A server with room for all of them, told what happened.
    let roomy = Capacity { mappings: 300, bytes: 1 << 30 };
    let (_engine, mut again) = sandbox_of_server(roomy, "sleepers", Term::Int(20));
    for interruption in interruptions {
        let command = shared::command::Command::Interrupt { interruption };
        again.command(command).expect("it is never refused");
    }
    again.run(MAX_TURNS);
    assert!(again.kernel().process(FIRST).is_none());
    assert!(again.take_events() == events && again.kernel().state_hash() == hash);
}
