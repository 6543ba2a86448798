//! Where a process of a guest keeps what it writes to from its first turn on.
//!
//! Every page of an image that a process writes to becomes its own, which costs time when it starts and memory as long as it
//! lives. So all of this lies side by side: behind the end of the native stack, what the allocator and the guest remember, the registers
//! that are used most, and the room where heap, stack and mailbox begin.

mod layout;

use std::mem::{MaybeUninit, offset_of};
use std::ptr;

use layout::{HOME, PAGE, STACK_IN_HOME, STATICS};

use crate::arena::State;
use crate::guest::Guest;
use crate::registers::REGISTERS;
use crate::term::Term;

/// Bytes of the room. A process that needs more grows the memory.
pub(crate) const ROOM: usize = 64 << 10;

#[repr(C, align(4096))]
struct Home {
    /// The compiler's, not ours.
    stack: [u8; STACK_IN_HOME],
    arenas: Late<State>,
    guest: Late<Guest>,
    x: [Term; REGISTERS],
    room: Room,
    /// Few programs use them, so they stay away from the rest.
    floats: [f64; REGISTERS],
}

#[repr(C, align(4096))]
struct Room([u8; ROOM]);

// The first registers, which programs use most, share a page with what comes before them.
const _: () = assert!(offset_of!(Home, x) + 32 * size_of::<Term>() <= PAGE);
const _: () = assert!(HOME.is_multiple_of(align_of::<Home>()) && HOME + size_of::<Home>() <= STATICS);
// It is behind the stack without anything in between.
const _: () = assert!(STACK_IN_HOME.is_multiple_of(align_of::<Late<State>>()) && STACK_IN_HOME.is_multiple_of(16));

/// All zeros at first: nothing else is there in a module.
const fn home() -> *mut Home {
    ptr::with_exposed_provenance_mut(HOME)
}

unsafe extern "C" {
    /// What the linker says of where it has put things (LLVM: `wasm-ld`): only the addresses mean something.
    static __stack_high: u8;
    static __global_base: u8;
}

/// Whether the linker has left the place that it was told to leave.
pub fn is_free() -> bool {
    (&raw const __stack_high).addr() == HOME + STACK_IN_HOME && (&raw const __global_base).addr() == STATICS
}

/// A value that is made when it is first asked for; until then it is all zeros, which take no place in the module.
struct Late<T> {
    is_made: bool,
    value: MaybeUninit<T>,
}

impl<T> Late<T> {
    fn get(&mut self, make: impl FnOnce() -> T) -> &mut T {
        if !self.is_made {
            self.value.write(make());
            self.is_made = true;
        }
        // SAFETY: written above or in an earlier call.
        unsafe { self.value.assume_init_mut() }
    }
}

/// The guest of this instance, empty at first.
///
/// # Safety
/// No other reference to it may be in use.
pub unsafe fn guest() -> &'static mut Guest {
    // SAFETY: zeros or a value that was made, one thread, and the caller has no other reference; nothing else reaches this field.
    unsafe {
        let guest = &raw mut (*home()).guest;
        (*guest).get(Guest::new)
    }
}

/// What the allocator remembers.
///
/// # Safety
/// No other reference to it may be in use.
pub(crate) unsafe fn arenas() -> &'static mut State {
    // SAFETY: as in `guest`.
    unsafe {
        let arenas = &raw mut (*home()).arenas;
        (*arenas).get(State::new)
    }
}

/// The X registers.
pub(crate) fn x() -> *mut [Term; REGISTERS] {
    // SAFETY: a field of what lies there; no reference is made.
    unsafe { &raw mut (*home()).x }
}

/// The floating-point registers.
pub(crate) fn floats() -> *mut [f64; REGISTERS] {
    // SAFETY: as in `x`.
    unsafe { &raw mut (*home()).floats }
}

/// The first [`ROOM`] bytes of what a process allocates.
pub(crate) fn room() -> *mut u8 {
    // SAFETY: as in `x`.
    unsafe { (&raw mut (*home()).room).cast() }
}
