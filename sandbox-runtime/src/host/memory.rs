//! Linear memories of guests: a copy-on-write mapping of an image inside a reservation.
//!
//! A memory is one reservation of address space that cannot be touched, with the image mapped privately at its beginning
//! and, behind it, what the guest has grown by. Three mappings each; pages cost memory only once they are written to.
#![allow(unsafe_code, reason = "mapping memory; each block says why it is sound")]

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap, mmap_anonymous, mprotect, munmap};
use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

use super::prepared::Piece;

const WASM_PAGE: usize = 64 << 10;

/// The memory of a guest at one moment, to start others from.
#[derive(Debug)]
pub(super) struct Image {
    file: OwnedFd,
    length: usize,
}

impl Image {
    /// An image of these bytes, whose number must be a multiple of a wasm page.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub(super) fn new(bytes: &[u8]) -> io::Result<Image> {
        let mut file = File::from(memfd_create("orrery-image", MemfdFlags::CLOEXEC)?);
        file.write_all(bytes)?;
        Ok(Image { file: file.into(), length: bytes.len() })
    }
    /// An image of this length with pieces of it, and zeros elsewhere.
    ///
    /// # Errors
    /// As [`Image::new`].
    pub(super) fn of_pieces(length: usize, pieces: &[Piece<'_>]) -> io::Result<Image> {
        let file = File::from(memfd_create("orrery-image", MemfdFlags::CLOEXEC)?);
        file.set_len(length as u64)?;
        for (at, bytes) in pieces {
            file.write_all_at(bytes, *at as u64)?;
        }
        Ok(Image { file: file.into(), length })
    }
    /// Its content.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        let file = File::from(self.file.try_clone()?);
        let mut bytes = vec![0; self.length];
        file.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }
    /// Its size in bytes.
    pub(super) fn length(&self) -> usize {
        self.length
    }
}

thread_local! {
    /// The image on which the next memory of this thread starts. wasmtime asks for memories without saying what for.
    static NEXT: RefCell<Option<Arc<Image>>> = const { RefCell::new(None) };
}

/// Lets every memory that `make` creates start on an image.
pub(super) fn on_image<T>(image: &Arc<Image>, make: impl FnOnce() -> T) -> T {
    NEXT.set(Some(image.clone()));
    let made = make();
    NEXT.set(None);
    made
}

/// Creates memories on the image of the thread, or empty ones.
pub(super) struct ImageMemories;

// SAFETY: memories are reserved with the size and the guard that wasmtime asks for and never move.
unsafe impl MemoryCreator for ImageMemories {
    fn new_memory(
        &self,
        _type: MemoryType,
        minimum: usize,
        maximum: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        let image = NEXT.take();
        let memory = Mapping::new(image.as_deref(), minimum, maximum, reserved, guard).map_err(|e| e.to_string())?;
        NEXT.set(image);
        Ok(Box::new(memory))
    }
}

struct Mapping {
    base: NonNull<u8>,
    /// Bytes of the whole reservation, guard included.
    reserved: usize,
    /// Bytes that the guest may use.
    accessible: usize,
    /// Bytes up to which it may grow.
    capacity: usize,
}

// SAFETY: the mapping belongs to this value alone.
unsafe impl Send for Mapping {}
// SAFETY: it has no interior mutability of its own.
unsafe impl Sync for Mapping {}

impl Mapping {
    fn new(
        image: Option<&Image>,
        minimum: usize,
        maximum: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> io::Result<Mapping> {
        let capacity = reserved.unwrap_or_else(|| maximum.unwrap_or(usize::MAX).clamp(minimum, 4 << 30));
        let total = capacity + guard;
        // SAFETY: a new mapping at an address of the system's choice.
        let base = unsafe {
            mmap_anonymous(ptr::null_mut(), total, ProtFlags::empty(), MapFlags::PRIVATE | MapFlags::NORESERVE)?
        };
        let base = NonNull::new(base.cast::<u8>()).ok_or(io::ErrorKind::OutOfMemory)?;
        let mut mapping = Mapping { base, reserved: total, accessible: 0, capacity };
        if let Some(image) = image.filter(|image| image.length >= minimum && image.length <= capacity) {
            let access = ProtFlags::READ | ProtFlags::WRITE;
            // SAFETY: within the reservation made above, which nothing uses yet.
            unsafe {
                mmap(
                    base.as_ptr().cast(),
                    image.length,
                    access,
                    MapFlags::PRIVATE | MapFlags::FIXED | MapFlags::NORESERVE,
                    &image.file,
                    0,
                )?
            };
            mapping.accessible = image.length;
        } else {
            mapping.open(minimum)?;
        }
        Ok(mapping)
    }
    /// Makes the memory accessible up to a size.
    fn open(&mut self, size: usize) -> io::Result<()> {
        if size > self.capacity {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        let size = size.next_multiple_of(WASM_PAGE);
        if size > self.accessible {
            // SAFETY: within the reservation; untouched so far.
            unsafe {
                let from = self.base.as_ptr().add(self.accessible);
                mprotect(from.cast(), size - self.accessible, MprotectFlags::READ | MprotectFlags::WRITE)?;
            }
            self.accessible = size;
        }
        Ok(())
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the reservation of `new`, with all that was mapped into it.
        let unmapped = unsafe { munmap(self.base.as_ptr().cast(), self.reserved) };
        debug_assert!(unmapped.is_ok());
    }
}

// SAFETY: `as_ptr` stays the same, and `byte_size` bytes from there are accessible.
unsafe impl LinearMemory for Mapping {
    fn byte_size(&self) -> usize {
        self.accessible
    }
    fn byte_capacity(&self) -> usize {
        self.capacity
    }
    fn grow_to(&mut self, size: usize) -> wasmtime::Result<()> {
        self.open(size).map_err(wasmtime::Error::from)
    }
    fn as_ptr(&self) -> *mut u8 {
        self.base.as_ptr()
    }
}
