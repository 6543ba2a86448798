//! Registered names (`register/2` and its companions).

use shared::Pid;
use shared::event::EventKind;
use shared::term::Atom;

use super::{Kernel, Raise};

impl Kernel {
    /// `register/2`.
    ///
    /// # Errors
    /// `badarg` with OTP's causes: the name is `undefined` or in use, or the process is not alive or has a name.
    pub fn register(&mut self, pid: Option<Pid>, name: &Atom, target: Pid) -> Result<(), Raise> {
        if *name == "undefined" {
            return Err(Raise::BadargCause("none"));
        }
        if self.names.contains_key(name) {
            return Err(Raise::BadargCause("registered_name"));
        }
        let process = self.process_mut(target).ok_or(Raise::BadargCause("notalive"))?;
        if process.name.is_some() {
            return Err(Raise::BadargCause("registered_name"));
        }
        process.name = Some(name.clone());
        self.names.insert(name.clone(), target);
        self.record(pid, EventKind::Registered { name: name.clone(), target });
        Ok(())
    }

    /// `unregister/1`.
    ///
    /// # Errors
    /// `badarg` when nobody has the name.
    pub fn unregister(&mut self, pid: Pid, name: &Atom) -> Result<(), Raise> {
        if self.release_name(Some(pid), name) { Ok(()) } else { Err(Raise::Badarg) }
    }

    pub(crate) fn release_name(&mut self, pid: Option<Pid>, name: &Atom) -> bool {
        let Some(target) = self.names.remove(name) else {
            return false;
        };
        if let Some(process) = self.process_mut(target) {
            process.name = None;
        }
        self.record(pid, EventKind::Unregistered { name: name.clone(), target });
        true
    }

    /// `whereis/1`.
    pub fn whereis(&self, name: &Atom) -> Option<Pid> {
        self.names.get(name).copied()
    }

    /// `registered/0`: all names, in order.
    pub fn registered(&self) -> impl Iterator<Item = &Atom> {
        self.names.keys()
    }
}
