//! The console of a sandbox: what programs print and what people type.

use std::sync::Arc;

use imbl::Vector;
use serde::{Deserialize, Serialize};
use shared::Pid;
use shared::event::{Device, EventKind};
use shared::limits::LimitKind;

use super::Kernel;

/// Output is kept up to a limit, the newest part of it; input goes to whoever opened the console.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct Console {
    chunks: Vector<Arc<[u8]>>,
    bytes: u64,
    dropped_bytes: u64,
    owner: Option<Pid>,
    /// Whether somebody reads and waits.
    wants_input: bool,
    /// How often input was asked for.
    input_requests: u64,
    /// What was typed before anybody listened.
    early_input: Vec<Arc<[u8]>>,
}

/// What is typed before anybody listens is kept up to this many pieces.
const EARLY_INPUT_PIECES: usize = 1_000;

impl Console {
    /// The output that is kept.
    pub fn output(&self) -> Vec<u8> {
        self.chunks.iter().flat_map(|chunk| chunk.iter().copied()).collect()
    }

    /// How many bytes of output were dropped before what is kept.
    pub fn dropped_bytes(&self) -> u64 {
        self.dropped_bytes
    }

    /// Who gets the input.
    pub fn owner(&self) -> Option<Pid> {
        self.owner
    }

    /// Whether a program waits for input. The clock of a fast sandbox should not jump then.
    pub fn wants_input(&self) -> bool {
        self.wants_input
    }

    /// How often input was asked for. Each request is answered by one piece.
    pub fn input_requests(&self) -> u64 {
        self.input_requests
    }

    pub(crate) fn input_came(&mut self) {
        self.wants_input = false;
    }

    pub(crate) fn owner_ended(&mut self, pid: Pid) {
        if self.owner == Some(pid) {
            self.owner = None;
            self.wants_input = false;
        }
    }

    pub(crate) fn keep_input(&mut self, bytes: &[u8]) {
        if self.early_input.len() < EARLY_INPUT_PIECES {
            self.early_input.push(bytes.into());
        }
    }

    /// Adds output; says whether old output was dropped for it, for the first time.
    fn write(&mut self, bytes: Arc<[u8]>, limit: u64) -> bool {
        let had_dropped = self.dropped_bytes > 0;
        self.bytes += bytes.len() as u64;
        self.chunks.push_back(bytes);
        while self.bytes > limit {
            let Some(oldest) = self.chunks.pop_front() else {
                break;
            };
            let excess = usize::try_from(self.bytes - limit).unwrap_or(usize::MAX).min(oldest.len());
            self.bytes -= excess as u64;
            self.dropped_bytes += excess as u64;
            if let Some(rest) = oldest.get(excess..).filter(|rest| !rest.is_empty()) {
                self.chunks.push_front(rest.into());
            }
        }
        !had_dropped && self.dropped_bytes > 0
    }
}

impl Kernel {
    /// Writes to the console.
    pub fn console_write(&mut self, pid: Pid, device: Device, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let bytes: Arc<[u8]> = bytes.into();
        self.record(Some(pid), EventKind::Output { device, bytes: Arc::clone(&bytes) });
        let limit = self.limits.output_bytes;
        if self.console.write(bytes, limit) {
            self.limit_reached(Some(pid), LimitKind::OutputBytes, limit);
        }
    }

    /// Tells the outside that input is waited for: at the console, if that is the caller's.
    pub fn console_read(&mut self, pid: Pid) {
        if self.console.owner == Some(pid) {
            self.console.wants_input = true;
            self.console.input_requests += 1;
        }
        self.record(Some(pid), EventKind::InputWanted);
    }

    /// Makes the caller the one who gets input: messages `{console, Bytes}` and `{console, eof}`.
    pub fn console_open(&mut self, pid: Pid) {
        self.console.owner = Some(pid);
        for bytes in std::mem::take(&mut self.console.early_input) {
            // Nobody else can have become the owner in between.
            self.command(shared::command::Command::ConsoleInput { bytes }).ok();
        }
    }
}
