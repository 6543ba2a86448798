//! The world around one process that runs a case: files of modules, a clock that jumps to the next deadline, terms that
//! are kept for the process, and messages to itself. There are no other processes.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::rc::Rc;

use beam::etf;
use beam::heap::Heap;
use beam::host::{Host, NoHost};
use beam::image::ImageRef;
use beam::natives::hosted;
use beam::term::Term;

/// What hosts of all cases share.
#[derive(Default)]
pub struct World {
    /// Where a module's file is.
    pub modules: HashMap<String, PathBuf>,
    /// Virtual monotonic time in nanoseconds.
    pub now: Cell<i64>,
    /// Modules that could not be loaded, and why.
    pub load_errors: RefCell<Vec<String>>,
    /// Values of `persistent_term` by key, both in the external term format.
    pub persistent: RefCell<HashMap<Vec<u8>, Vec<u8>>>,
}

impl World {
    /// Sets the `persistent_term` pairs of a list.
    pub fn set_persistent(&self, image: &ImageRef, pairs: &[u8]) {
        for pair in elements(image, pairs) {
            if let [key, value] = &elements(image, &pair)[..] {
                self.persistent.borrow_mut().insert(key.clone(), value.clone());
            }
        }
    }
}

/// The elements of a list or tuple, each in the external term format.
fn elements(image: &ImageRef, term: &[u8]) -> Vec<Vec<u8>> {
    let mut heap = Heap::new(term.len());
    let Ok((term, _)) = etf::decode(&mut heap, image, term, false) else { return Vec::new() };
    let terms: Vec<Term> = term.tuple().map_or_else(|| term.list().collect(), <[Term]>::to_vec);
    let encode = |term| etf::encode(image.get(), term, etf::EncodeOptions::default());
    terms.into_iter().filter_map(|term| encode(term).ok()).collect()
}

// Atoms in the external term format.
const BADARG: &[u8] = b"\x83w\x06badarg";
const OK: &[u8] = b"\x83w\x02ok";
const TRUE: &[u8] = b"\x83w\x04true";
const FALSE: &[u8] = b"\x83w\x05false";

const NIL: &[u8] = b"\x83j";

/// The host of one process.
pub struct CaseHost {
    world: Rc<World>,
    image: ImageRef,
    /// What the process sent to itself and did not take yet.
    messages: VecDeque<Vec<u8>>,
    none: NoHost,
}

impl CaseHost {
    /// A host in a world.
    pub fn new(world: Rc<World>, image: ImageRef) -> CaseHost {
        CaseHost { world, image, messages: VecDeque::new(), none: NoHost::new() }
    }
}

impl Host for CaseHost {
    fn send(&mut self, _to: &[u8], message: &[u8]) -> Result<(), Vec<u8>> {
        self.messages.push_back(message.to_vec());
        Ok(())
    }
    fn receive(&mut self) -> Option<Vec<u8>> {
        self.messages.pop_front()
    }
    fn call(&mut self, function: u16, arguments: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
        let mut persistent = self.world.persistent.borrow_mut();
        match (hosted::name(function), &elements(&self.image, arguments)[..]) {
            (Some(("persistent_term", "get", 1)), [key]) => persistent.get(key).cloned().ok_or(BADARG.to_vec()),
            (Some(("persistent_term", "get", 2)), [key, default]) => Ok(persistent.get(key).unwrap_or(default).clone()),
            (Some(("persistent_term", "put", 2)), [key, value]) => {
                persistent.insert(key.clone(), value.clone());
                Ok(OK.to_vec())
            }
            (Some(("persistent_term", "erase", 1)), [key]) => {
                Ok(if persistent.remove(key).is_some() { TRUE } else { FALSE }.to_vec())
            }
            // No application is loaded, and nothing is configured.
            (Some(("ets", "match" | "lookup", 2)), _) => Ok(NIL.to_vec()),
            (Some(("os", "getenv", 1)), _) => Ok(FALSE.to_vec()),
            _ => self.none.call(function, arguments),
        }
    }
    fn make_ref(&mut self) -> u64 {
        self.none.make_ref()
    }
    fn unique_integer(&mut self) -> u64 {
        self.none.unique_integer()
    }
    fn monotonic_time(&mut self) -> i64 {
        self.world.now.get()
    }
    fn system_time(&mut self) -> i64 {
        self.world.now.get()
    }
    fn random(&mut self, buffer: &mut [u8]) {
        self.none.random(buffer);
    }
    fn module(&mut self, name: &str) -> Option<Vec<u8>> {
        std::fs::read(self.world.modules.get(name)?).ok()
    }
    fn load_failed(&mut self, name: &str, reason: &str) {
        self.world.load_errors.borrow_mut().push(format!("{name}: {reason}"));
    }
    fn new_atom(&mut self, _name: &str) -> bool {
        true
    }
}
