//! What of the own changes the server has on its disk, and those who wait for it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yrs::Update;

use super::{Connection, Inner};
use crate::state::storage;

/// Somebody who waits until the server has so much of what was written here.
struct Waiting {
    until: u32,
    act: Box<dyn FnOnce()>,
}

/// See the module.
#[derive(Default)]
pub(super) struct Saving {
    /// Up to which of its own changes this page knows that they are on the server's disk.
    kept: Cell<u32>,
    waiting: RefCell<Vec<Waiting>>,
}

impl Inner {
    pub(super) fn is_saved(&self) -> bool {
        self.written() <= self.saving.kept.get()
    }

    /// How much was written here.
    fn written(&self) -> u32 {
        self.code.borrow().state_vector().get(&self.client())
    }

    /// The server has so much of what was written here.
    pub(super) fn has_kept(&self, kept: u32) {
        self.saving.kept.set(self.saving.kept.get().max(kept));
        self.let_go();
    }

    /// An update came from the server: one's own change comes back when it is on the disk.
    pub(super) fn has_come_back(&self, update: &Update) {
        let kept = update.state_vector().get(&self.client());
        if kept > self.saving.kept.get() {
            self.has_kept(kept);
            if self.is_saved() {
                storage::remove(&self.left_key());
            }
            self.link.notify();
        }
    }

    /// Acts when the server has what was written here up to now; at once where it has, or will not get it before somebody does
    /// something about it.
    pub(super) fn once_saved(&self, act: Box<dyn FnOnce()>) {
        self.saving.waiting.borrow_mut().push(Waiting { until: self.written(), act });
        self.let_go();
    }

    /// Lets those go who need not wait any more.
    pub(super) fn let_go(&self) {
        let kept = self.saving.kept.get();
        let can_come = *self.connection.borrow() == Connection::Together && !self.denied.get();
        let (waiting, free): (Vec<_>, Vec<_>) =
            self.saving.waiting.take().into_iter().partition(|one| can_come && one.until > kept);
        self.saving.waiting.replace(waiting);
        free.into_iter().for_each(|one| (one.act)());
    }

    fn left_key(&self) -> String {
        format!("orrery.left.{}", self.sandbox)
    }

    /// Edits survive this page, too, when the server cannot be told of them.
    pub(super) fn leave_what_is_not_saved(&self) {
        if !self.is_saved() {
            let all = self.code.borrow().missing(&yrs::StateVector::default());
            storage::set(&self.left_key(), &STANDARD.encode(all));
        }
    }

    pub(super) fn take_up_what_was_left(self: &Rc<Self>) {
        let left = storage::get(&self.left_key()).and_then(|text| STANDARD.decode(text).ok());
        if let Some(update) = left {
            // What cannot be read any more was of another version; the rest of the document comes from the server.
            if self.code.borrow_mut().apply(&update).is_err() {
                storage::remove(&self.left_key());
            }
            self.code.borrow_mut().take();
        }
    }
}
