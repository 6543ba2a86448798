//! The modules of a sandbox.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet, Vector};
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
    /// Code whose `-on_load` function has not returned yet. It is nobody's current code.
    on_load: OrdMap<Atom, Arc<[u8]>>,
    /// Modules that have old code: some process may still run in it.
    old: OrdSet<Atom>,
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

/// Numbers of atoms, in the order in which they were made.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct AtomNumbers(OrdMap<Atom, u32>);

impl AtomNumbers {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of an atom that has one.
    pub fn get(&self, atom: &Atom) -> Option<u32> {
        self.0.get(atom).copied()
    }

    /// The number of an atom, which is given one if it has none.
    pub fn number(&mut self, atom: Atom) -> u32 {
        let next = self.0.len() as u32 + 1;
        *self.0.entry(atom).or_insert(next)
    }
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

    /// Code whose `-on_load` function has not returned yet.
    pub fn on_load(&self, module: &Atom) -> Option<&Arc<[u8]>> {
        self.on_load.get(module)
    }

    /// Whether a module has old code (OTP: `erlang:check_old_code/1`).
    pub fn has_old(&self, module: &Atom) -> bool {
        self.old.contains(module)
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
        if old.is_some() {
            self.code.old.insert(module.clone());
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

    /// Keeps code until its `-on_load` function has returned.
    ///
    /// # Errors
    /// `system_limit` when there is too much code.
    pub fn hold_for_on_load(&mut self, pid: Pid, module: Atom, code: Arc<[u8]>) -> Result<(), Raise> {
        let allowed = self.limits.code_bytes;
        let held: u64 = self.code.on_load.values().map(|code| code.len() as u64).sum();
        if self.code.bytes + held + code.len() as u64 > allowed {
            return Err(self.limit_reached(Some(pid), LimitKind::CodeBytes, allowed));
        }
        self.code.on_load.insert(module, code);
        Ok(())
    }

    /// Takes code whose `-on_load` function has returned, to make it current or to forget it.
    pub fn take_on_load(&mut self, module: &Atom) -> Option<Arc<[u8]>> {
        self.code.on_load.remove(module)
    }

    /// Notes that code of the library became old, which is not among the code of the sandbox.
    pub fn mark_old(&mut self, module: Atom) {
        self.code.old.insert(module);
    }

    /// The old code of a module goes.
    pub fn purge_code(&mut self, module: &Atom) {
        self.code.old.remove(module);
    }

    /// Forgets a module: whether there was one.
    pub fn delete_code(&mut self, pid: Option<Pid>, module: &Atom) -> bool {
        let Some(old) = self.code.modules.remove(module) else { return false };
        self.code.bytes -= old.code.len() as u64;
        self.code.old.insert(module.clone());
        self.record(pid, EventKind::CodeDeleted { module: module.clone() });
        true
    }

    /// Notes an atom that a guest made, which another one may have made before: what all guests together may make is limited.
    /// Gives its number among them.
    ///
    /// # Errors
    /// `system_limit` when there are too many.
    pub fn add_atom(&mut self, pid: Pid, atom: Atom) -> Result<u32, Raise> {
        if let Some(number) = self.atoms.get(&atom) {
            return Ok(number);
        }
        let allowed = self.limits.atoms;
        if self.atom_count() >= allowed {
            return Err(self.limit_reached(Some(pid), LimitKind::Atoms, allowed));
        }
        Ok(self.atoms.number(atom))
    }

    /// Whether a guest has made an atom.
    pub fn knows_atom(&self, atom: &Atom) -> bool {
        self.atoms.get(atom).is_some()
    }

    /// The numbers of all atoms that guests made.
    pub fn atom_numbers(&self) -> &AtomNumbers {
        &self.atoms
    }

    /// Takes numbers that were given besides, to the atoms of code that is part of a template now.
    pub fn set_atom_numbers(&mut self, numbers: AtomNumbers) {
        self.atoms = numbers;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::config::Config;
    use shared::limits::Limits;

    #[test]
    fn an_atom_counts_once_whoever_makes_it() {
        let limits = Limits { atoms: 2, ..Limits::default() };
        let mut kernel = Kernel::new(Config { limits, ..Config::default() });
        let (one, other) = (Pid(1), Pid(2));
        for (pid, name) in [(one, "a"), (other, "a"), (other, "b"), (one, "b")] {
            kernel.add_atom(pid, Atom::new(name)).expect("there is room for two");
        }
        let number = |name: &str| kernel.atom_numbers().get(&Atom::new(name));
        assert_eq!([number("a"), number("b"), number("c")], [Some(1), Some(2), None]);
        assert_eq!(kernel.atom_count(), 2);
        assert!(kernel.add_atom(one, Atom::new("c")).is_err());
        assert!(kernel.knows_atom(&Atom::new("a")) && !kernel.knows_atom(&Atom::new("c")));
        let later = kernel.clone();
        assert_eq!(later.state_hash(), kernel.state_hash());
        assert!(later.knows_atom(&Atom::new("b")), "what is kept of a moment has the atoms of that moment");
    }

    #[test]
    fn old_code_is_known_until_it_is_purged() {
        let mut kernel = Kernel::new(Config::default());
        let module = Atom::new("m");
        let code = |text: &str| Arc::from(text.as_bytes());
        kernel.load_code(None, module.clone(), code("one")).expect("there is room");
        assert!(!kernel.code().has_old(&module));
        kernel.load_code(None, module.clone(), code("two")).expect("there is room");
        assert!(kernel.code().has_old(&module));
        kernel.purge_code(&module);
        assert!(!kernel.code().has_old(&module));
        assert!(kernel.delete_code(None, &module) && kernel.code().has_old(&module));
    }
}
