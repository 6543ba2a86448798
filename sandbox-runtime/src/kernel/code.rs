//! The modules of a sandbox.

use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use shared::Pid;
use shared::event::EventKind;
use shared::limits::LimitKind;
use shared::term::Atom;

use super::{Kernel, Raise};

/// Modules by name.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct CodeStore {
    modules: OrdMap<Atom, Module>,
    bytes: u64,
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

    /// Bytes of all modules.
    pub fn bytes(&self) -> u64 {
        self.bytes
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
    /// `system_limit` when there is too much code.
    pub fn load_code(&mut self, pid: Option<Pid>, module: Atom, code: Arc<[u8]>) -> Result<u32, Raise> {
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
