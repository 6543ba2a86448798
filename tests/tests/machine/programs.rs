//! Runs each module of `conformance/machine` on both sides.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use beam::image::ImageRef;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::machine::{Machine, Stopped};
use shared::command::Command as MachineCommand;
use shared::event::{Entry, EventKind};
use shared::schedule::TimeMode;
use shared::{Etf, Term};
use tests::conformance::reference::{Reference, files, name};
use tests::native_guest::NativeFactory;

/// Turns after which a program counts as endless.
const MAX_TURNS: u64 = 2_000_000;

/// Compiled programs of the folder, and the library.
struct Programs {
    reference: Reference,
    beams: HashMap<String, PathBuf>,
}

impl Programs {
    fn new(build: &Path) -> Programs {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/machine");
        let reference = Reference::of_files(&files(&sources, "erl"), build);
        let folders = reference.library.iter().chain([&reference.build]);
        let mut beams = HashMap::new();
        for file in folders.flat_map(|folder| files(folder, "beam")) {
            beams.entry(name(&file)).or_insert(file);
        }
        Programs { reference, beams }
    }

    /// What a module writes in Erlang/OTP.
    fn in_otp(&self, module: &str) -> String {
        let mut command: Command = self.reference.program("erl");
        command.args(["-noshell", "-noinput", "-kernel", "logger_level", "none", "-pa"]).arg(&self.reference.build);
        let output = command.args(["-run", "machine_runner", "main", module]).output().expect("erl can be started");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // Older releases write what is displayed to the standard error.
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).replace('\r', "")).concat()
    }

    /// What it writes in the machine.
    fn in_machine(&self, module: &str, stress: bool) -> String {
        let beams = self.beams.clone();
        let library = Rc::new(move |name: &str| std::fs::read(beams.get(name)?).ok());
        let image = ImageRef::new();
        image.get_mut().release = self.reference.release.clone();
        let mut factory = NativeFactory::new(image, library);
        factory.stress = stress;
        let config = Config { time_mode: TimeMode::Fast { nanos_per_reduction: 100 }, ..Config::default() };
        let mut machine = Machine::new(config, factory);
        let args = Etf::of(&Term::list([Term::list([Term::string(module)])]));
        let entry = Entry::new("machine_runner", "main", args);
        machine
            .command(MachineCommand::Spawn { entry, group_leader: None, name: None })
            .expect("there is room for a process");
        let stopped = machine.run(MAX_TURNS);
        let mut output = String::from_utf8_lossy(&machine.kernel().console().output()).into_owned();
        if stopped != Stopped::Halted {
            let exits =
                machine.take_events().into_iter().filter(|event| matches!(event.kind, EventKind::Exited { .. }));
            output.push_str(&format!("** {stopped:?} {:?}\n", exits.last()));
        }
        output
    }
}

/// How often processes collect garbage.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Collect {
    WhenNeeded,
    AtEveryAllocation,
}

fn check(module: &str, collect: Collect) {
    let build = tempfile::tempdir().expect("a folder for compiled programs");
    let programs = Programs::new(build.path());
    let (expected, found) =
        (programs.in_otp(module), programs.in_machine(module, collect == Collect::AtEveryAllocation));
    let (expected, found): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let mut wrong = Vec::new();
    for i in 0..expected.len().max(found.len()) {
        let (expected, found) = (expected.get(i).unwrap_or(&"(nothing)"), found.get(i).unwrap_or(&"(nothing)"));
        if expected != found {
            wrong.push(format!("OTP:  {expected}\nours: {found}\n"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} lines differ:\n{}", wrong.len(), expected.len(), wrong.join("\n"));
    assert!(expected.len() > 5, "the program ran in OTP");
}

#[test]
fn processes_and_signals() {
    check("process_cases", Collect::WhenNeeded);
}

#[test]
fn processes_and_signals_with_much_collection() {
    check("process_cases", Collect::AtEveryAllocation);
}

#[test]
fn what_is_traced() {
    check("trace_cases", Collect::WhenNeeded);
}

#[test]
fn what_is_traced_with_much_collection() {
    check("trace_cases", Collect::AtEveryAllocation);
}

#[test]
fn what_processes_share() {
    check("shared_cases", Collect::WhenNeeded);
}

#[test]
fn what_processes_share_with_much_collection() {
    check("shared_cases", Collect::AtEveryAllocation);
}

#[test]
fn behaviours_of_the_library() {
    check("behaviour_cases", Collect::WhenNeeded);
}

#[test]
fn code_that_is_replaced_while_it_runs() {
    check("code_cases", Collect::WhenNeeded);
}

#[test]
fn files_and_reports() {
    check("file_cases", Collect::WhenNeeded);
}

#[test]
fn trees_of_supervisors_and_their_signals() {
    check("supervision_cases", Collect::WhenNeeded);
}
