//! The wasm guest: exports of the process interface, and the host behind its imports.
#![cfg_attr(target_arch = "wasm32", no_main)]

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This program is a guest for wasm32; build it with --target wasm32-unknown-unknown.");
}

#[cfg(target_arch = "wasm32")]
mod wasm {
    use std::cell::Cell;

    use beam::arena::Arenas;
    use beam::atom;
    use beam::guest::{Guest, Output};
    use beam::home;
    use beam::host::{Host, News, Note};

    #[global_allocator]
    static ARENAS: Arenas = Arenas;

    fn guest() -> &'static mut Guest {
        // SAFETY: the host never calls an export while another one runs, and each export takes the guest once.
        unsafe { home::guest() }
    }

    #[link(wasm_import_module = "orrery")]
    unsafe extern "C" {
        safe fn send(to: *const u8, to_length: usize, message: *const u8, message_length: usize) -> i64;
        safe fn send_to(pid: u64, message: *const u8, message_length: usize) -> i64;
        safe fn receive() -> i64;
        safe fn news() -> i64;
        safe fn must_stop() -> u32;
        safe fn call(function: u32, arguments: *const u8, length: usize) -> i64;
        safe fn call_in(function: u32, buffer: *mut u8, length: usize, room: usize) -> i64;
        safe fn reply(to: *mut u8);
        safe fn persistent_changes() -> u64;
        safe fn make_ref() -> u64;
        safe fn unique_integer() -> u64;
        safe fn monotonic_time() -> i64;
        safe fn system_time() -> i64;
        safe fn random(to: *mut u8, length: usize);
        safe fn module(name: *const u8, length: usize) -> i64;
        safe fn load_failed(name: *const u8, name_length: usize, reason: *const u8, reason_length: usize);
        safe fn new_atom(name: *const u8, length: usize) -> u32;
        safe fn note(what: u32, first: u64, second: u64);
        safe fn report(action: *const u8, action_length: usize, detail: *const u8, detail_length: usize);
    }

    thread_local! {
        /// Whether the host has refused an atom and nobody has learnt of it yet.
        static REFUSED: Cell<bool> = const { Cell::new(false) };
    }

    /// Tells the host of an atom that this process does not know yet: its number among those of the sandbox.
    fn number_atom(name: &str) -> Option<u32> {
        /// There is no sandbox to ask.
        const UNKNOWN: u32 = u32::MAX;
        match new_atom(name.as_ptr(), name.len()) {
            0 => {
                REFUSED.set(true);
                None
            }
            UNKNOWN => None,
            number => Some(number),
        }
    }

    /// The host behind the imports. A reply is announced by its length and fetched with `reply`.
    struct Imports {
        /// Reductions that the last call was for the host.
        work: usize,
    }

    /// Set in an announced length where the reply is a failure.
    const FAILURE: i64 = 1 << 32;

    /// From this bit on, the length announced for a call has the reductions that it was for the host.
    const WORK_SHIFT: u32 = 33;

    /// Announced by `news` where there is no message and the turn should end.
    const STOP: i64 = -2;

    fn fetch(announced: i64) -> Result<Vec<u8>, Vec<u8>> {
        let mut bytes = Vec::new();
        fetch_into(announced, &mut bytes);
        if announced & FAILURE == 0 { Ok(bytes) } else { Err(bytes) }
    }

    /// Replaces some bytes by the announced ones.
    fn fetch_into(announced: i64, bytes: &mut Vec<u8>) {
        let length = announced_length(announced);
        bytes.clear();
        bytes.reserve(length);
        reply(bytes.as_mut_ptr());
        // SAFETY: there is room for them, and `reply` has written as many as were announced.
        unsafe { bytes.set_len(length) };
    }

    fn announced_length(announced: i64) -> usize {
        (announced & 0xffff_ffff) as usize
    }

    impl Host for Imports {
        fn send(&mut self, to: &[u8], message: &[u8]) -> Result<(), Vec<u8>> {
            match send(to.as_ptr(), to.len(), message.as_ptr(), message.len()) {
                0 => Ok(()),
                announced => fetch(announced).map(|_| ()),
            }
        }
        fn send_to(&mut self, pid: u64, message: &[u8]) -> Result<(), Vec<u8>> {
            match send_to(pid, message.as_ptr(), message.len()) {
                0 => Ok(()),
                announced => fetch(announced).map(|_| ()),
            }
        }
        fn receive(&mut self) -> Option<Vec<u8>> {
            let announced = receive();
            if announced < 0 { None } else { fetch(announced).ok() }
        }
        fn news(&mut self) -> News {
            match news() {
                STOP => News::Stop,
                ..0 => News::Nothing,
                announced => fetch(announced).map_or(News::Nothing, News::Message),
            }
        }
        fn must_stop(&self) -> bool {
            must_stop() != 0
        }
        fn call(&mut self, function: u16, arguments: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
            let announced = call(u32::from(function), arguments.as_ptr(), arguments.len());
            self.work = (announced >> WORK_SHIFT) as usize;
            fetch(announced)
        }
        fn call_in(&mut self, function: u16, buffer: &mut Vec<u8>) -> bool {
            let room = buffer.capacity();
            let announced = call_in(u32::from(function), buffer.as_mut_ptr(), buffer.len(), room);
            self.work = (announced >> WORK_SHIFT) as usize;
            let length = announced_length(announced);
            if length <= room {
                // SAFETY: the host has written so many bytes into the room of the buffer.
                unsafe { buffer.set_len(length) };
            } else {
                fetch_into(announced, buffer);
            }
            announced & FAILURE == 0
        }
        fn work(&mut self) -> usize {
            std::mem::take(&mut self.work)
        }
        fn persistent_changes(&mut self) -> Option<u64> {
            Some(persistent_changes())
        }
        fn make_ref(&mut self) -> u64 {
            make_ref()
        }
        fn unique_integer(&mut self) -> u64 {
            unique_integer()
        }
        fn monotonic_time(&mut self) -> i64 {
            monotonic_time()
        }
        fn system_time(&mut self) -> i64 {
            system_time()
        }
        fn random(&mut self, buffer: &mut [u8]) {
            random(buffer.as_mut_ptr(), buffer.len());
        }
        fn module(&mut self, name: &str) -> Option<Vec<u8>> {
            let announced = module(name.as_ptr(), name.len());
            if announced < 0 { None } else { fetch(announced).ok() }
        }
        fn load_failed(&mut self, name: &str, reason: &str) {
            load_failed(name.as_ptr(), name.len(), reason.as_ptr(), reason.len());
        }
        fn note(&mut self, said: Note) {
            let (what, first, second) = said.numbers();
            note(what, first, second);
        }
        fn report(&mut self, action: &str, detail: &[u8]) {
            report(action.as_ptr(), action.len(), detail.as_ptr(), detail.len());
        }
        /// Every atom was told of when it was made ([`number_atom`]), so what is asked is whether one was refused.
        fn new_atom(&mut self, _name: &str) -> bool {
            // It is seldom written to, since it lies where all processes share a page.
            !(REFUSED.get() && REFUSED.take())
        }
    }

    #[unsafe(no_mangle)]
    extern "C" fn buffer(length: usize) -> *mut u8 {
        guest().buffer(length)
    }
    #[unsafe(no_mangle)]
    extern "C" fn output() -> *const Output {
        guest().output()
    }
    #[unsafe(no_mangle)]
    extern "C" fn load(length: usize) -> u32 {
        guest().load(length)
    }
    #[unsafe(no_mangle)]
    extern "C" fn release(length: usize) -> u32 {
        guest().release(length)
    }
    /// Ends the image: what follows belongs to the process.
    #[unsafe(no_mangle)]
    extern "C" fn seal() -> u32 {
        assert!(home::is_free(), "the guest was linked without what its build script says");
        let guest = guest();
        guest.complete();
        atom::number_by(number_atom);
        let sealed = ARENAS.seal();
        guest.prepare(Box::new(Imports { work: 0 }));
        u32::from(sealed)
    }
    /// Begins to extend the image: what follows belongs to it until it is sealed again.
    #[unsafe(no_mangle)]
    extern "C" fn unseal() {
        guest().give_up();
        ARENAS.unseal();
    }
    #[unsafe(no_mangle)]
    extern "C" fn start(length: usize) -> u32 {
        guest().start(length)
    }
    #[unsafe(no_mangle)]
    extern "C" fn deliver(length: usize) -> u32 {
        guest().deliver(length)
    }
    #[unsafe(no_mangle)]
    extern "C" fn ask(length: usize) -> u32 {
        guest().ask(length)
    }
    #[unsafe(no_mangle)]
    extern "C" fn run(reductions: i64) -> u32 {
        guest().run(reductions)
    }
    #[unsafe(no_mangle)]
    extern "C" fn turn(length: usize, reductions: i64) -> u64 {
        guest().turn(length, reductions)
    }
}
