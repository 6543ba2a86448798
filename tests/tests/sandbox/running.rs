//! What can be done with a sandbox that runs: sessions with IEx in it, and new code for it.

use sandbox_runtime::boot::program::Program;
use sandbox_runtime::compile::{CompileLimits, Compiled, Compiler, DIRECTORY, EBIN, Sources};
use sandbox_runtime::host::instance::WasmFactory;
use sandbox_runtime::hot::{self, Loaded};
use sandbox_runtime::kernel::Config;
use sandbox_runtime::kernel::outside::Outcome;
use sandbox_runtime::machine::{Machine, Stopped};
use sandbox_runtime::repl::{Repl, Said};
use shared::Pid;
use shared::command::Command;
use shared::event::{Event, EventKind};

use super::run::workbench;

fn running(compiled: &Compiled, expression: &str) -> Machine<WasmFactory> {
    let arguments = ["-pa", EBIN, "--no-halt", "-e", expression].map(str::to_owned).to_vec();
    let program = Program { arguments, files: compiled.files(), directory: DIRECTORY.into(), ..Program::default() };
    let mut machine = workbench().start(Config::default(), &program).expect("a sandbox starts");
    run(&mut machine);
    machine
}

/// Runs for a second of its time, which is long for what is done here, and gives what happened.
fn run(machine: &mut Machine<WasmFactory>) -> Vec<Event> {
    let horizon = machine.kernel().now().saturating_add_nanos(1_000_000_000);
    let stopped = machine.run_until(horizon, 200_000);
    let printed = machine.kernel().console().output();
    let rests = matches!(stopped, Stopped::Idle { .. } | Stopped::Horizon);
    assert!(rests, "{stopped:?}: {}", String::from_utf8_lossy(&printed));
    machine.take_events()
}

fn spawned(machine: &mut Machine<WasmFactory>, command: Command) -> Pid {
    match machine.command(command).expect("there is room for a process") {
        Outcome::Spawned(pid) => pid,
        Outcome::Done => panic!("it starts a process"),
    }
}

/// A session, and what it has said until it waited for input: what was printed before the prompt, and the prompt.
struct Session(Repl);

impl Session {
    fn open(machine: &mut Machine<WasmFactory>) -> (Session, String, String) {
        let server = spawned(machine, Repl::open());
        let mut session = Session(Repl::new(server));
        let (printed, prompt) = session.listen(machine);
        (session, printed, prompt)
    }

    fn listen(&mut self, machine: &mut Machine<WasmFactory>) -> (String, String) {
        let (mut printed, mut ready) = (String::new(), String::new());
        for event in run(machine) {
            match self.0.said(&event) {
                Some(Said::Printed(bytes)) => printed.push_str(std::str::from_utf8(&bytes).expect("it is text")),
                Some(Said::Ready { prompt, .. }) => ready = prompt,
                _ => {}
            }
        }
        (printed.strip_suffix(&ready).unwrap_or(&printed).to_owned(), ready)
    }

    fn type_line(&mut self, machine: &mut Machine<WasmFactory>, line: &str) -> (String, String) {
        machine.command(self.0.input(line)).expect("messages are taken");
        self.listen(machine)
    }
}

#[test]
fn a_session_has_bindings_and_sees_what_runs() {
    let mut machine = running(&Compiled::default(), "{:ok, _} = Agent.start(fn -> 41 end, name: Cell)");
    let (mut session, banner, prompt) = Session::open(&mut machine);
    assert!(banner.starts_with("Interactive Elixir ("), "{banner}");
    assert_eq!(prompt, "iex(1)> ");
    let mut said = |line: &str| session.type_line(&mut machine, line);
    assert_eq!(said("n = Agent.get(Cell, & &1)"), ("41\n".into(), "iex(2)> ".into()));
    assert_eq!(said("{n,"), (String::new(), "...(2)> ".into()));
    assert_eq!(said("n + 1}"), ("{41, 42}\n".into(), "iex(3)> ".into()));
    assert_eq!(said("v(1)"), ("41\n".into(), "iex(4)> ".into()));
    let (error, prompt) = said("1 / 0");
    assert!(error.contains("** (ArithmeticError) bad argument in arithmetic expression: 1 / 0"), "{error}");
    assert_eq!(prompt, "iex(4)> ");
    assert_eq!(said("IO.puts(\"elf\")"), ("elf\n:ok\n".into(), "iex(5)> ".into()));
    assert!(said("h Enum.chunk_by").0.contains("Splits enumerable on every element"), "documentation is there");
    assert!(said("i 1..3").0.contains("Range"), "values are described");
    assert_eq!(said("defmodule A do\ndef f, do: :new\nend; A.f()").1, "iex(8)> ");
    assert_eq!(said("exit(:boom)").0.lines().next(), Some("** (exit) :boom"));
    assert_eq!(said("n").0, "41\n");
    assert!(said("Process.exit(self(), :kill)").0.contains("shell process exited with reason: killed"));
    // The output of the program does not mix with that of the session.
    let (other, _, _) = Session::open(&mut machine);
    assert_ne!(other.0.server(), session.0.server());
}

#[test]
fn a_session_can_be_closed() {
    let mut machine = running(&Compiled::default(), "1");
    let (mut session, _, _) = Session::open(&mut machine);
    machine.command(session.0.close()).expect("messages are taken");
    let events = run(&mut machine);
    assert!(events.iter().any(|event| session.0.said(event) == Some(Said::Ended)));
}

fn compile(source: &str, previous: Option<&Compiled>) -> Compiled {
    let sources = Sources::from([("lib/counter.ex".to_owned(), source.as_bytes().into())]);
    let compiled = Compiler::new(workbench().clone()).compile(&sources, previous, &CompileLimits::default());
    let compiled = compiled.expect("a sandbox can be made");
    assert!(compiled.is_ok(), "{:?}", compiled.diagnostics().collect::<Vec<_>>());
    compiled
}

/// A counter, of which each version counts in steps of its own and keeps its state in its own way.
fn counter(step: u32, change: &str) -> String {
    format!(
        "defmodule Counter do\n  use GenServer\n  def init(n), do: {{:ok, n}}\n  {change}\n  \
         def handle_call(:next, _, n), do: {{:reply, n, n + {step}}}\n  \
         def loop, do: (receive do: (:stop -> :ok))\nend\n"
    )
}

#[test]
fn new_code_reaches_the_processes_that_run() {
    let first = compile(&counter(1, ""), None);
    let start = "{:ok, _} = GenServer.start(Counter, 10, name: Counter); spawn(Counter, :loop, []) |> Process.register(:looping)";
    let mut machine = running(&first, start);
    let (mut session, _, _) = Session::open(&mut machine);
    assert_eq!(session.type_line(&mut machine, "GenServer.call(Counter, :next)").0, "10\n");

    let change = "def code_change(_, n, _), do: {:ok, n + 1000}";
    let second = compile(&counter(5, change), Some(&first));
    let loaded = load(&mut machine, &second);
    let looping = machine.kernel().whereis(&shared::term::Atom::new("looping"));
    assert_eq!(loaded.modules.len(), 1);
    assert_eq!((&loaded.modules[0].failure, loaded.modules[0].in_old_code.first().copied()), (&None, looping));
    assert_eq!(loaded.upgraded.len(), 1);
    assert_eq!(loaded.upgraded[0].failure, None);
    assert_eq!(session.type_line(&mut machine, "GenServer.call(Counter, :next)").0, "1011\n");
    assert_eq!(session.type_line(&mut machine, "GenServer.call(Counter, :next)").0, "1016\n");

    let loaded = load(&mut machine, &compile(&counter(7, ""), Some(&second)));
    assert_eq!(loaded.modules[0].ended.first().copied(), looping, "it ran in the code before the last one");
    assert!(machine.kernel().whereis(&shared::term::Atom::new("looping")).is_none());
    assert_eq!(session.type_line(&mut machine, "GenServer.call(Counter, :next)").0, "1021\n");
    assert_eq!(session.type_line(&mut machine, "GenServer.call(Counter, :next)").0, "1028\n");
}

fn load(machine: &mut Machine<WasmFactory>, compiled: &Compiled) -> Loaded {
    let loader = spawned(machine, hot::load(compiled.modules(), None));
    let ended = run(machine).into_iter().find_map(|event| match event.kind {
        EventKind::Exited { reason, .. } if event.pid == Some(loader) => Some(reason),
        _ => None,
    });
    Loaded::read(&ended.expect("it ends")).expect("it says what came of it")
}
