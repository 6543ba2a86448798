//! Changes that the server has not said to have.

use yrs::{IdSet, StateVector, Update};

/// What was inserted and deleted in the document, less what the server has. Its own changes come back to a page when they
/// are on the server's disk.
#[derive(Debug, Clone, Default)]
pub(super) struct Outstanding {
    inserted: IdSet,
    deleted: IdSet,
}

impl Outstanding {
    pub(super) fn is_empty(&self) -> bool {
        self.inserted.is_empty() && self.deleted.is_empty()
    }

    /// This was changed here.
    pub(super) fn add(&mut self, update: &Update) {
        // Clocks count from where the page last stopped, so that an update says nothing of how far those before it came.
        self.inserted.merge_with(update.insertions(true));
        self.deleted.merge_with(update.delete_set().clone());
    }

    /// This came from the server, which has it therefore.
    pub(super) fn came(&mut self, update: &Update) {
        self.inserted.diff_with(&update.insertions(true));
        self.deleted.diff_with(update.delete_set());
    }

    /// The server has everything that was inserted up to here. What was deleted it does not say so.
    pub(super) fn knows(&mut self, has: &StateVector) {
        let known = IdSet::from_iter(has.iter().map(|(client, clock)| (*client, std::iter::once(0..*clock))));
        self.inserted.diff_with(&known);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;
    use yrs::updates::decoder::Decode as _;

    use super::*;
    use crate::state::code::{Change, CodeDocument, Happened};

    fn updates(code: &mut CodeDocument) -> Vec<Vec<u8>> {
        let happened = code.take().into_iter();
        happened.filter_map(|it| if let Happened::Update(update) = it { Some(update) } else { None }).collect()
    }

    fn change(from: u32, to: u32, insert: &str) -> Vec<Change> {
        vec![Change { from, to, insert: insert.to_owned() }]
    }

    /// A page in which something was written in several steps, and what went to the server of it.
    fn written() -> (CodeDocument, Vec<Update>) {
        let mut code = CodeDocument::new(7, Arc::new(|| 0));
        code.add("a.ex", "one").unwrap();
        code.edit("a.ex", &change(3, 3, " two"));
        code.rewrite("a.ex", &change(0, 7, "three"));
        code.edit("a.ex", &change(1, 3, ""));
        let sent = updates(&mut code).iter().map(|update| Update::decode_v1(update).unwrap()).collect();
        (code, sent)
    }

    #[test]
    fn a_change_is_outstanding_until_it_comes_back() {
        let mut outstanding = Outstanding::default();
        let (_, sent) = written();
        assert_eq!(sent.len(), 4);
        sent.iter().for_each(|update| outstanding.add(update));
        for update in &sent {
            assert!(!outstanding.is_empty());
            outstanding.came(update);
        }
        assert!(outstanding.is_empty(), "{outstanding:?}");
    }

    #[test]
    fn what_was_only_deleted_is_outstanding_as_well() {
        let mut outstanding = Outstanding::default();
        let (_, sent) = written();
        outstanding.add(&sent[3]);
        sent[..3].iter().for_each(|update| outstanding.came(update));
        assert!(!outstanding.is_empty());
        outstanding.came(&sent[3]);
        assert!(outstanding.is_empty(), "{outstanding:?}");
    }

    #[test]
    fn all_at_once_settles_it_too() {
        let mut outstanding = Outstanding::default();
        let (code, sent) = written();
        sent.iter().for_each(|update| outstanding.add(update));
        outstanding.came(&Update::decode_v1(&code.missing(&StateVector::default())).unwrap());
        assert!(outstanding.is_empty(), "{outstanding:?}");
    }

    #[test]
    fn a_state_vector_settles_what_was_inserted_only() {
        let mut outstanding = Outstanding::default();
        let (code, sent) = written();
        sent[..2].iter().for_each(|update| outstanding.add(update));
        outstanding.knows(&code.state_vector());
        assert!(outstanding.is_empty(), "{outstanding:?}");
        outstanding.add(&sent[3]);
        outstanding.knows(&code.state_vector());
        assert!(!outstanding.is_empty());
    }
}
