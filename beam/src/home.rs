//! Where a process of a guest keeps what it writes to from its first turn on.
//!
//! Every page of an image that a process writes to becomes its own, which costs time when it starts and memory as long as it
//! lives. So all of this lies side by side in one static: what the allocator and the guest remember, the registers that are
//! used most, and the room where heap, stack and mailbox begin.

use std::cell::UnsafeCell;
use std::mem::{MaybeUninit, offset_of};

use crate::arena::State;
use crate::guest::Guest;
use crate::registers::REGISTERS;
use crate::term::Term;

/// Bytes that become a process' own together.
const PAGE: usize = 4096;
/// Bytes of the room. A process that needs more grows the memory.
pub(crate) const ROOM: usize = 64 << 10;

#[repr(C, align(4096))]
struct Home {
    /// Few programs use them, so they stay away from the rest.
    floats: [f64; REGISTERS],
    arenas: Late<State>,
    guest: Late<Guest>,
    x: [Term; REGISTERS],
    room: Room,
}

#[repr(C, align(4096))]
struct Room([u8; ROOM]);

// The first registers, which programs use most, share a page with what comes before them.
const _: () = assert!(offset_of!(Home, x) + 64 * size_of::<Term>() <= offset_of!(Home, arenas) + PAGE);
const _: () = assert!(offset_of!(Home, arenas).is_multiple_of(PAGE));

/// A value that is made when it is first asked for; until then it is all zeros, which take no place in the module.
struct Late<T> {
    is_made: bool,
    value: MaybeUninit<T>,
}

impl<T> Late<T> {
    const fn new() -> Late<T> {
        Late { is_made: false, value: MaybeUninit::zeroed() }
    }
    fn get(&mut self, make: impl FnOnce() -> T) -> &mut T {
        if !self.is_made {
            self.value.write(make());
            self.is_made = true;
        }
        // SAFETY: written above or in an earlier call.
        unsafe { self.value.assume_init_mut() }
    }
}

struct Fixed(UnsafeCell<Home>);
// SAFETY: a wasm guest has one thread.
unsafe impl Sync for Fixed {}

static HOME: Fixed = Fixed(UnsafeCell::new(Home {
    floats: [0.0; REGISTERS],
    arenas: Late::new(),
    guest: Late::new(),
    x: [Term(0); REGISTERS],
    room: Room([0; ROOM]),
}));

/// The guest of this instance, empty at first.
///
/// # Safety
/// No other reference to it may be in use.
pub unsafe fn guest() -> &'static mut Guest {
    // SAFETY: one thread, and the caller has no other reference; nothing else reaches this field.
    unsafe {
        let guest = &raw mut (*HOME.0.get()).guest;
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
        let arenas = &raw mut (*HOME.0.get()).arenas;
        (*arenas).get(State::new)
    }
}

/// The X registers.
pub(crate) fn x() -> *mut [Term; REGISTERS] {
    // SAFETY: a field of a static; no reference is made.
    unsafe { &raw mut (*HOME.0.get()).x }
}

/// The floating-point registers.
pub(crate) fn floats() -> *mut [f64; REGISTERS] {
    // SAFETY: as in `x`.
    unsafe { &raw mut (*HOME.0.get()).floats }
}

/// The first [`ROOM`] bytes of what a process allocates.
pub(crate) fn room() -> *mut u8 {
    // SAFETY: as in `x`.
    unsafe { (&raw mut (*HOME.0.get()).room).cast() }
}
