//! A timeline as bytes, to be put away while nobody needs it and to go on from in another OS process.
//!
//! ```text
//! "orrery timeline\n" | hash of what follows, 32 bytes | recording, first snapshot, last snapshot: length, u64, and bytes each
//! ```
//!
//! Numbers are little-endian; the recording is JSON, snapshots are as in [`crate::host::archive`]. Snapshots between the first
//! and the last one are left out: whoever goes there finds them again by running.

use std::sync::Arc;

use shared::recording::Recording;

use super::ladder::{Ladder, Rung};
use super::{Target, Timeline, TravelError, mark_of};
use crate::host::archive::ArchiveError;
use crate::host::instance::WasmFactory;
use crate::kernel::fs::base::BaseFiles;
use crate::machine::Machine;
use crate::snapshot::Snapshot;

const MAGIC: &[u8; 16] = b"orrery timeline\n";

/// Why a timeline cannot be put away or fetched.
#[derive(Debug, thiserror::Error)]
pub enum ParkError {
    /// A process cannot be saved, or the recording is of another format.
    #[error(transparent)]
    Travel(#[from] TravelError),
    /// A snapshot cannot be written or read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The recording cannot be written.
    #[error("the recording: {0}")]
    Recording(#[from] serde_json::Error),
    /// It is not as it was written, or something else.
    #[error("the timeline is damaged: {0}")]
    Damaged(&'static str),
}

impl Timeline<WasmFactory> {
    /// The timeline as bytes for [`Timeline::unpark`]. It goes to its end for that.
    ///
    /// # Errors
    /// When a process cannot be saved, or the way to the end diverges.
    pub fn park(&mut self) -> Result<Vec<u8>, ParkError> {
        if !self.is_at_end() {
            self.seek(Target::End)?;
        }
        self.note_end()?;
        let recording = serde_json::to_vec(&self.recording)?;
        let last = self.machine.snapshot().ok_or(TravelError::Unsaved)?.to_bytes()?;
        let first = self.ladder.first().snapshot.to_bytes()?;
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&[0; blake3::OUT_LEN]);
        for part in [recording, first, last] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(&part);
        }
        let (head, content) = bytes.split_at_mut(MAGIC.len() + blake3::OUT_LEN);
        head[MAGIC.len()..].copy_from_slice(blake3::hash(content).as_bytes());
        Ok(bytes)
    }

    /// The timeline that was put away, at its end. `files` are those that lie under the machine's own, as in a machine that is made
    /// anew.
    ///
    /// # Errors
    /// When the bytes are damaged, of another version, or do not fit the template of the factory.
    pub fn unpark(bytes: &[u8], factory: WasmFactory, files: Option<&Arc<dyn BaseFiles>>) -> Result<Self, ParkError> {
        let [recording, first, last] = parts(bytes)?;
        let recording: Recording = serde_json::from_slice(recording)?;
        if recording.format != Recording::FORMAT {
            return Err(TravelError::Format { found: recording.format, expected: Recording::FORMAT }.into());
        }
        let open = |bytes: &[u8]| -> Result<Snapshot<WasmFactory>, ParkError> {
            let (_, snapshot) = Snapshot::from_bytes(bytes, factory.clone())?;
            Ok(match files {
                Some(files) => snapshot.with_base_files(Arc::clone(files)),
                None => snapshot,
            })
        };
        let (first, last) = (open(first)?, open(last)?);
        let begin = recording.marks.first().ok_or(ParkError::Damaged("the recording has no beginning"))?.position;
        let end = recording.end;
        let machine = Machine::restore(&last);
        if mark_of(&machine, end.mark.position) != end.mark || last.state_hash() != end.state_hash {
            return Err(ParkError::Damaged("the recording is not that of the machine"));
        }
        let mut ladder = Ladder::new(Rung { position: begin, snapshot: first });
        ladder.stay_at_end(Rung { position: end.mark.position, snapshot: last });
        Ok(Self { machine, position: end.mark.position, recording, ladder })
    }
}

/// The recording, the first and the last snapshot.
fn parts(bytes: &[u8]) -> Result<[&[u8]; 3], ParkError> {
    let short = ParkError::Damaged("it is too short");
    let content = bytes.strip_prefix(MAGIC).ok_or(ParkError::Damaged("it is something else"))?;
    let Some((hash, content)) = content.split_first_chunk::<{ blake3::OUT_LEN }>() else { return Err(short) };
    if blake3::hash(content).as_bytes() != hash {
        return Err(ParkError::Damaged("it is not what was written"));
    }
    let Some((recording, rest)) = part(content) else { return Err(short) };
    let Some((first, rest)) = part(rest) else { return Err(short) };
    let Some((last, [])) = part(rest) else { return Err(short) };
    Ok([recording, first, last])
}

/// A part and what follows it.
fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, bytes) = bytes.split_first_chunk::<8>()?;
    bytes.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
}
