//! Where in the address space memories lie.
//!
//! To map something inside another mapping, the system takes that apart, which costs more than all else that it does then. So an
//! image and what cannot be touched behind it are mapped side by side, where there is nothing yet: at places of our choice, below those that
//! the system chooses. Nobody is asked to keep clear of them; a place that is taken is left to whoever has it.

use std::os::fd::AsFd;
use std::ptr::{self, NonNull};
use std::sync::{Mutex, PoisonError};

use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

use super::LARGE_PAGE;

/// Places that are looked at for a memory, if others have taken them.
const TRIES: usize = 8;

/// Where memories of one size may lie.
pub(super) struct Places {
    lowest: usize,
    highest: usize,
    state: Mutex<State>,
}

struct State {
    /// Bytes of each; zero before there was one.
    size: usize,
    /// Where none has been yet.
    next: usize,
    /// Where one has been.
    free: Vec<usize>,
}

/// Executables of today lie above, and what the system places itself above those.
pub(super) static PLACES: Places = Places::new(1 << 40, 0x54 << 40);

impl Places {
    /// Places between two addresses, the lower of which is moved up by chance, at most to twice as much.
    const fn new(lowest: usize, highest: usize) -> Places {
        Places { lowest, highest, state: Mutex::new(State { size: 0, next: 0, free: Vec::new() }) }
    }
    /// Maps the first `length` bytes of a file, privately and for writing, and behind them what cannot be touched, `size` bytes in all;
    /// `None` where that does not work here. Once it is unmapped, its place goes back with [`Places::give_back`].
    pub(super) fn map(&self, file: impl AsFd, length: usize, size: usize) -> Option<NonNull<u8>> {
        for _ in 0..TRIES {
            let at = NonNull::new(ptr::with_exposed_provenance_mut::<u8>(self.take(size)?))?;
            match map_at(at, &file, length, size) {
                Ok(()) => return Some(at),
                // It is left to whoever has it.
                Err(Errno::EXIST) => {}
                Err(_) => {
                    self.give_back(at, size);
                    return None;
                }
            }
        }
        None
    }
    fn take(&self, size: usize) -> Option<usize> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.size == 0 {
            let next = self.lowest + chance() % (self.lowest / LARGE_PAGE) * LARGE_PAGE;
            *state = State { size, next, free: Vec::new() };
        }
        if state.size != size || !size.is_multiple_of(LARGE_PAGE) {
            return None;
        }
        if let Some(place) = state.free.pop() {
            return Some(place);
        }
        let place = state.next;
        let behind = place.checked_add(size).filter(|behind| *behind <= self.highest)?;
        state.next = behind;
        Some(place)
    }
    /// Lets another memory have the place of one that was unmapped, if it lay at one of these.
    pub(super) fn give_back(&self, base: NonNull<u8>, size: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.size == size && (self.lowest..self.highest).contains(&base.addr().get()) {
            state.free.push(base.addr().get());
        }
    }
}

/// Maps a file and what cannot be touched behind it at a place where there is nothing; else nothing is mapped.
fn map_at(place: NonNull<u8>, file: impl AsFd, length: usize, size: usize) -> Result<(), Errno> {
    let apart = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED_NOREPLACE;
    // Systems that are too old to refuse what is in use give another address.
    let at = |mapped: *mut u8, wanted: *mut u8, length: usize| {
        if mapped == wanted {
            return Ok(());
        }
        // SAFETY: just mapped with this length, and used by nobody.
        unsafe { munmap(mapped.cast(), length)? };
        Err(Errno::EXIST)
    };
    let image = place.as_ptr();
    let behind = image.wrapping_add(length);
    // SAFETY: new mappings, which replace none.
    unsafe {
        let mapped = mmap(image.cast(), length, ProtFlags::READ | ProtFlags::WRITE, apart, file, 0)?;
        at(mapped.cast(), image, length)?;
        let rest = mmap_anonymous(behind.cast(), size - length, ProtFlags::empty(), apart);
        let rest = rest.and_then(|mapped| at(mapped.cast(), behind, size - length));
        if rest.is_err() {
            munmap(image.cast(), length)?;
        }
        rest
    }
}

/// Memories do not lie at the same addresses in every process: who breaks out of a guest should have to look for them.
fn chance() -> usize {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0) as usize
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use rustix::fs::{MemfdFlags, memfd_create};

    use super::*;

    const SIZE: usize = 4 * LARGE_PAGE;
    /// Where neither guests nor the system place anything.
    const LOWEST: usize = 1 << 39;

    fn file() -> File {
        let file = File::from(memfd_create("image", MemfdFlags::CLOEXEC).expect("room"));
        file.set_len(LARGE_PAGE as u64).expect("room");
        file
    }

    #[test]
    fn what_others_have_taken_is_left_to_them() {
        let file = file();
        let places = Places::new(LOWEST, 1 << 40);
        let map = || places.map(&file, LARGE_PAGE, SIZE);
        let first = map().expect("there is room");
        assert!(first.addr().get().is_multiple_of(LARGE_PAGE));
        // SAFETY: mapped, and used by nobody else.
        unsafe {
            first.write(7);
            munmap(first.as_ptr().cast(), SIZE).expect("it was mapped");
        }
        places.give_back(first, SIZE);
        let theirs = MapFlags::PRIVATE | MapFlags::FIXED_NOREPLACE;
        for taken in [first.as_ptr(), first.as_ptr().wrapping_add(3 * LARGE_PAGE)] {
            // SAFETY: new mappings where there is none.
            let theirs = unsafe { mmap_anonymous(taken.cast(), 4096, ProtFlags::READ, theirs) }.expect("it is free");
            let other = map().expect("there are other places");
            assert!(other != first);
            // SAFETY: mapped above, and used by nobody else.
            unsafe {
                munmap(theirs, 4096).expect("it was mapped");
                munmap(other.as_ptr().cast(), SIZE).expect("it was mapped");
            }
            places.give_back(first, SIZE);
        }
        assert_eq!(map(), Some(first));
    }
}
