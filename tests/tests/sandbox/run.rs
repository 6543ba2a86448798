//! Running programs in sandboxes of one runtime.

use std::sync::OnceLock;

use sandbox_runtime::boot::Runtime;
use sandbox_runtime::boot::program::Program;
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::machine::{Machine, Stopped};
use sandbox_runtime::workbench::Workbench;
use shared::Etf;
use shared::command::Command;
use shared::event::{Device, Event, EventKind};

/// Turns after which a program counts as endless.
const TURNS_MAX: u64 = 1_000_000;

/// The bytes of the guest and of the library.
pub(crate) fn parts() -> &'static (Vec<u8>, Vec<u8>) {
    static PARTS: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    PARTS.get_or_init(|| {
        let read = |name: &str| {
            let path = std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set: run `cargo xtask test`"));
            std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        (read("ORRERY_GUEST"), read("ORRERY_LIBRARY"))
    })
}

/// The runtime that all tests share.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let (guest, library) = parts();
        Runtime::new(guest, library).expect("the guest and the library fit together")
    })
}

/// The booted sandbox that all tests share.
pub(crate) fn workbench() -> &'static Workbench {
    static WORKBENCH: OnceLock<Workbench> = OnceLock::new();
    WORKBENCH.get_or_init(|| Workbench::new(runtime()).expect("a sandbox boots"))
}

/// What came of a program.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The exit status, if it halted with one.
    pub(crate) status: Option<i64>,
    pub(crate) events: Vec<Event>,
    pub(crate) state: u64,
}

/// Evaluates an expression of Elixir.
pub(crate) fn eval(expression: &str) -> Outcome {
    eval_with(Config::default(), expression)
}

pub(crate) fn eval_with(config: Config, expression: &str) -> Outcome {
    let arguments = ["-e", expression].map(str::to_owned).to_vec();
    let program = Program { arguments, ..Program::default() };
    finish(runtime().sandbox(config, &program).expect("a sandbox starts"))
}

/// Runs a machine to its end.
pub(crate) fn finish(mut machine: Machine<WasmFactory>) -> Outcome {
    let (mut events, mut turns) = (Vec::new(), 0);
    let mut stopped = Stopped::TurnLimit;
    while turns < TURNS_MAX {
        const TURNS: u64 = 1_000;
        stopped = machine.run(TURNS);
        events.append(&mut machine.take_events());
        turns += TURNS;
        if machine.kernel().console().wants_input() {
            machine.command(Command::ConsoleInput { bytes: [].into() }).expect("input is always taken");
        } else if stopped != Stopped::TurnLimit {
            break;
        }
    }
    let text = |device: Device| {
        let of_device = |event: &Event| match &event.kind {
            EventKind::Output { device: to, bytes } if *to == device => Some(bytes.to_vec()),
            _ => None,
        };
        String::from_utf8(events.iter().filter_map(of_device).flatten().collect()).expect("programs print text")
    };
    let (stdout, stderr) = (text(Device::Stdout), text(Device::Stderr));
    let status = machine.kernel().halted().and_then(|reason: &Etf| reason.decode().ok()?.as_int());
    assert_eq!(stopped, Stopped::Halted, "the program ends: {stdout}{stderr}");
    Outcome { stdout, stderr, status, events, state: machine.kernel().state_hash() }
}
