//! Memory of a guest: what belongs to its image apart from what belongs to its process.
//!
//! A process starts on a copy-on-write mapping of its image, and every page that it writes to costs. So what the image
//! holds (code, atoms, literals) is allocated from one arena, and after [`seal`] everything from another one that begins
//! behind it. Memory of a sealed image is never freed or written to by the allocator.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;

use dlmalloc::Dlmalloc;

/// How often an image can be extended and sealed again: the library, a sandbox's own code, and room for more.
const MAX_SEALED: usize = 8;

struct State {
    image: Dlmalloc,
    process: Dlmalloc,
    in_process: bool,
    /// Address ranges of sealed images.
    sealed: [(usize, usize); MAX_SEALED],
    sealed_count: usize,
    /// Where the image that is being built began to grow.
    building_from: usize,
}

/// The allocator of a guest. A wasm instance has one thread.
pub struct Arenas(UnsafeCell<State>);

// SAFETY: a wasm guest without threads never shares it.
unsafe impl Sync for Arenas {}

impl Arenas {
    /// Arenas that allocate for an image.
    pub const fn new() -> Arenas {
        Arenas(UnsafeCell::new(State {
            image: Dlmalloc::new(),
            process: Dlmalloc::new(),
            in_process: false,
            sealed: [(0, 0); MAX_SEALED],
            sealed_count: 0,
            building_from: 0,
        }))
    }
    /// From now on memory belongs to the process. False: the image was sealed too often.
    pub fn seal(&self) -> bool {
        // SAFETY: one thread, and no other reference to the state is alive during this function.
        let state = unsafe { &mut *self.0.get() };
        if state.sealed_count == MAX_SEALED {
            return false;
        }
        state.sealed[state.sealed_count] = (state.building_from, memory_end());
        state.sealed_count += 1;
        state.in_process = true;
        true
    }
    /// From now on memory belongs to the image again, to extend it.
    pub fn unseal(&self) {
        // SAFETY: as in `seal`.
        let state = unsafe { &mut *self.0.get() };
        // A fresh arena: the old one's free space stays unused, so that its pages stay as they are.
        state.image = Dlmalloc::new();
        state.building_from = memory_end();
        state.in_process = false;
    }
}

impl Default for Arenas {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    fn arena(&mut self) -> &mut Dlmalloc {
        if self.in_process { &mut self.process } else { &mut self.image }
    }
    fn is_sealed(&self, p: *mut u8) -> bool {
        self.sealed[..self.sealed_count].iter().any(|(from, to)| (*from..*to).contains(&(p as usize)))
    }
}

// SAFETY: memory comes from dlmalloc, and goes back to the arena that it came from or, for a sealed image, nowhere.
unsafe impl GlobalAlloc for Arenas {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as in `seal`; the layout is the caller's.
        unsafe { (*self.0.get()).arena().malloc(layout.size(), layout.align()) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as in `alloc`.
        unsafe { (*self.0.get()).arena().calloc(layout.size(), layout.align()) }
    }
    unsafe fn dealloc(&self, p: *mut u8, layout: Layout) {
        // SAFETY: as in `seal`; memory outside the sealed ranges came from the arena in use.
        unsafe {
            let state = &mut *self.0.get();
            if !state.is_sealed(p) {
                state.arena().free(p, layout.size(), layout.align());
            }
        }
    }
    unsafe fn realloc(&self, p: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as in `dealloc`; memory of a sealed image is copied.
        unsafe {
            let state = &mut *self.0.get();
            if !state.is_sealed(p) {
                return state.arena().realloc(p, layout.size(), layout.align(), size);
            }
            let new = state.arena().malloc(size, layout.align());
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(p, new, layout.size().min(size));
            }
            new
        }
    }
}

/// End of the linear memory.
fn memory_end() -> usize {
    #[cfg(target_arch = "wasm32")]
    return core::arch::wasm32::memory_size(0) << 16;
    #[cfg(not(target_arch = "wasm32"))]
    0
}
