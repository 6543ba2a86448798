//! Linear memories of guests: a copy-on-write mapping of an image inside a reservation.
//!
//! A memory is a reservation of address space that cannot be touched, with the image mapped privately at its beginning
//! and, behind it, what the guest has grown by. Three mappings each; pages cost memory only once they are written to.
#![allow(unsafe_code, reason = "mapping memory; each block says why it is sound")]

mod place;

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::ops::Deref;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt as _;
use std::ptr::{self, NonNull};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use place::PLACES;
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap, mmap_anonymous, mprotect, munmap};
use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

use super::prepared::Piece;

const WASM_PAGE: usize = 64 << 10;
/// Bytes of the larger pages that the processor knows.
pub(super) const LARGE_PAGE: usize = 2 << 20;

/// The memory of a guest at one moment, to start others from.
#[derive(Debug)]
pub(super) struct Image {
    file: OwnedFd,
    /// The same bytes, to compare with.
    view: View,
    hash: OnceLock<blake3::Hash>,
}

impl Image {
    /// An image of these bytes, whose number must be a multiple of a wasm page.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub(super) fn new(bytes: &[u8]) -> io::Result<Image> {
        Image::of_pieces(bytes.len(), &[(0, bytes)])
    }
    /// An image of this length with pieces of it, and zeros elsewhere.
    ///
    /// # Errors
    /// As [`Image::new`].
    pub(super) fn of_pieces(length: usize, pieces: &[Piece<'_>]) -> io::Result<Image> {
        let file = File::from(memfd_create("orrery-image", MemfdFlags::CLOEXEC)?);
        let view = if length < LARGE_PAGE {
            file.set_len(length as u64)?;
            View::of(&file, length)?
        } else {
            // Whole large pages: one that the file ends within would not be made.
            file.set_len(length.next_multiple_of(LARGE_PAGE) as u64)?;
            let view = View::aligned(&file, length)?;
            // Before there is anything to copy from small ones.
            view.use_large_pages();
            view
        };
        for (at, bytes) in pieces {
            file.write_all_at(bytes, *at as u64)?;
        }
        Ok(Image { file: file.into(), view, hash: OnceLock::new() })
    }
    /// Its size in bytes.
    pub(super) fn length(&self) -> usize {
        self.view.len()
    }
    /// Its content.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.view
    }
    /// Stands for its content.
    pub(super) fn hash(&self) -> blake3::Hash {
        *self.hash.get_or_init(|| blake3::hash(&self.view))
    }
}

/// A file in memory, for reading.
///
/// Whoever has the file must not make it shorter while it is mapped, or reading it ends the server. So this is for files that
/// are written once, under another name, and then renamed.
#[derive(Debug)]
pub(super) struct View {
    base: NonNull<u8>,
    length: usize,
    /// Bytes of the mapping.
    mapped: usize,
}

// SAFETY: nothing writes to it.
unsafe impl Send for View {}
// SAFETY: nothing writes to it.
unsafe impl Sync for View {}

impl View {
    /// The first bytes of a file, at least one.
    ///
    /// # Errors
    /// When it cannot be mapped.
    pub(super) fn of(file: impl AsFd, length: usize) -> io::Result<View> {
        // SAFETY: a new mapping at an address of the system's choice.
        let base = unsafe { mmap(ptr::null_mut(), length, ProtFlags::READ, MapFlags::SHARED, file, 0)? };
        let base = NonNull::new(base.cast::<u8>()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(View { base, length, mapped: length })
    }
    /// As [`View::of`], where large pages of the file can be mapped as such.
    ///
    /// # Errors
    /// As [`View::of`].
    fn aligned(file: impl AsFd, length: usize) -> io::Result<View> {
        let mapped = length.next_multiple_of(LARGE_PAGE);
        // SAFETY: a new mapping at an address of the system's choice, whose middle is then replaced and whose ends are given back.
        unsafe {
            let around = mmap_anonymous(ptr::null_mut(), mapped + LARGE_PAGE, ProtFlags::empty(), MapFlags::PRIVATE)?;
            let before = around.addr().next_multiple_of(LARGE_PAGE) - around.addr();
            let base = around.byte_add(before);
            let given = mmap(base, mapped, ProtFlags::READ, MapFlags::SHARED | MapFlags::FIXED, file, 0);
            if let Err(error) = given {
                munmap(around, mapped + LARGE_PAGE)?;
                return Err(error.into());
            }
            if before > 0 {
                munmap(around, before)?;
            }
            munmap(base.byte_add(mapped), LARGE_PAGE - before)?;
            let base = NonNull::new(base.cast::<u8>()).ok_or(io::ErrorKind::OutOfMemory)?;
            Ok(View { base, length, mapped })
        }
    }
    /// Gives the file large pages, if the system can: whoever maps it then needs one entry of a table where it would need 512 of
    /// a table of their own, and faults once.
    fn use_large_pages(&self) {
        // Older systems know nothing of it, and one with its memory in pieces makes room by moving others. Then the pages are small.
        const PATIENCE: Duration = Duration::from_millis(200);
        let begun = Instant::now();
        for at in (0..self.length).step_by(LARGE_PAGE).take_while(|_| begun.elapsed() < PATIENCE) {
            // SAFETY: within the mapping and the file. The first makes something that a large page can be made of; the second
            // changes by which pages the file is held, not what it holds.
            let given = || unsafe {
                let page = self.base.as_ptr().add(at);
                page.read_volatile();
                libc::madvise(page.cast(), LARGE_PAGE, libc::MADV_COLLAPSE) == 0
            };
            // It may fail for what is over in a moment.
            if !given() {
                given();
            }
        }
    }
}

impl Deref for View {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        // SAFETY: mapped by `of` with this length, and readable until it is dropped.
        unsafe { std::slice::from_raw_parts(self.base.as_ptr(), self.length) }
    }
}

impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: the mapping of `of`.
        let unmapped = unsafe { munmap(self.base.as_ptr().cast(), self.mapped) };
        debug_assert!(unmapped.is_ok());
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
        let image = image.filter(|image| (minimum..=capacity).contains(&image.length()));
        if let Some(image) = image
            && let Some(base) = PLACES.map(&image.file, image.length(), total)
        {
            return Ok(Mapping { base, reserved: total, accessible: image.length(), capacity });
        }
        // SAFETY: a new mapping at an address of the system's choice.
        let base = unsafe {
            mmap_anonymous(ptr::null_mut(), total, ProtFlags::empty(), MapFlags::PRIVATE | MapFlags::NORESERVE)?
        };
        let base = NonNull::new(base.cast::<u8>()).ok_or(io::ErrorKind::OutOfMemory)?;
        let mut mapping = Mapping { base, reserved: total, accessible: 0, capacity };
        if let Some(image) = image {
            let access = ProtFlags::READ | ProtFlags::WRITE;
            // SAFETY: within the reservation made above, which nothing uses yet.
            unsafe {
                mmap(
                    base.as_ptr().cast(),
                    image.length(),
                    access,
                    MapFlags::PRIVATE | MapFlags::FIXED | MapFlags::NORESERVE,
                    &image.file,
                    0,
                )?
            };
            mapping.accessible = image.length();
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
        if unmapped.is_ok() {
            PLACES.give_back(self.base, self.reserved);
        }
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
