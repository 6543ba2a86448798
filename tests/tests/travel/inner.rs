//! Events of what processes do within themselves, and filters that decide which events are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sandbox_runtime::kernel::Config;
use shared::event::{Event, EventKind};
use shared::filter::{EventFilter, Filter};
use shared::{EventSeq, Term};

use tests::travel::{PROGRAMS, machine};

fn events(program: &str) -> Vec<Event> {
    let mut machine = machine(Config::default(), program);
    machine.run(u64::MAX);
    machine.take_events()
}

fn by_seq(events: &[Event]) -> BTreeMap<EventSeq, &Event> {
    events.iter().map(|event| (event.seq, event)).collect()
}

#[test]
fn a_message_that_is_taken_out_names_its_arrival_and_is_taken_once() {
    for program in PROGRAMS {
        let events = events(program);
        let by_seq = by_seq(&events);
        let mut taken = BTreeSet::new();
        for event in events.iter().filter(|event| event.kind == EventKind::Received) {
            let arrival = event.cause.and_then(|cause| by_seq.get(&cause)).expect("it has arrived");
            assert!(matches!(arrival.kind, EventKind::Delivered { .. }) && arrival.pid == event.pid, "{arrival:?}");
            assert!(taken.insert(arrival.seq), "{arrival:?} is taken twice");
        }
        assert!(taken.len() > 5, "{program}: {}", taken.len());
    }
}

#[test]
fn what_a_process_does_is_because_of_the_message_that_it_took_out() {
    let events = events("choosy");
    let by_seq = by_seq(&events);
    let arrival = |event: &Event| match &by_seq[&event.cause?].kind {
        EventKind::Delivered { message } => message.decode().ok(),
        _ => None,
    };
    let taken: Vec<Term> =
        events.iter().filter(|event| event.kind == EventKind::Received).filter_map(arrival).collect();
    assert_eq!(taken, ["c", "a", "b"].map(Term::atom));
    let shown: Vec<(Term, String)> = events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Output { bytes, .. } => {
                Some((arrival(event)?, String::from_utf8_lossy(bytes).trim().to_owned()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(shown, ["c", "a", "b"].map(|name| (Term::atom(name), name.to_owned())));
}

#[test]
fn states_that_change_and_collections_are_events() {
    let count = |program: &str, is_meant: &dyn Fn(&EventKind) -> bool| {
        events(program).iter().filter(|event| is_meant(&event.kind)).count()
    };
    // A thousand casts add something; calls in between change nothing.
    assert_eq!(count("counters", &|kind| *kind == EventKind::StateChanged), 1000);
    let collected = count("counters", &|kind| match kind {
        EventKind::Collected { before, after } => {
            assert!(after <= before, "{after} bytes of {before}");
            true
        }
        _ => false,
    });
    assert!(collected > 5, "{collected}");
}

#[test]
fn a_filter_decides_what_is_kept_and_nothing_else() {
    let straight = {
        let mut machine = machine(Config::default(), "counters");
        machine.run(u64::MAX);
        (machine.take_events(), machine.state_hash())
    };
    let pattern = "%{event: :sent, message: {_, {:add, n}}} when n > 5".to_owned();
    let filter = EventFilter::new(&Filter { pattern: Some(pattern), ..Filter::default() }).expect("a pattern");
    let mut machine = machine(Config::default(), "counters");
    machine.take_events();
    machine.kernel_mut().journal_mut().set_filter(Some(Arc::new(filter.clone())));
    machine.run(u64::MAX);
    let kept = machine.take_events();
    let expected: Vec<&Event> = straight.0.iter().filter(|event| filter.wants(event)).collect();
    assert!(kept.len() > 100 && kept.len() < 900, "{}", kept.len());
    assert_eq!(kept.iter().collect::<Vec<_>>(), expected);
    assert_eq!(machine.state_hash(), straight.1);
}
