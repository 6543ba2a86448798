//! The buffer of a guest, through which bytes go in.

use wasmtime::{Memory, Store, TypedFunc};

use super::State;
use crate::host::engine::EngineError;
use crate::kernel::Delivery;

/// Where bytes for a guest are put.
pub(super) struct Inbox {
    /// Asks the guest for room.
    buffer: TypedFunc<u32, u32>,
    /// Where the buffer is and how large, once that is known. Only of the BEAM, whose buffer stays where it is until it is asked for a
    /// larger one.
    pub(super) room: (u32, u32),
}

impl Inbox {
    pub(super) fn new(buffer: TypedFunc<u32, u32>) -> Inbox {
        Inbox { buffer, room: (0, 0) }
    }
    /// Puts in a request for any guest: the number of bytes.
    pub(super) fn put(&mut self, store: &mut Store<State>, memory: Memory, bytes: &[u8]) -> Result<u32, EngineError> {
        let length = u32::try_from(bytes.len()).map_err(|_| EngineError::Guest("a request is too large".into()))?;
        let at = self.buffer.call(&mut *store, length)?;
        self.room = (at, length.max(self.room.1));
        memory.write(store, at as usize, bytes).map_err(|e| EngineError::Guest(e.to_string()))?;
        Ok(length)
    }
    /// Puts in messages for the BEAM, each behind its length: the number of bytes.
    pub(super) fn put_messages(
        &mut self,
        store: &mut Store<State>,
        memory: Memory,
        messages: &[Delivery],
    ) -> Result<u32, EngineError> {
        /// More is asked for than a small message needs, and no more than the buffer has at first: it must not matter to the guest whether
        /// it is asked.
        const ROOM: u32 = 512;
        let total = messages.iter().map(|delivery| 4 + delivery.message.len()).sum::<usize>();
        let too_large = || EngineError::Guest("the messages are too large".into());
        let total = u32::try_from(total).map_err(|_| too_large())?;
        if total > self.room.1 {
            let size = total.max(ROOM);
            self.room = (self.buffer.call(&mut *store, size)?, size);
        }
        let room = memory.data_mut(store).get_mut(self.room.0 as usize..);
        let mut room = room.and_then(|room| room.get_mut(..total as usize)).ok_or_else(too_large)?;
        for delivery in messages {
            let bytes = delivery.message.bytes();
            // `total` is the sum of just these, and fits into 32 bits.
            let (length, behind) = room.split_at_mut(4);
            length.copy_from_slice(&(bytes.len() as u32).to_le_bytes());
            let (message, behind) = behind.split_at_mut(bytes.len());
            message.copy_from_slice(bytes);
            room = behind;
        }
        Ok(total)
    }
}
