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

/// Where the mailbox ended at some time.
struct Marker {
    number: u32,
    /// Messages in front of it.
    position: usize,
    /// The reference that was made then.
    reference: Option<[u32; 3]>,
}

/// Most markers at a time; beyond them the oldest is forgotten, which only makes its `receive` look at more messages.
const MAX_MARKERS: usize = 8;

/// Messages in the order of arrival, and how far the current `receive` has looked.
#[derive(Default)]
pub struct Mailbox {
    /// Oldest first.
    pub messages: VecDeque<Message>,
    /// Number of messages that the current `receive` has passed over.
    pub position: usize,
    /// Bytes of the messages that are still encoded.
    pub encoded_bytes: usize,
    /// Oldest first.
    markers: VecDeque<Marker>,
    next_marker: u32,
}

impl Mailbox {
    /// Adds a message at the end.
    pub fn push(&mut self, message: &[u8]) {
        self.encoded_bytes += message.len();
        self.messages.push_back(Message::Encoded(message.into()));
    }
    /// Takes a message out.
    pub fn remove(&mut self, at: usize) {
        self.messages.remove(at);
        for marker in &mut self.markers {
            marker.position -= usize::from(at < marker.position);
        }
    }
    /// Marks the end of the queue. Gives the number of the marker.
    pub fn reserve_marker(&mut self) -> u32 {
        if self.markers.len() == MAX_MARKERS {
            self.markers.pop_front();
        }
        self.next_marker = self.next_marker.wrapping_add(1);
        let position = self.messages.len();
        self.markers.push_back(Marker { number: self.next_marker, position, reference: None });
        self.next_marker
    }
    /// From now on the marker belongs to a reference.
    pub fn bind_marker(&mut self, number: u32, reference: [u32; 3]) {
        if let Some(marker) = self.markers.iter_mut().find(|marker| marker.number == number) {
            marker.reference = Some(reference);
        }
    }
    /// Passes over the messages in front of the marker of a reference, if there is one.
    pub fn use_marker(&mut self, reference: [u32; 3]) {
        if let Some(marker) = self.markers.iter().find(|marker| marker.reference == Some(reference)) {
            self.position = self.position.max(marker.position);
        }
    }
    /// Forgets the marker with a number, or of a reference.
    pub fn clear_marker(&mut self, number: Option<u32>, reference: Option<[u32; 3]>) {
        let is_meant =
            |marker: &Marker| number == Some(marker.number) || (reference.is_some() && marker.reference == reference);
        self.markers.retain(|marker| !is_meant(marker));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receive_begins_at_the_marker_of_its_reference() {
        let mut mailbox = Mailbox::default();
        (0..5).for_each(|_| mailbox.push(b"early"));
        let marker = mailbox.reserve_marker();
        mailbox.bind_marker(marker, [1, 2, 3]);
        mailbox.push(b"late");
        mailbox.use_marker([9, 9, 9]);
        assert_eq!(mailbox.position, 0);
        // A message in front of the marker is gone, one behind it makes no difference.
        mailbox.remove(2);
        mailbox.remove(4);
        mailbox.use_marker([1, 2, 3]);
        assert_eq!(mailbox.position, 4);
        mailbox.position = 0;
        mailbox.clear_marker(None, Some([1, 2, 3]));
        mailbox.use_marker([1, 2, 3]);
        assert_eq!(mailbox.position, 0);
    }

    #[test]
    fn the_oldest_marker_gives_way() {
        let mut mailbox = Mailbox::default();
        mailbox.push(b"early");
        let first = mailbox.reserve_marker();
        mailbox.bind_marker(first, [1, 0, 0]);
        let last = (0..MAX_MARKERS).map(|_| mailbox.reserve_marker()).last().expect("there are some");
        mailbox.bind_marker(last, [2, 0, 0]);
        mailbox.use_marker([1, 0, 0]);
        assert_eq!(mailbox.position, 0);
        mailbox.use_marker([2, 0, 0]);
        assert_eq!(mailbox.position, 1);
    }
}
