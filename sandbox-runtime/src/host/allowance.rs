//! How much memory an instance may have: asked by the engine whenever its linear memory or a table is to grow.

use shared::limits::LimitKind;
use wasmtime::ResourceLimiter;

use super::admission::Permit;
use crate::guest::FaultCause;
use crate::kernel::turn;

/// Most elements of a table: each takes the server a pointer.
const MAX_TABLE_ELEMENTS: usize = 100_000;

/// What an instance may have, and what it has.
pub(super) struct Allowance {
    permit: Option<Permit>,
    /// Bytes of the image that it started on: those are everybody's.
    image: usize,
    /// What the sandbox lets it have besides; `None` until its first turn, when only messages of bounded size can make it
    /// grow.
    turn: Option<turn::Allowance>,
}

/// Growing was refused: the trap that ends the instance.
#[derive(Debug, thiserror::Error)]
#[error("a limit was reached")]
pub struct Refused(pub(super) FaultCause);

impl Allowance {
    /// Of an instance that starts on an image.
    pub(super) fn new(permit: Option<Permit>, image: usize) -> Allowance {
        Allowance { permit, image, turn: None }
    }

    /// What it may have from now on.
    pub(super) fn set(&mut self, turn: turn::Allowance) {
        self.turn = Some(turn);
    }

    /// Bytes of a linear memory that are the instance's own.
    pub(super) fn own(&self, memory: usize) -> u64 {
        memory.saturating_sub(self.image) as u64
    }
}

impl ResourceLimiter for Allowance {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let refused = |cause| Err(wasmtime::Error::new(Refused(cause)));
        if let Some(turn) = self.turn.filter(|turn| self.own(desired) > turn.bytes) {
            return refused(FaultCause::Limit(turn.limit));
        }
        let more = self.own(desired) - self.own(current);
        if self.permit.as_mut().is_some_and(|permit| !permit.grow(more)) {
            return refused(FaultCause::Server(LimitKind::Server));
        }
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= MAX_TABLE_ELEMENTS)
    }

    fn memories(&self) -> usize {
        1
    }
}
