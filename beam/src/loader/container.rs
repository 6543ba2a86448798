//! The outer form of a `.beam` file: an IFF container of chunks, maybe compressed with gzip.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

use super::Limits;
use super::error::LoadError;

/// The chunks of a `.beam` file (stdlib, `beam_lib`).
pub struct Container<'a> {
    bytes: Cow<'a, [u8]>,
    chunks: Vec<Chunk>,
}

type Chunk = ([u8; 4], Range<usize>);

/// Most chunks that a file may have. The compilers write about fifteen.
const MAX_CHUNKS: usize = 1000;

impl<'a> Container<'a> {
    /// Finds the chunks of a file. A file that was compressed with gzip (compiler option `compressed`) is inflated.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Container<'a>, LoadError> {
        check_size("the file", bytes.len(), limits.file)?;
        let bytes = match bytes {
            [0x1f, 0x8b, ..] => Cow::Owned(inflate(flate2::read::GzDecoder::new(bytes), limits.file, "the file")?),
            _ => Cow::Borrowed(bytes),
        };
        let chunks = chunks(&bytes).map_err(LoadError::Container)?;
        Ok(Container { bytes, chunks })
    }
    /// Content of the first chunk with a name.
    pub fn chunk(&self, name: &[u8; 4]) -> Option<&[u8]> {
        let (_, range) = self.chunks.iter().find(|(id, _)| id == name)?;
        self.bytes.get(range.clone())
    }
    /// Names and contents of all chunks, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
        self.chunks.iter().filter_map(|(id, range)| Some((id, self.bytes.get(range.clone())?)))
    }
}

/// Names and places of the chunks.
fn chunks(bytes: &[u8]) -> Result<Vec<Chunk>, &'static str> {
    let word = |at: usize| bytes.get(at..at + 4).and_then(|b| <[u8; 4]>::try_from(b).ok());
    if word(0) != Some(*b"FOR1") || word(8) != Some(*b"BEAM") {
        return Err("it does not begin as a BEAM file does");
    }
    let cut_off = "it is cut off";
    let end = (u32::from_be_bytes(word(4).ok_or(cut_off)?) as usize).checked_add(8).ok_or(cut_off)?;
    if end > bytes.len() {
        return Err(cut_off);
    }
    let mut chunks = Vec::new();
    let mut at = 12;
    while at < end {
        let (Some(name), Some(len)) = (word(at), word(at + 4)) else { return Err(cut_off) };
        let start = at + 8;
        let stop = start.checked_add(u32::from_be_bytes(len) as usize).filter(|stop| *stop <= end);
        let Some(stop) = stop else { return Err("a chunk does not fit into it") };
        if chunks.len() == MAX_CHUNKS {
            return Err("it has too many chunks");
        }
        chunks.push((name, start..stop));
        at = stop.next_multiple_of(4);
    }
    Ok(chunks)
}

/// Refuses what is larger than a limit.
pub(crate) fn check_size(what: &'static str, size: usize, limit: usize) -> Result<(), LoadError> {
    if size > limit { Err(LoadError::TooLarge { what, limit }) } else { Ok(()) }
}

/// Inflates at most `limit` bytes.
pub(crate) fn inflate(source: impl Read, limit: usize, what: &'static str) -> Result<Vec<u8>, LoadError> {
    let mut out = Vec::new();
    let mut source = source.take(limit as u64 + 1);
    source.read_to_end(&mut out).map_err(|_| LoadError::Container("compressed data is damaged"))?;
    check_size(what, out.len(), limit)?;
    Ok(out)
}
