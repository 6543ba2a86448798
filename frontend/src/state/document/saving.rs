//! What of the own changes the server has on its disk, and those who wait for it.

use std::cell::RefCell;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yrs::updates::decoder::Decode as _;
use yrs::{StateVector, Update};

use super::outstanding::Outstanding;
use super::{Connection, Inner};
use crate::state::storage;

/// Somebody who waits until the server has what was written here.
struct Waiting {
    until: Outstanding,
    act: Box<dyn FnOnce()>,
}

/// See the module.
#[derive(Default)]
pub(super) struct Saving {
    outstanding: RefCell<Outstanding>,
    waiting: RefCell<Vec<Waiting>>,
}

impl Inner {
    pub(super) fn is_saved(&self) -> bool {
        self.saving.outstanding.borrow().is_empty()
    }

    /// Something was changed here.
    pub(super) fn has_changed(&self, update: &[u8]) {
        if let Ok(update) = Update::decode_v1(update) {
            self.saving.outstanding.borrow_mut().add(&update);
        }
    }

    /// The server has everything that was inserted up to here.
    pub(super) fn is_known(&self, has: &StateVector) {
        self.settle_saving(|outstanding| outstanding.knows(has));
    }

    /// An update came from the server: one's own change comes back when it is on the disk.
    pub(super) fn has_come_back(&self, update: &Update) {
        self.settle_saving(|outstanding| outstanding.came(update));
    }

    fn settle_saving(&self, settle: impl Fn(&mut Outstanding)) {
        if self.is_saved() {
            return;
        }
        settle(&mut self.saving.outstanding.borrow_mut());
        self.saving.waiting.borrow_mut().iter_mut().for_each(|one| settle(&mut one.until));
        if self.is_saved() {
            storage::remove(&self.left_key());
            self.link.notify();
        }
        self.let_go();
    }

    /// Acts when the server has what was written here up to now; at once where it has, or will not get it before somebody does
    /// something about it.
    pub(super) fn once_saved(&self, act: Box<dyn FnOnce()>) {
        let until = self.saving.outstanding.borrow().clone();
        self.saving.waiting.borrow_mut().push(Waiting { until, act });
        self.let_go();
    }

    /// Lets those go who need not wait any more.
    pub(super) fn let_go(&self) {
        let can_come = *self.connection.borrow() == Connection::Together && !self.denied.get();
        let (waiting, free): (Vec<_>, Vec<_>) =
            self.saving.waiting.take().into_iter().partition(|one| can_come && !one.until.is_empty());
        self.saving.waiting.replace(waiting);
        free.into_iter().for_each(|one| (one.act)());
    }

    fn left_key(&self) -> String {
        format!("orrery.left.{}", self.sandbox)
    }

    /// Edits survive this page, too, when the server cannot be told of them.
    pub(super) fn leave_what_is_not_saved(&self) {
        if !self.is_saved() {
            let all = self.code.borrow().missing(&StateVector::default());
            storage::set(&self.left_key(), &STANDARD.encode(all));
        }
    }

    pub(super) fn take_up_what_was_left(self: &Rc<Self>) {
        let left = storage::get(&self.left_key()).and_then(|text| STANDARD.decode(text).ok());
        let Some(update) = left else { return };
        // What cannot be read any more was of another version; the rest of the document comes from the server.
        if self.code.borrow_mut().apply(&update).is_err() {
            storage::remove(&self.left_key());
        } else {
            self.has_changed(&update);
        }
        self.code.borrow_mut().take();
    }
}
