//! The message queue of a process.

use std::collections::VecDeque;

use crate::term::Term;

/// A message that has arrived.
pub enum Message {
    /// Not looked at yet: external term format.
    Encoded(Box<[u8]>),
    /// Decoded: a root of the collector.
    Term(Term),
}

/// Messages in the order of arrival, and how far the current `receive` has looked.
#[derive(Default)]
pub struct Mailbox {
    /// Oldest first.
    pub messages: VecDeque<Message>,
    /// Number of messages that the current `receive` has passed over.
    pub position: usize,
    /// Bytes of the messages that are still encoded.
    pub encoded_bytes: usize,
}

impl Mailbox {
    /// Adds a message at the end.
    pub fn push(&mut self, message: &[u8]) {
        self.encoded_bytes += message.len();
        self.messages.push_back(Message::Encoded(message.into()));
    }
    /// Visits the decoded messages.
    pub fn roots(&mut self, visit: &mut dyn FnMut(&mut Term)) {
        for message in &mut self.messages {
            if let Message::Term(term) = message {
                visit(term);
            }
        }
    }
}
