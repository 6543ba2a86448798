//! What happens in sandboxes beside their documents, for all who look: who is there, what is said, what changes.
//!
//! The last events of a sandbox lie in a ring. Every reader has a place in it and reads on from there when it has time,
//! so a slow one costs nothing; one that has fallen out of the ring begins again from a snapshot, and knows it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use shared::access::Role;
use shared::api::bounds::{CHAT_MAX, is_message};
use shared::api::live::ServerMessage;
use shared::api::live::{LiveEvent, LiveSnapshot, NumberedEvent, Participant, Position};
use shared::api::people::User;
use tokio::sync::watch;

use crate::auth::Caller;
use crate::clock::{Clock, Millis};
use crate::error::ApiError;
use crate::secret;
use crate::state::AppState;

/// Events that can be read again, and bytes that they may have together.
const RING: usize = 10_000;
const RING_BYTES: usize = 16 << 20;

/// Events that a reader takes at once.
pub(crate) const BATCH: usize = 256;

/// A sandbox that nobody looks at is forgotten after so long; whoever comes back then gets a snapshot.
const FORGOTTEN_AFTER_MILLIS: Millis = 10 * 60 * 1000;

/// Messages of the chat in a snapshot.
const SNAPSHOT_CHAT: i64 = 50;

/// The streams of all sandboxes that somebody looks at. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct LiveSandboxes(Arc<Mutex<HashMap<String, Arc<Stream>>>>);

/// The stream of one sandbox.
#[derive(Debug)]
pub(crate) struct Stream {
    epoch: String,
    clock: Clock,
    state: Mutex<State>,
    /// The number of the last event; readers wait for it to grow.
    last: watch::Sender<u64>,
    /// Grows when roles, switches or links change; readers look again then whether they may read on.
    access: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    ring: VecDeque<Arc<Published>>,
    ring_bytes: usize,
    /// With how many connections.
    participants: BTreeMap<String, (Participant, usize)>,
    quiet_since: Millis,
}

/// An event as it is sent: written once for all readers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) seq: u64,
    pub(crate) kind: &'static str,
    /// A [`ServerMessage`] as JSON.
    pub(crate) text: Bytes,
}

/// What a reader finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// What comes next; empty when there is nothing yet.
    Events(Vec<Arc<Published>>),
    /// What comes next is not there any more.
    FellBehind,
}

impl LiveSandboxes {
    /// The stream of a sandbox.
    pub(crate) fn stream(&self, sandbox: &str, clock: &Clock) -> Arc<Stream> {
        let mut streams = self.streams();
        if let Some(stream) = streams.get(sandbox) {
            return stream.clone();
        }
        let stream = Arc::new(Stream {
            epoch: secret::id("epoch"),
            clock: clock.clone(),
            state: Mutex::new(State { quiet_since: clock.now(), ..State::default() }),
            last: watch::Sender::new(0),
            access: watch::Sender::new(0),
        });
        streams.insert(sandbox.to_owned(), stream.clone());
        stream
    }

    /// Tells those who look at a sandbox, when there are any; gives how many bytes each of them is sent.
    pub(crate) fn publish(&self, sandbox: &str, event: LiveEvent) -> usize {
        let stream = self.streams().get(sandbox).cloned();
        stream.map_or(0, |stream| stream.publish(event))
    }

    /// Whether somebody looks at a sandbox. If nobody does, whoever comes back begins with a snapshot: so what happens
    /// until then need not be told.
    pub(crate) fn is_watched(&self, sandbox: &str) -> bool {
        let stream = self.streams().get(sandbox).cloned();
        stream.is_some_and(|stream| {
            let mut state = stream.state();
            let watched = !state.participants.is_empty();
            if !watched {
                stream.skip(&mut state);
            }
            watched
        })
    }

    /// Whether somebody looks at a sandbox.
    pub(crate) fn has_participants(&self, sandbox: &str) -> bool {
        let stream = self.streams().get(sandbox).cloned();
        stream.is_some_and(|stream| !stream.state().participants.is_empty())
    }

    /// Lets everybody look again whether they may read on.
    pub(crate) fn access_changed(&self, sandbox: &str) {
        let stream = self.streams().get(sandbox).cloned();
        if let Some(stream) = stream {
            stream.access.send_modify(|version| *version += 1);
        }
    }

    /// Forgets what nobody has looked at for long.
    pub(crate) fn clean(&self, now: Millis) {
        self.streams().retain(|_, stream| {
            let state = stream.state();
            !state.participants.is_empty() || now - state.quiet_since < FORGOTTEN_AFTER_MILLIS
        });
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<String, Arc<Stream>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the stream is now.
    pub(crate) fn position(&self) -> Position {
        Position { epoch: self.epoch.clone(), seq: *self.last.borrow() }
    }

    /// Adds an event and wakes the readers; gives its bytes.
    pub(crate) fn publish(&self, event: LiveEvent) -> usize {
        let mut state = self.state();
        self.add(&mut state, event)
    }

    /// Under the lock, so that numbers and ring agree.
    fn add(&self, state: &mut State, event: LiveEvent) -> usize {
        let seq = *self.last.borrow() + 1;
        let kind = event.kind();
        let message = ServerMessage::Event(NumberedEvent { seq, at: self.clock.now(), event });
        let Ok(text) = serde_json::to_vec(&message) else {
            // What cannot be told is skipped in a way that everybody notices.
            tracing::error!(kind, "an event is no JSON");
            self.skip(state);
            return 0;
        };
        let bytes = text.len();
        state.ring_bytes += bytes;
        state.ring.push_back(Arc::new(Published { seq, kind, text: text.into() }));
        while state.ring.len() > RING || (state.ring_bytes > RING_BYTES && state.ring.len() > 1) {
            let Some(oldest) = state.ring.pop_front() else { break };
            state.ring_bytes -= oldest.text.len();
        }
        metrics::counter!("orrery_live_events_total").increment(1);
        self.last.send_replace(seq);
        bytes
    }

    /// Something happens that is not told: nobody can go on from before it.
    fn skip(&self, state: &mut State) {
        state.ring.clear();
        state.ring_bytes = 0;
        self.last.send_modify(|seq| *seq += 1);
    }

    /// The events after this one.
    pub(crate) fn read(&self, after: u64) -> Read {
        let state = self.state();
        let last = *self.last.borrow();
        let first = state.ring.front().map_or(last + 1, |event| event.seq);
        if after > last || after + 1 < first {
            return Read::FellBehind;
        }
        let skip = usize::try_from(after + 1 - first).unwrap_or(usize::MAX);
        Read::Events(state.ring.iter().skip(skip).take(BATCH).cloned().collect())
    }

    /// Whether somebody who was there can go on from there.
    pub(crate) fn can_resume(&self, from: &Position) -> bool {
        from.epoch == self.epoch && self.read(from.seq) != Read::FellBehind
    }

    /// To wait for events.
    pub(crate) fn events(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    /// To wait for changes of access.
    pub(crate) fn access(&self) -> watch::Receiver<u64> {
        self.access.subscribe()
    }

    /// Somebody is there until what is given is dropped. Of those who do not lead no more than `most` are there at the same time,
    /// each with as many connections as they like.
    ///
    /// # Errors
    ///
    /// When so many are there already.
    pub(crate) fn enter(self: &Arc<Self>, participant: Participant, most: Option<u32>) -> Result<Presence, ApiError> {
        let user = participant.user.clone();
        let mut state = self.state();
        let is_bound = participant.role < Role::Instructor && !state.participants.contains_key(&user);
        let others = state.participants.values().filter(|(other, _)| other.role < Role::Instructor).count();
        if is_bound && most.is_some_and(|most| others >= usize::try_from(most).unwrap_or(usize::MAX)) {
            return Err(ApiError::SessionFull);
        }
        let known = state.participants.entry(user.clone()).or_insert_with(|| (participant.clone(), 0));
        known.0 = participant.clone();
        known.1 += 1;
        if known.1 == 1 {
            self.add(&mut state, LiveEvent::Joined { participant });
        }
        Ok(Presence { stream: self.clone(), user })
    }

    fn leave(&self, user: &str) {
        let mut state = self.state();
        let Some((_, connections)) = state.participants.get_mut(user) else { return };
        *connections -= 1;
        if *connections == 0 {
            state.participants.remove(user);
            state.quiet_since = self.clock.now();
            self.add(&mut state, LiveEvent::Left { user: user.to_owned() });
        }
    }

    fn participants(&self) -> Vec<Participant> {
        self.state().participants.values().map(|(participant, _)| participant.clone()).collect()
    }

    /// How the sandbox is now, with the place from which the events go on. What happens meanwhile comes as an event
    /// too; whoever folds events is not hurt by one that is in the snapshot already.
    pub(crate) async fn snapshot(
        &self,
        app: &AppState,
        sandbox: &str,
        user: &str,
    ) -> Result<(Position, LiveSnapshot), ApiError> {
        let position = self.position();
        let participants = self.participants();
        let now = app.clock().now();
        let mut chat = app.store().chat(sandbox, None, SNAPSHOT_CHAT).await?;
        chat.reverse();
        let run = app.runs().look(app, sandbox).await?.map(Box::new);
        let sandbox = app.store().sandbox(sandbox, user, now).await?.ok_or(ApiError::NotFound)?;
        Ok((position, LiveSnapshot { sandbox, participants, chat, run }))
    }
}

/// Somebody's connection; they are there for as long as one of theirs lives.
#[derive(Debug)]
pub(crate) struct Presence {
    stream: Arc<Stream>,
    user: String,
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.stream.leave(&self.user);
    }
}

/// Somebody says something.
///
/// # Errors
///
/// When they may not, or it is nothing or too much.
pub(crate) async fn say(
    app: &AppState,
    caller: &Caller,
    sandbox: &str,
    text: &str,
) -> Result<shared::api::sharing::ChatMessage, ApiError> {
    caller.access(app, sandbox, shared::access::Operation::Chat).await?;
    if !is_message(text) {
        return Err(ApiError::Invalid(format!("A message has 1 to {CHAT_MAX} characters")));
    }
    let user: &User = &caller.user;
    let message = app.store().add_chat(sandbox, user, text.trim(), app.clock().now()).await?;
    app.live().publish(sandbox, LiveEvent::Chat { message: message.clone() });
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> (LiveSandboxes, Arc<Stream>) {
        let live = LiveSandboxes::default();
        let stream = live.stream("sandbox-a", &Clock::default());
        (live, stream)
    }

    fn participant(user: &str) -> Participant {
        Participant { user: user.to_owned(), name: "Kim".to_owned(), role: Role::Editor }
    }

    fn kinds(read: Read) -> Vec<&'static str> {
        match read {
            Read::Events(events) => events.iter().map(|event| event.kind).collect(),
            Read::FellBehind => vec!["fell behind"],
        }
    }

    #[test]
    fn several_tabs_of_one_person_are_one_participant() {
        let (_live, stream) = stream();
        let first = stream.enter(participant("user-a"), Some(1)).unwrap();
        let second = stream.enter(participant("user-a"), Some(1)).unwrap();
        drop(first);
        assert_eq!(kinds(stream.read(0)), ["joined"]);
        assert_eq!(stream.participants().len(), 1);
        drop(second);
        assert_eq!(kinds(stream.read(1)), ["left"]);
        assert!(stream.participants().is_empty());
    }

    #[test]
    fn no_more_are_there_than_may_be_but_those_who_lead() {
        let (_live, stream) = stream();
        let instructor = Participant { role: Role::Instructor, ..participant("user-i") };
        let _leads = stream.enter(instructor, Some(1)).unwrap();
        let first = stream.enter(participant("user-a"), Some(1)).unwrap();
        assert!(stream.enter(participant("user-b"), Some(1)).is_err());
        drop(first);
        let _second = stream.enter(participant("user-b"), Some(1)).unwrap();
        assert!(stream.enter(participant("user-a"), Some(1)).is_err());
        let _unbound = stream.enter(participant("user-a"), None).unwrap();
    }

    #[test]
    fn readers_go_on_from_their_place_or_learn_that_they_cannot() {
        let (_live, stream) = stream();
        for _ in 0..RING + 10 {
            stream.publish(LiveEvent::MembersChanged);
        }
        assert_eq!(kinds(stream.read(9)), ["fell behind"]);
        assert_eq!(kinds(stream.read(10)).len(), BATCH);
        assert_eq!(kinds(stream.read(RING as u64 + 9)), ["members_changed"]);
        assert!(kinds(stream.read(RING as u64 + 10)).is_empty());
        assert_eq!(kinds(stream.read(RING as u64 + 11)), ["fell behind"]);
        let position = stream.position();
        assert!(stream.can_resume(&position));
        assert!(!stream.can_resume(&Position { epoch: "another".to_owned(), ..position }));
    }

    #[test]
    fn what_is_not_told_makes_readers_begin_anew() {
        let (live, stream) = stream();
        assert!(!live.is_watched("sandbox-a") && !live.is_watched("sandbox-b"));
        assert_eq!(kinds(stream.read(0)), ["fell behind"]);
        let before = stream.position();
        let _presence = stream.enter(participant("user-a"), None).unwrap();
        assert!(live.is_watched("sandbox-a"));
        assert_eq!(kinds(stream.read(before.seq)), ["joined"]);
    }

    #[test]
    fn large_events_push_older_ones_out() {
        let (_live, stream) = stream();
        for _ in 0..3 {
            let run = "x".repeat(RING_BYTES / 2);
            stream.publish(LiveEvent::Diagnostics { run, diagnostics: Vec::new() });
        }
        assert_eq!(kinds(stream.read(0)), ["fell behind"]);
        assert_eq!(kinds(stream.read(2)), ["diagnostics"]);
    }

    #[test]
    fn what_nobody_looks_at_is_forgotten() {
        let (live, stream) = stream();
        let now = Clock::default().now();
        let presence = stream.enter(participant("user-a"), None).unwrap();
        live.clean(now + 2 * FORGOTTEN_AFTER_MILLIS);
        assert_eq!(live.streams().len(), 1);
        drop(presence);
        live.clean(now);
        assert_eq!(live.streams().len(), 1);
        live.clean(now + 2 * FORGOTTEN_AFTER_MILLIS);
        assert!(live.streams().is_empty());
        live.publish("sandbox-a", LiveEvent::MembersChanged);
    }
}
