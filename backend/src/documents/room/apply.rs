//! What frames do to the document.

use std::collections::HashMap;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};

use shared::document::close;
use yrs::updates::decoder::Decode as _;
use yrs::updates::encoder::Encode as _;
use yrs::{Doc, ReadTxn as _, StateVector, Transact as _, Update};

use super::super::content;
use super::super::log::Entry;
use super::super::presence::{Connection, Owners};
use super::super::scan::{self, Scan};
use super::super::wire::{self, Incoming, Malformed};
use super::{Client, Room, Waiting};
use crate::store::{Appended, LoadedDocument};

/// About how many bytes a document may take.
const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// Nested types that may be made in a document. Code that walks them recurses, and no more than all of them can lie in
/// one another.
const TYPES_MAX: usize = 4_096;

/// Client numbers in a document. A page brings a new one each time it is loaded.
const NUMBERS_MAX: usize = 100_000;

/// Longest update, and longest answer to what we lack, in bytes.
const UPDATE_BYTES_MAX: usize = 1 << 20;
const STEP2_BYTES_MAX: usize = 8 << 20;

/// Longest state vector that somebody may ask with.
const STATE_VECTOR_BYTES_MAX: usize = 1 << 20;

/// Why an update is not taken.
enum Refusal {
    /// The client has to be closed with this.
    Close(u16, &'static str),
    /// Something before it is missing: the client is asked for it.
    Missing,
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self::Close(close::BAD_MESSAGE, malformed.0)
    }
}

/// Makes a document from what is stored of it; gives it with its state vector, how many nested types it has, and about
/// how many bytes it takes.
pub(super) fn restore(loaded: &LoadedDocument) -> Result<(Doc, HashMap<u64, u32>, usize, usize), String> {
    let doc = content::new_doc();
    let (mut types, mut bytes) = (0, 0);
    for update in loaded.state.iter().chain(&loaded.updates) {
        types += scan::scan(update, None).map_err(|error| error.to_string())?.types;
        bytes += update.len();
        apply(&doc, update)?;
    }
    let known = doc.transact().state_vector().iter().map(|(client, clock)| (client.get(), *clock)).collect();
    Ok((doc, known, types, bytes))
}

/// Applies an update; gives what it changed, as an update, or nothing when it changed nothing. A panic of the document's
/// code is an error; the document must not be used any more then.
fn apply(doc: &Doc, update: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let work = || {
        let update = Update::decode_v1(update).map_err(|error| error.to_string())?;
        // Dropping a transaction commits it; while a panic is on its way that could end the process.
        let mut txn = ManuallyDrop::new(doc.transact_mut());
        let applied = txn.apply_update(update).map_err(|error| error.to_string());
        let changes = txn.has_changes().then(|| txn.encode_update_v1());
        drop(ManuallyDrop::into_inner(txn));
        applied.map(|()| changes)
    };
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("the document's code panicked".to_owned()))
}

impl Room {
    pub(super) async fn frame(&mut self, from: Connection, frame: &[u8]) {
        if !self.clients.contains_key(&from) {
            return;
        }
        let result = match Incoming::read(frame) {
            Ok(Incoming::Step1(state_vector)) => self.step1(from, state_vector),
            Ok(Incoming::Step2(update)) => self.change(from, update, true).await,
            Ok(Incoming::Update(update)) => self.change(from, update, false).await,
            Ok(Incoming::Awareness(states)) => self.awareness(from, states).map_err(Refusal::from),
            Ok(Incoming::QueryAwareness) => {
                if let Some(everybody) = self.presence.everybody() {
                    self.tell(Waiting::To(from, wire::awareness(&everybody).into()));
                }
                Ok(())
            }
            Err(malformed) => Err(malformed.into()),
        };
        match result {
            Ok(()) => {}
            Err(Refusal::Missing) => {
                let state_vector = self.doc.transact().state_vector().encode_v1();
                self.tell(Waiting::To(from, wire::step1(&state_vector).into()));
            }
            Err(Refusal::Close(code, why)) => {
                metrics::counter!("orrery_document_frames_refused_total").increment(1);
                let user = self.clients.get(&from).map(|client| client.user().to_owned());
                tracing::warn!(document = self.key, user, why, "a frame was refused");
                if let Some(client) = self.clients.get_mut(&from) {
                    client.close(code, why);
                }
                self.leave(from);
            }
        }
    }

    /// A client asks for what it lacks.
    fn step1(&mut self, from: Connection, state_vector: &[u8]) -> Result<(), Refusal> {
        let bad = Refusal::Close(close::BAD_MESSAGE, "a state vector cannot be read");
        if state_vector.len() > STATE_VECTOR_BYTES_MAX || !is_state_vector(state_vector) {
            return Err(bad);
        }
        let Ok(has) = StateVector::decode_v1(state_vector) else { return Err(bad) };
        let lacks = self.doc.transact().encode_state_as_update_v1(&has);
        self.wait_until_written(Waiting::To(from, wire::step2(&lacks).into()));
        Ok(())
    }

    /// A client changed something, now or before it came.
    async fn change(&mut self, from: Connection, update: &[u8], is_step2: bool) -> Result<(), Refusal> {
        let longest = if is_step2 { STEP2_BYTES_MAX } else { UPDATE_BYTES_MAX };
        if update.len() > longest {
            return Err(Refusal::Close(close::TOO_LARGE, "the update is too long"));
        }
        let scan = scan::scan(update, Some(self.name.roots()))?;
        let inserts = scan.inserts.iter().any(|(client, (_, end))| *end > self.known(*client));
        let now = self.documents.clock().now();
        let Some(mut client) = self.clients.get_mut(&from) else { return Ok(()) };
        if client.may_write(self.name, now).is_none() {
            self.look_again(from).await;
            match self.clients.get_mut(&from) {
                Some(again) => client = again,
                None => return Ok(()),
            }
        }
        if client.may_write(self.name, now) != Some(true) {
            // What everybody sends to begin with says which deletions they know of; that is not a wish.
            if (inserts || (scan.deletes && !is_step2)) && !client.told_denied {
                client.told_denied = true;
                self.tell(Waiting::To(from, wire::denied("You may not change this document").into()));
            }
            return Ok(());
        }
        let had_synced = client.has_synced;
        client.has_synced |= is_step2;
        if self.misses_something(&scan) {
            // Until it has sent what it had before it came, later changes have gaps before them; they come again then.
            return if had_synced || is_step2 { Err(Refusal::Missing) } else { Ok(()) };
        }
        let new_numbers = self.check_owners(from, &scan)?;
        if self.types + scan.types > TYPES_MAX {
            return Err(Refusal::Close(close::TOO_LARGE, "the document has too many parts"));
        }
        if self.bytes + update.len() > DOCUMENT_BYTES_MAX {
            return Err(Refusal::Close(close::TOO_LARGE, "the document is as large as it may be"));
        }
        let changes = match apply(&self.doc, update) {
            Ok(Some(changes)) => changes,
            Ok(None) => return Ok(()),
            Err(error) => {
                tracing::error!(document = self.key, error, "an update could not be applied");
                self.broken = Some("an update could not be applied");
                return Err(Refusal::Close(close::BAD_MESSAGE, "the update cannot be applied"));
            }
        };
        self.types += scan.types;
        for (client, (_, end)) in &scan.inserts {
            let known = self.known.entry(*client).or_default();
            *known = (*known).max(*end);
        }
        let author = self.clients.get(&from).map(|client| client.user().to_owned());
        if let Some(author) = &author {
            self.owners.extend(new_numbers.iter().map(|number| (*number, author.clone())));
        }
        // What everybody sends to begin with repeats what is known; only what is new is worth keeping.
        let body = if is_step2 { changes } else { update.to_vec() };
        self.append(author, body, new_numbers, Some(from)).await;
        Ok(())
    }

    /// Gives a change that was applied to the log, and to everybody once it is written.
    async fn append(&mut self, author: Option<String>, body: Vec<u8>, clients: Vec<u64>, from: Option<Connection>) {
        self.seq += 1;
        self.bytes += body.len();
        self.bytes_since_state += body.len();
        self.updates_since_state += 1;
        let frame = axum::body::Bytes::from(wire::update(&body));
        self.until_written.push_back((self.seq, Waiting::Broadcast(from, frame.clone())));
        if let Some(from) = from {
            self.until_durable.push_back((self.seq, Waiting::To(from, frame)));
        }
        let at = self.documents.clock().now();
        let update = Appended { document: self.key.clone(), seq: self.seq, at, author, body, clients };
        let entry = Entry { update, progress: self.progress.clone() };
        if !self.documents.log().append(entry).await {
            self.progress.send_modify(|progress| progress.failed = true);
            self.broken = Some("the log is closed");
        }
    }

    fn known(&self, client: u64) -> u32 {
        self.known.get(&client).copied().unwrap_or_default()
    }

    /// Whether an update refers to something that is not here yet.
    fn misses_something(&self, scan: &Scan) -> bool {
        let will_be = |client: u64| scan.inserts.get(&client).map_or(0, |(_, end)| *end).max(self.known(client));
        scan.has_gaps
            || scan.inserts.iter().any(|(client, (begin, _))| *begin > self.known(*client))
            || scan.refers.iter().any(|(client, up_to)| *up_to > will_be(*client))
    }

    /// Nobody writes under the number of another: their edits would be taken for known. Gives the numbers that occur for
    /// the first time.
    fn check_owners(&mut self, from: Connection, scan: &Scan) -> Result<Vec<u64>, Refusal> {
        let Some(client) = self.clients.get_mut(&from) else { return Ok(Vec::new()) };
        let mut new = Vec::new();
        for (number, (_, end)) in &scan.inserts {
            if *end <= self.known.get(number).copied().unwrap_or_default() {
                continue;
            }
            match self.owners.get(number) {
                Some(owner) if owner == client.user() => {
                    // Known from presence only, so it is not written down yet.
                    if !self.known.contains_key(number) {
                        new.push(*number);
                    }
                }
                Some(_) => return Err(Refusal::Close(close::FORBIDDEN, "a client number belongs to somebody else")),
                None if *number == self.doc.client_id().get() || self.known.contains_key(number) => {
                    return Err(Refusal::Close(close::FORBIDDEN, "a client number belongs to somebody else"));
                }
                None if client.count_new_number() && self.owners.len() < NUMBERS_MAX => new.push(*number),
                None => return Err(Refusal::Close(close::BAD_MESSAGE, "too many client numbers")),
            }
        }
        Ok(new)
    }

    fn awareness(&mut self, from: Connection, states: &[u8]) -> Result<(), Malformed> {
        let Some(who) = self.clients.get(&from).map(Client::identity) else { return Ok(()) };
        let mut numbers =
            Numbers { owners: &mut self.owners, clients: &mut self.clients, server: self.doc.client_id().get() };
        self.presence.take(states, from, &who, &mut numbers, self.documents.clock().now())?;
        self.presence_changed();
        Ok(())
    }
}

/// Client numbers as presence asks for them.
struct Numbers<'a> {
    owners: &'a mut HashMap<u64, String>,
    clients: &'a mut std::collections::BTreeMap<Connection, Client>,
    server: u64,
}

impl Owners for Numbers<'_> {
    fn may_use(&mut self, connection: Connection, number: u64) -> bool {
        let Some(client) = self.clients.get_mut(&connection) else { return false };
        match self.owners.get(&number) {
            Some(owner) => owner == client.user(),
            None => {
                let may = number != self.server && self.owners.len() < NUMBERS_MAX && client.count_new_number();
                if may {
                    self.owners.insert(number, client.user().to_owned());
                }
                may
            }
        }
    }
}

/// Whether this is a state vector: as many pairs of numbers as it says.
fn is_state_vector(bytes: &[u8]) -> bool {
    let mut reader = wire::Reader::new(bytes);
    let Ok(count) = reader.number() else { return false };
    for _ in 0..count {
        if reader.number().is_err() || reader.clock().is_err() {
            return false;
        }
    }
    reader.is_empty()
}
