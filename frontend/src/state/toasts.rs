//! Short messages that come and go by themselves, some with a way to take back what they tell of.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::state::topic::Topic;

/// How long a message stays. Errors stay until they are closed.
const STAY_MILLIS: u32 = 8_000;

/// More would cover the page.
const AT_ONCE: usize = 3;

/// A message.
#[derive(Clone, PartialEq)]
pub struct Toast {
    /// Names it.
    pub id: u64,
    /// What it says.
    pub text: String,
    /// Whether something went wrong.
    pub is_error: bool,
    /// Takes back what it tells of.
    pub undo: Option<Callback<()>>,
    /// Called when it has gone and nothing was taken back.
    done: Option<Callback<()>>,
}

/// All messages that are shown.
#[derive(Clone, Default)]
pub struct Toasts(Rc<Inner>);

#[derive(Default)]
struct Inner {
    next: Cell<u64>,
    shown: RefCell<Vec<(Toast, Option<Timeout>)>>,
    topic: Topic,
}

impl PartialEq for Toasts {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Toasts {
    /// Says something.
    pub fn say(&self, text: impl Into<String>) {
        self.push(text.into(), false, None, None);
    }

    /// Says that something went wrong.
    pub fn error(&self, text: impl Into<String>) {
        self.push(text.into(), true, None, None);
    }

    /// Says that something was done that can be taken back. `done` is called when it is not.
    pub fn undoable(&self, text: impl Into<String>, undo: Callback<()>, done: Callback<()>) {
        self.push(text.into(), false, Some(undo), Some(done));
    }

    fn push(&self, text: String, is_error: bool, undo: Option<Callback<()>>, done: Option<Callback<()>>) {
        let id = self.0.next.get();
        self.0.next.set(id + 1);
        let leave = (!is_error).then(|| {
            let toasts = self.clone();
            Timeout::new(STAY_MILLIS, move || toasts.close(id))
        });
        self.0.shown.borrow_mut().push((Toast { id, text, is_error, undo, done }, leave));
        let oldest = self.0.shown.borrow().first().map(|(toast, _)| toast.id);
        if let Some(oldest) = oldest.filter(|_| self.0.shown.borrow().len() > AT_ONCE) {
            self.close(oldest);
        }
        self.0.topic.notify();
    }

    /// Takes a message away; what it told of is done for good.
    pub fn close(&self, id: u64) {
        if let Some(done) = self.take(id).and_then(|toast| toast.done) {
            done.emit(());
        }
    }

    /// Takes back what a message told of.
    pub fn undo(&self, id: u64) {
        if let Some(undo) = self.take(id).and_then(|toast| toast.undo) {
            undo.emit(());
        }
    }

    /// All that could still be taken back is done for good: the page is left.
    pub fn settle(&self) {
        let ids: Vec<u64> =
            self.0.shown.borrow().iter().filter(|(it, _)| it.done.is_some()).map(|(it, _)| it.id).collect();
        ids.into_iter().for_each(|id| self.close(id));
    }

    fn take(&self, id: u64) -> Option<Toast> {
        let mut shown = self.0.shown.borrow_mut();
        let at = shown.iter().position(|(toast, _)| toast.id == id)?;
        let (toast, _) = shown.remove(at);
        drop(shown);
        self.0.topic.notify();
        Some(toast)
    }

    /// Those that are shown, the oldest first.
    #[must_use]
    pub fn shown(&self) -> Vec<Toast> {
        self.0.shown.borrow().iter().map(|(toast, _)| toast.clone()).collect()
    }

    /// Changes with them.
    #[must_use]
    pub fn topic(&self) -> &Topic {
        &self.0.topic
    }
}

/// The messages of the page.
///
/// # Panics
///
/// Outside of [`crate::app::App`].
#[hook]
pub fn use_toasts() -> Toasts {
    use_context().expect("the frame around all pages provides them")
}
