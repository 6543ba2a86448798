//! A machine that is restored goes on as the one that was saved.

use std::fs::File;
use std::io::Write as _;

use sandbox_runtime::host::archive::ArchiveError;
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::kernel::code::AtomNumbers;
use sandbox_runtime::kernel::journal::Interest;
use sandbox_runtime::machine::Machine;
use sandbox_runtime::snapshot::Snapshot;

use tests::travel::{PROGRAMS, WasmMachine, factory, machine, output};

/// Runs to the end and tells everything that can be told.
fn finish(machine: &mut WasmMachine) -> (String, Vec<String>, Option<u64>) {
    machine.kernel_mut().journal_mut().set_interest(Interest::Everything);
    machine.take_events();
    machine.run(u64::MAX);
    let events = machine.take_events().iter().map(|event| format!("{event:?}")).collect();
    (output(machine), events, machine.state_hash())
}

#[test]
fn whether_a_machine_made_ready_for_what_comes_shows_nowhere() {
    for program in PROGRAMS {
        let run = |makes_ready: bool| {
            let mut machine = machine(Config::default(), program);
            machine.kernel_mut().journal_mut().set_interest(Interest::Everything);
            let mut events = Vec::new();
            for _ in 0..200 {
                if makes_ready {
                    machine.prepare();
                }
                machine.run(1);
                events.extend(machine.take_events().iter().map(|event| format!("{event:?}")));
            }
            (events, finish(&mut machine))
        };
        assert_eq!(run(true), run(false), "{program}");
    }
}

#[test]
fn a_restored_machine_goes_on_as_the_one_that_was_saved() {
    for program in PROGRAMS {
        for turns in [0, 1, 7, 60, 200] {
            let mut original = machine(Config::default(), program);
            original.run(turns);
            let snapshot = original.snapshot().expect("wasm guests can be saved");
            let mut restored = Machine::restore(&snapshot);
            assert_eq!(restored.state_hash(), original.state_hash(), "{program} after {turns} turns");
            let straight = finish(&mut original);
            assert_eq!(finish(&mut restored), straight, "{program} after {turns} turns");
            assert!(turns > 1 || !straight.1.is_empty());
        }
    }
}

#[test]
fn a_snapshot_survives_a_file() {
    for program in PROGRAMS {
        let mut original = machine(Config::default(), program);
        original.run(120);
        let snapshot = original.snapshot().expect("wasm guests can be saved");
        let mut file = tempfile::tempfile().expect("a file");
        let written = snapshot.write(&mut file).expect("room");
        let (read, opened) = Snapshot::open(&file, factory()).expect("what was written");
        assert_eq!(written, read);
        assert_eq!(opened.state_hash(), snapshot.state_hash(), "{program}");
        let mut again = Vec::new();
        assert_eq!(opened.write(&mut again).expect("room"), written);
        assert_eq!(finish(&mut Machine::restore(&opened)), finish(&mut original), "{program}");
    }
}

fn open(bytes: &[u8], factory: WasmFactory) -> Result<(), ArchiveError> {
    let mut file: File = tempfile::tempfile().expect("a file");
    file.write_all(bytes).expect("room");
    Snapshot::open(&file, factory).map(drop)
}

#[test]
fn a_snapshot_that_is_damaged_or_of_something_else_is_refused() {
    let mut original = machine(Config::default(), "tables");
    original.run(50);
    let mut bytes = Vec::new();
    original.snapshot().expect("wasm guests can be saved").write(&mut bytes).expect("room");
    open(&bytes, factory()).expect("what was written");

    assert!(matches!(open(b"", factory()), Err(ArchiveError::Foreign)));
    assert!(matches!(open(&[7; 9000], factory()), Err(ArchiveError::Foreign)));
    assert!(matches!(open(&bytes[..bytes.len() - 4096], factory()), Err(ArchiveError::Damaged(_))));
    let step = bytes.len() / 300;
    for at in (0..bytes.len()).step_by(step) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        let is_padding = bytes[at] == 0;
        assert!(open(&damaged, factory()).is_err() || is_padding, "byte {at} of {}", bytes.len());
    }
    let mut newer = bytes.clone();
    newer[16] += 1;
    assert!(matches!(open(&newer, factory()), Err(ArchiveError::Version(_))));

    let (other, _) = factory().template().extend([], &mut AtomNumbers::default()).expect("room");
    let refused = open(&bytes, WasmFactory::new(other, None));
    assert!(matches!(refused, Err(ArchiveError::Template { .. })), "{refused:?}");
}

#[test]
fn looking_at_a_process_changes_nothing() {
    let run = |looks: bool| {
        let mut machine = machine(Config::default(), "counters");
        let mut answers = 0;
        for _ in 0..40 {
            machine.run(7);
            for pid in machine.kernel().pids().collect::<Vec<_>>() {
                for item in ["messages", "dictionary", "current_stacktrace", "garbage_collection", "links"] {
                    answers += usize::from(looks && machine.inspect(pid, item).is_some());
                }
            }
        }
        assert!(!looks || answers > 1000, "{answers}");
        finish(&mut machine)
    };
    assert_eq!(run(true), run(false));
}
