//! Sandboxes of wasm processes for the programs of `abuse/`.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sandbox_runtime::host::admission::Capacity;
use sandbox_runtime::host::engine::{BeamModule, GuestEngine};
use sandbox_runtime::host::instance::{Library, WasmFactory};
use sandbox_runtime::host::template::Template;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::machine::Machine;
use shared::bundle::{self, Bundle};
use shared::command::Command;
use shared::event::{Entry, Event, EventKind, ExitedBy};
use shared::limits::{LimitKind, Limits};
use shared::{Etf, Pid, Term};
use tests::conformance::reference::{Reference, files};

/// Modules of the library that every process starts with, so that the programs need not load them.
const PRELOADED: [&str; 12] =
    ["erlang", "lists", "ets", "maps", "supervisor", "gen_server", "gen", "proc_lib", "sys", "zlib", "binary", "re"];

/// What all sandboxes of these tests start from.
struct Made {
    engine: GuestEngine,
    module: BeamModule,
    files: Vec<Vec<u8>>,
    template: Template,
    library: Library,
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let guest = std::env::var_os("ORRERY_GUEST").expect("ORRERY_GUEST names the guest");
        let wasm = std::fs::read(guest).expect("the guest can be read");
        let engine = GuestEngine::new().expect("the engine supports this machine");
        let module = engine.compile(&wasm).expect("the guest compiles");
        let bundle = tests::reference::library().expect("ORRERY_LIBRARY names the library");
        let bundle = Bundle::parse(&bundle).and_then(|bundle| bundle.library()).expect("a library");
        let files = modules(&bundle);
        let template = template(&engine, &module, &files);
        let library: Library = Arc::new(move |name| bundle.module(name).map(<[u8]>::to_vec));
        Made { engine, module, files, template, library }
    })
}

fn template(engine: &GuestEngine, module: &BeamModule, files: &[Vec<u8>]) -> Template {
    let (template, failures) = Template::new(engine, module, files.iter().map(Vec::as_slice)).expect("a template");
    assert_eq!(failures, []);
    template
}

/// The programs and what they need of the library.
fn modules(library: &bundle::Library) -> Vec<Vec<u8>> {
    let needed = PRELOADED.iter().map(|name| library.module(name).expect("in the library").to_vec());
    let build = tempfile::tempdir().expect("a folder for compiled programs");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("abuse");
    let sources: Vec<_> = ["erl", "S"].iter().flat_map(|kind| files(&sources, kind)).collect();
    Reference::of_files(&sources, build.path());
    let programs = files(build.path(), "beam").into_iter().map(|file| std::fs::read(file).expect("compiled"));
    needed.chain(programs).collect()
}

/// The compiled form of the smallest program.
pub(crate) fn some_code() -> (&'static str, &'static [u8]) {
    ("victim", made().files.last().expect("there are programs"))
}

/// The process that a sandbox begins with.
pub(crate) const FIRST: Pid = Pid(0);

pub(crate) type Sandbox = Machine<WasmFactory>;

/// A sandbox in which `module:function(arguments...)` is about to start.
pub(crate) fn sandbox(limits: Limits, module: &str, function: &str, arguments: Vec<Term>) -> Sandbox {
    on(&made().template, limits, module, function, arguments)
}

/// What processes of [`sandbox`] run on.
pub(crate) fn factory() -> WasmFactory {
    factory_on(&made().template)
}

fn factory_on(template: &Template) -> WasmFactory {
    WasmFactory::new(template.clone(), Some(made().library.clone()))
}

fn on(template: &Template, limits: Limits, module: &str, function: &str, arguments: Vec<Term>) -> Sandbox {
    let mut machine = Machine::new(Config { limits, ..Config::default() }, factory_on(template));
    let entry = Entry::new(module, function, Etf::of(&Term::list(arguments)));
    machine.command(Command::Spawn { entry, group_leader: None, name: None }).expect("there is room for a process");
    machine
}

/// A sandbox on a server of its own with that much room.
pub(crate) fn sandbox_of_server(capacity: Capacity, name: &str, argument: Term) -> (GuestEngine, Sandbox) {
    on_engine(made().engine.with_capacity(capacity), name, argument)
}

/// A sandbox on a server that ends turns after so much processor time.
pub(crate) fn sandbox_with_turn_time(turn_time: Duration, name: &str, argument: Term) -> Sandbox {
    on_engine(made().engine.with_turn_time(turn_time), name, argument).1
}

fn on_engine(engine: GuestEngine, name: &str, argument: Term) -> (GuestEngine, Sandbox) {
    let template = template(&engine, &made().module, &made().files);
    let machine = on(&template, Limits::default(), "abuse", "run", vec![Term::atom(name), argument]);
    (engine, machine)
}

/// A sandbox in which a program of `abuse` is about to start.
pub(crate) fn abuser(limits: Limits, name: &str, argument: i64) -> Sandbox {
    sandbox(limits, "abuse", "run", vec![Term::atom(name), Term::Int(argument)])
}

/// How the first process of a sandbox ended, and which limits were reached.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) reason: String,
    pub(crate) by: Option<ExitedBy>,
    pub(crate) reached: Vec<LimitKind>,
    pub(crate) halted: Option<String>,
}

pub(crate) fn end(machine: &Sandbox, events: &[Event]) -> End {
    let mut end = End { halted: machine.kernel().halted().map(Etf::to_string), ..End::default() };
    for event in events {
        match &event.kind {
            EventKind::Exited { reason, by } if event.pid == Some(FIRST) => {
                (end.reason, end.by) = (reason.to_string(), Some(*by));
            }
            EventKind::LimitReached { limit, .. } if !end.reached.contains(limit) => end.reached.push(*limit),
            _ => {}
        }
    }
    end
}

/// The honest program, and its events when it runs alone.
pub(crate) fn victim() -> Sandbox {
    sandbox(Limits::default(), "victim", "main", vec![])
}

pub(crate) fn victim_alone() -> &'static Vec<Event> {
    static EVENTS: OnceLock<Vec<Event>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let mut machine = victim();
        machine.run(100_000);
        let events = machine.take_events();
        let reason = end(&machine, &events).reason;
        assert_eq!(reason, "{told,{199,199}}");
        events
    })
}
