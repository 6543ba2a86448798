//! Who is there and where their cursors are: the awareness of the Yjs protocols. Who somebody is, is not theirs to say:
//! the server writes it into every state.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::wire::{Malformed, Reader, write_bytes, write_number};
use crate::clock::Millis;

/// Longest state of one client, in bytes.
const STATE_BYTES_MAX: usize = 4_096;

/// A client that has not renewed its state for so long is gone. Standard clients renew it every 15 s.
const TIMEOUT_MILLIS: Millis = 30_000;

/// Number of a connection within its room.
pub(super) type Connection = u64;

/// Who somebody is, as the server knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) user: String,
    pub(crate) name: String,
    pub(crate) role: &'static str,
}

/// Colours of cursors, with lighter ones for selections. People get theirs by their ids, as long as nobody who is there has it.
const COLOURS: [(&str, &str); 8] = [
    ("#b3261e", "#b3261e33"),
    ("#0b57d0", "#0b57d033"),
    ("#146c2e", "#146c2e33"),
    ("#8a4b00", "#8a4b0033"),
    ("#6750a4", "#6750a433"),
    ("#00696e", "#00696e33"),
    ("#9c27b0", "#9c27b033"),
    ("#795548", "#79554833"),
];

#[derive(Debug)]
struct Entry {
    connection: Connection,
    user: String,
    clock: u64,
    state: String,
    renewed_at: Millis,
}

/// The states of everybody in a room.
#[derive(Debug, Default)]
pub(super) struct Presence {
    entries: BTreeMap<u64, Entry>,
    /// Which of the colours people have.
    colours: BTreeMap<String, usize>,
    /// Who changed since the others were last told; with the clock, for those who are gone.
    dirty: BTreeMap<u64, Option<u64>>,
}

/// What the room says of client numbers.
pub(super) trait Owners {
    /// Whether this connection may speak for this client number.
    fn may_use(&mut self, connection: Connection, client: u64) -> bool;
}

impl Presence {
    /// Takes what a client says of itself. Standard clients repeat what others say too; that is passed over.
    pub(super) fn take(
        &mut self,
        message: &[u8],
        connection: Connection,
        who: &Identity,
        owners: &mut impl Owners,
        now: Millis,
    ) -> Result<(), Malformed> {
        let mut reader = Reader::new(message);
        for _ in 0..reader.number()? {
            let (client, clock, text) = (reader.number()?, reader.number()?, reader.text()?);
            let known = self.entries.get(&client);
            let is_ours = known.is_some_and(|entry| entry.connection == connection);
            if !is_ours && !owners.may_use(connection, client) {
                continue;
            }
            let gone = text == "null";
            let newer = known.is_none_or(|known| clock >= known.clock);
            if !newer {
                continue;
            }
            if gone {
                if self.entries.remove(&client).is_some() {
                    self.dirty.insert(client, Some(clock));
                }
                continue;
            }
            let colour = self.colour_of(&who.user);
            let Some(state) = stamped(text, who, colour) else { continue };
            let known = self.entries.get(&client);
            let changed = known.is_none_or(|known| known.state != state || known.clock != clock);
            self.entries.insert(client, Entry { connection, user: who.user.clone(), clock, state, renewed_at: now });
            if changed {
                self.dirty.insert(client, None);
            }
        }
        if reader.is_empty() { Ok(()) } else { Err(Malformed("something follows the states")) }
    }

    /// A connection is closed, and with it go the clients behind it.
    pub(super) fn leave(&mut self, connection: Connection) {
        self.remove_where(|entry| entry.connection == connection);
    }

    /// Removes whoever has not been heard of for too long.
    pub(super) fn expire(&mut self, now: Millis) {
        self.remove_where(|entry| now - entry.renewed_at > TIMEOUT_MILLIS);
    }

    /// Somebody is called otherwise, or has another role.
    pub(super) fn identity_changed(&mut self, connection: Connection, who: &Identity) {
        let colour = self.colour_of(&who.user);
        for (client, entry) in &mut self.entries {
            if entry.connection == connection
                && let Some(state) = stamped(&entry.state, who, colour)
                && state != entry.state
            {
                entry.state = state;
                // Others take a new state only with a new clock.
                entry.clock += 1;
                self.dirty.insert(*client, None);
            }
        }
    }

    /// The colour that somebody has, or gets now: their own if nobody who is there has it, otherwise one that few have.
    fn colour_of(&mut self, user: &str) -> usize {
        if let Some(colour) = self.colours.get(user) {
            return *colour;
        }
        let present: BTreeSet<&str> = self.entries.values().map(|entry| entry.user.as_str()).collect();
        self.colours.retain(|user, _| present.contains(user.as_str()));
        let own = user.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        let had_by = |colour: &usize| self.colours.values().filter(|had| *had == colour).count();
        let fewest = (0..COLOURS.len()).map(|next| (own % COLOURS.len() + next) % COLOURS.len()).min_by_key(had_by);
        let colour = fewest.unwrap_or(0);
        self.colours.insert(user.to_owned(), colour);
        colour
    }

    fn remove_where(&mut self, gone: impl Fn(&Entry) -> bool) {
        let clients: BTreeSet<u64> =
            self.entries.iter().filter(|(_, entry)| gone(entry)).map(|(client, _)| *client).collect();
        for client in clients {
            if let Some(entry) = self.entries.remove(&client) {
                // With the same clock, as the standard clients do it.
                self.dirty.insert(client, Some(entry.clock));
            }
        }
    }

    pub(super) fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// What changed since the last time, for everybody.
    pub(super) fn take_changes(&mut self) -> Vec<u8> {
        let dirty = std::mem::take(&mut self.dirty);
        let changes: Vec<(u64, u64, &str)> = dirty
            .iter()
            .filter_map(|(client, gone)| match (self.entries.get(client), gone) {
                (Some(entry), _) => Some((*client, entry.clock, entry.state.as_str())),
                (None, Some(clock)) => Some((*client, *clock, "null")),
                (None, None) => None,
            })
            .collect();
        encode(&changes)
    }

    /// Everybody, for those who come; nothing when nobody is there.
    pub(super) fn everybody(&self) -> Option<Vec<u8>> {
        let all: Vec<_> =
            self.entries.iter().map(|(client, entry)| (*client, entry.clock, entry.state.as_str())).collect();
        (!all.is_empty()).then(|| encode(&all))
    }
}

fn encode(entries: &[(u64, u64, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_number(&mut bytes, entries.len() as u64);
    for (client, clock, state) in entries {
        write_number(&mut bytes, *client);
        write_number(&mut bytes, *clock);
        write_bytes(&mut bytes, state.as_bytes());
    }
    bytes
}

/// A state with the truth about who it is of; nothing when it is none that can be passed on.
fn stamped(text: &str, who: &Identity, colour: usize) -> Option<String> {
    if text.len() > STATE_BYTES_MAX {
        return None;
    }
    let mut state: Map<String, Value> = serde_json::from_str(text).ok()?;
    let (color, light) = COLOURS[colour % COLOURS.len()];
    state.insert(
        "user".to_owned(),
        json!({"id": who.user, "name": who.name, "role": who.role, "color": color, "colorLight": light}),
    );
    if state.get("status").is_some_and(|status| !["active", "idle", "away"].iter().any(|known| status == known)) {
        state.remove("status");
    }
    serde_json::to_string(&state).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Anyone;

    impl Owners for Anyone {
        fn may_use(&mut self, _: Connection, client: u64) -> bool {
            client < 100
        }
    }

    fn who(name: &str) -> Identity {
        Identity { user: format!("user-{name}"), name: name.to_owned(), role: "editor" }
    }

    fn read(bytes: &[u8]) -> Vec<(u64, u64, Value)> {
        let mut reader = Reader::new(bytes);
        let count = reader.number().unwrap();
        (0..count)
            .map(|_| {
                let (client, clock) = (reader.number().unwrap(), reader.number().unwrap());
                (client, clock, serde_json::from_str(reader.text().unwrap()).unwrap())
            })
            .collect()
    }

    #[test]
    fn nobody_can_pass_for_another() {
        let mut presence = Presence::default();
        let forged = encode(&[(1, 1, r#"{"user":{"name":"Teacher","id":"user-t"},"cursor":5,"status":"asleep"}"#)]);
        presence.take(&forged, 1, &who("Kim"), &mut Anyone, 0).unwrap();
        let seen = read(&presence.take_changes());
        assert_eq!(seen[0].2["user"]["name"], "Kim");
        assert_eq!(seen[0].2["user"]["role"], "editor");
        assert_eq!(seen[0].2["cursor"], 5);
        assert_eq!(seen[0].2.get("status"), None);
    }

    #[test]
    fn those_who_are_there_have_colours_of_their_own_and_keep_them() {
        let mut presence = Presence::default();
        let names = ["Ada", "Bob", "Cy", "Dan", "Eve", "Fay", "Gus", "Hal"];
        let mut come = |names: &[&str], clock: u64| {
            let mut colours = Vec::new();
            for (n, name) in (1..).zip(names) {
                presence.take(&encode(&[(n, clock, "{}")]), n, &who(name), &mut Anyone, 0).unwrap();
                colours.push(read(&presence.take_changes())[0].2["user"]["color"].to_string());
            }
            colours
        };
        let first = come(&names, 1);
        assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), COLOURS.len());
        assert_eq!(come(&names, 2), first);
        // A second window of somebody looks like the first one; the ninth shares with somebody.
        let more = ["Ada", "Ada", "Cy", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida"];
        let second = come(&more, 3);
        assert_eq!(second[1], first[0]);
        assert!(first.contains(&second[8]));
    }

    #[test]
    fn what_clients_repeat_of_others_is_passed_over() {
        let mut presence = Presence::default();
        presence.take(&encode(&[(500, 1, "{}")]), 1, &who("Kim"), &mut Anyone, 0).unwrap();
        assert!(!presence.is_dirty() && presence.everybody().is_none());
    }

    #[test]
    fn whoever_leaves_or_falls_silent_is_gone_with_the_clock_they_had() {
        let mut presence = Presence::default();
        presence.take(&encode(&[(1, 4, "{}")]), 1, &who("Kim"), &mut Anyone, 0).unwrap();
        presence.take(&encode(&[(2, 9, "{}")]), 2, &who("Ada"), &mut Anyone, 20_000).unwrap();
        presence.take_changes();
        presence.leave(1);
        assert_eq!(read(&presence.take_changes()), [(1, 4, Value::Null)]);
        presence.expire(50_000);
        assert!(!presence.is_dirty());
        presence.expire(50_001);
        assert_eq!(read(&presence.take_changes()), [(2, 9, Value::Null)]);
    }

    #[test]
    fn hostile_states_are_errors_or_nothing() {
        let mut presence = Presence::default();
        for bad in [&[5][..], &[1, 1], &[1, 1, 1, 200, 1], &[0, 0], &[0xff; 20]] {
            assert!(presence.take(bad, 1, &who("Kim"), &mut Anyone, 0).is_err(), "{bad:?}");
        }
        let deep = "[".repeat(2_000);
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(STATE_BYTES_MAX));
        for text in ["", "[]", "1", "{", &deep, &long] {
            presence.take(&encode(&[(1, 1, text)]), 1, &who("Kim"), &mut Anyone, 0).unwrap();
            assert!(!presence.is_dirty(), "{text}");
        }
    }
}
