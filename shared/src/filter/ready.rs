//! Filters of events: processes, kinds, and patterns with guards.
//!
//! A pattern of Elixir becomes guards of a match specification over the whole event, so there is one way to evaluate both. What a
//! filter says changes what is kept, never what happens.

use std::collections::BTreeSet;

use crate::event::{Event, EventKind};
use crate::match_spec::{Fuel, MatchSpec};
use crate::{Pid, Term};

use super::{Filter, pattern, subject};

/// A filter that is ready to be asked.
#[derive(Clone, Debug)]
pub struct EventFilter {
    pids: BTreeSet<Pid>,
    kinds: BTreeSet<&'static str>,
    specs: Vec<MatchSpec>,
}

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// There is no event of that kind.
    #[error("there is no event {0}")]
    Kind(String),
    /// The pattern cannot be read.
    #[error("the pattern, column {}: {text}", .at + 1)]
    Pattern {
        /// Characters before the place.
        at: usize,
        /// What is wrong there.
        text: String,
    },
    /// It is no match specification.
    #[error("the match specification: {0}")]
    Specification(String),
}

impl EventFilter {
    /// Makes a filter ready.
    ///
    /// # Errors
    /// See [`FilterError`].
    pub fn new(filter: &Filter) -> Result<EventFilter, FilterError> {
        let known = |name: &String| {
            let known = EventKind::NAMES.iter().find(|known| *known == name);
            known.copied().ok_or_else(|| FilterError::Kind(name.clone()))
        };
        let kinds = filter.kinds.iter().map(known).collect::<Result<_, _>>()?;
        let compile =
            |term: &Term| MatchSpec::compile(term).map_err(|error| FilterError::Specification(error.to_string()));
        let mut specs = Vec::new();
        if let Some(text) = &filter.pattern {
            let guards = pattern::guards(text)?;
            let body = Term::list([Term::bool(true)]);
            specs.push(compile(&Term::list([Term::tuple([Term::atom("_"), Term::list(guards), body])]))?);
        }
        if let Some(spec) = &filter.matching {
            let spec = spec.decode().map_err(|error| FilterError::Specification(error.to_string()))?;
            specs.push(compile(&spec)?);
        }
        Ok(EventFilter { pids: filter.pids.iter().copied().collect(), kinds, specs })
    }

    /// Whether an event is wanted.
    pub fn wants(&self, event: &Event) -> bool {
        let is_of_pid = self.pids.is_empty() || event.pid.is_some_and(|pid| self.pids.contains(&pid));
        let is_of_kind = self.kinds.is_empty() || self.kinds.contains(event.kind.name());
        if !is_of_pid || !is_of_kind || self.specs.is_empty() {
            return is_of_pid && is_of_kind;
        }
        let subject = subject::of(event);
        let caller = event.pid.unwrap_or(Pid(0));
        self.specs.iter().all(|spec| spec.is_true(&subject, caller, &Fuel::default()))
    }
}

#[cfg(test)]
mod tests {
    use crate::event::{Destination, Device};
    use crate::term::Atom;
    use crate::{Etf, EventSeq, VirtualTime};

    use super::*;

    fn sent(message: &Term) -> Event {
        let kind = EventKind::Sent {
            to: Destination::Name(Atom::new("worker")),
            receiver: Some(Pid(7)),
            message: Etf::of(message),
        };
        Event { seq: EventSeq(12), at: VirtualTime(5_000), pid: Some(Pid(3)), reductions: 99, cause: None, kind }
    }

    fn work(n: i64) -> Term {
        Term::tuple([Term::atom("work"), Term::Int(n), Term::list([Term::Int(1), Term::atom("b")])])
    }

    fn wants(filter: &Filter, event: &Event) -> bool {
        EventFilter::new(filter).unwrap_or_else(|error| panic!("{error}")).wants(event)
    }

    fn matches(pattern: &str) -> bool {
        wants(&Filter { pattern: Some(pattern.to_owned()), ..Filter::default() }, &sent(&work(11)))
    }

    #[test]
    fn patterns_match_as_those_of_elixir() {
        let yes = [
            "_",
            "event",
            "%{}",
            "%{event: :sent}",
            "%{event: :sent, message: {:work, n, _}} when n > 10",
            "%{message: {:work, 11, [1, :b]}, cause: nil}",
            "%{message: {:work, _, [1 | rest]}} when rest == [:b] and length(rest) === 1",
            "%{message: {_, n, [m | _]}} when n - 10 == m",
            "%{message: m} when elem(m, 0) in [:play, :work]",
            "%{message: {:work, n, _} = m, seq: s} when tuple_size(m) == 3 and (n < 5 or s >= 12) and not is_nil(n)",
            "event when event.seq == 12 and is_map_key(event, :message) and rem(event.at, 1_000) == 0",
            "%{:event => kind, pid: pid, receiver: other} when kind != :exited and is_pid(pid) and pid != other",
            "%{to: :worker, at: at} when at / 2 > 1.5e3",
        ];
        let no = [
            "%{event: :exited}",
            "%{nothing: _}",
            "%{message: {:work, n, _}} when n > 11",
            "%{message: {:work, n, n}}",
            "%{message: {:work, _}}",
            "%{message: [_ | _]}",
            "%{message: {_, _, [_]}}",
            "%{message: {_, _, [_, _, _ | _]}}",
            "%{message: {:work, n, _}} when hd(n) == 1",
            "%{message: \"work\"}",
            "%Range{}",
            "%{message: {:\"work\", 11.0, _}}",
        ];
        for pattern in yes {
            assert!(matches(pattern), "{pattern}");
        }
        for pattern in no {
            assert!(!matches(pattern), "{pattern}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_pattern_is_said() {
        let cases = [
            ("", 0),
            ("%{event: }", 9),
            ("%{event: :sent", 14),
            ("{a, b", 5),
            ("%{event: :sent} when", 20),
            ("%{event: :sent} when n > 3", 21),
            ("%{event: :sent} then", 16),
            ("x when launch(x)", 7),
            ("<<a>>", 0),
            ("\"open", 0),
            ("%{a: ^b}", 5),
        ];
        for (pattern, expected) in cases {
            match EventFilter::new(&Filter { pattern: Some(pattern.to_owned()), ..Filter::default() }) {
                Err(FilterError::Pattern { at, .. }) => assert_eq!(at, expected, "{pattern}"),
                other => panic!("{pattern}: {other:?}"),
            }
        }
        let deep = "{".repeat(100_000);
        assert!(EventFilter::new(&Filter { pattern: Some(deep), ..Filter::default() }).is_err());
    }

    #[test]
    fn all_that_is_said_must_hold() {
        let event = sent(&work(1));
        let kinds = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let spec = Term::list([Term::tuple([
            Term::atom("_"),
            Term::list([Term::tuple([Term::atom("is_map"), Term::atom("$_")])]),
            Term::list([Term::bool(true)]),
        ])]);
        let filter = Filter {
            pids: vec![Pid(3)],
            kinds: kinds(&["sent", "exited"]),
            pattern: None,
            matching: Some(Etf::of(&spec)),
        };
        assert!(wants(&filter, &event));
        assert!(!wants(&Filter { pids: vec![Pid(4)], ..filter.clone() }, &event));
        assert!(!wants(&Filter { kinds: kinds(&["exited"]), ..filter.clone() }, &event));
        assert!(!wants(&Filter { pattern: Some("%{seq: 13}".into()), ..filter.clone() }, &event));
        let unknown = Filter { kinds: kinds(&["launched"]), ..Filter::default() };
        assert_eq!(EventFilter::new(&unknown).err(), Some(FilterError::Kind("launched".into())));
        let malformed = Filter { matching: Some(Etf::atom("x")), ..Filter::default() };
        assert!(matches!(EventFilter::new(&malformed), Err(FilterError::Specification(_))));
        let output = EventKind::Output { device: Device::Stdout, bytes: (*b"hi").into() };
        let output = Event { pid: None, kind: output, ..event };
        assert!(wants(&Filter { pattern: Some("%{bytes: \"hi\", pid: nil}".into()), ..Filter::default() }, &output));
    }
}
