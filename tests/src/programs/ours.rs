//! A program run in a sandbox of wasm processes, as `orrery exec` runs it.

use std::fs;
use std::sync::mpsc::channel;

use anyhow::{Context as _, bail};
use sandbox_runtime::boot::Runtime;
use sandbox_runtime::boot::program as boot;
use sandbox_runtime::driver::{self, End, Outside};
use sandbox_runtime::kernel::Config;
use sandbox_runtime::workbench::Workbench;
use shared::event::{Device, Event, EventKind};
use shared::schedule::TimeMode;
use shared::{Etf, Term};

use super::{Outcome, Program};
use crate::reference;

/// Time passes by work done, so that a loaded machine changes nothing.
const TIME: TimeMode = TimeMode::Fast { nanos_per_reduction: 20 };

/// When the sandboxes believe to be: some day in 2024.
const EPOCH_NANOS: u64 = 1_720_000_000 * 1_000_000_000;

/// Where all sandboxes start from.
#[derive(Clone)]
pub struct Sandboxes {
    workbench: Workbench,
}

impl Sandboxes {
    /// Prepares them: takes seconds.
    ///
    /// # Errors
    /// When the environment does not say where guest and library are, or they do not fit each other.
    pub fn new() -> anyhow::Result<Sandboxes> {
        let guest = std::env::var_os("ORRERY_GUEST").context("ORRERY_GUEST is not set; run `cargo xtask test`")?;
        let guest = fs::read(&guest).with_context(|| format!("reading {}", guest.display()))?;
        let runtime = Runtime::new(&guest, &reference::library()?)?;
        Ok(Sandboxes { workbench: Workbench::new(&runtime)? })
    }

    /// Runs a program to its end.
    ///
    /// # Errors
    /// When it cannot be started, or ends in a way that no program may.
    pub fn run(&self, program: &Program) -> anyhow::Result<Outcome> {
        let config = Config { time_mode: TIME, epoch_nanos: EPOCH_NANOS, ..Config::default() };
        let mut machine = self.workbench.start(config, &prepared(program)?)?;
        let (send, input) = channel();
        if !program.stdin.is_empty() {
            send.send(program.stdin.clone()).context("the other end of the channel is here")?;
        }
        send.send(Vec::new()).context("the other end of the channel is here")?;
        let mut printed = Printed::default();
        match driver::drive(&mut machine, &input, &mut printed) {
            End::Halted(reason) => {
                Ok(Outcome { stdout: printed.stdout, stderr: printed.stderr, status: status(&reason)? })
            }
            other => bail!("{other:?} after\n{}", String::from_utf8_lossy(&printed.stdout)),
        }
    }
}

fn prepared(program: &Program) -> anyhow::Result<boot::Program> {
    let folder = program.folder.to_str().context("folders have names in UTF-8")?;
    let mut arguments = match program.erlang_module() {
        Some(_) => vec!["-e".to_owned(), format!(":orrery_exec.run(~c'{}')", program.main), "--".to_owned()],
        None => vec![program.main.clone()],
    };
    arguments.extend(program.arguments.iter().cloned());
    let files = program.files.iter().map(|(name, content)| (format!("{folder}/{name}"), content.clone()));
    Ok(boot::Program { arguments, files: files.collect(), directory: folder.to_owned(), ..boot::Program::default() })
}

fn status(reason: &Etf) -> anyhow::Result<i32> {
    match reason.decode() {
        Ok(Term::Int(status)) => Ok(i32::try_from(status & 0xff)?),
        Ok(other) => bail!("the sandbox stopped: {other}"),
        Err(error) => bail!("it halted with a term that is none: {error}"),
    }
}

#[derive(Debug, Default)]
struct Printed {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Outside for Printed {
    fn events(&mut self, events: Vec<Event>) {
        for event in events {
            if let EventKind::Output { device, bytes } = event.kind {
                match device {
                    Device::Stdout => self.stdout.extend_from_slice(&bytes),
                    Device::Stderr => self.stderr.extend_from_slice(&bytes),
                }
            }
        }
    }

    /// All input is there from the beginning.
    fn wants_input(&mut self) {}
}
