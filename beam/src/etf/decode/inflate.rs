//! Terms that were compressed.

use flate2::{Decompress, FlushDecompress, Status};

use crate::heap::Heap;

use super::{DecodeError, Reader, Result};

/// More bytes than this cannot come out of one byte of zlib data.
const MAX_RATIO: usize = 1032;

/// Expands what follows the tag: the size, then zlib data that give exactly so many bytes. Gives them and the number of
/// bytes read.
pub(super) fn inflate(heap: &Heap, bytes: &[u8]) -> Result<(Vec<u8>, usize)> {
    let mut reader = Reader::new(bytes);
    let size = reader.u32()? as usize;
    let data = reader.take(reader.left())?;
    if size / MAX_RATIO > data.len() {
        return Err(DecodeError::Malformed);
    }
    heap.check_bytes(size).map_err(|_| DecodeError::OutOfMemory)?;
    // One byte more, so that data for more than the size is noticed.
    let mut plain = vec![0; size + 1];
    let mut state = Decompress::new(true);
    let status = state.decompress(data, &mut plain, FlushDecompress::Finish);
    if !matches!(status, Ok(Status::StreamEnd)) || state.total_out() != size as u64 {
        return Err(DecodeError::Malformed);
    }
    plain.truncate(size);
    Ok((plain, 4 + state.total_in() as usize))
}
