//! The backstop under the reductions of the BEAM: a turn that takes far too long is ended, whatever it does.
//!
//! Nothing is asked of code that runs: a thread looks at the running turns now and then, and closes the memory of one that has used too
//! much of its processor. The next access of the guest is then a trap as any other. Code of the host that works with that memory is not
//! hurt: where it runs into the closed memory, the handler of the fault opens it again, and the thread closes it the next time
//! that it looks. See `docs/decisions/0006-turns-that-never-end.md`.
//!
//! When a turn is ended is not decided by its sandbox, so it is an input of the machine.
#![allow(unsafe_code, reason = "protecting memory and handling the fault; each block says why it is sound")]

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::thread::Thread;
use std::time::Duration;

use rustix::mm::{MprotectFlags, mprotect};

/// How often the thread looks, unless a shorter time than its multiple is to be kept.
const TICK: Duration = Duration::from_millis(250);
/// Looks in the shortest time that is to be kept.
const LOOKS: u32 = 4;
/// Threads that can run guests at the same time and be watched.
const SLOTS: usize = 256;

/// The states of a slot.
mod state {
    /// No turn.
    pub(super) const IDLE: u32 = 0;
    /// A turn goes on.
    pub(super) const RUNS: u32 = 1;
    /// The memory is being closed.
    pub(super) const CLOSING: u32 = 2;
    /// The memory is closed.
    pub(super) const CLOSED: u32 = 3;
    /// It was opened again for code of the host, and is to be closed once more.
    pub(super) const REOPENED: u32 = 4;
}

/// What a thread is running.
struct Slot {
    is_taken: AtomicBool,
    /// The clock of the processor time of the thread.
    clock: AtomicI32,
    state: AtomicU32,
    /// Number of the turn, so that another one is not taken for it.
    turn: AtomicU64,
    /// Nanoseconds that the turn may take.
    most: AtomicU64,
    base: AtomicUsize,
    length: AtomicUsize,
}

static ALL: [Slot; SLOTS] = [const {
    Slot {
        is_taken: AtomicBool::new(false),
        clock: AtomicI32::new(0),
        state: AtomicU32::new(state::IDLE),
        turn: AtomicU64::new(0),
        most: AtomicU64::new(u64::MAX),
        base: AtomicUsize::new(0),
        length: AtomicUsize::new(0),
    }
}; SLOTS];

/// A slot of this thread, given back when the thread ends.
struct Taken(Option<&'static Slot>);

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(slot) = self.0 {
            slot.is_taken.store(false, Ordering::Release);
        }
    }
}

thread_local! {
    static MINE: Taken = Taken(take());
    /// The same without what is to be done when the thread ends.
    static SLOT: Cell<Option<&'static Slot>> = const { Cell::new(None) };
}

fn take() -> Option<&'static Slot> {
    let slot = ALL.iter().find(|slot| !slot.is_taken.swap(true, Ordering::AcqRel))?;
    let mut clock = 0;
    // SAFETY: this thread, and a place for the result.
    let found = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &raw mut clock) };
    slot.clock.store(clock, Ordering::Relaxed);
    (found == 0).then_some(slot)
}

fn mine() -> Option<&'static Slot> {
    SLOT.get().or_else(|| {
        let slot = MINE.with(|mine| mine.0);
        SLOT.set(slot);
        slot
    })
}

/// What this thread has had of its processor until now; `None` where the system does not tell, or watches no more threads.
pub fn processor_time() -> Option<Duration> {
    mine()?.used().map(Duration::from_nanos)
}

/// The turn was ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ended;

/// Runs a turn with a memory that is closed when it uses more than `time` of its processor.
pub(super) fn watched<T>(base: *mut u8, length: usize, time: Duration, turn: impl FnOnce() -> T) -> Result<T, Ended> {
    // Where there are more threads than slots, some are not watched.
    let Some(slot) = mine() else { return Ok(turn()) };
    slot.base.store(base.expose_provenance(), Ordering::Relaxed);
    slot.length.store(length, Ordering::Relaxed);
    slot.most.store(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    slot.turn.store(slot.turn.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    slot.state.store(state::RUNS, Ordering::Release);
    let outcome = turn();
    if slot.end() { Err(Ended) } else { Ok(outcome) }
}

impl Slot {
    fn change(&self, from: u32, to: u32) -> bool {
        self.state.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Ends the turn here: whether it was ended already. The memory is open then.
    fn end(&self) -> bool {
        loop {
            if self.change(state::RUNS, state::IDLE) {
                return false;
            }
            if self.change(state::REOPENED, state::IDLE) {
                return true;
            }
            if self.change(state::CLOSED, state::IDLE) {
                self.protect(MprotectFlags::READ | MprotectFlags::WRITE);
                return true;
            }
            // It is being closed: for as long as a system call takes.
            std::hint::spin_loop();
        }
    }

    /// Takes the memory away from the turn with a number, if that still goes on.
    fn close(&self, turn: u64) {
        for open in [state::RUNS, state::REOPENED] {
            if !self.change(open, state::CLOSING) {
                continue;
            }
            // From here on the turn cannot end, nor another one begin.
            let is_meant = self.turn.load(Ordering::Relaxed) == turn;
            let closed = is_meant && self.protect(MprotectFlags::empty());
            self.state.store(if closed { state::CLOSED } else { open }, Ordering::Release);
            return;
        }
    }

    fn protect(&self, access: MprotectFlags) -> bool {
        let (base, length) = (self.base.load(Ordering::Relaxed), self.length.load(Ordering::Relaxed));
        // SAFETY: the memory of a guest whose turn goes on, or has just ended in the thread that calls this: `end` waits while it is
        // closed. What accesses it meanwhile is the guest, whose access traps, or the host, for which the handler below opens it.
        unsafe { mprotect(ptr::with_exposed_provenance_mut::<c_void>(base), length, access) }.is_ok()
    }

    fn holds(&self, address: usize) -> bool {
        address.wrapping_sub(self.base.load(Ordering::Relaxed)) < self.length.load(Ordering::Relaxed)
    }

    /// Processor time of its thread in nanoseconds.
    fn used(&self) -> Option<u64> {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: a place for the result. The clock of a thread that has ended is an error.
        let read = unsafe { libc::clock_gettime(self.clock.load(Ordering::Relaxed), &raw mut time) };
        let nanos = u64::try_from(time.tv_sec).ok()?.checked_mul(1_000_000_000)?.checked_add(time.tv_nsec as u64)?;
        (read == 0).then_some(nanos)
    }
}

/// Nanoseconds between two looks.
static BETWEEN: AtomicU64 = AtomicU64::new(TICK.as_nanos() as u64);

/// Starts to watch, so that turns of this time can be ended. To be called before the engine installs its own handler, which passes
/// on what it does not know.
pub(super) fn start(time: Duration) {
    static WATCHING: OnceLock<Option<Thread>> = OnceLock::new();
    let between = u64::try_from((time / LOOKS).as_nanos()).unwrap_or(u64::MAX);
    let before = BETWEEN.fetch_min(between, Ordering::Relaxed);
    let watching = WATCHING.get_or_init(|| {
        install_handler();
        let watching = std::thread::Builder::new().name("turn watch".into()).spawn(watch);
        // Without it turns are only bounded by their reductions.
        watching.ok().map(|joined| joined.thread().clone())
    });
    if let Some(thread) = watching.as_ref().filter(|_| between < before) {
        thread.unpark();
    }
}

fn watch() {
    // The turn that was seen last in each slot, and what its thread had used then.
    let mut seen = [(0_u64, 0_u64); SLOTS];
    loop {
        std::thread::park_timeout(Duration::from_nanos(BETWEEN.load(Ordering::Relaxed)));
        for (slot, (turn, since)) in ALL.iter().zip(&mut seen) {
            if slot.state.load(Ordering::Acquire) == state::IDLE {
                continue;
            }
            let Some(used) = slot.used() else { continue };
            let now = slot.turn.load(Ordering::Relaxed);
            if now != *turn {
                (*turn, *since) = (now, used);
            } else if used.saturating_sub(*since) > slot.most.load(Ordering::Relaxed) {
                slot.close(now);
            }
        }
    }
}

/// The handler that was there before.
static mut PREVIOUS: MaybeUninit<libc::sigaction> = MaybeUninit::uninit();

fn install_handler() {
    // SAFETY: a handler with the signature that the flag asks for. `PREVIOUS` is written here only, once, before a memory can be
    // closed.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handle as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER | libc::SA_ONSTACK;
        libc::sigemptyset(&raw mut action.sa_mask);
        let installed = libc::sigaction(libc::SIGSEGV, &raw const action, (&raw mut PREVIOUS).cast());
        debug_assert_eq!(installed, 0);
    }
}

/// Opens a closed memory for code of the host that was about to use it. Everything else goes to the handler before.
extern "C" fn handle(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel gives a valid description of the fault.
    let address = unsafe { (*info).si_addr() } as usize;
    for slot in ALL.iter().filter(|slot| slot.holds(address)) {
        // Only atomics and one system call: nothing that a handler may not do.
        match slot.state.load(Ordering::Acquire) {
            state::CLOSED if slot.protect(MprotectFlags::READ | MprotectFlags::WRITE) => {
                slot.state.store(state::REOPENED, Ordering::Release);
                return;
            }
            // It is just being closed: the access is tried again, and faults again then.
            state::CLOSING => return,
            _ => {}
        }
    }
    // SAFETY: written before this handler could be called, and called as its flags ask for.
    unsafe {
        let previous = &*(&raw const PREVIOUS).cast::<libc::sigaction>();
        if previous.sa_sigaction == libc::SIG_DFL || previous.sa_sigaction == libc::SIG_IGN {
            // The access faults again, and then does what it did without us.
            libc::sigaction(signal, previous, ptr::null_mut());
        } else if previous.sa_flags & libc::SA_SIGINFO != 0 {
            type Handler = extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void);
            std::mem::transmute::<usize, Handler>(previous.sa_sigaction)(signal, info, context);
        } else {
            std::mem::transmute::<usize, extern "C" fn(c_int)>(previous.sa_sigaction)(signal);
        }
    }
}
