//! Something that views look at and that tells them when it has changed, so that a view is drawn again for its own
//! reasons only, and one that is not shown costs nothing.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use yew::prelude::*;

/// Whoever looks at a store is told here that it has changed.
#[derive(Clone, Default)]
pub struct Topic(Rc<Inner>);

#[derive(Default)]
struct Inner {
    version: Cell<u64>,
    next: Cell<u64>,
    listeners: RefCell<BTreeMap<u64, Callback<u64>>>,
}

impl PartialEq for Topic {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Topic {
    /// Tells everybody.
    pub fn notify(&self) {
        let version = self.0.version.get() + 1;
        self.0.version.set(version);
        // Whoever is told may begin or cease to listen.
        let listeners: Vec<_> = self.0.listeners.borrow().values().cloned().collect();
        listeners.iter().for_each(|listener| listener.emit(version));
    }

    /// Calls back at every change until what is given is dropped.
    #[must_use]
    pub fn listen(&self, callback: Callback<u64>) -> Listening {
        let id = self.0.next.get();
        self.0.next.set(id + 1);
        self.0.listeners.borrow_mut().insert(id, callback);
        Listening { topic: self.clone(), id }
    }

    /// How often it has changed.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.0.version.get()
    }
}

/// Listens for as long as it is kept.
pub struct Listening {
    topic: Topic,
    id: u64,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.topic.0.listeners.borrow_mut().remove(&self.id);
    }
}

/// Draws the component again whenever the topic has changed.
#[hook]
pub fn use_topic(topic: &Topic) -> u64 {
    let seen = use_state_eq(|| topic.version());
    let setter = seen.setter();
    use_effect_with(topic.clone(), move |topic| {
        let listening = topic.listen(Callback::from(move |version| setter.set(version)));
        move || drop(listening)
    });
    *seen
}

/// What a view sees of something, looked at again when that has changed: the view is drawn again only when it sees something
/// else.
#[hook]
pub fn use_seen<T: Clone + PartialEq + 'static>(topic: &Topic, look: impl Fn() -> T + 'static) -> T {
    let seen = use_state_eq(&look);
    let setter = seen.setter();
    use_effect_with(topic.clone(), move |topic| {
        // It may be another topic, or have changed since it was looked at.
        setter.set(look());
        let listening = topic.listen(Callback::from(move |_| setter.set(look())));
        move || drop(listening)
    });
    (*seen).clone()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn whoever_listens_is_told_until_they_cease() {
        let topic = Topic::default();
        let told = Rc::new(Cell::new(0));
        let callback = {
            let told = told.clone();
            Callback::from(move |_| told.set(told.get() + 1))
        };
        let listening = topic.listen(callback);
        topic.notify();
        topic.notify();
        drop(listening);
        topic.notify();
        assert_eq!((told.get(), topic.version()), (2, 3));
    }
}
