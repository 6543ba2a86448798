//! Runs a machine against a clock and a console of the outside, until it stops.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use shared::command::Command;
use shared::event::{Destination, Event};
use shared::schedule::TimeMode;
use shared::term::Atom;
use shared::{Etf, Pid, Term, VirtualTime};

use crate::guest::GuestFactory;
use crate::kernel::Kernel;
use crate::machine::{Machine, Stopped};
use crate::timeline::Timeline;

/// The first process is `init`: the system ends with it.
const INIT: Pid = Pid(0);

/// Turns between two looks at clock and console.
const TURNS: u64 = 256;

/// What can be driven: a machine, or one that is being recorded.
pub trait Driven {
    /// Tells it something. Time and input are always accepted.
    fn tell(&mut self, command: Command);

    /// As [`Machine::run`].
    fn run(&mut self, turns: u64) -> Stopped;

    /// The events since the last call.
    fn take_events(&mut self) -> Vec<Event>;

    /// Everything but the guests.
    fn kernel(&self) -> &Kernel;
}

impl<F: GuestFactory> Driven for Machine<F> {
    fn tell(&mut self, command: Command) {
        self.command(command).ok();
    }

    fn run(&mut self, turns: u64) -> Stopped {
        self.run(turns)
    }

    fn take_events(&mut self) -> Vec<Event> {
        self.take_events()
    }

    fn kernel(&self) -> &Kernel {
        self.kernel()
    }
}

impl<F: GuestFactory + Clone> Driven for Timeline<F> {
    fn tell(&mut self, command: Command) {
        self.command(command).ok();
    }

    fn run(&mut self, turns: u64) -> Stopped {
        self.run(turns).expect("it is at its end, since nobody has moved it")
    }

    fn take_events(&mut self) -> Vec<Event> {
        self.take_events()
    }

    fn kernel(&self) -> &Kernel {
        self.machine().kernel()
    }
}

/// The outside of a machine.
pub trait Outside {
    /// What happened, in order.
    fn events(&mut self, events: Vec<Event>);

    /// A program waits for input: the next piece of it is to come through the channel given to [`drive`].
    fn wants_input(&mut self);

    /// Whether nobody takes what programs print any more.
    fn is_closed(&self) -> bool {
        false
    }
}

/// Why a machine runs no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// A process, or a limit, halted it.
    Halted(Etf),
    /// The first process ended, and without it there is no system.
    InitEnded,
    /// All processes wait for messages, and there is nothing left that could send one.
    Stuck,
}

/// Runs until the end. Virtual time follows the clock, unless the machine is a fast one. `input` gives what is typed, an empty
/// piece at its end.
pub fn drive(machine: &mut impl Driven, input: &Receiver<Vec<u8>>, outside: &mut dyn Outside) -> End {
    let begun = Instant::now();
    let mut requests = 0;
    let mut is_closed = false;
    loop {
        let wall = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        machine.tell(Command::AdvanceTime { wall: VirtualTime(wall) });
        let stopped = machine.run(TURNS);
        outside.events(machine.take_events());
        if !is_closed && outside.is_closed() {
            is_closed = true;
            machine.tell(closed());
        }
        let wants_input = machine.kernel().console().wants_input();
        if machine.kernel().console().input_requests() > requests {
            requests = machine.kernel().console().input_requests();
            outside.wants_input();
        }
        if let Some(end) = ended(machine.kernel(), stopped, !wants_input) {
            return end;
        }
        match stopped {
            Stopped::Idle { until } => wait(machine, input, until.filter(|_| !is_fast(machine))),
            Stopped::TurnLimit | Stopped::Horizon | Stopped::Halted => {
                if let Ok(bytes) = input.try_recv() {
                    machine.tell(Command::ConsoleInput { bytes: bytes.into() });
                }
            }
        }
    }
}

/// Tells the io server of the console that the terminal is gone, so that whoever prints learns it.
fn closed() -> Command {
    let message = Term::tuple([Term::atom("console"), Term::atom("closed")]);
    Command::Send { to: Destination::Name(Atom::new("user")), message: Etf::of(&message) }
}

/// How a machine has ended that stopped so, if it has. One that waits for ever has ended where it is alone: nobody outside could
/// tell it anything any more.
pub fn ended(kernel: &Kernel, stopped: Stopped, is_alone: bool) -> Option<End> {
    match stopped {
        Stopped::Halted => Some(End::Halted(kernel.halted().cloned().unwrap_or_else(|| Etf::atom("undefined")))),
        _ if kernel.process(INIT).is_none() => Some(End::InitEnded),
        Stopped::Idle { until: None } if is_alone => Some(End::Stuck),
        Stopped::Idle { .. } | Stopped::TurnLimit | Stopped::Horizon => None,
    }
}

fn is_fast(machine: &impl Driven) -> bool {
    matches!(machine.kernel().time_mode(), TimeMode::Fast { .. })
}

/// Sleeps until input comes, or the clock shows that time.
fn wait(machine: &mut impl Driven, input: &Receiver<Vec<u8>>, until: Option<VirtualTime>) {
    let now = machine.kernel().now();
    let left = until.map(|until| Duration::from_nanos(until.nanos().saturating_sub(now.nanos())));
    let received = match left {
        Some(left) => input.recv_timeout(left),
        None => input.recv().map_err(|_| RecvTimeoutError::Disconnected),
    };
    match received {
        Ok(bytes) => machine.tell(Command::ConsoleInput { bytes: bytes.into() }),
        Err(RecvTimeoutError::Timeout) => {}
        Err(RecvTimeoutError::Disconnected) => {
            // Whoever reads learns that nothing will come.
            if machine.kernel().console().wants_input() {
                machine.tell(Command::ConsoleInput { bytes: [].into() });
            }
            std::thread::sleep(left.unwrap_or_default());
        }
    }
}
