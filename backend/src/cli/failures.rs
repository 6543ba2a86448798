//! Tests that fail while they are recorded: at which event that was, and how to go there.

use std::path::Path;

use shared::event::{Event, EventKind};
use shared::term::Map;
use shared::{Etf, Term};

/// Watches the tests of ExUnit.
pub(super) struct Failures {
    recording: String,
    /// Those that have failed and were not reported yet: the line by which ExUnit reports them, and the last event before.
    failed: Vec<(String, u64)>,
}

impl Failures {
    /// Those of a run that is recorded into this file.
    pub(super) fn of(recording: &Path) -> Failures {
        Failures { recording: recording.display().to_string(), failed: Vec::new() }
    }

    /// Notes a test that has failed. The process of the test says so as soon as it has caught the failure.
    pub(super) fn note(&mut self, event: &Event) {
        let EventKind::Sent { message, .. } = &event.kind else { return };
        if let Some(title) = failed_test(message) {
            self.failed.push((title, event.seq.0.saturating_sub(1)));
        }
    }

    /// What is to be said below the report of a test, if this is one.
    pub(super) fn hint(&mut self, output: &[u8]) -> Option<String> {
        if self.failed.is_empty() {
            return None;
        }
        let text = String::from_utf8_lossy(output);
        let place = self.failed.iter().position(|(title, _)| text.contains(title))?;
        let (_, event) = self.failed.remove(place);
        Some(format!("     at event {event}; to go there: orrery replay {} --until {event}\n", self.recording))
    }
}

/// The title of the test, when a message says that one has failed: `{Pid, test_finished, Test}`.
fn failed_test(message: &Etf) -> Option<String> {
    const FINISHED: &[u8] = b"test_finished";
    // Most messages are about something else, and need not be decoded.
    if !message.bytes().windows(FINISHED.len()).any(|bytes| bytes == FINISHED) {
        return None;
    }
    let message = message.decode().ok()?;
    let [Term::Pid(_), tag, Term::Map(test)] = message.as_tuple()? else { return None };
    let state = field(test, "state")?.as_tuple()?.first()?;
    if !tag.is_atom("test_finished") || !state.is_atom("failed") {
        return None;
    }
    let module = field(test, "module")?.as_atom()?;
    let module = module.strip_prefix("Elixir.").unwrap_or(module);
    Some(format!("{} ({module})", field(test, "name")?.as_atom()?))
}

fn field<'a>(map: &'a Map, name: &str) -> Option<&'a Term> {
    map.get(&Term::atom(name))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use shared::event::{Destination, Device};
    use shared::{EventSeq, Pid, VirtualTime};

    use super::*;

    fn sent(seq: u64, state: Term) -> Event {
        let pair = |name: &str, value: Term| (Term::atom(name), value);
        let name = Term::atom("test adds");
        let test = [pair("state", state), pair("module", Term::atom("Elixir.SumTest")), pair("name", name)];
        let message = Etf::of(&Term::tuple([Term::pid(Pid(7)), Term::atom("test_finished"), Term::map(test)]));
        let kind = EventKind::Sent { to: Destination::Pid(Pid(3)), receiver: Some(Pid(3)), message };
        Event { seq: EventSeq(seq), at: VirtualTime(0), pid: Some(Pid(7)), reductions: 0, cause: None, kind }
    }

    #[test]
    fn a_failure_is_hinted_at_once_below_its_report() {
        let mut failures = Failures::of(Path::new("a.recording"));
        failures.note(&sent(4, Term::atom("nil")));
        failures.note(&sent(9, Term::tuple([Term::atom("failed"), Term::Nil])));
        let printed = EventKind::Output { device: Device::Stdout, bytes: Arc::from(*b"x") };
        failures.note(&Event { kind: printed, ..sent(10, Term::Nil) });
        assert_eq!(failures.hint(b"  1) test other (SumTest)\n"), None);
        let hint = failures.hint(b"  1) test adds (SumTest)\n     a.exs:3\n").expect("it has failed");
        assert_eq!(hint, "     at event 8; to go there: orrery replay a.recording --until 8\n");
        assert_eq!(failures.hint(b"  1) test adds (SumTest)\n"), None);
    }
}
