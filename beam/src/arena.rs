//! Memory of a guest: what belongs to its image apart from what belongs to its process.
//!
//! A process starts on a copy-on-write mapping of its image, and every page that it writes to costs. So what the image
//! holds (code, atoms, literals) is allocated from one arena, and after [`Arenas::seal`] everything from another one that begins
//! in the room kept for it ([`crate::home`]) and goes on behind the image. Memory of a sealed image is never freed or written to
//! by the allocator.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ptr;

use core::arch::wasm32::{memory_grow, memory_size};
use dlmalloc::{Allocator, Dlmalloc};

use crate::home::{self, ROOM};

/// How often an image can be extended and sealed again: the library, a sandbox's own code, and room for more.
const MAX_SEALED: usize = 8;
/// Bytes of a page of linear memory.
const WASM_PAGE: usize = 64 << 10;

/// What the allocator remembers.
pub(crate) struct State {
    image: Dlmalloc<Source>,
    process: Dlmalloc<Source>,
    in_process: bool,
    /// Address ranges of sealed images.
    sealed: [(usize, usize); MAX_SEALED],
    sealed_count: usize,
    /// Where the image that is being built began to grow.
    building_from: usize,
}

impl State {
    /// Arenas that allocate for an image.
    pub(crate) fn new() -> State {
        State {
            image: Source::arena(false),
            process: Source::arena(true),
            in_process: false,
            sealed: [(0, 0); MAX_SEALED],
            sealed_count: 0,
            building_from: 0,
        }
    }
    fn arena(&mut self) -> &mut Dlmalloc<Source> {
        if self.in_process { &mut self.process } else { &mut self.image }
    }
    fn is_sealed(&self, p: *mut u8) -> bool {
        let in_room = (p as usize).wrapping_sub(home::room() as usize) < ROOM;
        !in_room && self.sealed[..self.sealed_count].iter().any(|(from, to)| (*from..*to).contains(&(p as usize)))
    }
}

/// The allocator of a guest. A wasm instance has one thread.
pub struct Arenas;

impl Arenas {
    /// From now on memory belongs to the process. False: the image was sealed too often.
    pub fn seal(&self) -> bool {
        // SAFETY: one thread, and no other reference to the state is alive during this function.
        let state = unsafe { home::arenas() };
        if state.sealed_count == MAX_SEALED {
            return false;
        }
        state.sealed[state.sealed_count] = (state.building_from, memory_end());
        state.sealed_count += 1;
        state.in_process = true;
        true
    }
    /// From now on memory belongs to the image again, to extend it. Nothing that a process allocated may be in use any more.
    pub fn unseal(&self) {
        // SAFETY: as in `seal`.
        let state = unsafe { home::arenas() };
        // A fresh arena: the old one's free space stays unused, so that its pages stay as they are.
        state.image = Source::arena(false);
        state.building_from = memory_end();
        state.in_process = false;
        state.process = Source::arena(true);
        // What is left there would be part of every process of the next image.
        // SAFETY: the room has so many bytes, and nothing in it is in use.
        unsafe { ptr::write_bytes(home::room(), 0, ROOM) };
    }
}

// SAFETY: memory comes from dlmalloc, and goes back to the arena that it came from or, for a sealed image, nowhere.
unsafe impl GlobalAlloc for Arenas {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as in `seal`; the layout is the caller's.
        unsafe { home::arenas().arena().malloc(layout.size(), layout.align()) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as in `alloc`.
        unsafe { home::arenas().arena().calloc(layout.size(), layout.align()) }
    }
    unsafe fn dealloc(&self, p: *mut u8, layout: Layout) {
        // SAFETY: as in `seal`; memory outside the sealed ranges came from the arena in use.
        unsafe {
            let state = home::arenas();
            if !state.is_sealed(p) {
                state.arena().free(p, layout.size(), layout.align());
            }
        }
    }
    unsafe fn realloc(&self, p: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as in `dealloc`; memory of a sealed image is copied.
        unsafe {
            let state = home::arenas();
            if !state.is_sealed(p) {
                return state.arena().realloc(p, layout.size(), layout.align(), size);
            }
            let new = state.arena().malloc(size, layout.align());
            if !new.is_null() {
                ptr::copy_nonoverlapping(p, new, layout.size().min(size));
            }
            new
        }
    }
}

/// Where an arena gets its memory: that of a process first the room that lies beside all else that it writes to.
struct Source {
    has_room: Cell<bool>,
}

impl Source {
    /// An empty arena of a process, or of an image.
    fn arena(has_room: bool) -> Dlmalloc<Source> {
        Dlmalloc::new_with_allocator(Source { has_room: Cell::new(has_room) })
    }
}

// SAFETY: the room is given away once, and grown memory is new.
unsafe impl Allocator for Source {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        const NONE: (*mut u8, usize, u32) = (ptr::null_mut(), 0, 0);
        if size <= ROOM && self.has_room.replace(false) {
            return (home::room(), ROOM, 0);
        }
        let Some(start) = grow(size) else { return NONE };
        let size = size.next_multiple_of(WASM_PAGE);
        // The last bytes of the address space are left out: an address behind them would be 0.
        (start as *mut u8, if start.wrapping_add(size) == 0 { size - 16 } else { size }, 0)
    }
    fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 {
        ptr::null_mut()
    }
    fn free_part(&self, _: *mut u8, _: usize, _: usize) -> bool {
        false
    }
    fn free(&self, _: *mut u8, _: usize) -> bool {
        false
    }
    fn can_release_part(&self, _: u32) -> bool {
        false
    }
    fn allocates_zeros(&self) -> bool {
        true
    }
    fn page_size(&self) -> usize {
        WASM_PAGE
    }
}

/// Grows the linear memory by so many bytes at least. Gives where they begin.
fn grow(size: usize) -> Option<usize> {
    let before = memory_grow(0, size.div_ceil(WASM_PAGE));
    (before != usize::MAX).then_some(before * WASM_PAGE)
}

/// End of the linear memory.
fn memory_end() -> usize {
    memory_size(0) * WASM_PAGE
}
