//! What all processes of a template share: atoms, loaded code, literals, natives.
//!
//! Nothing here is written to while a process runs, except where the process itself loads code or makes atoms; so in a
//! sandbox the pages of an image stay shared between processes.

use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::atom::AtomTable;
use crate::code::{CodeStore, Module};
use crate::natives::Signature;
use crate::term::Term;

/// Function of a module as others name it.
pub type Mfa = (Term, Term, u32);

/// Shared handle to an image. Single-threaded: an image belongs to one OS thread or one wasm instance.
#[derive(Clone)]
pub struct ImageRef(Rc<UnsafeCell<Image>>);

impl ImageRef {
    /// An image with natives and the machine's own atoms, and no code.
    pub fn new() -> ImageRef {
        let mut image = Image {
            atoms: AtomTable::new(),
            modules: HashMap::new(),
            old_modules: HashMap::new(),
            retired: Vec::new(),
            code: CodeStore::default(),
            natives: Vec::new(),
            native_index: HashMap::new(),
            library_atoms: None,
            release: Release::default(),
        };
        for native in crate::natives::all() {
            image.add_native(native);
        }
        ImageRef(Rc::new(UnsafeCell::new(image)))
    }
    /// The image. Do not hold the reference over a call that may load code or make an atom.
    pub fn get(&self) -> &Image {
        // SAFETY: single-threaded, and callers do not keep the reference over `get_mut` (documented).
        unsafe { &*self.0.get() }
    }
    /// The image, to change it. Do not hold the reference over a call that takes another one.
    #[allow(
        clippy::mut_from_ref,
        reason = "the image is shared by the processes of a thread; the contract is documented"
    )]
    pub fn get_mut(&self) -> &mut Image {
        // SAFETY: as `get`.
        unsafe { &mut *self.0.get() }
    }
}

impl Default for ImageRef {
    fn default() -> Self {
        Self::new()
    }
}

/// Atoms, code and natives.
pub struct Image {
    /// Atoms.
    pub atoms: AtomTable,
    /// Modules with current code, by name.
    pub modules: HashMap<Term, Rc<Module>>,
    /// Modules with old code, by name.
    pub old_modules: HashMap<Term, Rc<Module>>,
    /// Code that was purged or replaced twice. Kept, since literals of it may still be in use.
    pub(crate) retired: Vec<Rc<Module>>,
    /// Exports, fun entries, literals and instruction words.
    pub code: CodeStore,
    /// What natives are called, by number.
    pub natives: Vec<Signature>,
    native_index: HashMap<Mfa, u32>,
    /// Number of atoms when the library was loaded; none in an image that was not prepared for processes of a sandbox.
    pub library_atoms: Option<usize>,
    /// What the library is part of.
    pub release: Release,
}

/// Versions that the runtime system tells of itself. Whoever bundles a library sets them.
#[derive(Clone, Debug)]
pub struct Release {
    /// `erlang:system_info(otp_release)`, as `27`.
    pub otp: String,
    /// `erlang:system_info(version)`, as `15.2.7`.
    pub erts: String,
    /// Whether atoms that are keys of small maps are in the order of their numbers, as since OTP 26, or in term order. Libraries
    /// before that rely on it: Elixir 1.14 expects `__struct__` to come first.
    keys_by_number: bool,
    /// See [`Release::minor_version`].
    minor_version: u8,
}

impl Release {
    /// The release of OTP (`27`) and the version of its runtime system. To be said before anything is loaded: it decides the order
    /// of the keys of maps.
    pub fn new(otp: &str, erts: &str) -> Release {
        const KEYS_BY_NUMBER_SINCE: u32 = 26;
        const UTF8_ATOMS_SINCE: u32 = 26;
        let since = |first: u32| otp.parse::<u32>().map_or(true, |otp| otp >= first);
        let minor_version = if since(UTF8_ATOMS_SINCE) { 2 } else { 1 };
        let keys_by_number = since(KEYS_BY_NUMBER_SINCE);
        Release { otp: otp.into(), erts: erts.into(), keys_by_number, minor_version }
    }
    /// The version of the external term format that `term_to_binary/1` gives: from 2 on, all atoms are in UTF-8.
    pub(crate) fn minor_version(&self) -> u8 {
        self.minor_version
    }
    /// Whether atoms that are keys of small maps are in the order of their numbers; else they are in term order.
    #[inline]
    pub(crate) fn keys_by_number(&self) -> bool {
        self.keys_by_number
    }
}

impl Default for Release {
    fn default() -> Self {
        Release::new("27", "15.0")
    }
}

impl Image {
    /// Makes room for what a process may add, so that adding a little does not copy whole tables.
    pub fn reserve(&mut self) {
        const MORE: usize = 1024;
        self.atoms.reserve(MORE, 0);
        self.atoms.seal();
        self.code.reserve(MORE, 0, MORE);
        self.modules.reserve(MORE);
    }
    /// Makes room for a library of the size of OTP's and Elixir's, so that the tables which every process looks things up in lie side by side:
    /// first those in which it finds the function that it begins with, so that one large page holds them.
    pub(crate) fn expect_library(&mut self) {
        self.atoms.reserve(36_000, 0);
        self.code.reserve(28_000, 0, 0);
        self.atoms.reserve(0, 800 << 10);
        self.code.reserve(0, 20_000, 2_000);
    }
    /// Number of a native.
    pub fn native(&self, mfa: Mfa) -> Option<u32> {
        self.native_index.get(&mfa).copied()
    }
    fn add_native(&mut self, native: Signature) {
        let module = self.atoms.intern(native.module).unwrap_or(Term::NIL);
        let function = self.atoms.intern(native.function).unwrap_or(Term::NIL);
        let mfa = (module, function, u32::from(native.arity));
        self.native_index.insert(mfa, self.natives.len() as u32);
        self.code.export_native(mfa, self.natives.len() as u32);
        self.natives.push(native);
    }
}
