//! A sandbox that has booted and waits to be told what to run: the others are forks of it, so they need not boot.

use std::fs::File;
use std::io::Write;
use std::sync::{Arc, OnceLock};

use shared::command::Command;
use shared::event::{Destination, Event};
use shared::schedule::TimeMode;
use shared::term::Atom;
use shared::{Etf, Pid, Term};

use crate::boot::program::Program;
use crate::boot::{BootError, Runtime};
use crate::host::archive::ArchiveError;
use crate::host::instance::WasmFactory;
use crate::kernel::Config;
use crate::kernel::fs::base::BaseFiles as _;
use crate::machine::{Machine, Stopped};
use crate::snapshot::Snapshot;

/// The process that waits (`library/orrery_start.erl`).
const WAITING: &str = "orrery_start";

/// Turns after which a boot has failed.
const TURNS_MAX: u64 = 1_000_000;

/// A booted sandbox, to be forked. Cheap to clone, and forks can be made by several threads at once.
#[derive(Clone)]
pub struct Workbench {
    runtime: Runtime,
    snapshot: Snapshot<WasmFactory>,
    /// See [`Workbench::events`].
    events: Arc<OnceLock<Vec<Event>>>,
}

/// Changes whenever a file of another version of the machine could not be read.
const MACHINE: &str = env!("ORRERY_MACHINE");

impl Workbench {
    /// Boots a sandbox. No time passes in it, and it is the same for the same runtime.
    ///
    /// # Errors
    /// When it does not come so far.
    pub fn new(runtime: &Runtime) -> Result<Workbench, BootError> {
        let mut machine = boot(runtime)?;
        let events = Arc::new(OnceLock::from(machine.take_events()));
        let snapshot = machine.snapshot().ok_or(BootError::Unfinished)?;
        Ok(Workbench { runtime: runtime.clone(), snapshot, events })
    }

    /// The same from a file that [`Workbench::write`] wrote for this runtime. The file must not be written to as long as the
    /// workbench or a fork of it is there.
    ///
    /// # Errors
    /// When it is damaged, or was written for another runtime.
    pub fn open(runtime: &Runtime, file: &File) -> Result<Workbench, ArchiveError> {
        let (_, snapshot) = Snapshot::open(file, runtime.factory())?;
        let snapshot = snapshot.with_base_files(runtime.shared_tree());
        Ok(Workbench { runtime: runtime.clone(), snapshot, events: Arc::default() })
    }

    /// Writes a file for [`Workbench::open`].
    ///
    /// # Errors
    /// When the output fails.
    pub fn write(&self, out: &mut impl Write) -> Result<(), ArchiveError> {
        self.snapshot.write(out).map(drop)
    }

    /// Names what a file of [`Workbench::write`] is made from; see [`Runtime::key`]. Who opens one has to know that it is the
    /// same.
    pub fn key(runtime_key: &str) -> String {
        blake3::hash(format!("{MACHINE} {runtime_key}").as_bytes()).to_hex().to_string()
    }

    /// Stands for the state that forks begin with, in hexadecimal digits.
    pub fn id(&self) -> String {
        format!("{:016x}", self.snapshot.state_hash())
    }

    /// What happened until it was booted. The events of every fork go on from there. It is booted again for this when it was
    /// opened from a file.
    pub fn events(&self) -> &[Event] {
        self.events.get_or_init(|| boot(&self.runtime).map(|mut machine| machine.take_events()).unwrap_or_default())
    }

    /// A sandbox that runs the program once it is given turns. Its home is that of [`Program::default`].
    ///
    /// # Errors
    /// When the files of the program do not fit.
    pub fn start(&self, config: Config, program: &Program) -> Result<Machine<WasmFactory>, BootError> {
        let mut machine = self.fork(config);
        program.place(machine.kernel_mut(), self.runtime.shared_tree())?;
        let arguments = Term::list(program.arguments.iter().map(|argument| Term::string(argument)));
        let message = Term::tuple([Term::atom("start"), arguments, Term::bool(program.is_ansi)]);
        machine.command(Command::Send { to: Destination::Name(waiting()), message: Etf::of(&message) })?;
        Ok(machine)
    }

    /// A sandbox that goes on as it was when a snapshot of it was written to this file ([`Snapshot::write`]). The file must not be
    /// written to as long as the sandbox is there.
    ///
    /// # Errors
    /// When the file is damaged, or was written on another runtime.
    pub fn reopen(&self, file: &File) -> Result<Machine<WasmFactory>, ArchiveError> {
        let (_, snapshot) = Snapshot::open(file, self.runtime.factory())?;
        Ok(Machine::restore(&snapshot.with_base_files(self.runtime.shared_tree())))
    }

    /// A sandbox that waits.
    pub(crate) fn fork(&self, config: Config) -> Machine<WasmFactory> {
        let mut machine = Machine::restore(&self.snapshot);
        machine.kernel_mut().configure(config);
        machine
    }

    /// Puts the files of a program where it will look for them.
    pub(crate) fn place(&self, machine: &mut Machine<WasmFactory>, program: &Program) -> Result<(), BootError> {
        program.place(machine.kernel_mut(), self.runtime.shared_tree())
    }

    /// The io server of the console.
    pub(crate) fn console(&self) -> Option<Pid> {
        self.snapshot.kernel().whereis(&Atom::new("user"))
    }

    /// The processes that every fork begins with.
    pub fn pids(&self) -> impl Iterator<Item = Pid> + '_ {
        self.snapshot.kernel().pids()
    }

    /// Names the image that processes start from, for recordings.
    pub fn image_id(&self) -> String {
        self.runtime.image_id()
    }

    /// Names the library.
    pub fn library(&self) -> &str {
        self.runtime.tree().id()
    }
}

/// A sandbox that waits. No time has passed in it.
fn boot(runtime: &Runtime) -> Result<Machine<WasmFactory>, BootError> {
    let config = Config { time_mode: TimeMode::Live, ..Config::default() };
    let mut machine = runtime.waiting(config)?;
    let stopped = machine.run(TURNS_MAX);
    let waits = matches!(stopped, Stopped::Idle { .. }) && machine.kernel().whereis(&waiting()).is_some();
    if waits { Ok(machine) } else { Err(BootError::Unfinished) }
}

fn waiting() -> Atom {
    Atom::new(WAITING)
}
