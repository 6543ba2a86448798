//! Timelines that were put away and fetched again.

use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::kernel::code::AtomNumbers;
use sandbox_runtime::timeline::parked::ParkError;
use sandbox_runtime::timeline::{Origin, Target, Timeline};
use shared::EventSeq;

use tests::travel::{PROGRAMS, factory, machine, output};

fn recorded(program: &str, turns: u64) -> Timeline<WasmFactory> {
    let mut timeline =
        Timeline::record(machine(Config::default(), program), Origin::default()).expect("it can be saved");
    timeline.run(turns).expect("at the end");
    timeline.take_events();
    timeline
}

fn fetch(bytes: &[u8]) -> Result<Timeline<WasmFactory>, ParkError> {
    Timeline::unpark(bytes, factory(), None)
}

#[test]
fn a_fetched_timeline_goes_on_as_the_one_that_was_put_away_and_has_its_past() {
    for program in PROGRAMS {
        let mut original = recorded(program, 150);
        let bytes = original.park().expect("it can be saved");
        let mut fetched = fetch(&bytes).expect("what was put away");
        assert_eq!(fetched.recording().expect("saved"), original.recording().expect("saved"), "{program}");
        for timeline in [&mut original, &mut fetched] {
            timeline.run(u64::MAX).expect("at the end");
        }
        assert_eq!(fetched.take_events(), original.take_events(), "{program}");
        assert_eq!(output(fetched.machine()), output(original.machine()), "{program}");
        assert_eq!(fetched.recording().expect("saved"), original.recording().expect("saved"), "{program}");
        // From before it was put away, and from after.
        for event in [3, 40, original.last_seq().0 - 2] {
            let target = Target::Event(EventSeq(event));
            assert_eq!(fetched.seek(target).expect("the same"), original.seek(target).expect("the same"), "{program}");
            assert_eq!(fetched.machine_mut().state_hash(), original.machine_mut().state_hash(), "{program} at {event}");
        }
        fetched.verify().expect("the same from the beginning");
    }
}

#[test]
fn a_timeline_can_be_put_away_again_and_while_somebody_looks_at_its_past() {
    let mut original = recorded("counters", 300);
    let whole = original.park().expect("it can be saved");
    original.seek(Target::Event(EventSeq(20))).expect("the same");
    assert!(original.park().expect("it can be saved") == whole, "the past changes nothing");
    let again = fetch(&whole).expect("what was put away").park().expect("it can be saved");
    assert!(again == whole, "{} bytes instead of {}", again.len(), whole.len());
}

#[test]
fn a_timeline_that_is_damaged_or_of_something_else_is_refused() {
    let bytes = recorded("tables", 60).park().expect("it can be saved");
    assert!(matches!(fetch(b""), Err(ParkError::Damaged(_))));
    assert!(matches!(fetch(&[7; 9000]), Err(ParkError::Damaged(_))));
    for end in [20, 60, bytes.len() / 2, bytes.len() - 1] {
        assert!(matches!(fetch(&bytes[..end]), Err(ParkError::Damaged(_))), "{end} bytes");
    }
    for at in (0..bytes.len()).step_by(bytes.len() / 200) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert!(fetch(&damaged).is_err(), "byte {at} of {}", bytes.len());
    }
    let (other, _) = factory().template().extend([], &mut AtomNumbers::default()).expect("room");
    let refused = Timeline::unpark(&bytes, WasmFactory::new(other, None), None);
    assert!(matches!(refused, Err(ParkError::Archive(_))));
}
