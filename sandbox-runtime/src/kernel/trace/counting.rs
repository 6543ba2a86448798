//! Counting of calls: `call_count`, `call_time` and `call_memory` of `erlang:trace_pattern/3`.
//!
//! Time is what reductions take, so that it does not depend on the machine, and memory the words that were taken. Both are those of a
//! function itself, without what it calls if that is counted as well.

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use shared::limits::LimitKind;
use shared::schedule::NANOS_PER_REDUCTION;
use shared::term::Atom;
use shared::{Pid, Term};

use super::super::{Kernel, Raise};
use super::calls::{Selector, selected};
use super::flags::CALL;
use super::{MAX_PATTERNS, Session};

/// Most figures of a sandbox, one for each function and process. They are not in the memory that is counted; what is beyond is not
/// counted.
const MAX_FIGURES: usize = 200_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// How often a function was called, by any process.
    Calls,
    /// The same by each process that is traced, and how long that took.
    Time,
    /// The same, and how much memory that took.
    Memory,
}

/// What is to become of counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// It begins, from zero.
    Start,
    /// It begins again from zero where it has begun already.
    Restart,
    /// It stops for now: the figures stay.
    Pause,
    /// It ends.
    Stop,
}

/// A module, a name and a number of arguments.
pub type Function = (Atom, Atom, u64);

/// How far a process has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Progress {
    /// The reductions that it has used.
    pub reductions: u64,
    /// The words of memory that it has taken.
    pub words: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Figure {
    calls: u64,
    amount: u64,
}

/// What is counted of one measure. A later pattern counts where several name a function: whether it runs, or nothing where it has ended.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
struct Counter {
    patterns: Vec<(Selector, Option<bool>)>,
    figures: OrdMap<Function, OrdMap<Pid, Figure>>,
    len: usize,
}

impl Counter {
    fn state(&self, (module, function, arity): &Function) -> Option<bool> {
        selected(&self.patterns, module, function, *arity).copied().flatten()
    }

    fn runs(&self, function: &Function) -> bool {
        self.state(function) == Some(true)
    }

    fn obey(&mut self, selector: &Selector, order: Order) {
        let is_new = order == Order::Start;
        if !is_new && !self.patterns.iter().any(|(known, _)| selector.covers(known) || known.covers(selector)) {
            return;
        }
        if order != Order::Pause {
            let named: Vec<Function> =
                self.figures.keys().filter(|(m, f, a)| selector.names(m, f, *a)).cloned().collect();
            for function in named {
                self.len -= self.figures.remove(&function).map_or(0, |figures| figures.len());
            }
        }
        let is_within_known = self.patterns.iter().any(|(known, state)| state.is_some() && known.covers(selector));
        let state = match order {
            Order::Start | Order::Restart => Some(true),
            Order::Pause => Some(false),
            Order::Stop => None,
        };
        match order {
            Order::Start | Order::Stop => self.patterns.retain(|(known, _)| !selector.covers(known)),
            // What has ended in between stays so.
            Order::Restart | Order::Pause => {
                for (known, old) in &mut self.patterns {
                    if selector.covers(known) && old.is_some() {
                        *old = state;
                    }
                }
            }
        }
        let is_named = self.patterns.iter().any(|(known, _)| known == selector);
        if is_new || is_within_known && !is_named {
            self.patterns.push((selector.clone(), state));
        }
    }
}

/// What a session counts.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub(super) struct Counting {
    calls: Counter,
    time: Counter,
    memory: Counter,
    /// The functions that take the time of processes now, and since when.
    current: OrdMap<Pid, (Function, Progress)>,
}

impl Counting {
    /// Whether anything is counted.
    pub(super) fn is_on(&self) -> bool {
        self.patterns() > 0
    }

    pub(super) fn patterns(&self) -> usize {
        [&self.calls, &self.time, &self.memory].map(|counter| counter.patterns.len()).iter().sum()
    }

    pub(super) fn forget(&mut self, pid: Pid) {
        self.current.remove(&pid);
    }

    fn figures(&self) -> usize {
        self.calls.len + self.time.len + self.memory.len
    }

    fn counter_mut(&mut self, measure: Measure) -> &mut Counter {
        match measure {
            Measure::Calls => &mut self.calls,
            Measure::Time => &mut self.time,
            Measure::Memory => &mut self.memory,
        }
    }

    /// What guests have to tell of, as patterns.
    pub(super) fn watched(&self, is_traced: bool) -> impl Iterator<Item = Term> {
        let of_traced = [&self.time, &self.memory].into_iter().filter(move |_| is_traced);
        let all = std::iter::once(&self.calls).chain(of_traced);
        all.flat_map(|counter| &counter.patterns)
            .filter(|(_, state)| *state == Some(true))
            .map(|(selector, _)| selector.watched(Term::atom("count")))
    }

    /// Gives what a process has used since to the function that it was in.
    fn settle(&mut self, pid: Pid, now: Progress) {
        let Some((function, since)) = self.current.get(&pid) else { return };
        let used = [
            (&mut self.time, now.reductions.saturating_sub(since.reductions)),
            (&mut self.memory, now.words.saturating_sub(since.words)),
        ];
        for (counter, amount) in used {
            if counter.runs(function)
                && let Some(figure) = counter.figures.get_mut(function).and_then(|figures| figures.get_mut(&pid))
            {
                figure.amount += amount;
            }
        }
    }
}

/// Counts one more call, if there is room for the figure.
fn count(counter: &mut Counter, function: &Function, pid: Pid, has_room: bool) {
    if let Some(figure) = counter.figures.get_mut(function).and_then(|figures| figures.get_mut(&pid)) {
        figure.calls += 1;
    } else if has_room {
        counter.figures.entry(function.clone()).or_default().insert(pid, Figure { calls: 1, amount: 0 });
        counter.len += 1;
    }
}

impl Session {
    /// What has been counted of a function: the calls, the time and the memory, each `false` where that is not counted.
    pub fn counts(&self, function: &Function) -> [Term; 3] {
        const MICROS_PER_SECOND: u64 = 1_000_000;
        let Counting { calls, time, memory, .. } = &self.counting;
        let each = |counter: &Counter| -> Option<Vec<(Pid, Figure)>> {
            counter.state(function)?;
            let figures = counter.figures.get(function);
            Some(figures.into_iter().flatten().map(|(pid, figure)| (*pid, *figure)).collect())
        };
        let list = |figures: Option<Vec<(Pid, Figure)>>, amount: fn(u64) -> Vec<u64>| {
            let entry = |(pid, figure): (Pid, Figure)| {
                let numbers = std::iter::once(figure.calls).chain(amount(figure.amount)).map(Term::from);
                Term::tuple(std::iter::once(Term::pid(pid)).chain(numbers).collect::<Vec<_>>())
            };
            figures.map_or_else(|| Term::bool(false), |figures| Term::list(figures.into_iter().map(entry)))
        };
        let sum = |figures: Vec<(Pid, Figure)>| Term::from(figures.iter().map(|(_, figure)| figure.calls).sum::<u64>());
        let seconds = |reductions: u64| {
            let micros = reductions.saturating_mul(NANOS_PER_REDUCTION.into()) / 1_000;
            vec![micros / MICROS_PER_SECOND, micros % MICROS_PER_SECOND]
        };
        [
            each(calls).map_or_else(|| Term::bool(false), sum),
            list(each(time), seconds),
            list(each(memory), |words| vec![words]),
        ]
    }
}

impl Kernel {
    /// Begins or ends to count the calls of some functions.
    ///
    /// # Errors
    /// `system_limit` when there are too many patterns.
    pub fn order_counting(
        &mut self,
        by: Pid,
        session: u64,
        selector: &Selector,
        measures: &[Measure],
        order: Order,
    ) -> Result<(), Raise> {
        if self.tracing.patterns() + measures.len() > MAX_PATTERNS && order != Order::Stop {
            return Err(self.limit_reached(Some(by), LimitKind::Links, MAX_PATTERNS as u64));
        }
        if let Some(session) = self.tracing.sessions.get_mut(&session) {
            for measure in measures {
                session.counting.counter_mut(*measure).obey(selector, order);
            }
        }
        self.tracing.settle();
        let pids: Vec<Pid> = self.pids().collect();
        self.tracing.stale.extend(pids);
        Ok(())
    }

    /// A process calls a function that may be counted. Gives the sessions in which its end is to be told, with the function that
    /// goes on then.
    pub fn count_call(&mut self, pid: Pid, function: &Function, now: Progress) -> Vec<(u64, Option<Function>)> {
        let figures: usize = self.tracing.sessions.values().map(|session| session.counting.figures()).sum();
        let has_room = figures < MAX_FIGURES;
        let mut ends = Vec::new();
        for (number, session) in &mut self.tracing.sessions {
            let is_traced = session.processes.get(&pid).is_some_and(|traced| traced.flags.has_any(CALL));
            let counting = &mut session.counting;
            if counting.calls.runs(function) {
                count(&mut counting.calls, function, pid, has_room);
            }
            let is_timed = counting.time.runs(function) || counting.memory.runs(function);
            if !is_traced || !is_timed {
                continue;
            }
            counting.settle(pid, now);
            for counter in [&mut counting.time, &mut counting.memory] {
                if counter.runs(function) {
                    count(counter, function, pid, has_room);
                }
            }
            let before = counting.current.insert(pid, (function.clone(), now));
            ends.push((*number, before.map(|(function, _)| function)));
        }
        ends
    }

    /// The call of a function that is counted has ended, and the function goes on in which the process was before.
    pub fn count_end(&mut self, pid: Pid, before: Vec<(u64, Option<Function>)>, now: Progress) {
        for (number, function) in before {
            let Some(session) = self.tracing.sessions.get_mut(&number) else { continue };
            session.counting.settle(pid, now);
            match function {
                Some(function) => session.counting.current.insert(pid, (function, now)),
                None => session.counting.current.remove(&pid),
            };
        }
    }
}
