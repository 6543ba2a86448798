//! A sandbox that compiles, driven until it has, or until it has used up what it may use.

use std::time::Instant;

use shared::command::Command;
use shared::event::{Entry, Event, EventKind};
use shared::limits::LimitKind;
use shared::schedule::TimeMode;
use shared::{Etf, Pid, Term, VirtualTime};

use super::answer::Answer;
use super::known::{Key, Known};
use super::plan::{Kind, Plan};
use super::{CompileLimits, DIRECTORY, EBIN, blame};
use crate::boot::BootError;
use crate::boot::program::Program;
use crate::host::instance::WasmFactory;
use crate::kernel::Config;
use crate::kernel::outside::Outcome;
use crate::machine::{Machine, Stopped};
use crate::workbench::Workbench;
use shared::api::code::Diagnostic;

/// Turns between two looks at the clock.
const TURNS: u64 = 64;
/// How far the clock of the sandbox may go: its compilers do not wait for anything, so then it is the code that waits.
const HORIZON: VirtualTime = VirtualTime(600 * 1_000_000_000);
/// Bytes of output that are kept.
const OUTPUT_MAX: usize = 256 << 10;
/// Where headers lie, besides beside the files that include them.
const INCLUDE: [&str; 3] = ["include", "src", "."];

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Done {
    pub(super) answer: Answer,
    pub(super) output: String,
    /// Why there is no answer, or why it is an error.
    pub(super) failure: Option<Diagnostic>,
}

impl Done {
    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.answer.bytes() + self.output.len()
    }
}

/// How it ended.
enum End {
    /// The process that compiles has ended with this.
    Ended(Etf),
    /// The sandbox was stopped: by a limit, or by the code.
    Halted,
    /// The time was over.
    Late,
    /// Nothing will ever happen.
    Stuck,
}

/// Compiles, unless what comes of it is known.
pub(super) fn run(
    workbench: &Workbench,
    known: &Known,
    program: &Program,
    plan: &Plan,
    limits: &CompileLimits,
) -> Result<Done, BootError> {
    let arguments = Etf::of(&arguments(plan));
    let key = Key::of(program, arguments.as_ref(), &limits.sandbox);
    if let Some(done) = key.and_then(|key| known.get(&key)) {
        return Ok(done);
    }
    let (done, is_certain) = compile(workbench, program, arguments, plan, limits)?;
    if let Some(key) = key.filter(|_| is_certain) {
        known.put(key, &done);
    }
    Ok(done)
}

/// Compiles; says whether the same would come of it again.
fn compile(
    workbench: &Workbench,
    program: &Program,
    arguments: Etf,
    plan: &Plan,
    limits: &CompileLimits,
) -> Result<(Done, bool), BootError> {
    let config = Config { limits: limits.sandbox.clone(), time_mode: TimeMode::default(), ..Config::default() };
    let mut machine = workbench.fork(config);
    workbench.place(&mut machine, program)?;
    let entry = Entry::new("orrery_compile", "run", arguments);
    let compiler = match machine.command(Command::Spawn { entry, group_leader: workbench.console(), name: None })? {
        Outcome::Spawned(pid) => pid,
        Outcome::Done => return Err(BootError::Unfinished),
    };
    let mut seen = Seen { compiler, output: Vec::new(), reached: None, ended: None };
    let end = drive(&mut machine, &mut seen, limits);
    // The clock is not the sandbox's, and neither is what the server can bear.
    let is_certain = !matches!(end, End::Late) && machine.take_interruptions().is_empty();
    let output = String::from_utf8_lossy(&seen.output).into_owned();
    let (answer, failure) = match &end {
        End::Ended(reason) => match Answer::read(reason) {
            Some(answer) => {
                let is_to_blame = seen.reached.is_some() && answer.has_failed();
                (answer, is_to_blame.then(|| blame::limit(&mut machine, seen.reached, plan)))
            }
            None => (Answer::default(), Some(blame::ended(&mut machine, reason, seen.reached, plan))),
        },
        End::Halted => (Answer::default(), Some(blame::halted(&mut machine, seen.reached, plan))),
        End::Late => (Answer::default(), Some(blame::late(&mut machine, limits.time, plan))),
        End::Stuck => (Answer::default(), Some(blame::stuck(&mut machine, plan))),
    };
    Ok((Done { answer, output, failure }, is_certain))
}

/// The arguments of `orrery_compile:run/4`.
fn arguments(plan: &Plan) -> Term {
    let paths = |kind: Kind| Term::list(plan.of(kind).map(|path| Term::binary(path.as_bytes())));
    let kinds = [("erlang", Kind::Erlang), ("elixir", Kind::Elixir), ("scripts", Kind::Script)];
    let kinds = Term::map(kinds.map(|(name, kind)| (Term::atom(name), paths(kind))));
    let folders = Term::list(INCLUDE.map(|folder| Term::binary(folder.as_bytes())));
    let ebin = Term::binary(format!("{DIRECTORY}/{EBIN}").into_bytes());
    Term::list([kinds, ebin, folders, Term::bool(true)])
}

/// What the events said.
struct Seen {
    compiler: Pid,
    output: Vec<u8>,
    /// The last limit that was reached.
    reached: Option<(LimitKind, u64)>,
    ended: Option<Etf>,
}

impl Seen {
    fn take(&mut self, events: Vec<Event>) {
        for event in events {
            match event.kind {
                EventKind::Output { bytes, .. } => {
                    let room = OUTPUT_MAX.saturating_sub(self.output.len());
                    self.output.extend(bytes.iter().take(room));
                }
                EventKind::LimitReached { limit, allowed } => self.reached = Some((limit, allowed)),
                EventKind::Exited { reason, .. } if event.pid == Some(self.compiler) => self.ended = Some(reason),
                _ => {}
            }
        }
    }
}

fn drive(machine: &mut Machine<WasmFactory>, seen: &mut Seen, limits: &CompileLimits) -> End {
    let begun = Instant::now();
    loop {
        let stopped = machine.run_until(HORIZON, TURNS);
        seen.take(machine.take_events());
        if let Some(reason) = seen.ended.take() {
            return End::Ended(reason);
        }
        match stopped {
            Stopped::Halted => return End::Halted,
            Stopped::Idle { .. } if machine.kernel().console().wants_input() => {
                // Nobody types here.
                machine.command(Command::ConsoleInput { bytes: [].into() }).ok();
            }
            Stopped::Idle { .. } | Stopped::Horizon => return End::Stuck,
            Stopped::TurnLimit if begun.elapsed() > limits.time => return End::Late,
            Stopped::TurnLimit => {}
        }
    }
}
