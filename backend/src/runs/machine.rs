//! A machine that runs: one job of the pool, which takes orders, lets the machine run against the clock, and shows what
//! happens.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use sandbox_runtime::driver::{self, End};
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::machine::{Machine, Stopped};
use shared::api::run::{Picture, RunEnd, RunState};
use shared::command::Command;
use shared::event::{Event, EventKind};
use shared::limits::LimitKind;
use shared::schedule::TimeMode;
use shared::{Etf, EventSeq, Pid, VirtualTime};
use tokio::sync::oneshot;

use super::order::{Answer, Asked, Moment, Order, not_running};
use super::pool::{Job, Next};
use super::sessions::Sessions;
use super::watched::Watched;
use super::{look, upgrade};
use crate::error::ApiError;

/// How long one turn in the pool lasts, about.
const SLICE: Duration = Duration::from_millis(4);

/// Turns of processes between two looks at the clock.
const TURNS: u64 = 16;

/// Orders that are carried out in one turn.
const ORDERS: usize = 64;

/// Most turns of one step.
const STEP_MAX: u32 = 10_000;

/// Processes that evaluate expressions or load code at the same time.
const AWAITED_MAX: usize = 16;

/// Reads what a process did from the reason with which it ended.
type Read = fn(&Etf) -> Answer;

/// Where a machine shows what happens in it.
pub(super) trait Screen: Send {
    /// Events, and how far they reach.
    fn events(&mut self, events: Vec<Event>, reached: Reached);

    /// How it is now.
    fn status(&mut self, status: Status);

    /// Shows what it has been told if it is time; says when to ask again.
    fn refresh(&mut self, now: Instant) -> Option<Instant>;

    /// It is over: shows everything.
    fn ended(&mut self, end: RunEnd);

    /// It is put away: shows everything.
    fn parked(&mut self);

    /// Shows everything; gives what people see then, if anybody can.
    fn picture(&mut self) -> Option<Picture>;
}

/// How far a machine is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reached {
    /// The number of its last event.
    pub(super) seq: EventSeq,
    /// The virtual time.
    pub(super) at: VirtualTime,
    /// Reductions of all processes.
    pub(super) reductions: u64,
}

/// How a machine is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) state: RunState,
    pub(super) time: TimeMode,
    pub(super) wants_input: bool,
}

/// Time outside, as far as the machine is not held.
#[derive(Debug)]
struct Wall {
    before: Duration,
    since: Option<Instant>,
}

impl Wall {
    fn now(&self, now: Instant) -> VirtualTime {
        let passed = self.before + self.since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        VirtualTime(u64::try_from(passed.as_nanos()).unwrap_or(u64::MAX))
    }

    fn hold(&mut self, now: Instant) {
        if let Some(since) = self.since.take() {
            self.before += now.saturating_duration_since(since);
        }
    }

    fn go(&mut self, now: Instant) {
        self.since.get_or_insert(now);
    }
}

/// A machine that runs.
pub(super) struct Running<S: Screen> {
    machine: Machine<WasmFactory>,
    wall: Wall,
    orders: Receiver<Asked>,
    screen: S,
    shown: Option<Status>,
    /// Whether nobody can say anything any more, so that a machine that waits for ever has ended.
    is_alone: bool,
    /// Those who wait for the end of a process that does what they asked for, and how to read it from the reason.
    awaited: HashMap<Pid, (Read, oneshot::Sender<Answer>)>,
    sessions: Sessions,
    watched: Watched,
    end: Option<RunEnd>,
    is_parked: bool,
}

impl<S: Screen> Running<S> {
    /// A job that runs this machine.
    pub(super) fn new(machine: Machine<WasmFactory>, orders: Receiver<Asked>, screen: S) -> Self {
        Self {
            machine,
            wall: Wall { before: Duration::ZERO, since: Some(Instant::now()) },
            orders,
            screen,
            shown: None,
            is_alone: false,
            awaited: HashMap::new(),
            sessions: Sessions::default(),
            watched: Watched::default(),
            end: None,
            is_parked: false,
        }
    }

    /// The same, as a machine that has had this time outside already.
    pub(super) fn after(mut self, wall: Duration) -> Self {
        self.wall.before = wall;
        self
    }

    /// The same, held before its first turn.
    pub(super) fn held(mut self) -> Self {
        self.wall.since = None;
        self
    }

    /// The same, with this input and nobody who could say more.
    pub(super) fn alone(mut self, input: &str) -> Self {
        self.is_alone = true;
        if !input.is_empty() {
            self.tell(Command::ConsoleInput { bytes: input.as_bytes().into() }).ok();
        }
        // The end of the input.
        self.tell(Command::ConsoleInput { bytes: [].into() }).ok();
        self
    }

    fn tell(&mut self, command: Command) -> Result<(), ApiError> {
        let told = self.machine.command(command);
        told.map(drop).map_err(|raise| ApiError::Invalid(format!("The machine refuses this: {}", raise.reason())))
    }

    fn is_held(&self) -> bool {
        self.wall.since.is_none()
    }

    fn take_orders(&mut self) {
        for _ in 0..ORDERS {
            match self.orders.try_recv() {
                Ok(asked) => self.take_order(asked),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    // Nobody can ask it anything any more, so nobody needs it.
                    self.end.get_or_insert(RunEnd::Stopped { by: None });
                    return;
                }
            }
        }
    }

    fn take_order(&mut self, asked: Asked) {
        if self.end.is_some() || self.is_parked {
            return asked.answer(Err(not_running()));
        }
        let Asked { order, reply } = asked;
        let now = Instant::now();
        let answer = match order {
            Order::Stop { end } => {
                self.end = Some(end);
                Ok(None)
            }
            Order::Hold => {
                self.wall.hold(now);
                Ok(None)
            }
            Order::Go => {
                self.wall.go(now);
                Ok(None)
            }
            Order::Step { turns } => self.step(turns).map(|()| None),
            Order::Tell { input } => self.tell(*input).map(|()| None),
            Order::Inspect { pid, items } => look::process(&mut self.machine, pid, &items).map(Some),
            Order::Tables => Ok(Some(look::tables(&self.machine))),
            Order::Rows { table, from, count } => look::rows(&self.machine, table, from, count).map(Some),
            Order::Park { to } => self.park(to).map(|()| None),
            Order::Checkpoint { to } => self.moment(now).map(|moment| {
                // Whoever asked may have gone.
                drop(to.send(moment));
                None
            }),
            Order::Evaluate { code } => {
                return self.begin(|machine| look::evaluate(machine, &code), look::evaluated, reply);
            }
            Order::Load { modules } => {
                return self.begin(|machine| upgrade::load(machine, &modules), upgrade::loaded, reply);
            }
            Order::Session { user, text } => self.sessions.say(&mut self.machine, user, text.as_deref()).map(Some),
            Order::EndSession { user } => {
                self.sessions.end(&mut self.machine, &user);
                Ok(None)
            }
            Order::States { pid } => self.watched.states(&mut self.machine, pid, now).map(Some),
            Order::Usage => Ok(Some(look::usage(&self.machine))),
            Order::Modules { to } => {
                // Whoever asked may have gone.
                drop(to.send(look::modules(&self.machine)));
                Ok(None)
            }
        };
        // Whoever asked may have gone.
        drop(reply.send(answer));
    }

    fn step(&mut self, turns: u32) -> Result<(), ApiError> {
        if !self.is_held() {
            return Err(ApiError::Conflict("It runs: pause it first".to_owned()));
        }
        if !(1..=STEP_MAX).contains(&turns) {
            return Err(ApiError::Invalid(format!("A step has 1 to {STEP_MAX} turns")));
        }
        self.machine.run(turns.into());
        self.show_events();
        Ok(())
    }

    fn park(&mut self, to: oneshot::Sender<Moment>) -> Result<(), ApiError> {
        let now = Instant::now();
        let parked = self.moment(now)?;
        self.wall.hold(now);
        self.is_parked = to.send(parked).is_ok();
        Ok(())
    }

    /// The machine as it is now.
    fn moment(&mut self, now: Instant) -> Result<Moment, ApiError> {
        let snapshot = self.machine.snapshot().ok_or(ApiError::Internal)?;
        self.show_events();
        let wall = Duration::from_nanos(self.wall.now(now).0);
        Ok(Moment { snapshot, wall, picture: self.screen.picture() })
    }

    /// Has a process do something; when it ends, `reply` is told what came of it.
    fn begin(
        &mut self,
        start: impl FnOnce(&mut Machine<WasmFactory>) -> Result<Pid, ApiError>,
        read: Read,
        reply: oneshot::Sender<Answer>,
    ) {
        let started = match self.awaited.len() {
            AWAITED_MAX.. => Err(ApiError::TooManyRequests { retry_after_secs: 1 }),
            _ => start(&mut self.machine),
        };
        match started {
            Ok(pid) => drop(self.awaited.insert(pid, (read, reply))),
            // Whoever asked may have gone.
            Err(error) => drop(reply.send(Err(error))),
        }
    }

    fn show_events(&mut self) {
        let events = self.machine.take_events();
        self.watched.look(&mut self.machine, &events);
        if !self.awaited.is_empty() {
            for event in &events {
                if let (Some(pid), EventKind::Exited { reason, .. }) = (event.pid, &event.kind)
                    && let Some((read, reply)) = self.awaited.remove(&pid)
                {
                    drop(reply.send(read(reason)));
                }
            }
        }
        let kernel = self.machine.kernel();
        let reached = Reached { seq: kernel.last_seq(), at: kernel.now(), reductions: kernel.total_reductions() };
        self.screen.events(events, reached);
    }

    /// Lets it run for a while.
    fn run(&mut self) -> Stopped {
        let begun = Instant::now();
        // Time is always accepted.
        self.tell(Command::AdvanceTime { wall: self.wall.now(begun) }).ok();
        loop {
            // Of a process that is watched, no state is missed.
            let turns = if self.watched.is_empty(begun) { TURNS } else { 1 };
            let stopped = self.machine.run(turns);
            self.show_events();
            if stopped != Stopped::TurnLimit || begun.elapsed() > SLICE {
                return stopped;
            }
        }
    }

    /// How it ended, if it has.
    fn ended(&self, stopped: Stopped) -> Option<RunEnd> {
        Some(match driver::ended(self.machine.kernel(), stopped, self.is_alone)? {
            End::Halted(reason) => halted(reason),
            End::InitEnded => RunEnd::InitEnded,
            End::Stuck => RunEnd::Stuck,
        })
    }

    /// When the clock outside will show this virtual time.
    fn due(&self, until: VirtualTime) -> Option<Instant> {
        let kernel = self.machine.kernel();
        let left = until.since(kernel.now());
        let left = match kernel.time_mode() {
            TimeMode::Live => left,
            TimeMode::Scaled { numerator, denominator } => {
                left.checked_mul(denominator.max(1))?.checked_div(numerator)?.max(Duration::from_micros(100))
            }
            TimeMode::Fast { .. } | TimeMode::Frozen => return None,
        };
        Instant::now().checked_add(left)
    }

    /// When it has been there for as long as it may, also if nothing happens until then.
    fn time_is_up(&self) -> Option<Instant> {
        let now = Instant::now();
        let allowed = Duration::from_millis(self.machine.kernel().limits().wall_clock_millis);
        let left = allowed.saturating_sub(Duration::from_nanos(self.wall.now(now).0));
        if self.is_held() { None } else { now.checked_add(left) }
    }

    fn show_status(&mut self) {
        let state = if self.is_held() { RunState::Paused } else { RunState::Running };
        let kernel = self.machine.kernel();
        let status = Status { state, time: kernel.time_mode(), wants_input: kernel.console().wants_input() };
        if self.shown.as_ref() != Some(&status) {
            self.shown = Some(status.clone());
            self.screen.status(status);
        }
    }

    fn finish(&mut self, end: Option<RunEnd>) -> Next {
        self.show_events();
        match end {
            Some(end) => self.screen.ended(end),
            None => self.screen.parked(),
        }
        for (_, (_, reply)) in self.awaited.drain() {
            drop(reply.send(Err(not_running())));
        }
        while let Ok(asked) = self.orders.try_recv() {
            asked.answer(Err(not_running()));
        }
        Next::Done
    }
}

impl<S: Screen> Job for Running<S> {
    fn turn(&mut self) -> Next {
        self.take_orders();
        if self.is_parked {
            return self.finish(None);
        }
        let mut next = Next::Asleep;
        let mut is_idle = false;
        if self.end.is_none() && !self.is_held() {
            let stopped = self.run();
            is_idle = matches!(stopped, Stopped::Idle { .. });
            self.end = self.ended(stopped);
            next = match stopped {
                Stopped::TurnLimit | Stopped::Horizon => Next::Again,
                Stopped::Idle { until } => until.and_then(|until| self.due(until)).map_or(Next::Asleep, Next::At),
                Stopped::Halted => Next::Asleep,
            };
        }
        if let Some(end) = self.end.take() {
            return self.finish(Some(end));
        }
        self.show_status();
        if is_idle {
            self.machine.prepare();
        }
        let refresh = self.screen.refresh(Instant::now());
        [self.time_is_up(), refresh].into_iter().flatten().fold(next, |next, at| match next {
            Next::Asleep => Next::At(at),
            Next::At(due) => Next::At(due.min(at)),
            Next::Again | Next::Done => next,
        })
    }

    fn failed(&mut self) {
        let end = RunEnd::Failed { message: "The server made a mistake while it ran this".to_owned() };
        self.screen.ended(end);
    }
}

/// What a halted system says of its end.
fn halted(reason: Etf) -> RunEnd {
    let term = reason.decode().ok();
    if let Some(status) = term.as_ref().and_then(|term| term.as_int()) {
        return RunEnd::Exited { status };
    }
    let limit = term.as_ref().and_then(|term| match term.as_tuple()? {
        [tag, limit] if tag.is_atom("system_limit") => LimitKind::from_atom(limit.as_atom()?),
        _ => None,
    });
    match limit {
        Some(limit) => RunEnd::Limit { limit },
        None => RunEnd::Halted { reason },
    }
}
