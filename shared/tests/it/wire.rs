//! Events and commands as they cross a wire.

use shared::command::Command;
use shared::event::{Destination, Entry, Event, EventKind};
use shared::limits::Limits;
use shared::term::Atom;
use shared::{Etf, EventSeq, Pid, Term, VirtualTime};

#[test]
fn commands_and_events_survive_json() {
    let entry = Entry::new("m", "f", Etf::of(&Term::list([Term::Int(1)])));
    let command = Command::Spawn { entry, group_leader: None, name: Some(Atom::new("main")) };
    let json = serde_json::to_string(&command).expect("json");
    assert_eq!(serde_json::from_str::<Command>(&json).expect("a command"), command);

    let kind = EventKind::Sent { to: Destination::Name(Atom::new("x")), receiver: None, message: Etf::atom("hello") };
    let event = Event { seq: EventSeq(3), at: VirtualTime(5), pid: Some(Pid(1)), reductions: 9, cause: None, kind };
    let json = serde_json::to_string(&event).expect("json");
    let expected = concat!(
        r#"{"seq":3,"at":5,"pid":1,"reductions":9,"cause":null,"kind":{"event":"sent","to":{"name":"x"},"#,
        r#""receiver":null,"message":"g3cFaGVsbG8="}}"#
    );
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_str::<Event>(&json).expect("an event"), event);
}

#[test]
fn a_message_that_is_no_term_is_refused_at_the_door() {
    let json = r#"{"command":"send","to":{"pid":1},"message":"AAAA"}"#;
    assert!(serde_json::from_str::<Command>(json).is_err());
    let limits: Limits = serde_json::from_str(r#"{"processes":5}"#).expect("limits");
    assert_eq!((limits.processes, limits.timers), (5, Limits::default().timers));
    assert!(serde_json::from_str::<Limits>(r#"{"proceses":5}"#).is_err());
}
