//! Batches, gaps and moments of the past.

use shared::Etf;
use shared::api::run::{RunOptions, RunState};
use shared::event::{Entry, EventKind, ExitedBy};
use shared::ids::Pid;
use shared::schedule::TimeMode;
use shared::time::VirtualTime;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn status(run: &str) -> RunStatus {
    RunStatus {
        run: run.to_owned(),
        state: RunState::Running,
        by: "user-a".to_owned(),
        started_at: 0,
        options: RunOptions::default(),
        time: TimeMode::Live,
        wants_input: false,
    }
}

fn event(seq: u64, pid: u64, kind: EventKind) -> Event {
    Event { seq: EventSeq(seq), at: VirtualTime(seq), pid: Some(Pid(pid)), reductions: seq, cause: None, kind }
}

fn spawned(seq: u64, child: u64) -> Event {
    let entry = Entry::new("lists", "seq", Etf::atom("x"));
    event(seq, 1, EventKind::Spawned { child: Pid(child), entry, linked: false, monitor: None })
}

fn exited(seq: u64, pid: u64) -> Event {
    event(seq, pid, EventKind::Exited { reason: Etf::atom("kill"), by: ExitedBy::Itself })
}

fn batch(after: u64, through: u64, events: Vec<Event>) -> EventBatch {
    EventBatch {
        run: "run-a".to_owned(),
        after: EventSeq(after),
        through: EventSeq(through),
        at: VirtualTime(through),
        events,
    }
}

fn running() -> Run {
    let mut run = Run::default();
    run.set_status(status("run-a"));
    run
}

fn alive(world: &World) -> Vec<u64> {
    world.alive().map(|process| process.pid.0).collect()
}

#[test]
fn every_moment_that_is_known_can_be_seen_again() {
    let mut run = running();
    run.add(batch(0, 12, vec![spawned(2, 5), spawned(4, 6), exited(9, 5)])).unwrap();
    assert_eq!(alive(run.now()), [6]);
    assert_eq!(alive(run.at(Some(EventSeq(3)))), [5]);
    assert_eq!(alive(run.at(Some(EventSeq(8)))), [5, 6]);
    assert_eq!(alive(run.at(Some(EventSeq(12)))), [6]);
    assert_eq!(alive(run.at(Some(EventSeq(99)))), [6]);
    assert_eq!(run.event(EventSeq(4)).map(|event| event.seq.0), Some(4));
    assert!(run.event(EventSeq(5)).is_none());
}

#[test]
fn a_gap_is_noticed_and_what_is_known_already_is_passed_over() {
    let mut run = running();
    run.add(batch(0, 5, vec![spawned(2, 5)])).unwrap();
    assert_eq!(run.add(batch(7, 9, vec![spawned(8, 6)])), Err(Gap));
    run.add(batch(0, 5, vec![spawned(2, 5)])).unwrap();
    run.add(batch(3, 7, vec![spawned(4, 9), spawned(6, 7)])).unwrap();
    assert_eq!(alive(run.now()), [5, 7]);
    run.add(EventBatch { run: "run-b".to_owned(), ..batch(7, 9, vec![exited(8, 5)]) }).unwrap();
    assert_eq!(alive(run.now()), [5, 7]);
}

#[test]
fn a_long_run_forgets_its_beginning_and_nothing_else() {
    let most = 3 * MARK_EVERY as u64;
    let mut run = Run { events: Log::new(most as usize), ..running() };
    let count = 8 * MARK_EVERY as u64 + 5;
    // Every second one ends the process that the one before began.
    let events = (1..=count).map(|seq| if seq % 2 == 1 { spawned(seq, seq + 10) } else { exited(seq, seq + 9) });
    run.add(batch(0, count, events.collect())).unwrap();
    let kept = run.events().len() as u64;
    assert!((most - MARK_EVERY as u64..=most).contains(&kept), "{kept}");
    assert_eq!(run.now().totals.spawned, count.div_ceil(2));
    for at in [count - 1, count - MARK_EVERY as u64 - 3, count - kept + 1] {
        let world = run.at(Some(EventSeq(at)));
        assert_eq!((world.seq.0, world.totals.spawned), (at, at.div_ceil(2)), "at {at}");
    }
    // What lies before is shown as the earliest picture that is known.
    assert_eq!(run.at(Some(EventSeq(1))).seq.0, count - kept);
}

#[test]
fn pictures_in_between_are_few_however_long_a_run_is() {
    let mut run = running();
    let count = 3 * (MARKS_KEPT * MARK_EVERY) as u64 / 2;
    let events = (1..=count).map(|seq| event(seq, 1, EventKind::Received));
    run.add(batch(0, count, events.collect())).unwrap();
    assert!(run.marks.len() <= MARKS_KEPT && run.mark_every == 2 * MARK_EVERY, "{}", run.marks.len());
    assert_eq!(run.at(Some(EventSeq(count / 3))).seq.0, count / 3);
}

#[test]
fn another_run_takes_the_place_of_the_one_before() {
    let mut run = running();
    run.add(batch(0, 5, vec![spawned(2, 5)])).unwrap();
    run.set_status(status("run-b"));
    assert!(run.events().is_empty() && alive(run.now()).is_empty());
}
