//! Persistent terms that the process has read (OTP: `persistent_term`).
//!
//! The machine holds them encoded. What a process reads is decoded once, into a heap of its own that collections leave alone as they do
//! literals, and found there until a persistent term of the sandbox is replaced or erased. Then that heap becomes part of the heap of
//! the process, so that the next collection keeps what is in use of it.

use crate::dictionary::Dictionary;
use crate::etf::{self, DecodeError};
use crate::fail::Fail;
use crate::heap::Heap;
use crate::host::Host;
use crate::image::ImageRef;
use crate::term::Term;

/// Bytes of encoded terms that are kept decoded; what is read beyond them is decoded each time.
const MAX_BYTES: usize = 16 << 20;

/// What a process has read.
#[derive(Default)]
pub(crate) struct PersistentTerms {
    /// Nothing, as long as nothing was read.
    read: Option<Box<Read>>,
}

struct Read {
    terms: Dictionary,
    /// Where keys and values lie.
    heap: Heap,
    /// Encoded bytes of the values.
    bytes: usize,
    /// [`Host::persistent_changes`] when they were read.
    changes: u64,
    /// Nothing can have changed since that was compared.
    is_current: bool,
}

impl PersistentTerms {
    /// Something may have changed since the last read: another turn has begun, or the process itself changes it.
    pub(crate) fn may_have_changed(&mut self) {
        if let Some(read) = &mut self.read {
            read.is_current = false;
        }
    }

    /// The value of a key, if it was read before and still is the value. What is not goes to the heap of the process.
    pub(crate) fn get(&mut self, key: Term, heap: &mut Heap, host: &mut dyn Host) -> Option<Term> {
        let read = self.read.as_mut()?;
        if !read.is_current {
            if host.persistent_changes() != Some(read.changes) {
                let old = self.read.take()?;
                heap.absorb(old.heap);
                return None;
            }
            read.is_current = true;
        }
        read.terms.get(key)
    }

    /// Decodes the value of a key and keeps it for the next time. `None`: that is not possible, and it is to be decoded as any other
    /// term. `room`: words that the process may still allocate.
    ///
    /// # Errors
    /// When it takes more than that.
    pub(crate) fn keep(
        &mut self,
        key: Term,
        bytes: &[u8],
        room: usize,
        image: &ImageRef,
        host: &mut dyn Host,
    ) -> Result<Option<Term>, Fail> {
        let Some(changes) = host.persistent_changes() else { return Ok(None) };
        let read = self.read.get_or_insert_with(|| Read::new(changes).into());
        if read.changes != changes || read.bytes + bytes.len() > MAX_BYTES {
            return Ok(None);
        }
        read.heap.set_max_words(read.heap.used_words().saturating_add(room));
        read.heap.check_bytes(bytes.len())?;
        match read.add(key, bytes, image) {
            Ok(value) => Ok(Some(value)),
            Err(DecodeError::OutOfMemory) => Err(Fail::OutOfMemory),
            Err(_) => Ok(None),
        }
    }
}

impl Read {
    fn new(changes: u64) -> Read {
        Read { terms: Dictionary::default(), heap: Heap::of_fragments(), bytes: 0, changes, is_current: true }
    }

    fn add(&mut self, key: Term, bytes: &[u8], image: &ImageRef) -> Result<Term, DecodeError> {
        let mut encoded = Vec::new();
        etf::encode_onto(image.get(), key, &mut encoded).map_err(|_| DecodeError::OutOfMemory)?;
        let (key, _) = etf::decode(&mut self.heap, image, &encoded, false)?;
        let (value, _) = etf::decode(&mut self.heap, image, bytes, false)?;
        self.terms.put(key, value);
        self.bytes += bytes.len();
        Ok(value)
    }
}
