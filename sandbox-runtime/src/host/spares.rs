//! Instances without a process: of one that has ended, made as new for the next one of the same machine, or made ahead of it.
//!
//! Making an instance is mostly the system's work: mappings, tables of pages, and a fault and a copy for each page that a
//! process writes to when it starts. A process that ends leaves all of this behind, so an instance is kept and its pages are
//! overwritten with those of the image. A process then begins without a page fault, in less than half of the time.
//!
//! A machine that has nothing to do makes a few ahead ([`READY`]), so that who then wakes it up need not wait for them.
//!
//! Spares never leave the machine in which they ran, so what one tenant wrote is not even there to be shown to another.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::admission::SparePlace;
use super::instance::Instance;
use super::template::Template;

/// Most instances that a machine keeps.
const MAX_KEPT: usize = 64;

/// Instances that a machine which has nothing to do has ready. Each takes as much memory as an idle process, in every machine.
const READY: usize = 2;

/// Instances of one machine that wait for a process.
#[derive(Default)]
pub(super) struct Spares(Mutex<Vec<(Instance, SparePlace)>>);

impl Spares {
    /// One that is as new.
    pub(super) fn take(&self) -> Option<Instance> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().map(|(instance, _)| instance)
    }
    /// Makes instances ahead, until a few are there or there is no room for another one.
    pub(super) fn prepare(&self, template: &Template) {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while kept().len() < READY {
            let Some(prepared) = Instance::prepared(template) else { return };
            kept().push(prepared);
        }
    }
    fn keep(&self, instance: Instance) {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept().len() >= MAX_KEPT {
            return;
        }
        // What is not kept is dropped while nobody waits for the lock.
        let Some((instance, place)) = instance.made_new() else { return };
        kept().push((instance, place));
    }
}

/// An instance that goes back to the spares of its machine when its process has ended.
pub(super) struct Lent {
    /// There until it is dropped.
    instance: Option<Instance>,
    to: Weak<Spares>,
}

impl Lent {
    /// An instance for the spares, where there are some.
    pub(super) fn new(instance: Instance, spares: Option<&Arc<Spares>>) -> Lent {
        Lent { instance: Some(instance), to: spares.map(Arc::downgrade).unwrap_or_default() }
    }
}

/// Why an instance is there.
const NOT_DROPPED: &str = "only dropping takes it out";

impl Deref for Lent {
    type Target = Instance;
    fn deref(&self) -> &Instance {
        self.instance.as_ref().expect(NOT_DROPPED)
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Instance {
        self.instance.as_mut().expect(NOT_DROPPED)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(instance), Some(spares)) = (self.instance.take(), self.to.upgrade()) {
            spares.keep(instance);
        }
    }
}
