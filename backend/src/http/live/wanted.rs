//! What a reader of a stream wants of it. What is not wanted is not sent.

use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use shared::EventSeq;
use shared::api::live::{LiveEvent, NumberedEvent, ServerMessage};
use shared::filter::EventFilter;

use crate::live::Published;

/// What a reader wants.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// The names of kinds of the stream; all, when there is nothing.
    pub(super) kinds: Option<Vec<String>>,
    /// Of what happens in the machine.
    pub(super) events: Option<EventFilter>,
    /// The run whose last batches had nothing that was wanted, and where the first of them began.
    passed_over: Option<(String, EventSeq)>,
}

impl Wanted {
    pub(super) fn new(kinds: Option<Vec<String>>, events: Option<EventFilter>) -> Self {
        Self { kinds, events, passed_over: None }
    }

    /// The event as it is sent to this reader; nothing when there is nothing in it that is wanted.
    pub(super) fn of(&mut self, event: &Published) -> Option<Bytes> {
        if self.kinds.as_ref().is_some_and(|kinds| kinds.iter().all(|kind| kind != event.kind)) {
            return None;
        }
        match self.events.as_ref().filter(|_| event.kind == LiveEvent::EVENTS) {
            Some(_) => self.batch(&event.text),
            None => Some(event.text.clone()),
        }
    }

    /// The wanted part of a batch. It begins where the last one ended that was sent, so that the reader finds no gap.
    fn batch(&mut self, text: &Bytes) -> Option<Bytes> {
        // It was written by `live` as such a message.
        let Ok(ServerMessage::Event(NumberedEvent { seq, at, event: LiveEvent::Events(mut batch) })) =
            serde_json::from_slice(text)
        else {
            return Some(text.clone());
        };
        let filter = self.events.as_ref()?;
        batch.events.retain(|event| filter.wants(event));
        let passed_over = self.passed_over.take().filter(|(run, _)| *run == batch.run);
        batch.after = passed_over.map_or(batch.after, |(_, after)| after);
        if batch.events.is_empty() {
            self.passed_over = Some((batch.run, batch.after));
            return None;
        }
        let message = ServerMessage::Event(NumberedEvent { seq, at, event: LiveEvent::Events(batch) });
        serde_json::to_vec(&message).ok().map(Bytes::from)
    }
}

/// As a text frame; nothing when it is none.
pub(super) fn text(bytes: Bytes) -> Option<Utf8Bytes> {
    Utf8Bytes::try_from(bytes).ok()
}
