//! A template as bytes: machine code and image, so that the next OS process starts without compiling or loading anything.
//!
//! ```text
//! "ORRYTPL2" | hash of what follows, 32 bytes | hash of the guest, 32 bytes | length of the code, u64 | code
//!     | length of the image, u64 | number of pieces, u64 | pieces: offset, u64, length, u64, bytes
//! ```
//!
//! Numbers are little-endian. Parts of the image that hold nothing but zeros are left out.

use std::sync::Arc;

use super::engine::{EngineError, GuestEngine};
use super::memory::Image;
use super::template::Template;

const MAGIC: &[u8; 8] = b"ORRYTPL2";
const HASH: usize = blake3::OUT_LEN;
/// Zeros are looked for in pieces of this size.
const PIECE: usize = 4 << 10;

impl Template {
    /// The template as bytes for [`Template::restore`]. They fit machines with this one's processor, and this version of the
    /// engine.
    ///
    /// # Errors
    /// When the code or the image cannot be read.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EngineError> {
        let code = self.module.bare.module().serialize()?;
        let image = self.image.bytes();
        let pieces = pieces(image);
        let mut bytes = Vec::with_capacity(MAGIC.len() + HASH + code.len() + image.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&[0; HASH]);
        bytes.extend_from_slice(self.module.hash.as_bytes());
        let number = |bytes: &mut Vec<u8>, number: usize| bytes.extend_from_slice(&(number as u64).to_le_bytes());
        number(&mut bytes, code.len());
        bytes.extend_from_slice(&code);
        number(&mut bytes, image.len());
        number(&mut bytes, pieces.len());
        for (start, end) in pieces {
            number(&mut bytes, start);
            number(&mut bytes, end - start);
            bytes.extend_from_slice(&image[start..end]);
        }
        let (head, content) = bytes.split_at_mut(MAGIC.len() + HASH);
        head[MAGIC.len()..].copy_from_slice(blake3::hash(content).as_bytes());
        Ok(bytes)
    }

    /// The template that was made into bytes; `None` when they are damaged, or were made by another version or for another
    /// processor.
    ///
    /// The bytes hold machine code. They must come from where only whoever runs us can write: the hash finds out accidents, not
    /// intent.
    ///
    /// # Errors
    /// When there is no memory for the image.
    pub fn restore(engine: &GuestEngine, bytes: &[u8]) -> Result<Option<Template>, EngineError> {
        let Some(Parts { guest, code, length, pieces }) = parse(bytes) else { return Ok(None) };
        let Ok(module) = engine.restore(code, guest) else { return Ok(None) };
        let image = Arc::new(Image::of_pieces(length, &pieces)?);
        Ok(Some(Template { engine: engine.clone(), module, image, first_pages: Arc::default() }))
    }
}

/// The parts of an image that hold something.
fn pieces(image: &[u8]) -> Vec<(usize, usize)> {
    let mut pieces: Vec<(usize, usize)> = Vec::new();
    for (number, piece) in image.chunks(PIECE).enumerate() {
        if piece.iter().all(|byte| *byte == 0) {
            continue;
        }
        let start = number * PIECE;
        match pieces.last_mut() {
            Some((_, end)) if *end == start => *end += piece.len(),
            _ => pieces.push((start, start + piece.len())),
        }
    }
    pieces
}

/// Bytes of an image and where they lie in it.
pub(super) type Piece<'a> = (usize, &'a [u8]);

/// What the bytes of a template hold.
struct Parts<'a> {
    guest: blake3::Hash,
    code: &'a [u8],
    /// Of the image.
    length: usize,
    pieces: Vec<Piece<'a>>,
}

fn parse(bytes: &[u8]) -> Option<Parts<'_>> {
    let (hash, content) = bytes.strip_prefix(MAGIC)?.split_at_checked(HASH)?;
    if blake3::hash(content).as_bytes() != hash {
        return None;
    }
    let (guest, mut rest) = content.split_first_chunk::<HASH>()?;
    let length = number(&mut rest)?;
    let code = take(&mut rest, length)?;
    let (length, count) = (number(&mut rest)?, number(&mut rest)?);
    let mut pieces = Vec::new();
    for _ in 0..count {
        let (start, size) = (number(&mut rest)?, number(&mut rest)?);
        if start.checked_add(size)? > length {
            return None;
        }
        pieces.push((start, take(&mut rest, size)?));
    }
    Some(Parts { guest: (*guest).into(), code, length, pieces })
}

fn number(rest: &mut &[u8]) -> Option<usize> {
    let bytes = take(rest, size_of::<u64>())?;
    u64::from_le_bytes(bytes.try_into().ok()?).try_into().ok()
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}
