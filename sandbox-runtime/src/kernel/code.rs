//! The modules of a sandbox.

use std::sync::Arc;

use imbl::{OrdMap, Vector};
use serde::{Deserialize, Serialize};
use shared::event::EventKind;
use shared::limits::LimitKind;
use shared::term::Atom;
use shared::{Pid, Ref};

use super::{Kernel, Raise, wasm};

/// Modules by name.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct CodeStore {
    modules: OrdMap<Atom, Module>,
    bytes: u64,
    /// Files between `erlang:prepare_loading/2` and `erlang:finish_loading/1`, the oldest first.
    prepared: Vector<Prepared>,
}

/// Files that may wait between the two steps of loading; the oldest is forgotten beyond that.
const PREPARED_MAX: usize = 1_024;

/// A file that was checked and is not current yet. Any process may make it current.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Prepared {
    reference: Ref,
    /// The module.
    pub module: Atom,
    /// Its compiled form.
    pub code: Arc<[u8]>,
    /// Whether it has an `-on_load` function.
    pub has_on_load: bool,
}

/// The newest version of a module.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Module {
    /// Its compiled form.
    pub code: Arc<[u8]>,
    /// How many times it was loaded.
    pub version: u32,
}

impl CodeStore {
    /// The newest version of a module.
    pub fn get(&self, module: &Atom) -> Option<&Module> {
        self.modules.get(module)
    }

    /// The newest version of a module that is wasm rather than code of the BEAM.
    pub fn wasm(&self, module: &Atom) -> Option<&Arc<[u8]>> {
        self.get(module).map(|module| &module.code).filter(|code| wasm::is_wasm(code))
    }

    /// Bytes of all modules.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A file that was prepared.
    pub fn prepared(&self, reference: Ref) -> Option<&Prepared> {
        self.prepared.iter().find(|prepared| prepared.reference == reference)
    }

    /// All modules, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Atom, &Module)> {
        self.modules.iter()
    }
}

impl Kernel {
    /// Loads or replaces a module for all processes: the version that this made.
    ///
    /// # Errors
    /// `system_limit` when there is too much code; `badarg` with a cause for a wasm module that is refused.
    pub fn load_code(&mut self, pid: Option<Pid>, module: Atom, code: Arc<[u8]>) -> Result<u32, Raise> {
        if wasm::is_wasm(&code) {
            wasm::scan(&code).map_err(|refusal| Raise::BadargCause(refusal.cause()))?;
        }
        let old = self.code.modules.get(&module);
        let version = old.map_or(0, |old| old.version) + 1;
        let bytes = self.code.bytes - old.map_or(0, |old| old.code.len() as u64) + code.len() as u64;
        let allowed = self.limits.code_bytes;
        if bytes > allowed {
            return Err(self.limit_reached(pid, LimitKind::CodeBytes, allowed));
        }
        self.code.bytes = bytes;
        self.code.modules.insert(module.clone(), Module { code, version });
        self.record(pid, EventKind::CodeLoaded { module, version });
        Ok(version)
    }

    /// `erlang:prepare_loading/2`: keeps a file until it is made current.
    pub fn prepare_code(&mut self, module: Atom, code: Arc<[u8]>, has_on_load: bool) -> Ref {
        let reference = self.make_ref();
        let prepared = &mut self.code.prepared;
        prepared.push_back(Prepared { reference, module, code, has_on_load });
        let bytes = |prepared: &Vector<Prepared>| prepared.iter().map(|file| file.code.len() as u64).sum::<u64>();
        while prepared.len() > PREPARED_MAX || (prepared.len() > 1 && bytes(prepared) > self.limits.code_bytes) {
            prepared.pop_front();
        }
        reference
    }

    /// Takes a prepared file, to load it.
    pub fn take_prepared(&mut self, reference: Ref) -> Option<Prepared> {
        let place = self.code.prepared.iter().position(|prepared| prepared.reference == reference)?;
        Some(self.code.prepared.remove(place))
    }

    /// Forgets a module: whether there was one.
    pub fn delete_code(&mut self, pid: Option<Pid>, module: &Atom) -> bool {
        let Some(old) = self.code.modules.remove(module) else { return false };
        self.code.bytes -= old.code.len() as u64;
        self.record(pid, EventKind::CodeDeleted { module: module.clone() });
        true
    }

    /// Counts atoms that a guest made: what all guests together may make is limited.
    ///
    /// # Errors
    /// `system_limit` when there are too many.
    pub fn count_atoms(&mut self, pid: Pid, new_atoms: u64) -> Result<(), Raise> {
        let allowed = self.limits.atoms;
        if self.atom_count.saturating_add(new_atoms) > allowed {
            return Err(self.limit_reached(Some(pid), LimitKind::Atoms, allowed));
        }
        self.atom_count += new_atoms;
        Ok(())
    }
}
