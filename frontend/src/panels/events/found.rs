//! Which events are looked for, and those that were found.
//!
//! Looking through a million events takes time, so it is done in pieces, one a frame, and only what is new is looked at again.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::rc::Rc;

use shared::Pid;
use shared::event::{Event, EventKind};
use shared::filter::EventFilter;
use shared::ids::EventSeq;
use shared::world::World;

use super::words;
use crate::panels::tree::system;
use crate::state::run::Run;

/// Events between two looks at the clock.
const PIECE: usize = 256;

/// Kinds of events that are shown together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    All,
    Lives,
    Messages,
    Crashes,
    Output,
    Ets,
}

impl Group {
    pub(super) const ALL: [Self; 6] = [Self::All, Self::Lives, Self::Messages, Self::Crashes, Self::Output, Self::Ets];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Lives => "Lives",
            Self::Messages => "Messages",
            Self::Crashes => "Crashes",
            Self::Output => "Output",
            Self::Ets => "ETS",
        }
    }

    fn has(self, event: &Event) -> bool {
        let kind = &event.kind;
        match self {
            Self::All => {
                !matches!(kind, EventKind::TurnStarted { .. } | EventKind::TurnEnded { .. } | EventKind::TurnSkipped)
            }
            Self::Lives => matches!(
                kind,
                EventKind::Spawned { .. }
                    | EventKind::Exited { .. }
                    | EventKind::Registered { .. }
                    | EventKind::ExitSignal { .. }
            ),
            Self::Messages => {
                matches!(kind, EventKind::Sent { .. } | EventKind::Delivered { .. } | EventKind::Dropped { .. })
            }
            Self::Crashes => match kind {
                EventKind::Exited { reason, .. } => !reason.is_atom("normal") && !reason.is_atom("shutdown"),
                EventKind::LimitReached { .. } | EventKind::Denied { .. } => true,
                _ => false,
            },
            Self::Output => matches!(kind, EventKind::Output { .. }),
            Self::Ets => matches!(kind, EventKind::Ets { .. }),
        }
    }
}

/// What is looked for in an event.
#[derive(Debug, Clone, Default)]
pub(super) enum Sought {
    /// Nothing in particular.
    #[default]
    Anything,
    /// Words, in small letters.
    Words(String),
    /// A pattern of Elixir: its text, and the same ready to be asked.
    Pattern(String, Rc<EventFilter>),
}

impl PartialEq for Sought {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Anything, Self::Anything) => true,
            (Self::Words(one), Self::Words(other)) | (Self::Pattern(one, _), Self::Pattern(other, _)) => one == other,
            _ => false,
        }
    }
}

/// Which events are looked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    pub(super) group: Group,
    pub(super) sought: Sought,
    pub(super) pid: Option<Pid>,
    pub(super) with_system: bool,
}

/// Those that were found.
#[derive(Default)]
pub(super) struct Found {
    wanted: Option<Wanted>,
    run: String,
    through: EventSeq,
    pub(super) seqs: Vec<EventSeq>,
}

impl Found {
    /// Looks on until it is through, or `is_late` says that it is enough for now; gives whether it is through.
    pub(super) fn follow(&mut self, run: &Run, wanted: Wanted, mut is_late: impl FnMut() -> bool) -> bool {
        let name = run.status().map(|status| status.run.as_str()).unwrap_or_default();
        let is_same = self.wanted.as_ref() == Some(&wanted) && self.run == name && run.now().seq >= self.through;
        if !is_same {
            self.seqs = Vec::new();
            self.through = EventSeq(0);
            self.run = name.to_owned();
        }
        let first = run.events().first().unwrap_or(EventSeq(u64::MAX));
        if self.through >= run.now().seq && self.seqs.first().is_none_or(|seq| *seq >= first) {
            self.wanted = Some(wanted);
            return true;
        }
        let seqs = &mut self.seqs;
        seqs.drain(..seqs.partition_point(|seq| *seq < first));
        let system = system(run.now());
        let mut looked_at = 0;
        let mut through = run.now().seq;
        run.events().visit(self.through, |event| {
            if fits(event, run.now(), &wanted, &system) {
                seqs.push(event.seq);
            }
            looked_at += 1;
            if looked_at % PIECE == 0 && is_late() {
                through = event.seq;
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        self.through = through;
        self.wanted = Some(wanted);
        through >= run.now().seq
    }

    /// How much of a run was looked at, from 0 to 1.
    pub(super) fn share(&self, run: &Run) -> f64 {
        let first = run.events().first().map_or(0, |seq| seq.0);
        let all = run.now().seq.0.saturating_sub(first).max(1);
        self.through.0.saturating_sub(first) as f64 / all as f64
    }
}

fn fits(event: &Event, world: &World, wanted: &Wanted, system: &BTreeSet<Pid>) -> bool {
    let concerns = |pid: Pid| {
        event.pid == Some(pid) || matches!(event.kind, EventKind::Sent { receiver: Some(it), .. } if it == pid)
    };
    wanted.group.has(event)
        && (wanted.with_system || event.pid.is_none_or(|pid| !system.contains(&pid)))
        && wanted.pid.is_none_or(concerns)
        && match &wanted.sought {
            Sought::Anything => true,
            Sought::Words(text) => words(event, world).to_lowercase().contains(text),
            Sought::Pattern(_, filter) => filter.wants(event),
        }
}

#[cfg(test)]
mod tests {
    use shared::api::run::{EventBatch, RunOptions, RunState, RunStatus};
    use shared::event::Destination;
    use shared::filter::Filter;
    use shared::schedule::TimeMode;
    use shared::{Etf, Term, VirtualTime};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn run(messages: u64) -> Run {
        let mut run = Run::default();
        run.set_status(RunStatus {
            run: "run-a".to_owned(),
            state: RunState::Running,
            by: String::new(),
            started_at: 0,
            options: RunOptions::default(),
            time: TimeMode::Live,
            wants_input: false,
        });
        add(&mut run, 0, messages);
        run
    }

    fn add(run: &mut Run, after: u64, through: u64) {
        let event = |n: u64| Event {
            seq: EventSeq(n),
            at: VirtualTime(n),
            pid: Some(Pid(n % 2)),
            reductions: 0,
            cause: None,
            kind: EventKind::Sent {
                to: Destination::Pid(Pid(9)),
                receiver: Some(Pid(9)),
                message: Etf::of(&Term::tuple([Term::atom("work"), Term::from(n)])),
            },
        };
        let events = (after + 1..=through).map(event).collect();
        let (after, through, at) = (EventSeq(after), EventSeq(through), VirtualTime(through));
        run.add(EventBatch { run: "run-a".to_owned(), after, through, at, events }).unwrap();
    }

    fn wanted(sought: Sought) -> Wanted {
        Wanted { group: Group::All, sought, pid: None, with_system: true }
    }

    fn pattern(text: &str) -> Sought {
        let filter = Filter { pattern: Some(text.to_owned()), ..Filter::default() };
        Sought::Pattern(text.to_owned(), Rc::new(EventFilter::new(&filter).unwrap()))
    }

    #[test]
    fn patterns_find_what_they_mean_and_only_what_is_new_is_looked_at() {
        let mut run = run(1_000);
        let mut found = Found::default();
        let sought = wanted(pattern("%{event: :sent, message: {:work, n}} when n > 990"));
        assert!(found.follow(&run, sought.clone(), || false));
        assert_eq!(found.seqs.len(), 10);
        add(&mut run, 1_000, 1_005);
        assert!(found.follow(&run, sought, || false));
        assert_eq!(found.seqs.last(), Some(&EventSeq(1_005)));
        assert!(found.follow(&run, Wanted { pid: Some(Pid(1)), ..wanted(Sought::Words(", 5}".to_owned())) }, || false));
        assert_eq!(found.seqs, [EventSeq(5)]);
    }

    #[test]
    fn it_goes_on_where_it_was_interrupted() {
        let run = run(5_000);
        let mut found = Found::default();
        let mut rounds = 0;
        while !found.follow(&run, wanted(Sought::Anything), || true) {
            rounds += 1;
            assert!(found.share(&run) < 1.0);
        }
        assert_eq!((found.seqs.len(), rounds), (5_000, 5_000 / PIECE));
    }
}
